"""Where a backup is put: whether it fits there, whether nobody is at work there, and whether anything stands there already."""

from dataclasses import dataclass
from pathlib import Path

from shop.backups import postgres_copy, sqlite_copy
from shop.backups.manifest import FOLDERS, KEY, BadBackup, CannotCopy, Manifest
from shop.base.database_address import sqlite_file


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


def check_fit(manifest: Manifest, place: Place, shapes: tuple[str, ...]) -> None:
    """Raises BadBackup for another kind of database, or a shape that is none of those known here."""
    if manifest.engine != place.engine:
        raise BadBackup(f"it holds {manifest.engine}, and SOFTLAUNCH_DATABASE_URL names {place.engine}")
    if manifest.revision and manifest.revision not in shapes:
        raise BadBackup(
            f"softlaunch {manifest.version} made it with shape {manifest.revision}, newer than {shapes[0]}:"
            " restore it with that version"
        )
    if place.engine == "postgresql":
        postgres_copy.check_programs("pg_restore")


def check_unused(place: Place) -> None:
    """Raises CannotCopy while anybody is at work there."""
    if file := place.database_file:
        at_work = ", ".join(f"process {each}" for each in sqlite_copy.users(file))
    else:
        connected = postgres_copy.others(place.database_url)
        at_work = f"{connected} connections" if connected else ""
    if at_work:
        raise CannotCopy(f"the database is in use ({at_work}); stop the shop first")


def check_empty(manifest: Manifest, place: Place) -> None:
    """Raises NotEmpty where something stands that the backup would replace."""
    file = place.database_file
    if not (sqlite_copy.is_empty(file) if file else postgres_copy.is_empty(place.database_url)):
        raise NotEmpty("the database there is not empty")
    for folder in FOLDERS:
        if any(each.is_file() for each in (place.data_dir / folder).rglob("*")):
            raise NotEmpty(f"there are files in {place.data_dir / folder}")
    if KEY in manifest.files and (place.data_dir / KEY).exists():
        raise NotEmpty(f"there is a key at {place.data_dir / KEY}")
