"""When the time to send something back begins and ends by a market's returns rules, and by when money is given back. Pure.

All days are days of the market's calendar. Where readings of a law differ, the day that is better for the customer holds.
"""

import calendar
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)
IsWorking = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which goods were received; None while nobody knows of it. `source` says who told: carrier, staff, ..."""

    day: date | None
    source: str


UNKNOWN = Receipt(None, "unknown")


@dataclass(frozen=True, slots=True)
class Window:
    """From which day the time runs and the last day in time. Without an end it is open, for it has not begun."""

    begins: date | None
    ends: date | None
    source: str
    extended: bool = False

    def holds(self, day: date) -> bool:
        """Whether something declared on this day is in time. What is declared before the goods are there always is."""
        return self.ends is None or day <= self.ends


def latest(receipts: Iterable[Receipt]) -> Receipt:
    """The receipt of the last of several parcels; unknown while one of them is, or where there is none."""
    known = list(receipts)
    if not known or any(each.day is None for each in known):
        return UNKNOWN
    return max(known, key=lambda each: each.day or date.min)


def window(rules: Mapping[str, Any], receipt: Receipt, *, informed: date | None, is_working: IsWorking) -> Window:
    """The time to send back what was received so, by these returns rules.

    `informed` is the day on which the customer was told of the right, None for one who never was: then the rules'
    extension holds, and whoever is told late has the whole period from that day, but never longer than the extension
    (Directive 2011/83/EU art. 10). An end on a day off moves to the next working day where the rules say so
    (Regulation 1182/71 art. 3(4); Código Civil art. 132 § 1). Without a day of receipt nothing has begun.
    """
    if receipt.day is None:
        return Window(None, None, receipt.source)
    begins = receipt.day if rules["starts_from"] == "receipt_day_counts" else receipt.day + DAY
    ends = _last(rules, begins, is_working)
    months = rules["extension_if_not_informed_months"]
    extended = months > 0 and (informed is None or informed > receipt.day)
    if extended:
        # Twelve months after the first end, or the days after twelve months: in leap years these are two days.
        longest = max(months_after(ends, months), _last(rules, months_after(begins, months), is_working))
        ends = longest if informed is None else max(ends, min(longest, _last(rules, informed + DAY, is_working)))
    if rules["end_rolls_to_working_day"]:
        while not is_working(ends):
            ends += DAY
    return Window(begins, ends, receipt.source, extended)


def refund_due(
    rules: Mapping[str, Any],
    *,
    notice: date,
    goods_back: date | None = None,
    sent_back: date | None = None,
    nothing_back: bool = False,
) -> date | None:
    """The last day to give the money back; None while it hangs on goods that are not back yet.

    Where there is nothing to come back (`nothing_back`: it was never sent), the days run from the notice.

    Where the seller may wait for the goods or for proof of their sending (CRD art. 13(3)), the earlier of the two moves
    a day that has gone by meanwhile; as long as neither is there, the day stands and `may_wait` says that it need not
    be kept.
    """
    days = timedelta(days=rules["refund_days"])
    if nothing_back:
        return notice + days
    if rules["refund_starts_from"] == "goods_back":
        return goods_back + days if goods_back else None
    shown = [each for each in (goods_back, sent_back) if each]
    return max(notice + days, min(shown)) if shown and waits_for_goods(rules) else notice + days


def waits_for_goods(rules: Mapping[str, Any]) -> bool:
    """Whether the rules let the seller keep the money until the goods, or proof of their sending, are there."""
    return bool(rules.get("refund_waits_for_goods", rules["refund_starts_from"] == "goods_back"))


def may_wait(rules: Mapping[str, Any], *, goods_back: date | None, sent_back: date | None) -> bool:
    """Whether the seller may still wait now; where only the goods count, proof of their sending does not end it."""
    proof = sent_back if rules["refund_starts_from"] == "notice" else None
    return waits_for_goods(rules) and goods_back is None and proof is None


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day (BGB § 188(3), 29 February)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _last(rules: Mapping[str, Any], begins: date, is_working: IsWorking) -> date:
    """The last of the rules' days, of which `begins` is the first that may count."""
    if rules["day_kind"] == "calendar":
        return begins + timedelta(days=rules["window_days"] - 1)
    day, left = begins - DAY, rules["window_days"]
    while left > 0:
        day += DAY
        left -= is_working(day)
    return day
