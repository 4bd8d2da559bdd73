"""Changing what was set up, all of an edit or nothing: checked as an import is, stored only where it was touched.

Reading and checking happen outside the transaction that writes; inside it, what was read must still be so. If somebody
else was there between, everything is done again over what they left.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import N_
from shop.ground.errors import Busy
from shop.policies.library import PolicyLibrary
from shop.upkeep.editing.applying import Key, Wanted, alike, unlike
from shop.upkeep.editing.edits import Difference, Edit, differences
from shop.upkeep.editing.following import follow, keep_change
from shop.upkeep.editing.keeping import ONE_BY_ONE, place_of, store
from shop.upkeep.editing.planning import Plan, checked, plan, read_over, row_of
from shop.upkeep.editing.tables import RawRow, read_rows
from shop.upkeep.editing.weighing import weighs
from shop.upkeep.importing import check_against
from shop.upkeep.reading import BadSetup, Complaint
from shop.upkeep.sheets import Setup
from shop.upkeep.turns import take_turn
from shop.upkeep.writing.files import written
from shop.upkeep.wrong import Wrong

TRIES = 5
# What other doors write as well, and is held while an edit compares and writes; on PostgreSQL, SQLite has one writer.
HELD = {
    "exporter.toml": ("exporter",), "people.csv": ("person", "staff_role"), "markets.toml": ("market",),
    "agents.toml": ("agent", "agent_language", "agent_shift", "shift_override", "absence"),
    "calendars.csv": ("calendar_day",), "contacts.csv": ("crisis_contact",), "on_call.toml": ("on_call_rotation",),
    "knowledge": ("known_question", "known_answer", "may_answer", "must_know"), "macros": ("macro",),
    "checklists": ("own_steps",),
    "crisis": ("crisis_card", "crisis_text"), "research": ("research_answer", "research_question"),
}  # fmt: skip
# What nobody writes without a turn, but for columns that no file has (pieces taken of an allotment).
BY_TURNS = ("products.csv", "listings.csv", "landed_costs.csv", "texts", "tax.csv")
KEPT_AS_IT_IS = N_("stays as it is: this has a history that is kept, or is changed on a page of its own")


Keep = Callable[[Session, Sequence[Wanted]], None]
Confirm = Callable[[], None]
Besides = Callable[[Session], None]


class _Moved(Exception):
    """What was read is not so any more."""


def change(
    database: Database,
    policies: PolicyLibrary,
    edits: Sequence[Edit],
    *,
    person: str,
    now: datetime,
    reason: str = "",
    undoes: int | None = None,
    confirm: Confirm = lambda: None,
    besides: Besides = lambda _db: None,
) -> int:
    """Carry out all edits or none; the number of the kept change, 0 where nothing was to be changed.

    `besides` writes what belongs to the change and is no row of the set-up, in the same transaction.
    `confirm` is called before anything is written that weighs a lot (`staff/may.py`), and raises to keep it from that.
    Raises BadSetup with everything that is wrong, StaleEdit, Busy, or NotFound for a file that there is not.
    """

    kept: list[int] = []

    def keep(db: Session, rows: Sequence[Wanted]) -> None:
        kept[:] = [keep_change(db, rows, person=person, reason=reason, undoes=undoes, now=now)]
        follow(db, rows, person=person, reason=reason, now=now)
        besides(db)

    return kept[0] if _tried(database, policies, edits, keep, confirm=confirm, now=now) else 0


def foresee(database: Database, policies: PolicyLibrary, edits: Sequence[Edit], *, now: datetime) -> list[Difference]:
    """What the edits would change, cell by cell, as it would be kept; raises what `change` would raise, writes nothing."""
    rows = _tried(database.keeping_nothing(), policies, edits, lambda _db, _rows: None, confirm=lambda: None, now=now)
    return _differences(rows)


def _differences(rows: Iterable[Wanted]) -> list[Difference]:
    return [
        each for row in rows for each in differences(row.file, row.key, was=row.before, now=row.before, yours=row.after)
    ]


def _tried(
    database: Database, policies: PolicyLibrary, edits: Sequence[Edit], keep: Keep, *, confirm: Confirm, now: datetime
) -> Sequence[Wanted]:
    """The rows that were changed, as they were kept; tried again while others come between."""
    for last in [False] * (TRIES - 1) + [True]:
        try:
            return _once(database, policies, edits, keep, confirm=confirm, now=now)
        except _Moved:
            continue
        except Busy:
            if last:
                raise
    raise Busy(retry_after=1)


def _once(
    database: Database, policies: PolicyLibrary, edits: Sequence[Edit], keep: Keep, *, confirm: Confirm, now: datetime
) -> Sequence[Wanted]:
    with database.reading() as db:
        planned = plan(db, policies, edits, now=now)
    wanted = planned.applied.wanted
    if not wanted:
        return ()
    setup = checked(planned, policies, now=now)
    if weighs(_differences(wanted), planned.visited):
        confirm()
    with database.writing() as db:
        _still_so(db, policies, planned)
        check_against(db, setup, policies, now=now)
        store(db, setup, policies, wanted, now=now)
        rows = _as_kept(db, planned, setup, policies, now=now)
        if rows:
            keep(db, rows)
    return rows


def _still_so(db: Session, policies: PolicyLibrary, planned: Plan) -> None:
    """Take the turn after the one that was read at, over the same rows; else raise _Moved."""
    touched = planned.applied.files.keys()
    held = {table for file in touched for table in HELD.get(file, HELD.get(place_of(file), ()))}
    if take_turn(db, held) != planned.turn + 1:
        raise _Moved
    shared = [each for each in touched if place_of(each) not in BY_TURNS]
    present = written(db, policies, shared, goods=planned.part.goods) if shared else {}
    for file in shared:
        if place_of(file) not in ONE_BY_ONE:
            if present.get(file) != planned.files.get(file):
                raise _Moved
            continue
        rows = read_rows(file, present.get(file))
        mine = [each for each in planned.applied.wanted if each.file == file]
        if any(each.before != _cells(rows.get(each.old_key)) for each in mine):
            raise _Moved


def _as_kept(db: Session, planned: Plan, setup: Setup, policies: PolicyLibrary, *, now: datetime) -> list[Wanted]:
    """The rows of the edit as they were stored, without those that stayed what they were.

    Raises BadSetup for what the import keeps as it is for its own reasons, so that nobody is told of a change that was none.
    """
    present = written(db, policies, planned.applied.files.keys(), goods=planned.part.goods)
    tables = {file: read_rows(file, present.get(file)) for file in planned.applied.files}
    rows = [_stored(each, tables[each.file]) for each in planned.applied.wanted]
    ignored = [fault for asked, row in zip(planned.applied.wanted, rows, strict=True) for fault in _ignored(asked, row)]
    if ignored:
        before = read_over(planned.files, policies, planned.part, now=now)[1]
        ignored = [each for each in ignored if not _meant_the_same(each, before, setup)]
    if ignored:
        raise BadSetup(ignored)
    return [row for row in rows if not alike(row.file, row.before, row.after)]


def _stored(asked: Wanted, rows: Mapping[Key, RawRow]) -> Wanted:
    after = _cells(rows.get(asked.key))
    if after is None and asked.leaves:
        after = _cells(rows.get(asked.old_key))
    return asked if after == asked.after else replace(asked, after=after)


def _ignored(asked: Wanted, row: Wanted) -> Iterable[Complaint]:
    """What was asked for and did not happen."""
    if row is asked:
        return
    if asked.after is None or asked.before is None:
        if (row.after is None) != (asked.after is None):
            yield _kept_as_it_is(asked, "")
    elif row.after is None or row.after == asked.before:
        for column in unlike(asked.file, asked.before, asked.after):
            yield _kept_as_it_is(asked, column)
    else:
        for column in unlike(asked.file, asked.after, row.after):
            if row.after.get(column, "") == asked.before.get(column, ""):
                yield _kept_as_it_is(asked, column)


def _kept_as_it_is(asked: Wanted, column: str) -> Complaint:
    place = "" if asked.file.endswith(".csv") else ".".join(filter(None, (*asked.key, column)))
    return Complaint(asked.file, place, Wrong(KEPT_AS_IT_IS), asked.key, column)


def _meant_the_same(ignored: Complaint, before: Setup, asked: Setup) -> bool:
    """Whether the cell was only written in other figures, as 12.5 for 12.50."""
    was, wanted = (row_of(setup, ignored.file, ignored.key) for setup in (before, asked))
    column = ignored.column
    return bool(was and wanted and column and was.get(column) == wanted.get(column))


def _cells(row: RawRow | None) -> Mapping[str, object] | None:
    return None if row is None else row.cells
