"""The eight rules one by one, and the demo's 33 products in its five markets."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from shop.catalogue.suitability import (
    Certificate,
    Mains,
    MarketFacts,
    Product,
    Reason,
    Requirement,
    ResponsiblePerson,
    Rule,
    Verdict,
    subjects,
    suitability,
)

TODAY = date(2026, 11, 22)
EXPORTER = Path(__file__).parent.parent / "shop" / "demo" / "exporter"


def some(*values: str) -> frozenset[str]:
    return frozenset(values)


BLENDER = Product(
    "HB-BL",
    "mains",
    volts=(220, 240),
    hertz=frozenset({50}),
    plugs=some("F", "J"),
    label_languages=some("de", "fr"),
    manual_languages=some("de", "fr"),
)
CREAM = Product("HB-CO", "cosmetic", label_languages=some("de"))
GRANOLA = Product("HB-GR", "food", label_languages=some("de"), contains=some("nuts"), may_contain=some("none"))
CHOCOLATE = replace(GRANOLA, sku="HB-CH", hs_code="180632")
HONEY = replace(GRANOLA, sku="HB-HN", kind="food_animal", hs_code="040900", contains=some("none"))
COUPLING = Product("HB-CP", "spare", fits=some("HB-BL"), parent_needed=True, label_languages=some("de"))
PLAN = Product("HB-MC", "service", fits=some("HB-BL"), parent_needed=True)

CE = Certificate("mains", "CE", valid_from=date(2025, 1, 1), valid_until=date(2027, 6, 30))
HERE = MarketFacts(
    "de",
    mains=Mains(frozenset({230}), frozenset({50}), some("F", "C")),
    label_languages=some("de"),
    requirements=(Requirement("mains", "CE"),),
    certificates=(CE,),
    responsible_people=(ResponsiblePerson("all", "Maasbrug Compliance"),),
)
FAR_WALL = Mains(frozenset({127, 220}), frozenset({60}), some("N"))


def judged(product: Product, market: MarketFacts = HERE, today: date = TODAY, *sold: str) -> Verdict:
    return suitability(product, market, today=today, parents_sold=frozenset(sold))


def test_a_product_that_fails_no_rule_is_suitable_until_its_paper_ends() -> None:
    assert judged(BLENDER) == Verdict("ok", Reason("suitable", "CE"))
    assert judged(CREAM) == Verdict("ok", Reason("suitable"))


CASES: dict[str, tuple[Product, MarketFacts, str, Reason]] = {
    "voltage first": (BLENDER, replace(HERE, mains=FAR_WALL), "no", Reason("voltage", "127/220")),
    "every voltage of the market counts": (
        replace(BLENDER, volts=(127, 127)),
        replace(HERE, mains=FAR_WALL),
        "no",
        Reason("voltage", "127/220"),
    ),
    "then frequency": (
        replace(BLENDER, volts=(100, 240)),
        replace(HERE, mains=FAR_WALL),
        "no",
        Reason("frequency", "60"),
    ),
    "every frequency of the market counts": (
        BLENDER,
        replace(HERE, mains=replace(FAR_WALL, volts=frozenset({230}), hertz=frozenset({50, 60}))),
        "no",
        Reason("frequency", "50/60"),
    ),
    "then plug": (replace(BLENDER, plugs=some("G")), HERE, "no", Reason("plug", "C/F")),
    "a wall nobody described": (BLENDER, replace(HERE, mains=None), "needs_step", Reason("mains_unknown")),
    "no certificate": (BLENDER, replace(HERE, certificates=()), "no", Reason("certificate_missing", "CE")),
    "a certificate for another kind": (
        BLENDER,
        replace(HERE, certificates=(replace(CE, kind="radio"),)),
        "no",
        Reason("certificate_missing", "CE"),
    ),
    "a certificate for another model": (
        BLENDER,
        replace(HERE, certificates=(replace(CE, skus=some("HB-GM")),)),
        "no",
        Reason("certificate_missing", "CE"),
    ),
    "one of two marks": (
        BLENDER,
        replace(HERE, requirements=(Requirement("mains", "CE"), Requirement("mains", "SEV"))),
        "no",
        Reason("certificate_missing", "SEV"),
    ),
    "nobody answers for any goods": (
        CREAM,
        replace(HERE, responsible_people=(ResponsiblePerson("all"),)),
        "no",
        Reason("responsible_person_missing", "all"),
    ),
    "nobody answers for cosmetics": (
        CREAM,
        replace(HERE, responsible_people=(ResponsiblePerson("all", "M"), ResponsiblePerson("cosmetic"))),
        "no",
        Reason("responsible_person_missing", "cosmetic"),
    ),
    "a label language is missing": (
        CREAM,
        replace(HERE, label_languages=some("de", "it", "fr")),
        "needs_step",
        Reason("label_language", "fr it"),
    ),
    "a manual language is missing": (
        replace(BLENDER, manual_languages=some("fr")),
        HERE,
        "needs_step",
        Reason("manual_language", "de"),
    ),
    "a condition": (
        CREAM,
        replace(HERE, rules=(Rule("cosmetic", "needs_step", "listing"),)),
        "needs_step",
        Reason("listing", "cosmetic"),
    ),
    "a ban outranks a condition": (
        HONEY,
        replace(HERE, rules=(Rule("honey", "needs_step", "permit"), Rule("animal_origin", "no", "banned"))),
        "no",
        Reason("banned", "animal_origin"),
    ),
    "a rule may name one SKU": (
        CREAM,
        replace(HERE, rules=(Rule("HB-CO", "no", "withdrawn"),)),
        "no",
        Reason("withdrawn", "HB-CO"),
    ),
    "loose cells": (
        replace(COUPLING, battery="li_ion_loose"),
        replace(HERE, rules=(Rule("li_ion_loose", "no", "un3480_air_limit"),)),
        "no",
        Reason("un3480_air_limit", "li_ion_loose"),
    ),
    "contains unanswered": (
        replace(GRANOLA, contains=frozenset()),
        HERE,
        "needs_step",
        Reason("allergens_unanswered", "contains"),
    ),
    "may contain is a question of its own": (
        replace(GRANOLA, may_contain=frozenset()),
        HERE,
        "needs_step",
        Reason("allergens_unanswered", "may_contain"),
    ),
    "a part before its parent": (COUPLING, HERE, "no", Reason("parent_not_sold", "HB-BL")),
    "a service before its product": (
        PLAN,
        replace(HERE, rules=(Rule("service", "needs_step", "repair_partner_out_of_reach"),)),
        "no",
        Reason("parent_not_sold", "HB-BL"),
    ),
}


@pytest.mark.parametrize(("product", "market", "status", "reason"), CASES.values(), ids=CASES)
def test_the_first_failing_rule_gives_the_reason(
    product: Product, market: MarketFacts, status: str, reason: Reason
) -> None:
    verdict = judged(product, market)
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2024, 12, 31), "certificate_not_yet_valid"),
        (date(2025, 1, 1), "suitable"),
        (date(2027, 6, 30), "suitable"),
        (date(2027, 7, 1), "certificate_expired"),
    ],
)
def test_a_certificate_holds_on_its_first_and_last_day(day: date, code: str) -> None:
    assert judged(BLENDER, HERE, day).reason.code == code


def test_a_renewed_certificate_takes_over_from_the_expired_one() -> None:
    renewed = replace(CE, valid_from=date(2027, 7, 1), valid_until=date(2029, 6, 30))
    market = replace(HERE, certificates=(CE, renewed))
    assert judged(BLENDER, market, date(2027, 7, 1)).status == "ok"


@pytest.mark.parametrize(
    ("day", "status"),
    [(date(2026, 4, 30), "ok"), (date(2026, 5, 1), "no"), (date(2026, 10, 31), "no"), (date(2026, 11, 1), "ok")],
)
def test_chocolate_waits_for_the_end_of_summer(day: date, status: str) -> None:
    summer = Rule("heat_sensitive", "no", "melts_in_summer", frozenset(range(5, 11)))
    assert judged(CHOCOLATE, replace(HERE, rules=(summer,)), day).status == status


def test_a_part_follows_any_of_its_parents_and_stays_after_the_parent_goes() -> None:
    assert judged(COUPLING, HERE, TODAY, "HB-BL").status == "ok"
    assert judged(replace(COUPLING, fits=some("HB-BL", "HB-OLD")), HERE, TODAY, "HB-OLD").status == "ok"
    assert judged(COUPLING, HERE, TODAY, "HB-GM").status == "no"


def test_a_service_needs_no_label_but_a_repair_partner() -> None:
    strict = replace(HERE, label_languages=some("tr"), responsible_people=(ResponsiblePerson("all"),))
    assert judged(PLAN, strict, TODAY, "HB-BL").status == "ok"
    alone = replace(strict, rules=(Rule("service", "needs_step", "repair_partner_out_of_reach"),))
    assert judged(PLAN, alone, TODAY, "HB-BL").reason == Reason("repair_partner_out_of_reach", "service")


def test_dairy_means_animal_food_made_of_milk_and_not_every_food_with_milk() -> None:
    assert {"animal_origin", "honey"} <= subjects(HONEY)
    assert "dairy" in subjects(replace(HONEY, hs_code="300249", contains=some("milk")))
    assert not {"dairy", "animal_origin"} & subjects(replace(CHOCOLATE, contains=some("milk")))


# --- the demo exporter's folder

SELLABLE = {
    "nz": "BL-230 GM-230 KT-230 YM-UNI FR-USB SC-BT TH-RF TM-CC CO-HB CO-FC CO-SP CO-LB FD-HN FD-GR FD-CH FD-FC"
    " FD-KT FD-SL SP-JR SP-BS SP-CP SP-BR SP-KL SP-AD SP-BT CN-FL CN-DS CN-YC CN-BR SV-MC12",
    "de": "BL-230 GM-230 KT-230 YM-UNI FR-USB SC-BT TH-RF TM-CC CO-HB CO-FC CO-SP CO-LB FD-GR FD-CH FD-FC FD-SL"
    " SP-JR SP-BS SP-CP SP-BR SP-KL SP-AD CN-FL CN-DS CN-BR SV-MC12",
    "ch": "BL-230 GM-230 KT-230 YM-UNI FR-USB SC-BT TH-RF TM-CC CO-HB CO-FC CO-SP CO-LB FD-GR FD-CH FD-FC FD-SL"
    " SP-JR SP-BS SP-CP SP-BR SP-KL SP-AD CN-FL CN-DS CN-BR SV-MC12 SV-EW36",
    "jp": "BL-100 YM-UNI FR-USB SP-JR SP-BS SP-CP SP-AD CN-BR SV-MC12 SV-EW36",
    "ae": "BL-230 GM-230 KT-230 YM-UNI FR-USB SP-JR SP-BS SP-CP SP-BR SP-KL SP-AD CN-FL CN-BR SV-MC12 SV-EW36",
}
ONE_STEP_AWAY = {
    "nz": "SV-EW36",
    "de": "SV-EW36",
    "ch": "",
    "jp": "TM-CC FD-HN FD-GR FD-CH FD-FC FD-SL CN-DS",
    "ae": "TM-CC CO-HB CO-FC CO-SP CO-LB FD-HN FD-GR FD-CH FD-FC FD-SL CN-DS",
}


def rows(name: str, market: str = "") -> Iterator[dict[str, str]]:
    with (EXPORTER / name).open(encoding="utf-8", newline="") as lines:
        yield from (row for row in csv.DictReader(lines) if not market or row["market"] == market)


def words(cell: str) -> frozenset[str]:
    return frozenset(cell.split())


def numbers(cell: str) -> frozenset[int]:
    return frozenset(map(int, cell.split()))


def day(cell: str) -> date | None:
    return TODAY + timedelta(days=int(cell[5:-1] or 0)) if cell else None


def demo_products() -> list[Product]:
    return [
        Product(
            row["sku"],
            row["kind"],
            (int(row["volt_min"]), int(row["volt_max"])) if row["volt_min"] else None,
            numbers(row["hertz"]),
            words(row["plugs"]),
            row["battery"],
            row["hs_code"],
            words(row["contains"]),
            words(row["may_contain"]),
            words(row["fits"]),
            row["parent_needed"] == "yes",
            words(row["label_languages"]),
            words(row["manual_languages"]),
        )
        for row in rows("products.csv")
    ]


def demo_market(market: str) -> MarketFacts:
    languages = tomllib.loads((EXPORTER / "markets.toml").read_text(encoding="utf-8"))[market]["languages"]
    wall = next(rows("mains.csv", market))
    return MarketFacts(
        market,
        Mains(numbers(wall["volts"]), numbers(wall["hertz"]), words(wall["plugs"])),
        frozenset(languages),
        tuple(Requirement(row["kind"], row["mark"]) for row in rows("requirements.csv", market)),
        tuple(
            Certificate(row["kind"], row["mark"], row["number"], day(row["valid_from"]), day(row["valid_until"]))
            for row in rows("certificates.csv", market)
        ),
        tuple(
            Rule(
                row["subject"], "no" if row["verdict"] == "no" else "needs_step", row["reason"], numbers(row["months"])
            )
            for row in rows("rules.csv", market)
        ),
        tuple(ResponsiblePerson(row["kind"], row["name"]) for row in rows("responsible_people.csv", market)),
    )


def demo_verdicts(market: MarketFacts) -> dict[str, Verdict]:
    """Whole products first: a part or a plan may be sold where one of its parents may be."""
    parents = {item.sku: judged(item, market) for item in demo_products() if not item.parent_needed}
    sold = [sku for sku, verdict in parents.items() if verdict.status == "ok"]
    return {item.sku: judged(item, market, TODAY, *sold) for item in demo_products()}


def with_status(verdicts: dict[str, Verdict], status: str) -> set[str]:
    return {sku.removeprefix("HB-") for sku, verdict in verdicts.items() if verdict.status == status}


@pytest.mark.parametrize("market", SELLABLE)
def test_the_demo_sells_in_each_market_what_its_papers_allow(market: str) -> None:
    verdicts = demo_verdicts(demo_market(market))
    assert len(verdicts) == 33
    assert with_status(verdicts, "ok") == words(SELLABLE[market])
    assert with_status(verdicts, "needs_step") == words(ONE_STEP_AWAY[market])


@pytest.mark.parametrize("market", SELLABLE)
def test_the_demo_lists_only_what_is_suitable_and_no_part_without_its_parent(market: str) -> None:
    listed = {row["sku"] for row in rows("listings.csv", market)}
    by_sku = {item.sku: item for item in demo_products()}
    facts = demo_market(market)
    verdicts = {sku: judged(by_sku[sku], facts, TODAY, *listed) for sku in listed}
    assert {sku: verdict for sku, verdict in verdicts.items() if verdict.status != "ok"} == {}
