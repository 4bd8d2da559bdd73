"""What of the set-up a person may see and change: the exporter all of it, a specialist what is of their markets.

A specialist writes what a country asks, its research, and the texts in its languages; what people, costs and limits are
concerned with is the exporter's alone.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.upkeep.workshop.column_words import kind_of
from shop.upkeep.workshop.sheet_words import named_for, sheet_words

SEE, CHANGE, ADVISE = "setup.see", "setup.change", "setup.advise"
PRIVATE = frozenset({
    "people", "landed_costs", "market_costs", "price_rates", "stop_lines", "waivers", "manuals", "on_call_overrides",
})  # fmt: skip
# Columns that are never filled in here: they ask gates, a second person or a password where they are changed.
GUARDED: Mapping[str, frozenset[str]] = {
    "exporter": frozenset({"second_factor"}),
    "markets": frozenset(
        [
            *"audience percent in_chooser order_cap daily_cap value_cap customer_cap minutes_per_contact".split(),
            *"four_eyes state pause_mode draw".split(),
        ]
    ),
}
Spoken = Mapping[str, str]  # market -> its languages


def read_spoken(db: Session) -> Spoken:
    """The languages of every market."""
    return dict(db.exec(select(Market.id, Market.languages)).all())


def sees_sheet(staff: Staff, kind: str) -> bool:
    """Whether the file is one that this person may look at, if not all of its rows."""
    return kind not in PRIVATE or staff.may(CHANGE)


def sees(staff: Staff, file: str, cells: Mapping[str, Any]) -> bool:
    """Whether the row is one that this person may look at: of no market, or of one of theirs.

    What is private is for who sets up that market; where it is of none, all markets.
    """
    market = market_of(file, cells)
    if kind_of(file) in PRIVATE:
        return staff.may(CHANGE, market)
    return not market or staff.works_for(market)


def changes_sheet(staff: Staff, file: str, spoken: Spoken) -> bool:
    """Whether the person may change anything in the file; what is done elsewhere is never changed here."""
    words = sheet_words(file)
    if words.elsewhere:
        return False
    if staff.may(CHANGE):
        return True
    language = named_for(file) if kind_of(file) != "research" else ""
    return words.advised and staff.may(ADVISE) and (not language or _speaks(staff, language, spoken))


def changes(staff: Staff, file: str, cells: Mapping[str, Any], spoken: Spoken) -> bool:
    """Whether the person may change, add or remove this row."""
    if not changes_sheet(staff, file, spoken):
        return False
    market = market_of(file, cells)
    if staff.may(CHANGE, market):
        return True
    if not sheet_words(file).advised:
        return False
    return staff.may(ADVISE, market) if market else bool(named_for(file)) and _speaks(staff, named_for(file), spoken)


def market_of(file: str, cells: Mapping[str, Any]) -> str:
    """The market that a row is of; empty for what is of none."""
    kind = kind_of(file)
    if kind == "research":
        return named_for(file)
    if kind == "markets":
        return str(cells.get("id") or "")
    given = cells.get("market")
    return given if isinstance(given, str) else ""


def _speaks(staff: Staff, language: str, spoken: Spoken) -> bool:
    """Whether it is a language of a market that they advise on."""
    return any(language in tags.split() and staff.may(ADVISE, market) for market, tags in spoken.items())
