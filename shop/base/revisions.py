"""The counters that tell when what was kept of the shop is no longer true: one row a scope, raised with every change.

A revision is raised in the transaction that changes something shown, at its very end. This process sees it at once, others
within a second.
"""

import threading
from functools import partial

from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel, select

from shop.base.db import Database, at_last

EVERYWHERE = "everywhere"
POLL_SECONDS = 0.5


class Revision(SQLModel, table=True):
    """How often what `scope` shows has changed; `market:<id>` or `everywhere`."""

    scope: str = Field(primary_key=True)
    number: int = 0


def market_scope(market_id: str) -> str:
    """The revision scope of one market."""
    return f"market:{market_id}"


def scope_of(market_id: str) -> str:
    """The revision scope of one market; of everything where none is named."""
    return market_scope(market_id) if market_id else EVERYWHERE


def raise_revision(db: Session, *scopes: str) -> None:
    """Say, in the transaction that changes it, that what these scopes show is about to differ."""
    raised = db.info.setdefault("raised", set())
    for scope in {*scopes} - raised:
        at_last(db, ("revision", scope), partial(_raise, db, scope))
    raised.update(scopes)


def hold_revision(db: Session, scope: str) -> None:
    """Raise the scope's revision now; on PostgreSQL others who hold the same scope wait until this transaction has ended.

    A scope that is held anywhere must be held by everybody who raises it, before they write anything else.
    """
    _raise(db, scope)
    db.info.setdefault("raised", set()).add(scope)


def _raise(db: Session, scope: str) -> None:
    db.connection().execute(_RAISE, {"scope": scope})


_RAISE = text(
    "INSERT INTO revision (scope, number) VALUES (:scope, 1) "
    "ON CONFLICT (scope) DO UPDATE SET number = revision.number + 1"
)
_ALL = select(Revision.scope, Revision.number)


class Revisions:
    """This process's view of the counters: refreshed after its own commits, and by a watch for those of others."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._reading = threading.Lock()
        self.numbers: dict[str, int] = {}
        database.when_raised(lambda _scopes: self.refresh())

    def refresh(self) -> None:
        """Read all counters anew."""
        with self._reading, self._database.reading() as db:  # one look at a time: an older one must not come out last
            read = dict(db.connection().execute(_ALL).all())
            if read != self.numbers:
                self.numbers = read  # another one, never the same changed: who found a page to hold by it remembers it

    def of(self, scopes: tuple[str, ...]) -> tuple[int, ...]:
        """The present numbers of these scopes."""
        numbers = self.numbers
        return tuple([numbers.get(scope, 0) for scope in scopes])

    def watch(self) -> None:
        """Begin to look for other processes' changes twice a second, until `stop`."""
        self._thread = threading.Thread(target=self._watch, name="revisions", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch, a look under way included."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.refresh()
            except Exception:  # noqa: BLE001, S112 - the database may be away for a while; the next look tells
                continue
