"""Duty through the night, over changes of the clock, to a day's real end, and by shifts that hold for a time only."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.ground.duty import Hours, Shift
from shop.support.shifts import roster
from shop.support.shifts.calendar_days import DaySet, set_calendar_day
from shop.support.shifts.models import AgentShift, DutyInterval, RosterBuild
from shop.support.shifts.working_hours import add_shift, set_day
from tests.rostering import hired, hours, on_duty, roster_house, walls


@pytest.mark.parametrize(
    ("zone", "now", "eve", "night"),
    [
        ("Europe/Berlin", "2026-10-20", date(2026, 10, 24), "22:00-06:00 9h"),
        ("Europe/Berlin", "2027-03-20", date(2027, 3, 27), "22:00-06:00 7h"),
        ("Africa/Casablanca", "2026-09-15", date(2026, 9, 19), "22:00-06:00 9h"),
        ("Australia/Lord_Howe", "2026-10-01", date(2026, 10, 3), "22:00-06:00 7.5h"),
        ("Australia/Lord_Howe", "2027-04-01", date(2027, 4, 3), "22:00-06:00 8.5h"),
    ],
)
def test_a_night_ends_when_the_clock_says_so(tmp_path: Path, zone: str, now: str, eve: date, night: str) -> None:
    today = datetime.fromisoformat(now).replace(tzinfo=UTC)
    with roster_house(tmp_path, now=today) as database:
        hired(database, "nora", zone, (22 * 60, 6 * 60), now=today)
        assert walls(database, "nora", eve) == [night]


def test_a_day_ends_at_24_and_the_next_goes_on_without_a_gap(tmp_path: Path) -> None:
    today = datetime(2026, 11, 24, tzinfo=UTC)
    with roster_house(tmp_path, now=today) as database:
        hired(database, "nora", "Asia/Tokyo", (18 * 60, 24 * 60), (0, 2 * 60), now=today)
        assert walls(database, "nora", date(2026, 11, 26)) == ["18:00-02:00 8h"]


def test_several_shifts_a_day_leave_the_break_between_them(tmp_path: Path) -> None:
    today = datetime(2026, 11, 24, tzinfo=UTC)
    with roster_house(tmp_path, now=today) as database:
        hired(database, "nora", "Europe/Paris", (9 * 60, 12 * 60), (14 * 60, 18 * 60), now=today)
        assert walls(database, "nora", date(2026, 11, 26)) == ["09:00-12:00 3h", "14:00-18:00 4h"]


def test_a_holiday_takes_its_own_clock_day_out_of_a_night(tmp_path: Path) -> None:
    today = datetime(2026, 12, 20, tzinfo=UTC)
    with roster_house(tmp_path, now=today) as database:
        hired(database, "nora", "Europe/Berlin", (22 * 60, 6 * 60), now=today, holidays="DE-HH")
        assert walls(database, "nora", date(2026, 12, 24)) == ["22:00-00:00 2h"]  # 25 and 26 December are holidays
        assert walls(database, "nora", date(2026, 12, 27)) == ["00:00-06:00 6h", "22:00-06:00 8h"]


def test_other_hours_on_a_holiday_are_still_a_holiday_until_the_day_is_set_as_worked(tmp_path: Path) -> None:
    today = datetime(2026, 12, 20, tzinfo=UTC)
    christmas = date(2026, 12, 25)
    with roster_house(tmp_path, now=today) as database:
        hired(database, "nora", "Europe/Berlin", (9 * 60, 17 * 60), now=today, holidays="DE-HH")
        with database.writing() as db:
            set_day(db, "nora", christmas, [hours(10, 12)], note="Phones", now=today)
        assert walls(database, "nora", christmas) == []
        with database.writing() as db:
            set_calendar_day(db, DaySet("DE-HH", christmas, off=False), now=today)
        assert walls(database, "nora", christmas) == ["10:00-12:00 2h"]


def test_shifts_of_the_fasting_month_hold_from_day_to_day(tmp_path: Path) -> None:
    today = datetime(2027, 2, 1, tzinfo=UTC)
    with roster_house(tmp_path, now=today) as database:
        hired(database, "amina", "Africa/Casablanca", (9 * 60, 18 * 60), now=today)
        with database.writing() as db:
            db.exec(select(AgentShift).where(AgentShift.agent == "amina")).one().valid_until = date(2027, 2, 7)
            fasting = Shift(frozenset(range(7)), 10 * 60, 15 * 60, date(2027, 2, 8), date(2027, 3, 9))
            add_shift(db, "amina", fasting, now=today)
        assert walls(database, "amina", date(2027, 2, 7)) == ["09:00-18:00 9h"]
        assert walls(database, "amina", date(2027, 2, 8)) == ["10:00-15:00 5h"]
        assert walls(database, "amina", date(2027, 3, 9)) == ["10:00-15:00 5h"]


def test_other_zone_data_rebuild_all_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime(2026, 11, 24, tzinfo=UTC)
    with roster_house(tmp_path, now=today) as database:
        true = on_duty(database, "lena")
        assert not roster.rebuild_if_clocks_changed(database, now=today)
        _made_with_other_data(database)
        assert roster.rebuild_if_clocks_changed(database, now=today)
        assert on_duty(database, "lena") == true
        assert not roster.rebuild_if_clocks_changed(database, now=today)
        monkeypatch.setattr(roster, "zone_data", lambda: "2031a")
        assert roster.rebuild_if_clocks_changed(database, now=today)
        with database.reading() as db:
            assert db.get_one(RosterBuild, 1).zone_data == "2031a"


def _made_with_other_data(database: Database) -> None:
    """An hour later than it should be, as older data would have had it."""
    with database.writing() as db:
        db.get_one(RosterBuild, 1).zone_data = "2025b"
        first = db.exec(select(DutyInterval).where(DutyInterval.agent == "lena")).first()
        assert first is not None
        first.ends_at = first.ends_at.replace(minute=59)


def test_a_day_off_is_an_other_day_without_hours(tmp_path: Path) -> None:
    today = datetime(2026, 11, 24, tzinfo=UTC)
    with roster_house(tmp_path, now=today) as database:
        hired(database, "nora", "Europe/Berlin", (22 * 60, 6 * 60), now=today)
        with database.writing() as db:
            set_day(db, "nora", date(2026, 11, 26), [], now=today)
            set_day(db, "nora", date(2026, 11, 28), [Hours(8 * 60, 10 * 60), Hours(23 * 60, 24 * 60)], now=today)
        assert walls(database, "nora", date(2026, 11, 25)) == ["22:00-06:00 8h"]
        assert walls(database, "nora", date(2026, 11, 26)) == []
        assert walls(database, "nora", date(2026, 11, 28)) == ["08:00-10:00 2h", "23:00-00:00 1h"]
