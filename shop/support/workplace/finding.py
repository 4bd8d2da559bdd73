"""Finding a request by what people have at hand: its number, an order's number, an e-mail address, or a whole name."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from shop.ground.figures import figures
from shop.support.requests.models import Request
from shop.support.workplace.queue import PAGE, Scope, seen_by

MOST = 120  # characters of a search that can be found at all


def find(db: Session, scope: Scope, text: str, *, at_most: int = PAGE) -> Sequence[Request]:
    """The requests this person may see that match the text wholly, the newest first. Each way is asked of an index."""
    sought = " ".join(text.split())[:MOST]
    if not sought:
        return []
    number = figures(sought).upper().removeprefix("#")
    ways = (
        col(Request.ref).in_({number, f"R-{number}"}),
        col(Request.order_number) == number,
        col(Request.email).in_({sought, sought.lower()}),
        col(Request.name).in_({sought, sought.title()}),
    )
    found: dict[str, Request] = {}
    for way in ways:
        query = select(Request).where(way, seen_by(scope)).order_by(col(Request.created_at).desc(), col(Request.ref))
        found |= {each.ref: each for each in db.exec(query.limit(at_most)).all()}
    return sorted(found.values(), key=lambda each: (each.created_at, each.ref), reverse=True)[:at_most]
