"""The history of people and of their sign-in: who did what to whom, kept in the transaction that does it."""

from datetime import datetime

from sqlmodel import Session, col, select

from shop.base.audit import append
from shop.base.i18n import N_, NP_
from shop.staff.models import PersonDeed

CHAIN = "people"  # of the audit
TOKENS_ENDED = "tokens_ended"
WORDS = {
    "added": NP_("person", "Added"),
    "changed": NP_("person", "Changed"),
    "invited": N_("Invited"),
    "joined": N_("Chose a password by the invitation"),
    "password": N_("Chose another password"),
    "given": N_("Was given a password from the command line"),
    "deactivated": N_("Deactivated"),
    "activated": N_("Activated again"),
    "factor_on": N_("Set up a second factor"),
    "factor_off": N_("Second factor taken off"),
    "codes": N_("Had new codes on paper made"),
    "ended": N_("Open sign-ins ended"),
    TOKENS_ENDED: N_("API tokens ended"),
    "rule_on": N_("A second factor is asked of everybody"),
    "rule_off": N_("A second factor is no longer asked of everybody"),
}


def note(db: Session, deed: str, person: str, *, by: str, now: datetime, detail: str = "") -> None:
    """Keep that `by` (empty: the command line) did this to the person (empty: to everybody)."""
    row = PersonDeed(at=now, by=by, person=person, deed=deed, detail=detail)
    db.add(row)
    db.flush()
    append(db, CHAIN, deed, str(row.id), content=row.model_dump(), now=now)


def deeds_about(db: Session, person: str | None = None, *, at_most: int = 100) -> list[PersonDeed]:
    """What was done to the person, or to all, the newest first."""
    query = select(PersonDeed).order_by(col(PersonDeed.id).desc()).limit(at_most)
    return list(db.exec(query if person is None else query.where(PersonDeed.person == person)).all())
