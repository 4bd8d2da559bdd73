"""Signing in and out. A sign-in always gets a new token, so that none that was known before can be used afterwards."""

from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.tokens import fresh_token, token_hash
from shop.ground.errors import Refusal
from shop.staff.models import Person, SignedIn

LASTS = timedelta(hours=12)
LONGEST_PASSWORD = 1000  # what is longer is cut, when it is set as when it is asked
_hasher = PasswordHasher()


class WrongPassword(Refusal):
    """No person has this address and password; which of the two was wrong is not told."""


def password_hash(password: str) -> str:
    """The password as it is kept (argon2id)."""
    return _hasher.hash(password[:LONGEST_PASSWORD])


def sign_in(database: Database, email: str, password: str, *, now: datetime) -> tuple[Person, str]:
    """The person and the new token for their cookie. Raises WrongPassword. Hashing stands outside the transaction."""
    with database.reading() as db:
        person = db.exec(select(Person).where(Person.email == email.lower())).first()
    kept = person.password_hash if person else ""
    # Whoever is unknown or has no password yet costs the same time as a known one with a wrong password.
    if not _fits(kept or _nobody(), password) or person is None or not kept:
        raise WrongPassword
    token = fresh_token()
    with database.writing() as db:
        db.add(SignedIn(token_hash=token_hash(token), person_id=person.id, created_at=now, expires_at=now + LASTS))
    return person, token


def sign_out(database: Database, token: str) -> None:
    """End the sign-in of this token."""
    with database.writing() as db:
        db.connection().execute(delete(SignedIn).where(col(SignedIn.token_hash) == token_hash(token)))


def signed_in(db: Session, token: str, *, now: datetime) -> Person | None:
    """Whose sign-in the token is, while it lasts."""
    person = db.connection().execute(_WHOSE, {"hash": token_hash(token), "now": now}).scalar()
    return db.get(Person, person) if person is not None else None


# Written once: every page that is asked for with a cookie of the staff's asks it.
_WHOSE = select(SignedIn.person_id).where(
    SignedIn.token_hash == bindparam("hash"), col(SignedIn.expires_at) > bindparam("now")
)


def forget_old_sign_ins(db: Session, *, now: datetime) -> None:
    """Drop the sign-ins that have ended."""
    db.connection().execute(delete(SignedIn).where(col(SignedIn.expires_at) <= now))


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
