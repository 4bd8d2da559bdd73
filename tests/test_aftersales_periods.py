"""When a period begins and ends, market by market. Each case names the fact it rests on; days are the market's calendar."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import pytest

from shop.aftersales.periods import UNKNOWN, Receipt, Window, latest, may_wait, months_after, refund_due, window
from shop.base.settings import ROOT
from shop.markets.calendar import is_working_day
from shop.policies.library import PolicyLibrary

LIBRARY = PolicyLibrary(ROOT / "policies")
IN_FORCE = date(2026, 11, 24)
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


def rules(market: str) -> Mapping[str, Any]:
    """The market's returns rules as the product ships them."""
    return LIBRARY.in_force(market, "returns", IN_FORCE).rules


def made(**changed: Any) -> dict[str, Any]:
    """Rules by hand, of countries that the demo has no market in, or of readings of their own."""
    plain = {
        "window_days": 14,
        "day_kind": "calendar",
        "starts_from": "day_after_receipt",
        "extension_if_not_informed_months": 0,
        "end_rolls_to_working_day": False,
        "refund_days": 14,
        "refund_starts_from": "notice",
    }
    return plain | changed


def ends(given: Mapping[str, Any], received: str, calendar: str, informed: str | None = "2026-01-01") -> str:
    """The last day, with its weekday."""
    known = window(
        given,
        Receipt(date.fromisoformat(received), "carrier"),
        informed=date.fromisoformat(informed) if informed else None,
        is_working=partial(is_working_day, calendar=calendar),
    )
    assert known.ends is not None
    return f"{DAYS[known.ends.weekday()]} {known.ends}"


WINDOWS = [
    # DE withdrawal.days 14, starts_from day_after_receipt: BGB §§ 187(1), 355(2), 356(2); CRD art. 9(2)(b)
    ("de", "2026-11-24", "Tue 2026-12-08"),
    # DE end_rolls_to_next_working_day: Regulation 1182/71 art. 3(4). A Saturday,
    ("de", "2026-11-28", "Mon 2026-12-14"),
    # Christmas with the weekend behind it,
    ("de", "2026-12-11", "Mon 2026-12-28"),
    # Good Friday to Easter Monday,
    ("de", "2027-03-12", "Tue 2027-03-30"),
    # and New Year on a Friday.
    ("de", "2026-12-18", "Mon 2027-01-04"),
    # The clocks change on 28 March 2027: days are counted, not hours.
    ("de", "2027-03-22", "Mon 2027-04-05"),
    # 29 February is a day like any other.
    ("de", "2028-02-15", "Tue 2028-02-29"),
    ("de", "2028-02-16", "Wed 2028-03-01"),
    ("de", "2027-02-15", "Mon 2027-03-01"),
    # BR withdrawal.days 7: CDC art. 49; the day of receipt is not counted and the end rolls: Código Civil art. 132
    ("br", "2026-11-24", "Tue 2026-12-01"),
    ("br", "2026-12-18", "Mon 2026-12-28"),
    # JP starts_from receipt_day_counts: ASCT art. 15-3; 14 days are the shop's promise, and nothing rolls
    ("jp", "2026-11-24", "Mon 2026-12-07"),
    ("jp", "2026-12-19", "Fri 2027-01-01"),
    # CH customary_days 14: code of HANDELSVERBAND.swiss; the shop rolls the end as OR art. 78 does
    ("ch", "2026-11-24", "Tue 2026-12-08"),
    ("ch", "2026-12-18", "Mon 2027-01-04"),
    # KW withdrawal.days 14: Law 39/2014 art. 10. The weekend there is Friday and Saturday.
    ("kw", "2026-11-24", "Tue 2026-12-08"),
    ("kw", "2026-11-20", "Sun 2026-12-06"),
    # AE customary_days 14, NZ, CA and US customary_days 30: the shop's own promise, no right online; nothing rolls
    ("ae", "2026-11-24", "Tue 2026-12-08"),
    ("nz", "2026-11-25", "Fri 2026-12-25"),
    ("ca", "2026-11-25", "Fri 2026-12-25"),
    ("us", "2026-11-24", "Thu 2026-12-24"),
]


@pytest.mark.parametrize(("market", "received", "last"), WINDOWS)
def test_the_last_day_of_a_market(market: str, received: str, last: str) -> None:
    assert ends(rules(market), received, market.upper()) == last


OTHERS = [
    # MX withdrawal.days 5 business: LFPC art. 56. 16 November 2026 is the day of the Revolution.
    (made(window_days=5, day_kind="working"), "2026-11-13", "MX", "Mon 2026-11-23"),
    (made(window_days=5, day_kind="working", starts_from="receipt_day_counts"), "2026-11-13", "MX", "Fri 2026-11-20"),
    # JP withdrawal.days 8 where no terms were shown: ASCT art. 15-3(1), counted from the day of delivery itself
    (made(window_days=8, starts_from="receipt_day_counts"), "2026-11-24", "JP", "Tue 2026-12-01"),
    # KR withdrawal.days 7: E-Commerce Act art. 17(1)
    (made(window_days=7), "2026-11-24", "KR", "Tue 2026-12-01"),
    # SA withdrawal.days 7: E-Commerce Law art. 13
    (made(window_days=7), "2026-11-24", "SA", "Tue 2026-12-01"),
    # GB withdrawal.days 14: CCR reg. 30
    (made(), "2026-11-24", "GB", "Tue 2026-12-08"),
]


@pytest.mark.parametrize(("given", "received", "calendar", "last"), OTHERS)
def test_the_last_day_elsewhere(given: dict[str, Any], received: str, calendar: str, last: str) -> None:
    assert ends(given, received, calendar) == last


NOT_TOLD = [
    # DE extension_if_uninformed_months 12: CRD art. 10(1), twelve months from the end of the first period;
    ("de", "2026-11-24", None, "Wed 2027-12-08"),
    # BGB § 356(3), twelve months and fourteen days: where a leap day parts the two, the later one holds.
    ("de", "2027-02-15", None, "Wed 2028-03-01"),
    ("de", "2028-02-20", None, "Tue 2029-03-06"),
    # A first end on 29 February: BGB § 188(3) would end it on the 28th.
    ("de", "2028-02-15", None, "Thu 2029-03-01"),
    # Told later: fourteen days from then (CRD art. 10(2)), here to a Sunday that rolls,
    ("de", "2026-11-24", "2027-01-10", "Mon 2027-01-25"),
    # never less than the first period, never more than the extension.
    ("de", "2026-11-24", "2026-11-25", "Wed 2026-12-09"),
    ("de", "2026-11-24", "2027-12-01", "Wed 2027-12-08"),
    # Told on the day of receipt or before: nothing is extended.
    ("de", "2026-11-24", "2026-11-24", "Tue 2026-12-08"),
    # BR and KW know no such rule.
    ("br", "2026-11-24", None, "Tue 2026-12-01"),
    ("kw", "2026-11-24", None, "Tue 2026-12-08"),
]


@pytest.mark.parametrize(("market", "received", "informed", "last"), NOT_TOLD)
def test_who_was_not_told_has_longer_where_the_law_says_so(
    market: str, received: str, informed: str | None, last: str
) -> None:
    assert ends(rules(market), received, market.upper(), informed) == last


def test_without_a_day_of_receipt_the_window_is_open_for_ever() -> None:
    known = window(rules("de"), UNKNOWN, informed=IN_FORCE, is_working=lambda _day: True)
    assert known == Window(None, None, "unknown") and known.holds(date(2099, 1, 1))


def test_the_last_day_itself_is_in_time() -> None:
    known = Window(date(2026, 11, 25), date(2026, 12, 8), "carrier")
    assert known.holds(date(2026, 12, 8)) and not known.holds(date(2026, 12, 9))


def test_of_several_parcels_the_last_one_counts_and_one_unknown_makes_all_unknown() -> None:
    first, last = Receipt(date(2026, 11, 20), "carrier"), Receipt(date(2026, 11, 27), "assumed")
    assert latest([last, first]) == last
    assert latest([first, UNKNOWN, last]) == UNKNOWN == latest([])


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-11-24", 24, "2028-11-24"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months).isoformat() == later


WAITS = made(refund_waits_for_goods=True)
REFUNDS = [
    # DE refund_days 14 from notice: CRD art. 13(1)
    (made(), "2026-12-01", None, None, "2026-12-15"),
    # The seller may hold back until goods or proof of sending arrive, whichever is earlier: CRD art. 13(3)
    (WAITS, "2026-12-01", None, None, "2026-12-15"),
    (WAITS, "2026-12-01", None, "2026-12-03", "2026-12-15"),
    (WAITS, "2026-12-01", None, "2026-12-20", "2026-12-20"),
    (WAITS, "2026-12-01", "2026-12-18", "2026-12-20", "2026-12-18"),
    (made(), "2026-12-01", "2026-12-18", None, "2026-12-15"),
    # BR refund_days 0, at once: CDC art. 49, sole paragraph
    (rules("br"), "2026-12-01", None, None, "2026-12-01"),
    # NZ, CH, JP: the shop's promise, from the goods' return
    (rules("nz"), "2026-12-01", None, "2026-12-02", None),
    (rules("ch"), "2026-12-01", "2026-12-10", None, "2026-12-24"),
    (rules("jp"), "2026-12-01", "2026-12-10", "2026-12-02", "2026-12-24"),
]


@pytest.mark.parametrize(("given", "notice", "back", "sent", "due"), REFUNDS)
def test_by_when_money_is_given_back(
    given: Mapping[str, Any], notice: str, back: str | None, sent: str | None, due: str | None
) -> None:
    goods_back, sent_back = (date.fromisoformat(each) if each else None for each in (back, sent))
    found = refund_due(given, notice=date.fromisoformat(notice), goods_back=goods_back, sent_back=sent_back)
    assert (found.isoformat() if found else None) == due


def test_the_seller_waits_only_where_the_rules_say_so() -> None:
    sent = date(2026, 12, 2)
    assert may_wait(WAITS, goods_back=None, sent_back=None) and not may_wait(WAITS, goods_back=None, sent_back=sent)
    assert not may_wait(made(), goods_back=None, sent_back=None)
    assert may_wait(rules("nz"), goods_back=None, sent_back=sent) and not may_wait(
        rules("nz"), goods_back=sent, sent_back=None
    )
