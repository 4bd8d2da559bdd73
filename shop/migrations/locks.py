"""Changing tables while others sell from them: an ALTER waits for its locks a moment only, lets everybody through, tries again.

On PostgreSQL an ALTER that waits behind one long reader holds up everybody who comes after it. On SQLite there is one
writer, and whoever waits for it gives up after five seconds.
"""

import time
from collections.abc import Callable

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shop.base.database_faults import is_busy
from shop.base.db import Database

LOCK_SECONDS = 2.0  # that those who come after it may have to wait
TRIES = 30
LONGEST_PAUSE = 10.0  # seconds between two tries
_ONE_AT_A_TIME = 7_461_746_203  # any number, the same for all: who else is migrating is waited for

Told = Callable[[str], None]


class TablesInUse(Exception):
    """The locks could not be had in all the time; nothing was changed."""


def patiently(
    database: Database, change: Callable[[Connection], None], *, told: Told, wait: Callable[[float], None] = time.sleep
) -> None:
    """Carry out `change` in one transaction with locks waited for briefly, again and again. Raises TablesInUse."""
    for tried in range(1, TRIES + 1):
        try:
            with database.engine.connect().execution_options(writing=True) as connection:
                change(connection)
            return
        except DBAPIError as error:
            if not _locked_out(error):
                raise
        told(f"The tables are in use; nothing was changed yet. Trying again ({tried} of {TRIES}).")
        wait(min(float(tried), LONGEST_PAUSE))
    raise TablesInUse("the tables were in use all the time; nothing was changed. Run it again when less is going on.")


def wait_briefly(connection: Connection) -> None:
    """In the transaction of a change: no lock is waited for longer than `LOCK_SECONDS`, and one migrates at a time."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT set_config('lock_timeout', :time, true)"), {"time": f"{LOCK_SECONDS * 1000:.0f}ms"}
        )
        connection.execute(text("SELECT pg_advisory_xact_lock(:all)"), {"all": _ONE_AT_A_TIME})


def _locked_out(error: DBAPIError) -> bool:
    """Whether another transaction is in the way; a server that is not there is something else."""
    return is_busy(error) and not error.connection_invalidated and getattr(error.orig, "sqlstate", "") is not None
