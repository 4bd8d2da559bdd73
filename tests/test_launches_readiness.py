"""Readiness: each gate by a table of cases, and the same gates over facts gathered from a real database."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.catalogue import suitability
from shop.catalogue.models import Certificate, Listing, MarketRule, ProductText, Stock
from shop.launches.changing.transitions import snapshot
from shop.launches.readying.gathering import gather
from shop.launches.readying.item_words import REASONS, named, reason_words
from shop.launches.readying.readiness import (
    GATES,
    WAIVABLE,
    Facts,
    GateResult,
    Paper,
    Unfit,
    Unwritten,
    Waived,
    blockers,
    readiness,
)
from shop.launches.words import DETAILS, GATE_TITLES, gate_detail
from shop.markets.models import Market
from shop.policies.models import SignOff
from shop.support.staffed.spans import Alike, Unheard
from tests.launching import NOW, WAIVED, exporter, put, sources, take_out

TODAY = date(2026, 11, 24)
EVENINGS = (Unheard("mi", Alike((0, 1, 2, 3, 4), 1080, 1320)),)
READY = Facts(
    market="nz",
    languages=("en", "mi"),
    listed=2,
    papers=(Paper("cosmetic", "group standard", True, date(2027, 6, 30)),),
    tax_number="12-345",
    delivers=True,
    in_stock=1,
    native_minutes={"en": 600, "mi": 90},
    uncovered_minutes={"en": 0, "mi": 60},
    uncovered_allowed=60,
    specialist="Ruth Alderson",
    first_answer_minutes=60,
    audience="invitation",
    live_payments=True,
    test_orders=1,
    crisis_contacts=3,
)


def result(facts: Facts, gate: str, today: date = TODAY) -> GateResult:
    return next(each for each in readiness(facts, today=today) if each.gate == gate)


def test_a_market_that_has_everything_meets_every_gate() -> None:
    assert {each.status for each in readiness(READY, today=TODAY)} == {"met"}
    assert not blockers(readiness(READY, today=TODAY), "soft")


CASES: list[tuple[str, Facts, str, str]] = [
    (
        "policies.translated",
        replace(READY, policies_lacking=(Unwritten("returns", "mi"),)),
        "missing",
        "policies_lacking",
    ),
    ("policies.signed", replace(READY, unsigned=(Unwritten("terms", "en"),)), "missing", "unsigned"),
    ("translations.complete", replace(READY, interface_lacking=("mi",)), "missing", "interface_lacking"),
    ("translations.complete", replace(READY, interface_unfinished={"mi": 12}), "missing", "interface_unfinished"),
    ("translations.complete", replace(READY, texts_lacking=(Unwritten("HB-1", "mi"),)), "missing", "texts_lacking"),
    ("listings.present", replace(READY, listed=0), "missing", "nothing_listed"),
    ("listings.present", replace(READY, listed=30), "met", "listed"),
    ("product.suitable", replace(READY, unfit=(Unfit("HB-1", "voltage", "100"),)), "missing", "unsuitable"),
    ("certs.valid", replace(READY, papers=(Paper("mains", "PSE", False),)), "missing", "paper_lacking"),
    (
        "certs.valid",
        replace(READY, papers=(Paper("mains", "PSE", True, TODAY + timedelta(days=60)),)),
        "ending",
        "paper_until",
    ),
    (
        "certs.valid",
        replace(READY, papers=(Paper("mains", "PSE", True, TODAY + timedelta(days=61)),)),
        "met",
        "paper_until",
    ),
    ("certs.valid", replace(READY, papers=(Paper("mains", "PSE", True),)), "met", "papers_without_end"),
    ("certs.valid", replace(READY, papers=()), "met", "no_papers_asked"),
    ("price.set", replace(READY, unpriced=("HB-1",)), "missing", "unpriced"),
    ("tax.rates", replace(READY, untaxed=("food",)), "missing", "untaxed"),
    ("tax.registration", replace(READY, tax_number="DEMO-123"), "missing", "no_tax_number"),
    ("tax.registration", replace(READY, tax_number=""), "missing", "no_tax_number"),
    ("shipping.lane", replace(READY, delivers=False), "missing", "no_delivery"),
    ("stock.present", replace(READY, in_stock=0), "missing", "nothing_in_stock"),
    ("agents.coverage", replace(READY, native_minutes={"en": 600}), "missing", "no_native_hours"),
    ("agents.coverage", replace(READY, uncovered_minutes={"mi": 61}, unheard=EVENINGS), "missing", "hours_uncovered"),
    ("agents.coverage", replace(READY, uncovered_minutes={"mi": 61}), "missing", "dates_uncovered"),
    ("agents.specialist", replace(READY, specialist=""), "missing", "no_specialist"),
    ("support.promise", replace(READY, first_answer_minutes=0), "missing", "no_promise"),
    ("caps.set", replace(READY, audience=""), "missing", "no_audience"),
    ("caps.set", replace(READY, audience="", everybody=True), "met", "everybody"),
    ("caps.set", replace(READY, audience="percentage", percent_bp=10_000), "missing", "no_cap"),
    ("caps.set", replace(READY, audience="percentage", percent_bp=10_000, order_cap=9), "met", "capped"),
    ("caps.set", replace(READY, audience="percentage", percent_bp=500), "met", "capped"),
    ("payments.live", replace(READY, live_payments=False), "missing", "demo_till"),
    ("test_order", replace(READY, test_orders=0), "missing", "no_test_order"),
    ("crisis.contacts", replace(READY, crisis_contacts=0), "missing", "no_crisis_contacts"),
    ("legal.pages", replace(READY, imprint_lacking=("phone",)), "missing", "imprint_lacking"),
    ("order_button", replace(READY, order_buttons_lacking=("mi",)), "missing", "order_button_lacking"),
]


@pytest.mark.parametrize(
    ("gate", "facts", "status", "code"), CASES, ids=[f"{number}-{each[0]}" for number, each in enumerate(CASES)]
)
def test_a_gate_says_what_it_found(gate: str, facts: Facts, status: str, code: str) -> None:
    found = result(facts, gate)
    assert (found.status, found.code) == (status, code)
    assert found.blocking == (status == "missing")


def test_every_gate_has_a_case_in_which_it_is_missing() -> None:
    assert {gate for gate, _facts, status, _code in CASES if status == "missing"} == set(GATES)


def test_every_gate_and_every_finding_has_its_words() -> None:
    assert set(GATE_TITLES) == set(GATES)
    assert {code for _gate, _facts, _status, code in CASES} <= set(DETAILS)


def test_the_coverage_says_the_hours_of_the_language_heard_least() -> None:
    assert result(READY, "agents.coverage").values == {"hours": 1, "allowed": 1, "native": 1}


def test_uncovered_hours_are_named_with_their_language() -> None:
    english = Languages(Path("none")).tongue("en")
    found = result(replace(READY, uncovered_minutes={"mi": 600}, unheard=EVENINGS), "agents.coverage")
    said = gate_detail(found, english).replace("\u202f", " ")
    assert said == ("Waking hours without anybody, a week: 10 (allowed: 1). Mon–Fri, 6:00 PM–10:00 PM (Māori)")


def test_too_many_products_are_a_warning_that_blocks_nothing() -> None:
    found = result(replace(READY, listed=31), "listings.present")
    assert (found.status, found.code, found.blocking) == ("missing", "too_many_listed", False)


def test_a_waiver_holds_through_its_last_day_and_no_longer() -> None:
    until = Waived("Mere Tauranga", "demo", TODAY)
    waived = replace(READY, live_payments=False, waivers={"payments.live": until})
    assert (result(waived, "payments.live").status, result(waived, "payments.live").waiver) == ("waived", until)
    assert result(waived, "payments.live", TODAY + timedelta(days=1)).status == "missing"


def test_a_gate_that_is_met_needs_no_waiver() -> None:
    assert (
        result(replace(READY, waivers={"payments.live": Waived("Mere", "demo", TODAY)}), "payments.live").status
        == "met"
    )


@pytest.mark.parametrize("gate", sorted(set(GATES) - WAIVABLE))
def test_law_price_language_and_papers_cannot_be_waived(gate: str) -> None:
    facts = next(facts for name, facts, status, _code in CASES if name == gate and status == "missing")
    assert result(replace(facts, waivers={gate: Waived("Mere", "no time", date.max)}), gate).blocking


def test_a_cap_is_asked_for_in_the_soft_launch_only() -> None:
    uncapped = readiness(replace(READY, audience=""), today=TODAY)
    assert [each.gate for each in blockers(uncapped, "soft")] == ["caps.set"]
    assert not blockers(uncapped, "open")
    assert not blockers(uncapped, "ready")


def test_the_snapshot_is_the_same_for_the_same_facts_and_differs_with_them() -> None:
    assert snapshot(READY) == snapshot(replace(READY))
    assert snapshot(READY) != snapshot(replace(READY, order_cap=1))


# Gathered facts.


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        yield opened


def gathered(database: Database, market: str = "nz") -> dict[str, GateResult]:
    with database.reading() as db:
        return {each.gate: each for each in readiness(gather(db, sources(), now=NOW)[market], today=TODAY)}


def test_the_prepared_market_lacks_only_its_audience(database: Database) -> None:
    results = gathered(database)
    assert {gate for gate, each in results.items() if each.status == "missing"} == {"caps.set"}
    assert {gate for gate, each in results.items() if each.status == "waived"} == set(WAIVED)


def test_the_empty_market_lacks_what_it_has_not(database: Database) -> None:
    missing = {gate for gate, each in gathered(database, "de").items() if each.status == "missing"}
    assert {
        "listings.present",
        "policies.signed",
        "shipping.lane",
        "agents.coverage",
        "order_button",
        "payments.live",
    } <= missing


def test_one_market_gathered_alone_is_the_same_as_among_all(database: Database) -> None:
    with database.reading() as db:
        assert gather(db, sources(), now=NOW, only="nz") == {"nz": gather(db, sources(), now=NOW)["nz"]}


def test_a_text_changed_after_signing_is_no_longer_signed(database: Database) -> None:
    with database.writing() as db:
        db.get_one(SignOff, ("nz", "terms", "2026-11-15", "en")).hash = "of another text"
    assert gathered(database)["policies.signed"].values == {"items": (Unwritten("terms", "en"),)}


def test_a_product_without_a_text_is_named(database: Database) -> None:
    take_out(database, ProductText, ("HB-2", "en"))
    assert gathered(database)["translations.complete"].values == {"items": (Unwritten("HB-2", "en"),)}


def test_a_ban_makes_a_listed_product_unfit(database: Database) -> None:
    put(database, MarketRule(market="nz", subject="spare", verdict="no", reason="no_spares"))
    values = gathered(database)["product.suitable"].values
    assert values["items"] == (Unfit("HB-2", "no_spares", "spare"),)


def test_a_paper_that_has_ended_is_missing(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Certificate, ("nz", "cosmetic", "group standard")).valid_until = TODAY - timedelta(days=1)
    results = gathered(database)
    assert results["certs.valid"].code == "paper_lacking"
    assert results["product.suitable"].values["items"] == (Unfit("HB-1", "certificate_expired", "group standard"),)


def test_a_price_of_nothing_is_no_price(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Listing, ("nz", "HB-2")).price = 0
    assert gathered(database)["price.set"].values == {"items": ("HB-2",)}


def test_pieces_held_for_others_are_not_in_stock(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Stock, "HB-1").held = 5
    assert gathered(database)["stock.present"].status == "missing"


def test_native_hours_are_counted_from_now(database: Database) -> None:
    assert gathered(database)["agents.coverage"].values["native"] == 7


def test_waking_hours_without_anybody_are_held_against_what_the_market_allows(database: Database) -> None:
    found = gathered(database)["agents.coverage"]
    assert (found.status, found.values["hours"], found.values["allowed"]) == ("met", 98, 98)
    with database.writing() as db:
        db.get_one(Market, "nz").uncovered_minutes = 97 * 60
    found = gathered(database)["agents.coverage"]
    assert (found.status, found.code) == ("missing", "hours_uncovered")
    assert found.values["items"] == (Unheard("en", Alike(tuple(range(7)), 480, 1320)),)


def test_a_language_with_complaints_is_named_with_their_number(database: Database) -> None:
    asked = replace(sources(), incomplete={"en": 4, "de": 0})
    with database.reading() as db:
        facts = gather(db, asked, now=NOW)
    assert (facts["nz"].interface_unfinished, facts["de"].interface_unfinished) == ({"en": 4}, {})
    assert result(facts["nz"], "translations.complete").blocking


def test_every_reason_of_the_demo_and_of_the_rules_has_its_words() -> None:
    exporter = Path(__file__).resolve().parents[1] / "shop/demo/exporter/rules.csv"
    codes = {line.split(",")[3] for line in exporter.read_text("utf-8").splitlines()[1:]}
    ours = set(re.findall(r'(?:_no|_needs_step)\("(\w+)"', Path(suitability.__file__).read_text("utf-8")))
    assert ours and codes | ours <= set(REASONS)


def test_a_reason_of_the_set_up_that_nobody_knows_stays_as_it_was_written() -> None:
    english = Languages(Path("none")).tongue("en")
    assert reason_words("moon_phase", "HB-1", english) == "moon_phase (HB-1)"
    assert reason_words("voltage", "", english) == "The mains voltage does not fit"
    assert reason_words("label_language", "de fr", english).endswith("(German and French)")
    assert named("imprint_lacking", "phone", english) == "Phone number"
    assert named("interface_lacking", "pt-BR", english) == "Portuguese (Brazil)"
