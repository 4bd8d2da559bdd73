"""What documents are made of, without a database: blanks, comparison, hours on two clocks, the margins of a page."""

from datetime import UTC, date, datetime

import pytest

from shop.base.canonical import canonical
from shop.base.i18n import Languages, Tongue
from shop.base.settings import ROOT
from shop.documents.clocks import BY_DAY, seen_from, span
from shop.documents.differing import Difference, differences
from shop.documents.facts import hash_of
from shop.documents.fields import LONGEST_LINE, Asked, wrong
from shop.documents.margins import margins
from shop.documents.sheets import Cell, Listed, Pen, Row, Section, Sheets, Signature, Table, Text, direction

WINTER, SUMMER = datetime(2026, 11, 24, 9, 30, tzinfo=UTC), datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages(ROOT / "locales")


@pytest.fixture
def english(languages: Languages) -> Tongue:
    return languages.tongue("en", "DE")


def sheets(**said: str) -> Sheets:
    rows = tuple(Row(key, (Cell(f"About {key}"), Cell(text))) for key, text in said.items())
    return Sheets((Section("one", "One", (Table("told", rows),)),))


def test_only_what_is_needed_and_empty_is_a_blank() -> None:
    blocks = (
        Text("a", Cell("")),
        Text("b", Cell("said")),
        Table("t", (Row("r", (Cell("Name"), Cell(""), Cell("", optional=True), Cell(""))),)),
        Listed("l", (), needed=True),
        Listed("m", ()),
        Pen(3),
        Signature(("here",)),
    )
    assert Sheets((Section("s", "S", blocks),)).blanks == 4


def test_two_states_differ_by_their_lines_not_by_their_order() -> None:
    before, after = sheets(a="1", b="2", c="3"), sheets(c="3", b="two", d="4")
    assert differences(before, before) == []
    assert differences(before, after) == [
        Difference("One", "About b", "2", "two"),
        Difference("One", "About d", "", "4"),
        Difference("One", "About a", "1", ""),
    ]


def test_texts_and_lists_are_compared_too() -> None:
    def state(text: str, *items: str) -> Sheets:
        return Sheets((Section("s", "S", (Text("t", Cell(text, "sub"), "Title"), Listed("l", items, title="List"))),))

    changed = differences(state("old", "a", "b"), state("new", "a"))
    assert [(each.what, each.was, each.now) for each in changed] == [
        ("Title", "old\nsub", "new\nsub"),
        ("List", "a\nb", "a"),
    ]


def test_facts_are_the_same_text_in_any_order() -> None:
    assert (
        canonical({"b": 1, "a": ["ü", "\u200f"]})
        == canonical({"a": ["ü", "\u200f"], "b": 1})
        == '{"a":["ü","\u200f"],"b":1}'
    )
    assert canonical({"on": date(2026, 11, 24), "of": 1.5}) == '{"of":1.5,"on":"2026-11-24"}'
    assert hash_of("x") != hash_of("y") and len(hash_of("x")) == 64


@pytest.mark.parametrize(
    ("zone", "other", "at", "seen"),
    [
        ("Europe/Berlin", "Pacific/Auckland", WINTER, (20 * 60, 10 * 60)),
        ("Europe/Berlin", "Pacific/Auckland", SUMMER, (18 * 60, 8 * 60)),
        ("Asia/Kolkata", "UTC", WINTER, (150, 16 * 60 + 30)),
        ("UTC", "UTC", WINTER, BY_DAY),
    ],
)
def test_a_day_there_is_told_on_the_clock_here(zone: str, other: str, at: datetime, seen: tuple[int, int]) -> None:
    assert seen_from(BY_DAY, zone, other, at=at) == seen


def test_hours_are_said_as_the_reader_writes_them(english: Tongue) -> None:
    assert span(480, 1320, english) == "08:00–22:00"


def test_nothing_in_a_name_ends_the_string_of_a_margin(english: Tongue) -> None:
    style = margins(english, start='Evil"; } body { display: none', end="a\\b\n", below="</style>")
    assert "\n}\n" in style and style.count("}") == style.count("{") == 7
    assert "\\22 ; \\7d  body" in style and "a\\5c b\\a " in style and "\\3c /style\\3e " in style


def test_an_arabic_page_begins_at_its_right_end(languages: Languages) -> None:
    style = margins(languages.tongue("ar", "AE"), start="البداية", end="x", below="y")
    assert '@top-right { content: "البداية"' in style and "direction: rtl" in style


@pytest.mark.parametrize(
    ("kind", "typed", "taken"),
    [
        ("line", "", True), ("line", "x" * LONGEST_LINE, True), ("line", "x" * (LONGEST_LINE + 1), False),
        ("text", "x" * 2_000, True), ("text", "x" * 2_001, False), ("bearer", "carrier", True), ("bearer", "moon", False),
        ("bearer", "", True), ("number", "0", True), ("number", "100000", True), ("number", "100001", False),
        ("number", "-1", False), ("number", "1.5", False), ("number", "٣", False), ("number", "9" * 150, False),
    ],
)  # fmt: skip
def test_a_field_takes_what_fits_it(english: Tongue, kind: str, typed: str, taken: bool) -> None:
    assert (wrong(Asked("key", "Label", kind), typed, english) == "") == taken


@pytest.mark.parametrize(
    ("said", "runs"),
    [
        ("12 Boathouse Lane\nNelson\nنيوزيلندا", "ltr"), ("٣ مرات", "rtl"), ("(نعم) yes", "rtl"), ("שלום", "rtl"),
        ("+64 3 555 0142", "around"), ("", "around"), ("「はい」", "ltr"),
    ],
)  # fmt: skip
def test_a_text_runs_as_its_first_letter_does(said: str, runs: str) -> None:
    assert direction(said, "around") == runs
