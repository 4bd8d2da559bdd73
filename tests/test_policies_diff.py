"""What a new version changes: rule by rule, for whose good, and passage by passage; told by the command and the console."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from sqlmodel import select

from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.policies.comparing import compare, diff_lines, previous, standing
from shop.policies.diff import Passage, RuleChange, passages, rule_changes
from shop.policies.keys import CHOICES, KEYS, PRODUCT_CLASSES
from shop.policies.library import PolicyLibrary
from shop.policies.models import SignOff
from shop.policies.rule_words import CLASSES, LABELS, VALUES, rule_value
from tests.world import World, text

LANGUAGES = Languages(ROOT / "locales")
ENGLISH = LANGUAGES.tongue("en", "NZ")

RETURNS = {
    "kind": "returns",
    "effective": "2026-10-01",
    "window_days": 30,
    "return_shipping": "customer",
    "refund_days": 14,
    "exclusions": [{"class": "food", "condition": "unsealed", "source": "promise"}],
    "sources": [{"rule": "window_days"}],
}


@pytest.mark.parametrize(
    ("change", "told", "leaning"),
    [
        ({"window_days": 45}, RuleChange("window_days", 30, 45), "better"),
        ({"window_days": 14}, RuleChange("window_days", 30, 14), "worse"),
        ({"refund_days": 7}, RuleChange("refund_days", 14, 7), "better"),
        ({"return_shipping": "seller"}, RuleChange("return_shipping", "customer", "seller"), "better"),
        ({"exclusions": []}, RuleChange("exclusions.food", "unsealed", None), "better"),
        ({"withdrawal_function": True}, RuleChange("withdrawal_function", None, True), "neither"),
    ],
)
def test_each_rule_that_differs_is_told_with_the_customers_side(
    change: dict[str, object], told: RuleChange, leaning: str
) -> None:
    assert rule_changes(RETURNS, RETURNS | change) == [told]
    assert told.leaning == leaning


def test_a_new_day_or_source_alone_is_no_change() -> None:
    assert rule_changes(RETURNS, RETURNS | {"effective": "2027-01-01", "sources": []}) == []


def test_a_further_exclusion_is_worse_for_the_customer() -> None:
    more = [*RETURNS["exclusions"], {"class": "cosmetics", "condition": "always", "source": "promise"}]  # type: ignore[misc]
    (found,) = rule_changes(RETURNS, RETURNS | {"exclusions": more})
    assert (found.key, found.leaning) == ("exclusions.cosmetics", "worse")


def test_only_the_passages_that_differ_are_shown() -> None:
    before, after = "One.\n\nTwo.\n\nThree.", "One.\n\nTwo and a half.\n\nThree.\n\nFour."
    assert passages(before, after) == [
        Passage("before", "Two."),
        Passage("after", "Two and a half."),
        Passage("after", "Four."),
    ]


def test_every_rule_every_choice_and_every_product_class_has_words() -> None:
    assert {key for keys in KEYS.values() for key in keys} <= LABELS.keys()
    assert set(PRODUCT_CLASSES) <= CLASSES.keys()
    for key, choices in CHOICES.items():
        for choice in choices:
            assert choice in VALUES[key] and rule_value(key, choice, ENGLISH) != choice


@pytest.fixture
def library(tmp_path: Path) -> Iterator[PolicyLibrary]:
    """The house's policies with one more version of the New Zealand returns, far ahead."""
    folder = tmp_path / "policies"
    copytree(ROOT / "policies", folder)
    newest = max((folder / "nz" / "returns").glob("*/rules.toml")).parent
    later = folder / "nz" / "returns" / "2031-01-01"
    copytree(newest, later)
    rules = (later / "rules.toml").read_text().replace(f"effective = {newest.name}", "effective = 2031-01-01")
    (later / "rules.toml").write_text(
        "\n".join("window_days = 60" if line.startswith("window_days") else line for line in rules.split("\n"))
    )
    yield PolicyLibrary(folder)


def test_a_scheduled_version_says_what_it_changes_for_whom(library: PolicyLibrary) -> None:
    version = library.version("nz", "returns", "2031-01-01")
    before = previous(version, library)
    assert before is not None and standing(version, library, datetime(2026, 11, 24, tzinfo=UTC).date()) == "scheduled"
    compared = compare(before, version, "New Zealand", ENGLISH, readers={"en": ENGLISH})
    assert [(each.name, each.after, each.leaning) for each in compared.rules] == [
        ("Days to send something back", "60", "better")
    ]
    assert all("60" in each.text for each in compared.texts["en"] if each.only_in == "after")
    lines = diff_lines(compared, ENGLISH)
    assert lines[0] == f"nz/returns: {before.name} -> 2031-01-01"
    assert "customers who order from 1 January 2031 on: New Zealand" in lines[1]
    assert any(line.endswith("-> 60 (better for the customer)") for line in lines)


def test_the_console_shows_what_holds_and_what_is_to_come(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    page = text(mere.get("/console/policies").text)
    assert "Germany" in page and "In force" in page
    assert mere.get("/console/policies/de/returns/2026-10-01").status_code == 200
    assert mere.get("/console/policies/de/returns/2025-01-01").status_code == 404
    assert sqlite_world.signed_in("lena").get("/console/policies").status_code == 404


def unsign(world: World, language: str = "de") -> None:
    """Take back who signed the German returns in force."""
    with world.house.database.writing() as db:
        for each in db.exec(select(SignOff).where(SignOff.market == "de", SignOff.kind == "returns")).all():
            db.delete(each)


def current(world: World) -> str:
    version = world.house.policies.in_force("de", "returns", world.clock.now.date())
    return f"/console/policies/de/returns/{version.name}"


def test_a_native_specialist_signs_what_nobody_has_signed(sqlite_world: World) -> None:
    unsign(sqlite_world)
    url, annika = current(sqlite_world), sqlite_world.signed_in("annika")
    assert "No native reader has signed this text yet" in annika.get(url).text or "Draft" not in annika.get(url).text
    version = sqlite_world.house.policies.version("de", "returns", url.rpartition("/")[2])
    for _twice in range(2):
        answer = annika.post(f"{url}/signatures", {"language": "de", "seen": version.hash})
        assert answer.status_code == 303
    with sqlite_world.house.database.reading() as db:
        (signed,) = db.exec(select(SignOff).where(SignOff.market == "de", SignOff.kind == "returns")).all()
    assert (signed.person, signed.version, signed.hash) == ("annika", version.name, version.hash)


@pytest.mark.parametrize(("person", "status"), [("mere", 404), ("lena", 404), ("jonas", 404), ("kenji", 404)])
def test_nobody_else_signs_it(sqlite_world: World, person: str, status: int) -> None:
    unsign(sqlite_world)
    url = current(sqlite_world)
    answer = sqlite_world.signed_in(person).post(f"{url}/signatures", {"language": "de", "seen": "x"})
    assert answer.status_code == status


def test_a_specialist_signs_only_the_language_they_read_natively(sqlite_world: World) -> None:
    version = sqlite_world.house.policies.in_force("ch", "returns", sqlite_world.clock.now.date())
    url = f"/console/policies/ch/returns/{version.name}"
    answer = sqlite_world.signed_in("reto").post(f"{url}/signatures", {"language": "fr", "seen": version.hash})
    assert answer.status_code == 409


def test_a_text_that_changed_meanwhile_is_not_signed(sqlite_world: World) -> None:
    unsign(sqlite_world)
    url = current(sqlite_world)
    answer = sqlite_world.signed_in("annika").post(f"{url}/signatures", {"language": "de", "seen": "0" * 64})
    assert answer.status_code == 409
    with sqlite_world.house.database.reading() as db:
        assert not db.exec(select(SignOff).where(SignOff.market == "de", SignOff.kind == "returns")).all()


def test_staff_see_in_the_shop_that_a_text_is_a_draft(sqlite_world: World) -> None:
    unsign(sqlite_world)
    address = "/de/de/policies/returns"
    mere, nobody = sqlite_world.signed_in("mere").get(address).text, sqlite_world.browser("de").get(address).text
    assert "chip" in mere.partition("<article")[2] and "chip" not in nobody.partition("<article")[2]
