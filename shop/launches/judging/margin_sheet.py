"""What an order leaves, as the scorecard shows it: income, each kind of cost, what remains, and what is not known."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_, NP_, Tongue
from shop.ground.money import Money
from shop.markets.models import Market
from shop.scorecard.margins import Margin, margin
from shop.scorecard.plots import bars

COSTS = (
    ("goods", NP_("sum", "Goods")),
    ("freight", N_("Freight to the country")),
    ("duty", N_("Customs duty")),
    ("shipping", N_("Parcels")),
    ("payment", N_("Payment fees")),
    ("exchange", N_("Changing money")),
    ("returns", NP_("cost", "Returns")),
    ("support", N_("Answering customers")),
    ("goodwill", N_("Goodwill")),
    ("disputes", N_("Disputes lost")),
)


def margin_rows(db: Session, market: Market, since: datetime, tongue: Tongue) -> dict[str, Any] | None:
    """Income and costs of an average order, and what was left out; None before the first order."""
    found = margin(db, market.id, since)
    if not found.orders and not found.left_out:
        return None
    return {
        "orders": tongue.number(found.orders),
        "lines": _lines(found, tongue) if found.orders else [],
        "parts": _sum(found, found.parts, tongue),
        "care_plans": _sum(found, found.care_plans, tongue),
        "pending": tongue.number(found.pending) if found.pending else "",
        "market_cost": found.market_cost,
        "left_out": tongue.number(found.left_out) if found.left_out else "",
        "without_cost": list(found.without_cost),
    }


def _lines(found: Margin, tongue: Tongue) -> list[dict[str, Any]]:
    """Amounts for one order of the average; costs with a minus."""
    told = [
        (N_("Sold, without tax"), found.net, ""),
        (N_("Given back by distributors and carriers"), found.reimbursed, ""),
        *((title, -getattr(found, name), "cost") for name, title in COSTS),
    ]
    shown = [each for each in told if each[1]]
    lengths = bars([each[1] for each in shown])
    rows = [
        {"title": tongue.say(title), "amount": _each(found, amount, tongue), "bar": bar, "kind": kind, "strong": False}
        for (title, amount, kind), bar in zip(shown, lengths, strict=True)
    ]
    left = {
        "title": tongue.say(N_("Left of an order")),
        "amount": _each(found, found.total, tongue),
        "bar": 0,
        "kind": "",
        "strong": True,
    }
    return [*rows, left]


def _each(found: Margin, total: int, tongue: Tongue) -> str:
    return tongue.money(Money(round(total / found.orders), found.currency))


def _sum(found: Margin, total: int, tongue: Tongue) -> str:
    return tongue.money(Money(total, found.currency)) if total else ""
