"""Asking: routed at once, promised in writing, confirmed by mail, and never twice."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from shop.base.db import Database
from shop.support.answering.assignment import give
from shop.support.answering.routing import Routed
from shop.support.answering.team import Outlook
from shop.support.requests.models import Assignment, Message, Request, RequestPromise
from shop.support.shifts.models import Agent, AgentLanguage
from tests.support_world import EVENING, MORNING, asked, effects, support_house


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def count(database: Database, model: type) -> int:
    with database.reading() as db:
        return db.exec(select(func.count()).select_from(model)).one()


def test_a_native_speaker_on_duty_has_it_at_once_within_the_hour(database: Database) -> None:
    request = asked(database, now=MORNING)
    assert (request.state, request.agent, request.tier) == ("assigned", "lena", 0)
    assert (request.on_duty_at, request.promised_at) == (MORNING, MORNING + timedelta(hours=1))
    assert count(database, Assignment) == count(database, RequestPromise) == 1
    assert effects(database) == [f"request:{request.ref}:received"]


def test_at_night_it_waits_with_the_promise_of_the_next_shift(database: Database) -> None:
    request = asked(database, now=EVENING)  # Lena is 13 hours away, Maricel 8: fluent speakers may answer after two
    assert (request.state, request.agent) == ("waiting", None)
    assert request.on_duty_at == EVENING.replace(day=25, hour=3)
    assert request.promised_at == EVENING.replace(day=25, hour=4)


def test_the_hour_that_is_promised_is_counted_in_working_time(database: Database) -> None:
    late = MORNING.replace(hour=16, minute=15)  # a quarter of an hour before Lena goes
    request = asked(database, now=late)
    assert request.agent == "lena"
    assert request.promised_at == late.replace(day=25, hour=8, minute=45)


def test_the_same_form_twice_is_one_request(database: Database) -> None:
    first, second = asked(database, now=MORNING, key="one"), asked(database, now=MORNING, key="one")
    assert first.ref == second.ref
    assert count(database, Message) == count(database, Assignment) == 1


def test_the_same_form_with_other_words_is_another_request(database: Database) -> None:
    assert asked(database, now=MORNING, key="one").ref != asked(database, now=MORNING, key="one", text="Und das?").ref


def test_somebody_full_is_passed_over_and_the_promise_holds_all_the_same(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Agent, "lena").capacity = 1
        db.get_one(Agent, "maricel").capacity = 1
    owners = [asked(database, now=MORNING, text=str(number)).agent for number in range(3)]
    last = asked(database, now=MORNING, text="last")
    assert owners == ["lena", "maricel", None]
    assert (last.state, last.promised_at) == ("waiting", MORNING + timedelta(hours=1))


def test_whoever_said_away_is_given_nothing(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Agent, "lena").available = False
    assert asked(database, now=MORNING).agent == "maricel"


@pytest.mark.parametrize(("others", "hour", "tier"), [(False, 8, 0), (True, 3, 2)])
def test_another_language_answers_only_with_consent(database: Database, others: bool, hour: int, tier: int) -> None:
    with database.writing() as db:  # Maricel's English is there eight hours before Lena's German
        db.get_one(AgentLanguage, ("maricel", "de")).level = "basic"
    request = asked(database, now=EVENING, others=others)
    assert (request.on_duty_at, request.tier) == (EVENING.replace(day=25, hour=hour), tier)


def test_where_nobody_speaks_the_language_no_time_is_promised_and_the_exporter_is_told(database: Database) -> None:
    request = asked(database, now=MORNING, market="fr", language="fr")
    assert (request.state, request.promised_at, request.exporter_told) == ("waiting", None, True)
    assert f"request:{request.ref}:unroutable" in effects(database)


def test_the_last_room_is_given_once_however_many_ask_for_it(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Agent, "lena").available = db.get_one(Agent, "maricel").available = False
        db.get_one(Agent, "lena").capacity = 1
    refs = [asked(database, now=MORNING, text=str(number)).ref for number in range(6)]
    with database.writing() as db:
        db.get_one(Agent, "lena").available = True
    given: list[bool] = []

    def try_one(ref: str) -> None:
        with database.writing() as db:
            seen = Outlook(Routed("assigned", ()), None, None, None)
            given.append(give(db, db.get_one(Request, ref), "lena", seen, now=MORNING))

    threads = [threading.Thread(target=try_one, args=(ref,)) for ref in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [False] * 5 + [True]
    with database.reading() as db:
        assert len(db.exec(select(Request).where(Request.agent == "lena")).all()) == 1
