"""The crisis handbook of a set-up: read strictly, missing languages told and not refused, stored and stored again."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

from shop.base.db import Database
from shop.demo.showing import FOLDER
from shop.support.crisis.models import CrisisCard, CrisisContact, CrisisText, Incident, OnCallOverride, OnCallRotation
from shop.support.crisis.triggers import Told, cards, drawn
from shop.upkeep.crisis_sheets import crisis_notes, read_crisis, store_crisis
from shop.upkeep.reading import Folder, Row
from tests.crisis_world import NIGHT, crisis_house
from tests.support_world import MORNING

CRISES = {3, 4, 5, 6, 7, 8, 9, 10, 13}


@pytest.fixture
def setup(tmp_path: Path) -> Path:
    """The demo's handbook, contacts and rotations, with nothing else."""
    made = tmp_path / "set-up"
    made.mkdir()
    shutil.copytree(FOLDER / "crisis", made / "crisis")
    for name in ("contacts.csv", "on_call.toml"):
        shutil.copy(FOLDER / name, made / name)
    return made


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with crisis_house(tmp_path) as made:
        yield made


def rows(folder: Path) -> dict[str, list[Row]]:
    read = Folder(folder)
    found = read_crisis(read)
    assert read.complaints == []
    for row in found["on_call"]:
        row.cells["starts_on"] = row["starts_on"].on(NIGHT.date())
    for row in found["contacts"]:
        row.cells["checked_on"] = row["checked_on"].on(NIGHT.date())
    return found


def change(file: Path, old: str, new: str) -> None:
    said = file.read_text("utf-8")
    assert old in said
    file.write_text(said.replace(old, new, 1), "utf-8")


def everything(db: Session) -> dict[str, list[dict[str, Any]]]:
    models: tuple[type[SQLModel], ...] = (CrisisCard, CrisisText, CrisisContact, OnCallRotation)
    found = {model.__name__: [each.model_dump() for each in db.exec(select(model)).all()] for model in models}
    return {name: sorted(each, key=lambda row: str(sorted(row.items(), key=str))) for name, each in found.items()}


def test_the_demo_has_sixteen_cards_and_the_grave_ones_are_crises(setup: Path) -> None:
    found = rows(setup)
    assert [row["number"] for row in found["crisis"]] == list(range(1, 17))
    assert {row["number"] for row in found["crisis"] if row["severity"] == "crisis"} == CRISES
    english = {row["key"] for row in found["crisis_texts"] if row["language"] == "en"}
    assert english == {row["key"] for row in found["crisis"]}


def test_every_acknowledgement_of_a_crisis_names_the_emergency_number_where_somebody_may_be_hurt(setup: Path) -> None:
    hurt = {"allergic_reaction", "food_hospital", "fire_shock_injury", "lithium_battery", "recall_needed"}
    told = {(row["key"], row["language"]): row["acknowledgement"] for row in rows(setup)["crisis_texts"]}
    assert [each for each in told if each[0] in hurt and "{emergency}" not in told[each]] == []


def test_every_role_that_a_crisis_tells_has_a_contact_and_a_deputy_in_another_zone(setup: Path) -> None:
    found = rows(setup)
    asked = {role for row in found["crisis"] if row["severity"] == "crisis" for role in row["tell"]}
    zones = {role: {(row["zone"], row["deputy"]) for row in found["contacts"] if row["role"] == role} for role in asked}
    assert [role for role in asked if not zones[role]] == []
    lonely = {role for role in asked if len({zone for zone, _deputy in zones[role]}) < 2}
    assert lonely == set()


@pytest.mark.parametrize(
    ("text", "category", "kind", "card"),
    [
        ("I had an allergic reaction to your cream", "use", "cosmetic", "allergic_reaction"),
        ("My child is in hospital after eating the granola", "quality", "", "food_hospital"),
        ("It smelled burnt while I was cleaning it", "use", "mains", "fire_shock_injury"),
        ("The battery is swollen", "use", "battery", "lithium_battery"),
        ("Peanuts are not on the label", "quality", "food", "undeclared_allergen"),
        ("My post about you is going viral", "other", "", "media_storm"),
        ("I see somebody else's order", "other", "", "data_leak"),
        ("It is held by customs", "other", "", "customs_hold"),
        ("Which allergens are in the granola?", "use", "food", ""),
        ("I am allergic to nuts. Can I eat the granola?", "use", "food", ""),
        ("The chocolate had melted when it came", "transit_damage", "food", ""),
        ("My parcel arrived dented, the box was cut", "transit_damage", "mains", ""),
        ("I saw the blender on Instagram. How do I clean it?", "use", "mains", ""),
        ("Can I take honey from my own hives?", "other", "food_animal", ""),
    ],
)
def test_the_demos_words_draw_what_they_should_and_nothing_else(
    setup: Path, database: Database, text: str, category: str, kind: str, card: str
) -> None:
    with database.writing() as db:
        store_crisis(db, rows(setup))
    with database.reading() as db:
        assert drawn(cards(db), Told(text=text, category=category, kind=kind)) == card


def test_storing_it_again_changes_nothing_and_leaves_who_stands_in(setup: Path, database: Database) -> None:
    with database.writing() as db:
        store_crisis(db, rows(setup))
        db.add(OnCallOverride(rotation="world", person="mere", starts_at=NIGHT, ends_at=MORNING))
        db.flush()
        before = everything(db)
    with database.writing() as db:
        store_crisis(db, rows(setup))
        db.flush()
        assert everything(db) == before
        assert len(db.exec(select(OnCallOverride)).all()) == 1
        assert json.loads(db.get_one(CrisisCard, "allergic_reaction").legal_clocks)[0]["where"] == "EU"


def test_a_card_that_an_incident_was_run_by_stays_others_go_with_the_file(setup: Path, database: Database) -> None:
    with database.writing() as db:
        db.add(Incident(card="skin", opened_at=NIGHT))
        db.flush()
        store_crisis(db, rows(setup))
        known = set(db.exec(select(CrisisCard.key)).all())
    assert "skin" in known
    assert "storm" not in known


def test_a_set_up_without_a_handbook_is_one_too(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert all(each == [] for each in rows(tmp_path / "empty").values())


def test_what_is_not_translated_yet_is_told_and_not_refused(setup: Path) -> None:
    (setup / "crisis" / "de.toml").unlink(missing_ok=True)
    found = rows(setup) | {"markets": [Row("markets.toml", "de", {"languages": "de"})]}
    assert "crisis/de.toml: 16 of 16 cards have no words; English stands in" in crisis_notes(found)


Change = Callable[[Path], None]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (
            lambda at: change(at / "crisis/cards.toml", '"crisis"', '"awful"'),
            "crisis/cards.toml, allergic_reaction.severity: 'awful' is none of crisis, urgent, normal",
        ),
        (
            lambda at: change(at / "crisis/cards.toml", '"repair_partner"', '"uncle"'),
            "crisis/cards.toml, part_failure.tell: 'uncle' is none of",
        ),
        (
            lambda at: change(at / "crisis/cards.toml", 'unit = "days"', 'unit = "moons"'),
            "crisis/cards.toml, allergic_reaction.clocks: entry 1: unit: 'moons' is none of",
        ),
        (
            lambda at: change(at / "crisis/cards.toml", "number = 1\n", "number = 1\ncolour = 1\n"),
            "crisis/cards.toml, part_failure.colour: is unknown",
        ),
        (
            lambda at: change(at / "crisis/en.toml", "[part_failure]", "[part_fails]"),
            "crisis/en.toml, part_fails: is no card of crisis/cards.toml",
        ),
        (
            lambda at: change(at / "crisis/en.toml", 'title = "A part fails on the machine"', 'title = ""'),
            "crisis/en.toml, part_failure.title: is empty",
        ),
        (lambda at: (at / "crisis/xx-YY.toml").write_text("[a]\n"), "crisis/xx-YY.toml: 'xx-YY' is not a known"),
        (
            lambda at: change(at / "contacts.csv", "mere@harbourbench.example,+64 3 555 0142", ","),
            "contacts.csv, line 2: email: is empty, and the phone number is empty too; nobody could reach this contact",
        ),
        (
            lambda at: change(at / "contacts.csv", "Europe/Berlin", "Europe/Nelson"),
            "contacts.csv, line 3: zone: 'Europe/Nelson' is not a known time zone",
        ),
        (
            lambda at: change(at / "on_call.toml", 'handoff = "09:00"', 'handoff = "9"'),
            "on_call.toml, world.handoff: '9' is not a clock time from 00:00 to 24:00",
        ),
        (
            lambda at: change(at / "on_call.toml", "period_days = 7", "period_days = 0"),
            "on_call.toml, world.period_days: 0 is not from 1 to 366",
        ),
    ],
)
def test_every_mistake_is_told_with_its_place(setup: Path, spoil: Change, complaint: str) -> None:
    spoil(setup)
    read = Folder(setup)
    read_crisis(read)
    assert [str(each) for each in read.complaints if str(each).startswith(complaint)] != [], read.complaints


def test_a_language_with_fewer_steps_is_refused(setup: Path) -> None:
    first = (setup / "crisis" / "en.toml").read_text("utf-8")
    (setup / "crisis" / "sv.toml").write_text(
        first.replace('"Ask for the serial number and a photo.", ', "", 1), "utf-8"
    )
    read = Folder(setup)
    read_crisis(read)
    assert [str(each) for each in read.complaints] == [
        "crisis/sv.toml, part_failure.steps: has 3 steps, in another language 4"
    ]


def test_a_contact_that_was_tried_since_at_the_console_stays_so(setup: Path, database: Database) -> None:
    tried = NIGHT.date() - timedelta(days=1)
    with database.writing() as db:
        store_crisis(db, rows(setup))
        contact = db.exec(select(CrisisContact).where(CrisisContact.role == "carrier")).first()
        assert contact and contact.checked_on == NIGHT.date() - timedelta(days=20)
        name, contact.checked_on = contact.name, tried
    with database.writing() as db:
        store_crisis(db, rows(setup))
        assert db.exec(select(CrisisContact.checked_on).where(CrisisContact.name == name)).all() == [tried]
