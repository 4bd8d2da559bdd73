"""A set-up's own policies: what a folder brings is held to the same rules, kept beside the software's, never overwritten."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.policies.acceptance import accept
from shop.policies.written import written_policies, written_versions
from shop.upkeep.importing import Imported
from shop.upkeep.reading import BadSetup
from tests.small_setup import NOW, change, database, empty_file, folder, load

__all__ = ["database", "empty_file", "folder", "load"]  # fixtures


DAY = "2027-01-01"
PLACE = f"policies/jp/returns/{DAY}"


@pytest.fixture
def brought(folder: Path) -> Path:
    """The folder of a Japanese version of returns that the set-up brings."""
    shutil.copytree(ROOT / "policies/jp/returns/2026-11-22", folder / PLACE)
    change(folder / PLACE / "rules.toml", "effective = 2026-11-22", f"effective = {DAY}")
    return folder / PLACE


def files(database: Database) -> dict[str, bytes]:
    with database.reading() as db:
        return written_policies(db)


def test_what_is_brought_is_written_again_byte_for_byte(
    brought: Path, load: Callable[[], Imported], database: Database
) -> None:
    load()
    assert files(database) == {f"{PLACE}/{each.name}": each.read_bytes() for each in brought.iterdir()}
    load()
    assert len(files(database)) == len(list(brought.iterdir()))


def test_what_the_software_has_itself_is_not_kept_twice(
    folder: Path, load: Callable[[], Imported], database: Database
) -> None:
    shutil.copytree(ROOT / "policies/jp/returns/2026-11-22", folder / "policies/jp/returns/2026-11-22")
    load()
    assert files(database) == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("rules.toml", "window_days = ", "window_dayz = ", "window_dayz"),
        ("rules.toml", "kind = ", "kind == ", "cannot be read"),
        ("rules.toml", f"effective = {DAY}", "effective = 2027-01-02", "as its folder says"),
        ("ja.md", "# ", "", "begin with its title"),
        ("ja.md", "# ", "# {nonsense} ", "no single value"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_nothing_is_kept(
    brought: Path, load: Callable[[], Imported], database: Database, file: str, old: str, new: str, says: str
) -> None:
    change(brought / file, old, new)
    with pytest.raises(BadSetup) as refused:
        load()
    assert f"{PLACE}/{file}" in str(refused.value) and says in str(refused.value)
    assert files(database) == {}


@pytest.mark.parametrize("name", ["20270101", "2026-W53-5"])
def test_a_folder_is_named_after_its_day_in_one_way(
    brought: Path, load: Callable[[], Imported], database: Database, name: str
) -> None:
    brought.rename(brought.with_name(name))
    with pytest.raises(BadSetup, match=f"policies/jp/returns/{name}"):
        load()
    assert files(database) == {}


def test_the_law_is_not_brought_along(folder: Path, brought: Path, load: Callable[[], Imported]) -> None:
    shutil.copy(ROOT / "policies/jp/minimum.toml", folder / "policies/jp/minimum.toml")
    with pytest.raises(BadSetup, match=r"minimum\.toml"):
        load()


def test_what_nobody_accepted_may_be_brought_anew_and_what_somebody_did_may_not(
    brought: Path, load: Callable[[], Imported], database: Database
) -> None:
    load()
    change(brought / "ja.md", "# ", "# 新しい")
    load()
    assert files(database)[f"{PLACE}/ja.md"] == (brought / "ja.md").read_bytes()
    with database.writing() as db:
        tongue = Languages(ROOT / "locales").tongue("ja", "JP")
        accept(db, "N-1", written_versions(db), tongue, wording="はい", now=NOW)
    change(brought / "ja.md", "# ", "# もっと")
    with pytest.raises(BadSetup, match="can never change"):
        load()
