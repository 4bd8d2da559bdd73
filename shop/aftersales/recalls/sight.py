"""Which recalls who reads of: a market's customers, the holder of an order, the staff of some markets. No drill is public."""

from collections.abc import Iterable

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from shop.aftersales.models import Recall, RecallNotice, RecallReport, RecallText
from shop.base.i18n import nearest
from shop.catalogue.models import Listing
from shop.staff.arrival import Staff


def recalls_in(db: Session, market: str) -> list[Recall]:
    """The recalls of what the market lists or has sold, the newest first."""
    recalls = db.exec(_public()).all()
    touched = _touched(db, recalls)
    return [each for each in recalls if market in touched[each.number]]


def markets_recalled(db: Session) -> frozenset[str]:
    """The markets whose customers have a recall to read of."""
    recalls = db.exec(_public()).all()
    return frozenset(market for each in _touched(db, recalls).values() for market in each) if recalls else frozenset()


def recalls_for(db: Session, staff: Staff) -> list[Recall]:
    """Every recall and drill that concerns one of this person's markets, the newest first."""
    recalls = db.exec(select(Recall).order_by(col(Recall.opened_at).desc(), col(Recall.number))).all()
    touched = _touched(db, recalls)
    mine = staff.works_for
    return [each for each in recalls if mine("") or any(mine(market) for market in touched[each.number])]


def recalls_of(db: Session, order: str) -> list[tuple[RecallNotice, Recall]]:
    """The recalls of goods of an order, those first that wait for an answer."""
    query = (
        select(RecallNotice, Recall)
        .join(Recall, col(Recall.number) == col(RecallNotice.recall))
        .where(RecallNotice.order_number == order, col(Recall.drill).is_(False))
        .order_by(col(Recall.opened_at).desc())
    )
    return sorted(db.exec(query).all(), key=lambda row: bool(row[0].answer))


def text_in(db: Session, recall: str, language: str) -> RecallText | None:
    """What is told of the recall in this language, or it without its region; else in English, or in whichever there is."""
    query = select(RecallText).where(RecallText.recall == recall).order_by(col(RecallText.language))
    texts = {each.language: each for each in db.exec(query).all()}
    return nearest(texts, language) or next(iter(texts.values()), None)


def notices_of(db: Session, recall: str, markets: Iterable[str]) -> list[RecallNotice]:
    """The notices of a recall in these markets: those first that wait for an answer or for what was asked for."""
    query = select(RecallNotice).where(RecallNotice.recall == recall, col(RecallNotice.market).in_(list(markets)))
    order = (col(RecallNotice.done_at).is_not(None), col(RecallNotice.answer) == "", col(RecallNotice.order_number))
    return list(db.exec(query.order_by(*order)).all())


def _public() -> SelectOfScalar[Recall]:
    return select(Recall).where(col(Recall.drill).is_(False)).order_by(col(Recall.opened_at).desc(), col(Recall.number))


def _touched(db: Session, recalls: Iterable[Recall]) -> dict[str, set[str]]:
    """By recall the markets that list or have sold what it is about."""
    skus = {sku for each in recalls for sku in each.skus.split()}
    lists: dict[str, set[str]] = {sku: set() for sku in skus}
    for sku, market in db.exec(select(Listing.sku, Listing.market).where(col(Listing.sku).in_(skus))).all():
        lists[sku].add(market)
    touched = {each.number: {m for sku in each.skus.split() for m in lists[sku]} for each in recalls}
    sold = select(RecallReport.recall, RecallReport.market).where(col(RecallReport.recall).in_(touched))
    for number, market in db.exec(sold).all():
        touched[number].add(market)
    return touched
