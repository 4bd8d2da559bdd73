"""Duty: from shifts on a wall clock to hours in UTC, and business time counted in them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.ground.duty import (
    Holiday,
    HolidayRule,
    Hours,
    HoursRunOut,
    Interval,
    Schedule,
    Shift,
    business_due,
    covering,
    covers,
    duty,
    merged,
    minus,
    next_start,
)
from shop.ground.instants import iso, parse_clock, parse_instant

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))


def at(text: str) -> datetime:
    """An instant of the year 2027, written `06-01 09:00`."""
    return parse_instant(f"2027-{text.replace(' ', 'T')}Z")


def span(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


def hours(text: str) -> Hours:
    start, end = text.split("-")
    return Hours(parse_clock(start), parse_clock(end))


def shift(text: str, days: Iterable[int] = EVERY_DAY, **dates: date) -> Shift:
    return Shift(frozenset(days), hours(text).start, hours(text).end, **dates)


def works(zone: str, *shifts: Shift, **rest: Any) -> Schedule:
    return Schedule(zone, shifts, **rest)


def written(intervals: Iterable[Interval]) -> list[str]:
    return [f"{iso(one.start)[5:16]} {iso(one.end)[5:16]}".replace("T", " ") for one in intervals]


def on_duty(schedule: Schedule, start: str, end: str) -> list[str]:
    return written(duty(schedule, at(start), at(end)))


PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("schedule", "start", "end", "expected"),
    [
        pytest.param(
            works("Asia/Kathmandu", shift("09:00-17:30", WEEKDAYS)),
            "06-04 00:00",
            "06-08 00:00",
            ["06-04 03:15 06-04 11:45", "06-07 03:15 06-07 11:45"],
            id="weekdays only, at three quarters of an hour",
        ),
        pytest.param(
            works(PARIS, shift("21:00-05:00", {5})),
            "03-27 12:00",
            "03-28 12:00",
            ["03-27 20:00 03-28 03:00"],
            id="a night over spring forward lasts seven hours",
        ),
        pytest.param(
            works(PARIS, shift("21:00-05:00", {5})),
            "10-30 12:00",
            "10-31 12:00",
            ["10-30 19:00 10-31 04:00"],
            id="a night over fall back lasts nine hours",
        ),
        pytest.param(
            works("Australia/Lord_Howe", shift("22:00-06:00", {5})),
            "10-02 00:00",
            "10-03 00:00",
            ["10-02 11:30 10-02 19:00"],
            id="Lord Howe moves by half an hour",
        ),
        pytest.param(
            works(PARIS, shift("02:15-04:00", {6})),
            "03-28 00:00",
            "03-28 12:00",
            ["03-28 01:15 03-28 02:00"],
            id="a start that is skipped takes the offset before",
        ),
        pytest.param(
            works(PARIS, shift("02:15-03:05", {6})),
            "03-28 00:00",
            "03-28 12:00",
            [],
            id="hours that are turned round by a gap are dropped",
        ),
        pytest.param(
            works(PARIS, shift("01:00-02:20", {6}), shift("02:40-06:00", {6})),
            "10-30 20:00",
            "10-31 12:00",
            ["10-30 23:00 10-31 00:20", "10-31 00:40 10-31 05:00"],
            id="a doubled time is its first occurrence",
        ),
        pytest.param(
            works(PARIS, shift("16:00-24:00"), shift("00:00-02:00")),
            "06-01 12:00",
            "06-02 12:00",
            ["06-01 14:00 06-02 00:00"],
            id="24:00 meets 00:00",
        ),
        pytest.param(
            works(PARIS, shift("07:00-07:00", {1})),
            "06-01 00:00",
            "06-03 00:00",
            ["06-01 05:00 06-02 05:00"],
            id="an end equal to its start is a whole day later",
        ),
        pytest.param(
            works(PARIS, shift("09:00-13:00"), shift("12:00-18:00")),
            "06-01 00:00",
            "06-02 00:00",
            ["06-01 07:00 06-01 16:00"],
            id="overlapping shifts are one",
        ),
        pytest.param(
            works(PARIS, shift("22:00-06:00")),
            "06-01 00:00",
            "06-01 21:00",
            ["06-01 00:00 06-01 04:00", "06-01 20:00 06-01 21:00"],
            id="cut at both ends of the question",
        ),
        pytest.param(
            works(PARIS, shift("09:00-17:00"), overrides={date(2027, 6, 1): (hours("11:00-12:00"),)}),
            "06-01 00:00",
            "06-02 12:00",
            ["06-01 09:00 06-01 10:00", "06-02 07:00 06-02 12:00"],
            id="an override replaces the day",
        ),
        pytest.param(
            works(PARIS, shift("22:00-06:00"), overrides={date(2027, 6, 1): ()}),
            "06-01 00:00",
            "06-02 21:00",
            ["06-01 00:00 06-01 04:00", "06-02 20:00 06-02 21:00"],
            id="an override leaves the night before alone",
        ),
        pytest.param(
            works(PARIS, overrides={date(2027, 5, 31): (hours("23:00-03:00"),)}),
            "06-01 00:00",
            "06-02 00:00",
            ["06-01 00:00 06-01 01:00"],
            id="an override reaches past midnight too",
        ),
        pytest.param(
            works(
                PARIS,
                shift("09:00-17:00", valid_until=date(2027, 6, 1)),
                shift("12:00-20:00", valid_from=date(2027, 6, 2)),
            ),
            "06-01 00:00",
            "06-03 00:00",
            ["06-01 07:00 06-01 15:00", "06-02 10:00 06-02 18:00"],
            id="shifts with dates, both included",
        ),
        pytest.param(
            works(
                PARIS,
                shift("06:00-18:00"),
                absences=(span("06-01 08:00", "06-01 10:00"), span("06-01 09:30", "06-01 11:00")),
            ),
            "06-01 00:00",
            "06-02 00:00",
            ["06-01 04:00 06-01 08:00", "06-01 11:00 06-01 16:00"],
            id="absences cut a shift in two",
        ),
        pytest.param(
            works("Pacific/Apia", shift("09:00-17:00", {0})),
            "06-06 00:00",
            "06-09 00:00",
            ["06-06 20:00 06-07 04:00"],
            id="Monday in Samoa begins on Sunday",
        ),
    ],
)
def test_duty_follows_the_wall_clock(schedule: Schedule, start: str, end: str, expected: list[str]) -> None:
    assert on_duty(schedule, start, end) == expected


NIGHT = shift("22:00-06:00")
FIRST = date(2027, 6, 1)


@pytest.mark.parametrize(
    ("rule", "holiday", "expected"),
    [
        ("clock", Holiday(FIRST), ["05-31 20:00 05-31 22:00", "06-01 22:00 06-02 04:00"]),
        ("shift_start", Holiday(FIRST), ["05-31 20:00 06-01 04:00"]),
        (
            "clock",
            Holiday(FIRST, hours("00:30-05:00")),
            ["05-31 20:00 05-31 22:30", "06-01 03:00 06-01 04:00", "06-01 20:00 06-02 04:00"],
        ),
        (
            "shift_start",
            Holiday(FIRST, hours("23:00-24:00")),
            ["05-31 20:00 06-01 04:00", "06-01 20:00 06-01 21:00", "06-01 22:00 06-02 04:00"],
        ),
        (
            "clock",
            Holiday(FIRST, hours("23:00-02:00")),
            ["05-31 20:00 06-01 04:00", "06-01 20:00 06-01 21:00", "06-02 00:00 06-02 04:00"],
        ),
    ],
)
def test_a_holiday_takes_out_the_day_the_shifts_or_its_hours(
    rule: HolidayRule, holiday: Holiday, expected: list[str]
) -> None:
    schedule = works(PARIS, NIGHT, holidays=(holiday,), holiday_rule=rule)
    assert on_duty(schedule, "05-31 12:00", "06-02 12:00") == expected


@pytest.mark.parametrize("rule", ["clock", "shift_start"])
def test_a_holiday_beats_an_override_on_its_day(rule: HolidayRule) -> None:
    schedule = works(
        PARIS,
        overrides={FIRST: (hours("10:00-12:00"),)},
        holidays=(Holiday(FIRST),),
        holiday_rule=rule,
    )
    assert on_duty(schedule, "06-01 00:00", "06-02 00:00") == []


def test_a_holiday_on_a_day_that_lost_its_midnight_begins_when_the_day_does() -> None:
    schedule = works("Africa/Cairo", shift("20:00-04:00"), holidays=(Holiday(date(2027, 4, 30)),))
    assert on_duty(schedule, "04-29 12:00", "04-30 22:00") == [
        "04-29 18:00 04-29 22:00",
        "04-30 21:00 04-30 22:00",
    ]


def test_intervals_merge_subtract_and_are_found() -> None:
    day = [span("06-01 12:00", "06-01 14:00"), span("06-01 08:00", "06-01 12:00")]
    late, empty = span("06-01 18:00", "06-01 20:00"), span("06-01 15:00", "06-01 15:00")
    whole = merged([late, *day, empty])
    assert written(whole) == ["06-01 08:00 06-01 14:00", "06-01 18:00 06-01 20:00"]
    assert written(minus(whole, [span("06-01 13:00", "06-01 19:00")])) == [
        "06-01 08:00 06-01 13:00",
        "06-01 19:00 06-01 20:00",
    ]
    assert covering(whole, at("06-01 18:00")) == late
    assert covers(whole, at("06-01 08:00")) and not covers(whole, at("06-01 14:00"))
    assert not covers((), at("06-01 14:00"))
    assert next_start(whole, at("06-01 08:00")) == late.start
    assert next_start(whole, at("06-01 18:00")) is None


OFFICE = (span("06-01 07:00", "06-01 15:00"), span("06-02 07:00", "06-02 15:00"))


@pytest.mark.parametrize(
    ("start", "minutes", "pauses", "due"),
    [
        ("06-01 07:00", 480, [], "06-01 15:00"),
        ("06-01 07:00", 481, [], "06-02 07:01"),
        ("06-01 15:00", 1, [], "06-02 07:01"),
        ("06-01 03:00", 0, [], "06-01 03:00"),
        ("06-01 14:00", 90, [], "06-02 07:30"),
        ("06-01 08:00", 60, [("06-01 08:30", "06-01 10:00")], "06-01 10:30"),
        ("06-01 08:00", 60, [("06-01 09:00", "06-01 10:00")], "06-01 09:00"),
        ("06-01 08:00", 60, [("06-01 06:00", "06-02 09:00")], "06-02 10:00"),
        (
            "06-01 08:00",
            60,
            [("06-01 08:00", "06-01 08:20"), ("06-01 08:10", "06-01 08:30")],
            "06-01 09:30",
        ),
        ("06-01 08:00", 7.5, [], "06-01 08:07:30"),
    ],
)
def test_business_time_runs_only_in_the_hours_and_outside_pauses(
    start: str, minutes: float, pauses: list[tuple[str, str]], due: str
) -> None:
    paused = [span(*pause) for pause in pauses]
    assert business_due(at(start), minutes, OFFICE, paused) == at(due)


def test_hours_that_overlap_count_once() -> None:
    assert business_due(at("06-01 07:00"), 60, OFFICE * 2) == at("06-01 08:00")


def test_hours_that_run_out_say_so() -> None:
    with pytest.raises(HoursRunOut, match=r"960\.5 minutes"):
        business_due(at("06-01 07:00"), 960.5, OFFICE)
    with pytest.raises(ValueError, match="not negative"):
        business_due(at("06-01 07:00"), -1, OFFICE)


# A scan that never converts a wall time to UTC: it reads the clock at every minute. Only times that
# a clock change skips or doubles need a rule, so the hours drawn begin and end outside those.
SCANNED = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
SAFE_MINUTES = st.one_of(st.integers(0, 50), st.integers(4 * 60, 24 * 60 - 1))
SOME_HOURS = st.builds(Hours, SAFE_MINUTES, SAFE_MINUTES)
CHANGES = [
    date(2027, 3, 28),
    date(2027, 10, 31),
    date(2027, 3, 14),
    date(2027, 11, 7),
    date(2027, 4, 4),
]


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    day = draw(st.sampled_from(CHANGES))
    near = st.integers(-2, 2).map(lambda days: day + timedelta(days=days))
    shifts = st.builds(
        lambda days, hours: Shift(days, hours.start, hours.end),
        st.frozensets(st.integers(0, 6), min_size=1),
        SOME_HOURS,
    )
    schedule = Schedule(
        draw(st.sampled_from(SCANNED)),
        tuple(draw(st.lists(shifts, max_size=3))),
        draw(st.dictionaries(near, st.lists(SOME_HOURS, max_size=2).map(tuple), max_size=2)),
        tuple(draw(st.lists(st.builds(Holiday, near, st.none() | SOME_HOURS), max_size=2))),
        draw(st.sampled_from(["clock", "shift_start"])),
    )
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return schedule, noon - timedelta(days=1)


def scanned(schedule: Schedule, instant: datetime) -> bool:
    clock = instant.astimezone(ZoneInfo(schedule.zone)).replace(tzinfo=None)
    today, minute = clock.date(), clock.hour * 60 + clock.minute
    off = {holiday.day for holiday in schedule.holidays if holiday.hours is None}
    if schedule.holiday_rule == "clock" and today in off:
        return False
    closing = [(one.day, one.hours) for one in schedule.holidays if one.hours]
    if any(holds(hours, day, today, minute) for day, hours in closing):
        return False
    for day in (today, today - timedelta(days=1)):
        if schedule.holiday_rule == "shift_start" and day in off:
            continue
        weekly = [one.hours for one in schedule.shifts if day.weekday() in one.days]
        if any(holds(one, day, today, minute) for one in schedule.overrides.get(day, weekly)):
            return True
    return False


def holds(hours: Hours, day: date, today: date, minute: int) -> bool:
    passed = (today - day).days * 1440 + minute
    end = hours.end if hours.end > hours.start else hours.end + 1440
    return hours.start <= passed < end


@settings(max_examples=40, deadline=None)
@given(schedules())
def test_duty_equals_a_scan_of_the_clock_minute_by_minute(case: tuple[Schedule, datetime]) -> None:
    schedule, start = case
    end = start + timedelta(days=2)
    found = duty(schedule, start, end)
    for minute in range(2 * 1440):
        instant = start + timedelta(minutes=minute)
        assert covers(found, instant) == scanned(schedule, instant), iso(instant)


@settings(max_examples=100, deadline=None)
@given(schedules())
def test_duty_is_sorted_disjoint_and_inside_the_question(case: tuple[Schedule, datetime]) -> None:
    schedule, start = case
    end = start + timedelta(days=2)
    found = duty(schedule, start, end)
    assert all(start <= one.start < one.end <= end for one in found)
    assert all(one.end < other.start for one, other in pairwise(found))


MOMENTS = st.integers(0, 5000).map(lambda minutes: at("06-01 00:00") + timedelta(minutes=minutes))
INTERVALS = st.lists(st.builds(Interval, MOMENTS, MOMENTS), max_size=8)


@given(INTERVALS, INTERVALS, MOMENTS)
def test_what_is_left_is_in_the_intervals_and_not_in_the_holes(
    intervals: list[Interval], holes: list[Interval], moment: datetime
) -> None:
    expected = covers(merged(intervals), moment) and not covers(merged(holes), moment)
    assert covers(minus(intervals, holes), moment) == expected


FOREVER = Interval(at("06-20 00:00"), at("12-31 00:00"))


@given(INTERVALS, INTERVALS, MOMENTS, st.integers(0, 3000), st.integers(0, 3000))
def test_a_later_start_or_a_larger_budget_is_never_due_earlier(
    intervals: list[Interval], pauses: list[Interval], start: datetime, minutes: int, more: int
) -> None:
    hours = [*intervals, FOREVER]
    due = business_due(start, minutes, hours, pauses)
    assert start <= due <= business_due(start, minutes + more, hours, pauses)
    assert due <= business_due(start + timedelta(minutes=more), minutes, hours, pauses)
