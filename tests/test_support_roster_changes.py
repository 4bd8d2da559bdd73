"""Absences, swaps and calendar days: whose hours they move, and that the answer hours follow without all being written anew."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import select

from shop.base.db import Database
from shop.ground.duty import Hours, Interval
from shop.ground.errors import NotFound
from shop.markets.models import AnswerHours
from shop.staff.models import Person
from shop.support.known.training import hashes, sign_off
from shop.support.requests.models import Request
from shop.support.shifts import duty_rows, roster
from shop.support.shifts.absences import enter_absence, withdraw_absence
from shop.support.shifts.calendar_days import DaySet, clear_calendar_day, set_calendar_day
from shop.support.shifts.hours import rewrite_hours
from shop.support.shifts.models import Absence, Agent, AgentShift, DutyInterval, ShiftSwap
from shop.support.shifts.presence import note_presence, take_out_who_did_not_come
from shop.support.shifts.swaps import NothingToGive, SwapOver, answer_swap, ask_swap, undo_swap, withdraw_swap
from shop.support.shifts.working_hours import clear_day, days_set, drop_shift, set_day, shifts_of
from tests.rostering import hired, hours, on_duty, roster_house, walls
from tests.support_world import MORNING, asked
from tests.world import World

THURSDAY = date(2026, 11, 26)


@pytest.fixture
def database(tmp_path: Path):
    with roster_house(tmp_path, now=MORNING) as house:
        hired(house, "nora", "Europe/Berlin", (9 * 60, 17 * 60), now=MORNING)
        hired(house, "ken", "Asia/Tokyo", (9 * 60, 17 * 60), now=MORNING, holidays="JP")
        yield house


def absent(database: Database, agent: str, starts: str, ends: str, *, now: datetime = MORNING) -> int:
    with database.writing() as db:
        row = enter_absence(
            db,
            db.get_one(Agent, agent),
            datetime.fromisoformat(starts),
            datetime.fromisoformat(ends),
            note="Dentist",
            person=agent,
            now=now,
        )
        db.flush()
        assert row.id is not None
        return row.id


def swap(database: Database, giver: str, taker: str, day: date, *, now: datetime = MORNING) -> int:
    with database.writing() as db:
        row = ask_swap(db, db.get_one(Agent, giver), db.get_one(Agent, taker), day, note="", now=now)
        assert row.id is not None
        return row.id


def told(database: Database) -> set[tuple[object, ...]]:
    with database.reading() as db:
        return {
            (each.market, each.language, each.level, each.starts_at, each.ends_at, each.names)
            for each in db.exec(select(AnswerHours)).all()
        }


def test_an_absence_by_the_agents_own_clock_leaves_what_is_around_it(database: Database) -> None:
    number = absent(database, "ken", "2026-11-26T11:00", "2026-11-26T12:30")
    assert walls(database, "ken", THURSDAY) == ["09:00-11:00 2h", "12:30-17:00 4.5h"]
    with database.writing() as db:
        withdraw_absence(db, "ken", number, now=MORNING)
    assert walls(database, "ken", THURSDAY) == ["09:00-17:00 8h"]
    with database.writing() as db, pytest.raises(roster.GoneAlready):
        withdraw_absence(db, "ken", number, now=MORNING)


def test_an_absence_is_kept_once_and_is_nobody_elses_to_withdraw(database: Database) -> None:
    first = absent(database, "ken", "2026-11-26T11:00", "2026-11-26T12:30")
    assert absent(database, "ken", "2026-11-26T11:00", "2026-11-26T12:30") == first
    with database.writing() as db, pytest.raises(roster.GoneAlready):
        withdraw_absence(db, "nora", first, now=MORNING)


def test_the_instants_of_an_absence_are_worked_out_again_with_the_zone(database: Database) -> None:
    number = absent(database, "ken", "2026-11-26T11:00", "2026-11-26T12:30")
    with database.writing() as db:
        kept = db.get_one(Absence, number)
        assert kept.starts_at == datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
        kept.starts_at -= timedelta(hours=1)  # as older zone data had it
    roster.rebuild_all(database, now=MORNING)
    with database.reading() as db:
        assert db.get_one(Absence, number).starts_at == datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


def test_an_absence_that_is_over_keeps_its_instants(database: Database) -> None:
    number = absent(database, "ken", "2026-11-26T11:00", "2026-11-26T12:30")
    with database.writing() as db:
        db.get_one(Absence, number).starts_at -= timedelta(hours=1)
    roster.rebuild_all(database, now=MORNING + timedelta(days=9))
    with database.reading() as db:
        assert db.get_one(Absence, number).starts_at == datetime(2026, 11, 26, 1, 0, tzinfo=UTC)


def test_an_agreed_swap_moves_the_hours_as_they_fall_across_zones(database: Database) -> None:
    number = swap(database, "nora", "ken", THURSDAY)
    assert walls(database, "nora", THURSDAY) == ["09:00-17:00 8h"]  # asked is not agreed
    with database.writing() as db:
        answer_swap(db, "ken", number, agree=True, now=MORNING)
    assert walls(database, "nora", THURSDAY) == []
    assert walls(database, "ken", THURSDAY) == ["09:00-01:00 16h"]  # 9:00 in Hamburg is 17:00 in Tokyo
    with database.writing() as db:
        undo_swap(db, "nora", number, now=MORNING)
    assert walls(database, "nora", THURSDAY) == ["09:00-17:00 8h"]
    assert walls(database, "ken", THURSDAY) == ["09:00-17:00 8h"]


def test_whoever_gives_other_hours_later_moves_them_for_the_taker_too(database: Database) -> None:
    number = swap(database, "nora", "ken", THURSDAY)
    with database.writing() as db:
        answer_swap(db, "ken", number, agree=True, now=MORNING)
        set_day(db, "nora", THURSDAY, [hours(10, 12)], now=MORNING)
    assert walls(database, "nora", THURSDAY) == []
    assert walls(database, "ken", THURSDAY) == ["09:00-17:00 8h", "18:00-20:00 2h"]


def test_hours_taken_over_fall_on_the_takers_holiday_but_never_into_their_absence(database: Database) -> None:
    monday = date(2026, 11, 23)  # a holiday in Japan
    before = MORNING - timedelta(days=3)
    number = swap(database, "nora", "ken", monday, now=before)
    with database.writing() as db:
        answer_swap(db, "ken", number, agree=True, now=before)
    assert walls(database, "ken", monday) == ["17:00-01:00 8h"]
    absent(database, "ken", "2026-11-23T18:00", "2026-11-24T06:00", now=before)
    assert walls(database, "ken", monday) == ["17:00-18:00 1h"]


def test_hours_can_be_given_once_only_and_only_by_whose_they_are(database: Database) -> None:
    first, second = swap(database, "nora", "ken", THURSDAY), swap(database, "nora", "lena", THURSDAY)
    assert swap(database, "nora", "ken", THURSDAY) == first
    with database.writing() as db, pytest.raises(SwapOver):
        answer_swap(db, "nora", first, agree=True, now=MORNING)
    with database.writing() as db:
        answer_swap(db, "lena", second, agree=True, now=MORNING)
    with database.writing() as db, pytest.raises(SwapOver):
        answer_swap(db, "ken", first, agree=True, now=MORNING)
    with database.writing() as db, pytest.raises(NothingToGive):
        ask_swap(db, db.get_one(Agent, "nora"), db.get_one(Agent, "ken"), THURSDAY, note="", now=MORNING)
    with database.writing() as db, pytest.raises(SwapOver):
        withdraw_swap(db, "nora", second, now=MORNING)


def test_a_swap_needs_hours_to_come_and_a_colleague(database: Database) -> None:
    hired(database, "luc", "Europe/Paris", (9 * 60, 17 * 60), now=MORNING, markets="fr")
    with database.writing() as db, pytest.raises(NotFound):
        ask_swap(db, db.get_one(Agent, "nora"), db.get_one(Agent, "luc"), THURSDAY, note="", now=MORNING)
    with database.writing() as db, pytest.raises(NothingToGive):
        ask_swap(db, db.get_one(Agent, "lena"), db.get_one(Agent, "ken"), date(2026, 11, 28), note="", now=MORNING)
    number = swap(database, "nora", "ken", THURSDAY)
    with database.writing() as db, pytest.raises(SwapOver):
        answer_swap(db, "ken", number, agree=True, now=MORNING + timedelta(days=3))
    with database.writing() as db:
        answer_swap(db, "ken", number, agree=False, now=MORNING)
        assert db.get_one(ShiftSwap, number).state == "declined"


def test_half_a_day_off_and_a_day_added_hold_for_who_has_the_calendar(database: Database) -> None:
    with database.writing() as db:
        half = DaySet("JP", THURSDAY, off=True, hours=Hours(12 * 60, 24 * 60), name="Company day")
        set_calendar_day(db, half, now=MORNING)
        set_calendar_day(db, DaySet("JP", THURSDAY + timedelta(days=1), off=True), now=MORNING)
    assert walls(database, "ken", THURSDAY) == ["09:00-12:00 3h"]
    assert walls(database, "ken", THURSDAY + timedelta(days=1)) == []
    assert walls(database, "nora", THURSDAY) == ["09:00-17:00 8h"]
    with database.writing() as db:
        clear_calendar_day(db, "JP", THURSDAY, now=MORNING)
    assert walls(database, "ken", THURSDAY) == ["09:00-17:00 8h"]


def test_a_rebuild_of_one_agent_touches_nobody_elses_rows(database: Database) -> None:
    with database.writing() as db:
        row = db.exec(select(DutyInterval).where(DutyInterval.agent == "nora")).first()
        assert row is not None
        row.ends_at += timedelta(minutes=1)
    wrong = on_duty(database, "nora")
    with database.writing() as db:
        roster.rebuild_agent(db, "ken", now=MORNING)
        set_calendar_day(db, DaySet("JP", THURSDAY, off=True), now=MORNING)
    assert on_duty(database, "nora") == wrong
    with database.writing() as db:
        roster.rebuild_agent(db, "nora", now=MORNING)
    assert on_duty(database, "nora") != wrong


def test_a_change_has_what_rests_on_it_decided_anew(database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        request = db.get_one(Request, ref)
        assert request.agent is not None
        owner, request.look_at = request.agent, None
        db.flush()
        set_day(db, owner, THURSDAY, [], now=MORNING)
    with database.reading() as db:
        assert db.get_one(Request, ref).look_at == MORNING


def test_after_any_number_of_small_changes_the_answer_hours_are_those_of_a_whole_rebuild(database: Database) -> None:
    chance, now = random.Random(11), MORNING
    hired(database, "mia", "America/Chicago", (20 * 60, 4 * 60), now=now, languages={"de": "fluent"}, markets="")
    people = ["nora", "ken", "lena", "maricel", "mia"]
    for _round in range(40):
        who, day = chance.choice(people), THURSDAY + timedelta(days=chance.randrange(9))
        kind = chance.randrange(6)
        with database.writing() as db:
            if kind == 0:
                start = chance.randrange(24) * 60
                set_day(db, who, day, [Hours(start, (start + 480) % 1440)] if chance.random() < 0.7 else [], now=now)
            elif kind == 1:
                wall = datetime(day.year, day.month, day.day, chance.randrange(20))
                span = wall, wall + timedelta(hours=chance.randrange(1, 30))
                enter_absence(db, db.get_one(Agent, who), *span, note="", person=who, now=now)
            elif kind == 2:
                set_calendar_day(db, DaySet("JP", day, off=chance.random() < 0.5), now=now)
            elif kind == 3:
                note_presence(db, db.get_one(Agent, who), there=chance.random() < 0.5, now=now)
            elif kind == 4 and day in days_set(db, who):
                clear_day(db, who, day, now=now)
        now += timedelta(minutes=chance.randrange(200))
        take_out_who_did_not_come(database, now=now)
        standing = told(database)
        with database.writing() as db:
            rewrite_hours(db, now=now)
        assert told(database) == standing


def test_whoever_has_no_hours_left_answers_nobody(database: Database) -> None:
    with database.writing() as db:
        for each in shifts_of(db, "nora"):
            assert each.id is not None
            drop_shift(db, "nora", each.id, now=MORNING)
    assert on_duty(database, "nora") == []
    assert not [each for each in told(database) if "Nora" in str(each[5])]


def test_the_hours_known_reach_from_yesterday_to_five_weeks_ahead(database: Database) -> None:
    known = roster.window(MORNING)
    assert known.start <= MORNING - timedelta(days=1) and known.end >= MORNING + timedelta(days=35)
    assert on_duty(database, "nora")[-1].start > MORNING + timedelta(days=35)
    assert Interval(known.start, known.end) == roster.window(MORNING + timedelta(hours=13))


@pytest.mark.postgres
def test_many_rows_are_written_and_read_alike_on_postgresql(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many_rows(postgres_world, monkeypatch)


def test_many_rows_are_written_and_read_alike_on_sqlite(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _many_rows(sqlite_world, monkeypatch)


def _many_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever way the rows take, they are those that stood there, and a second rebuild finds nothing to write."""
    database, now = world.house.database, world.clock.now
    odd = "li\\na\t\\.\n"
    with database.writing() as db:
        db.add(Person(id=odd, email="odd@example.com", name="Odd", role="agent", language="de", zone="UTC"))
        db.flush()
        db.add(Agent(id=odd, person=odd, zone="UTC"))
        db.flush()
        db.add(AgentShift(agent=odd, days="0 1 2 3 4", start=540, end=1020))
    roster.rebuild_all(database, now=now)
    few = {agent: on_duty(database, agent) for agent in ("lena", "haruka", "maricel", odd)}
    assert few[odd]
    monkeypatch.setattr(duty_rows, "MANY", 1)
    with database.writing() as db:
        db.connection().execute(delete(DutyInterval))
    roster.rebuild_all(database, now=now)
    assert {agent: on_duty(database, agent) for agent in few} == few
    with database.writing() as db:
        assert all(not each.differing for each in roster.write_duty(db, few, now=now).values())


def test_a_partner_is_told_to_customers_once_they_have_signed_what_they_must_know(sqlite_world: World) -> None:
    database, now = sqlite_world.house.database, sqlite_world.clock.now
    assert on_duty(database, "jonas") and not [each for each in told(database) if "Jonas" in str(each[5])]
    with database.writing() as db:
        jonas = db.get_one(Person, "jonas")
        for question, text in hashes(db, "de", jonas.language).items():
            sign_off(db, jonas, "de", question, seen=text, signature=jonas.name, now=now)
        roster.look_anew(db, "jonas", now=now)
    standing = told(database)
    assert {each[0] for each in standing if "Jonas" in str(each[5])} == {"de"}
    with database.writing() as db:
        rewrite_hours(db, now=now)
    assert told(database) == standing
