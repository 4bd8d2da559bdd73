"""Wall clocks and UTC: gaps, doubled hours, odd zones, and texts that are not times."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from importlib import metadata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.ground.instants import (
    UnknownZone,
    UnreadableTime,
    as_day,
    first_instant,
    instant_of,
    instant_on,
    iso,
    local,
    next_day,
    parse_clock,
    parse_date,
    parse_instant,
    parse_wall,
    pin_time_zones,
    zone,
)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("clock", "place", "instant"),
    [
        ("2027-06-01T09:00", "Europe/Paris", "2027-06-01T07:00:00Z"),
        ("2027-03-28T02:15", "Europe/Paris", "2027-03-28T01:15:00Z"),
        ("2027-10-31T02:15", "Europe/Paris", "2027-10-31T00:15:00Z"),
        ("2027-10-03T02:10", "Australia/Lord_Howe", "2027-10-02T15:40:00Z"),
        ("2027-04-04T01:45", "Australia/Lord_Howe", "2027-04-03T14:45:00Z"),
        ("2027-06-01T09:00", "Asia/Kathmandu", "2027-06-01T03:15:00Z"),
        ("2027-06-01T09:00", "Pacific/Apia", "2027-05-31T20:00:00Z"),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T19:00:00Z"),
        ("2027-04-30T00:20", "Africa/Cairo", "2027-04-29T22:20:00Z"),
    ],
)
def test_a_shift_time_has_one_instant(clock: str, place: str, instant: str) -> None:
    assert iso(instant_of(wall(clock), place)) == instant


@pytest.mark.parametrize(
    ("clock", "place", "instant"),
    [
        ("2027-03-28T01:59", "Europe/Paris", "2027-03-28T00:59:00Z"),
        ("2027-03-28T02:00", "Europe/Paris", "2027-03-28T01:00:00Z"),
        ("2027-03-28T02:15:30", "Europe/Paris", "2027-03-28T01:00:00Z"),
        ("2027-03-28T02:59", "Europe/Paris", "2027-03-28T01:00:00Z"),
        ("2027-03-28T03:00", "Europe/Paris", "2027-03-28T01:00:00Z"),
        ("2027-10-31T02:15", "Europe/Paris", "2027-10-31T00:15:00Z"),
        ("2027-10-03T02:10", "Australia/Lord_Howe", "2027-10-02T15:30:00Z"),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("2027-04-30T00:20", "Africa/Cairo", "2027-04-29T22:00:00Z"),
        ("2026-06-01T09:00", "Asia/Tokyo", "2026-06-01T00:00:00Z"),
    ],
)
def test_a_scheduled_time_that_is_skipped_becomes_the_first_minute_after_it(
    clock: str, place: str, instant: str
) -> None:
    assert iso(first_instant(wall(clock), place)) == instant


def test_minutes_are_counted_on_the_face_of_the_clock() -> None:
    spring = date(2027, 3, 28)
    assert iso(instant_on(spring, 540, "Europe/Paris")) == "2027-03-28T07:00:00Z"
    assert iso(instant_on(spring, 1440, "Europe/Paris")) == "2027-03-28T22:00:00Z"
    assert iso(instant_on(spring, 1440 + 360, "Europe/Paris")) == "2027-03-29T04:00:00Z"


def test_the_next_day_begins_at_its_first_minute_that_exists() -> None:
    evening = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert iso(next_day(evening, "Europe/Berlin")) == "2026-11-25T23:00:00Z"
    assert iso(next_day(evening, "Pacific/Auckland")) == "2026-11-25T11:00:00Z"
    # The clock skips midnight there on 26 April 2024: the day begins at one.
    assert iso(next_day(datetime(2024, 4, 25, 12, tzinfo=UTC), "Africa/Cairo")) == "2024-04-25T22:00:00Z"


def test_a_wall_time_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        instant_of(datetime(2027, 1, 1, tzinfo=UTC), "Europe/Paris")


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "", "Europe", "../etc/passwd", "/etc/localtime", "a\0b", "Europe/"]
)
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(UnknownZone, match="not a known time zone"):
        zone(name)


def test_only_the_pinned_package_decides_the_time() -> None:
    pin_time_zones()
    assert zoneinfo.TZPATH == ()
    assert metadata.version("tzdata") >= "2026"
    # Morocco stays on GMT from 2026-09-20 on, which older zone files do not know.
    assert local(datetime(2026, 12, 1, 9, tzinfo=UTC), "Africa/Casablanca").hour == 9


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2027-06-01T09:00Z", "2027-06-01T09:00:00Z"),
        ("2027-06-01T09:00:30Z", "2027-06-01T09:00:30Z"),
        ("2027-06-01T09:00:30.500Z", "2027-06-01T09:00:30.500000Z"),
    ],
)
def test_an_instant_is_read_and_written_with_z(text: str, written: str) -> None:
    assert iso(parse_instant(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027-06-01",
        "2027-06-01T09:00:00",
        "2027-06-01T09:00:00+02:00",
        "2027-06-01 09:00:00Z",
        "20270601T090000Z",
        "2027-06-01T09:00:00z",
        "2027-02-29T09:00:00Z",
        "2027-06-01T24:00:00Z",
        "0000-01-01T00:00:00Z",
        "\uff12\uff10\uff12\uff17-06-01T09:00:00Z",
        "2027-06-01T09:00:00Z\n",
    ],
)
def test_a_text_that_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTime, match="is not an instant"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["2027-02-30", "2027-W01-1", "20270101", "1.1.2027", "", "27-1-1"])
def test_a_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTime, match="is not a date"):
        parse_date(text)
    assert as_day(text) is None


def test_a_day_is_read_as_a_browsers_own_field_sends_it() -> None:
    assert as_day("2027-02-28") == parse_date("2027-02-28") == date(2027, 2, 28)


def test_a_wall_time_is_read_without_a_zone() -> None:
    assert parse_wall("2026-11-24T09:05") == datetime(2026, 11, 24, 9, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24",
        "2026-11-24T24:00",
        "2026-11-24T9:00",
        "2026-13-24T09:00",
        "2026-11-24T09:00Z",
        "9999-12-31T09:00",
    ],
)
def test_a_text_that_is_no_wall_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTime):
        parse_wall(text)


def test_clock_times_are_minutes_and_24_00_ends_the_day() -> None:
    read = [parse_clock(text) for text in ("00:00", "09:05", "23:59", "24:00")]
    assert read == [0, 545, 1439, 1440]
    assert parse_date("2027-02-28") == date(2027, 2, 28)


@pytest.mark.parametrize("text", ["24:01", "25:00", "9:00", "09:60", "09:00:00", "-1:00", "", "noon"])
def test_a_text_that_is_no_clock_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTime, match="is not a clock time"):
        parse_clock(text)


ZONES = st.sampled_from(["Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "America/St_Johns"])


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), ZONES)
def test_the_first_instant_is_never_before_the_wall_time_nor_after_the_shift_reading(
    moment: datetime, place: str
) -> None:
    moment = moment.replace(second=0, microsecond=0)
    first = first_instant(moment, place)
    shown = local(first, place).replace(tzinfo=None)
    assert shown >= moment
    assert first <= instant_of(moment, place)
    # Nothing earlier shows that time or a later one without the clock having been put back.
    earlier = local(first - timedelta(minutes=1), place).replace(tzinfo=None)
    assert earlier < moment
