"""Accepting policies and single texts with an order, and showing for ever what was accepted."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.canonical import canonical
from shop.base.i18n import Tongue
from shop.policies.keys import KINDS
from shop.policies.library import PolicyVersion
from shop.policies.models import Acceptance, AcceptedText

SHOWN = (  # with an acceptance, its text
    (col(AcceptedText.hash) == col(Acceptance.hash)) & (col(AcceptedText.language) == col(Acceptance.language))
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An acceptance together with the text that was shown, byte for byte."""

    acceptance: Acceptance
    text: str
    rules: str


def accept(
    db: Session, order_number: str, versions: list[PolicyVersion], tongue: Tongue, *, wording: str, now: datetime
) -> None:
    """Note that the order accepts these versions in these words, and keep the texts' bytes.

    Raises IntegrityError for a kind that the order has accepted before.
    """
    asked = {"hashes": [each.hash for each in versions], "language": tongue.tag}
    kept = set(db.connection().execute(_KEPT, asked).scalars())
    _keep_texts(db, [each for each in versions if each.hash not in kept], tongue)
    rows = [
        {
            "order_number": order_number,
            "market": each.market,
            "kind": each.kind,
            "version": each.name,
            "hash": each.hash,
            "language": tongue.tag,
            "wording": wording,
            "at": now,
        }
        for each in versions
    ]
    db.connection().execute(_ACCEPTED, rows)


def _keep_texts(db: Session, versions: list[PolicyVersion], tongue: Tongue) -> None:
    """Keep what nobody has accepted before; somebody else may be doing the same at this moment."""
    texts = [
        {
            "hash": version.hash,
            "language": tongue.tag,
            "market": version.market,
            "kind": version.kind,
            "version": version.name,
            "rules": canonical(version.rules),
            "text": version.text(tongue),
        }
        for version in versions
    ]
    if texts:
        db.connection().execute(_TEXT_ONCE, texts)


_KEPT = select(col(AcceptedText.hash)).where(
    col(AcceptedText.language) == bindparam("language"), col(AcceptedText.hash).in_(bindparam("hashes", expanding=True))
)
_TEXT_ONCE = insert(AcceptedText).on_conflict_do_nothing(index_elements=["hash", "language"])
_ACCEPTED = insert(Acceptance)
_ACCEPTED_ONCE = _ACCEPTED.on_conflict_do_nothing(index_elements=["order_number", "kind"])


def accept_text(
    db: Session, order_number: str, kind: str, text: str, *, market: str, tongue: Tongue, wording: str, now: datetime
) -> None:
    """Note that the order accepts a text that is no policy (`kind` holds a colon), and keep its bytes.

    Nothing is noted for a kind that the order has accepted before.
    """
    kept = {"hash": hashlib.sha256(text.encode()).hexdigest(), "language": tongue.tag, "market": market, "kind": kind}
    db.connection().execute(_TEXT_ONCE, {**kept, "version": "", "rules": "", "text": text})
    row = {**kept, "order_number": order_number, "version": "", "wording": wording, "at": now}
    db.connection().execute(_ACCEPTED_ONCE, row)


def accepted(db: Session, order_number: str) -> list[Accepted]:
    """What the order accepted: the policies in the order of the kinds, then whatever else."""
    query = select(Acceptance, AcceptedText).join(AcceptedText, SHOWN).where(Acceptance.order_number == order_number)
    found = [Accepted(acceptance, text.text, text.rules) for acceptance, text in db.exec(query).all()]
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(found, key=lambda each: (order.get(each.acceptance.kind, len(KINDS)), each.acceptance.kind))


def accepted_rules(db: Session, order_number: str) -> dict[str, dict[str, Any]]:
    """The rules the order accepted, by kind, as they were then: what every later decision on it rests on."""
    return {each.acceptance.kind: json.loads(each.rules) for each in accepted(db, order_number) if each.rules}


def rules_among(found: Iterable[Accepted], kind: str) -> dict[str, Any] | None:
    """The accepted rules of one kind, of what was read already; None where the order accepted none."""
    rules = next((each.rules for each in found if each.acceptance.kind == kind and each.rules), None)
    return dict(json.loads(rules)) if rules else None
