"""SECURITY.md: every requirement that concerns a shop has its line, and every test that a line names is there."""

import re
from collections import Counter

import pytest

from shop.base.settings import ROOT

# OWASP ASVS 5.0.0: section -> the requirements of level 1, those of level 2. Chapters 9, 10 and 17 concern no shop.
REQUIREMENTS = {
    "1.1": ("", "1-2"), "1.2": ("1-5", "6-9"), "1.3": ("1-2", "3-11"), "1.4": ("", "1-3"), "1.5": ("1", "2"),
    "2.1": ("1", "2-3"), "2.2": ("1-2", "3"), "2.3": ("1", "2-4"), "2.4": ("", "1"),
    "3.2": ("1-2", ""), "3.3": ("1", "2-4"), "3.4": ("1-2", "3-6"), "3.5": ("1-3", "4-5"), "3.7": ("", "1-2"),
    "4.1": ("1", "2-3"), "4.2": ("", "1"), "4.3": ("", "1-2"), "4.4": ("1", "2-4"),
    "5.1": ("", "1"), "5.2": ("1-2", "3"), "5.3": ("1-2", ""), "5.4": ("", "1-3"),
    "6.1": ("1", "2-3"), "6.2": ("1-8", "9-12"), "6.3": ("1-2", "3-4"), "6.4": ("1-2", "3-4"), "6.5": ("", "1-5"),
    "6.6": ("", "1-3"), "6.8": ("", "1-4"),
    "7.1": ("", "1-3"), "7.2": ("1-4", ""), "7.3": ("", "1-2"), "7.4": ("1-2", "3-5"), "7.5": ("", "1-2"),
    "7.6": ("", "1-2"),
    "8.1": ("1", "2"), "8.2": ("1-2", "3"), "8.3": ("1", ""), "8.4": ("", "1"),
    "11.1": ("", "1-2"), "11.2": ("", "1-3"), "11.3": ("1-2", "3"), "11.4": ("1", "2-4"), "11.5": ("", "1"),
    "11.6": ("", "1"),
    "12.1": ("1", "2-3"), "12.2": ("1-2", ""), "12.3": ("", "1-4"),
    "13.1": ("", "1"), "13.2": ("", "1-5"), "13.3": ("", "1-2"), "13.4": ("1", "2-5"),
    "14.1": ("", "1-2"), "14.2": ("1", "2-4"), "14.3": ("1", "2-3"),
    "15.1": ("1", "2-3"), "15.2": ("1", "2-3"), "15.3": ("1", "2-7"),
    "16.1": ("", "1"), "16.2": ("", "1-5"), "16.3": ("", "1-4"), "16.4": ("", "1-3"), "16.5": ("", "1-3"),
}  # fmt: skip
BY_CHAPTER = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}
NOT_MET = 17  # at most; whoever meets one more lowers it

SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
TABLE = re.search(r"<!-- asvs -->\n(.*?)<!-- /asvs -->", SECURITY, re.DOTALL)
assert TABLE is not None
ROWS = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in TABLE[1].strip().splitlines()[2:]]
NAMED = sorted(set(re.findall(r"`(test_\w+)::(test_\w+)`", TABLE[1])))


def numbers(section: str, span: str) -> list[str]:
    """`1-3` of section 2.4 as 2.4.1, 2.4.2, 2.4.3."""
    first, _, last = span.partition("-")
    return [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)] if span else []


def test_every_requirement_has_one_line_with_its_level() -> None:
    wanted = [
        (number, str(level))
        for section, spans in REQUIREMENTS.items()
        for level, span in enumerate(spans, 1)
        for number in numbers(section, span)
    ]
    assert sorted((row[0], row[1]) for row in ROWS) == sorted(wanted)
    assert Counter(int(number.partition(".")[0]) for number, _level in wanted) == BY_CHAPTER


def test_every_line_says_what_it_is_about_and_what_holds_it() -> None:
    short = [row[0] for row in ROWS if len(row) != 4 or len(row[2]) < 4 or len(row[3]) < 8]
    assert short == []
    unheld = [
        row[0]
        for row in ROWS
        if "`test_" not in row[3] and not row[3].startswith(("n/a: ", "by design: ", "**not met**: "))
    ]
    assert unheld == []


def test_what_is_not_met_is_said_and_grows_no_more() -> None:
    not_met = [row[0] for row in ROWS if row[3].startswith("**not met**: ")]
    assert 0 < len(not_met) <= NOT_MET


@pytest.mark.parametrize(("file", "name"), NAMED, ids=map("::".join, NAMED))
def test_every_test_that_is_named_is_there(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / f"{file}.py").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:shop|deploy)/[\w./-]+)`", SECURITY))))
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_it_says_how_to_report_and_what_is_supported() -> None:
    heads = re.findall(r"^## (.+)$", SECURITY, re.MULTILINE)
    assert heads[:3] == ["How to report", "Supported versions", "What it is defended against, in short"]
    assert "private vulnerability reporting" in SECURITY and "@" not in SECURITY.partition("## What")[0]
