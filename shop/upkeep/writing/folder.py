"""Leaving the set-up on the disk as a folder: whole or not at all, and never over what is somebody else's.

The files are written beside and put in place by renaming. What lies in a folder that is written anew and belongs to no
set-up (a README, a repository's `.git`) stays.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from sqlmodel import Session

from shop.base.db import Database
from shop.markets.models import Exporter
from shop.policies.library import PolicyLibrary
from shop.upkeep.writing.files import CSVS, FOLDERS, STEPS, TOMLS, steps

Told = Callable[[str, int, int], None]  # what is being done, how many steps are done, of how many

OURS = frozenset({f"{each}.toml" for each in TOMLS} | {f"{each}.csv" for each in CSVS} | FOLDERS.keys())


class FolderInUse(Exception):
    """There is something in the folder already, and nobody said that it may be written anew."""


class NothingToWrite(Exception):
    """No set-up has been loaded yet."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: whose set-up, how many files, how many bytes."""

    exporter: str
    files: int
    size: int


def export_setup(
    database: Database, policies: PolicyLibrary, folder: Path, *, anew: bool = False, told: Told = lambda *_: None
) -> Exported:
    """Write the set-up into the folder; `anew` puts it in place of one that is there.

    Raises FolderInUse, NothingToWrite, or OSError; then the folder is what it was.
    """
    folder = folder.resolve()
    if not anew and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(str(folder))
    with database.reading() as db:
        name, files = _gathered(db, policies, told)
    _put(folder, files)
    told("written", STEPS + 1, STEPS + 1)
    return Exported(name, len(files), sum(map(len, files.values())))


def _gathered(db: Session, policies: PolicyLibrary, told: Told) -> tuple[str, dict[str, bytes]]:
    exporter = db.get(Exporter, 1)
    if exporter is None:
        raise NothingToWrite
    files: dict[str, bytes] = {}
    for number, (name, some) in enumerate(steps(db, policies), 1):
        files |= some
        told(name, number, STEPS + 1)
    return exporter.name, files


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    mark = token_hex(4)
    fresh, before = (folder.with_name(f".{folder.name}.{kind}-{mark}") for kind in ("new", "old"))
    try:
        _write(fresh, files)
        if folder.exists():
            folder.rename(before)
        try:
            fresh.rename(folder)
        except OSError:
            if before.exists():
                before.rename(folder)
            raise
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if before.is_dir():
        for each in before.iterdir():
            if each.name not in OURS:
                each.rename(folder / each.name)
        shutil.rmtree(before)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
