"""The command as a test gives it: in a house of its own, with what it said and how it ended.

A test module that takes the fixtures names them in its `__all__`.
"""

import io
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shop import cli
from shop.base.db import Database
from shop.base.settings import ROOT
from shop.demo.showing import FOLDER
from shop.migrations.migrate import migrate
from shop.policies.library import PolicyLibrary
from shop.upkeep.importing import import_setup

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer to a program."""
        return json.loads(self.out)


Softlaunch = Callable[..., Answer]


@pytest.fixture
def softlaunch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Softlaunch:
    """The command in a house of its own, with a clock that stands still."""
    (tmp_path / "clock").write_text("2026-11-24T09:30:00+00:00")
    for name in [name for name in os.environ if name.startswith("SOFTLAUNCH_")]:
        monkeypatch.delenv(name)
    given = {"DATA_DIR": tmp_path / "data", "TESTING": "1", "TEST_CLOCK_FILE": tmp_path / "clock"}
    for name, value in given.items():
        monkeypatch.setenv(f"SOFTLAUNCH_{name}", str(value))
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(*words: str, stdin: str = "") -> Answer:
        monkeypatch.setattr(sys, "argv", ["softlaunch", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The database behind the command."""
    opened = Database(f"sqlite:///{tmp_path / 'data' / 'softlaunch.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database into which the demo's set-up was imported, without its passwords."""
    file = tmp_path_factory.mktemp("imported") / "softlaunch.db"
    made = Database(f"sqlite:///{file}")
    migrate(made)
    import_setup(made, FOLDER, PolicyLibrary(ROOT / "policies"), now=NOW)
    made.close()
    return file


@pytest.fixture
def loaded(softlaunch: Softlaunch, imported: Path, tmp_path: Path) -> Softlaunch:
    """The command in a house with the demo's set-up."""
    (tmp_path / "data").mkdir()
    shutil.copy(imported, tmp_path / "data")
    return softlaunch
