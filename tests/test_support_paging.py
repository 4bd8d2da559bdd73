"""Paging: the next is paged when nobody acknowledges in time, it ends, and one acknowledgement stops it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.markets.models import Exporter
from shop.markets.readers import reader_of
from shop.staff.models import Person
from shop.support.crisis.incidents import Matter, open_incident
from shop.support.crisis.models import CrisisCard, Incident, OnCallOverride, OnCallRotation, Page
from shop.support.crisis.oncall import turns
from shop.support.crisis.paging import ROUNDS, acknowledge, page_due, stop_paging
from shop.support.crisis.rotations import with_overrides
from tests.crisis_world import NIGHT, crisis_house, incidents, kinds, pages
from tests.support_world import effects

QUARTER = timedelta(minutes=15)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with crisis_house(tmp_path) as made:
        yield made


def opened(database: Database, *, market: str = "de", now: datetime = NIGHT) -> int:
    with database.writing() as db:
        number = open_incident(db, db.get_one(CrisisCard, "skin"), Matter(market), now=now).id
    assert number is not None
    return number


def taken(database: Database, number: int, person: str, *, now: datetime = NIGHT) -> bool:
    with database.writing() as db:
        return acknowledge(db, db.get_one(Incident, number), person, now=now)


def test_whoever_is_on_call_is_paged_at_once_at_any_hour(database: Database) -> None:
    opened(database)
    assert pages(database) == [(0, 0, "ruth")]
    assert effects(database) == ["page:1"]


def test_nobody_is_paged_again_before_the_quarter_of_an_hour_is_over(database: Database) -> None:
    opened(database)
    assert page_due(database, now=NIGHT + QUARTER - timedelta(seconds=1)) == 0
    assert pages(database) == [(0, 0, "ruth")]


def test_silence_goes_on_to_the_backup_the_exporter_and_all_and_ends_after_some_rounds(database: Database) -> None:
    number = opened(database)
    for quarter in range(1, 20):
        page_due(database, now=NIGHT + quarter * QUARTER)
        page_due(database, now=NIGHT + quarter * QUARTER)
    found = pages(database)
    assert found[:3] == [(0, 0, "ruth"), (1, 0, "lena"), (2, 0, "mere")]
    everybody = {(each[1], each[2]) for each in found if each[0] == 3}
    assert everybody == {(turn, who) for turn in range(ROUNDS) for who in ("ruth", "lena", "mere", "maricel")}
    assert kinds(database, number).count("unanswered") == 1
    with database.reading() as db:
        assert db.exec(select(Page).where(Page.look_at != None)).all() == []  # noqa: E711 - SQL


def test_an_acknowledgement_stops_it_and_counts_once(database: Database) -> None:
    number = opened(database)
    assert taken(database, number, "ruth")
    assert not taken(database, number, "mere")
    assert page_due(database, now=NIGHT + QUARTER) == 0
    [incident] = incidents(database)
    assert incident.acknowledged_by == "ruth"
    assert kinds(database, number) == ["opened", "paged", "acknowledged"]


def test_who_stands_in_is_paged_in_place_of_the_rotation(database: Database) -> None:
    with database.writing() as db:
        span = {"starts_at": NIGHT - QUARTER, "ends_at": NIGHT + QUARTER}
        db.add(OnCallOverride(rotation="world", person="maricel", **span))
    opened(database)
    assert pages(database) == [(0, 0, "maricel")]


def deactivated(database: Database, *people: str) -> None:
    with database.writing() as db:
        for each in people:
            db.get_one(Person, each).deactivated = True


def test_who_is_deactivated_is_passed_over_on_every_rung(database: Database) -> None:
    with database.writing() as db:
        db.get_one(OnCallRotation, "world").backup = "lena maricel"
    deactivated(database, "ruth", "lena")
    number = opened(database)
    assert pages(database) == [(1, 0, "maricel")]
    for quarter in range(1, 4):
        page_due(database, now=NIGHT + quarter * QUARTER)
    assert {each[2] for each in pages(database)} == {"maricel", "mere"}
    assert kinds(database, number).count("paged") == len(pages(database))


def test_the_turns_of_the_others_stay_where_they_were_when_somebody_is_deactivated(database: Database) -> None:
    with database.writing() as db:
        db.get_one(OnCallRotation, "world").people = "ruth mere lena"
    with database.reading() as db:
        whole = with_overrides(db, db.get_one(OnCallRotation, "world"))
    deactivated(database, "mere")
    with database.reading() as db:
        left = with_overrides(db, db.get_one(OnCallRotation, "world"))
    span = (NIGHT, NIGHT + timedelta(days=60))
    before = [(each.start, "" if each.user == "mere" else each.user) for each in turns(whole, *span)]
    assert [(each.start, each.user) for each in turns(left, *span)] == before
    assert "" in {user for _start, user in before}


def test_a_deactivated_person_stands_in_for_nobody(database: Database) -> None:
    with database.writing() as db:
        span = {"starts_at": NIGHT - QUARTER, "ends_at": NIGHT + QUARTER}
        db.add(OnCallOverride(rotation="world", person="maricel", **span))
    deactivated(database, "maricel")
    opened(database)
    assert pages(database) == [(0, 0, "ruth")]


def test_a_page_that_was_on_its_way_to_who_is_deactivated_goes_to_the_exporters_mailbox(database: Database) -> None:
    with database.reading() as db:
        assert reader_of(db, "ruth", db.get_one(Exporter, 1)).email == "ruth@example.com"
    deactivated(database, "ruth")
    with database.reading() as db:
        assert reader_of(db, "ruth", db.get_one(Exporter, 1)).email == "care@example.com"


def test_a_market_with_a_rotation_of_its_own_pages_its_own_people(database: Database) -> None:
    with database.writing() as db:
        world = db.get_one(OnCallRotation, "world").model_dump()
        db.add(OnCallRotation(**(world | {"id": "de", "market": "de", "people": "mere", "backup": ""})))
    opened(database)
    opened(database, market="fr")
    assert pages(database) == [(0, 0, "mere"), (0, 0, "ruth")]


def test_without_any_rotation_the_exporter_is_paged_first(database: Database) -> None:
    with database.writing() as db:
        db.delete(db.get_one(OnCallRotation, "world"))
    opened(database)
    assert pages(database) == [(2, 0, "mere"), (2, 0, "ruth")]


def test_without_any_exporter_who_signs_in_their_mailbox_is_written_to(database: Database) -> None:
    with database.writing() as db:
        db.delete(db.get_one(OnCallRotation, "world"))
        for each in db.exec(select(Person).where(Person.role == "exporter")).all():
            db.delete(each)
    opened(database)
    assert pages(database) == [(2, 0, "")]


def test_a_closed_incident_pages_nobody(database: Database) -> None:
    number = opened(database)
    with database.writing() as db:
        incident = db.get_one(Incident, number)
        incident.closed_at = NIGHT
        stop_paging(db, incident)
    assert page_due(database, now=NIGHT + QUARTER) == 0
    assert not taken(database, number, "ruth")
