"""Guarantees market by market, each row resting on a named fact; days that are hard; and the ladder of remedies."""

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.aftersales.guarantee import KINDS, Guarantee, Mended, claim_right, guarantee, months_left
from shop.aftersales.guarantee_words import guarantee_view
from shop.aftersales.remedies import CHOICES, LABELS, WISHES, choices, ladder
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.ground.instants import local
from shop.policies.library import PolicyLibrary

LIBRARY = PolicyLibrary(ROOT / "policies")
TODAY = date(2026, 11, 24)
MARKETS = ("ae", "br", "ca", "ch", "de", "jp", "kw", "nz", "us")


def rules_of(market: str, **changed: Any) -> dict[str, Any]:
    return {**LIBRARY.nearest(market, "warranty", TODAY).rules, **changed}


def found(market: str, received: str | None, today: str, **given: Any) -> Guarantee:
    changed = given.pop("changed", {})
    day = date.fromisoformat(received) if received else None
    if "noticed" in given:
        given["noticed"] = date.fromisoformat(given["noticed"])
    return guarantee(rules_of(market, **changed), day, today=date.fromisoformat(today), **given)


# market, received on, claimed on, what it rests on, last day, seller must prove, the fact it rests on
ROWS = [
    ("de", "2026-12-01", "2028-12-01", "legal", "2028-12-01", False, "BGB § 438(1) no. 3: two years"),
    ("de", "2026-12-01", "2028-12-02", "outside", "2028-12-01", False, "BGB § 438(1) no. 3: two years, not a day more"),
    ("de", "2026-12-01", "2027-12-01", "legal", "2028-12-01", True, "BGB § 477(1): one year for the seller to prove"),
    ("de", "2026-12-01", "2027-12-02", "legal", "2028-12-01", False, "BGB § 477(1): then the buyer"),
    (
        "de",
        "2028-02-29",
        "2030-02-28",
        "legal",
        "2030-02-28",
        False,
        "BGB § 188(3): a month without that day ends on its last",
    ),
    ("de", "2027-03-27", "2029-03-27", "legal", "2029-03-27", False, "days of the calendar, whatever the clocks do"),
    ("de", None, "2040-01-01", "legal", None, True, "Directive (EU) 2019/771 art. 10(1): from delivery"),
    (
        "ch",
        "2026-12-01",
        "2028-12-01",
        "legal",
        "2028-12-01",
        False,
        "OR art. 210(1); no presumption in OR art. 197 ff.",
    ),
    ("ch", "2026-12-01", "2028-12-02", "outside", "2028-12-01", False, "OR art. 210(1), and the promise is as long"),
    (
        "br",
        "2026-12-01",
        "2027-03-01",
        "legal",
        "2027-03-01",
        False,
        "CDC art. 26 II: 90 days; no number for the burden",
    ),
    (
        "br",
        "2027-02-01",
        "2027-05-02",
        "legal",
        "2027-05-02",
        False,
        "CDC art. 26 II: 90 days, of which three months are 89",
    ),
    (
        "br",
        "2027-02-01",
        "2027-05-03",
        "commercial",
        "2029-02-01",
        False,
        "CDC art. 50: the promise stands beside the law",
    ),
    (
        "br",
        "2026-11-30",
        "2027-02-28",
        "legal",
        "2027-02-28",
        False,
        "CDC art. 26 II: three months, to February's last day",
    ),
    ("jp", "2026-12-01", "2034-01-01", "legal", None, False, "Civil Code art. 566: one year from noticing, no term"),
    ("nz", "2026-12-01", "2034-01-01", "legal", None, False, "Consumer Guarantees Act 1993 ss. 6-7: reasonable"),
    ("ae", "2026-12-01", "2034-01-01", "legal", None, False, "Cabinet Resolution 66/2023: no minimum set"),
    ("kw", "2026-12-01", "2034-01-01", "legal", None, False, "Law 39/2014: no number"),
    ("us", "2026-12-01", "2034-01-01", "legal", None, False, "UCC § 2-314: merchantable, no term"),
    ("ca", "2026-12-01", "2034-01-01", "legal", None, False, "Consumer Protection Act (Quebec) ss. 37-38: reasonable"),
]


@pytest.mark.parametrize(("market", "received", "today", "standing", "last", "seller", "fact"), ROWS)
def test_what_a_claim_rests_on(
    market: str, received: str | None, today: str, standing: str, last: str | None, seller: bool, fact: str
) -> None:
    holds = found(market, received, today)
    verdict = claim_right(holds, "defect")
    assert (verdict.standing, verdict.last_day and verdict.last_day.isoformat()) == (standing, last), fact
    assert holds.seller_proves is seller, fact
    assert verdict.version == rules_of(market)["effective"].isoformat()
    assert any(each.source for each in verdict.grounds), fact


def test_every_demo_market_has_its_row() -> None:
    assert {row[0] for row in ROWS} == set(MARKETS)


def test_the_maker_promises_beside_the_law_and_only_against_faults() -> None:
    """Harbourbench promise: 24 months, 12 in Japan."""
    over = found("br", "2026-12-01", "2028-12-01")
    assert over.commercial and claim_right(over, "defect").standing == "commercial"
    late = claim_right(over, "wrong_item")
    assert late.standing == "outside" and [each.code for each in late.grounds] == ["legal_over", "promise_not_for_this"]
    assert not found("br", "2026-12-01", "2028-12-02").commercial
    assert found("jp", "2026-12-01", "2027-12-01").commercial and not found("jp", "2026-12-01", "2027-12-02").commercial


def test_in_japan_it_is_told_within_a_year_of_noticing() -> None:
    """Civil Code art. 566; a year with a leap day is a year all the same."""
    assert found("jp", "2026-12-01", "2028-03-01", noticed="2027-03-01").told_in_time
    late = found("jp", "2026-12-01", "2028-03-02", noticed="2027-03-01")
    assert not late.told_in_time and late.notify_by == date(2028, 3, 1)
    assert claim_right(late, "defect").standing == "outside"
    assert claim_right(late, "defect").grounds[0].code == "notice_late"


def test_in_switzerland_it_is_told_at_once() -> None:
    """OR art. 201: practice accepts about seven days; the maker's promise asks for none."""
    late = found("ch", "2026-12-01", "2027-03-10", noticed="2027-03-02")
    assert late.notify_by == date(2027, 3, 9) and claim_right(late, "defect").standing == "commercial"
    assert claim_right(found("ch", "2026-12-01", "2027-03-09", noticed="2027-03-02"), "defect").standing == "legal"


def test_a_repair_makes_the_term_longer_once_where_the_rules_say_so() -> None:
    """Directive (EU) 2024/1799 art. 16: twelve months, once."""
    repaired = [Mended("repair", date(2027, 6, 1)), Mended("repair", date(2028, 6, 1))]
    longer = found("de", "2026-12-01", "2029-12-01", before=repaired, changed={"extra_months_after_repair": 12})
    assert longer.legal_ends == date(2029, 12, 1) and longer.legal
    assert [each.code for each in claim_right(longer, "defect").grounds] == ["legal", "extended"]
    assert found("de", "2026-12-01", "2029-12-01", before=repaired).legal_ends == date(2028, 12, 1)
    after = [Mended("repair", date(2029, 1, 5))]  # goodwill, when the term was over
    over = found("de", "2026-12-01", "2029-02-01", before=after, changed={"extra_months_after_repair": 12})
    assert over.legal_ends == date(2028, 12, 1)


def test_a_replacement_has_a_term_of_its_own_only_where_the_rules_say_so() -> None:
    replaced = [Mended("replacement", date(2028, 6, 1))]
    assert found("de", "2026-12-01", "2028-12-02", before=replaced).legal_ends == date(2028, 12, 1)
    anew = found("de", "2026-12-01", "2028-12-02", before=replaced, changed={"replacement_starts_anew": True})
    assert (anew.begins, anew.legal_ends, anew.seller_proves) == (date(2028, 6, 1), date(2030, 6, 1), True)
    assert claim_right(anew, "defect").grounds[-1].code == "renewed"


def test_what_shows_in_the_last_days_leaves_months_to_say_so() -> None:
    """BGB § 475e(3): not before four months after the fault showed; a fault that shows later has none."""
    shown = found("de", "2026-12-01", "2029-03-20", noticed="2028-11-20")
    assert shown.legal_ends == date(2029, 3, 20) and shown.legal
    assert [each.source for each in shown.changes] == ["BGB § 475e(3)"]
    assert not found("de", "2026-12-01", "2029-03-20", noticed="2028-12-02").legal
    assert not found("de", "2026-12-01", "2029-03-20").legal
    early = found("de", "2026-12-01", "2028-01-01", noticed="2027-01-01")
    assert early.legal_ends == date(2028, 12, 1) and not early.changes


def test_the_time_of_a_hidden_fault_begins_when_it_shows() -> None:
    """CDC art. 26 § 3."""
    hidden = found("br", "2026-12-01", "2028-01-10", noticed="2027-11-01")
    assert hidden.legal_ends == date(2028, 2, 1) and claim_right(hidden, "defect").standing == "legal"
    assert claim_right(hidden, "defect").grounds[-1].code == "since_noticed"
    assert found("br", "2026-12-01", "2028-02-02", noticed="2027-11-01").legal is False


@pytest.mark.parametrize(
    ("today", "ends", "months"),
    [
        ("2026-11-24", "2028-11-24", 24),
        ("2026-11-25", "2028-11-24", 23),
        ("2027-01-31", "2027-02-28", 1),
        ("2027-01-31", "2027-02-27", 0),
        ("2028-02-29", "2029-02-28", 12),
        ("2027-02-28", "2027-02-28", 0),
        ("2027-03-01", "2027-02-28", 0),
    ],
)
def test_months_left_are_whole_ones(today: str, ends: str, months: int) -> None:
    assert months_left(date.fromisoformat(today), date.fromisoformat(ends)) == months


def test_the_day_is_that_of_the_market() -> None:
    """23:30 on 1 December in Hamburg is still in time, though it is the second in Nelson."""
    last = datetime(2028, 12, 1, 22, 30, tzinfo=UTC)
    days = {zone: local(last, zone).date() for zone in ("Europe/Berlin", "Pacific/Auckland")}
    assert found("de", "2026-12-01", days["Europe/Berlin"].isoformat()).legal
    assert not found("de", "2026-12-01", days["Pacific/Auckland"].isoformat()).legal


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(0, 1500), st.sampled_from(MARKETS))
def test_a_day_later_is_never_better_and_rules_are_not_changed(received: date, days: int, market: str) -> None:
    rules = rules_of(market)
    before = copy.deepcopy(rules)
    order = ("outside", "commercial", "legal")
    ranks = [
        order.index(claim_right(guarantee(rules, received, today=day, noticed=received), "defect").standing)
        for day in (received + timedelta(days=days), received + timedelta(days=days + 1))
    ]
    assert ranks[0] >= ranks[1]
    assert rules == before


def test_every_remedy_of_every_market_has_words_and_choices() -> None:
    codes = {
        code
        for market in MARKETS
        for folder in (ROOT / "policies" / market / "warranty").iterdir()
        for code in LIBRARY.nearest(market, "warranty", date.fromisoformat(folder.name)).rules["remedies"]
    }
    assert codes <= set(LABELS) and set(CHOICES) == set(LABELS)
    assert {wish for each in CHOICES.values() for wish in each} <= set(WISHES)


# market, what may be asked for at first, and after a repair or replacement did not help
LADDERS = [
    ("de", "repair replacement", "repair replacement price_reduction refund damages", "BGB §§ 437, 439, 440"),
    ("jp", "repair replacement", "repair replacement price_reduction refund damages", "Civil Code arts. 562-564"),
    ("br", "repair", "repair replacement refund price_reduction", "CDC art. 18 § 1"),
    ("ch", "refund price_reduction replacement", "refund price_reduction replacement", "OR arts. 205-206"),
    ("ae", "repair replacement refund", "repair replacement refund", "Federal Law 15/2020 arts. 10-12"),
    ("kw", "repair replacement refund", "repair replacement refund", "Law 39/2014 arts. 9-10"),
    ("nz", "repair replacement refund price_reduction damages", "", "Consumer Guarantees Act 1993 ss. 18-23"),
    ("us", "repair replacement refund damages", "", "UCC §§ 2-608, 2-714"),
    ("ca", "repair replacement price_reduction refund damages", "", "Consumer Protection Act (Quebec) s. 272"),
]


@pytest.mark.parametrize(("market", "first", "then", "fact"), LADDERS)
def test_the_ladder(market: str, first: str, then: str, fact: str) -> None:
    rules = rules_of(market)
    assert " ".join(choices(ladder(rules, tried=False), legal=True)) == first, fact
    assert " ".join(choices(ladder(rules, tried=True), legal=True)) == (then or first), fact
    assert ladder(rules, tried=False).source


def test_beside_the_law_the_maker_repairs_or_replaces() -> None:
    assert choices(ladder(rules_of("de"), tried=True), legal=False) == ("repair", "replacement")


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("received", ["2026-12-01", None])
@pytest.mark.parametrize("kind", KINDS)
def test_all_of_it_can_be_told_in_every_language(market: str, received: str | None, kind: str) -> None:
    languages = Languages(ROOT / "locales")
    for today in ("2026-12-24", "2028-11-30", "2031-01-01"):
        holds = found(market, received, today)
        verdict = claim_right(holds, kind)
        for tag in ("en", "de", "ja", "ar"):
            view = guarantee_view(holds, verdict, ladder(holds.rules, tried=False), languages.tongue(tag, "DE"))
            assert view["mark"]["word"] and view["grounds"] and view["rungs"]
            assert "%(" not in str(view)
