"""Cells of a set-up's files: texts, instants, amounts and clocks are read as they were written, whatever they are."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.base.spreadsheets import guarded, unguarded
from shop.ground.instants import first_instant
from shop.ground.money import Money, money
from shop.upkeep.cells import LARGEST, clock, optional, rate, text
from shop.upkeep.line_sheets import value
from shop.upkeep.moments import moment as read_moment
from shop.upkeep.reading import Folder
from shop.upkeep.writing.spelling import amount, csv_bytes, figures, last_day, moment, toml_bytes
from shop.upkeep.writing.spelling import clock as spelled_clock
from tests.edited_setup import NASTY

ZONES = ("Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "Asia/Tokyo", "Africa/Cairo", "America/Sao_Paulo")


@pytest.mark.parametrize(
    ("kept", "held"),
    [
        ("=1+1", "'=1+1"), ("+64 3 555", "'+64 3 555"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"), ("-3.50", "-3.50"),
        ("-2%", "-2%"), ("'=1", "''=1"), ("'twas", "'twas"), ("a=b", "a=b"), ("", ""), ("'", "'"), ("''-", "'''-"),
        ("＝1+1", "'＝1+1"), ("＋64", "'＋64"), ("－2", "'－2"), ("'＠a", "''＠a"), ("\n=1", "'\n=1"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_carry_out_is_held_with_an_apostrophe(kept: str, held: str) -> None:
    assert (guarded(kept), unguarded(held)) == (held, kept)


@given(
    st.text(alphabet=st.one_of(st.sampled_from("'=+-@＝＋－＠\t\r\n1a%."), st.characters(codec="utf-8")), max_size=8)
)
def test_guarding_is_taken_back_exactly(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def _readable(said: str) -> bool:
    try:
        return text(said) == said
    except ValueError:
        return False


CELL = st.one_of(
    st.sampled_from([NASTY.strip(), "'=1", "-", 'a\n\n"b",', "\ufeffx", "\u2028y", "# no comment", "\x85z"]),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=30),
).filter(_readable)


@given(st.lists(st.tuples(CELL, st.one_of(st.just(""), CELL)), max_size=5, unique_by=lambda each: each[0]))
def test_any_text_that_a_sheet_may_hold_is_read_as_it_was_written(cells: list[tuple[str, str]]) -> None:
    content = csv_bytes(["a", "b"], [{"a": a, "b": b} for a, b in cells])

    folder = Folder({"x.csv": content})

    read = folder.sheet("x.csv", {"a": text, "b": optional(text, "")}, ("a",))
    assert not folder.complaints
    assert [(row["a"], row["b"]) for row in read] == cells


@given(st.dictionaries(CELL, CELL, max_size=5))
def test_any_text_that_a_table_may_hold_is_read_as_it_was_written(cells: dict[str, str]) -> None:
    content = toml_bytes({name: {"a": said} for name, said in cells.items()})

    folder = Folder({"x.toml": content})

    read = folder.tables("x.toml", {"a": text, "id": text}, "id")
    assert not folder.complaints
    assert {row["id"]: row["a"] for row in read} == cells


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2198, 1, 1)),
    st.sampled_from(ZONES),
    st.sampled_from([time(0), time(9)]),
    st.sampled_from([1, 60, 3600, 86_400]),
)
def test_any_instant_is_read_as_it_was_written(wall: datetime, zone: str, usual: time, finest: int) -> None:
    whole = wall.replace(microsecond=wall.microsecond if finest == 1 else 0)
    instant = (whole - timedelta(seconds=whole.timestamp() % finest if finest > 1 else 0)).replace(tzinfo=UTC)

    read = read_moment(moment(instant, zone, usual))

    assert _instant(read, usual, zone) == instant


@pytest.mark.parametrize(
    ("instant", "zone", "usual", "said"),
    [
        (datetime(2026, 11, 23, 23, tzinfo=UTC), "Europe/Berlin", time(0), "2026-11-24"),
        (datetime(2026, 11, 24, 8, tzinfo=UTC), "Europe/Berlin", time(9), "2026-11-24"),
        (datetime(2026, 11, 24, 14, tzinfo=UTC), "Europe/Berlin", time(0), "2026-11-24T15:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", time(0), "2026-10-25T02:30"),
        (
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            "Europe/Berlin",
            time(0),
            "2026-10-25T01:30:00Z",
        ),  # the second 2:30
        (datetime(2026, 11, 24, 14, 0, 5, tzinfo=UTC), "Europe/Berlin", time(0), "2026-11-24T14:00:05Z"),
        (None, "Europe/Berlin", time(0), ""),
    ],
)
def test_an_instant_is_written_as_short_as_it_can_be(
    instant: datetime | None, zone: str, usual: time, said: str
) -> None:
    assert moment(instant, zone, usual) == said


@given(st.integers(0, LARGEST), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_amounts_and_figures_are_read_as_they_were_written(minor: int, currency: str) -> None:
    assert money(amount(minor, currency), currency) == Money(minor, currency)
    assert rate(figures(minor % 100_000, 3)) == minor % 100_000


@given(st.integers(0, 1440))
def test_clocks_are_read_as_they_were_written(minutes: int) -> None:
    assert clock(spelled_clock(minutes)) == minutes


def test_the_end_of_a_day_is_that_day_and_not_the_next_ones_beginning() -> None:
    assert last_day(datetime(2026, 11, 25)) == (date(2026, 11, 24), "")
    assert last_day(datetime(2026, 11, 25, 12)) == (date(2026, 11, 25), "12:00")


@pytest.mark.parametrize("said", ["0.0000125%", "12.3456789%", "-0.25", "123456789012"])
def test_a_stop_line_may_be_as_fine_as_one_written_at_the_console(said: str) -> None:
    assert f"{value(said).number:f}" == said.rstrip("%")


def _instant(read: Any, usual: time, zone: str) -> datetime:
    found = read if isinstance(read, datetime) and read.tzinfo else None
    if found is not None:
        return found
    wall = read if isinstance(read, datetime) else datetime.combine(read.on(date.max), usual)
    return first_instant(wall, zone)
