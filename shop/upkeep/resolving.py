"""What a cell means by the market it stands for: amounts in the market's currency, days and moments on its calendar."""

from datetime import date, datetime, time
from typing import Any

from shop.base.i18n import N_
from shop.ground.instants import first_instant, local
from shop.ground.money import TooManyDecimals, TooMuchMoney, money
from shop.upkeep.cells import LARGEST, Day
from shop.upkeep.cost_sheets import COST_AMOUNTS, COST_FILES
from shop.upkeep.reading import Folder, Row
from shop.upkeep.sheets import Setup
from shop.upkeep.wrong import Wrong, shown, wrong

AMOUNTS = (("listings", "price"), ("prices", "price"), ("shipping", "price"), ("shipping", "free_from"),
           ("stock_fates", "cost"), *COST_AMOUNTS)  # fmt: skip
PRICES = ("listings.csv", "prices.csv", "markets.toml")  # nothing is sold for nothing; delivery may be free
UNSTEPPED = (
    *COST_FILES,
    "markets.toml",
    "prices.csv",
    "stock_fates.csv",
)  # no prices, or those of a time with another step
# Days that are moments: the clock in the market's zone at which they begin.
MOMENTS = {
    ("listings", "visible_from"): time(0), ("listings", "buyable_from"): time(0), ("listings", "until"): time(0),
    ("listings", "reduced_since"): time(0), ("prices", "at"): time(0), ("launches", "at"): time(9),
    ("stop_lines", "at"): time(9), ("waivers", "at"): time(9), ("signoffs", "at"): time(9),
    ("research_questions", "asked_at"): time(9), ("research_questions", "answered_at"): time(9),
    ("research_signatures", "at"): time(9),
    ("stop_sales", "since"): time(0), ("on_call_overrides", "starts"): time(0), ("on_call_overrides", "ends"): time(0),
    ("winding_down", "last_order_at"): time(0), ("stock_fates", "done_at"): time(9), ("schedules", "made_at"): time(9),
}  # fmt: skip


def resolve(folder: Folder, setup: Setup, *, now: datetime) -> None:
    """Put minor units, dates and UTC instants in place of what was written."""
    markets = setup.by("markets", "id")
    for name, column in AMOUNTS:
        for row in setup[name]:
            _resolve_amount(folder, row, column, markets.get(row.get("market")))
    for row in setup["markets"]:
        _resolve_amount(folder, row, "value_cap", row)
    rotations = setup.by("on_call", "id")
    for name, rows in setup.rows.items():
        for row in rows:
            clock = markets.get(row.get("market")) or rotations.get(row.get("rotation"))
            _resolve_days(name, row, (clock.get("zone") if clock else None) or "UTC", now)


def _resolve_amount(folder: Folder, row: Row, column: str, market: Row | None) -> None:
    said, currency = row.get(column), market.get("currency") if market else None
    if said == "":
        row.cells[column] = None
    elif said is not None and currency is not None:
        try:
            row.cells[column] = _amount(said, currency, least=1 if row.file in PRICES else 0)
            step = 1 if row.file in UNSTEPPED else (market.get("price_step") if market else None) or 1
            _check_step(row.cells[column], said, step)
        except ValueError as error:
            folder.complain(row, column, wrong(error))
            del row.cells[column]


def _amount(said: str, currency: str, *, least: int) -> int:
    try:
        minor = money(said, currency).minor
    except TooMuchMoney:
        raise Wrong(N_("'%(given)s' is more than can be kept"), given=shown(said)) from None
    except TooManyDecimals:
        finer = N_("'%(given)s' has more decimals than %(currency)s is written with")
        raise Wrong(finer, given=shown(said), currency=currency) from None
    except (ArithmeticError, ValueError):
        raise Wrong(N_("'%(given)s' is not an amount"), given=shown(said)) from None
    if not least <= minor <= LARGEST:
        raise Wrong(N_("'%(given)s' is no price"), given=shown(said))
    return minor


def _check_step(minor: int, said: str, step: int) -> None:
    if minor % step:
        raise Wrong(N_("'%(given)s' is no multiple of the market's price_step"), given=shown(said))


def _resolve_days(name: str, row: Row, zone: str, now: datetime) -> None:
    today = local(now, zone).date()
    for column, cell in row.cells.items():
        if isinstance(cell, Day):
            row.cells[column] = _resolved(cell.on(today), MOMENTS.get((name, column)), zone)
        elif isinstance(cell, datetime) and cell.tzinfo is None:
            row.cells[column] = first_instant(cell, zone)


def _resolved(day: date, clock: time | None, zone: str) -> Any:
    return day if clock is None else first_instant(datetime.combine(day, clock), zone)
