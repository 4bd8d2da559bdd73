"""What every file of a set-up is written from: the session, the policies, and the markets with currency and clock."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel

from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.upkeep.laying import of_goods
from shop.upkeep.reading import Columns
from shop.upkeep.resolving import MOMENTS
from shop.upkeep.writing.spelling import amount, moment

Cells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """The database as it stands, with the markets in the order of the board; of goods only some SKUs, if they are named."""

    db: Session
    policies: PolicyLibrary
    markets: Mapping[str, Market]
    goods: Collection[str] | None = None

    def rows(self, model: type[SQLModel]) -> Sequence[Any]:
        """The rows of a table, as plain ones: thousands of entities would take three times as long."""
        self.db.flush()
        table = inspect(model).local_table
        return self.db.connection().execute(table.select().where(*of_goods(model, self.goods))).all()

    def amount(self, market: str, minor: int | None) -> str:
        """Minor units of a market's currency in plain figures."""
        return amount(minor, self.markets[market].currency)

    def moment(self, sheet: str, column: str, market: str, instant: datetime | None) -> str:
        """An instant as the column of the sheet is written, on the market's clock; of no market, in UTC."""
        if instant is None:
            return ""
        return self.moment_in(sheet, column, self.markets[market].zone if market else "UTC", instant)

    def moment_in(self, sheet: str, column: str, zone: str, instant: datetime | None) -> str:
        """The same on another clock."""
        return moment(instant, zone, MOMENTS[sheet, column])


def standing(db: Session, policies: PolicyLibrary, goods: Collection[str] | None = None) -> Standing:
    """What the files are written from; `goods` are the only SKUs that they tell of."""
    rows = markets_in_order(db)
    return Standing(db, policies, {each.id: each for each in rows}, goods)


def cells(row: Any, columns: Columns, **others: Any) -> Cells:
    """The row's values under the columns of its file; `others` are those that are spelled otherwise."""
    return {name: others[name] if name in others else getattr(row, name) for name in columns}


def in_order(here: Standing, rows: Iterable[Any], *then: str) -> list[Any]:
    """Rows of markets in the order of the board, and there by these columns."""
    ranks = {market: number for number, market in enumerate(here.markets)}
    by = _by("market", *then)
    return sorted(rows, key=lambda each: (ranks.get(each.market, -1), by(each)))


def ordered(rows: Iterable[Any], *columns: str) -> list[Any]:
    """Rows by these columns; in Python, for every engine sorts texts in a way of its own."""
    return sorted(rows, key=_by(*columns))


def _by(*columns: str) -> Callable[[Any], tuple[Any, ...]]:
    def key(row: Any) -> tuple[Any, ...]:
        values = [getattr(row, name) for name in columns]
        return tuple((value is not None, value) for value in values)

    return key
