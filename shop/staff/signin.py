"""Signing in and out. A sign-in always gets a new token, so that none that was known before can be used afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import QueryableAttribute, joinedload
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.tokens import fresh_token, token_hash
from shop.ground.errors import Refusal
from shop.staff.letters import NEW_BROWSER, tell
from shop.staff.models import Person, SecondFactor, SignedIn, SignInRule

LASTS = timedelta(hours=12)
LONGEST_PASSWORD = 1000  # what is longer is cut, when it is set as when it is asked
LONGEST_BROWSER = 200
_hasher = PasswordHasher()


class WrongPassword(Refusal):
    """No person has this address and password; which of the two was wrong is not told."""


@dataclass(frozen=True, slots=True)
class Device:
    """What signs in: the browser as it names itself, the network address, and whether the person has used it before."""

    browser: str = ""
    address: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who has signed in, and what their sign-in still needs."""

    person: Person
    confirmed_at: datetime
    must_enrol: bool


def password_hash(password: str) -> str:
    """The password as it is kept (argon2id)."""
    return _hasher.hash(password[:LONGEST_PASSWORD])


def who_is(database: Database, email: str, password: str) -> Person:
    """Whose address and password these are. Raises WrongPassword. Hashing stands outside any transaction."""
    with database.reading() as db:
        person = db.exec(select(Person).where(Person.email == email.lower())).first()
    kept = person.password_hash if person and not person.deactivated else ""
    # Whoever is unknown or has no password yet costs the same time as a known one with a wrong password.
    if not _fits(kept or _nobody(), password) or person is None or not kept:
        raise WrongPassword
    return person


def is_password(person: Person, password: str) -> bool:
    """Whether this is the person's password."""
    return bool(person.password_hash) and _fits(person.password_hash, password)


def sign_in(database: Database, person: Person, device: Device = Device(), *, now: datetime) -> str:
    """The new token for the cookie of who has shown who they are. They are told by mail of a browser not seen before.

    Raises WrongPassword when they were deactivated or given another password in the meantime.
    """
    token = fresh_token()
    with database.writing() as db:
        still = col(Person.deactivated).is_(False), col(Person.password_hash) == person.password_hash
        noted = update(Person).where(col(Person.id) == person.id, *still).values(signed_in_at=now)
        if not db.connection().execute(noted).rowcount:
            raise WrongPassword
        row = SignedIn(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=now,
            expires_at=now + LASTS,
            confirmed_at=now,
            browser=device.browser[:LONGEST_BROWSER],
            address=device.address,
            must_enrol=must_enrol(db, person),
        )
        db.add(row)
        if not device.known and person.signed_in_at is not None:
            about = {"browser": row.browser, "address": row.address}
            tell(db, NEW_BROWSER, person.id, key=row.token_hash[:16], now=now, **about)
    return token


def must_enrol(db: Session, person: Person) -> bool:
    """Whether the person is asked for a second factor and has none."""
    rule = db.get(SignInRule, 1)
    if not person.second_factor and not (rule is not None and rule.second_factor):
        return False
    factor = db.get(SecondFactor, person.id)
    return factor is None or factor.confirmed_at is None


def sign_out(database: Database, token: str) -> None:
    """End the sign-in of this token."""
    with database.writing() as db:
        db.connection().execute(delete(SignedIn).where(col(SignedIn.token_hash) == token_hash(token)))


def end_sign_ins(db: Session, person: str, *, but: str = "") -> int:
    """End all of the person's sign-ins, but the one of this token if one is named; says how many."""
    theirs = delete(SignedIn).where(col(SignedIn.person_id) == person)
    return (
        db.connection().execute(theirs.where(col(SignedIn.token_hash) != token_hash(but)) if but else theirs).rowcount
    )


def standing(db: Session, token: str, *, now: datetime) -> Standing | None:
    """Whose sign-in the token is, while it lasts and they may sign in at all."""
    found = db.execute(_WHOSE, {"hash": token_hash(token), "now": now}).unique().first()
    if found is None:
        return None
    person, confirmed_at, created_at, must_enrol = found
    return Standing(person, confirmed_at or created_at, must_enrol)


# Written once: every page that is asked for with a cookie of the staff's asks it. The roles come in the same statement.
_WHOSE = (
    select(Person, SignedIn.confirmed_at, SignedIn.created_at, SignedIn.must_enrol)
    .join(SignedIn, col(SignedIn.person_id) == col(Person.id))
    .where(SignedIn.token_hash == bindparam("hash"), col(SignedIn.expires_at) > bindparam("now"))
    .where(col(Person.deactivated).is_(False))
    .options(joinedload(cast("QueryableAttribute[Any]", Person.further)))
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
