"""Choosing a password: by an invitation, by a link after one was forgotten, or instead of the one that is known."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.tokens import token_hash
from shop.ground.errors import Refusal
from shop.staff.deeds import note
from shop.staff.letters import INVITATION, PASSWORD_CHANGED, drop_links, tell
from shop.staff.models import Person, StaffLink
from shop.staff.passwords import WeakPassword, check_password
from shop.staff.programs import Programs
from shop.staff.signin import WrongPassword, end_sign_ins, is_password, password_hash


class PasswordLinkOver(Refusal):
    """The link to choose a password by was used, is too old, or never was one."""


def invited(db: Session, secret: str, *, now: datetime) -> tuple[Person, str]:
    """Whose link this is, and what for. Raises PasswordLinkOver."""
    link = db.get(StaffLink, token_hash(secret))
    person = db.get(Person, link.person) if link is not None else None
    if link is None or link.expires_at <= now or person is None or person.deactivated:
        raise PasswordLinkOver
    return person, link.purpose


def choose_password(database: Database, secret: str, password: str, *, programs: Programs, now: datetime) -> Person:
    """Give the person of the link this password, once. Ends their sign-ins; after one was forgotten their tokens as well.

    Raises PasswordLinkOver, WeakPassword.
    """
    with database.reading() as db:
        person, purpose = invited(db, secret, now=now)
    check_password(password, person)
    hashed = password_hash(password)
    with database.writing() as db:
        link = delete(StaffLink).where(col(StaffLink.hash) == token_hash(secret), col(StaffLink.expires_at) > now)
        if not db.connection().execute(link).rowcount:
            raise PasswordLinkOver
        ended = programs.end(db, person.id, by=person.id, now=now) if purpose != INVITATION else 0
        _keep(db, person, hashed, told=purpose != INVITATION, now=now, tokens=ended)
        note(db, "joined" if purpose == INVITATION else "password", person.id, by=person.id, now=now)
        return db.exec(select(Person).where(Person.id == person.id).execution_options(populate_existing=True)).one()


def change_password(
    database: Database,
    person: Person,
    old: str,
    new: str,
    *,
    token: str,
    now: datetime,
    programs: Programs | None = None,
) -> None:
    """Another password for who knows the old one. Ends their other sign-ins, with `programs` their tokens as well.

    Raises WrongPassword, WeakPassword.
    """
    if not is_password(person, old):
        raise WrongPassword
    if old == new:
        raise WeakPassword(reason="same")
    check_password(new, person)
    hashed = password_hash(new)
    with database.writing() as db:
        ended = programs.end(db, person.id, by=person.id, now=now) if programs is not None else 0
        _keep(db, person, hashed, told=True, now=now, but=token, tokens=ended)
        note(db, "password", person.id, by=person.id, now=now)


def _keep(
    db: Session, person: Person, hashed: str, *, told: bool, now: datetime, but: str = "", tokens: int = 0
) -> None:
    """Raises WrongPassword when another was chosen in the meantime."""
    same = col(Person.id) == person.id, col(Person.password_hash) == person.password_hash
    if not db.connection().execute(update(Person).where(*same).values(password_hash=hashed)).rowcount:
        raise WrongPassword
    drop_links(db, person.id)
    end_sign_ins(db, person.id, but=but)
    if told:
        tell(db, PASSWORD_CHANGED, person.id, key=now.isoformat(), now=now, tokens=tokens)


def forget_old_password_links(db: Session, *, now: datetime) -> None:
    """Drop the links that open nothing any more."""
    db.connection().execute(delete(StaffLink).where(col(StaffLink.expires_at) <= now))
