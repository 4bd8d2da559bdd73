"""Who is told what the house did by itself: the exporter's people and the market's specialist."""

from sqlmodel import Session, col, select

from shop.markets.models import Market
from shop.staff.may import EXPORTER, roles_at
from shop.staff.models import Person


def to_be_told(db: Session, market: Market) -> list[str]:
    """The ids of the people; the empty one is the exporter's mailbox, where nobody of the exporter works for the market."""
    people = db.exec(select(Person).where(col(Person.deactivated).is_(False)).order_by(col(Person.id))).all()
    exporters = {each.id for each in people if each.email and EXPORTER in roles_at(each, market.id)}
    told = [each.id for each in people if each.id in exporters or (each.email and each.id == market.specialist)]
    return [*([] if exporters else [""]), *told]
