"""What the database's errors mean: come again in a moment, come again when a person has seen to it, or a fault of ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from shop.ground.errors import Busy

OUT_OF_ORDER_SECONDS = 5


@contextmanager
def busy_is_a_refusal(*, looking: bool = False) -> Iterator[None]:
    """Raise Busy for what the database says in the block and what may well be done in a moment.

    `looking` says that the block's transaction may not write: there a write is a mistake in the code, and stays a fault.
    """
    try:
        yield
    except PoolEmpty as error:
        raise Busy(retry_after=1) from error
    except DBAPIError as error:
        if is_busy(error) and not (looking and _writes_where_nobody_may(error)):
            raise Busy(retry_after=1) from error
        if _is_out_of_order(error):
            structlog.get_logger().error("database out of order", fault=str(error.orig))
            raise Busy(retry_after=OUT_OF_ORDER_SECONDS) from error
        raise


_READ_ONLY = "25006"


def _writes_where_nobody_may(error: DBAPIError) -> bool:
    """Whether the transaction may not write: of who looks a mistake in the code, of who writes a server that is a standby now."""
    return getattr(error.orig, "sqlstate", "") == _READ_ONLY


# Serialization, dead-lock, lock not had, too many connections, the server ending or coming up, no longer the primary.
_BUSY = ("40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03", _READ_ONLY)


def is_busy(error: DBAPIError) -> bool:
    """Whether the same may well be done in a moment: the database is taken, ends, comes up, or another takes its place."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    state = getattr(error.orig, "sqlstate", "")
    unreached = isinstance(error, OperationalError) and state is None  # no server was there to say why not
    return state in _BUSY or unreached or error.connection_invalidated


_OUT_OF_ORDER = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


def _is_out_of_order(error: DBAPIError) -> bool:
    """Whether a person has to see to it, after which it goes on: no room, no leave to write, no disk, no file."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in _OUT_OF_ORDER
    return getattr(error.orig, "sqlstate", "") in ("53100", "58030")
