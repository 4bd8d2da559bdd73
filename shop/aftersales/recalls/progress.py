"""What becomes of an open recall: what customers answer, what was done for them, authorities told, and its end."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from shop.aftersales.models import Recall, RecallNotice, RecallReport
from shop.aftersales.recalls.opening import NO_LONGER
from shop.base.revisions import EVERYWHERE, raise_revision
from shop.ground.errors import NotFound, Refusal, found


class RecallDone(Refusal):
    """This order's part of the recall is done, and its answer stays as it is."""


def answers(recall: Recall) -> tuple[str, ...]:
    """What a customer may choose: the remedies offered, or that the product is no longer theirs."""
    return (*recall.remedies.split(), NO_LONGER)


def answer(db: Session, recall: Recall, order: str, chosen: str, *, now: datetime) -> None:
    """Keep what the customer chose; it may be changed until it is done. The same answer again changes nothing.

    Raises NotFound for an answer that is not offered, or for no such notice, and RecallDone.
    """
    notice = found(db.get(RecallNotice, (recall.number, order)))
    if recall.drill or chosen not in answers(recall):
        raise NotFound
    if notice.answer == chosen:
        return
    _change(db, recall, order, answer=chosen, answered_at=now)


def complete(db: Session, recall: Recall, order: str, remedy: str, *, person: str, now: datetime) -> None:
    """Note what was done for the customer in the end. Raises NotFound (also in a drill), and RecallDone when noted before."""
    found(db.get(RecallNotice, (recall.number, order)))
    if recall.drill or remedy not in answers(recall):
        raise NotFound
    _change(db, recall, order, remedy=remedy, done_at=now, person=person)


def told_authority(db: Session, recall: Recall, market: str, *, person: str, now: datetime) -> None:
    """Note that the market's authority has been told, by whom and when; the first note stays. Raises NotFound."""
    found(None if recall.drill else db.get(RecallReport, (recall.number, market)))
    mine = update(RecallReport).where(col(RecallReport.recall) == recall.number, col(RecallReport.market) == market)
    db.connection().execute(mine.where(col(RecallReport.sent_at).is_(None)).values(sent_at=now, person=person))


def close(db: Session, recall: Recall, *, now: datetime) -> None:
    """End the recall's work at the console. Customers can go on answering, and its public page stays."""
    mine = update(Recall).where(col(Recall.number) == recall.number, col(Recall.closed_at).is_(None))
    db.connection().execute(mine.values(closed_at=now, content=None))
    raise_revision(db, EVERYWHERE)


def counted(notices: Collection[RecallNotice]) -> dict[str, int]:
    """How many were told, have answered, are done, and how many pieces that is."""
    return {
        "orders": len(notices),
        "pieces": sum(each.pieces for each in notices),
        "unknown": sum(each.unknown for each in notices),
        "told": sum(each.sent_at is not None for each in notices),
        "answered": sum(bool(each.answer) for each in notices),
        "done": sum(each.done_at is not None for each in notices),
    }


def _change(db: Session, recall: Recall, order: str, **values: object) -> None:
    mine = update(RecallNotice).where(
        col(RecallNotice.recall) == recall.number,
        col(RecallNotice.order_number) == order,
        col(RecallNotice.done_at).is_(None),
    )
    if db.connection().execute(mine.values(**values)).rowcount != 1:
        raise RecallDone(order=order)
