"""The folder that a set-up is written into: never half-written, and never in the place of something else unless asked."""

from pathlib import Path
from typing import Any

import pytest

from shop.upkeep.writing import folder as folders
from shop.upkeep.writing.folder import FolderInUse, export_setup
from tests.world import World


def test_a_folder_in_use_is_written_anew_only_when_asked_and_what_is_not_of_a_set_up_stays(
    sqlite_world: World, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export_setup(sqlite_world.house.database, sqlite_world.house.policies, out)
    (out / "README").write_text("ours")
    (out / ".git").mkdir()
    (out / "texts" / "xx.toml").write_text("an old language")

    with pytest.raises(FolderInUse):
        export_setup(sqlite_world.house.database, sqlite_world.house.policies, out)
    assert (out / "texts" / "xx.toml").exists()

    export_setup(sqlite_world.house.database, sqlite_world.house.policies, out, anew=True)
    assert (out / "README").read_text() == "ours" and (out / ".git").is_dir()
    assert not (out / "texts" / "xx.toml").exists()
    assert {each.name for each in tmp_path.iterdir() if "out" in each.name} == {"out"}


def test_a_full_disk_leaves_the_folder_as_it_was(
    sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export_setup(sqlite_world.house.database, sqlite_world.house.policies, out)
    before = {each.relative_to(out): each.read_bytes() for each in out.rglob("*") if each.is_file()}

    def full(folder: Path, _files: Any) -> None:
        folder.mkdir()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        export_setup(sqlite_world.house.database, sqlite_world.house.policies, out, anew=True)

    assert {each.relative_to(out): each.read_bytes() for each in out.rglob("*") if each.is_file()} == before
    assert {each.name for each in tmp_path.iterdir() if "out" in each.name} == {"out"}


def test_the_steps_are_told_up_to_the_last(sqlite_world: World, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export_setup(
        sqlite_world.house.database, sqlite_world.house.policies, tmp_path / "out",
        told=lambda _step, done, of: told.append((done, of)),
    )  # fmt: skip

    assert [done for done, _of in told] == list(range(1, told[-1][1] + 1))
