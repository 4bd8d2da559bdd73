"""The second factor: a code that changes every half minute (TOTP, RFC 6238), and codes on paper for when the device is lost.

The secret is made from a random mark in the database and the house's own key: who reads the database alone has none of
them. A code is taken once, and half a minute early or late.
"""

import hmac
from base64 import b32encode
from datetime import datetime

from pyotp import TOTP
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from shop.base.tokens import Signer, fresh_name, fresh_token
from shop.ground.figures import figures
from shop.staff.models import Person, RecoveryCode, SecondFactor, SignedIn

STEP = 30  # seconds
DRIFT = 1  # steps that a clock may be off
CODES, LETTERS = 10, 10
ISSUER = "softlaunch"


def has_factor(db: Session, person: str) -> bool:
    """Whether the person has a second factor that they have used at least once."""
    factor = db.get(SecondFactor, person)
    return factor is not None and factor.confirmed_at is not None


def with_factor() -> SelectOfScalar[str]:
    """Whoever has a second factor that counts, as a query for their ids."""
    return select(SecondFactor.person).where(col(SecondFactor.confirmed_at).is_not(None))


def begin(db: Session, person: str) -> SecondFactor:
    """A new second factor that counts once a code of it was given. One that counts already stays as it is."""
    factor = db.get(SecondFactor, person) or SecondFactor(person=person, nonce="")
    if factor.confirmed_at is None:
        factor.nonce, factor.last_step = fresh_token(), 0
        db.add(factor)
    return factor


def secret_of(signer: Signer, factor: SecondFactor) -> str:
    """The secret as apps read it (base 32)."""
    derived = bytes.fromhex(signer.derived(f"second factor:{factor.person}:{factor.nonce}"))
    return b32encode(derived[:20]).decode()


def address_of(signer: Signer, factor: SecondFactor, person: Person) -> str:
    """What the picture holds that an app reads: `otpauth://…`."""
    return TOTP(secret_of(signer, factor)).provisioning_uri(name=person.email, issuer_name=ISSUER)


def take_code(db: Session, signer: Signer, person: str, given: str, *, now: datetime) -> bool:
    """Whether this is a code of the person's second factor that was not given before; it is used up."""
    factor, digits = db.get(SecondFactor, person), "".join(figures(given).split())
    if factor is None or len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return False
    app, at = TOTP(secret_of(signer, factor), interval=STEP), int(now.timestamp()) // STEP
    steps = range(at - DRIFT, at + DRIFT + 1)
    step = next((each for each in steps if hmac.compare_digest(app.generate_otp(each), digits)), None)
    if step is None:
        return False
    later = update(SecondFactor).where(col(SecondFactor.person) == person, col(SecondFactor.last_step) < step)
    return db.connection().execute(later.values(last_step=step)).rowcount == 1


def take_recovery(db: Session, signer: Signer, person: str, given: str, *, now: datetime) -> bool:
    """Whether this is one of the person's codes on paper that is not used yet; it is used up."""
    hashed = _hash(signer, person, "".join(each for each in figures(given).upper() if each.isalnum()))
    unused = col(RecoveryCode.hash) == hashed, col(RecoveryCode.used_at).is_(None)
    used = update(RecoveryCode).where(*unused, col(RecoveryCode.person) == person)
    return db.connection().execute(used.values(used_at=now)).rowcount == 1


def confirm(db: Session, signer: Signer, person: str, given: str, *, now: datetime) -> list[str]:
    """Let the second factor count from now on, by a first code of it; the codes on paper. Empty for a wrong code.

    Sign-ins from before are no longer held to setting it up: the caller ends those that were made without it.
    """
    factor = db.get(SecondFactor, person)
    if factor is None or factor.confirmed_at is not None or not take_code(db, signer, person, given, now=now):
        return []
    counted = update(SecondFactor).where(col(SecondFactor.person) == person)
    db.connection().execute(counted.values(confirmed_at=now))
    free = update(SignedIn).where(col(SignedIn.person_id) == person)
    db.connection().execute(free.values(must_enrol=False))
    return new_recovery_codes(db, signer, person)


def new_recovery_codes(db: Session, signer: Signer, person: str) -> list[str]:
    """Fresh codes on paper, to be shown once; those from before count no more."""
    db.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.person) == person))
    codes = [fresh_name(LETTERS) for _ in range(CODES)]
    db.add_all([RecoveryCode(hash=_hash(signer, person, code), person=person) for code in codes])
    return [f"{code[: LETTERS // 2]}-{code[LETTERS // 2 :]}" for code in codes]


def codes_left(db: Session, person: str) -> int:
    """How many codes on paper are not used yet."""
    unused = RecoveryCode.person == person, col(RecoveryCode.used_at).is_(None)
    return db.exec(select(func.count()).select_from(RecoveryCode).where(*unused)).one()


def drop_factor(db: Session, person: str) -> bool:
    """Take the second factor away, with its codes on paper; says whether there was one that counted."""
    had = has_factor(db, person)
    db.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.person) == person))
    db.connection().execute(delete(SecondFactor).where(col(SecondFactor.person) == person))
    return had


def _hash(signer: Signer, person: str, code: str) -> str:
    return signer.derived(f"recovery code:{person}:{code}")
