"""Making the database forget the bytes of rows that are gone, which its files keep until they are rewritten; their size."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from shop.base.db import Database
from shop.ground.errors import Busy


def size_of(db: Session) -> int:
    """The bytes of SQLite's database."""
    return int(db.connection().execute(text(_SIZE)).scalar_one())


_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"


def compact(database: Database, tables: Iterable[str]) -> None:
    """Rewrite SQLite's file, and empty its write-ahead log; on PostgreSQL let go of the dead rows of these tables.

    Raises Busy while somebody reads or writes for long; it may be tried again then.
    """
    if not database.sqlite:
        preparer = database.engine.dialect.identifier_preparer
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.exec_driver_sql(f"VACUUM {preparer.quote(table)}")
        return
    try:
        with closing(database.engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (sqlite3.OperationalError, DBAPIError) as error:
        raise Busy(retry_after=1) from error
