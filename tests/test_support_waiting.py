"""Waiting: routed when the shift starts, promised anew only when that says something new, judged when answered."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.ground.errors import Refusal
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.answering import waiting
from shop.support.answering.assignment import AnotherHasIt, take
from shop.support.answering.waiting import FEW, route_again, route_due
from shop.support.requests.models import Assignment, Message, Request, RequestPromise
from shop.support.requests.replies import Answerer, answer, close, customer_reply
from shop.support.shifts.models import Agent
from tests.support_world import EVENING, MORNING, asked, effects, stored, support_house


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def answerer(db, name: str) -> Answerer:
    return Answerer(db.get_one(Person, name), db.get(Agent, name), for_all=name == "mere")


def answered(database: Database, ref: str, name: str, *, at, text: str = "So geht es.") -> None:
    with database.writing() as db:
        answer(db, db.get_one(Request, ref), answerer(db, name), text, key="form", now=at)


def promises(database: Database, ref: str) -> list[RequestPromise]:
    with database.reading() as db:
        query = select(RequestPromise).where(RequestPromise.request == ref).order_by(col(RequestPromise.id))
        return list(db.exec(query).all())


def test_nothing_is_routed_before_somebody_is_there(database: Database) -> None:
    ref = asked(database, now=EVENING).ref
    assert route_due(database, now=EVENING + timedelta(hours=7)) == 0
    assert stored(database, ref).state == "waiting"


def test_the_start_of_the_shift_gives_it_to_somebody_and_the_promise_stands(database: Database) -> None:
    ref = asked(database, now=EVENING).ref
    promised = stored(database, ref).promised_at
    assert route_due(database, now=EVENING + timedelta(hours=8, seconds=5)) == 1
    request = stored(database, ref)
    assert (request.state, request.agent, request.promised_at) == ("assigned", "maricel", promised)
    assert effects(database) == [f"request:{ref}:received"]


def test_who_does_not_come_moves_the_promise_with_a_mail(database: Database) -> None:
    ref = asked(database, now=EVENING).ref
    with database.writing() as db:
        db.get_one(Agent, "maricel").available = False
    start = EVENING + timedelta(hours=8)
    route_due(database, now=start)
    request = stored(database, ref)
    assert request.state == "waiting"
    assert request.on_duty_at == EVENING.replace(day=25, hour=8)
    _first, second = promises(database, ref)
    assert effects(database)[-1] == f"request:{ref}:promise:{second.id}"
    route_due(database, now=start + timedelta(seconds=5))
    assert len(promises(database, ref)) == 2


def test_whoever_comes_back_is_given_what_waits(database: Database) -> None:
    with database.writing() as db:
        for each in db.exec(select(Agent)).all():
            each.available = False
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        db.get_one(Agent, "lena").available = True
    assert route_again(database, now=MORNING + timedelta(minutes=5)) == 1
    assert stored(database, ref).agent == "lena"


def test_whoever_comes_back_is_given_a_few_at_once(database: Database) -> None:
    with database.writing() as db:
        for each in db.exec(select(Agent)).all():
            each.available, each.capacity = False, 1000
    for number in range(FEW + 2):
        asked(database, now=MORNING, text=str(number))
    with database.writing() as db:
        db.get_one(Agent, "lena").available = True
    assert route_again(database, now=MORNING + timedelta(minutes=5)) == FEW


def test_who_lost_their_room_after_everybody_was_looked_up_is_given_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many are decided on what was read once, and written together: where that is not so any more, one by one."""
    with database.writing() as db:
        for each in db.exec(select(Agent)).all():
            each.available = False
    refs = [asked(database, now=MORNING, text=str(number)).ref for number in range(2)]
    with database.writing() as db:
        lena = db.get_one(Agent, "lena")
        lena.available, lena.capacity = True, 2
        for ref in refs:
            db.get_one(Request, ref).look_at = MORNING
    monkeypatch.setattr(waiting, "AT_ONCE", 1)

    def fill_up(_scopes: frozenset[str]) -> None:
        with database.writing() as db:
            db.get_one(Agent, "lena").capacity = 1

    database.when_raised(fill_up)
    assert route_due(database, now=MORNING) == 1
    assert sorted(stored(database, ref).state for ref in refs) == ["assigned", "waiting"]
    with database.reading() as db:
        assert len(db.exec(select(Assignment)).all()) == 1


def test_closing_is_for_who_may_answer_judges_the_promise_and_frees_whose_it_was(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    later = MORNING + timedelta(minutes=61)
    with pytest.raises(AnotherHasIt), database.writing() as db:
        close(db, db.get_one(Request, ref), answerer(db, "maricel"), now=later)
    assert stored(database, ref).state == "assigned"
    with database.writing() as db:
        mere = Answerer(db.get_one(Person, "mere"), None, for_all=True)
        close(db, db.get_one(Request, ref), mere, now=later)
        close(db, db.get_one(Request, ref), mere, now=later + timedelta(hours=1))
    with database.reading() as db:
        assert db.get_one(Agent, "lena").idle_since == later
        assert db.get_one(Agent, "maricel").idle_since is None
    assert stored(database, ref).state == "closed"
    assert [each.kept for each in promises(database, ref)] == [False]


def test_those_who_found_everybody_full_are_taken_in_turn_and_keep_their_promise(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Agent, "lena").capacity = 1
        db.get_one(Agent, "maricel").available = False
    first, second, third = [asked(database, now=MORNING + timedelta(minutes=n), text=str(n)).ref for n in range(3)]
    later = MORNING + timedelta(minutes=40)
    assert route_due(database, now=later) == 0
    answered(database, first, "lena", at=later)
    assert route_due(database, now=later) == 1
    assert stored(database, second).agent == "lena"
    assert stored(database, second).promised_at == MORNING + timedelta(minutes=61)
    assert stored(database, third).state == "waiting"


@pytest.mark.parametrize(("minutes", "kept"), [(59, True), (60, True), (61, False)])
def test_the_promise_is_judged_at_the_first_answer(database: Database, minutes: int, kept: bool) -> None:
    ref = asked(database, now=MORNING).ref
    answered(database, ref, "lena", at=MORNING + timedelta(minutes=minutes))
    assert [each.kept for each in promises(database, ref)] == [kept]
    answered(database, ref, "lena", at=MORNING + timedelta(hours=5), text="Noch etwas.")
    assert [each.kept for each in promises(database, ref)] == [kept]
    assert stored(database, ref).first_answered_at == MORNING + timedelta(minutes=minutes)


def test_an_answer_sent_twice_is_one_answer_and_one_mail(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    for _press in range(2):
        answered(database, ref, "lena", at=MORNING + timedelta(minutes=5))
    with database.reading() as db:
        assert len(db.exec(select(Message).where(Message.kind == "ours")).all()) == 1
    assert len(effects(database)) == 2


def test_a_colleagues_request_cannot_be_answered_over_their_head(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with pytest.raises(AnotherHasIt):
        answered(database, ref, "maricel", at=MORNING)
    with database.reading() as db:
        assert not db.exec(select(Message).where(Message.kind == "ours")).all()
    answered(database, ref, "mere", at=MORNING)
    assert stored(database, ref).agent == "lena"


def test_taking_needs_the_owner_that_was_seen(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    for seen, refused in (("", True), ("lena", False)):
        try:
            with database.writing() as db:
                take(db, db.get_one(Request, ref), db.get_one(Agent, "maricel"), seen_owner=seen, now=MORNING)
        except Refusal:
            assert refused
    assert stored(database, ref).agent == "maricel"
    with database.reading() as db:
        given = db.exec(select(Assignment).order_by(col(Assignment.number))).all()
    assert [(each.number, each.agent, each.by) for each in given] == [(1, "lena", "routing"), (2, "maricel", "maricel")]


@pytest.mark.parametrize(
    ("at", "state", "agent"),
    [
        (MORNING + timedelta(hours=1), "assigned", "lena"),
        (EVENING, "waiting", None),
    ],
)
def test_who_writes_again_meets_the_same_person_if_they_are_there(database: Database, at, state: str, agent) -> None:
    ref = asked(database, now=MORNING).ref
    answered(database, ref, "lena", at=MORNING)
    with database.writing() as db:
        close(db, db.get_one(Request, ref), answerer(db, "lena"), now=MORNING)
        again = db.get_one(Request, ref)
        customer_reply(db, again, "Danke, und …", market=db.get_one(Market, "de"), key="again", now=at)
    request = stored(database, ref)
    assert (request.state, request.agent) == (state, agent)
    assert [each.kept for each in promises(database, ref)] == [True, None]
    assert request.promised_at == promises(database, ref)[-1].promised_at


def test_somebody_who_has_it_keeps_it_when_the_customer_adds_a_word(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        again = db.get_one(Request, ref)
        customer_reply(db, again, "Noch etwas", market=db.get_one(Market, "de"), key="x", now=EVENING)
    assert (stored(database, ref).state, stored(database, ref).agent) == ("assigned", "lena")
    assert len(promises(database, ref)) == 1


def test_who_is_overdue_is_told_once_for_each_promise(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    passed = MORNING + timedelta(minutes=60)
    route_due(database, now=passed - timedelta(seconds=1))
    assert stored(database, ref).overdue_told_at is None
    for turn in range(3):
        route_due(database, now=passed + timedelta(seconds=turn))
    assert stored(database, ref).overdue_told_at == passed
    at = int(passed.timestamp())
    assert effects(database)[1:] == [f"request:{ref}:overdue:{at}:lena", f"request:{ref}:overdue:{at}:exporter"]
