"""The rules in force on the tests' Tuesday, market by market, each resting on a source."""

import re
from typing import Any

import pytest
from sqlmodel import select

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.ground.instants import local
from shop.policies.keys import OPTIONAL
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.models import SignOff
from shop.policies.rule_words import rule_name
from tests.world import TUESDAY, World

LIBRARY = PolicyLibrary(ROOT / "policies")
LANGUAGES = Languages(ROOT / "locales")
NEW = "2026-11-22"
MARKETS = ("nz", "de", "ch", "jp", "ae", "ca", "us", "br", "kw")
VOLUNTARY, LAW = "voluntary", "statutory"

# market: nature, days, which, from, who pays, refund within, from; and for each of these what its source must cite
RETURNS: dict[str, tuple[tuple[Any, ...], dict[str, str]]] = {
    "nz": (
        (VOLUNTARY, 30, "calendar", "day_after_receipt", "customer", 14, "goods_back"),
        {"nature": "Fair Trading Act 1986", "window_days": "Shop promise", "return_shipping": "s. 22"},
    ),
    "de": (
        (LAW, 14, "calendar", "day_after_receipt", "customer", 14, "notice"),
        {
            "window_days": "BGB §§ 312g, 355(2)",
            "starts_from": "187(1)",
            "return_shipping": "357(5)",
            "refund_days": "357",
        },
    ),
    "ch": (
        (VOLUNTARY, 14, "calendar", "day_after_receipt", "customer", 14, "goods_back"),
        {"nature": "OR art. 40a-40f", "window_days": "HANDELSVERBAND.swiss", "refund_days": "Shop promise"},
    ),
    "jp": (
        (VOLUNTARY, 14, "calendar", "receipt_day_counts", "customer", 14, "goods_back"),
        {"nature": "ASCT arts. 11, 15-3", "starts_from": "ASCT art. 15-3", "return_shipping": "15-3(2)"},
    ),
    "ae": (
        (VOLUNTARY, 14, "calendar", "day_after_receipt", "customer", 14, "goods_back"),
        {"nature": "Federal Law 15/2020", "window_days": "Shop promise", "refund_days": "no statutory number"},
    ),
    "ca": (
        (VOLUNTARY, 30, "calendar", "day_after_receipt", "customer", 14, "goods_back"),
        {"nature": "No general no-reason right", "refund_days": "s. 54.13", "return_shipping": "s. 54.13"},
    ),
    "us": (
        (VOLUNTARY, 30, "calendar", "day_after_receipt", "customer", 14, "goods_back"),
        {"nature": "16 CFR 429", "window_days": "Shop promise", "refund_days": "16 CFR 435"},
    ),
    "br": (
        (LAW, 7, "calendar", "day_after_receipt", "seller", 0, "notice"),
        {"window_days": "CDC (Lei 8.078/1990) art. 49", "starts_from": "art. 132", "refund_days": "at once"},
    ),
    "kw": (
        (LAW, 14, "calendar", "day_after_receipt", "seller", 14, "goods_back"),
        {"window_days": "Law 39/2014 art. 10", "starts_from": "Decree-Law 10/2026", "return_shipping": "10/2026"},
    ),
}
# market: basis, months by law, months in which the seller proves, days to tell, our own months; sources likewise
WARRANTY: dict[str, tuple[tuple[Any, ...], dict[str, str]]] = {
    "nz": (("reasonable_time", 0, 0, 0, 24), {"legal_guarantee_basis": "Consumer Guarantees Act 1993 ss. 6-7"}),
    "de": (
        ("fixed", 24, 12, 0, 24),
        {"legal_guarantee_months": "438(1) no. 3", "burden_of_proof_months": "BGB § 477(1)"},
    ),
    "ch": (("fixed", 24, 0, 7, 24), {"legal_guarantee_months": "OR art. 210", "notify_within_days": "OR art. 201"}),
    "jp": (("notify_within", 0, 0, 365, 12), {"notify_within_days": "Civil Code art. 566"}),
    "ae": (("reasonable_time", 0, 0, 0, 24), {"legal_guarantee_basis": "Cabinet Resolution 66/2023"}),
    "ca": (("reasonable_time", 0, 0, 0, 24), {"legal_guarantee_basis": "ss. 37-38", "parts_notice": "s. 39"}),
    "us": (("reasonable_time", 0, 0, 0, 24), {"legal_guarantee_basis": "2-314", "disclaimers_allowed": "15 USC 2308"}),
    "br": (("fixed", 3, 0, 0, 24), {"legal_guarantee_months": "CDC art. 26", "remedies": "CDC art. 18"}),
    "kw": (("reasonable_time", 0, 0, 0, 24), {"legal_guarantee_basis": "Law 39/2014", "remedies": "arts. 9-10"}),
}
PROMISED = {
    "made_to_order": "always",
    "perishable": "always",
    "sealed_hygiene": "unsealed",
    "cosmetics": "unsealed",
    "food": "unsealed",
}
EXCLUSIONS = {
    "nz": {**PROMISED, "service": "started"},
    "de": {"made_to_order": "always", "perishable": "always", "sealed_hygiene": "unsealed", "service": "performed"},
    "ch": {**PROMISED, "service": "started"},
    "jp": {**PROMISED, "electrical": "unsealed", "service": "started"},
    "ae": {**PROMISED, "service": "started"},
    "ca": {**PROMISED, "service": "started"},
    "us": {**PROMISED, "service": "started"},
    "br": {},
    "kw": PROMISED,
}
RELEASED = {
    "ae/returns/2026-10-01": "1ec852848558",
    "ae/warranty/2026-10-01": "6e91019c53f1",
    "br/returns/2026-11-15": "1eb8d6f64944",
    "br/warranty/2026-11-15": "2955d8edc478",
    "ca/returns/2026-11-15": "3af60e80d0fe",
    "ca/warranty/2026-11-15": "7b6fcca7926d",
    "ch/returns/2026-10-01": "178fcbf829e6",
    "ch/warranty/2026-10-01": "4eefef7bc6b6",
    "de/returns/2026-10-01": "118b4d915287",
    "de/warranty/2026-10-01": "8ea41bb000a4",
    "jp/returns/2026-10-01": "42b452bc2dff",
    "jp/warranty/2026-10-01": "3e2623e122fe",
    "kw/returns/2026-11-15": "93e4d7221b7a",
    "kw/warranty/2026-11-15": "cfd8f0a45070",
    "nz/returns/2026-10-01": "2f82ef196223",
    "nz/warranty/2026-10-01": "f7a0967822f9",
    "us/returns/2026-11-15": "ca1da9fc40b9",
    "us/warranty/2026-11-15": "c4320abf74c9",
}
ZONES = {"nz": "Pacific/Auckland", "jp": "Asia/Tokyo", "us": "America/New_York"}


def in_force(market: str, kind: str) -> PolicyVersion:
    return LIBRARY.in_force(market, kind, local(TUESDAY, ZONES.get(market, "UTC")).date())


def sources(version: PolicyVersion, rule: str) -> str:
    return " / ".join(each["source"] for each in version.rules["sources"] if each["rule"] == rule)


@pytest.mark.parametrize("market", MARKETS)
def test_what_holds_for_sending_back(market: str) -> None:
    version, (told, cited) = in_force(market, "returns"), RETURNS[market]
    keys = ("nature", "window_days", "day_kind", "starts_from", "return_shipping", "refund_days", "refund_starts_from")
    assert version.name == NEW and tuple(version.rules[key] for key in keys) == told
    assert {rule: words for rule, words in cited.items() if words not in sources(version, rule)} == {}


@pytest.mark.parametrize("market", MARKETS)
def test_what_holds_when_something_is_wrong(market: str) -> None:
    version, (told, cited) = in_force(market, "warranty"), WARRANTY[market]
    keys = (
        "legal_guarantee_basis",
        "legal_guarantee_months",
        "burden_of_proof_months",
        "notify_within_days",
        "commercial_guarantee_months",
    )
    assert version.name == NEW and tuple(version.rules[key] for key in keys) == told
    assert {rule: words for rule, words in cited.items() if words not in sources(version, rule)} == {}
    assert version.rules["legal_guarantee_source"]
    assert version.rules["disclaimers_allowed"] == [] and sources(version, "disclaimers_allowed")


@pytest.mark.parametrize("market", MARKETS)
def test_what_is_left_out_is_said_by_class_and_market(market: str) -> None:
    found = in_force(market, "returns").rules["exclusions"]
    assert {each["class"]: each["condition"] for each in found} == EXCLUSIONS[market]
    assert len(found) == len(EXCLUSIONS[market]) and all(each["source"] for each in found)


def test_only_the_rules_switch_on_what_one_market_alone_asks_for() -> None:
    asked = ("withdrawal_function", "model_form", "final_screen", "harmonised_notice", "parts_notice")
    found = {
        (market, key)
        for market in MARKETS
        for kind in ("returns", "warranty")
        for key in asked
        if in_force(market, kind).rules.get(key)
    }
    assert found == {
        ("de", "withdrawal_function"),
        ("br", "withdrawal_function"),
        ("de", "model_form"),
        ("de", "harmonised_notice"),
        ("jp", "final_screen"),
        ("ca", "parts_notice"),
    }


@pytest.mark.parametrize("market", MARKETS)
def test_the_texts_take_every_fact_from_the_rules(market: str) -> None:
    for kind in ("returns", "warranty"):
        version = in_force(market, kind)
        for language, written in version.texts.items():
            assert "@" not in written and "+64" not in written and "Boathouse" not in written, (kind, language)
            assert kind == "warranty" or "{return_address}" in written, language
            for exact in ("window_days", "refund_days") if kind == "returns" else ("commercial_guarantee_months",):
                assert f"{{{exact}}}" in written or (market, exact) == ("br", "refund_days"), (language, exact)


def test_the_labels_that_the_law_fixes_stand_in_the_text_as_on_the_buttons() -> None:
    for market, language in (("de", "de"), ("br", "pt-BR")):
        version = in_force(market, "returns")
        text = version.text(LANGUAGES.tongue(language, market.upper()))
        assert all(words in text for words in version.rules["withdrawal_labels"][language].values())


def test_the_swiss_write_ss_and_quebec_writes_courriel() -> None:
    for kind in ("returns", "warranty"):
        assert "ß" not in in_force("ch", kind).texts["de"]
        assert "e-mail" not in in_force("ca", kind).texts["fr"].lower()


def test_no_text_or_page_leads_to_the_platform_that_was_closed() -> None:
    """The EU's platform for disputes ended on 2025-07-20 (Regulation (EU) 2024/3228): a link to it misleads."""
    closed = re.compile(r"consumers/odr|webgate\.ec|\bODR\b|OS-Plattform|Online-Streitbeilegung")
    files = [each for part in ("policies", "templates", "locales") for each in (ROOT / part).rglob("*.*")]
    texts = [each for each in files if each.suffix in (".md", ".toml", ".html", ".txt", ".po")]
    assert len(texts) > 200
    assert [str(each) for each in texts if closed.search(each.read_text("utf-8"))] == []


def test_a_released_version_is_what_it_was() -> None:
    found = {each: LIBRARY.version(*each.split("/")).hash[:12] for each in RELEASED}
    assert found == RELEASED


def test_versions_to_come_are_scheduled_and_better_for_the_customer() -> None:
    summer, guarantee = LIBRARY.version("nz", "returns", "2027-01-01"), LIBRARY.version("jp", "warranty", "2027-02-01")
    assert (in_force("nz", "returns").rules["window_days"], summer.rules["window_days"]) == (30, 45)
    key = "commercial_guarantee_months"
    assert (in_force("jp", "warranty").rules[key], guarantee.rules[key]) == (12, 24)


def test_of_what_is_to_come_the_demo_leaves_something_to_sign(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        signed = {(each.market, each.kind, each.version, each.language): each.hash for each in db.exec(select(SignOff))}
    assert signed["jp", "warranty", "2027-02-01", "ja"] == LIBRARY.version("jp", "warranty", "2027-02-01").hash
    assert ("nz", "returns", "2027-01-01", "en") not in signed
    for market in ("nz", "de", "ch", "jp", "ae", "ca", "us"):
        for kind in ("returns", "warranty"):
            version = in_force(market, kind)
            assert {signed[market, kind, NEW, each] for each in version.texts} == {version.hash}, (market, kind)


def test_every_rule_that_a_market_may_have_is_named_in_words() -> None:
    english = LANGUAGES.tongue("en", "NZ")
    keys = [key for optional in OPTIONAL.values() for key, kind in optional.items() if kind is not dict]
    assert len(keys) > 9 and [key for key in keys if rule_name(key, english) == key] == []
    assert rule_name("first_language.QC", english) == "Language to be offered first: QC"


def test_japan_says_the_same_days_on_both_of_its_pages() -> None:
    imprint, returns = in_force("jp", "imprint"), in_force("jp", "returns")
    for key in ("window_days", "refund_days", "seller", "phone"):
        assert imprint.rules[key] == returns.rules[key] and f"{{{key}}}" in imprint.texts["ja"]
