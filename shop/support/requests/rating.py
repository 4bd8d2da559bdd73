"""How a customer found it, asked once after closing: a figure from 1 to 5 and words, kept apart from who answered.

No row leads from a rating to a request or to a person; it counts for a market and a language only. A mark that can be made
from the request alone finds its words when the customer asks for their data, or for its erasure.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from shop.base.fields import many_lines, too_long
from shop.base.i18n import N_, Tongue
from shop.base.tokens import token_hash
from shop.base.web import Form
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.support.requests.models import Rating, Request

SCORES = {
    5: N_("Very well"),
    4: N_("Well"),
    3: N_("So-so"),
    2: N_("Badly"),
    1: N_("Very badly"),
}
MOST_WORDS = 1000


class RatingForm(Form):
    """The rating beside the page's other form, its fields' ids kept apart."""

    id = "rating"


def question(request: Request, tongue: Tongue, form: Form | None) -> dict[str, Any] | None:
    """The question as the request's page asks it; None before it is closed, and once it was answered."""
    if request.state != "closed" or request.rated_at is not None:
        return None
    choices = [(str(score), tongue.say(word)) for score, word in SCORES.items()]
    shown = RatingForm(form.values, form.errors) if form else RatingForm()
    return {"form": shown, "scores": choices, "most": MOST_WORDS}


def read(form: Form, tongue: Tongue) -> tuple[int, str]:
    """The figure and the words; notes on the form what cannot be taken."""
    given, words = form.text("score"), many_lines(form, "words")
    score = next((each for each in SCORES if str(each) == given), 0)
    if not score:
        form.fail("score", tongue.say(N_("Please choose one of these.")))
    if len(words) > MOST_WORDS:
        form.fail("words", too_long(tongue, MOST_WORDS))
    return score, words


def rate(db: Session, request: Request, score: int, words: str, *, market: Market, now: datetime) -> bool:
    """Keep the rating of a closed request; says no, and keeps nothing, when it is open or was rated before."""
    once = and_(col(Request.ref) == request.ref, col(Request.state) == "closed", col(Request.rated_at).is_(None))
    first = update(Request).where(once).values(rated_at=now).returning(col(Request.ref))
    if db.connection().execute(first).scalar() is None:
        return False
    row = {
        "market": request.market,
        "language": request.language,
        "category": request.category,
        "score": score,
        "words": words,
        "day": day_in(market, now),
        "mark": mark_of(request),
    }
    db.connection().execute(insert(Rating).values(row))
    return True


def mark_of(request: Request) -> str:
    """The mark that this request's rating bears: from it nobody finds the request."""
    return token_hash(f"rating:{request.ref}:{request.key}")
