"""How a request's referral stands, in the words of whoever reads the request's page."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base.i18n import Tongue
from shop.markets.answering import moment
from shop.support.known.knowledge import title_of
from shop.support.known.referring import last_referral
from shop.support.requests.models import AT_DESK, Request


def referral_view(db: Session, request: Request, tongue: Tongue, zone: str, *, now: datetime) -> dict[str, Any] | None:
    """What `desk/_referral.html` shows; None where nothing was referred, or what came back has been said since."""
    referral = last_referral(db, request.ref)
    if referral is None:
        return None
    if referral.answered_at is None:
        state = "waiting"
    elif referral.sent or request.state not in AT_DESK:
        state = "sent"
    else:
        state = "to_agent"
    return {
        "state": state,
        "url": f"/desk/referrals/{referral.id}",
        "question": title_of(db, referral.question, request.market, tongue.language),
        "due": moment(tongue, referral.due_at, zone, now=now),
        "late": state == "waiting" and referral.due_at < now,
        "answer": referral.answer,
    }
