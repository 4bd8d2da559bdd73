"""What must hold of customers' requests: nobody who waits is forgotten, and each is in one place."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, or_
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.staff.models import Person, PersonDeed
from shop.support.answering.forgotten import forgotten
from shop.support.requests.models import Request
from shop.support.shifts.models import Agent

GIVEN_ON_WITHIN = timedelta(minutes=10)  # by the periodic work: what somebody has who was deactivated


def _forgotten(db: Session, now: datetime) -> Iterator[Broken]:
    yield from map(Broken, forgotten(db, now=now))


def _places(db: Session, now: datetime) -> Iterable[Broken]:
    """Whose it is and whether it is over, as its state says."""
    lately = exists().where(
        col(PersonDeed.person) == col(Person.id),
        col(PersonDeed.deed) == "deactivated",
        col(PersonDeed.at) > now - GIVEN_ON_WITHIN,
    )
    out = select(Agent.id).join(Person, col(Person.id) == col(Agent.person))
    out = out.where(col(Person.deactivated).is_(True), ~lately)
    gone = col(Request.agent).in_(out) & (col(Request.updated_at) < now - GIVEN_ON_WITHIN)
    owner, over = col(Request.agent).is_not(None), col(Request.closed_at).is_not(None)
    wrong = or_(
        (col(Request.state) == "assigned") & or_(~owner, gone),
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
        N_("Every request is either waiting, taken by somebody who works here or closed."),
        N_("Open the request at the desk and take it, or close it; see that the periodic work runs."),
        _places,
    ),
)
