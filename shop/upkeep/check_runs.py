"""Checks that were asked for at the console: carried out by the periodic work, a little in every turn.

How far one is stands in its row, so that every process can tell, and mails and pages wait for no more than one question.
"""

import json
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from shop.base.audit import heads
from shop.base.db import Database
from shop.policies.library import PolicyLibrary
from shop.upkeep.models import Proof
from shop.upkeep.personal.invariants import LeftMails
from shop.upkeep.proving import ask, finding_told, invariants

TURN = 2.0  # seconds, after which no further question is begun in the same turn
KEPT = 20
GIVEN_UP = timedelta(hours=1)  # since it was asked for: whoever carried it out has ended
OPEN = ("waiting", "running")


def ask_for_check(db: Session, *, person: str, now: datetime) -> None:
    """Have everything checked, unless that is under way."""
    if not waits(db):
        db.add(Proof(person=person, asked_at=now))


def last_check(db: Session) -> Proof | None:
    """The check asked for last."""
    return db.exec(select(Proof).order_by(col(Proof.id).desc())).first()


def last_done(db: Session) -> Proof | None:
    """The last check that came to its end."""
    return db.exec(select(Proof).where(Proof.state == "done").order_by(col(Proof.id).desc())).first()


def waits(db: Session) -> bool:
    """Whether a check is under way."""
    return db.exec(_UNDER_WAY).first() is not None


_UNDER_WAY = select(Proof.id).where(col(Proof.state).in_(OPEN)).limit(1)


def work_due(database: Database, policies: PolicyLibrary, *, now: datetime, left_mails: LeftMails) -> bool:
    """Go on with the check that is under way, if there is one; whether there was."""
    with database.reading() as db:
        proof = db.exec(select(Proof).where(col(Proof.state).in_(OPEN)).order_by(col(Proof.id))).first()
    if proof is None:
        return False
    if proof.asked_at < now - GIVEN_UP:
        _note(database, proof, state="failed", ended_at=now)
        return True
    every, found, until = invariants(policies, left_mails), json.loads(proof.found), time.monotonic() + TURN
    for each in every[proof.step :]:
        found.append(finding_told(ask(database, each, now)))
        if time.monotonic() > until:
            break
    kept: dict[str, Any] = {"found": json.dumps(found, default=str, ensure_ascii=False)}
    _note(database, proof, state="running", step=len(found), steps=len(every), **kept)
    if len(found) >= len(every):
        _end(database, proof, now=now)
    return True


def _end(database: Database, proof: Proof, *, now: datetime) -> None:
    with database.writing() as db:
        done = update(Proof).where(col(Proof.id) == proof.id)
        db.connection().execute(done.values(state="done", ended_at=now, heads=json.dumps(heads(db))))
        newest = select(Proof.id).order_by(col(Proof.id).desc()).limit(KEPT)
        db.connection().execute(delete(Proof).where(col(Proof.id).not_in(newest)))


def _note(database: Database, proof: Proof, **values: Any) -> None:
    with database.writing() as db:
        db.connection().execute(update(Proof).where(col(Proof.id) == proof.id).values(**values))
