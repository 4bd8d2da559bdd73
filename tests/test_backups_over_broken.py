"""A backup over a database that nothing can read any more: what it is most needed for."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shop import cli
from shop.backups.making import back_up
from tests.world import World


def restored(file: Path, folder: Path, *options: str) -> Any:
    environment = {
        "SOFTLAUNCH_DATABASE_URL": f"sqlite:///{folder / 'softlaunch.db'}",
        "SOFTLAUNCH_DATA_DIR": str(folder),
        "SOFTLAUNCH_SECRET_KEY": "",
    }
    return CliRunner().invoke(cli.app, ["restore", str(file), *options], env=environment)


@pytest.mark.parametrize(
    "broken", [b"no database at all, but longer than a header has to be " * 9, b"SQLite format 3\0"]
)
def test_a_database_that_cannot_be_read_is_replaced_only_when_that_is_asked_for(
    sqlite_world: World, tmp_path: Path, broken: bytes
) -> None:
    settings, now = sqlite_world.house.settings, sqlite_world.clock.now
    file = back_up(settings, tmp_path / "kept.tar", with_key=False, now=now, told=lambda *_: None).file
    (folder := tmp_path / "broken").mkdir(mode=0o700)
    (folder / "softlaunch.db").write_bytes(broken)

    refused = restored(file, folder)
    assert refused.exit_code == 1 and "the database there is not empty" in refused.output
    assert (folder / "softlaunch.db").read_bytes() == broken

    replaced = restored(file, folder, "--replace")
    assert replaced.exit_code == 0 and "Made at" in replaced.output
