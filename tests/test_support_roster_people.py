"""Agents who were deactivated: no hours of theirs are counted, promised or planned with, until they work here again."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from shop.base.db import Database
from shop.launches.models import Waiver
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.markets.models import AnswerHours, Market
from shop.support.shifts import roster
from shop.support.shifts.models import Agent, RosterBuild, ShiftSwap
from shop.support.staffed.capacity_job import native_minutes
from shop.support.staffed.facts import MOST_WEEKS, Heard, heard
from shop.support.staffed.special_days import special_days
from shop.support.staffed.what_if import imagined
from tests.rostering import on_duty
from tests.world import World

PEOPLE = "/console/people"


def gone(shop: World, *people: str, deed: str = "deactivation") -> None:
    mere = shop.signed_in("mere")
    for each in people:
        assert mere.post(f"{PEOPLE}/{each}/{deed}").status_code == 303
    assert roster.rebuild_if_somebody_left(shop.house.database, now=shop.clock.now)


def heard_of(shop: World, market: str, language: str, **asked: object) -> Heard:
    with shop.house.database.reading() as db:
        found = heard(db, [db.get_one(Market, market)], now=shop.clock.now, **asked)  # type: ignore[arg-type]
        return next(each for each in found if each.language == language)


def agents_of(database: Database, market: str) -> list[str]:
    with database.reading() as db:
        everybody = db.exec(select(Agent).order_by(col(Agent.id))).all()
        return [each.id for each in everybody if market in (each.markets.split() or [market])]


def gate_of_coverage(shop: World, market: str) -> str:
    sources = Sources(shop.house.policies, shop.house.languages.tags, live_payments=False)
    with shop.house.database.reading() as db:
        facts = gather(db, sources, now=shop.clock.now, only=market)[market]
        gates = gates_of(db.get_one(Market, market), facts, now=shop.clock.now)
        return next(each.status for each in gates if each.gate == "agents.coverage")


def promised(database: Database, market: str) -> list[str]:
    with database.reading() as db:
        return [each.names for each in db.exec(select(AnswerHours).where(AnswerHours.market == market)).all()]


def test_who_was_deactivated_covers_nothing_and_does_again_once_activated(sqlite_world: World) -> None:
    shop, database = sqlite_world, sqlite_world.house.database
    with database.writing() as db:
        db.connection().execute(delete(Waiver))
    before = {weeks: heard_of(shop, "jp", "ja", weeks=weeks).covered for weeks in (4, MOST_WEEKS)}
    hours, status = promised(database, "jp"), gate_of_coverage(shop, "jp")
    people = agents_of(database, "jp")
    assert before[MOST_WEEKS].native and hours
    gone(shop, *people)
    for weeks in (4, MOST_WEEKS):  # the written hours, and what was agreed for later
        covered = heard_of(shop, "jp", "ja", weeks=weeks).covered
        assert covered.native == covered.fluent == () and covered.holes == covered.waking
    assert promised(database, "jp") == [] and not any(on_duty(database, each) for each in people)
    assert gate_of_coverage(shop, "jp") == "missing" != status
    gone(shop, *people, deed="activation")
    assert {weeks: heard_of(shop, "jp", "ja", weeks=weeks).covered for weeks in (4, MOST_WEEKS)} == before
    assert promised(database, "jp") == hours and gate_of_coverage(shop, "jp") == status


def test_what_if_adds_to_those_who_work_here_only(sqlite_world: World) -> None:
    shop = sqlite_world
    gone(shop, *agents_of(shop.house.database, "jp"))
    alone = heard_of(shop, "jp", "ja", imagined=[imagined("Asia/Tokyo 9-13 daily", {})]).covered
    assert {each.end - each.start for each in alone.native} == {timedelta(hours=4)} and len(alone.native) == 28


def test_the_capacity_of_a_market_is_that_of_those_who_work_here(sqlite_world: World) -> None:
    shop, database = sqlite_world, sqlite_world.house.database

    def minutes() -> int:
        with database.reading() as db:
            return native_minutes(db, db.get_one(Market, "jp"), now=shop.clock.now)

    assert minutes() > 0
    gone(shop, *agents_of(database, "jp"))
    assert minutes() == 0


def test_no_page_names_who_is_not_there(sqlite_world: World) -> None:
    shop = sqlite_world
    gone(shop, *agents_of(shop.house.database, "jp"))
    with shop.house.database.reading() as db:
        market = db.get_one(Market, "jp")
        days = special_days(db, market, heard_of(shop, "jp", "ja").span, shop.house.languages.tongue("en", "JP"))
    assert days["holidays"] == []
    customer = shop.browser("ja").get("/jp/ja/support").text
    assert "Haruka" not in customer and "遥" not in customer


def test_what_somebody_gave_away_before_they_left_stays_with_whoever_took_it(sqlite_world: World) -> None:
    shop, database = sqlite_world, sqlite_world.house.database
    now = shop.clock.now
    lenas = [each for each in on_duty(database, "lena") if each.start > now + timedelta(days=2)]
    first, second = lenas[0].start.date(), lenas[1].start.date()
    with database.writing() as db:
        db.add(ShiftSwap(giver="lena", day=first, taker="haruka", state="agreed", asked_at=now))
        db.flush()
        roster.rebuild_agents(db, {"lena", "haruka"}, now=now)
    with_lenas = on_duty(database, "haruka")
    gone(shop, "lena")
    assert on_duty(database, "lena") == [] and on_duty(database, "haruka") == with_lenas
    assert any(each.start <= lenas[0].start < each.end for each in with_lenas) and second != first
    gone(shop, "haruka")
    assert on_duty(database, "haruka") == []


def test_nothing_is_rebuilt_while_nobody_comes_or_leaves(sqlite_world: World) -> None:
    shop, database = sqlite_world, sqlite_world.house.database
    assert not roster.rebuild_if_somebody_left(database, now=shop.clock.now)
    mere = shop.signed_in("mere")
    mere.post(f"{PEOPLE}/lena/deactivation")
    shop.later(seconds=15)
    assert on_duty(database, "lena") == []
    assert not roster.rebuild_if_somebody_left(database, now=shop.clock.now)
    with database.reading() as db:
        assert db.get_one(RosterBuild, 1).left == "lena"
    roster.rebuild_all(database, now=shop.clock.now)  # the night says the same
    assert on_duty(database, "lena") == [] and not roster.rebuild_if_somebody_left(database, now=shop.clock.now)
