"""Contacts and rotations: what is missing for a market, who is on call in the coming weeks, who stands in, and drills."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.launches.readying.facts import Facts
from shop.launches.readying.readiness import readiness
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.crisis.contacts import emergency_number, ready_for_crisis
from shop.support.crisis.models import CrisisContact, OnCallOverride, OnCallRotation
from tests.crisis_world import NIGHT, contact, crisis_house, incidents, pages
from tests.support_world import person
from tests.world import PASSWORD, World, text, world

HASHED = password_hash(PASSWORD)
URL = "/console/crisis"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with crisis_house(tmp_path) as database:
        with database.writing() as db:
            db.add(person("annika", "Annika Petersen", role="specialist", language="en", markets="de"))
            db.add(person("jonas", "Jonas Rieck", role="partner", language="en", markets="de"))
            db.flush()
            for each in db.exec(select(Person)).all():
                each.password_hash = HASHED
        with world(tmp_path, str(database.engine.url)) as built:
            built.clock.now = NIGHT
            yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


def seen(answer: Any) -> str:
    """The words of an answered page."""
    assert answer.status_code == 200, answer.text
    return text(answer.text)


def test_a_market_is_ready_when_every_role_of_the_grave_cards_is_filled_and_somebody_is_on_call(
    database: Database,
) -> None:
    with database.writing() as db:
        assert ready_for_crisis(db)["de"].lacking == ("insurer", "spokesperson")
        assert ready_for_crisis(db)["fr"].lacking == ("insurer", "spokesperson", "emergency")
        db.add(contact("insurer", "Shelter", market="de"))
        db.add(contact("spokesperson", "Mere"))
        db.flush()
        assert ready_for_crisis(db, only="de")["de"].lacking == ()
        assert ready_for_crisis(db)["fr"].lacking == ("insurer", "emergency")
        assert ready_for_crisis(db)["de"].on_call
        db.get_one(OnCallRotation, "world").market = "fr"
        db.flush()
        assert not ready_for_crisis(db)["de"].on_call
        assert ready_for_crisis(db)["fr"].on_call


def test_a_turn_of_somebody_deactivated_is_told_and_counts_as_nobody(house: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(OnCallRotation, "world").people = "ruth annika"
        db.get_one(Person, "annika").deactivated = True
    with database.reading() as db:
        standing = ready_for_crisis(db)["de"]
    assert (standing.on_call, standing.vacant) == (True, ("Annika Petersen",))
    assert "deactivated, so that nobody is paged: Annika Petersen" in seen(house.signed_in("mere").get(URL))

    with database.writing() as db:
        db.get_one(OnCallRotation, "world").people = "annika"
        db.get_one(OnCallRotation, "world").backup = "annika lena"
    with database.reading() as db:
        assert not ready_for_crisis(db)["de"].on_call
    shown = seen(house.signed_in("mere").get(URL))
    assert "Nobody is on call now" in shown and "backup: Lena Brandt" in shown


def test_the_own_rotation_of_a_market_counts_for_it_and_not_the_one_for_all(database: Database) -> None:
    with database.writing() as db:
        world = db.get_one(OnCallRotation, "world").model_dump()
        db.add(OnCallRotation(**(world | {"id": "de", "market": "de", "people": ""})))
        db.flush()
        assert not ready_for_crisis(db)["de"].on_call
        assert ready_for_crisis(db)["fr"].on_call


def test_a_contact_that_cannot_be_reached_fills_no_role(database: Database) -> None:
    with database.writing() as db:
        db.add(contact("insurer", "Shelter", email=""))
        db.flush()
        assert "insurer" in ready_for_crisis(db)["de"].lacking


def test_the_emergency_number_is_that_of_the_market(database: Database) -> None:
    with database.reading() as db:
        assert (emergency_number(db, "de"), emergency_number(db, "fr")) == ("112", "")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "no_crisis_contacts"),
        ({"crisis_contacts": 3, "crisis_roles_lacking": ("insurer",), "nobody_on_call": True}, "crisis_roles_lacking"),
        ({"crisis_contacts": 3, "nobody_on_call": True}, "nobody_on_call"),
        ({"crisis_contacts": 3, "vacant_turns": ("Ruth",)}, "vacant_turns"),
        ({"crisis_contacts": 3}, "contacts_unchecked"),
        ({"crisis_contacts": 3, "contacts_checked": NIGHT.date()}, "crisis_contacts"),
    ],
)
def test_the_gate_says_what_is_missing(facts: dict[str, object], code: str) -> None:
    given = Facts(market="de", languages=("de",), **facts)  # type: ignore[arg-type]
    [found] = [each for each in readiness(given, today=NIGHT.date()) if each.gate == "crisis.contacts"]
    assert (found.code, found.status == "met") == (code, code == "crisis_contacts")


def test_the_page_shows_contacts_with_their_time_and_who_is_on_call(house: World) -> None:
    shown = seen(house.signed_in("annika").get(URL))
    assert "On call now: Ruth Alderson" in shown
    assert "Hans Deputy" in shown
    assert "no contact for" in shown
    assert house.signed_in("jonas").get(URL).status_code == 404


def test_a_gap_is_named(house: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(OnCallRotation, "world").people = ""
    assert "1 gap in the coming weeks" in seen(house.signed_in("mere").get(URL))


def test_whoever_stands_in_is_kept_by_the_clock_of_the_rotation_and_can_be_ended(
    house: World, database: Database
) -> None:
    mere = house.signed_in("mere")
    mere.get(URL)
    span = {"starts": "2026-11-24T12:00", "ends": "2026-11-25T12:00"}
    one_market_only = mere.submit("/rotations/world/overrides", person="maricel", **span)
    assert one_market_only.status_code == 422
    assert mere.submit("/rotations/world/overrides", person="mere", **span).status_code == 303
    with database.reading() as db:
        [override] = db.exec(select(OnCallOverride)).all()
    assert override.starts_at.hour == 23  # noon in Auckland, in summer time
    assert "On call now: Mere Tauranga" in seen(mere.get(URL))
    assert mere.submit(f"/overrides/{override.id}/ending").status_code == 303
    assert "On call now: Ruth Alderson" in seen(mere.get(URL))


@pytest.mark.parametrize(
    "fields",
    [
        {"person": "", "starts": "2026-11-25T12:00", "ends": "2026-11-26T12:00"},
        {"person": "jonas", "starts": "2026-11-25T12:00", "ends": "2026-11-26T12:00"},
        {"person": "mere", "starts": "", "ends": "2026-11-26T12:00"},
        {"person": "mere", "starts": "soon", "ends": "2026-11-26T12:00"},
        {"person": "mere", "starts": "2026-11-26T12:00", "ends": "2026-11-25T12:00"},
        {"person": "mere", "starts": "2026-11-20T12:00", "ends": "2026-11-21T12:00"},
        {"person": "mere", "starts": "2026-11-25T12:00", "ends": "2036-11-25T12:00"},
        {"person": "mere", "starts": "0001-01-01T00:00", "ends": "9999-12-31T23:59"},
    ],
)
def test_who_cannot_stand_in_is_told_and_nothing_is_kept(
    house: World, database: Database, fields: dict[str, str]
) -> None:
    assert house.signed_in("mere").post(f"{URL}/rotations/world/overrides", fields).status_code == 422
    with database.reading() as db:
        assert db.exec(select(OnCallOverride)).all() == []


def test_a_drill_pages_as_the_real_thing_does_says_so_and_concerns_no_customer(
    house: World, database: Database
) -> None:
    mere = house.signed_in("mere")
    mere.get(URL)
    assert mere.submit("/rotations/world/drill", card="skin").status_code == 303
    assert mere.submit("/rotations/world/drill", card="skin").status_code == 303
    [incident] = incidents(database)
    assert incident.drill
    assert pages(database) == [(0, 0, "ruth")]
    house.work()
    subjects = [str(each["Subject"]) for each in house.mails("ruth@example.com")]
    assert len([each for each in subjects if each.startswith("DRILL")]) == 1
    assert not [each for each in subjects if "skin" in each and not each.startswith("DRILL")]
    assert mere.post(f"/desk/incidents/{incident.id}/closing", {"lesson": ""}).status_code == 303


def test_only_the_exporter_changes_who_is_on_call(house: World) -> None:
    annika = house.signed_in("annika")
    for path in ("/rotations/world/overrides", "/rotations/world/drill", "/overrides/1/ending"):
        assert annika.post(URL + path, {"card": "skin"}).status_code == 404
    mere = house.signed_in("mere")
    for path in ("/rotations/nothing/overrides", "/rotations/nothing/drill", "/overrides/1/ending"):
        assert mere.post(URL + path, {"card": "skin"}).status_code == 404


def test_a_specialist_sees_the_contacts_of_their_own_markets_only(house: World, database: Database) -> None:
    with database.writing() as db:
        db.add(CrisisContact(market="fr", role="insurer", name="Assureur", email="a@example.com"))
    assert "Assureur" not in seen(house.signed_in("annika").get(URL))
    assert "Assureur" in seen(house.signed_in("mere").get(URL))
