"""Putting a backup back: looked through first, unpacked beside, held against its hashes, and only then put in place.

Files come before the database that names them, and files that only the replaced place had are removed last: at no moment
does a row name a file that is not there. The key comes after the database that is read with it. Where the database cannot be put,
the files that stood there stand there again.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from shop.backups import postgres_copy, sqlite_copy
from shop.backups.archive import Told, known, manifest_of, unpack
from shop.backups.manifest import FOLDERS, KEY, BadBackup, CannotCopy, Manifest
from shop.base.database_address import sqlite_file
from shop.base.tokens import kept_key
from shop.support.requests.attachments import Shelf
from shop.support.requests.models import Attachment

STOOD_THERE = ".softlaunch-replaced-"


class NotEmpty(Exception):
    """Something stands already where the backup is to be put; the message says what."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup is put."""

    database_url: str
    data_dir: Path

    @property
    def engine(self) -> str:
        """The database's kind, as a manifest names it."""
        return "sqlite" if self.database_file else "postgresql"

    @property
    def database_file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        return sqlite_file(self.database_url)


def restore(file: Path, place: Place, *, shapes: tuple[str, ...], replace: bool, told: Told) -> Manifest:
    """Put the backup into an empty place, or with `replace` in place of whatever is there.

    `shapes` are the database shapes that this version knows. Raises BadBackup, NotEmpty or CannotCopy; then database,
    files and key are as they were before.
    """
    manifest = manifest_of(file)
    _check_fit(manifest, place, shapes)
    _check_free(manifest, place, replace=replace)
    files = [each for each in manifest.files if each not in (manifest.database, KEY)]
    with _folder(place.data_dir), tempfile.TemporaryDirectory(prefix=".softlaunch-restore-", dir=place.data_dir) as at:
        staged = Path(at)
        unpack(file, staged, told)
        _check_counts(manifest, staged)
        _check_key(manifest, staged)
        with _files_in_place(staged, place.data_dir, files):
            _put_database(manifest, staged, place)
        if KEY in manifest.files:
            shutil.move(staged / KEY, place.data_dir / KEY)
    _remove_others(manifest, place.data_dir)
    if place.engine == "postgresql":
        postgres_copy.forget_replaced(place.database_url)
    return manifest


def lacking(db: Session, data_dir: Path) -> list[str]:
    """The attachments that a row names and whose bytes are not there."""
    there = {each.name for each in Shelf.of(data_dir).folder.glob("??/*")}
    return sorted(key for key in db.exec(select(Attachment.key)).all() if key not in there)


def _check_fit(manifest: Manifest, place: Place, shapes: tuple[str, ...]) -> None:
    if manifest.engine != place.engine:
        raise BadBackup(f"it holds {manifest.engine}, and SOFTLAUNCH_DATABASE_URL names {place.engine}")
    if manifest.revision and manifest.revision not in shapes:
        raise BadBackup(
            f"softlaunch {manifest.version} made it with shape {manifest.revision}, newer than {shapes[0]}:"
            " restore it with that version"
        )
    if place.engine == "postgresql":
        postgres_copy.check_programs("pg_restore")


def _check_free(manifest: Manifest, place: Place, *, replace: bool) -> None:
    """Nobody may be at work there, and without `replace` nothing may stand there."""
    if file := place.database_file:
        empty = sqlite_copy.is_empty(file)
        at_work = ", ".join(f"process {each}" for each in sqlite_copy.users(file))
    else:
        connected = postgres_copy.others(place.database_url)
        at_work = f"{connected} connections" if connected else ""
        empty = postgres_copy.is_empty(place.database_url)
    if at_work:
        raise CannotCopy(f"the database is in use ({at_work}); stop the shop first")
    if replace:
        return
    if not empty:
        raise NotEmpty("the database there is not empty")
    for folder in FOLDERS:
        if any(each.is_file() for each in (place.data_dir / folder).rglob("*")):
            raise NotEmpty(f"there are files in {place.data_dir / folder}")
    if KEY in manifest.files and (place.data_dir / KEY).exists():
        raise NotEmpty(f"there is a key at {place.data_dir / KEY}")


def _check_counts(manifest: Manifest, staged: Path) -> None:
    """What SQLite's copy holds is known before it is put anywhere; PostgreSQL's only once it is there."""
    if manifest.engine != "sqlite":
        return
    copied = staged / manifest.database
    try:
        revision, counts = sqlite_copy.revision(copied), sqlite_copy.counted(copied)
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"its database cannot be read: {error}") from None
    if revision != manifest.revision:
        raise BadBackup(f"its database has shape {revision}, and its manifest names {manifest.revision}")
    if counts != manifest.counts:
        raise BadBackup("its database holds other rows than its manifest names")


def _check_key(manifest: Manifest, staged: Path) -> None:
    """A key with which nothing could start is known before anything is put."""
    if KEY in manifest.files and kept_key((staged / KEY).read_bytes()) is None:
        raise BadBackup("the secret key in it cannot be used")


@contextmanager
def _folder(data_dir: Path) -> Iterator[None]:
    """Make the folder if it is not there; when the block fails it is removed again, unless something else came into it."""
    there = data_dir.exists()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if not there:
            with suppress(OSError):  # it is not empty
                data_dir.rmdir()
        raise


@contextmanager
def _files_in_place(staged: Path, data_dir: Path, names: Iterable[str]) -> Iterator[None]:
    """Put the files in place; when that or the block fails, everything is as it was before."""
    put: list[str] = []
    # Beside what is staged, which goes in any case: what cannot be put back must stay where somebody finds it.
    stood = Path(tempfile.mkdtemp(prefix=STOOD_THERE, dir=data_dir))
    folders = [each for each in FOLDERS if not (data_dir / each).exists()]
    try:
        for name in names:
            target = data_dir / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.exists():
                _move(target, stood / name)
            put.append(name)
            shutil.move(staged / name, target)
        yield
    except BaseException:
        for name in put:
            (data_dir / name).unlink(missing_ok=True)
        for each in [each for each in stood.rglob("*") if each.is_file()]:
            _move(each, data_dir / each.relative_to(stood))
        shutil.rmtree(stood)
        for folder in folders:
            shutil.rmtree(data_dir / folder, ignore_errors=True)
        raise
    shutil.rmtree(stood)


def _move(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, target)


def _put_database(manifest: Manifest, staged: Path, place: Place) -> None:
    copied = staged / manifest.database
    if file := place.database_file:
        sqlite_copy.put(copied, file)
    else:
        postgres_copy.put(copied, place.database_url, manifest.revision, manifest.counts)


def _remove_others(manifest: Manifest, data_dir: Path) -> None:
    for folder in FOLDERS:
        for each in (data_dir / folder).rglob("*"):
            name = each.relative_to(data_dir).as_posix()
            if each.is_file() and known(name) and name not in manifest.files:
                each.unlink()
