"""Idempotency keys: a request that is sent again is carried out once, and gets the answer of the first time.

A key is claimed before anything is done and its answer kept in the transaction that does it. What changed nothing
(a refusal, a fault) is not kept: the same request may be sent again and is then carried out.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from shop.api.models import KeptAnswer
from shop.api.problems import Problem, wrong
from shop.base.db import Database
from shop.base.tokens import token_hash

KEPT_FOR = timedelta(hours=24)
UNDER_WAY = timedelta(minutes=2)  # after which whoever claimed a key is taken to have died
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that is this request's own until its answer is kept."""

    person: str
    key: str
    mark: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: str


def claim(database: Database, person: str, key: str, *, fingerprint: str, now: datetime) -> Claim | Kept:
    """The key for this request, or the answer that was given under it.

    Raises the problem of a key that was used for another request, or whose first request is still under way.
    """
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise wrong(f"An Idempotency-Key has at most {LONGEST_KEY} ASCII characters.", "Idempotency-Key", "header")
    mine = Claim(person, token_hash(key), secrets.token_hex(8))
    row = {
        "person": person,
        "key": mine.key,
        "fingerprint": fingerprint,
        "mark": mine.mark,
        "at": now,
        "headers": "{}",
        "body": "",
    }
    with database.writing() as db:
        connection = db.connection()
        old = and_(
            col(KeptAnswer.person) == person, col(KeptAnswer.key) == mine.key, col(KeptAnswer.at) <= now - KEPT_FOR
        )
        connection.execute(delete(KeptAnswer).where(old))
        fresh = insert(KeptAnswer).values(row).on_conflict_do_nothing(index_elements=["person", "key"])
        if connection.execute(fresh.returning(col(KeptAnswer.mark))).scalar() is not None:
            return mine
        known = db.exec(_row(mine)).first()
        if known is None:  # it was given back in between
            raise Problem("in_progress")
        if known.fingerprint != fingerprint:
            raise Problem("key_reused")
        if known.status is not None:
            return Kept(known.status, json.loads(known.headers) | {"idempotent-replayed": "true"}, known.body)
        theirs = and_(*_where(mine), col(KeptAnswer.status).is_(None), col(KeptAnswer.at) <= now - UNDER_WAY)
        if connection.execute(update(KeptAnswer).where(theirs).values(mark=mine.mark, at=now)).rowcount != 1:
            raise Problem("in_progress")
    return mine


def keep(db: Session, claim: Claim, answer: Kept) -> None:
    """Keep the answer in the caller's transaction, which must not stand when somebody else has taken the claim over."""
    mine = update(KeptAnswer).where(
        *_where(claim), col(KeptAnswer.mark) == claim.mark, col(KeptAnswer.status).is_(None)
    )
    values = {"status": answer.status, "headers": json.dumps(dict(answer.headers)), "body": answer.body}
    if db.connection().execute(mine.values(values)).rowcount != 1:
        raise Problem("in_progress")


def forget(database: Database, claim: Claim) -> None:
    """Give the key back: nothing was changed under it."""
    mine = delete(KeptAnswer).where(
        *_where(claim), col(KeptAnswer.mark) == claim.mark, col(KeptAnswer.status).is_(None)
    )
    with database.writing() as db:
        db.connection().execute(mine)


def forget_old_answers(db: Session, *, now: datetime) -> None:
    """Drop what was kept for long enough."""
    db.connection().execute(delete(KeptAnswer).where(col(KeptAnswer.at) <= now - KEPT_FOR))


def _row(claim: Claim) -> SelectOfScalar[KeptAnswer]:
    return select(KeptAnswer).where(*_where(claim))


def _where(claim: Claim) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(KeptAnswer.person) == claim.person, col(KeptAnswer.key) == claim.key
