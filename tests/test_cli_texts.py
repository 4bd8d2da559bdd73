"""The commands that look through texts: policies held against the law's minimums, and messages gathered."""

from datetime import date
from pathlib import Path

import pytest

from shop import cli
from shop.base import messages_commands
from shop.base.db import Database
from shop.base.settings import ROOT
from shop.policies.library import PolicyLibrary
from shop.policies.models import AcceptedText, WrittenMinimum
from tests.commands import Softlaunch, database, imported, loaded, softlaunch

__all__ = ["database", "imported", "loaded", "softlaunch"]  # fixtures


def test_the_policies_are_fine(softlaunch: Softlaunch) -> None:
    answer = softlaunch("policies", "check", "--json")

    assert answer.code == 0 and answer.json["versions"] >= 15 and answer.json["errors"] == []


def test_a_bad_policy_is_told_with_its_file(
    softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "policies" / "de").mkdir(parents=True)
    monkeypatch.setattr(cli, "ROOT", tmp_path)

    answer = softlaunch("policies", "check")

    assert answer.code == 1 and answer.err.startswith("policies/de/minimum.toml: ")


def test_a_policy_that_was_edited_after_it_was_accepted_stops_check_and_start(
    loaded: Softlaunch, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = next(PolicyLibrary(ROOT / "policies").all())
    with database.writing() as db:
        text = {"language": "de-CH", "market": version.market, "kind": version.kind, "version": version.name}
        db.add(AcceptedText(hash="of other rules", rules="{}", text="# Old", **text))
    file = f"policies/{version.market}/{version.kind}/{version.name}/rules.toml"

    checked = loaded("policies", "check", "--json")
    started = {command: loaded(command) for command in ("serve", "work")}

    assert checked.code == 1 and checked.json["errors"][0].startswith(f"{file}: was changed")
    for answer in started.values():
        assert answer.code == 2 and answer.out == "" and answer.err.startswith(f"softlaunch: {file}: was changed")


def test_policies_are_held_against_the_minimums_written_at_the_console_as_well(
    loaded: Softlaunch, database: Database
) -> None:
    with database.writing() as db:
        db.add(WrittenMinimum(market="de", kind="returns", rule="window_days", value="400", source="A new law",
                              confidence="high", as_of=date(2026, 11, 1)))  # fmt: skip

    checked = loaded("policies", "check", "--json")

    assert checked.code == 1
    [told] = {each.partition("/rules.toml: ")[2] for each in checked.json["errors"]}
    assert "window_days" in told and "minimum 400 (A new law)" in told
    assert all(each.startswith("policies/de/returns/") for each in checked.json["errors"])
    with database.writing() as db:
        db.get_one(WrittenMinimum, ("de", "returns", "window_days")).value = "14"
    assert loaded("policies", "check").code == 0


def test_checking_policies_makes_no_database(softlaunch: Softlaunch, tmp_path: Path) -> None:
    assert softlaunch("policies", "check").code == 0
    assert not (tmp_path / "data").exists()


def test_messages_are_checked_and_gathered(
    softlaunch: Softlaunch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.babel.mappings]]\nmethod = "shop.base.messages:python_messages"\npattern = "**.py"\n'
    )
    (tmp_path / "code.py").write_text('N_("Good day")')
    (tmp_path / "locales").mkdir()
    monkeypatch.setattr(messages_commands, "ROOT", tmp_path)

    stale, gathered, fresh = (
        softlaunch("messages", "check"),
        softlaunch("messages", "gather"),
        softlaunch("messages", "check"),
    )

    assert (stale.code, stale.err.splitlines()[0]) == (1, "messages.pot: missing: 'Good day'")
    assert (gathered.code, fresh.code) == (0, 0)
    (tmp_path / "code.py").write_text("N_(day)")
    broken = softlaunch("messages", "check")
    assert broken.code == 1 and "code.py, line 1: N_() is not given a literal message" in broken.err
