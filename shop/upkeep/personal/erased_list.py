"""The list of who was erased, by keyed hash: in the database and in a file beside it, so that it outlives a restored backup.

Nobody reads an address out of it; only who holds the house's secret key can ask whether one stands there.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlmodel import Session, col, select

from shop.base.tokens import Signer
from shop.upkeep.models import Erasure
from shop.upkeep.personal.finding import ADDRESSES, same_address

NAME = "erased.jsonl"
UNSAID = "asked"  # the ground of lines that were written before they named one


class Erased(NamedTuple):
    """Up to which instant somebody was erased, and on what ground."""

    at: datetime
    ground: str


class _Line(NamedTuple):
    fingerprint: str
    erased: Erased
    key: str


def fingerprint(signer: Signer, email: str) -> str:
    """The keyed hash of an address, however it is written."""
    return signer.derived(f"erased:{same_address(email)[0]}")


def key_check(signer: Signer) -> str:
    """What tells the keys of two houses apart and nothing of either."""
    return signer.derived("erased list")[:16]


def write_down(folder: Path, erasure: Erasure, *, key: str) -> None:
    """Add an erasure to the file for good, with the check of the key that made its fingerprint.

    It stands on a line of its own, also where a full disk has cut the one before.
    """
    with os.fdopen(os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
        begins = b"" if file.read(1) in (b"", b"\n") else b"\n"
        row = {"fingerprint": erasure.fingerprint, "at": erasure.at.isoformat(), "ground": erasure.ground, "key": key}
        file.write(begins + json.dumps(row).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def listed(db: Session, file: Path) -> dict[str, Erased]:
    """Every fingerprint of the database and of the file, with its last erasure."""
    query = select(Erasure.fingerprint, Erasure.at, Erasure.ground).order_by(col(Erasure.at), col(Erasure.id))
    last = {mark: Erased(at, ground) for mark, at, ground in db.exec(query).all()}
    for line in _written(file):
        known = last.get(line.fingerprint)
        if known is None or line.erased.at > known.at:
            last[line.fingerprint] = line.erased
    return last


def of_another_key(signer: Signer, file: Path) -> int:
    """How many lines of the file nobody can match here, for another key made them. Lines of old do not say by which."""
    return sum(1 for line in _written(file) if line.key not in ("", key_check(signer)))


def returned(db: Session, signer: Signer, file: Path) -> Iterator[tuple[str, Erased]]:
    """The addresses in the database whose fingerprint is on the list, each with its last erasure."""
    erased = listed(db, file)
    if not erased:
        return
    seen: set[str] = set()
    for column in ADDRESSES:
        for address in db.exec(select(column).where(col(column) != "").distinct().execution_options(yield_per=1_000)):
            mark = fingerprint(signer, address)
            if mark in erased and mark not in seen:
                seen.add(mark)
                yield address, erased[mark]


def _written(file: Path) -> Iterator[_Line]:
    if not file.exists():
        return
    for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
        try:
            row = json.loads(line)
            erased = Erased(datetime.fromisoformat(row["at"]), str(row.get("ground", UNSAID)))
            yield _Line(str(row["fingerprint"]), erased, str(row.get("key", "")))
        except (ValueError, KeyError, TypeError, AttributeError):  # written by halves, which was told at that time
            structlog.get_logger().warning("a line of the erased cannot be read", file=str(file), line=number)
