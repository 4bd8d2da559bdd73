"""Handing a request on: only to who is there or back in time, and what whoever does so is told became of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, delete, select, update

from shop.base.db import Database
from shop.staff.models import Person
from shop.support.answering.waiting import route_due
from shop.support.requests.models import Handover, Request
from shop.support.shifts.models import Agent, DutyInterval
from shop.support.shifts.presence import note_presence
from shop.support.shifts.roster import rebuild
from tests.support_world import MORNING, agent, asked, desk_house, stored
from tests.world import World, text

EARLY = MORNING.replace(day=25, hour=5, minute=0)  # 13:00 in Manila; Lena, in Hamburg, comes in three hours
HOUR = timedelta(hours=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with desk_house(tmp_path, now=EARLY) as built:
        with built.house.database.writing() as db:
            db.connection().execute(update(Person).values(language="en"))
        yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


@pytest.fixture
def ref(database: Database) -> str:
    return asked(database, now=MORNING).ref


def maricels(
    database: Database,
    ref: str,
    *,
    until: datetime,
    state: str = "assigned",
    severity: int = 2,
    owner: str | None = "maricel",
) -> None:
    """Maricel has the request, unless another `owner` is said, and an answer is promised until then."""
    with database.writing() as db:
        request = db.get_one(Request, ref)
        request.agent, request.state, request.severity = owner, state, severity
        request.promised_at, request.look_at = until, None


def handovers(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as db:
        rows = db.exec(select(Handover).order_by(col(Handover.id))).all()
        return [(each.from_agent, each.to_agent, each.reason) for each in rows]


def test_who_is_off_duty_when_the_answer_is_due_is_not_given_it(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + HOUR)
    maricel = house.signed_in("maricel")
    assert 'value="lena"' not in maricel.get(f"/desk/requests/{ref}").text
    answer = maricel.submit("/handover", to="lena", note="She asks about the lid.")
    assert answer.status_code == 409
    assert "Lena Brandt is off duty until 4:00 PM. Nothing has been changed." in text(answer.text)
    assert "She asks about the lid.</textarea>" in answer.text
    assert stored(database, ref).agent == "maricel" and handovers(database) == []


def test_who_is_back_before_it_is_due_is_offered_and_keeps_it(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + 3 * HOUR)
    maricel = house.signed_in("maricel")
    assert "Lena Brandt, off duty until 4:00 PM" in text(maricel.get(f"/desk/requests/{ref}").text)
    given = maricel.submit("/handover", to="lena", note="She asks about the lid.")
    assert "who is off duty and finds it with your note" in text(maricel.follow(given).text)
    assert route_due(database, now=EARLY) == 0
    assert stored(database, ref).agent == "lena" and handovers(database) == [("maricel", "lena", "passed")]


def test_who_is_there_stands_before_who_comes_and_gets_it_at_once(house: World, database: Database, ref: str) -> None:
    with database.writing() as db:
        agent(db, "otto", "Otto Krug", "Europe/Berlin", {"en": "native"}, (0, 600), markets="de")
        db.flush()
        rebuild(db, now=MORNING)
    maricels(database, ref, until=EARLY + 3 * HOUR)
    maricel = house.signed_in("maricel")
    page = maricel.get(f"/desk/requests/{ref}").text
    assert page.index('value="otto"') < page.index('value="lena"')
    given = maricel.submit("/handover", to="otto", note="n")
    assert "Your colleague has it now, with your note." in text(maricel.follow(given).text)


def test_a_crisis_is_given_only_to_who_is_there(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + 3 * HOUR, severity=0)
    assert 'value="lena"' not in house.signed_in("maricel").get(f"/desk/requests/{ref}").text


def test_what_waits_for_the_customer_may_be_given_to_who_comes_later(
    house: World, database: Database, ref: str
) -> None:
    maricels(database, ref, until=MORNING, state="answered")
    page = house.signed_in("maricel").get(f"/desk/requests/{ref}").text
    assert 'value="lena"' in page and 'value="camille"' not in page


def test_who_is_away_from_the_desk_is_not_given_it(house: World, database: Database, ref: str) -> None:
    house.clock.now = MORNING
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, "lena"), there=False, now=MORNING)
    maricels(database, ref, until=MORNING + HOUR)
    maricel = house.signed_in("maricel")
    page = text(maricel.get(f"/desk/requests/{ref}").text)
    assert "Lena Brandt" not in page
    assert maricel.submit("/handover", to="lena", note="n").status_code == 409
    assert handovers(database) == []


def test_the_exporter_gives_it_away_only_to_somebody_they_name(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + 3 * HOUR)
    mere = house.signed_in("mere")
    mere.get(f"/desk/requests/{ref}")
    refused = mere.submit("/handover", to="", note="n")
    assert refused.status_code == 422 and "Please choose to whom." in text(refused.text)
    assert stored(database, ref).agent == "maricel" and handovers(database) == []


def test_with_nobody_there_the_exporter_is_told_so(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + HOUR)
    page = house.signed_in("mere").get(f"/desk/requests/{ref}").text
    assert "Nobody else is on duty, or back before the answer is due." in text(page)
    assert "/handover" not in page


@pytest.mark.parametrize(("there", "told"), [(True, "A colleague has it now"), (False, "It is back in the queue")])
def test_who_hands_it_back_is_told_where_it_went(
    house: World, database: Database, ref: str, there: bool, told: str
) -> None:
    house.clock.now = MORNING
    maricels(database, ref, until=MORNING + HOUR)
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, "lena"), there=there, now=MORNING)
    maricel = house.signed_in("maricel")
    maricel.get(f"/desk/requests/{ref}")
    assert told in text(maricel.follow(maricel.submit("/handover", to="", note="n")).text)
    assert stored(database, ref).agent == ("lena" if there else None)


HAND = {"owner": "maricel", "to": "", "note": "She asks about the lid."}


@pytest.mark.parametrize("to", ["lena", ""])
def test_what_a_colleague_has_taken_meanwhile_is_given_to_nobody_and_the_note_stays(
    house: World, database: Database, ref: str, to: str
) -> None:
    house.clock.now = MORNING
    maricels(database, ref, until=MORNING + HOUR)
    lena, maricel = house.signed_in("lena"), house.signed_in("maricel")
    assert lena.post(f"/desk/requests/{ref}/assignment", {"owner": "maricel"}).status_code == 303
    answer = maricel.post(f"/desk/requests/{ref}/handover", HAND | {"to": to})
    assert answer.status_code == 409
    assert "The request has moved on meanwhile. Nothing has been changed. Your note stands" in text(answer.text)
    assert "She asks about the lid.</textarea>" in answer.text
    assert stored(database, ref).agent == "lena" and handovers(database) == []


def test_a_note_that_could_not_go_stands_behind_what_was_begun(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + HOUR)
    maricel = house.signed_in("maricel")
    maricel.post(f"/desk/requests/{ref}/draft", {"text": "Dear Anna"})
    maricels(database, ref, until=EARLY + HOUR, owner="lena")
    answer = maricel.post(f"/desk/requests/{ref}/handover", HAND | {"to": "lena"})
    assert "Dear Anna\n\nShe asks about the lid.</textarea>" in answer.text


@pytest.mark.parametrize("there", [True, False])
def test_what_is_handed_back_twice_goes_back_once(house: World, database: Database, ref: str, there: bool) -> None:
    house.clock.now = MORNING
    maricels(database, ref, until=MORNING + HOUR)
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, "lena"), there=there, now=MORNING)
    maricel = house.signed_in("maricel")
    first, second = (maricel.post(f"/desk/requests/{ref}/handover", HAND) for _ in range(2))
    assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert handovers(database) == [("maricel", "lena" if there else "", "declined")]


def test_what_is_passed_on_twice_is_passed_on_once(house: World, database: Database, ref: str) -> None:
    house.clock.now = MORNING
    maricels(database, ref, until=MORNING + HOUR)
    maricel = house.signed_in("maricel")
    first, second = (maricel.post(f"/desk/requests/{ref}/handover", HAND | {"to": "lena"}) for _ in range(2))
    assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert handovers(database) == [("maricel", "lena", "passed")]
    third = maricel.post(f"/desk/requests/{ref}/handover", HAND | {"to": "lena", "note": "And the blade."})
    assert third.status_code == 409 and "And the blade.</textarea>" in third.text


def test_another_note_on_what_was_handed_back_is_not_lost(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + HOUR)
    maricel = house.signed_in("maricel")
    assert maricel.post(f"/desk/requests/{ref}/handover", HAND).status_code == 303
    answer = maricel.post(f"/desk/requests/{ref}/handover", HAND | {"note": "And the blade."})
    assert answer.status_code == 409 and "And the blade.</textarea>" in answer.text
    assert len(handovers(database)) == 1


def test_who_saw_it_as_nobodys_is_asked_to_whom(house: World, database: Database, ref: str) -> None:
    maricels(database, ref, until=EARLY + 3 * HOUR, owner=None, state="waiting")
    maricel = house.signed_in("maricel")
    maricel.get(f"/desk/requests/{ref}")
    refused = maricel.submit("/handover", to="", note="n")
    assert refused.status_code == 422 and "Please choose to whom." in text(refused.text)


@pytest.mark.parametrize("state", ["answered", "referred"])
def test_what_waits_for_somebody_else_may_be_given_to_who_is_away(
    house: World, database: Database, ref: str, state: str
) -> None:
    house.clock.now = MORNING
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, "lena"), there=False, now=MORNING)
    maricels(database, ref, until=MORNING + HOUR, state=state)
    maricel = house.signed_in("maricel")
    page = text(maricel.get(f"/desk/requests/{ref}").text)
    assert (
        "Lena Brandt, away from the desk" in page and "It waits for somebody else, so colleagues who are away" in page
    )
    given = maricel.submit("/handover", to="lena", note="n")
    assert "who is away and finds it with your note when back" in text(maricel.follow(given).text)
    assert route_due(database, now=MORNING) == 0
    assert (stored(database, ref).agent, stored(database, ref).state) == ("lena", state)


def test_what_waits_for_the_customer_is_not_given_to_who_has_no_hours_in_sight(
    house: World, database: Database, ref: str
) -> None:
    with database.writing() as db:
        db.connection().execute(delete(DutyInterval).where(col(DutyInterval.agent) == "lena"))
    maricels(database, ref, until=MORNING, state="answered")
    maricel = house.signed_in("maricel")
    assert 'value="lena"' not in maricel.get(f"/desk/requests/{ref}").text
    assert maricel.post(f"/desk/requests/{ref}/handover", HAND | {"to": "lena"}).status_code == 409


def test_what_waits_for_somebody_else_lies_in_no_queue_to_go_back_to(
    house: World, database: Database, ref: str
) -> None:
    maricels(database, ref, until=MORNING, state="answered")
    maricel = house.signed_in("maricel")
    assert ">Back to the queue</option>" not in maricel.get(f"/desk/requests/{ref}").text
    refused = maricel.submit("/handover", to="", note="n")
    assert refused.status_code == 422 and "Please choose to whom." in text(refused.text)
    assert (stored(database, ref).agent, handovers(database)) == ("maricel", [])
