"""From a view to a delivered order, as the scorecard shows it: each step, what is left of the one before, a bar."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.markets.calendar import day_in
from shop.markets.exposure_models import ExposureDay
from shop.markets.models import Market
from shop.scorecard.funnel import Funnel, funnel
from shop.scorecard.plots import bars, spark

STEPS = (
    ("visits", N_("Visits")),
    ("products", N_("Looked at a product")),
    ("carts", N_("Put something into the cart")),
    ("checkouts", N_("Began to order")),
    ("tried", N_("Tried to pay")),
    ("paid", N_("Paid")),
    ("delivered", N_("Delivered")),
)
AFTERWARDS = (
    ("declined", N_("A payment was declined"), "tried"),
    ("withdrawn", N_("Withdrawn"), "paid"),
    ("returned", N_("Sent back"), "delivered"),
    ("claimed", N_("With a claim"), "delivered"),
    ("disputed", N_("Disputed at the bank"), "paid"),
)
DAYS = 28


def funnel_rows(db: Session, market: Market, since: datetime, tongue: Tongue) -> dict[str, Any]:
    """The steps and what happened afterwards, each with its share of the step before."""
    counts = funnel(db, market.id, since)
    numbers = [getattr(counts, name) for name, _title in STEPS]
    lengths = bars(numbers)
    return {
        "views": tongue.number(counts.views),
        "steps": [
            {
                "title": tongue.say(title),
                "number": tongue.number(number),
                "share": _share(number, before, tongue),
                "bar": length,
            }
            for (_name, title), number, before, length in zip(STEPS, numbers, [0, *numbers], lengths, strict=False)
        ],
        "afterwards": [_after(counts, name, title=title, of=of, tongue=tongue) for name, title, of in AFTERWARDS],
        "empty": not any(numbers),
    }


def order_days(db: Session, market: Market, tongue: Tongue, *, now: datetime) -> dict[str, Any] | None:
    """Paid orders of each of the last 28 days of the market's calendar as a line; None where there were none."""
    today = day_in(market, now)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    rows = db.exec(select(ExposureDay).where(ExposureDay.market == market.id, col(ExposureDay.day) >= days[0])).all()
    paid = {each.day: each.paid for each in rows}
    numbers = [paid.get(day, 0) for day in days]
    line = spark(numbers)
    if line is None or not any(numbers):
        return None
    return {
        "line": line,
        "first": tongue.day(days[0]),
        "last": tongue.day(days[-1]),
        "today": tongue.number(numbers[-1]),
        "most": tongue.number(max(numbers)),
        "total": tongue.number(sum(numbers)),
    }


def _after(counts: Funnel, name: str, *, title: str, of: str, tongue: Tongue) -> dict[str, str]:
    number = getattr(counts, name)
    return {
        "title": tongue.say(title),
        "number": tongue.number(number),
        "share": _share(number, getattr(counts, of), tongue),
    }


def _share(number: int, before: int, tongue: Tongue) -> str:
    if not before:
        return ""
    return tongue.percent(round(10_000 * number / before, -2 if number / before >= 0.1 else -1))
