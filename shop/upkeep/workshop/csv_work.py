"""Looking through a spreadsheet and taking it: at once when it is short, by the periodic work when it is long.

How far it is stands in a row, so that every process can tell. What was looked at is what is taken: when the file has
changed in between, nothing is written and it is looked through anew.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue
from shop.markets.visited import visited
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.models import Person
from shop.upkeep.editing.changing import change, foresee
from shop.upkeep.editing.edits import Difference, StaleEdit
from shop.upkeep.editing.shapes import shape_of
from shop.upkeep.editing.tables import RawRow, Table, table
from shop.upkeep.editing.weighing import weighs
from shop.upkeep.models import SheetUpload
from shop.upkeep.reading import BadSetup, Complaint
from shop.upkeep.workshop.column_words import label
from shop.upkeep.workshop.csv_reading import Read, read_sheet
from shop.upkeep.workshop.reach import ADVISE, changes, read_spoken, sees
from shop.upkeep.workshop.row_fields import Known, known, shown
from shop.upkeep.workshop.sheet_words import sheet_name

AT_ONCE = 40_000  # bytes
KEPT = timedelta(days=1)
MOST_TOLD = 200
WORKING = ("waiting", "taking")


def work_due(database: Database, policies: PolicyLibrary, languages: Languages, *, now: datetime) -> bool:
    """Do the oldest spreadsheet that waits; whether there was one."""
    with database.reading() as db:
        due = db.exec(_WAITING).first()
    if due is None:
        return False
    carry_on(database, policies, languages, due, now=now)
    return True


def waits(db: Session) -> bool:
    """Whether a spreadsheet waits."""
    return db.exec(_WAITING).first() is not None


_WAITING = select(SheetUpload.id).where(col(SheetUpload.state).in_(WORKING)).order_by(col(SheetUpload.at)).limit(1)


def forget_old_uploads(db: Session, *, now: datetime) -> None:
    """Drop the spreadsheets of yesterday."""
    db.connection().execute(delete(SheetUpload).where(col(SheetUpload.at) < now - KEPT))


def carry_on(database: Database, policies: PolicyLibrary, languages: Languages, id: str, *, now: datetime) -> None:
    """Look through it, or take it, as its state says; does nothing with one that is done."""
    with database.reading() as db:
        upload = db.get(SheetUpload, id)
        person = db.get(Person, upload.person) if upload else None
    if upload is None or person is None or upload.state not in WORKING:
        return
    work = _Work(database, policies, Staff(person, languages.tongue(person.language), ADVISE), upload, now=now)
    try:
        work.look() if upload.state == "waiting" else work.take()
    except BadSetup as bad:
        work.note(
            "wrong",
            told=work.wrong(
                [
                    work.complaint(each)
                    for each in sorted(bad.complaints, key=lambda each: work.read.lines.get(each.key, 0))
                ]
            ),
        )
    except StaleEdit:
        work.note("stale")


@dataclass
class _Work:
    """One spreadsheet under way."""

    database: Database
    policies: PolicyLibrary
    staff: Staff
    upload: SheetUpload
    now: datetime = field(kw_only=True)
    read: Read = field(default_factory=Read)

    @property
    def tongue(self) -> Tongue:
        return self.staff.tongue

    def look(self) -> None:
        """Read it, compare it, and check what it would make of the set-up."""
        self.note("waiting", step=1)
        based_on = self.compare()
        self.note("waiting", step=2)
        if self.read.wrong:
            self.note("wrong", told=self.wrong([self.line(*each) for each in self.read.wrong]))
            return
        found = foresee(self.database, self.policies, self.read.edits, now=self.now) if self.read.edits else []
        self.note("waiting", step=3)
        self.note("looked", step=4, based_on=based_on, told=self.preview(found))

    def take(self) -> None:
        """Write what was looked at; raises StaleEdit when the file is no longer what it was compared with."""
        self.note("taking", step=1)
        if self.compare() != self.upload.based_on or self.read.wrong:
            raise StaleEdit([])
        self.note("taking", step=2)
        done = change(
            self.database,
            self.policies,
            self.read.edits,
            person=self.staff.person.id,
            now=self.now,
            reason=self.upload.reason,
            confirm=self.weighed,
        )
        self.note("taken", step=4, **({"change": done} if done else {}))

    def weighed(self) -> None:
        """What weighs a lot was said to do so when it was looked at; a market that has opened since asks for another look."""
        if not json.loads(self.upload.told or "{}").get("weighs"):
            raise StaleEdit([])

    def compare(self) -> str:
        """Find what the spreadsheet would change; the hash of what it was compared with."""
        with self.database.reading() as db:
            found = table(db, self.policies, self.upload.file)
            spoken = read_spoken(db)
        rows = [each for each in found.rows if sees(self.staff, each.file, each.cells)]
        self.read = read_sheet(
            self.upload.data,
            found,
            rows,
            removes=self.upload.removes,
            may=lambda cells: changes(self.staff, self.upload.file, cells, spoken),
        )
        return _hash(found, rows)

    def preview(self, found: list[Difference]) -> dict[str, Any]:
        """What would change, as its page tells it."""
        read = self.read
        with self.database.reading() as db:
            told, markets = known(db, self.tongue), visited(db)
        return {
            "weighs": weighs(found, markets),
            "added": read.added, "changed": read.changed, "removed": read.removed, "same": read.same,
            "differences": [self.difference(each, told) for each in _cells(found)[:MOST_TOLD]],
            "more": max(0, len(_cells(found)) - MOST_TOLD),
        }  # fmt: skip

    def difference(self, each: Difference, told: Known) -> dict[str, str]:
        """One cell that would change; a row that comes or goes is told as a whole."""
        words = (shown(each.file, *cell, told) for cell in zip(shape_of(each.file).key, each.key, strict=False))
        row = " · ".join(filter(None, words))
        if each.now is None or each.yours is None:
            word = N_("a new row") if each.now is None else N_("removed")
            return {"label": row, "sub": "", "now": "", "yours": self.tongue.say(word)}
        now, yours = (shown(each.file, each.column, cell, told, key=each.key) for cell in (each.now, each.yours))
        return {
            "label": label(each.file, each.column, self.tongue),
            "sub": row,
            "now": now,
            "yours": yours,
        }

    def wrong(self, told: list[dict[str, str]]) -> dict[str, Any]:
        """What is wrong, as its page tells it."""
        return {"wrong": told[:MOST_TOLD], "count": len(told), "more": max(0, len(told) - MOST_TOLD)}

    def complaint(self, each: Complaint) -> dict[str, str]:
        """What the import would refuse, with the line of the spreadsheet."""
        column = label(each.file, each.column.partition(".")[0], self.tongue) if each.column else ""
        says = each.says(self.tongue)
        said = self.tongue.say(N_("%(label)s: %(value)s"), label=column, value=says) if column else says
        number = self.read.lines.get(each.key) if each.file == self.upload.file else None
        if number is not None:
            return {**self.line(number, None), "says": said, "row": " · ".join(each.key)}
        return {"place": sheet_name(each.file, self.tongue), "row": " · ".join(each.key), "says": said}

    def line(self, number: int, what: Any) -> dict[str, str]:
        """What is wrong with one line."""
        place = self.tongue.say(N_("Line %(number)s"), number=self.tongue.number(number))
        return {"place": place, "row": "", "says": what.says(self.tongue) if what else ""}

    def note(self, state: str, **values: Any) -> None:
        """Keep how far it is. What somebody else has finished meanwhile stays finished; what was taken is taken."""
        if "told" in values:
            values["told"] = json.dumps(values["told"], ensure_ascii=False)
        mine = update(SheetUpload).where(col(SheetUpload.id) == self.upload.id)
        if state != "taken":
            mine = mine.where(col(SheetUpload.state) == self.upload.state)
        with self.database.writing() as db:
            db.connection().execute(mine.values(state=state, **values))


def _cells(found: list[Difference]) -> list[Difference]:
    """The differences, a row that comes or goes counted once."""
    seen: set[tuple[str, ...]] = set()
    told = []
    for each in found:
        if each.now is None or each.yours is None:
            if each.key in seen:
                continue
            seen.add(each.key)
        told.append(each)
    return told


def _hash(found: Table, rows: list[RawRow]) -> str:
    said = "\n".join(f"{each.key!r} {each.version}" for each in rows)
    return hashlib.sha256(f"{found.file}\n{said}".encode("utf-8", "surrogatepass")).hexdigest()
