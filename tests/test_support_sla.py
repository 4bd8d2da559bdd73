"""The clocks: business time of the right people, standing while somebody else has the word, never beginning anew."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shop.base.db import Database
from shop.ground.duty import Interval
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.answering.clocks import Budgets, Clocks, History, clocks_of
from shop.support.answering.sla import clocks, pause, resume
from shop.support.requests.models import Referral, Request
from shop.support.requests.replies import Answerer, answer, close, customer_reply
from shop.support.shifts.models import Agent
from tests.support_world import EVENING, MORNING, asked, stored, support_house

BUDGETS = Budgets(60, 120, 480)
NINE = datetime.fromisoformat("2026-11-24T09:00+00:00")


def after(hours: float, days: int = 0) -> datetime:
    return NINE + timedelta(days=days, hours=hours)


def office(start: datetime) -> list[Interval]:
    """From nine to five, every day."""
    return [Interval(after(0, day), after(8, day)) for day in range(-2, 30) if after(8, day) > start]


def told(now: datetime, **history) -> Clocks:
    given = {"opened_at": NINE, "questions": (NINE,), "answers": ()} | history
    return clocks_of(History(**given), BUDGETS, office, now=now)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (NINE, after(1)),
        (after(7.5), after(0.5, 1)),
        (after(7), after(8)),
        (after(-3), after(1)),
        (after(9), after(1, 1)),
    ],
)
def test_the_first_answer_is_due_in_business_time(opened: datetime, due: datetime) -> None:
    first = told(opened, opened_at=opened, questions=(opened,)).first
    assert (first.due, first.met, first.broken) == (due, False, False)


@pytest.mark.parametrize(("answered", "met"), [(after(1), True), (after(1) + timedelta(seconds=1), False)])
def test_it_is_met_or_broken_by_the_first_answer_and_stays_so(answered: datetime, met: bool) -> None:
    first = told(after(5, 3), answers=(answered, after(4)), questions=(NINE, after(3))).first
    assert (first.met, first.broken) == (met, not met)


def test_unanswered_it_is_broken_once_the_time_has_passed() -> None:
    assert not told(after(1)).first.broken
    assert told(after(1) + timedelta(seconds=1)).first.broken


def test_the_next_answer_is_due_from_the_first_word_since_the_last_answer() -> None:
    answered = {"answers": (after(1),)}
    assert told(after(2), **answered).following is None
    following = told(after(4), questions=(NINE, after(3), after(3.5)), **answered).following
    assert following is not None and following.due == after(5)


def test_the_end_waits_for_the_customer_and_for_the_exporter_counted_apart() -> None:
    clock = told(after(6), questions=(NINE, after(3)), answers=(after(1),), referrals=((after(4), after(5)),))
    assert (clock.customer, clock.exporter) == (timedelta(hours=2), timedelta(hours=1))
    assert clock.resolution.due == after(3, 1)
    assert clock.paused_for == ""


def test_a_night_that_the_customer_takes_costs_only_its_business_time() -> None:
    clock = told(after(2, 1), questions=(NINE, after(1, 1)), answers=(after(7),))
    assert clock.customer == timedelta(hours=18)
    assert clock.resolution.due == after(2, 1)  # seven hours of yesterday and one of today


@pytest.mark.parametrize(
    ("history", "whom"),
    [
        ({}, ""),
        ({"answers": (after(1),)}, "customer"),
        ({"referrals": ((after(0.5), None),)}, "exporter"),
        ({"answers": (after(1),), "closed_at": after(2)}, ""),
    ],
)
def test_it_says_for_whom_the_clock_stands(history: dict, whom: str) -> None:
    assert told(after(3), **history).paused_for == whom


def test_the_first_answer_waits_for_the_exporter_too() -> None:
    assert told(after(3), referrals=((after(0.5), after(2.5)),)).first.due == after(3)
    assert told(after(3), referrals=((after(0.5), None),)).first.due == after(3.5)


def test_closed_without_an_answer_the_first_is_done_by_closing() -> None:
    assert told(after(3), closed_at=after(0.5)).first.met


def test_in_a_crisis_it_runs_day_and_night_and_never_longer_than_an_hour() -> None:
    night = after(12)
    crisis = History(night, (night,), (), crisis=True)
    clock = clocks_of(crisis, Budgets(600, 120, 480), office, now=night)
    assert (clock.first.due, clock.resolution.due) == (night + timedelta(hours=1), night + timedelta(hours=8))


def test_with_no_hours_nothing_is_due_and_nothing_broken() -> None:
    clock = clocks_of(History(NINE, (NINE,), ()), BUDGETS, lambda _start: [], now=after(99))
    assert (clock.first.due, clock.first.met, clock.first.broken) == (None, False, False)


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def clocks_at(database: Database, ref: str, now: datetime) -> Clocks:
    with database.reading() as db:
        request = db.get_one(Request, ref)
        return clocks(db, request, db.get_one(Market, request.market), now=now)


def lena(db) -> Answerer:
    return Answerer(db.get_one(Person, "lena"), db.get_one(Agent, "lena"))


def test_the_hours_are_those_of_the_native_speakers(database: Database) -> None:
    ref = asked(database, now=EVENING).ref
    assert clocks_at(database, ref, EVENING).first.due == EVENING.replace(day=25, hour=9)


def test_a_priority_that_changes_begins_nothing_anew(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    due = clocks_at(database, ref, MORNING).first.due
    with database.writing() as db:
        db.get_one(Request, ref).severity = 1
    assert clocks_at(database, ref, MORNING + timedelta(hours=2)).first.due == due


def test_hours_long_past_are_worked_out_again(database: Database) -> None:
    ref = asked(database, now=EVENING).ref
    later = EVENING + timedelta(days=20)
    assert clocks_at(database, ref, later).first.due == EVENING.replace(day=25, hour=9)


def test_a_referral_is_read_from_its_row(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        row = {"request": ref, "question": "q", "person": "lena", "draft": "d", "key": "k"}
        db.add(Referral(**row, asked_at=MORNING, due_at=MORNING + timedelta(hours=8)))
    clock = clocks_at(database, ref, MORNING + timedelta(minutes=30))
    assert (clock.paused_for, clock.exporter) == ("exporter", timedelta(minutes=30))


def test_answering_stops_the_clocks_for_the_customer_and_their_reply_starts_them(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    at = [MORNING + timedelta(minutes=minutes) for minutes in (0, 10, 40, 50, 60)]
    with database.writing() as db:
        answer(db, db.get_one(Request, ref), lena(db), "So.", key="a", now=at[1])
    assert (stored(database, ref).paused_for, stored(database, ref).paused_since) == ("customer", at[1])
    with database.writing() as db:
        customer_reply(db, db.get_one(Request, ref), "Und?", market=db.get_one(Market, "de"), key="b", now=at[2])
    request = stored(database, ref)
    assert (request.paused_for, request.paused_since, request.customer_seconds) == ("", None, 1800)
    with database.writing() as db:
        close(db, db.get_one(Request, ref), lena(db), now=at[3])
        close(db, db.get_one(Request, ref), lena(db), now=at[4])
    assert (stored(database, ref).paused_for, stored(database, ref).customer_seconds) == ("", 1800)
    assert clocks_at(database, ref, at[4]).customer == timedelta(minutes=30)


def test_who_has_the_word_changes_without_losing_count() -> None:
    values = {"ref": "R", "market": "de", "language": "de", "category": "use", "subject": "", "name": "", "email": ""}
    request = Request(**values, key="", due_at=NINE, created_at=NINE, updated_at=NINE)
    request.paused_since, request.paused_for = NINE, "customer"
    assert pause(request, "exporter", after(1)) == {
        "customer_seconds": 3600,
        "paused_since": after(1),
        "paused_for": "exporter",
    }
    request.paused_for, request.exporter_seconds = "exporter", 60
    assert resume(request, after(1)) == {"exporter_seconds": 3660, "paused_since": None, "paused_for": ""}
    request.paused_since = None
    assert resume(request, after(1)) == {"paused_since": None, "paused_for": ""}
