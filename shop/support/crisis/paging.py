"""Paging: the one on call, then the backup, the exporter, and all, a step further whenever nobody acknowledges in time.

What drives it is `Page.look_at`, which one statement takes away; so that two processes never page twice. It ends:
after a few rounds of paging all, the incident says that nobody answered.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.outbox import enqueue
from shop.base.revisions import raise_revision
from shop.staff.may import EXPORTER, PARTNER, role_at, roles_at, works_for
from shop.staff.models import Person
from shop.support.answering.assignment import DESK
from shop.support.crisis.models import Incident, IncidentStep, OnCallRotation, Page
from shop.support.crisis.oncall import ACKNOWLEDGE_MINUTES, on_call
from shop.support.crisis.rotations import rotation_of, still_here, with_overrides

MAIL = "on call page"
ON_CALL, BACKUP, THE_EXPORTER, ALL = range(4)
ROUNDS = 4  # of paging all
LADDER = ((ON_CALL, 0), (BACKUP, 0), (THE_EXPORTER, 0), *((ALL, number) for number in range(ROUNDS)))


def page_first(db: Session, incident: Incident, *, now: datetime) -> None:
    """Page whoever is first; the next ones follow by themselves while nobody acknowledges."""
    _page_after(db, incident, None, now=now)


def page_due(database: Database, *, now: datetime) -> int:
    """Page the next where nobody acknowledged in time; says for how many incidents."""
    with database.reading() as db:
        waiting = db.exec(select(Page.incident).where(col(Page.look_at) <= now).distinct()).all()
    for number in waiting:
        with database.writing() as db:
            _page_next(db, number, now=now)
    return len(waiting)


def acknowledge(db: Session, incident: Incident, person: str, *, now: datetime) -> bool:
    """Somebody takes the incident on, and nobody is paged any more; False when another did so before or it is closed.

    `person` empty is whoever reads the exporter's mailbox.
    """
    unanswered = col(Incident.acknowledged_at).is_(None) & col(Incident.closed_at).is_(None)
    mine = update(Incident).where(col(Incident.id) == incident.id, unanswered)
    taken = mine.values(acknowledged_at=now, acknowledged_by=person).returning(col(Incident.id))
    if db.connection().execute(taken).scalar() is None:
        return False
    stop_paging(db, incident)
    theirs = update(Page).where(col(Page.incident) == incident.id, col(Page.person) == person)
    db.connection().execute(theirs.values(acknowledged_at=now))
    log(db, incident, "acknowledged", person=person, now=now)
    return True


def stop_paging(db: Session, incident: Incident) -> None:
    """Nobody further is paged."""
    db.connection().execute(update(Page).where(col(Page.incident) == incident.id).values(look_at=None))


def log(
    db: Session, incident: Incident, kind: str, *, step: str = "", person: str = "", text: str = "", now: datetime
) -> None:
    """Add a line to the incident's log, which is never changed."""
    row = {"incident": incident.id, "kind": kind, "step": step, "person": person, "text": text, "at": now}
    db.connection().execute(insert(IncidentStep).values(row))
    raise_revision(db, DESK)


def _page_next(db: Session, number: int, *, now: datetime) -> None:
    over = update(Page).where(col(Page.incident) == number, col(Page.look_at) <= now)
    passed = db.connection().execute(over.values(look_at=None).returning(col(Page.rung), col(Page.round))).all()
    incident = db.get_one(Incident, number)
    if passed and incident.acknowledged_at is None and incident.closed_at is None:
        rung, last = max(tuple(each) for each in passed)
        _page_after(db, incident, (rung, last), now=now)


def _page_after(db: Session, incident: Incident, last: tuple[int, int] | None, *, now: datetime) -> None:
    """Page the next rung that has somebody who was not paged before; all are paged again."""
    rotation = rotation_of(db, incident.market)
    paged = set(db.exec(select(Page.person).where(Page.incident == incident.id)).all())
    for rung, number in LADDER:
        if last is not None and (rung, number) <= last:
            continue
        people = dict.fromkeys(_on_rung(db, incident, rotation, rung, now=now))
        fresh = [each for each in people if rung == ALL or each not in paged]
        if fresh:
            span = timedelta(minutes=rotation.acknowledge_minutes if rotation else ACKNOWLEDGE_MINUTES)
            _page(db, incident, fresh, rung=(rung, number), due=now + span, now=now)
            return
    log(db, incident, "unanswered", now=now)


def _page(
    db: Session, incident: Incident, people: Iterable[str], *, rung: tuple[int, int], due: datetime, now: datetime
) -> None:
    for person in people:
        row = {
            "incident": incident.id,
            "rung": rung[0],
            "round": rung[1],
            "person": person,
            "paged_at": now,
            "due_at": due,
            "look_at": due,
        }
        made = insert(Page).values(row).returning(col(Page.id))
        number = db.connection().execute(made).scalar_one()
        enqueue(db, MAIL, f"page:{number}", {"page": number}, now=now)
        log(db, incident, "paged", step=str(rung[0]), person=person, now=now)


def _on_rung(
    db: Session, incident: Incident, rotation: OnCallRotation | None, rung: int, *, now: datetime
) -> list[str]:
    if rung == ON_CALL:
        user = on_call(with_overrides(db, rotation), now) if rotation else ""
        return [user] if user else []
    if rung == BACKUP:
        return still_here(db, rotation.backup) if rotation else []
    people = db.exec(select(Person).order_by(col(Person.id))).all()
    theirs = [each for each in people if works_for(each, incident.market)]
    exporters = [each.id for each in theirs if EXPORTER in roles_at(each, incident.market)]
    if rung == THE_EXPORTER:
        return exporters or [""]
    own = still_here(db, f"{rotation.people} {rotation.backup}") if rotation else []
    others = [each.id for each in theirs if role_at(each, incident.market) != PARTNER]
    return [*own, *exporters, *others, *([] if exporters else [""])]
