"""Drafts: what is written is kept, colleagues see that somebody writes, and nobody answers past what is new."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.markets.models import Market
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.requests.models import Draft, Message, Request
from shop.support.requests.replies import customer_reply
from shop.support.workplace.drafts import FRESH, MOST_TEXT, keep_draft, own_draft, writers
from tests.support_world import MORNING, asked, stored, support_house
from tests.world import PASSWORD, World, forms, text, world

HASHED = password_hash(PASSWORD)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database:
        with database.writing() as db:
            for each in db.exec(select(Person)).all():
                each.password_hash = HASHED
        with world(tmp_path, str(database.engine.url)) as built:
            built.clock.now = MORNING
            yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


@pytest.fixture
def ref(database: Database) -> str:
    return asked(database, now=MORNING).ref


def texts(database: Database, ref: str) -> list[str]:
    with database.reading() as db:
        return list(db.exec(select(Message.text).where(Message.request == ref).order_by(col(Message.id))).all())


def drafts(database: Database) -> list[tuple[str, str]]:
    with database.reading() as db:
        return [(each.person, each.text) for each in db.exec(select(Draft).order_by(col(Draft.person))).all()]


def write_again(database: Database, ref: str, words: str) -> None:
    with database.writing() as db:
        market = db.get_one(Market, "de")
        customer_reply(db, db.get_one(Request, ref), words, market=market, key=words, now=MORNING)


def test_a_draft_is_there_again_after_signing_out(house: World, database: Database, ref: str) -> None:
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Halb fertig <b>", kind="draft").status_code == 303
    lena.post("/sign-out")
    again = house.signed_in("lena").get(f"/desk/requests/{ref}").text
    assert "Halb fertig &lt;b&gt;</textarea>" in again
    assert texts(database, ref) == ["Wie reinige ich den Mixbehälter?"]


def test_the_script_keeps_what_is_written_and_hears_who_else_writes(house: World, database: Database, ref: str) -> None:
    lena, mere = house.signed_in("lena"), house.signed_in("mere")
    assert lena.post(f"/desk/requests/{ref}/draft", {"text": "Guten", "seen": "1"}).text == ""
    heard = mere.post(f"/desk/requests/{ref}/draft", {"text": "Hello", "seen": "1"})
    assert (heard.status_code, heard.headers["cache-control"]) == (200, "private, no-store")
    assert "Lena Brandt" in heard.text and "9:30" in heard.text  # in Mere's own zone
    assert drafts(database) == [("lena", "Guten"), ("mere", "Hello")]
    assert "Mere Tauranga" in text(lena.get(f"/desk/requests/{ref}").text)
    house.clock.now += FRESH
    assert "Mere Tauranga" not in text(lena.get(f"/desk/requests/{ref}").text)
    assert lena.post(f"/desk/requests/{ref}/draft", {"text": "  "}).status_code == 200
    assert drafts(database) == [("mere", "Hello")]


def test_a_draft_says_since_when_and_never_grows_without_end(database: Database, ref: str) -> None:
    def keep(db: Session, words: str, minutes: int) -> None:
        at = MORNING + timedelta(minutes=minutes)
        keep_draft(db, db.get_one(Request, ref), db.get_one(Person, "lena"), words, now=at)

    with database.writing() as db:
        keep(db, "a", 0)
        keep(db, "b" * 20_000, 5)
    with database.reading() as db:
        request, lena, mere = db.get_one(Request, ref), db.get_one(Person, "lena"), db.get_one(Person, "mere")
        kept = own_draft(db, request, lena)
        assert kept is not None and (kept.since, kept.at) == (MORNING, MORNING + timedelta(minutes=5))
        assert len(kept.text) == MOST_TEXT
        assert writers(db, request, mere, now=MORNING + FRESH) == [("Lena Brandt", MORNING)]
        assert writers(db, request, mere, now=MORNING + FRESH + timedelta(minutes=5)) == []
        assert writers(db, request, lena, now=MORNING) == []


def test_sending_ends_the_draft(house: World, database: Database, ref: str) -> None:
    lena = house.signed_in("lena")
    lena.post(f"/desk/requests/{ref}/draft", {"text": "Guten"})
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Guten Tag", kind="ours").status_code == 303
    assert drafts(database) == []
    lena.post(f"/desk/requests/{ref}/draft", {"text": "Notiz"})
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Notiz", kind="note").status_code == 303
    assert drafts(database) == []


def test_an_answer_does_not_pass_by_what_came_meanwhile(house: World, database: Database, ref: str) -> None:
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    write_again(database, ref, "Es brennt inzwischen das Lämpchen.")
    told = lena.post(f"/desk/requests/{ref}/draft", {"text": "Mit", "seen": forms_seen(lena.page.text)})  # type: ignore[union-attr]
    assert "1" in told.text
    page = lena.post(f"/desk/requests/{ref}/messages", {"text": "Mit Wasser.", "kind": "ours", "key": "k", "seen": "1"})
    assert page.status_code == 409
    assert "Mit Wasser.</textarea>" in page.text and 'class="divider"' in page.text
    assert page.text.index('class="divider"') < page.text.index("Lämpchen")
    assert "Mit Wasser." not in texts(database, ref) and drafts(database) == [("lena", "Mit Wasser.")]
    assert lena.submit("/messages", text="Mit Wasser.", kind="ours").status_code == 303
    assert texts(database, ref)[-1] == "Mit Wasser." and drafts(database) == []


def forms_seen(page: str) -> str:
    return next(each.fields["seen"] for each in forms(page) if each.action.endswith("/messages"))


def test_a_colleagues_note_is_new_and_ones_own_words_are_not(house: World, database: Database, ref: str) -> None:
    lena, mere = house.signed_in("lena"), house.signed_in("mere")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Ich frage nach.", kind="note").status_code == 303
    sent = {"text": "Mit Wasser.", "kind": "ours", "key": "k", "seen": "1"}
    mere.get(f"/desk/requests/{ref}")
    mere.submit("/messages", text="Wait.", kind="note")
    assert lena.post(f"/desk/requests/{ref}/messages", sent).status_code == 409
    seen = sent | {"seen": "3"}
    assert lena.post(f"/desk/requests/{ref}/messages", seen).status_code == 303
    assert lena.post(f"/desk/requests/{ref}/messages", seen).status_code == 303  # the same form twice is one answer
    assert texts(database, ref).count("Mit Wasser.") == 1


def test_of_two_pages_of_the_same_person_the_second_answer_is_sent_only_on_purpose(
    house: World, database: Database, ref: str
) -> None:
    with database.writing() as db:
        db.get_one(Person, "lena").language = "en"
    lena, other = house.signed_in("lena"), house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    other.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Mit Wasser.", kind="ours").status_code == 303
    stale = {"text": "Mit Seife.", "seen": forms_seen(other.page.text)}  # type: ignore[union-attr]
    assert "1 new message" in other.post(f"/desk/requests/{ref}/draft", stale).text
    held = other.post(f"/desk/requests/{ref}/messages", stale | {"kind": "ours", "key": "k"})
    assert held.status_code == 409 and "You have sent an answer meanwhile" in text(held.text)
    assert "Mit Seife.</textarea>" in held.text and held.text.index('class="divider"') < held.text.index("Mit Wasser.")
    assert texts(database, ref)[-1] == "Mit Wasser." and drafts(database) == [("lena", "Mit Seife.")]
    assert other.submit("/messages", text="Mit Seife.", kind="ours").status_code == 303
    assert texts(database, ref)[-2:] == ["Mit Wasser.", "Mit Seife."] and drafts(database) == []


def test_ones_own_note_of_another_page_holds_no_answer_back(house: World, database: Database, ref: str) -> None:
    lena, other = house.signed_in("lena"), house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    other.get(f"/desk/requests/{ref}")
    assert lena.submit("/messages", text="Sie fragt nach Seife.", kind="note").status_code == 303
    assert other.submit("/messages", text="Mit Wasser.", kind="ours").status_code == 303
    assert texts(database, ref)[-1] == "Mit Wasser."


def test_the_page_sets_apart_what_held_the_answer_back_and_nothing_else(
    house: World, database: Database, ref: str
) -> None:
    lena, mere = house.signed_in("lena"), house.signed_in("mere")
    for each, words in ((lena, "Ich frage nach."), (mere, "Wait.")):
        each.get(f"/desk/requests/{ref}")
        each.submit("/messages", text=words, kind="note")
    assert 'class="divider"' not in lena.get(f"/desk/requests/{ref}").text
    sent = {"text": "Mit Wasser.", "kind": "ours", "key": "k", "seen": "1"}
    held = lena.post(f"/desk/requests/{ref}/messages", sent).text
    assert 'id="new-3"' in held and held.count('class="divider"') == 1


def test_an_answer_to_what_a_colleague_took_meanwhile_is_kept(house: World, database: Database, ref: str) -> None:
    lena, maricel = house.signed_in("lena"), house.signed_in("maricel")
    lena.get(f"/desk/requests/{ref}")
    answer = {"text": "Mit Wasser.", "kind": "ours", "key": "k", "seen": "1"}
    assert maricel.post(f"/desk/requests/{ref}/assignment", {"owner": "lena"}).status_code == 303
    page = lena.post(f"/desk/requests/{ref}/messages", answer)
    assert page.status_code == 409 and "Mit Wasser.</textarea>" in page.text
    assert drafts(database) == [("lena", "Mit Wasser.")] and stored(database, ref).agent == "maricel"


def test_nobody_writes_drafts_of_what_they_may_not_see(house: World, database: Database) -> None:
    french = asked(database, now=MORNING, market="fr", language="fr").ref
    assert house.signed_in("lena").post(f"/desk/requests/{french}/draft", {"text": "x"}).status_code == 404
    assert drafts(database) == []
