"""Filling in what a manual asks: read from a form, checked, and kept; two people at once never write over each other."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from shop.base.canonical import canonical
from shop.base.i18n import Tongue
from shop.base.web import Form
from shop.documents.facts import hash_of
from shop.documents.fields import NOBODY, Asked, wrong
from shop.documents.models import DocumentField
from shop.markets.history import note_deed
from shop.markets.turns import take_turn

Kept = dict[str, str]


def kept_fields(db: Session, market: str, language: str) -> Kept:
    """What is filled in, by key."""
    query = select(DocumentField).where(DocumentField.market == market, col(DocumentField.language).in_(("", language)))
    return {each.key: each.text for each in db.exec(query).all()}


def seen_hash(kept: Mapping[str, str]) -> str:
    """What a form was drawn from."""
    return hash_of(canonical(dict(kept)))


def read_fields(form: Form, fields: Iterable[Asked], tongue: Tongue) -> Kept:
    """What was typed, every wrong field told on the form."""
    given = {each.key: _typed(form, each) for each in fields}
    for each in fields:
        if said := wrong(each, given[each.key], tongue):
            form.fail(each.key, said)
    return given


def keep_fields(
    db: Session, market: str, language: str, fields: Iterable[Asked], given: Kept, *, person: str, now: datetime
) -> None:
    """Store what was typed; what is empty is forgotten. Note in the market's history which fields changed.

    Raises NotFound.
    """
    take_turn(db, market)
    before = kept_fields(db, market, language)
    changed = [each for each in fields if given[each.key] != before.get(each.key, "")]
    for each in changed:
        key = (market, each.key, each.language(language))
        row = db.get(DocumentField, key)
        if not given[each.key]:
            db.delete(row) if row else None
            continue
        row = row or DocumentField(market=market, key=key[1], language=key[2], text="", person=person, at=now)
        row.text, row.person, row.at = given[each.key], person, now
        db.add(row)
    if changed:
        told = {each.key: (before.get(each.key, ""), given[each.key]) for each in changed}
        note_deed(db, market, "manual", person=person, now=now, changed=told)
    db.flush()


def _typed(form: Form, asked: Asked) -> str:
    text = form.text(asked.key).replace("\r\n", "\n").replace("\r", "\n")
    if asked.key == NOBODY:
        return "yes" if text == "yes" else ""
    return text if asked.kind == "text" else " ".join(text.split())
