"""What stands in a backup beside its files: by which version, of which shape, how many rows, and every file's hash."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from shop.base.mail import OUTBOX
from shop.support.requests.attachments import ATTACHMENTS

FORMAT = 1
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
KEY = "secret-key"
FOLDERS = (ATTACHMENTS, OUTBOX)  # of the data folder; whatever else lies there is no part of the installation


class BadBackup(Exception):
    """The file is no backup, is not whole, or cannot be restored here; the message says which and why."""


class CannotCopy(Exception):
    """A backup could not be made or put back: the database, its file or its folder does not allow it.

    The message says why and what would help: a file is there already, a folder is missing, the shop is in use.
    """


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The head of a backup. `counts` are the rows of every table at its moment; `revision` is the database's shape."""

    version: str
    made_at: str
    engine: str
    revision: str
    counts: dict[str, int]
    files: dict[str, Packed]
    format: int = FORMAT

    @property
    def database(self) -> str:
        """The name of the file that holds the database."""
        return DATABASES[self.engine]

    def to_json(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def read_manifest(text: bytes) -> Manifest:
    """The manifest of a backup that this version can read. Raises BadBackup."""
    try:
        told = json.loads(text)
        made_in = told["format"]
        if made_in == FORMAT:
            return _manifest(told)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BadBackup(f"its manifest cannot be read ({error!r})") from None
    raise BadBackup(f"it has format {made_in}; this version reads {FORMAT}")


def _manifest(told: dict[str, Any]) -> Manifest:
    files = {str(name): Packed(int(each["size"]), str(each["sha256"])) for name, each in told["files"].items()}
    counts = {str(table): int(number) for table, number in told["counts"].items()}
    version, made_at, engine, revision = (str(told[name]) for name in ("version", "made_at", "engine", "revision"))
    made = Manifest(version=version, made_at=made_at, engine=engine, revision=revision, counts=counts, files=files)
    if made.engine not in DATABASES or made.database not in files:
        raise ValueError("it names no database")
    return made
