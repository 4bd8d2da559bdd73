"""History and plans of a market from the command line, for people and for programs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.launches.steering.door import market_door
from shop.launches.steering.markets import Steering
from shop.markets.models import Market
from tests.launching import NOW, exporter, launched, sources, step


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        launched(opened)
        yield opened


def asked(database: Database, *words: str, code: int = 0) -> str:
    tongue = Languages(ROOT / "locales").tongue("en")
    house = Steering(database, None, sources(), tongue, NOW)  # type: ignore[arg-type] # no payments are touched
    result = CliRunner().invoke(market_door, list(words), obj=lambda: house)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def told(database: Database, *words: str) -> Any:
    return json.loads(asked(database, *words, "--json"))


def test_the_history_tells_each_deed_the_newest_first(database: Database) -> None:
    step(database, "pause", mode="hidden", reason="stocktaking")
    found = told(database, "history", "nz")
    assert [(each["action"], each["from"], each["to"]) for each in found] == [
        ("pause", "soft", "paused"),
        ("launch", "ready", "soft"),
        ("ready", "draft", "ready"),
    ]
    assert found[0]["changed"]["pause_mode"] == ["", "hidden"]
    assert found[0]["at_there"] == "2026-11-24T22:30:00+13:00"
    assert "pause  soft -> paused  by mere" in asked(database, "history", "nz")


@pytest.mark.parametrize(
    ("options", "actions"),
    [
        (("--action", "ready"), ["ready"]),
        (("--person", "mere"), ["launch", "ready"]),
        (("--person", "-"), []),
        (("--since", "2026-11-25"), []),
        (("--until", "2026-11-24"), ["launch", "ready"]),
    ],
)
def test_the_history_is_narrowed_down(database: Database, options: tuple[str, ...], actions: list[str]) -> None:
    assert [each["action"] for each in told(database, "history", "nz", *options)] == actions


def test_what_is_no_day_or_market_is_wrong_use(database: Database) -> None:
    asked(database, "history", "nz", "--since", "soon", code=2)
    asked(database, "history", "xx", code=2)
    asked(database, "schedules", "xx", code=2)
    asked(database, "schedule", "xx", "ready", "2026-12-01T00:00", "--person", "mere", code=2)


def test_a_step_is_planned_told_and_called_off(database: Database) -> None:
    when = "2026-12-01T00:00"
    made = told(database, "schedule", "nz", "pause", when, "--reason", "stocktaking", "--mode", "hidden")
    assert (made["due_at"], made["zone"], made["person"]) == ("2026-11-30T11:00:00Z", "Pacific/Auckland", "mere")
    assert when in asked(database, "schedules", "nz")
    assert "is called off" in asked(database, "unschedule", "nz", "1")
    [row] = told(database, "schedules", "nz")
    assert (row["state"], row["outcome"]) == ("cancelled", "It was called off.")
    asked(database, "unschedule", "nz", "1", code=1)


def test_an_odd_time_is_told_with_its_kind(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").zone = "Africa/Cairo"
    said = asked(database, "schedule", "nz", "pause", "2027-04-30T00:00", "--reason", "x")
    assert "2027-04-29T22:00:00Z (gap)" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("explode", "2026-12-01T00:00"), 2),
        (("exposure", "2026-12-01T00:00"), 2),
        (("pause", "2026-12-01T00:00"), 2),
        (("ready", "tomorrow"), 2),
        (("ready", "2020-12-01T00:00"), 1),
        (("ready", "2026-12-01T00:00", "--person", "tane"), 2),
    ],
)
def test_what_cannot_be_planned_is_refused(database: Database, words: tuple[str, ...], code: int) -> None:
    asked(database, "schedule", "nz", *words, code=code)
    assert told(database, "schedules", "nz") == []
