"""Coverage: waking hours against duty, what repeats every week, the table of hours on days whose clocks change, what-if."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.ground.duty import Hours, Interval, Schedule, Shift, duty
from shop.markets.models import Market
from shop.support.answering.routing import Level
from shop.support.shifts.models import Absence, Agent, CalendarDay
from shop.support.shifts.roster import rebuild
from shop.support.shifts.schedules import redo_absences
from shop.support.staffed.coverage import Span, by_week, cover, minutes
from shop.support.staffed.facts import Heard, heard, places
from shop.support.staffed.grid import grid, hours_of
from shop.support.staffed.spans import Alike, besides_alike, usual_alike, weekly
from shop.support.staffed.special_days import special_days
from shop.support.staffed.what_if import UnreadableShift, imagined
from shop.support.staffed.words import every_week, single_dates, table
from tests.support_world import MORNING, market, support_house

OFFICE = Shift(frozenset(range(5)), 540, 1020)  # Monday to Friday, 9:00 to 17:00
WAKING = Hours(480, 1320)
ENGLISH = Languages(Path("none")).tongue("en")


def span(zone: str, first: date, days: int = 7, waking: Hours = WAKING) -> Span:
    return Span(zone, first, days, waking)


def on_duty(zone: str, around: Span, *shifts: Shift, **rest: Any) -> tuple[Interval, ...]:
    start = datetime.combine(around.first, datetime.min.time(), UTC)
    return duty(
        Schedule(zone, shifts or (OFFICE,), **rest), start - timedelta(days=3), start + timedelta(days=around.days + 3)
    )


@pytest.mark.parametrize(
    ("zone", "first", "waking", "expected"),
    [
        pytest.param("Europe/Berlin", date(2027, 6, 7), Hours(480, 1320), (5880, 2400), id="an ordinary week"),
        pytest.param("Europe/Berlin", date(2027, 10, 25), Hours(0, 1440), (10140, 2400), id="169 hours"),
        pytest.param("Europe/Berlin", date(2027, 3, 22), Hours(0, 1440), (10020, 2400), id="167 hours"),
        pytest.param("Europe/Berlin", date(2027, 6, 7), Hours(1200, 180), (2940, 0), id="awake across midnight"),
        pytest.param("Europe/Berlin", date(2027, 6, 7), Hours(480, 480), (10080, 2400), id="a day from eight to eight"),
        pytest.param(
            "Asia/Kathmandu", date(2027, 6, 7), Hours(480, 1320), (5880, 2400), id="45 minutes beside the hour"
        ),
    ],
)
def test_minutes_are_those_that_really_pass(
    zone: str, first: date, waking: Hours, expected: tuple[float, float]
) -> None:
    week = span(zone, first, waking=waking)
    found = cover(week, on_duty("Europe/Berlin", week))
    assert (minutes(found.waking), minutes(found.native)) == expected
    assert minutes(found.holes) == expected[0] - expected[1]


def test_fluent_speakers_count_where_no_native_one_is_there() -> None:
    week = span("Europe/Berlin", date(2027, 6, 7))
    late = Shift(frozenset(range(5)), 840, 1200)
    found = cover(week, on_duty("Europe/Berlin", week), on_duty("Europe/Berlin", week, late))
    assert (minutes(found.native), minutes(found.fluent)) == (5 * 480, 5 * 180)
    assert minutes(found.holes) == 7 * 840 - 5 * 660


@given(
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kolkata", "Africa/Cairo"]),
    st.dates(date(2027, 1, 1), date(2027, 12, 1)),
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)),
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)),
)
def test_every_waking_minute_is_covered_once_or_a_hole_and_the_table_loses_none(
    zone: str, first: date, waking: tuple[int, int], shift: tuple[int, int]
) -> None:
    days = span(zone, first, 9, Hours(*waking))
    native = on_duty("Europe/London", days, Shift(frozenset(range(7)), *shift))
    found = cover(days, native, on_duty("Asia/Tokyo", days))
    parts = [minutes(each) for each in (found.native, found.fluent, found.holes)]
    assert sum(parts) == minutes(found.waking)
    cells = grid(days, found).values()
    assert sum(cell.waking for cell in cells) == pytest.approx(minutes(found.waking))
    assert sum(cell.uncovered for cell in cells) == pytest.approx(minutes(found.holes))
    assert sum(by_week(found.holes, days)) == pytest.approx(minutes(found.holes))


@pytest.mark.parametrize(
    ("zone", "day", "number", "special"),
    [
        ("Europe/Berlin", date(2027, 6, 7), 24, []),
        ("Europe/Berlin", date(2027, 3, 28), 23, []),
        ("Europe/Berlin", date(2027, 10, 31), 25, [(2, 60)]),
        ("Australia/Lord_Howe", date(2027, 4, 4), 25, [(1, 30)]),
        ("Australia/Lord_Howe", date(2027, 10, 3), 24, []),
        ("Asia/Kathmandu", date(2027, 6, 7), 24, []),
        ("Africa/Cairo", date(2027, 4, 30), 23, []),
    ],
)
def test_a_day_has_the_hours_its_clock_shows(
    zone: str, day: date, number: int, special: list[tuple[int, float]]
) -> None:
    found = list(hours_of(day, zone))
    assert len(found) == number
    assert [(each.hour, minutes([each.interval])) for each in found if each.again] == special
    assert all(one.interval.end == other.interval.start for one, other in pairwise(found))


def test_half_hour_zones_have_their_own_hours() -> None:
    week = span("Asia/Kolkata", date(2027, 6, 7))
    cells = grid(week, cover(week, on_duty("Asia/Kolkata", week)))
    assert {cell.native for (hour, _again, day), cell in cells.items() if 9 <= hour < 17 and day < 5} == {60.0}
    assert {cell.native for (hour, _again, _day), cell in cells.items() if not 9 <= hour < 17} == {0.0}


def test_the_repeated_hour_is_labelled() -> None:
    week = span("Europe/Berlin", date(2027, 10, 25), waking=Hours(0, 1440))
    drawn = table(Heard(Market(id="de"), "de", week, cover(week, ())), ENGLISH)
    labels = [row["hour"].replace("\u202f", " ") for row in drawn["rows"]]
    assert labels[2:4] == ["2:00 AM", "2:00 AM again"] and len(labels) == 25
    repeated = drawn["rows"][3]["cells"]
    assert [cell["kind"] for cell in repeated] == ["", "", "", "", "", "", "nobody"]


def test_what_is_the_same_every_week_is_named_once() -> None:
    month = span("Europe/Berlin", date(2027, 6, 7), 28)
    week = weekly(cover(month, on_duty("Europe/Berlin", month)).holes, month)
    assert usual_alike(week) == (
        Alike((0, 1, 2, 3, 4), 480, 540),
        Alike((0, 1, 2, 3, 4), 1020, 1320),
        Alike((5, 6), 480, 1320),
    )
    assert besides_alike(week) == ()


def test_a_holiday_stands_beside_what_is_usual() -> None:
    month = span("Europe/Berlin", date(2027, 6, 7), 28)
    away = Interval(datetime(2027, 6, 15, tzinfo=UTC), datetime(2027, 6, 17, tzinfo=UTC))
    holes = cover(month, on_duty("Europe/Berlin", month, absences=(away,))).holes
    assert besides_alike(weekly(holes, month)) == (Alike((date(2027, 6, 15), date(2027, 6, 16)), 540, 1020),)


def test_weeks_in_which_clocks_differ_show_their_own_holes() -> None:
    # Sydney, London and New York cover Dublin's evening but for the weeks in which their clocks have changed apart.
    weeks = span("Europe/Dublin", date(2027, 3, 1), 56, Hours(420, 1380))
    zones = ("Australia/Sydney", "Europe/London", "America/New_York")
    holes = cover(weeks, [each for zone in zones for each in on_duty(zone, weeks)]).holes
    besides = weekly(holes, weeks).besides
    assert (1260, 1320) in besides[date(2027, 3, 22)] and (1260, 1320) not in besides[date(2027, 3, 8)]


def test_hours_awake_across_midnight_are_named_by_the_date_they_fall_on() -> None:
    week = span("Europe/Berlin", date(2027, 6, 7), waking=Hours(1320, 120))
    named = usual_alike(weekly(cover(week, ()).holes, week))
    assert named == (Alike(tuple(range(7)), 0, 120), Alike(tuple(range(7)), 1320, 1440))


# From rows.


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with support_house(tmp_path) as opened:
        yield opened


def heard_of(database: Database, place: str = "de", **asked: Any) -> Heard:
    with database.reading() as db:
        return heard(db, [db.get_one(Market, place)], now=MORNING, **asked)[0]


def test_coverage_begins_tomorrow_and_is_measured_against_what_the_market_allows(database: Database) -> None:
    found = heard_of(database)
    assert (found.span.first, found.span.days) == (date(2026, 11, 25), 28)
    # Lena 9:00 to 17:30; Maricel, fluent, from 4:00 to 14:00.
    assert every_week(found, ENGLISH)[0].replace("\u202f", " ") == "Mon–Fri, 5:30 PM–10:00 PM"
    assert found.a_week["native"] == 5 * 510
    assert found.worst_week == max(found.uncovered_by_week) and not found.in_bounds
    with database.writing() as db:
        db.get_one(Market, "de").uncovered_minutes = 7 * 14 * 60
    assert heard_of(database).in_bounds


def test_a_language_that_nobody_speaks_has_no_cover(database: Database) -> None:
    found = heard_of(database, "fr")
    assert found.a_week["holes"] == 7 * 840 == found.worst_week


def test_hours_that_nobody_works_yet_change_what_is_seen_and_nothing_that_is_stored(database: Database) -> None:
    before = heard_of(database)
    added = imagined("Hamburg 17:30-22 de", {"Hamburg": "Europe/Berlin"})
    after = heard_of(database, imagined=[added])
    assert before.a_week["holes"] - after.a_week["holes"] == 5 * 270
    assert heard_of(database).covered == before.covered
    elsewhere = imagined("Hamburg 17:30-22 fr", {"Hamburg": "Europe/Berlin"})
    assert heard_of(database, imagined=[elsewhere]).covered == before.covered


def test_an_absence_shows_on_its_dates(database: Database) -> None:
    with database.writing() as db:
        away = Absence(
            agent="lena",
            starts="2026-12-08T00:00",
            ends="2026-12-09T00:00",
            starts_at=MORNING,
            ends_at=MORNING + timedelta(1),
        )
        db.add(away)
        db.flush()
        redo_absences(db, {"lena"}, now=MORNING)
        rebuild(db, now=MORNING)
    dates = [each.replace("\u202f", " ") for each in single_dates(heard_of(database), ENGLISH)]
    assert dates == ["Tue, Dec 8, 2:00 PM–5:30 PM"]


def test_weeks_beyond_the_written_hours_come_from_what_was_agreed(database: Database) -> None:
    found = heard_of(database, weeks=8)
    assert len(found.uncovered_by_week) == 8
    with database.reading() as db:
        known = heard(db, [db.get_one(Market, "de")], now=MORNING, weeks=4)[0]
    assert found.uncovered_by_week[:4] == known.uncovered_by_week
    # The two weeks from 13 January on have no holiday: they are as any other.
    assert found.uncovered_by_week[7] == known.uncovered_by_week[0]


def test_places_are_known_in_every_language_that_writes_them(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Agent, "lena").places = '{"ja": "ハンブルク"}'
    with database.reading() as db:
        known = places(db)
    assert known["Hamburg"] == known["ハンブルク"] == "Europe/Berlin"


def test_days_unlike_the_others_are_named_with_their_calendars_and_clocks(database: Database) -> None:
    with database.writing() as db:
        db.add(CalendarDay(calendar="DE-HH", day=date(2027, 3, 24), name="Company outing"))
    with database.reading() as db:
        days = special_days(db, db.get_one(Market, "de"), span("Europe/Berlin", date(2027, 3, 22), 28), ENGLISH)
    assert days["clocks"] == ["Sun, Mar 28: the clocks go forward (the customers)"]
    assert "Wed, Mar 24: Company outing (DE-HH)" in days["holidays"]
    assert any(each.startswith("Fri, Mar 26: ") and each.endswith("(DE-HH)") for each in days["holidays"])


# What-if.

SEEN = {"Osaka": "Asia/Tokyo", "大阪": "Asia/Tokyo"}


@pytest.mark.parametrize(
    ("text", "zone", "days", "hours", "language", "level"),
    [
        ("Osaka 9-13", "Asia/Tokyo", {0, 1, 2, 3, 4}, (540, 780), "", Level.NATIVE),
        ("大阪 9-13 ja", "Asia/Tokyo", {0, 1, 2, 3, 4}, (540, 780), "ja", Level.NATIVE),
        ("Asia/Tokyo 09:00-13:30 mon-fri ja native", "Asia/Tokyo", {0, 1, 2, 3, 4}, (540, 810), "ja", Level.NATIVE),
        ("new york 18–2 fri-mon fluent es", "America/New_York", {4, 5, 6, 0}, (1080, 120), "es", Level.FLUENT),
        ("Berlin 0-24 daily pt-BR", "Europe/Berlin", set(range(7)), (0, 1440), "pt-BR", Level.NATIVE),
        ("Berlin sat,sun 10-12", "Europe/Berlin", {5, 6}, (600, 720), "", Level.NATIVE),
    ],
)
def test_imagined_hours_are_read_as_people_write_them(
    text: str, zone: str, days: set[int], hours: tuple[int, int], language: str, level: Level
) -> None:
    read = imagined(text, SEEN)
    assert (read.zone, read.shift.days, (read.shift.start, read.shift.end)) == (zone, days, hours)
    assert (read.language, read.level) == (language, level)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Osaka",
        "9-13",
        "Atlantis 9-13",
        "Osaka 9-25",
        "Osaka 24-3",
        "Osaka 9-13 <b>",
        "Osaka 9-13 " + "x" * 200,
        "9-13 Osaka",
    ],
)
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(UnreadableShift):
        imagined(text, SEEN)


def test_a_native_speaker_of_a_near_variant_answers_too() -> None:
    read = imagined("Osaka 9-13 pt-PT fluent", SEEN)
    assert read.answers("pt-BR", Level.FLUENT)
    assert not read.answers("pt-BR", Level.NATIVE) and not read.answers("ja", Level.FLUENT)


def test_a_market_that_never_wakes_has_no_rows() -> None:
    # A window that a clock's change swallows whole is none.
    gap = span("Europe/Berlin", date(2027, 3, 28), 1, Hours(150, 180))
    found = Heard(market("de", languages="de", zone="Europe/Berlin"), "de", gap, cover(gap, ()))
    assert table(found, ENGLISH)["rows"] == [] and found.worst_week == 0
