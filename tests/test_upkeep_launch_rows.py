"""The history of markets in a set-up: steps with their times, who took them, pauses of their kinds, and what was undone."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.settings import ROOT
from shop.demo.showing import FOLDER
from shop.markets.models import LaunchEvent, Market
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from shop.staff.may import further_roles, give_further_roles
from shop.staff.models import Person, SignInRule
from shop.upkeep.importing import checked_setup, import_setup
from shop.upkeep.reading import BadSetup

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
POLICIES = PolicyLibrary(ROOT / "policies")
HEADER = "market,at,action,from,to,person,reason,mode,rule,approved_by\n"
TOLD = HEADER + (
    "nz,2026-01-01,ready,draft,ready,mere,,,,\n"
    "nz,2026-01-02T15:30,launch,ready,soft,mere,,,,ruth\n"
    "nz,2026-01-03T02:00:05Z,pause,soft,paused,,Three defects,safety,defects,\n"
    "nz,2026-01-04,pause,paused,paused,mere,Nobody is to see it,hidden,,\n"
    "nz,2026-01-04T09:05,undo,paused,paused,mere,,safety,,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "setup"
    shutil.copytree(FOLDER, copy)
    return copy


def test_a_history_is_told_with_its_times_its_pauses_and_what_was_taken_back(folder: Path, tmp_path: Path) -> None:
    (folder / "launches.csv").write_text(TOLD)
    database = loaded(folder, tmp_path)

    with database.reading() as db:
        events = db.exec(select(LaunchEvent).order_by(col(LaunchEvent.at))).all()
        assert [each.at.isoformat() for each in events] == [
            "2025-12-31T20:00:00+00:00", "2026-01-02T02:30:00+00:00", "2026-01-03T02:00:05+00:00",
            "2026-01-03T20:00:00+00:00", "2026-01-03T20:05:00+00:00",
        ]  # fmt: skip
        assert [each.mode for each in events] == ["", "", "safety", "hidden", "safety"]
        assert (events[1].approved_by, events[2].person, events[2].rule) == ("ruth", "", "defects")
        assert [each.undoes for each in events] == [None, None, None, None, events[3].id]
        market = db.get_one(Market, "nz")
        assert (market.state, market.pause_mode, market.ever_sold) == ("paused", "safety", True)


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("Three defects", "", "line 4: reason: is empty"),
        ("safety,defects", "safety,", "line 4: person: is empty, and the rule is empty too; nobody would have done it"),
        ("soft,mere,,", "soft,mere,,hidden", "line 3: mode: is for pauses only"),
        ("undo,paused,paused", "undo,paused,soft", "line 6: to: must be paused"),
        (",ruth", ",nobody", "line 3: approved_by: 'nobody' is no person of this set-up"),
        ("15:30", "25:30", "line 3: at: '2026-01-02T25:30' is neither a date like 2026-11-24 nor a time like 2026-11-24T09:00"),
        ("2026-01-04T09:05", "2026-11-24T22:31", "line 6: at: lies ahead; a history is told afterwards"),
    ],
)  # fmt: skip
def test_a_history_that_cannot_have_been_is_refused(folder: Path, right: str, wrong: str, complaint: str) -> None:
    told = TOLD.replace(right, wrong, 1)
    assert told != TOLD
    (folder / "launches.csv").write_text(told)

    with pytest.raises(BadSetup) as bad:
        checked_setup(folder, POLICIES, now=NOW)

    assert f"launches.csv, {complaint}" in {str(each) for each in bad.value.complaints}


def test_loading_again_wakes_nobody_who_was_deactivated_and_ends_no_rule(folder: Path, tmp_path: Path) -> None:
    database = loaded(folder, tmp_path)
    with database.writing() as db:
        lena = db.get_one(Person, "lena")
        lena.deactivated, lena.second_factor = True, True
        give_further_roles(lena, {"nz": "partner"})
        db.get_one(Market, "nz").four_eyes = True
        db.get_one(Market, "nz").referral_minutes = 77
        db.add(SignInRule(id=1, second_factor=True))

    import_setup(database, folder, POLICIES, now=NOW)

    with database.reading() as db:
        lena = db.get_one(Person, "lena")
        assert (lena.deactivated, further_roles(lena), lena.second_factor) == (True, {"nz": "partner"}, True)
        assert (db.get_one(Market, "nz").four_eyes, db.get_one(Market, "nz").referral_minutes) == (True, 77)
        assert db.get_one(SignInRule, 1).second_factor


def loaded(folder: Path, tmp_path: Path) -> Database:
    """A database with the folder's set-up."""
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(database)
    import_setup(database, folder, POLICIES, now=NOW)
    return database
