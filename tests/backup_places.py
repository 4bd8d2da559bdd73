"""Backups made of a busy shop and put into another place; and backups that somebody has changed.

A test module that takes the fixtures names them in its `__all__`.
"""

import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shop import cli
from shop.backups.archive import MANIFEST
from shop.backups.making import Made, back_up
from shop.backups.place import Place
from shop.backups.restoring import restore
from shop.base.database_address import primary_address
from shop.base.db import Database
from shop.base.settings import Settings
from shop.migrations.migrate import shapes
from tests.aftersales import bought
from tests.asking import send
from tests.conftest import ENGINES, world_on
from tests.pictures import jpeg
from tests.world import World


def quiet(_step: str, _done: int, _total: int) -> None:
    """Somebody who does not look at the progress."""


@dataclass
class Elsewhere:
    """Another place, with nothing in it, and the commands there."""

    url: str
    folder: Path

    @property
    def place(self) -> Place:
        """As a restore is told of it."""
        return Place(self.url, self.folder)

    def run(self, *words: str) -> Any:
        """Give a command there."""
        environment = {
            "SOFTLAUNCH_DATABASE_URL": self.url,
            "SOFTLAUNCH_DATA_DIR": str(self.folder),
            "SOFTLAUNCH_SECRET_KEY": "",
        }
        return CliRunner().invoke(cli.app, list(words), env=environment)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Its database."""
        opened = Database(self.url)
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=ENGINES)
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop in which somebody has bought and got mails, and somebody has sent a picture."""
    folder = tmp_path_factory.mktemp("busy")
    with world_on(request, folder) as world:
        bought(world, world.browser("de"))
        assert send(world.browser("de"), jpeg()).status_code == 303
        world.work()
        yield world


@pytest.fixture
def elsewhere(busy: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    """A place for the same kind of database, with nothing in it."""
    folder = tmp_path / "elsewhere"
    if busy.house.settings.sqlite:
        yield Elsewhere(f"sqlite:///{folder / 'softlaunch.db'}", folder)
        return
    with request.getfixturevalue("postgres").database() as url:
        yield Elsewhere(primary_address(url), folder)


def with_folder(world: World, folder: Path) -> Settings:
    """The world's settings with a data folder that a test may change: a copy of its own."""
    shutil.copytree(world.house.settings.data_dir, folder)
    return replace(world.house.settings, data_dir=folder)


def packed(world: World, place: Path, *, with_key: bool = False) -> Made:
    """A backup of the world as it is now."""
    return back_up(world.house.settings, place, with_key=with_key, now=world.clock.now, told=quiet)


def put_back(file: Path, elsewhere: Elsewhere, *, replace: bool = False) -> None:
    """Put the backup into the other place."""
    restore(file, elsewhere.place, shapes=shapes(), replace=replace, told=quiet)


def tampered(file: Path, change: Callable[[str, bytes], bytes | None], *more: tarfile.TarInfo) -> Path:
    """A copy of the backup in which every member is what `change` makes of it; None leaves it out."""
    made = file.with_name("tampered.tar")
    with tarfile.open(file) as source, tarfile.open(made, "w") as target:
        for each in source.getmembers():
            opened = source.extractfile(each)
            assert opened is not None
            data = change(each.name, opened.read())
            if each.name == MANIFEST:
                for other in more:
                    target.addfile(other)
            if data is not None:
                each.size = len(data)
                target.addfile(each, io.BytesIO(data))
    return made


def manifest_with(**values: Any) -> Callable[[str, bytes], bytes]:
    """The backup with another manifest."""
    return lambda name, data: json.dumps(json.loads(data) | values).encode() if name == MANIFEST else data


def with_holes(file: Path, name: str, size: int = 2**40) -> Path:
    """The backup with a file that takes a block in the archive and a terabyte on the disk."""
    made = file.with_name("holes.tar")
    nothing = f"1\n{size}\n0\n".encode().ljust(tarfile.BLOCKSIZE, b"\0")
    with tarfile.open(file) as source, tarfile.open(made, "w") as target:
        for each in source.getmembers():
            opened = source.extractfile(each)
            assert opened is not None
            data = opened.read()
            if each.name == MANIFEST:
                told = json.loads(data)
                told["files"][name]["size"] = size
                data = json.dumps(told).encode()
            if each.name == name:
                marks = {"major": 1, "minor": 0, "name": name, "realsize": size}
                each.pax_headers = {f"GNU.sparse.{key}": str(value) for key, value in marks.items()}
                data = nothing
            each.size = len(data)
            target.addfile(each, io.BytesIO(data))
    return made


def files_of(folder: Path) -> dict[str, bytes]:
    """The attachments and the kept mails of a data folder."""
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for kind in ("attachments", "outbox")
        for each in (folder / kind).rglob("*")
        if each.is_file()
    }
