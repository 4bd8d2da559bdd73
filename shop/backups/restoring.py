"""Putting a backup back: looked through first, unpacked beside, held against its hashes, and only then put in place.

Files come before the database that names them. The key comes after the database that is read with it. Where the database
cannot be put, the files that stood there stand there again.
"""

import shutil
import sqlite3
import tempfile
from pathlib import Path

from sqlmodel import Session, select

from shop.backups import postgres_copy, sqlite_copy
from shop.backups.archive import Told, manifest_of, unpack
from shop.backups.files_put import files_in_place, folder_made, remove_others
from shop.backups.manifest import KEY, BadBackup, Manifest
from shop.backups.place import Place, check_empty, check_fit, check_unused
from shop.base.tokens import kept_key
from shop.support.requests.attachments import Shelf
from shop.support.requests.models import Attachment


def restore(file: Path, place: Place, *, shapes: tuple[str, ...], replace: bool, told: Told) -> Manifest:
    """Put the backup into an empty place, or with `replace` in place of whatever is there.

    `shapes` are the database shapes that this version knows. Raises BadBackup, NotEmpty or CannotCopy; then database,
    files and key are as they were before.
    """
    manifest = manifest_of(file)
    check_fit(manifest, place, shapes)
    check_unused(place)
    if not replace:
        check_empty(manifest, place)
    with (
        folder_made(place.data_dir),
        tempfile.TemporaryDirectory(prefix=".softlaunch-restore-", dir=place.data_dir) as at,
    ):
        staged = Path(at)
        unpack(file, staged, told)
        _check_counts(manifest, staged)
        _check_key(manifest, staged)
        files = [each for each in manifest.files if each not in (manifest.database, KEY)]
        with files_in_place(staged, place.data_dir, files):
            _put_database(manifest, staged, place)
        if KEY in manifest.files:
            shutil.move(staged / KEY, place.data_dir / KEY)
    remove_others(manifest, place.data_dir)
    if place.engine == "postgresql":
        postgres_copy.forget_replaced(place.database_url)
    return manifest


def lacking(db: Session, data_dir: Path) -> list[str]:
    """The attachments that a row names and whose bytes are not there."""
    there = {each.name for each in Shelf.of(data_dir).folder.glob("??/*")}
    return sorted(key for key in db.exec(select(Attachment.key)).all() if key not in there)


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


def _put_database(manifest: Manifest, staged: Path, place: Place) -> None:
    copied = staged / manifest.database
    if file := place.database_file:
        sqlite_copy.put(copied, file)
    else:
        postgres_copy.put(copied, place.database_url, manifest.revision, manifest.counts)
