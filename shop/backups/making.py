"""Making a backup while the shop sells: the database at one moment, then the files, into one archive.

A file is written before the row that names it is committed, so whatever the database's moment names is there when the
files are packed after it, but what was removed on purpose in between. A file that no row of that moment names yet does
no harm; the shop's own sweep takes it.
"""

import base64
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shop import __version__
from shop.backups import postgres_copy, sqlite_copy
from shop.backups.archive import Packing, Told, known, name_taken, packed_into
from shop.backups.manifest import DATABASES, FOLDERS, KEY, CannotCopy, Manifest, Packed
from shop.base.database_address import sqlite_file
from shop.base.settings import Settings


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that stands on the disk."""

    file: Path
    manifest: Manifest
    vanished: int  # files that were removed while they were to be packed


@dataclass(frozen=True, slots=True)
class _Copied:
    engine: str
    file: Path
    revision: str
    counts: dict[str, int]


def back_up(settings: Settings, place: Path, *, with_key: bool, now: datetime, told: Told) -> Made:
    """Pack the installation into `place`, or into a file named after the moment when that is a folder.

    Raises CannotCopy when the database cannot be copied, the file is there already, or its folder is missing. Nothing
    half-made stays.
    """
    file = place / f"softlaunch-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar" if place.is_dir() else place
    if file.exists():
        raise name_taken(file)
    if not file.parent.is_dir():
        raise CannotCopy(f"there is no folder {file.parent}")
    with (
        tempfile.TemporaryDirectory(prefix=".softlaunch-backup-", dir=file.parent) as beside,
        packed_into(file) as packing,
    ):
        copied = _copied(settings, Path(beside), told)
        with copied.file.open("rb") as opened:
            packing.add(DATABASES[copied.engine], opened, copied.file.stat().st_size, now.timestamp())
        copied.file.unlink()
        vanished = _pack_files(packing, settings.data_dir, told)
        if with_key:
            key = base64.b64encode(settings.secret_key)
            packing.add(KEY, io.BytesIO(key), len(key), now.timestamp())
        manifest = _manifest(copied, packing.files, now)
        packing.seal(manifest)
    return Made(file, manifest, vanished)


def _copied(settings: Settings, beside: Path, told: Told) -> _Copied:
    told("database", 0, 1)
    if source := sqlite_file(settings.database_url):
        file = beside / DATABASES["sqlite"]
        sqlite_copy.copy(source, file, told)
        return _Copied("sqlite", file, sqlite_copy.revision(file), sqlite_copy.counted(file))
    postgres_copy.check_programs("pg_dump")
    file = beside / DATABASES["postgresql"]
    with postgres_copy.moment(settings.database_url) as (connection, snapshot):
        revision, counts = postgres_copy.revision(connection), postgres_copy.counted(connection)
        postgres_copy.copy(settings.database_url, snapshot, file)
    return _Copied("postgresql", file, revision, counts)


def _pack_files(packing: Packing, data_dir: Path, told: Told) -> int:
    vanished = 0
    names = sorted(_names(data_dir))
    for done, name in enumerate(names):
        told(name, done, len(names))
        try:
            opened = (data_dir / name).open("rb")
        except FileNotFoundError:
            vanished += 1
            continue
        with opened:
            stands = os.fstat(opened.fileno())
            packing.add(name, opened, stands.st_size, stands.st_mtime)
    return vanished


def _names(data_dir: Path) -> Iterator[str]:
    """What belongs to the installation: never a link to elsewhere, nor what somebody else laid there."""
    for folder in FOLDERS:
        for each in (data_dir / folder).rglob("*"):
            name = each.relative_to(data_dir).as_posix()
            if known(name) and each.is_file() and not each.is_symlink():
                yield name


def _manifest(copied: _Copied, files: dict[str, Packed], now: datetime) -> Manifest:
    return Manifest(
        version=__version__,
        made_at=now.astimezone(UTC).isoformat(),
        engine=copied.engine,
        revision=copied.revision,
        counts=copied.counts,
        files=files,
    )
