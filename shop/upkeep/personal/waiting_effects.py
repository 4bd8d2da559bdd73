"""What still waits in the outbox about a customer: let go by an erasure, which is put off while any of it is being done.

Whoever looks for work passes by what is locked here, and is given it again when it was not let go; by then the rows that
say to whom it goes are empty.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, update
from sqlmodel import Session, col, select

from shop.aftersales.models import CareReminder
from shop.base.outbox import Effect
from shop.base.tokens import token_hash
from shop.checkout.models import Dispute, Refund
from shop.checkout.refunds import EFFECT as REFUND
from shop.support.requests.models import Referral
from shop.upkeep.personal.finding import Subject

BEGUN_BY_NUMBER = (  # what stands before the number in an effect's key, and the numbers that lead to it
    ("refund", Refund.key, Refund.order_number, "order"),
    ("refund mail", Refund.key, Refund.order_number, "order"),
    ("dispute", Dispute.provider_id, Dispute.order_number, "order"),
    ("care", CareReminder.id, CareReminder.order_number, "order"),
    ("referral", Referral.id, Referral.request, "request"),
)


def lock_waiting(db: Session, subject: Subject) -> None:
    """Keep everybody from beginning what waits about them, until the transaction ends."""
    waiting = [each.id for each in _waiting(db, subject)]
    db.exec(select(Effect.id).where(col(Effect.id).in_(waiting)).order_by(col(Effect.id)).with_for_update()).all()


def being_done(db: Session, subject: Subject, *, now: datetime) -> list[str]:
    """About which of their numbers something is just being sent or done; the number is empty where it is about none."""
    numbers = set(subject.things)
    taken = [each for each in _waiting(db, subject) if each.leased_until is not None and each.leased_until >= now]
    return sorted({next((part for part in each.key.split(":") if part in numbers), "") for each in taken})


def let_go(db: Session, subject: Subject, *, until: datetime, now: datetime) -> None:
    """Mails about them that wait are sent no more; those that their address had asked for by `until` go, for their keys are
    made from it. To be called while the rows still say what is theirs. What is just being done stays as it is.
    """
    free = or_(col(Effect.leased_until).is_(None), col(Effect.leased_until) < now)
    waiting = [each.id for each in _waiting(db, subject) if each.kind != REFUND]
    over = update(Effect).where(col(Effect.id).in_(waiting), col(Effect.done_at).is_(None), free)
    db.connection().execute(over.values(done_at=now, dead_at=None, error=""))
    kept = or_(free, col(Effect.done_at).is_not(None))
    db.connection().execute(delete(Effect).where(_asked_for(subject), col(Effect.created_at) <= until, kept))


def _waiting(db: Session, subject: Subject) -> list[Effect]:
    """What is not done and about them, as the database has it now; what is given up stands in an index of its own."""
    about, given_up = _about(db, subject), col(Effect.dead_at)
    query = select(Effect).where(col(Effect.done_at).is_(None)).execution_options(populate_existing=True)
    found = [*db.exec(query.where(given_up.is_(None))).all(), *db.exec(query.where(given_up.is_not(None))).all()]
    return [each for each in found if about(each.key)]


def _about(db: Session, subject: Subject) -> Callable[[str], bool]:
    """Whether an effect is about them, by its key: a number of theirs stands in it as one of its parts."""
    numbers, beginnings = set(subject.things), tuple(_beginnings(db, subject))
    marks = _marks(subject)

    def is_theirs(key: str) -> bool:
        by_number = not numbers.isdisjoint(key.split(":")) or f"{key}:".startswith(beginnings)
        return by_number or any(each in key for each in marks)

    return is_theirs


def _beginnings(db: Session, subject: Subject) -> Iterator[str]:
    for begins, number, leads, kind in BEGUN_BY_NUMBER:
        theirs = col(leads).in_(subject.numbers[kind])
        yield from (f"{begins}:{each}:" for each in db.exec(select(number).where(theirs)).all())


def _marks(subject: Subject) -> list[str]:
    return [*(token_hash(each)[:16] for each in subject.addresses), *(each[:32] for each in subject.waits)]


def _asked_for(subject: Subject) -> ColumnElement[bool]:
    return or_(*(col(Effect.key).contains(each, autoescape=True) for each in _marks(subject)))
