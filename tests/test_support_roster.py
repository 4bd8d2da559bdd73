"""The roster: duty from shifts and holidays, and the answer hours customers are shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.revisions import Revision
from shop.markets.models import AnswerHours
from shop.support.shifts.calendars import UnknownCalendar, check_calendar
from shop.support.shifts.models import AgentShift, DutyInterval
from shop.support.shifts.roster import rebuild, rebuild_all
from tests.support_world import MORNING, agent, support_house


@pytest.fixture
def database(tmp_path: Path):
    with support_house(tmp_path) as house:
        yield house


def duty_rows(database: Database, agent: str) -> list[DutyInterval]:
    with database.reading() as db:
        query = select(DutyInterval).where(DutyInterval.agent == agent)
        return list(db.exec(query.order_by(col(DutyInterval.starts_at))).all())


def hours(database: Database, level: str) -> list[AnswerHours]:
    with database.reading() as db:
        query = select(AnswerHours).where(AnswerHours.level == level)
        return list(db.exec(query.order_by(col(AnswerHours.starts_at))).all())


def revision(database: Database) -> int:
    with database.reading() as db:
        row = db.get(Revision, "market:de")
        return row.number if row else 0


def test_a_shift_is_duty_at_its_own_wall_clock(database: Database) -> None:
    today = [each for each in duty_rows(database, "lena") if each.starts_at.date() == MORNING.date()]
    assert [(each.starts_at.hour, each.ends_at.hour, each.ends_at.minute) for each in today] == [(8, 16, 30)]


def test_duty_is_known_for_all_that_routing_looks_ahead(database: Database) -> None:
    assert duty_rows(database, "maricel")[-1].ends_at > MORNING + timedelta(days=34)


def test_a_holiday_of_the_agents_own_calendar_is_free(database: Database) -> None:
    rebuild_all(database, now=datetime(2026, 12, 24, 12, tzinfo=UTC))
    worked = {each.starts_at.date() for each in duty_rows(database, "lena")}
    assert datetime(2026, 12, 24, tzinfo=UTC).date() in worked
    assert datetime(2026, 12, 25, tzinfo=UTC).date() not in worked


def test_an_unknown_calendar_is_refused_by_name() -> None:
    with pytest.raises(UnknownCalendar, match="DE-XX"):
        check_calendar("DE-XX")


def test_answer_hours_tell_level_and_name_with_place(database: Database) -> None:
    native = hours(database, "native")[0]
    fluent = hours(database, "fluent")[0]
    assert (native.market, native.language, native.names) == ("de", "de", "Lena (Hamburg)")
    assert fluent.names == "Maricel (Manila)"


def test_windows_that_touch_are_one_with_the_names_of_all(database: Database) -> None:
    with database.writing() as db:  # Jonas begins at 14:00 in Hamburg, just when Maricel goes
        agent(db, "jonas", "Jonas Rieck", "Europe/Berlin", {"de": "fluent"}, (840, 960))
        db.flush()
        rebuild(db, now=MORNING)
    today = next(each for each in hours(database, "fluent") if each.starts_at.date() == MORNING.date())
    assert (today.starts_at.hour, today.ends_at.hour, today.names) == (3, 15, "Maricel (Manila)\nJonas")


def test_a_rebuild_that_changes_nothing_leaves_the_pages_alone(database: Database) -> None:
    before = revision(database)
    rebuild_all(database, now=MORNING + timedelta(hours=6))
    rebuild_all(database, now=MORNING + timedelta(days=1))
    assert revision(database) == before


def test_a_changed_shift_makes_the_market_read_anew(database: Database) -> None:
    before = revision(database)
    with database.writing() as db:
        db.exec(select(AgentShift).where(AgentShift.agent == "lena")).one().end = 900
    rebuild_all(database, now=MORNING)
    assert revision(database) == before + 1
    assert all(each.ends_at.hour == 14 for each in duty_rows(database, "lena"))
