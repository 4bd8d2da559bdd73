"""Checklists that a named person fills in and signs: what one asks for, whether it is filled in rightly, and its keeping.

What is asked and what is right is pure; a caller may know more of a field (a serial's check letter) and adds to it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.ground.figures import figures
from shop.ground.instants import as_day
from shop.staff.models import Person, SignedChecklist

Kind = Literal["tick", "text", "serial", "lot", "date"]

_LOT = re.compile(r"L[0-9]{2}([0-9]{3})[A-Z]")
_MISSING: Mapping[Kind, str] = {
    "tick": N_("Please look, and tick this only if it is so."),
    "text": N_("Please fill this in."),
    "serial": N_("Please enter the serial of this piece."),
    "lot": N_("Please enter the lot as it stands on the pack."),
    "date": N_("Please enter the date."),
}
_WRONG: Mapping[Kind, str] = {
    "lot": N_("A lot looks like this: L26341B"),
    "date": N_("This is not a date."),
}
# Only who knows the goods can tell: what a serial is of, a checklist does not know.
MISTYPED = N_("This serial is mistyped: its last letter does not fit the rest. Please read it again from the piece.")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a checklist asks for. `label` is a message, `values` what is filled into it."""

    name: str
    kind: Kind
    label: str
    required: bool = True
    values: Mapping[str, str] = part(default_factory=dict)

    def said(self, tongue: Tongue) -> str:
        """What stands beside the field."""
        return tongue.say(self.label, **self.values)


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist as it stands: its name and its fields, in their order."""

    name: str
    fields: tuple[Field, ...]

    @property
    def hash(self) -> str:
        """SHA-256 over everything that it asks, so that what was signed can be told from a later wording."""
        asked = [[each.name, each.kind, each.label, each.required, sorted(each.values.items())] for each in self.fields]
        return hashlib.sha256(json.dumps([self.name, asked], ensure_ascii=False).encode()).hexdigest()

    def check(self, answers: Mapping[str, str]) -> dict[str, str]:
        """For each field that is not filled in rightly the message that says why; empty when all are."""
        wrong = {each.name: _wrong(each, answers.get(each.name, "")) for each in self.fields}
        return {name: message for name, message in wrong.items() if message}


def as_lot(written: str) -> str:
    """The lot as it is kept: `L`, the year, the day of the year, a letter; empty when it cannot be one."""
    plain = re.sub(r"[\s-]", "", figures(written)).upper()
    found = _LOT.fullmatch(plain)
    return plain if found and 1 <= int(found[1]) <= 366 else ""


def is_signature(typed: str, person: Person) -> bool:
    """Whether the typed name is the person's own; case and blanks do not count."""
    return " ".join(typed.split()).casefold() == " ".join(person.name.split()).casefold()


def sign(
    db: Session,
    checklist: Checklist,
    answers: Mapping[str, str],
    *,
    subject: str,
    person: Person,
    signature: str,
    tongue: Tongue,
    now: datetime,
) -> None:
    """Keep the checklist with its answers, in the words in which it was read and in the name of who signed it."""
    kept = [
        {"name": each.name, "kind": each.kind, "label": each.said(tongue), "answer": answers.get(each.name, "")}
        for each in checklist.fields
    ]
    db.add(
        SignedChecklist(
            checklist=checklist.name,
            subject=subject,
            hash=checklist.hash,
            language=tongue.tag,
            answers=json.dumps(kept, ensure_ascii=False),
            person=person.id,
            signature=signature,
            at=now,
        )
    )


def signed(db: Session, subject: str) -> list[tuple[SignedChecklist, list[dict[str, Any]]]]:
    """What was signed about something, the oldest first, each with its fields: name, kind, label and answer."""
    query = select(SignedChecklist).where(SignedChecklist.subject == subject).order_by(col(SignedChecklist.id))
    return [(each, json.loads(each.answers)) for each in db.exec(query).all()]


def _wrong(field: Field, answer: str) -> str:
    if not answer:
        return _MISSING[field.kind] if field.required else ""
    match field.kind:
        case "tick" if answer != "yes":
            return _MISSING["tick"]
        case "lot" if not as_lot(answer):
            return _WRONG["lot"]
        case "date" if as_day(answer) is None:
            return _WRONG["date"]
    return ""
