"""What agents do with a request: take, answer, refer, hand back, hand on, close and open anew; and the shift's view."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.staff.models import Person
from shop.support.answering.assignment import AnotherHasIt, take
from shop.support.requests.models import Assignment, Draft, Handover, Message, Referral, Request
from shop.support.shifts.models import Agent
from tests.support_world import MORNING, asked, desk_house, stored
from tests.world import World, text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with desk_house(tmp_path) as built:
        yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


@pytest.fixture
def ref(database: Database) -> str:
    return asked(database, now=MORNING).ref


def handovers(database: Database) -> list[tuple[str, str, str, str]]:
    with database.reading() as db:
        rows = db.exec(select(Handover).order_by(col(Handover.id))).all()
        return [(each.from_agent, each.to_agent, each.reason, each.note) for each in rows]


def test_a_colleague_is_given_it_with_a_note_and_finds_both(house: World, database: Database, ref: str) -> None:
    lena, maricel = house.signed_in("lena"), house.signed_in("maricel")
    page = lena.get(f"/desk/requests/{ref}").text
    assert '<option value="maricel"' in page and 'value="camille"' not in page
    promised = stored(database, ref).promised_at
    assert lena.submit("/handover", to="maricel", note="Sie wartet auf <b>die Maße").status_code == 303
    request = stored(database, ref)
    assert (request.agent, request.state, request.promised_at) == ("maricel", "assigned", promised)
    assert handovers(database) == [("lena", "maricel", "passed", "Sie wartet auf <b>die Maße")]
    shift = maricel.get("/desk/shift").text
    assert ref in shift and "Sie wartet auf &lt;b&gt;die Maße" in shift
    assert "die Maße" in maricel.get(f"/desk/requests/{ref}").text
    assert "die Maße" not in lena.get("/desk/shift").text
    with database.reading() as db:
        assert db.exec(select(Assignment.by).order_by(col(Assignment.number).desc())).first() == "lena"


@pytest.mark.parametrize(
    ("to", "note", "status"),
    [
        ("maricel", "", 422),
        ("maricel", "x" * 1001, 422),
        ("camille", "n", 404),
        ("nobody", "n", 404),
        ("lena", "n", 404),
    ],
)
def test_nobody_is_given_it_without_a_word_or_a_right(
    house: World, database: Database, ref: str, to: str, note: str, status: int
) -> None:
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/handover", to=to, note=note).status_code == status
    assert stored(database, ref).agent == "lena" and handovers(database) == []


def test_only_the_owner_or_the_exporter_gives_it_away(house: World, database: Database, ref: str) -> None:
    maricel, mere = house.signed_in("maricel"), house.signed_in("mere")
    given = {"to": "maricel", "note": "n", "owner": "lena"}
    assert maricel.post(f"/desk/requests/{ref}/handover", given).status_code == 409
    assert maricel.post(f"/desk/requests/{ref}/handover", given | {"owner": ""}).status_code == 409
    assert stored(database, ref).agent == "lena"
    assert mere.post(f"/desk/requests/{ref}/handover", given).status_code == 303
    assert stored(database, ref).agent == "maricel"
    assert mere.post(f"/desk/requests/{ref}/handover", given | {"to": "lena"}).status_code == 409  # not hers any more


def test_what_is_handed_back_is_somebody_elses_or_waits(house: World, database: Database, ref: str) -> None:
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/handover", to="", note="Ich kenne das Gerät nicht.").status_code == 303
    request = stored(database, ref)
    assert request.agent != "lena" and request.state in ("waiting", "assigned")
    assert [each[0::2] for each in handovers(database)] == [("lena", "declined")]
    assert house.signed_in("maricel").post(f"/desk/requests/{ref}/handover", {"note": "n"}).status_code in (303, 409)


def test_a_closed_request_is_opened_anew_by_whoever_does_so(house: World, database: Database, ref: str) -> None:
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/closing").status_code == 303
    assert stored(database, ref).closed_at == MORNING
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/reopening").status_code == 303
    request = stored(database, ref)
    assert (request.state, request.agent, request.closed_at) == ("assigned", "lena", None)
    assert lena.post(f"/desk/requests/{ref}/reopening").status_code == 303


def test_of_many_who_take_at_once_one_has_it(database: Database, ref: str) -> None:
    with database.writing() as db:
        request = db.get_one(Request, ref)
        request.agent, request.state = None, "waiting"
    came, lost = [], []

    def run(name: str) -> None:
        try:
            with database.writing() as db:
                take(db, db.get_one(Request, ref), db.get_one(Agent, name), seen_owner="", now=MORNING)
            came.append(name)
        except AnotherHasIt:
            lost.append(name)

    threads = [threading.Thread(target=run, args=(name,)) for name in ("lena", "maricel", "camille") * 4]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(came)) == 1 and stored(database, ref).agent == came[0]  # the same person twice is once
    assert len(came) + len(lost) == 12


def test_the_shift_says_what_still_needs_a_note(house: World, database: Database, ref: str) -> None:
    lena = house.signed_in("lena")
    before = lena.get("/desk/shift").text
    assert ref in before and "17:30" in text(before)
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Rückruf um drei zugesagt.", kind="note").status_code == 303
    assert ref not in lena.get("/desk/shift").text
    assert house.signed_in("mere").get("/desk/shift").status_code == 404  # who is not on the roster has no shift


def test_it_is_found_by_what_people_have_at_hand(house: World, database: Database, ref: str) -> None:
    with database.writing() as db:
        db.get_one(Request, ref).order_number = "DE-1042"
    french = asked(database, now=MORNING, market="fr", language="fr").ref
    lena = house.signed_in("lena")
    for sought in (ref, ref.lower(), ref.removeprefix("R-"), "DE-1042", " de-1042 ", "anna@example.com", "anna beck"):
        found = lena.get("/desk", params={"q": sought}).text
        assert f"/desk/requests/{ref}" in found and french not in found, sought
    for sought in ("DE-104", "%", "' OR 1=1", "x" * 5000, "‮", french):
        assert "/desk/requests/" not in lena.get("/desk", params={"q": sought}).text, sought


def test_an_answer_stops_the_waiting_and_the_customers_word_begins_it_anew(
    house: World, database: Database, ref: str
) -> None:
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Mit Wasser.", kind="ours").status_code == 303
    answered = stored(database, ref)
    assert (answered.waiting_since, answered.paused_for) == (None, "customer")
    house.clock.now = MORNING + timedelta(hours=1)
    customer = house.browser("de")
    secret = house.house.holders.secret("request", ref, now=house.clock.now)
    customer.follow(customer.get(f"/de/de/support/{ref}?secret={secret}"))
    assert customer.submit("/messages", text="Und die Klinge?").status_code in (303, 200)
    again = stored(database, ref)
    assert (again.waiting_since, again.paused_for, again.customer_seconds) == (house.clock.now, "", 3600)


def test_a_request_far_too_long_is_refused_and_kept(house: World, database: Database, ref: str) -> None:
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="x" * 6000, kind="ours").status_code == 422
    with database.reading() as db:
        assert len(db.exec(select(Message)).all()) == 1
    assert "x" * 6000 in lena.get(f"/desk/requests/{ref}").text


def test_a_partners_answer_to_what_is_not_theirs_goes_to_the_exporter_first(
    house: World, database: Database, ref: str
) -> None:
    with database.writing() as db:
        db.get_one(Person, "lena").role = "partner"
        db.get_one(Request, ref).severity = 0
    lena = house.signed_in("lena")
    assert "Mere Tauranga" in text(lena.get(f"/desk/requests/{ref}").text)
    written = stored(database, ref).promised_at
    assert lena.submit("/messages", text="Das ist harmlos.", kind="ours").headers["location"].endswith("done=referred")
    request = stored(database, ref)
    assert (request.state, request.agent, request.paused_for) == ("referred", "lena", "exporter")
    assert request.promised_at != written
    with database.reading() as db:
        assert [each.kind for each in db.exec(select(Message)).all()] == ["customer"]
        assert db.exec(select(Referral.draft)).all() == ["Das ist harmlos."]
        assert db.exec(select(Draft)).all() == []
    assert ref in lena.get("/desk?tab=referred").text and ref in house.signed_in("mere").get("/desk?tab=referred").text
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Und noch etwas", kind="ours").status_code == 409
    mere = house.signed_in("mere")
    mere.get(f"/desk/requests/{ref}")
    assert mere.submit("/messages", text="Bitte nicht mehr benutzen.", kind="ours").status_code == 303
    assert stored(database, ref).state == "answered"
    with database.reading() as db:
        assert [each.answered_by for each in db.exec(select(Referral)).all()] == ["mere"]


def test_what_came_meanwhile_is_seen_before_it_goes_to_the_exporter(house: World, database: Database, ref: str) -> None:
    with database.writing() as db:
        db.get_one(Person, "lena").role = "partner"
        db.get_one(Request, ref).severity = 0
    house.signed_in("mere").post(f"/desk/requests/{ref}/messages", {"text": "Wait", "kind": "note", "key": "n"})
    sent = {"text": "Das ist harmlos.", "kind": "ours", "key": "k", "seen": "1"}
    assert house.signed_in("lena").post(f"/desk/requests/{ref}/messages", sent).status_code == 409
    assert stored(database, ref).state == "assigned"
