"""Versions that were written at the console or brought by an import: rows beside the folder's files, read like them.

Such a version never changes once it is in force or somebody has accepted it. The library asks for them anew when the
revision `policies` has risen, which every process sees within a second.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import tomli_w
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.revisions import Revisions, hold_revision, market_scope, raise_revision
from shop.ground.errors import Refusal
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.minimums import written_minimums
from shop.policies.models import Acceptance, PolicyEnd, WrittenMinimum, WrittenPolicy, WrittenText

SCOPE = "policies"
ENDED = "ended.toml"


class DayTaken(Refusal):
    """Somebody else has just published a version of this kind for the same day, or has it end on that day."""


class AlreadyHolds(Refusal):
    """The version is in force or was accepted: it stays as it is, and only a new one can change what holds."""


def living(library: PolicyLibrary, database: Database, revisions: Revisions) -> PolicyLibrary:
    """The folder's library with the written versions beside, in memory until the revision `policies` rises."""

    def read() -> list[PolicyVersion]:
        with database.reading() as db:
            return written_versions(db)

    def laws() -> list[WrittenMinimum]:
        with database.reading() as db:
            return written_minimums(db)

    def ends() -> list[PolicyEnd]:
        with database.reading() as db:
            return policy_ends(db)

    return library.beside(read, lambda: revisions.numbers.get(SCOPE, 0), laws, ends)


def written_versions(db: Session) -> list[PolicyVersion]:
    """Every written version, in the order of market, kind and day."""
    texts = _texts(db)
    return [
        PolicyVersion(
            each.market,
            each.kind,
            date.fromisoformat(each.version),
            tomllib.loads(each.rules),
            texts[each.market, each.kind, each.version],
        )
        for each in _rows(db)
    ]


def written_policies(db: Session) -> dict[str, bytes]:
    """What was written, as files of an import folder: `policies/<market>/<kind>/<day>/rules.toml` and `<lang>.md`.

    The end of a kind is `<day>/ended.toml` and says why.
    """
    texts, files = _texts(db), {}
    for end in policy_ends(db):
        files[f"policies/{end.market}/{end.kind}/{end.day}/{ENDED}"] = tomli_w.dumps({"reason": end.reason}).encode()
    for each in _rows(db):
        folder = f"policies/{each.market}/{each.kind}/{each.version}"
        files[f"{folder}/rules.toml"] = each.rules.encode()
        for language, text in texts[each.market, each.kind, each.version].items():
            files[f"{folder}/{language}.md"] = text.encode()
    return files


def policy_ends(db: Session) -> list[PolicyEnd]:
    """Every end of a kind that was said at the console or brought by an import, in order."""
    order = (col(PolicyEnd.market), col(PolicyEnd.kind), col(PolicyEnd.day))
    return list(db.exec(select(PolicyEnd).order_by(*order)).all())


def rules_text(rules: dict[str, Any]) -> str:
    """The rules as a rules.toml."""
    return tomli_w.dumps(rules)


def write(db: Session, version: PolicyVersion, *, person: str, now: datetime, rules: str = "") -> None:
    """Write a version that is found right. `rules` is its rules.toml where it has one already. Raises DayTaken.

    An end of the kind on the same day is looked for behind the revision, at which all who write policies wait.
    """
    hold_revision(db, SCOPE)
    key = {"market": version.market, "kind": version.kind, "version": version.name}
    row = {**key, "rules": rules or rules_text(dict(version.rules)), "hash": version.hash, "person": person, "at": now}
    once = insert(WrittenPolicy).values(row).on_conflict_do_nothing(index_elements=list(key))
    if db.connection().execute(once.returning(col(WrittenPolicy.version))).first() is None:
        raise DayTaken
    texts = [{**key, "language": each, "text": text} for each, text in sorted(version.texts.items())]
    db.connection().execute(insert(WrittenText), texts)
    raise_revision(db, market_scope(version.market))
    if db.get(PolicyEnd, (version.market, version.kind, version.effective)) is not None:
        raise DayTaken


def take_back(db: Session, market: str, kind: str, name: str, *, today: date) -> None:
    """Remove a written version that is not yet in force. Raises AlreadyHolds for one that is, or that was accepted."""
    accepted = select(Acceptance.id).where(
        Acceptance.market == market, Acceptance.kind == kind, Acceptance.version == name
    )
    if name <= today.isoformat() or db.exec(accepted.limit(1)).first() is not None:
        raise AlreadyHolds
    remove(db, market, kind, name)


def remove(db: Session, market: str, kind: str, name: str) -> None:
    """Remove a written version that holds for nobody."""
    hold_revision(db, SCOPE)
    for table in (WrittenText, WrittenPolicy):
        gone = delete(table).where(col(table.market) == market, col(table.kind) == kind, col(table.version) == name)
        db.connection().execute(gone)
    raise_revision(db, market_scope(market))


def _rows(db: Session) -> Iterable[WrittenPolicy]:
    order = (col(WrittenPolicy.market), col(WrittenPolicy.kind), col(WrittenPolicy.version))
    return db.exec(select(WrittenPolicy).order_by(*order)).all()


def _texts(db: Session) -> dict[tuple[str, str, str], dict[str, str]]:
    texts: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for each in db.exec(select(WrittenText).order_by(col(WrittenText.language))).all():
        texts[each.market, each.kind, each.version][each.language] = each.text
    return texts
