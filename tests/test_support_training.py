"""Training: a partner answers a market's customers only after they have signed every answer they must know there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.demo.showing import PASSWORD
from shop.ground.errors import NotFound
from shop.policies.signing import TextChanged
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.answering.people import speakers
from shop.support.known.models import Answer, MustKnow, Question, Training
from shop.support.known.training import NotTrained, hashes, is_trained, need, sign_off, to_sign, trained, untrained
from shop.support.requests.models import Request
from shop.support.shifts.roster import rebuild
from tests.support_world import MORNING, agent, asked, stored, support_house
from tests.world import World, text, world

HASHED = password_hash(PASSWORD)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with support_house(tmp_path) as database:
        with database.writing() as db:
            agent(db, "jonas", "Jonas Rieck", "Europe/Berlin", {"de": "native"}, (0, 1440), markets="de")
            db.get_one(Person, "jonas").role = "partner"
            for number, key in enumerate(("withdrawal", "guarantee", "unasked"), 1):
                db.add(Question(key=key, number=number, may_answer="agent partner"))
                db.flush()
                db.add(Answer(question=key, language="de", title=f"{key}?", text=f"{{country}} {key}"))
            db.add_all(MustKnow(market="de", question=key) for key in ("withdrawal", "guarantee"))
            rebuild(db, now=MORNING)
        yield database


@pytest.fixture
def house(tmp_path: Path, database: Database) -> Iterator[World]:
    with database.writing() as db:
        for each in db.exec(select(Person)).all():
            each.password_hash = HASHED
    with world(tmp_path, str(database.engine.url)) as built:
        built.clock.now = MORNING
        yield built


def sign(database: Database, key: str, *, person: str = "jonas", market: str = "de", seen: str = "") -> None:
    with database.writing() as db:
        who = db.get_one(Person, person)
        seen = seen or hashes(db, market, who.language).get(key, "")
        sign_off(db, who, market, key, seen=seen, signature=who.name, now=MORNING)


def routed(database: Database) -> set[str]:
    with database.reading() as db:
        return {each.id for each in speakers(db, "de", "de", now=MORNING)}


def test_a_partner_is_routed_to_only_after_everything_is_signed(database: Database) -> None:
    assert routed(database) == {"lena", "maricel"}
    sign(database, "withdrawal")
    with database.reading() as db:
        assert (trained(db, "de"), untrained(db, "de")) == (set(), {"jonas"})
        assert to_sign(db, db.get_one(Person, "jonas"), "de") == ["guarantee"]
    sign(database, "guarantee")
    assert routed(database) == {"lena", "maricel", "jonas"}
    with database.reading() as db:
        assert (trained(db, "de"), untrained(db, "de")) == ({"jonas"}, set())


def test_only_partners_need_training_and_only_where_something_must_be_known(database: Database) -> None:
    with database.reading() as db:
        assert is_trained(db, db.get_one(Person, "lena"), "de")
        jonas = db.get_one(Person, "jonas")
        assert not is_trained(db, jonas, "de") and is_trained(db, jonas, "fr")
        with pytest.raises(NotTrained):
            need(db, jonas, "de")


def test_signing_twice_is_once_and_a_changed_answer_is_signed_anew(database: Database) -> None:
    for key in ("withdrawal", "guarantee", "guarantee"):
        sign(database, key)
    with database.writing() as db:
        assert len(db.exec(select(Training)).all()) == 2
        db.get_one(Answer, ("guarantee", "", "de")).text = "Anders."
    assert "jonas" not in routed(database)
    sign(database, "guarantee")
    assert "jonas" in routed(database)
    with database.writing() as db:
        db.get_one(Answer, ("guarantee", "", "de")).text = "{country} guarantee"
    assert "jonas" in routed(database)


def test_words_by_which_it_is_asked_are_no_part_of_what_is_signed(database: Database) -> None:
    sign(database, "withdrawal")
    sign(database, "guarantee")
    with database.writing() as db:
        db.get_one(Answer, ("guarantee", "", "de")).words = "garantie"
        db.get_one(Answer, ("unasked", "", "de")).text = "Anders."
    assert "jonas" in routed(database)


def test_what_was_not_read_cannot_be_signed(database: Database) -> None:
    with pytest.raises(TextChanged):
        sign(database, "guarantee", seen="another")
    for key, market in (("unasked", "de"), ("nothing", "de"), ("guarantee", "fr")):
        with pytest.raises(NotFound):
            sign(database, key, market=market)


def test_without_an_answer_in_ones_language_the_english_one_is_signed(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Person, "jonas").language = "ja"
        db.add(Answer(question="guarantee", language="en", title="g?", text="In English"))
        db.add(Answer(question="withdrawal", language="en", title="w?", text="In English"))
        db.add(Answer(question="withdrawal", language="ja", title="w?", text="日本語"))
    sign(database, "guarantee")
    sign(database, "withdrawal")
    with database.writing() as db:
        assert trained(db, "de") == {"jonas"}
        db.add(Answer(question="guarantee", language="ja", title="g?", text="日本語"))
        db.flush()
        assert trained(db, "de") == set()


def test_the_page_is_read_and_signed_with_ones_own_name(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    jonas = house.signed_in("jonas")
    page = text(jonas.get("/desk/training").text)
    assert "Deutschland withdrawal" in page and "unasked" not in page
    assert jonas.submit("/de/withdrawal", signature="Lena Brandt").status_code == 422
    assert jonas.page is not None and "Jonas Rieck" in text(jonas.page.text)
    for key in ("withdrawal", "guarantee"):
        jonas.get("/desk/training")
        assert jonas.submit(f"/de/{key}", signature=" jonas  RIECK").status_code == 303
    assert "signature" not in jonas.get("/desk/training").text
    assert "jonas" in routed(database) and stored(database, ref).agent == "lena"
    assert jonas.post("/desk/training/de/guarantee", {"signature": "Jonas Rieck", "hash": "old"}).status_code == 409
    assert jonas.post("/desk/training/fr/guarantee", {"signature": "Jonas Rieck", "hash": "old"}).status_code == 404


def test_with_the_last_signature_waiting_requests_come_to_them(house: World, database: Database) -> None:
    with database.writing() as db:
        for each in ("lena", "maricel"):
            db.get_one(Person, each).role = "partner"
    ref = asked(database, now=MORNING).ref
    assert stored(database, ref).state == "waiting"
    jonas = house.signed_in("jonas")
    for key in ("withdrawal", "guarantee"):
        jonas.get("/desk/training")
        jonas.submit(f"/de/{key}", signature="Jonas Rieck")
    assert stored(database, ref).agent == "jonas"


def test_the_page_is_for_partners(house: World) -> None:
    for person in ("mere", "lena"):
        assert house.signed_in(person).get("/desk/training").status_code == 404


def test_a_partner_who_has_not_signed_neither_takes_nor_answers(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        request = stored(database, ref)
        request.agent, request.state = None, "waiting"
        db.merge(request)
    jonas = house.signed_in("jonas")
    taken = jonas.post(f"/desk/requests/{ref}/assignment", {"owner": ""})
    assert taken.status_code == 409 and "/desk/training" in taken.text
    said = jonas.post(f"/desk/requests/{ref}/messages", {"text": "Mit Wasser.", "kind": "ours", "key": "k"})
    assert said.status_code == 409 and "/desk/training" in said.text
    assert stored(database, ref).state == "waiting"
    noted = jonas.post(f"/desk/requests/{ref}/messages", {"text": "Gesehen.", "kind": "note", "key": "k"})
    assert noted.status_code == 303
    for state, door in (("waiting", "closing"), ("closed", "reopening")):
        with database.writing() as db:
            db.get_one(Request, ref).state = state
        ended = jonas.post(f"/desk/requests/{ref}/{door}")
        assert ended.status_code == 409 and "/desk/training" in ended.text
        assert (stored(database, ref).state, stored(database, ref).agent) == (state, None)
