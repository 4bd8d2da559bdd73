"""What must hold of customers' requests: nobody who waits is forgotten, and each is in one place."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.support.answering.invariant import forgotten
from shop.support.requests.models import Request


def _forgotten(db: Session, now: datetime) -> Iterator[Broken]:
    yield from map(Broken, forgotten(db, now=now))


def _places(db: Session, _now: datetime) -> Iterable[Broken]:
    """Whose it is and whether it is over, as its state says."""
    owner, over = col(Request.agent).is_not(None), col(Request.closed_at).is_not(None)
    wrong = or_(
        (col(Request.state) == "assigned") & ~owner,
        (col(Request.state) == "waiting") & owner,
        (col(Request.state) == "closed") != over,
    )
    query = naming(Request.ref, Request.state, Request.agent, Request.closed_at).where(wrong)
    return broken_rows(db, query.order_by(col(Request.ref)))


INVARIANTS = (
    Invariant(
        "request.forgotten",
        "I5",
        N_("Nobody who waits for an answer is forgotten."),
        N_("See that the periodic work runs, and answer these requests."),
        _forgotten,
    ),
    Invariant(
        "request.places",
        "I5",
        N_("Every request waits, is somebody's, or is over, and only one of these."),
        N_("Open the request at the desk and take it, or close it."),
        _places,
    ),
)
