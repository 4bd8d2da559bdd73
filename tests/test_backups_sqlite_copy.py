"""A SQLite database is copied while others write: whole, and without keeping them out."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from shop.backups import sqlite_copy


def fill_pages(file: Path, number: int) -> None:
    """A SQLite database of so many pages and a few more, in a table `pair` whose two numbers are changed together."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE pair (one INTEGER, other INTEGER, filling BLOB)")
        connection.executemany("INSERT INTO pair VALUES (0, 0, ?)", [(b"x" * 4_000,)] * number)


def test_a_database_that_never_rests_is_copied_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, copied = tmp_path / "source.db", tmp_path / "copied.db"
    fill_pages(source, 200)
    monkeypatch.setattr(sqlite_copy, "SLICE", 8)
    written = 0

    def written_between(_step: str, done: int, total: int) -> None:
        """Somebody commits after every slice of the tries that let others in."""
        nonlocal written
        if done < total:
            other = sqlite3.connect(source, timeout=0)
            try:
                with other:
                    other.execute("UPDATE pair SET one = one + 1, other = other + 1")
                written += 1
            except sqlite3.OperationalError:
                pass  # in the last try nobody gets in
            finally:
                other.close()

    monkeypatch.setattr(sqlite_copy, "REST", 0)
    sqlite_copy.copy(source, copied, written_between)
    assert written >= sqlite_copy.STARTS
    with sqlite3.connect(copied) as connection:
        assert connection.execute("SELECT count(*), min(one), max(one), min(other) FROM pair").fetchone() == (
            200, written, written, written,
        )  # fmt: skip
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_writers_have_their_turn_between_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, copied = tmp_path / "source.db", tmp_path / "copied.db"
    fill_pages(source, 100)
    monkeypatch.setattr(sqlite_copy, "SLICE", 8)
    let_in = threading.Event()

    def once(_step: str, done: int, total: int) -> None:
        if done < total and not let_in.is_set():
            with sqlite3.connect(source, timeout=0) as other:
                other.execute("DELETE FROM pair")
            other.close()
            let_in.set()

    sqlite_copy.copy(source, copied, once)
    assert let_in.is_set() and sqlite_copy.counted(copied) == {"pair": 0}
