"""Planned steps: what a time means there, that guards are asked again, that none runs late, twice or against a pause."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.outbox import Effect
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.launches.changing.table import Exposed
from shop.launches.models import Schedule
from shop.launches.schedules import pending
from shop.launches.schedules.conflicts import Day, Shift, conflicts
from shop.launches.schedules.planning import (
    MinuteTaken,
    NoSuchMoment,
    OwnPlan,
    ScheduleOver,
    Wanted,
    agree,
    call_off,
    plan,
)
from shop.launches.schedules.resolving import beginning, resolve
from shop.launches.schedules.running import LATEST, run_due
from shop.markets.models import LaunchEvent, Market, ShippingRate
from shop.staff.models import Person
from tests.buying import at_once
from tests.launching import NOW, events, exporter, launched, market, put, sources, step, take_out
from tests.world import World

HOUR = timedelta(hours=1)
THERE = local(NOW, "Pacific/Auckland").replace(tzinfo=None)
SOON = THERE + HOUR  # an hour from now by the clock there


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        put(opened, Person(id="hana", email="hana@example.com", name="Hana Rewi", role="exporter", language="de"))
        yield opened


def planned(database: Database, wanted: Wanted, *, now: datetime = NOW, replaces: int | None = None) -> int:
    """Mere plans it; its number."""
    with database.writing() as db:
        return plan(db, "nz", wanted, person="mere", now=now, replaces=replaces).id or 0


def run(database: Database, now: datetime) -> int:
    """The job."""
    return run_due(database, None, sources, now=now)  # type: ignore[arg-type] # no payments are touched


def row(database: Database, number: int) -> Schedule:
    with database.reading() as db:
        return db.get_one(Schedule, number)


def told(database: Database) -> list[str]:
    """What people are told by mail, and whom."""
    with database.reading() as db:
        keys = db.exec(select(Effect.key).where(Effect.kind == "schedule mail").order_by(col(Effect.id))).all()
    return [f"{each.split(':')[2]} {each.rsplit(':', 1)[1]}" for each in keys]


def change(database: Database, **values: object) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").sqlmodel_update(values)


@pytest.mark.parametrize(
    ("zone", "day", "kind", "utc"),
    [
        ("Asia/Tokyo", "2026-12-01", "normal", "2026-11-30T15:00"),
        ("Africa/Cairo", "2026-04-24", "gap", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-10-30", "normal", "2026-10-29T22:00"),
        ("Asia/Beirut", "2026-03-29", "gap", "2026-03-28T22:00"),
        ("America/Santiago", "2026-09-06", "gap", "2026-09-06T04:00"),
        ("America/Havana", "2019-11-03", "ambiguous", "2019-11-03T04:00"),
        ("Pacific/Apia", "2011-12-30", "date_does_not_exist", None),
    ],
)
def test_a_date_begins_at_its_first_instant_there(zone: str, day: str, kind: str, utc: str | None) -> None:
    found = beginning(date.fromisoformat(day), zone)
    assert (found.kind, found.due_at) == (kind, datetime.fromisoformat(utc).replace(tzinfo=UTC) if utc else None)


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    assert resolve(datetime(2026, 10, 25, 2, 30), "Europe/Berlin").kind == "ambiguous"
    assert resolve(datetime(2026, 10, 25, 2, 30), "Europe/Berlin").due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_step_is_taken_at_its_time_by_the_clock_there_and_not_a_minute_before(database: Database) -> None:
    launched(database)
    number = planned(database, Wanted("pause", SOON, reason="stocktaking", mode="hidden"))
    assert run(database, NOW + HOUR - timedelta(minutes=1)) == 0
    assert market(database).state == "soft"
    assert run(database, NOW + HOUR) == 1
    assert (market(database).state, market(database).pause_mode) == ("paused", "hidden")
    with database.reading() as db:
        event = db.get_one(LaunchEvent, row(database, number).event)
        assert (event.action, event.person, event.rule, event.reason) == ("pause", "mere", "schedule", "stocktaking")
    assert row(database, number).state == "done"
    assert run(database, NOW + HOUR) == 0
    assert told(database) == ["done mere", "done ruth", "done exporter"]


def test_a_step_through_a_gap_in_the_clock_of_cairo_is_taken_at_the_first_minute_that_exists(
    database: Database,
) -> None:
    launched(database)
    change(database, zone="Africa/Cairo")
    eve = datetime(2027, 4, 29, 12, tzinfo=UTC)
    number = planned(database, Wanted("pause", datetime(2027, 4, 30), reason="end", mode="sell_stop"), now=eve)
    assert (row(database, number).kind, row(database, number).wall) == ("gap", "2027-04-30T00:00")
    gap = datetime(2027, 4, 29, 22, tzinfo=UTC)
    assert local(gap, "Africa/Cairo").strftime("%d %H:%M") == "30 01:00"
    assert run(database, gap - timedelta(seconds=1)) == 0
    assert run(database, gap) == 1
    assert market(database).state == "paused"


def test_a_widening_step_asks_the_gates_again_and_is_not_taken_when_one_is_red(database: Database) -> None:
    step(database, "ready")
    number = planned(database, Wanted("launch", SOON, exposed=Exposed("invitation", order_cap=20)))
    with database.reading() as db:
        rate = db.get_one(ShippingRate, "nz")
    take_out(database, ShippingRate, rate.market)
    assert run(database, NOW + HOUR) == 0
    assert market(database).state == "ready"
    assert row(database, number).outcome == "not_ready:shipping.lane"
    assert events(database)[-1][0] == "schedule_failed"
    assert told(database) == ["failed mere", "failed ruth", "failed exporter"]
    put(database, ShippingRate(**rate.model_dump()))
    assert run(database, NOW + HOUR) == 0, "what failed stays failed"


def test_a_launch_brings_the_exposure_that_was_planned(database: Database) -> None:
    step(database, "ready")
    planned(database, Wanted("launch", SOON, exposed=Exposed("percentage", 500, 20)))
    assert run(database, NOW + HOUR) == 1
    found = market(database)
    assert (found.state, found.audience, found.percent_bp, found.order_cap) == ("soft", "percentage", 500, 20)


def test_a_change_of_exposure_can_be_planned(database: Database) -> None:
    launched(database)
    planned(database, Wanted("exposure", SOON, exposed=Exposed("percentage", 2_500, 80)))
    assert run(database, NOW + HOUR) == 1
    assert (market(database).percent_bp, market(database).order_cap) == (2_500, 80)


def test_a_step_that_no_longer_leads_on_is_not_taken(database: Database) -> None:
    number = planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    assert run(database, NOW + HOUR) == 0
    assert (row(database, number).state, row(database, number).outcome) == ("failed", "wrong_step")


def test_nothing_is_taken_late_by_itself_and_people_are_told_how_late_it_was(database: Database) -> None:
    launched(database)
    late = planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    assert run(database, NOW + HOUR + LATEST + timedelta(minutes=1)) == 0
    assert row(database, late).outcome == "late:31"
    assert market(database).state == "soft"
    assert told(database) == ["failed mere", "failed ruth", "failed exporter"]


def test_a_few_minutes_late_is_not_late(database: Database) -> None:
    launched(database)
    planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    assert run(database, NOW + HOUR + LATEST) == 1


def test_a_pause_freezes_what_is_planned_and_resuming_thaws_nothing(database: Database) -> None:
    launched(database)
    number = planned(database, Wanted("exposure", SOON, exposed=Exposed("percentage", 2_500, 80)))
    step(database, "pause", mode="sell_stop")
    assert (row(database, number).state, row(database, number).outcome) == ("frozen", "paused")
    step(database, "resume")
    assert run(database, NOW + HOUR) == 0
    assert market(database).order_cap == 50


def test_a_safety_pause_calls_off_what_is_planned_and_what_was_frozen(database: Database) -> None:
    launched(database)
    number = planned(database, Wanted("exposure", SOON, exposed=Exposed("percentage", 2_500, 80)))
    step(database, "pause", mode="sell_stop")
    step(database, "pause", mode="safety")
    assert (row(database, number).state, row(database, number).outcome) == ("cancelled", "ended")


def test_winding_down_calls_off_what_is_planned(database: Database) -> None:
    launched(database)
    number = planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    step(database, "wind_down")
    assert row(database, number).state == "cancelled"


def test_a_planned_pause_does_not_freeze_itself_but_what_comes_after_it(database: Database) -> None:
    launched(database)
    first = planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    second = planned(database, Wanted("exposure", SOON + HOUR, exposed=Exposed("percentage", 2_500, 80)))
    assert run(database, NOW + HOUR) == 1
    assert (row(database, first).state, row(database, second).state) == ("done", "frozen")


def test_freezing_and_cancelling_leave_events_and_touch_only_their_market(database: Database) -> None:
    launched(database)
    number = planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    with database.writing() as db:
        assert (pending.freeze(db, "de", now=NOW), pending.cancel(db, "de", now=NOW)) == (0, 0)
        assert pending.next_of(db)["nz"].id == number
        assert pending.freeze(db, "nz", now=NOW) == 1
        assert pending.next_of(db) == {}
        assert pending.cancel(db, "nz", now=NOW) == 1
    assert [each[0] for each in events(database)][-2:] == ["schedule_frozen", "schedule_cancelled"]


def test_the_next_plan_of_each_market_is_the_one_that_is_due_first(database: Database) -> None:
    later = planned(database, Wanted("ready", SOON + HOUR))
    first = planned(database, Wanted("ready", SOON))
    with database.reading() as db:
        assert {place: each.id for place, each in pending.next_of(db).items()} == {"nz": first}
        assert pending.next_of(db, ["de"]) == {}
    assert first != later


def test_when_the_clock_rules_of_a_place_change_the_plan_keeps_its_time_there_and_people_are_told(
    database: Database,
) -> None:
    launched(database)
    number = planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    with database.writing() as db:
        db.get_one(Schedule, number).due_at = NOW + HOUR / 2  # as older rules had it
    assert run(database, NOW + HOUR / 2) == 0
    assert row(database, number).due_at == NOW + HOUR
    assert told(database) == ["moved mere", "moved ruth", "moved exporter"]
    assert events(database)[-1][0] == "schedule_moved"
    assert run(database, NOW + HOUR) == 1


def test_what_widens_waits_for_a_second_person_where_the_market_asks_for_one(database: Database) -> None:
    step(database, "ready")
    change(database, four_eyes=True)
    number = planned(database, Wanted("launch", SOON, exposed=Exposed("invitation", order_cap=20)))
    assert run(database, NOW + HOUR) == 0
    assert (row(database, number).outcome, market(database).state) == ("not_agreed", "ready")


def test_with_a_second_persons_word_it_is_taken_in_both_names(database: Database) -> None:
    step(database, "ready")
    change(database, four_eyes=True)
    number = planned(database, Wanted("launch", SOON, exposed=Exposed("invitation", order_cap=20)))
    with database.writing() as db, pytest.raises(OwnPlan):
        agree(db, "nz", number, person="mere", now=NOW)
    with database.writing() as db:
        agree(db, "nz", number, person="hana", now=NOW)
    assert run(database, NOW + HOUR) == 1
    with database.reading() as db:
        event = db.get_one(LaunchEvent, row(database, number).event)
    assert (event.person, event.approved_by) == ("mere", "hana")
    assert told(database)[0] == "done hana"


@pytest.mark.parametrize(("role", "outcome"), [("specialist", ""), ("agent", "signer_gone:Ruth Alderson")])
def test_the_second_person_may_be_the_markets_specialist_while_they_are_that(
    database: Database, role: str, outcome: str
) -> None:
    step(database, "ready")
    change(database, four_eyes=True)
    number = planned(database, Wanted("launch", SOON, exposed=Exposed("invitation", order_cap=20)))
    with database.writing() as db:
        agree(db, "nz", number, person="ruth", now=NOW)
        db.get_one(Person, "ruth").role = role
    assert run(database, NOW + HOUR) == (not outcome)
    assert row(database, number).outcome == outcome


def test_narrowing_never_waits_for_a_second_person(database: Database) -> None:
    launched(database)
    change(database, four_eyes=True)
    planned(database, Wanted("exposure", SOON, exposed=Exposed("invitation", order_cap=10)))
    assert run(database, NOW + HOUR) == 1


def test_a_plan_of_somebody_who_may_no_longer_change_the_market_is_not_carried_out(database: Database) -> None:
    launched(database)
    number = planned(database, Wanted("pause", SOON, reason="x", mode="hidden"))
    with database.writing() as db:
        db.get_one(Person, "mere").markets = "de"
    assert run(database, NOW + HOUR) == 0
    assert row(database, number).outcome == "signer_gone:Mere Tauranga"


def test_nothing_is_planned_for_the_past_nor_for_a_day_that_does_not_exist(database: Database) -> None:
    with pytest.raises(NoSuchMoment):
        planned(database, Wanted("ready", THERE))
    change(database, zone="Pacific/Apia")
    with pytest.raises(NoSuchMoment):
        planned(database, Wanted("ready", datetime(2011, 12, 30, 9)), now=datetime(2011, 12, 1, tzinfo=UTC))
    with pytest.raises(NotFound), database.writing() as db:
        plan(db, "xx", Wanted("ready", SOON), person="mere", now=NOW)


def test_two_steps_at_one_minute_are_refused(database: Database) -> None:
    planned(database, Wanted("ready", SOON))
    with pytest.raises(MinuteTaken):
        planned(database, Wanted("launch", SOON))


def test_another_time_is_a_new_plan_in_the_place_of_the_old_one(database: Database) -> None:
    old = planned(database, Wanted("ready", SOON))
    new = planned(database, Wanted("ready", SOON), replaces=old)
    assert (row(database, old).state, row(database, old).outcome, row(database, new).state) == (
        "cancelled",
        "replaced",
        "waiting",
    )
    with pytest.raises(ScheduleOver):
        planned(database, Wanted("ready", SOON + HOUR), replaces=old)
    assert events(database)[-1][0] == "schedule"


def test_what_was_called_off_is_not_taken_and_is_not_called_off_again(database: Database) -> None:
    number = planned(database, Wanted("ready", SOON))
    with database.writing() as db:
        call_off(db, "nz", number, person="mere", now=NOW)
    assert run(database, NOW + HOUR) == 0
    with pytest.raises(ScheduleOver), database.writing() as db:
        call_off(db, "nz", number, person="hana", now=NOW)
    with pytest.raises(NotFound), database.writing() as db:
        call_off(db, "de", number, person="hana", now=NOW)


NIGHT = datetime(2026, 11, 24, 14, tzinfo=UTC)  # 03:00 in Auckland


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"free": "holiday"}, ["holiday"]),
        ({"free": "weekend"}, ["weekend"]),
        ({"shifts": ()}, ["nobody"]),
        ({"shifts": (Shift("en", NOW - HOUR, NOW),)}, ["nobody"]),
        ({"known_until": NOW}, ["unplanned"]),
        ({"leads": False}, ["leads_nowhere"]),
        ({"gates": ("certs.valid",)}, ["gates"]),
        ({"papers_ending": ("CE",)}, ["paper_ends"]),
        ({"home": "America/Los_Angeles"}, ["night_at_home"]),
    ],
)
def test_what_speaks_against_a_time(values: dict[str, object], codes: list[str]) -> None:
    day: dict[str, object] = {
        "due_at": NOW,
        "home": "Europe/Berlin",
        "languages": ["en"],
        "known_until": NOW + 24 * HOUR,
        "shifts": (Shift("en", NOW, NOW + HOUR),),
    }
    assert [each.code for each in conflicts(Day(**{**day, **values}))] == codes  # type: ignore[arg-type]


# Two at once, on both engines.


def jp_plan(world: World, wanted: Wanted) -> int:
    with world.house.database.writing() as db:
        return plan(db, "jp", wanted, person="mere", now=world.clock.now).id or 0


def soon_in_japan(world: World) -> datetime:
    return local(world.clock.now, "Asia/Tokyo").replace(tzinfo=None) + HOUR


def test_two_who_plan_for_the_same_minute_plan_one_step(world: World) -> None:
    def try_it(_place: int) -> object:
        try:
            return jp_plan(world, Wanted("pause", soon_in_japan(world), reason="x", mode="hidden"))
        except MinuteTaken:
            return "taken"

    found = at_once(4, try_it)
    assert found.count("taken") == 3


def test_of_two_exporters_who_change_one_plan_one_is_told_of_the_other(world: World) -> None:
    number = jp_plan(world, Wanted("pause", soon_in_japan(world), reason="x", mode="hidden"))

    def try_it(place: int) -> object:
        wanted = Wanted("pause", soon_in_japan(world) + place * HOUR, reason="x", mode="hidden")
        try:
            with world.house.database.writing() as db:
                if place:
                    plan(db, "jp", wanted, person="mere", now=world.clock.now, replaces=number)
                else:
                    call_off(db, "jp", number, person="mere", now=world.clock.now)
        except ScheduleOver as refused:
            return refused.values["now_is"]
        return "won"

    assert sorted(map(str, at_once(3, try_it))) == ["Called off", "Called off", "won"]
    with world.house.database.reading() as db:
        states = [each.state for each in db.exec(select(Schedule)).all()]
    assert states.count("cancelled") == 1 and states.count("waiting") <= 1


def test_a_step_is_taken_once_however_many_processes_look(world: World) -> None:
    house = world.house
    number = jp_plan(world, Wanted("pause", soon_in_japan(world), reason="x", mode="hidden"))
    later = world.clock.now + HOUR
    found = at_once(4, lambda _place: run_due(house.database, house.payments, sources, now=later))
    assert sorted(map(str, found)) == ["0", "0", "0", "1"]
    with house.database.reading() as db:
        assert db.get_one(Schedule, number).state == "done"
        assert db.get_one(Market, "jp").state == "paused"


def test_of_the_job_and_somebody_who_calls_the_plan_off_one_comes_first(world: World) -> None:
    house = world.house
    number = jp_plan(world, Wanted("pause", soon_in_japan(world), reason="x", mode="hidden"))
    later = world.clock.now + HOUR

    def try_it(place: int) -> object:
        if place:
            return run_due(house.database, house.payments, sources, now=later)
        try:
            with house.database.writing() as db:
                call_off(db, "jp", number, person="mere", now=later)
        except ScheduleOver:
            return "over"
        return "off"

    found = at_once(2, try_it)
    with house.database.reading() as db:
        outcome = (db.get_one(Schedule, number).state, db.get_one(Market, "jp").state)
    assert (found, outcome) in ((["off", 0], ("cancelled", "soft")), (["over", 1], ("done", "paused")))
