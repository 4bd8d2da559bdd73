"""Readiness: each gate by a table of cases, and the same gates over facts gathered from a real database."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.payments import Payments
from shop.catalogue import suitability
from shop.catalogue.models import Certificate, Listing, MarketRule, Product, ProductText, ResponsiblePerson, Stock
from shop.catalogue.models import Paper as SheetPaper
from shop.checkout.hearing import last_heard
from shop.checkout.models import Order
from shop.checkout.webhook import take_notice
from shop.launches.changing.table import snapshot
from shop.launches.models import DocumentStanding, PrintedDocument, Waiver
from shop.launches.readying.facts import Facts, GateResult, Paper, Unfit, Unwritten, Waived
from shop.launches.readying.gate_words import FINDINGS, TITLES
from shop.launches.readying.gathering import gather
from shop.launches.readying.item_words import REASONS, named, reason_words
from shop.launches.readying.readiness import GATES, WAIVABLE, blockers, by_days_left, readiness
from shop.launches.words import gate_detail
from shop.markets.models import Market
from shop.policies.models import SignOff
from shop.scorecard.models import LandedCost, StopLine
from shop.support.crisis.models import CrisisCard, CrisisContact, CrisisText
from shop.support.requests.models import Macro
from shop.support.staffed.spans import Alike, Unheard
from tests.launching import NOW, WAIVED, exporter, put, sources, take_out

TODAY = date(2026, 11, 24)
EVENINGS = (Unheard("mi", Alike((0, 1, 2, 3, 4), 1080, 1320)),)
READY = Facts(
    market="nz",
    languages=("en", "mi"),
    listed=2,
    minimums=3,
    minimum_as_of=date(2026, 11, 22),
    papers=(Paper("cosmetic", "group standard", True, date(2027, 6, 30)),),
    responsible=("Maasbrug",),
    tax_number="12-345",
    duties="included",
    delivers=True,
    return_address="12 Boathouse Lane",
    in_stock=1,
    native_minutes={"en": 600, "mi": 90},
    uncovered_minutes={"en": 0, "mi": 60},
    uncovered_allowed=60,
    specialist="Ruth Alderson",
    research_signed=True,
    first_answer_minutes=60,
    holidays="NZ",
    holiday_next=date(2026, 12, 25),
    audience="invitation",
    lines_written=9,
    live_payments=True,
    notice_on=TODAY,
    test_orders=1,
    test_paid_on=TODAY,
    test_refunded=True,
    test_returned=True,
    crisis_contacts=3,
    contacts_checked=TODAY,
    recall_cards=1,
)


def result(facts: Facts, gate: str, today: date = TODAY) -> GateResult:
    return next(each for each in readiness(facts, today=today) if each.gate == gate)


def test_a_market_that_has_everything_meets_every_gate() -> None:
    assert {each.status for each in readiness(READY, today=TODAY)} == {"met"}
    assert not blockers(readiness(READY, today=TODAY), "soft")


PLUG, BAN = Unfit("HB-1", "plug", "I"), Unfit("HB-2", "no_spares", "spare")
SOON, LATER = (replace(READY.papers[0], until=TODAY + timedelta(days=each)) for each in (60, 61))
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("policies.translated", {"policies_lacking": (Unwritten("returns", "mi"),)}, "missing", "policies_lacking"),
    ("policies.signed", {"unsigned": (Unwritten("terms", "en"),)}, "missing", "unsigned"),
    ("policies.legal_floor", {"below_minimum": ("returns.window_days",)}, "missing", "below_minimum"),
    ("policies.legal_floor", {"minimums": 0}, "missing", "no_minimum"),
    ("policies.legal_floor", {"minimum_as_of": date(2025, 11, 23)}, "ending", "minimum_old"),
    ("policies.legal_floor", {"minimum_as_of": date(2025, 11, 24)}, "met", "above_minimum"),
    ("legal.pages", {"imprint_lacking": ("phone",)}, "missing", "imprint_lacking"),
    ("order_button", {"order_buttons_lacking": ("mi",)}, "missing", "order_button_lacking"),
    ("responsible_person", {"responsible_lacking": ("mains",)}, "missing", "responsible_lacking"),
    ("responsible_person", {"responsible_unaddressed": ("Maasbrug",)}, "missing", "responsible_unaddressed"),
    ("responsible_person", {"responsible": ()}, "met", "responsible_not_asked"),
    ("translations.complete", {"interface_lacking": ("mi",)}, "missing", "interface_lacking"),
    ("translations.complete", {"interface_unfinished": {"mi": 12}}, "missing", "interface_unfinished"),
    ("translations.complete", {"texts_lacking": (Unwritten("HB-1", "mi"),)}, "missing", "texts_lacking"),
    ("translations.complete", {"papers_unwritten": (Unwritten("kettle.manual", "mi"),)}, "missing", "papers_unwritten"),
    ("listings.present", {"listed": 0}, "missing", "nothing_listed"),
    ("catalogue.limited", {"listed": 30}, "met", "limited"),
    ("catalogue.limited", {"listed": 31}, "missing", "too_many_listed"),
    ("product.mains", {"unfit": (PLUG,)}, "missing", "unsuitable"),
    ("product.mains", {"unfit": (BAN,)}, "met", "mains_fit"),
    ("product.suitable", {"unfit": (BAN,)}, "missing", "unsuitable"),
    ("product.suitable", {"unfit": (PLUG,)}, "met", "all_suitable"),
    ("product.languages", {"unworded": (Unfit("HB-1", "label_language", "mi"),)}, "missing", "unsuitable"),
    ("product.environment", {"topics_lacking": ("water", "returns")}, "missing", "topics_lacking"),
    ("product.environment", {"topics_lacking": ("returns",)}, "met", "environment_known"),
    ("certs.present", {"papers": (Paper("mains", "PSE", False),)}, "missing", "paper_lacking"),
    ("certs.present", {"papers": ()}, "met", "no_papers_asked"),
    ("certs.valid", {"papers": (SOON,)}, "missing", "paper_too_short"),
    ("certs.valid", {"papers": (SOON,), "launched": True}, "ending", "paper_until"),
    ("certs.valid", {"papers": (LATER,)}, "ending", "paper_until"),
    ("certs.valid", {"papers": (replace(LATER, until=TODAY + timedelta(days=121)),)}, "met", "paper_until"),
    ("certs.valid", {"papers": (Paper("mains", "PSE", True),)}, "met", "papers_without_end"),
    ("price.set", {"unpriced": ("HB-1",)}, "missing", "unpriced"),
    ("price.set", {"uneven": ("HB-1",)}, "missing", "uneven"),
    ("tax.rates", {"untaxed": ("food",)}, "missing", "untaxed"),
    ("tax.registration", {"tax_number": "DEMO-123"}, "missing", "no_tax_number"),
    ("tax.registration", {"tax_number": ""}, "missing", "no_tax_number"),
    ("tax.registration", {"tax_number_fits": False}, "missing", "tax_number_misspelt"),
    ("duty.landed_cost", {"uncoded": ("HB-1",)}, "missing", "uncoded"),
    ("duty.landed_cost", {"uncosted": ("HB-1",)}, "missing", "uncosted"),
    ("duty.landed_cost", {"duties": ""}, "missing", "no_duties"),
    ("duty.landed_cost", {"duties": "named"}, "met", "duties_named"),
    ("shipping.lane", {"delivers": False}, "missing", "no_delivery"),
    ("shipping.lane", {"return_address": ""}, "missing", "no_return_address"),
    ("stock.present", {"in_stock": 0}, "missing", "nothing_in_stock"),
    ("agents.coverage", {"native_minutes": {"en": 600}}, "missing", "no_native_hours"),
    ("agents.coverage", {"uncovered_minutes": {"mi": 61}, "unheard": EVENINGS}, "missing", "hours_uncovered"),
    ("agents.coverage", {"uncovered_minutes": {"mi": 61}}, "missing", "dates_uncovered"),
    ("agents.specialist", {"specialist": ""}, "missing", "no_specialist"),
    ("agents.specialist", {"topics_lacking": ("returns",)}, "missing", "topics_lacking"),
    ("agents.specialist", {"research_signed": False}, "missing", "research_unsigned"),
    ("research.questions", {"questions_open": 1, "question_due": TODAY}, "met", "questions_open"),
    ("research.questions", {"questions_open": 1, "question_due": date(2026, 11, 23)}, "missing", "question_overdue"),
    ("support.promise", {"first_answer_minutes": 0}, "missing", "no_promise"),
    ("support.promise", {"macros_lacking": ("mi",)}, "missing", "macros_lacking"),
    ("holidays", {"holidays": ""}, "missing", "no_holidays"),
    ("caps.set", {"audience": ""}, "missing", "no_audience"),
    ("caps.set", {"audience": "", "everybody": True}, "met", "everybody"),
    ("caps.set", {"audience": "percentage", "percent_bp": 10_000}, "missing", "no_cap"),
    ("caps.set", {"audience": "percentage", "percent_bp": 10_000, "order_cap": 9}, "met", "capped"),
    ("caps.set", {"audience": "percentage", "percent_bp": 500}, "met", "capped"),
    ("stop_lines.set", {"lines_lacking": ("returns",)}, "missing", "lines_lacking"),
    ("payments.live", {"live_payments": False}, "missing", "demo_till"),
    ("payments.live", {"notice_on": None}, "missing", "no_notice"),
    ("payments.live", {"notice_on": date(2026, 11, 22)}, "ending", "live_payments"),
    ("test_order", {"test_paid_on": None}, "missing", "no_test_order"),
    ("test_order", {"test_refunded": False}, "missing", "test_not_refunded"),
    ("test_order", {"test_returned": False}, "missing", "test_not_returned"),
    ("test_order", {"test_paid_on": TODAY - timedelta(days=30)}, "met", "test_orders"),
    ("test_order", {"test_paid_on": TODAY - timedelta(days=31)}, "missing", "test_order_old"),
    ("crisis.contacts", {"crisis_contacts": 0}, "missing", "no_crisis_contacts"),
    ("crisis.contacts", {"contacts_checked": None}, "missing", "contacts_unchecked"),
    ("crisis.contacts", {"contacts_checked": TODAY - timedelta(days=91)}, "missing", "contacts_old"),
    ("crisis.contacts", {"contacts_checked": TODAY - timedelta(days=76)}, "ending", "crisis_contacts"),
    ("crisis.contacts", {"contacts_checked": TODAY - timedelta(days=75)}, "met", "crisis_contacts"),
    ("crisis.night", {"crisis_roles_asleep": ("lawyer",)}, "missing", "roles_asleep"),
    ("recall.plan", {"recall_cards": 0}, "missing", "no_recall_card"),
    ("recall.plan", {"recall_texts_lacking": ("mi",)}, "missing", "recall_texts_lacking"),
    ("recall.plan", {"untraced": ("HB-TM-CC",)}, "missing", "untraced"),
    ("docs.printed", {"documents_lacking": ("crisis_handbook",)}, "missing", "documents_lacking"),
    ("docs.printed", {"documents_blank": ("crisis_handbook",)}, "missing", "documents_blank"),
    ("docs.printed", {"documents_old": ("crisis_handbook",)}, "missing", "documents_old"),
]
# Findings that ask for a look and hold nothing back.
WARNINGS = {
    "too_many_listed", "question_overdue", "no_holidays", "roles_asleep", "untraced", "no_notice",
}  # fmt: skip
ALWAYS_WARNINGS = {"product.environment"}


@pytest.mark.parametrize(
    ("gate", "facts", "status", "code"), CASES, ids=[f"{number}-{each[0]}" for number, each in enumerate(CASES)]
)
def test_a_gate_says_what_it_found(gate: str, facts: dict[str, Any], status: str, code: str) -> None:
    found = result(replace(READY, **facts), gate)
    assert (found.status, found.code) == (status, code)
    warned = code in WARNINGS or gate in ALWAYS_WARNINGS
    assert found.blocking == (status == "missing" and not warned)
    assert found.warning == (status == "ending" or (status == "missing" and warned))


def test_every_gate_has_a_case_in_which_it_is_missing() -> None:
    assert {gate for gate, _facts, status, _code in CASES if status == "missing"} == set(GATES)


def test_every_gate_and_every_finding_has_its_words() -> None:
    assert set(TITLES) == set(GATES)
    assert {code for _gate, _facts, _status, code in CASES} <= set(FINDINGS)


def test_the_coverage_says_the_hours_of_the_language_heard_least() -> None:
    assert result(READY, "agents.coverage").values == {"hours": 1, "allowed": 1, "native": 1}


def test_uncovered_hours_are_named_with_their_language() -> None:
    english = Languages(Path("none")).tongue("en")
    found = result(replace(READY, uncovered_minutes={"mi": 600}, unheard=EVENINGS), "agents.coverage")
    said = gate_detail(found, english).replace("\u202f", " ")
    assert said == ("Waking hours without anybody, a week: 10 (allowed: 1). Mon–Fri, 6:00 PM–10:00 PM (Māori)")


def test_the_gates_that_hold_back_come_first_then_warnings_then_whatever_ends_soonest() -> None:
    facts = replace(READY, unpriced=("HB-1",), holidays="", test_paid_on=TODAY - timedelta(days=20))
    listed = [each.gate for each in by_days_left(readiness(facts, today=TODAY))]
    assert listed[:4] == ["price.set", "holidays", "test_order", "crisis.contacts"]
    assert result(facts, "test_order").until == TODAY + timedelta(days=10)


def test_a_gate_turns_red_on_the_day_after_the_one_it_names() -> None:
    names = ("test_order", "crisis.contacts", "certs.valid", "research.questions")
    facts = replace(READY, questions_open=1, question_due=TODAY + timedelta(days=3), papers=(LATER,))
    for name in names:
        until = result(facts, name).until
        assert until is not None
        assert result(facts, name, until).status != "missing", name
        assert result(facts, name, until + timedelta(days=1)).status == "missing", name


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
    waived = replace(READY, **facts, waivers={gate: Waived("Mere", "no time", date.max)})
    assert result(waived, gate).status == "missing"


def test_a_cap_is_asked_for_in_the_soft_launch_only() -> None:
    uncapped = readiness(replace(READY, audience=""), today=TODAY)
    assert [each.gate for each in blockers(uncapped, "soft")] == ["caps.set"]
    assert not blockers(readiness(replace(READY, lines_lacking=("returns",)), today=TODAY), "open")
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
    assert {gate for gate, each in results.items() if each.blocking} == {"caps.set"}
    assert {gate for gate, each in results.items() if each.warning} == {"holidays"}
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
    assert results["certs.present"].code == "paper_lacking"
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


class Provider:
    """A payment service whose notices are about nothing of ours."""

    def __init__(self, *, live: bool) -> None:
        self.live = live

    def notice(self, *_: object, **__: object) -> None:
        return None


@pytest.mark.parametrize("live", [True, False])
def test_the_last_notice_of_the_real_payment_service_is_known_to_the_hour(database: Database, live: bool) -> None:
    heard = (NOW - timedelta(days=3), NOW - timedelta(hours=2), NOW - timedelta(hours=2) + timedelta(minutes=59))
    for moment in heard:
        take_notice(database, cast(Payments, Provider(live=live)), b"", "", now=moment)
    with database.reading() as db:
        assert last_heard(db) == (heard[1] if live else None)
        facts = gather(db, replace(sources(), live_payments=True), now=NOW, only="nz")["nz"]
    assert result(facts, "payments.live").code == ("live_payments" if live else "no_notice")


def paid_test_order(number: str, *, days: int, refunded: bool, returned: bool) -> Order:
    paid = NOW - timedelta(days=days)
    return Order(
        number=number,
        market="nz",
        language="en",
        currency="NZD",
        test=True,
        key=number,
        content="",
        email="mere@example.com",
        name="Mere",
        address="{}",
        goods=900,
        shipping=0,
        net=900,
        tax=0,
        total=900,
        given_back=900 if refunded else 0,
        after_sales=returned,
        days_min=1,
        days_max=2,
        placed_at=paid,
        paid_at=paid,
    )


def test_the_test_order_that_got_furthest_counts(database: Database) -> None:
    put(database, paid_test_order("NZ-1", days=9, refunded=True, returned=True))
    put(database, paid_test_order("NZ-2", days=1, refunded=False, returned=False))
    found = gathered(database)["test_order"]
    assert (found.status, found.code) == ("met", "test_orders")
    assert found.until == TODAY + timedelta(days=21)


def test_contacts_checked_long_ago_or_never_and_who_is_asleep_are_known(database: Database) -> None:
    card = CrisisCard(key="shock", number=8, severity=0, tell='["lawyer", "insurer"]', first_answer_minutes=60)
    contacts = [
        CrisisContact(role="lawyer", name="Near", phone="+64", zone="Pacific/Auckland", checked_on=TODAY),
        CrisisContact(role="insurer", name="Far", phone="+44", zone="Europe/London", checked_on=date(2026, 11, 1)),
    ]
    put(database, card, *contacts)
    with database.reading() as db:
        facts = gather(db, sources(), now=NOW, only="nz")["nz"]
    assert (facts.crisis_roles_asleep, facts.contacts_checked) == (("lawyer",), date(2026, 11, 1))
    with database.writing() as db:
        db.exec(select(CrisisContact).where(CrisisContact.name == "Near")).one().checked_on = None
    with database.reading() as db:
        assert gather(db, sources(), now=NOW, only="nz")["nz"].contacts_checked is None


def test_costs_customs_codes_instructions_and_labels_that_are_missing_are_named(database: Database) -> None:
    take_out(database, LandedCost, ("nz", "HB-2"))
    assert gathered(database)["duty.landed_cost"].values == {"items": ("HB-2",)}
    with database.writing() as db:
        product = db.get_one(Product, "HB-1")
        product.hs_code, product.family, product.label_languages = "", "cream", "de"
    put(database, SheetPaper(family="cream", kind="safety", language="de", text="#"))
    found = gathered(database)
    assert (found["duty.landed_cost"].code, found["duty.landed_cost"].values) == ("uncoded", {"items": ("HB-1",)})
    assert found["product.languages"].values == {"items": (Unfit("HB-1", "label_language", "en"),)}
    assert found["translations.complete"].values == {"items": (Unwritten("cream.safety", "en"),)}


def test_stop_lines_a_recall_in_words_and_somebody_to_answer_are_asked_for(database: Database) -> None:
    with database.writing() as db:
        for line in db.exec(select(StopLine)).all():
            line.ended_at = NOW
        db.delete(db.get_one(CrisisText, ("recall", "en")))
        db.delete(db.get_one(Macro, ("hello", "", "en")))
    put(database, ResponsiblePerson(market="nz", kind="all"))
    found = gathered(database)
    assert found["stop_lines.set"].code == "lines_lacking"
    assert found["recall.plan"].values == {"items": ("en",)}
    assert found["support.promise"].code == "macros_lacking"
    assert found["responsible_person"].values == {"items": ("all",)}


def test_documents_are_printed_filled_in_and_as_the_market_stands(database: Database) -> None:
    with database.writing() as db:
        db.delete(db.exec(select(Waiver).where(Waiver.market == "nz", Waiver.gate == "docs.printed")).one())
    assert gathered(database)["docs.printed"].values == {"items": ("crisis_handbook",)}
    put(database, standing("crisis_handbook"), standing("distributor_manual", blanks=2))
    found = gathered(database)["docs.printed"]
    assert (found.code, found.blocking) == ("documents_blank", True)
    assert found.values == {"items": (Unwritten("distributor_manual", "en"),)}
    with database.writing() as db:
        db.get_one(DocumentStanding, ("nz", "distributor_manual", "en")).blanks = 0
    assert gathered(database)["docs.printed"].code == "documents_lacking"
    put(database, printed("crisis_handbook", "old"), printed("distributor_manual", "now"))
    found = gathered(database)["docs.printed"]
    assert (found.code, found.values) == ("documents_old", {"items": (Unwritten("crisis_handbook", "en"),)})
    put(database, printed("crisis_handbook", "now", version=2))
    assert gathered(database)["docs.printed"].status == "met"


def standing(kind: str, *, blanks: int = 0) -> DocumentStanding:
    return DocumentStanding(market="nz", kind=kind, language="en", hash="now", blanks=blanks)


def printed(kind: str, snapshot: str, *, version: int = 1) -> PrintedDocument:
    return PrintedDocument(
        market="nz", kind=kind, language="en", snapshot=snapshot, version=version, person="mere", at=NOW
    )
