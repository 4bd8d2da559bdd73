"""`stop_lines.csv`: written down once, in percent and in the market's currency, and never put back over what was said since."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shop.base.db import Database
from shop.scorecard.stop_lines import history, lines, proposed, write_lines
from shop.upkeep.importing import checked_setup
from shop.upkeep.reading import BadSetup
from tests.launching import policies
from tests.small_setup import NOW, change, database, empty_file, folder, load

__all__ = ["database", "empty_file", "folder", "load"]  # fixtures


FILE = """market,metric,ok,bad,n_min,k_min,role,person,at,reason
jp,return_rate,12.5%,20%,40,3,pause,mere,2026-11-01,Before the first order
jp,margin,0,-500,30,0,go,mere,,
jp,contacts_per_order,0.2,0.4,40,5,advisory,mere,,
"""


@pytest.fixture
def lined(folder: Path) -> Path:
    (folder / "stop_lines.csv").write_text(FILE)
    return folder


def test_lines_are_written_down_as_of_their_day(database: Database, lined: Path, load: Callable[[], Any]) -> None:
    load()
    with database.reading() as db:
        found = lines(db, "jp")
    assert {key: (each.ok, each.bad, each.role) for key, each in found.items()} == {
        "return_rate": (0.125, 0.2, "pause"),
        "margin": (0, -500, "go"),  # yen have no decimals
        "contacts_per_order": (0.2, 0.4, "advisory"),
    }
    assert (found["return_rate"].person, found["return_rate"].reason) == ("mere", "Before the first order")
    assert found["return_rate"].made_at == datetime(2026, 11, 1, 0, tzinfo=UTC)  # nine in the morning there
    assert found["margin"].made_at == NOW


def test_loading_again_puts_nothing_back(database: Database, lined: Path, load: Callable[[], Any]) -> None:
    load()
    moved = replace(next(each for each in proposed() if each.metric == "return_rate"), bad=0.33)
    with database.writing() as db:
        write_lines(db, "jp", [moved], person="mere", reason="said at the console", now=NOW)
    load()
    with database.reading() as db:
        assert lines(db, "jp")["return_rate"].bad == 0.33
        assert len(history(db, "jp")) == 4


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("12.5%", "0.125", "line 2: ok: must be a percentage like 2.5%"),
        (",0,-500", ",0%,-500", "line 3: ok: must be no percentage"),
        ("12.5%,20%", "22.5%,20%", "line 2: bad: judges nothing"),
        ("12.5%", "a lot", "line 2: ok: 'a lot' is neither a number nor a percentage like 2.5%"),
        ("jp,margin", "jp,profit", "line 3: metric: 'profit' is none of conversion, "),
        ("pause,mere", "stop,mere", "line 2: role: 'stop' is none of pause, go, advisory"),
        ("pause,mere", "pause,nobody", "line 2: person: 'nobody' is no person of this set-up"),
        ("jp,margin", "zz,margin", "line 3: market: 'zz' is not the code of a country"),
        ("12.5%,20%,40", "12.5%,20%,0", "line 2: n_min: 0 is not from 1 to 1000000000"),
    ],
)
def test_a_mistake_is_told_with_file_and_place(lined: Path, right: str, wrong: str, complaint: str) -> None:
    change(lined / "stop_lines.csv", right, wrong)
    with pytest.raises(BadSetup) as bad:
        checked_setup(lined, policies(), now=NOW)
    assert any(str(each).startswith(f"stop_lines.csv, {complaint}") for each in bad.value.complaints), bad.value


def test_a_line_of_many_small_units_is_kept(database: Database, lined: Path, load: Callable[[], Any]) -> None:
    change(lined / "markets.toml", 'currency = "JPY"', 'currency = "IDR"')
    change(lined / "stop_lines.csv", "jp,margin,0,-500", "jp,margin,25000000,0")
    load()
    with database.reading() as db:
        assert lines(db, "jp")["margin"].ok == 25_000_000_00


def test_a_set_up_may_do_without_lines(database: Database, load: Callable[[], Any]) -> None:
    load()
    with database.reading() as db:
        assert lines(db, "jp") == {}
