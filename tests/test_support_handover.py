"""Handing over: who keeps what when somebody leaves, to whom it goes, with which note, and what the customer is told."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from shop.base.db import Database
from shop.markets.models import Market
from shop.staff.models import Person
from shop.support.answering.assignment import AnotherHasIt, take
from shop.support.answering.handover import decline, duty_changed, needs_note
from shop.support.answering.leaving import AWAY_GRACE, away_long, stays
from shop.support.answering.passing import pass_on
from shop.support.answering.waiting import route_due
from shop.support.plan_cases.answers import answer as planned
from shop.support.requests.models import Assignment, Draft, Handover, Request, RequestPromise
from shop.support.requests.replies import Answerer, answer, customer_reply, note
from shop.support.shifts.models import Absence, Agent
from shop.support.shifts.presence import note_presence
from shop.support.shifts.roster import rebuild_agent
from tests.support_world import EVENING, MORNING, agent, asked, effects, stored, support_house

END_OF_DAY = MORNING.replace(hour=16, minute=30)  # 17:30 in Hamburg: Lena leaves
NOON = MORNING.replace(hour=12)
TOMORROW = MORNING.replace(day=25, hour=8, minute=0)  # 9:00 in Hamburg


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def handovers(database: Database) -> list[tuple[str, str, str, str]]:
    with database.reading() as db:
        rows = db.exec(select(Handover).order_by(col(Handover.id))).all()
    return [(each.from_agent, each.to_agent, each.reason, each.note) for each in rows]


def late_worker(database: Database) -> None:
    """Otto, German too, in Hamburg from 14:00 to 22:00."""
    with database.writing() as db:
        agent(db, "otto", "Otto Krug", "Europe/Berlin", {"de": "native"}, (840, 1320), markets="de")
        db.flush()
        rebuild_agent(db, "otto", now=MORNING)


def change(database: Database, ref: str, **values) -> None:
    with database.writing() as db:
        request = db.get_one(Request, ref)
        for name, value in values.items():
            setattr(request, name, value)


@pytest.mark.parametrize(
    ("waits", "crisis", "due", "back", "kept"),
    [
        (True, False, None, None, True),
        (True, True, None, None, True),
        (False, False, NOON, NOON, True),
        (False, False, NOON, NOON + timedelta(seconds=1), False),
        (False, True, NOON, NOON, False),
        (False, False, None, NOON, False),
        (False, False, NOON, None, False),
    ],
)
def test_what_stays_with_an_owner_who_leaves(waits: bool, crisis: bool, due, back, kept: bool) -> None:
    assert stays(waits_for_others=waits, crisis=crisis, due=due, back_at=back) is kept


@given(st.integers(0, 60), st.booleans())
def test_who_steps_away_for_a_moment_keeps_what_is_no_crisis(minutes: int, crisis: bool) -> None:
    long = away_long(since=MORNING, crisis=crisis, now=MORNING + timedelta(minutes=minutes))
    assert long is (crisis or timedelta(minutes=minutes) >= AWAY_GRACE)


def case(**ticket) -> dict:
    hours = {"early": ("07:00", "15:00"), "late": ("14:00", "22:00")}
    people = [
        {
            "id": name,
            "zone": "Europe/Berlin",
            "languages": {"de": "native"},
            "shifts": [{"days": [0, 1, 2, 3, 4], "start": start, "end": end}],
        }
        for name, (start, end) in hours.items()
    ]
    tiers = [{"language": "de", "min_level": "native"}]
    given = {"owner": "early", "state": "open", "response_due_utc": "2026-11-25T09:00:00Z"} | ticket
    at = "2026-11-24T21:00:00Z" if given["owner"] == "late" else "2026-11-24T14:00:00Z"
    market = {"zone": "Europe/Berlin", "tiers": tiers}
    return {"kind": "handover", "market": market, "agents": people, "ticket": given, "at_utc": at}


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        ({}, {"action": "keep"}),
        ({"response_due_utc": "2026-11-25T06:00:00Z"}, {"action": "keep"}),
        ({"response_due_utc": "2026-11-25T05:59:59Z"}, {"action": "reassign", "to": "late"}),
        ({"response_due_utc": None}, {"action": "reassign", "to": "late"}),
        ({"severity": "crisis"}, {"action": "reassign", "to": "late"}),
        ({"state": "waiting_on_customer", "response_due_utc": None}, {"action": "keep"}),
        (
            {"owner": "late", "response_due_utc": "2026-11-25T07:00:00Z"},
            {"action": "queue", "promise_utc": "2026-11-25T06:00:00Z", "promise_agents": ["early"]},
        ),
    ],
)
def test_the_dry_run_of_a_handover(ticket: dict, expected: dict) -> None:
    assert planned(case(**ticket)) == expected


def test_the_dry_run_with_nobody_else_queues_and_promises_no_time() -> None:
    alone = case(response_due_utc=None)
    alone["agents"] = alone["agents"][:1]
    assert planned(alone) == {"action": "queue"}


def test_at_the_end_of_the_shift_it_goes_to_whoever_is_there(database: Database) -> None:
    late_worker(database)
    ref = asked(database, now=END_OF_DAY - timedelta(minutes=30)).ref
    change(database, ref, agent="lena", look_at=END_OF_DAY, promised_at=END_OF_DAY + timedelta(minutes=30))
    assert route_due(database, now=END_OF_DAY) == 1
    assert stored(database, ref).agent == "otto"
    assert handovers(database) == [("lena", "otto", "shift_end", "")]
    with database.reading() as db:
        given = db.exec(select(Assignment).order_by(col(Assignment.number))).all()
    assert given[-1].agent == "otto"
    assert effects(database) == [f"request:{ref}:received"]


def test_with_nobody_there_it_waits_and_the_customer_is_told_when(database: Database) -> None:
    ref = asked(database, now=END_OF_DAY - timedelta(minutes=11)).ref
    change(database, ref, promised_at=END_OF_DAY + timedelta(minutes=10))
    route_due(database, now=END_OF_DAY)
    request = stored(database, ref)
    assert (request.state, request.agent) == ("waiting", None)
    assert request.promised_at == TOMORROW.replace(hour=4)  # Maricel, fluent, is there from 4:00
    assert handovers(database) == [("lena", "", "shift_end", "")]
    assert effects(database)[-1].startswith(f"request:{ref}:promise:")


def test_it_stays_with_an_owner_who_is_back_before_it_is_due(database: Database) -> None:
    late_worker(database)
    ref = asked(database, now=MORNING).ref
    change(database, ref, promised_at=TOMORROW)
    route_due(database, now=END_OF_DAY)
    assert (stored(database, ref).agent, handovers(database)) == ("lena", [])
    assert stored(database, ref).look_at == TOMORROW
    change(database, ref, promised_at=TOMORROW + timedelta(hours=1))
    route_due(database, now=TOMORROW)
    assert stored(database, ref).look_at == TOMORROW + timedelta(hours=1)


def test_a_crisis_never_waits_for_its_owner(database: Database) -> None:
    late_worker(database)
    ref = asked(database, now=MORNING).ref
    change(database, ref, promised_at=TOMORROW, severity=0)
    route_due(database, now=END_OF_DAY)
    assert stored(database, ref).agent == "otto"


def test_what_waits_for_the_customer_stays(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        lena = Answerer(db.get_one(Person, "lena"), db.get_one(Agent, "lena"))
        answer(db, db.get_one(Request, ref), lena, "So.", key="x", now=MORNING)
    route_due(database, now=END_OF_DAY)
    assert (stored(database, ref).state, stored(database, ref).agent, handovers(database)) == ("answered", "lena", [])


def test_an_absence_moves_what_is_due_before_they_are_back(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        until = MORNING + timedelta(days=3)
        words = {"starts": "2026-11-24T10:30", "ends": "2026-11-27T10:30"}
        db.add(Absence(agent="lena", starts_at=MORNING, ends_at=until, **words))
        db.flush()
        rebuild_agent(db, "lena", now=MORNING)
    assert stored(database, ref).look_at == MORNING
    assert route_due(database, now=MORNING) == 1
    assert stored(database, ref).agent == "maricel"
    assert handovers(database) == [("lena", "maricel", "absence", "")]


def test_away_for_a_quarter_of_an_hour_hands_over_with_the_last_note(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        lena = db.get_one(Agent, "lena")
        who = Answerer(db.get_one(Person, "lena"), lena)
        note(db, db.get_one(Request, ref), who, "Fragt nach dem Deckel.", key="n", now=MORNING)
        note_presence(db, lena, there=False, now=MORNING)
    route_due(database, now=MORNING)
    assert stored(database, ref).agent == "lena"
    assert stored(database, ref).look_at == MORNING + AWAY_GRACE
    route_due(database, now=MORNING + AWAY_GRACE)
    assert stored(database, ref).agent == "maricel"
    assert handovers(database) == [("lena", "maricel", "away", "Fragt nach dem Deckel.")]


def test_who_declines_gives_it_away_and_is_not_asked_again(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        lena, request = db.get_one(Agent, "lena"), db.get_one(Request, ref)
        decline(db, request, lena, "Das ist Chemie.", now=MORNING)
    assert stored(database, ref).agent == "maricel"
    assert handovers(database) == [("lena", "maricel", "declined", "Das ist Chemie.")]
    with pytest.raises(AnotherHasIt), database.writing() as db:
        decline(db, db.get_one(Request, ref), db.get_one(Agent, "lena"), "Noch einmal.", now=MORNING)
    with database.writing() as db:
        decline(db, db.get_one(Request, ref), db.get_one(Agent, "maricel"), "Mir zu schwer.", now=MORNING)
    route_due(database, now=MORNING + timedelta(minutes=2))
    request = stored(database, ref)
    assert (request.state, request.agent) == ("waiting", None)
    assert request.on_duty_at == TOMORROW.replace(hour=3)


@pytest.mark.parametrize(("written", "owner"), [(5, "lena"), (15, "maricel")])
def test_no_reply_moves_it_unless_they_are_writing(database: Database, written: int, owner: str) -> None:
    ref = asked(database, now=MORNING).ref
    passed = MORNING + timedelta(minutes=60)
    with database.writing() as db:
        db.add(Draft(request=ref, person="lena", text="Liebe", since=passed, at=passed - timedelta(minutes=written)))
    route_due(database, now=passed)
    assert stored(database, ref).agent == owner
    assert len(handovers(database)) == (owner == "maricel")


def test_no_reply_leaves_it_with_them_when_nobody_else_is_there(database: Database) -> None:
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, "maricel"), there=False, now=MORNING)
    ref = asked(database, now=MORNING).ref
    route_due(database, now=MORNING + timedelta(minutes=60))
    assert (stored(database, ref).agent, handovers(database)) == ("lena", [])


def test_taken_by_somebody_who_is_not_there_is_decided_again(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    at = MORNING + timedelta(minutes=1)
    with database.writing() as db:
        note_presence(db, db.get_one(Agent, "maricel"), there=False, now=MORNING - timedelta(hours=1))
        take(db, db.get_one(Request, ref), db.get_one(Agent, "maricel"), seen_owner="lena", now=at)
    route_due(database, now=at)
    assert stored(database, ref).agent == "lena"


@pytest.mark.parametrize(
    ("at", "owner", "state"),
    [
        (TOMORROW - timedelta(minutes=30), "lena", "assigned"),
        (TOMORROW - timedelta(minutes=31), "maricel", "assigned"),
    ],
)
def test_what_is_opened_again_waits_half_an_hour_for_its_owner(database: Database, at: datetime, owner, state) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        lena = Answerer(db.get_one(Person, "lena"), db.get_one(Agent, "lena"))
        answer(db, db.get_one(Request, ref), lena, "So.", key="x", now=MORNING)
        db.get_one(Market, "de").fluent_after_minutes = 30
    with database.writing() as db:
        request = db.get_one(Request, ref)
        customer_reply(db, request, "Und nun?", market=db.get_one(Market, "de"), key="y", now=at)
    request = stored(database, ref)
    assert (request.agent, request.state) == (owner, state)
    with database.reading() as db:
        last = db.exec(select(RequestPromise).order_by(col(RequestPromise.id).desc())).first()
    assert last.on_duty_at == (TOMORROW if owner == "lena" else at)


def test_hours_that_change_have_what_rests_on_them_decided_again(database: Database) -> None:
    mine, waits = asked(database, now=MORNING).ref, asked(database, now=EVENING, text="x").ref
    other = asked(database, now=EVENING, market="fr", language="fr", text="y").ref
    with database.writing() as db:
        duty_changed(db, [], now=EVENING)
        before = db.get_one(Request, other).look_at
        duty_changed(db, ["lena"], now=EVENING)
    assert [stored(database, ref).look_at for ref in (mine, waits, other)] == [EVENING, EVENING, before]


def test_a_note_is_wanted_for_what_was_worked_on_in_this_shift(database: Database) -> None:
    touched, noted, untouched = [asked(database, now=MORNING, text=each).ref for each in "abc"]
    late = END_OF_DAY - timedelta(minutes=5)
    change(database, untouched, created_at=MORNING - timedelta(days=2))
    with database.writing() as db:
        lena = db.get_one(Agent, "lena")
        who = Answerer(db.get_one(Person, "lena"), lena)
        for ref in (touched, noted):
            note(db, db.get_one(Request, ref), who, "Angesehen.", key=ref, now=MORNING)
        market = db.get_one(Market, "de")
        customer_reply(db, db.get_one(Request, touched), "Eilt!", market=market, key="z", now=late)
        assert touched in {each.ref for each in needs_note(db, lena, now=late)}
        assert noted not in {each.ref for each in needs_note(db, lena, now=late)}


@pytest.mark.parametrize("state", ["answered", "referred"])
@pytest.mark.parametrize("passed", [False, True])
def test_who_takes_what_waits_for_somebody_else_has_no_promise_to_break(
    database: Database, state: str, passed: bool
) -> None:
    ref = asked(database, now=MORNING).ref
    after = MORNING + timedelta(hours=3)
    with database.writing() as db:
        request = db.get_one(Request, ref)
        request.state, request.promised_at = state, after + timedelta(hours=1) if state == "referred" else MORNING
        request.look_at = None
    with database.writing() as db:
        request, maricel = db.get_one(Request, ref), db.get_one(Agent, "maricel")
        if passed:
            lena = Answerer(db.get_one(Person, "lena"), db.get_one(Agent, "lena"))
            pass_on(db, request, lena, "maricel", note="Bitte weiter.", seen_owner="lena", now=after)
        else:
            take(db, request, maricel, seen_owner="lena", now=after)
    route_due(database, now=after)
    now = stored(database, ref)
    assert (now.state, now.agent, now.overdue_told_at) == (state, "maricel", None)
