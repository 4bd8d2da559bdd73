"""Referring: whose draft goes to the exporter first, what becomes of it, who is told, and that nothing happens twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.demo.showing import PASSWORD
from shop.markets.models import Market
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.answering.assignment import AnotherHasIt
from shop.support.known.models import Answer, MayAnswer, Question
from shop.support.known.referral_answers import ReferralAnswered, answer_referral, tell_late
from shop.support.known.referring import CRISIS, must_refer, refer
from shop.support.requests.models import Message, Referral, Request, RequestPromise
from shop.support.requests.replies import Answerer, customer_reply
from shop.support.shifts.models import Agent
from shop.support.shifts.roster import rebuild
from tests.support_world import MORNING, agent, asked, effects, stored, support_house
from tests.world import World, forms, world

HASHED = password_hash(PASSWORD)
LATER = MORNING + timedelta(hours=2)
DRAFT = "Bitte nicht benutzen."


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with support_house(tmp_path) as database:
        with database.writing() as db:
            agent(db, "jonas", "Jonas Rieck", "Europe/Berlin", {"de": "basic"}, (0, 1440), markets="de")
            db.get_one(Person, "jonas").role = "partner"
            for key, number, roles, words, severity in (
                ("cleaning", 7, "agent partner", "reinige*", 2),
                ("invoice", 13, "agent", "rechnung", 2),
                ("cafe", 21, "", "im café", 2),
                ("illness", 17, "", "ausschlag", 0),
            ):
                db.add(Question(key=key, number=number, may_answer=roles, severity=severity))
                db.flush()
                db.add(Answer(question=key, language="de", title=f"{key}?", text="…", words=words))
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


def answerer(database: Database, person: str) -> Answerer:
    with database.reading() as db:
        agent = db.exec(select(Agent).where(Agent.person == person)).first()
        return Answerer(db.get_one(Person, person), agent, for_all=person == "mere")


def class_for(database: Database, person: str, ref: str) -> str | None:
    with database.reading() as db:
        question = must_refer(db, db.get_one(Person, person), db.get_one(Request, ref))
        return question.key if question else None


def referred(database: Database, ref: str, *, person: str = "lena", key: str = "f1", draft: str = DRAFT) -> Referral:
    with database.writing() as db:
        question = db.get_one(Question, "cafe")
        return refer(
            db, db.get_one(Request, ref), answerer(database, person), question, draft=draft, key=key, now=MORNING
        )


def settled(database: Database, number: int | None, how: Any, words: str = "", *, now: Any = LATER) -> None:
    with database.writing() as db:
        answer_referral(db, db.get_one(Referral, number), answerer(database, "mere"), how, text=words, now=now)


def thread(database: Database, ref: str) -> list[tuple[str, str, str]]:
    with database.reading() as db:
        rows = db.exec(select(Message).where(Message.request == ref).order_by("id")).all()
        return [(each.kind, each.person, each.text) for each in rows][1:]


@pytest.mark.parametrize(
    ("said", "agents", "partners"),
    [
        ("Wie reinige ich ihn?", None, None),
        ("Bekomme ich eine Rechnung?", None, "invoice"),
        ("Darf ich ihn im Café benutzen?", "cafe", "cafe"),
        ("Wie reinige ich ihn? Ich habe einen Ausschlag", "illness", "illness"),
        ("Guten Tag", None, None),
    ],
)
def test_who_refers_what(database: Database, said: str, agents: str | None, partners: str | None) -> None:
    ref = asked(database, now=MORNING, text=said).ref
    assert (class_for(database, "lena", ref), class_for(database, "jonas", ref)) == (agents, partners)
    assert class_for(database, "mere", ref) is None


def test_a_market_may_class_a_question_otherwise(database: Database) -> None:
    with database.writing() as db:
        db.add(MayAnswer(question="cleaning", market="de", roles="agent"))
    ref = asked(database, now=MORNING, text="Wie reinige ich ihn?").ref
    assert (class_for(database, "lena", ref), class_for(database, "jonas", ref)) == (None, "cleaning")


def test_a_crisis_is_always_referred_whatever_it_says(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Guten Tag").ref
    with database.writing() as db:
        db.get_one(Request, ref).severity = 0
    assert class_for(database, "lena", ref) == CRISIS
    assert class_for(database, "mere", ref) is None


def test_a_referral_keeps_the_draft_stops_the_clocks_and_promises_the_exporters_answer(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    owner = stored(database, ref).agent
    assert owner == "lena"
    referral = referred(database, ref)
    request, due = stored(database, ref), MORNING + timedelta(minutes=480)
    assert (request.state, request.agent, request.paused_for, request.paused_since) == (
        "referred",
        "lena",
        "exporter",
        MORNING,
    )
    assert (referral.draft, referral.question, referral.due_at) == (DRAFT, "cafe", due)
    assert (request.promised_at, request.due_at) == (due, due)
    with database.reading() as db:
        promises = db.exec(select(RequestPromise).where(RequestPromise.request == ref).order_by("id")).all()
    assert [each.kept for each in promises] == [True, None]
    assert effects(database)[-2:] == [f"referral:{referral.id}:asked", f"referral:{referral.id}:told"]
    assert thread(database, ref) == []


def test_the_deadline_is_the_markets_own(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "de").referral_minutes = 30
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    assert referred(database, ref).due_at == MORNING + timedelta(minutes=30)


def test_the_same_form_twice_is_one_referral(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    first, again, other = referred(database, ref), referred(database, ref), referred(database, ref, key="f2")
    assert first.id == again.id != other.id
    assert effects(database).count(f"referral:{first.id}:told") == 1


def test_nobody_refers_a_colleagues_request(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    with pytest.raises(AnotherHasIt):
        referred(database, ref, person="maricel")
    with database.reading() as db:
        assert db.exec(select(Referral)).all() == []
    assert stored(database, ref).state == "assigned"


def test_as_drafted_it_reaches_the_customer_in_the_drafters_name(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    number = referred(database, ref).id
    settled(database, number, "as_drafted")
    request = stored(database, ref)
    assert thread(database, ref) == [("ours", "lena", DRAFT)]
    assert (request.state, request.exporter_seconds) == ("answered", 7200)
    assert request.paused_for != "exporter"
    assert any(key.startswith(f"request:{ref}:answered") for key in effects(database))
    with database.reading() as db:
        referral = db.get_one(Referral, number)
    assert (referral.answered_by, referral.sent, referral.answer) == ("mere", True, DRAFT)


def test_changed_it_is_the_exporters_own_word(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    settled(database, referred(database, ref).id, "changed", "Nein, leider nicht.")
    assert thread(database, ref) == [("ours", "mere", "Nein, leider nicht.")]
    assert stored(database, ref).agent == "lena"


def test_in_the_exporters_language_it_comes_back_to_the_agent_who_may_then_answer(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    number = referred(database, ref).id
    settled(database, number, "to_agent", "No, it is for homes only.")
    request = stored(database, ref)
    assert thread(database, ref) == [("note", "mere", "No, it is for homes only.")]
    assert (request.state, request.agent, request.paused_since, request.paused_for) == ("assigned", "lena", None, "")
    assert (request.exporter_seconds, request.look_at) == (7200, LATER)
    assert effects(database)[-1] == f"referral:{number}:answered"
    assert class_for(database, "lena", ref) is None
    with database.writing() as db:
        market, here = db.get_one(Market, "de"), db.get_one(Request, ref)
        customer_reply(
            db, here, "Und im Café draußen, im Café?", market=market, key="k", now=LATER + timedelta(hours=1)
        )
    assert class_for(database, "lena", ref) == "cafe"


def test_one_answer_stands_and_the_very_same_is_no_other(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    number = referred(database, ref).id
    settled(database, number, "changed", "Nein.")
    settled(database, number, "changed", "Nein.", now=LATER + timedelta(minutes=1))
    with pytest.raises(ReferralAnswered):
        settled(database, number, "as_drafted")
    assert thread(database, ref) == [("ours", "mere", "Nein.")]


def test_who_is_late_is_told_once(database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    number = referred(database, ref).id
    due = MORNING + timedelta(minutes=480)
    assert tell_late(database, now=due - timedelta(seconds=1)) == 0
    assert tell_late(database, now=due) == 1
    assert tell_late(database, now=due + timedelta(days=1)) == 0
    assert effects(database).count(f"referral:{number}:late") == 1
    settled(database, number, "changed", "Nein.", now=due + timedelta(days=1))
    other = asked(database, now=MORNING, text="Im Café, ja?").ref
    settled(database, referred(database, other, key="f3").id, "changed", "Nein.")
    assert tell_late(database, now=due + timedelta(days=2)) == 0


def test_everybody_is_told_in_their_own_language(house: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Person, "mere").email = "care@example.com"
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    referral = referred(database, ref)
    house.work()
    customer, exporter = house.mails("anna@example.com")[-1], house.mails("care@example.com")[-1]
    assert ref in str(customer["Subject"]) and f"/support/{ref}?secret=" in str(customer)
    assert customer["Content-Language"] == "de-DE"
    assert "Lena Brandt" in exporter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    settled(database, referral.id, "to_agent", "No.")
    house.at(LATER)
    assert ref in str(house.mails("lena@example.com")[-1]["Subject"])


def test_the_exporter_answers_from_the_list_of_referrals(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    number = referred(database, ref).id
    mere, lena, maricel = (house.signed_in(each) for each in ("mere", "lena", "maricel"))
    assert ref in mere.get("/desk/referrals").text and ref in lena.get("/desk/referrals").text
    assert ref not in maricel.get("/desk/referrals").text
    url = f"/desk/referrals/{number}"
    assert "/answer" not in lena.get(url).text and "/answer" not in maricel.get(url).text
    assert lena.post(f"{url}/answer", {"how": "as_drafted"}).status_code == 404
    assert DRAFT in mere.get(url).text
    assert mere.post(f"{url}/answer", {"how": "to_agent", "answer": " "}).status_code == 422
    assert mere.post(f"{url}/answer", {"how": "anything"}).status_code == 422
    assert mere.post(f"{url}/answer", {"how": "to_agent", "answer": "<b>No.</b>"}).status_code == 303
    assert mere.post(f"{url}/answer", {"how": "as_drafted"}).status_code == 409
    assert "&lt;b&gt;No.&lt;/b&gt;" in lena.get(url).text
    assert ref not in mere.get("/desk/referrals").text
    for odd in ("0", "x", "99999999999999999999", "-1"):
        assert mere.get(f"/desk/referrals/{odd}").status_code == 404


@pytest.mark.parametrize(("how", "field"), [("as_drafted", ""), ("changed", "text"), ("to_agent", "answer")])
def test_the_exporter_sends_nothing_before_seeing_what_came_meanwhile(
    house: World, database: Database, how: str, field: str
) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    url = f"/desk/referrals/{referred(database, ref).id}"
    mere = house.signed_in("mere")
    form = next(each for each in forms(mere.get(url).text) if each.action.endswith("/answer"))
    with database.writing() as db:
        market, request = db.get_one(Market, "de"), db.get_one(Request, ref)
        customer_reply(db, request, "Er läuft nicht mehr.", market=market, key="again", now=LATER)
    said = {**form.fields, "how": how, **({field: "Words that are kept."} if field else {})}
    refused = mere.post(f"{url}/answer", said)
    assert refused.status_code == 409 and stored(database, ref).state == "referred"
    assert "New since you began to write" in refused.text and ("Words that are kept." in refused.text) == bool(field)
    form = next(each for each in forms(refused.text) if each.action.endswith("/answer"))
    assert mere.post(f"{url}/answer", {**said, **form.fields}).status_code == 303
    assert mere.post(f"{url}/answer", {**said, **form.fields}).status_code == 303
    assert len(thread(database, ref)) == 2


def test_what_the_exporter_answers_first_nobody_else_closes(house: World, database: Database) -> None:
    asks = asked(database, now=MORNING, text="Bekomme ich eine Rechnung?").ref
    waits = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    referred(database, waits)
    with database.writing() as db:
        db.get_one(Request, asks).agent = "jonas"
    for person, ref in (("jonas", asks), ("lena", waits)):
        assert house.signed_in(person).post(f"/desk/requests/{ref}/closing").status_code == 409
        assert stored(database, ref).state != "closed"
        assert house.signed_in("mere").post(f"/desk/requests/{ref}/closing").status_code == 303


def test_the_desks_reply_is_referred_where_it_must_be_and_a_double_click_is_one(
    house: World, database: Database
) -> None:
    ref = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    lena, url = house.signed_in("lena"), f"/desk/requests/{ref}"
    form = next(each for each in forms(lena.get(url).text) if each.action.endswith("/messages"))
    for _twice in range(2):
        sent = lena.post(f"{url}/messages", {**form.fields, "text": DRAFT, "kind": "ours"})
        assert "done=referred" in sent.headers["location"]
    assert lena.post(f"{url}/messages", {**form.fields, "text": "Anders.", "kind": "ours"}).status_code == 409
    assert stored(database, ref).state == "referred" and thread(database, ref) == []
    with database.reading() as db:
        assert [each.draft for each in db.exec(select(Referral)).all()] == [DRAFT]


def test_the_exporter_is_reminded_by_mail_only_while_it_waits(house: World, database: Database) -> None:
    waiting = asked(database, now=MORNING, text="Darf ich ihn im Café benutzen?").ref
    closed = asked(database, now=MORNING, text="Im Café, geht das?").ref
    referred(database, waiting)
    referred(database, closed, key="f2")
    with database.writing() as db:
        db.get_one(Request, closed).state = "closed"
    house.at(MORNING + timedelta(minutes=481))
    late = [str(each["Subject"]) for each in house.mails("care@example.com") if "Late" in str(each["Subject"])]
    assert len(late) == 1 and waiting in late[0]


def test_a_partner_signs_refers_and_says_the_answer_in_the_customers_language(sqlite_world: World) -> None:
    database = sqlite_world.house.database
    ref = asked(database, now=MORNING, text="There was smoke! Es hat geraucht.").ref
    with database.writing() as db:
        here = db.get_one(Request, ref)
        here.agent, here.state = None, "waiting"
    jonas, mere, url = sqlite_world.signed_in("jonas"), sqlite_world.signed_in("mere"), f"/desk/requests/{ref}"
    while left := [each for each in forms(jonas.get("/desk/training").text) if "/desk/training/" in each.action]:
        jonas.post(left[0].action, {**left[0].fields, "signature": "Jonas Rieck"})
    jonas.get(url)
    jonas.submit("/assignment")
    jonas.get(url)
    assert "done=referred" in jonas.submit("/messages", text="Bitte Stecker ziehen.", kind="ours").headers["location"]
    with database.reading() as db:
        number = db.exec(select(Referral.id).where(Referral.request == ref)).one()
    mere.get(f"/desk/referrals/{number}")
    assert mere.submit("/answer", how="to_agent", answer="Pull the plug and keep it.").status_code == 303
    assert "Pull the plug and keep it." in jonas.get(url).text
    assert (
        "done=answered" in jonas.submit("/messages", text="Stecker ziehen, behalten.", kind="ours").headers["location"]
    )
    assert [each[0] for each in thread(database, ref)][-2:] == ["note", "ours"]  # behind the crisis' acknowledgement
    assert stored(database, ref).state == "answered"
