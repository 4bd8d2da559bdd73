"""A database that is full, read-only or gone is told as `busy`, and works again as soon as it can."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import text

from shop.base.database_faults import OUT_OF_ORDER_SECONDS
from shop.base.db import Busy, Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'kept' / 'shop.db'}")
    (tmp_path / "kept").mkdir()
    with opened.writing() as db:
        db.connection().execute(text("CREATE TABLE note (word TEXT)"))
    yield opened
    opened.close()


def write(database: Database, word: str) -> None:
    with database.writing() as db:
        db.connection().execute(text("INSERT INTO note VALUES (:word)"), {"word": word})


def kept(database: Database) -> list[int]:
    with database.reading() as db:
        return list(db.connection().execute(text("SELECT length(word) FROM note")).scalars())


def said(database: Database, pragma: str) -> None:
    """Set a pragma on the one connection that the pool has."""
    with database.reading() as db:
        db.connection().exec_driver_sql(f"PRAGMA {pragma}")


@pytest.mark.parametrize(
    ("wrong", "right"), [("max_page_count=3", "max_page_count=9999"), ("query_only=1", "query_only=0")]
)
def test_without_room_or_leave_to_write_nothing_is_written_until_there_is(
    database: Database, wrong: str, right: str
) -> None:
    said(database, wrong)
    with pytest.raises(Busy) as refused:
        write(database, "a" * 40_000)
    assert refused.value.values == {"retry_after": OUT_OF_ORDER_SECONDS} and kept(database) == []
    said(database, right)
    write(database, "a" * 40_000)
    assert kept(database) == [40_000]


def test_while_the_folder_is_not_there_it_is_busy_and_no_new_database_takes_its_place(
    database: Database, tmp_path: Path
) -> None:
    write(database, "a")
    (tmp_path / "kept").rename(tmp_path / "elsewhere")
    database.engine.dispose()
    for _again in range(2):
        with pytest.raises(Busy):
            write(database, "lost")
    (tmp_path / "elsewhere").rename(tmp_path / "kept")
    assert kept(database) == [1]
