"""The tokens by which programs act for a person: how many still work, and ending them all, for who may have lost hold of them.

Tokens are of a slice that is not known here. How many there are is told by whoever puts the house together; that they are
over is a deed in the person's history, which that slice asks before it takes a token (as it does of a deactivation).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from shop.base.i18n import NN_, Tongue
from shop.staff.deeds import TOKENS_ENDED, note

WORKING = NN_("%(num)s API token still works.", "%(num)s API tokens still work.")


@dataclass(frozen=True, slots=True)
class Programs:
    """Says how many tokens of a person still work at an instant."""

    working: Callable[[Session, str, datetime], int]

    def words(self, db: Session, person: str, tongue: Tongue, *, now: datetime) -> str:
        """How many still work, as a sentence; empty where none does."""
        number = self.working(db, person, now)
        return tongue.count(*WORKING, number) if number else ""

    def end(self, db: Session, person: str, *, by: str, now: datetime) -> int:
        """End all tokens that the person has by now; says how many."""
        number = self.working(db, person, now)
        if number:
            note(db, TOKENS_ENDED, person, by=by, now=now)
        return number
