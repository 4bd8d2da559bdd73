"""Adding a person who signs in, or giving one who is known already a new password."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.mail import NotAnAddress, address
from shop.ground.instants import UnknownZone, zone
from shop.staff.deeds import note
from shop.staff.last_exporter import LastExporter, somebody_stays
from shop.staff.may import ROLES
from shop.staff.models import Person, SignedIn
from shop.staff.passwords import SHORTEST, weakness
from shop.staff.signin import password_hash


class BadPerson(ValueError):
    """What was said of the person cannot be taken; the message says why."""


def add_person(
    database: Database,
    email: str,
    password: str,
    given: Mapping[str, str],
    *,
    known: Mapping[str, Collection[str]],
    now: datetime,
) -> tuple[Person, bool]:
    """Add the person, or change what is `given` of a known one, and set the password, which ends open sign-ins.

    True when they are new.

    `given` holds name, role, language, zone and markets; empty ones are left as they are. `known` holds the languages and
    markets there are. Raises BadPerson.
    """
    values = {name: value.strip() for name, value in given.items() if value.strip()}
    email = email.strip().lower()
    _check(email, values)
    _check_known(values, known)
    with database.reading() as db:
        there = db.exec(select(Person).where(Person.email == email)).first()
    _check_password(password, values.get("name") or (there.name if there else ""), email)
    hashed = password_hash(password)
    with database.writing() as db:
        person = db.exec(select(Person).where(Person.email == email)).first()
        new = person is None
        if person is None:
            if not values.get("name") or not values.get("role"):
                raise BadPerson(f"nobody has the address {email} yet: name and role are needed")
            taken = set(db.exec(select(Person.id)).all())
            person = Person(id=free_id(email, taken), email=email, name=values["name"], role=values["role"])
        try:
            with somebody_stays(db):
                person.sqlmodel_update({**values, "password_hash": hashed, "deactivated": False})
                db.add(person)
        except LastExporter:
            raise BadPerson(f"{email} is the last exporter of all markets who can sign in") from None
        note(db, "given", person.id, by="", now=now)
        db.connection().execute(delete(SignedIn).where(col(SignedIn.person_id) == person.id))
    return person, new


def _check(email: str, values: Mapping[str, str]) -> None:
    try:
        address(email)
        zone(values.get("zone", "UTC"))
    except NotAnAddress:
        raise BadPerson(f"{email!r} is not an e-mail address") from None
    except UnknownZone as error:
        raise BadPerson(str(error)) from None
    if values.get("role", ROLES[0]) not in ROLES:
        raise BadPerson(f"{values['role']!r} is none of {', '.join(ROLES)}")


def _check_password(password: str, name: str, email: str) -> None:
    said = {
        "short": f"the password needs at least {SHORTEST} characters",
        "common": "the password is one of those that are tried first",
        "own": "the password is too near to the name or the address",
    }
    if reason := weakness(password, name, email):
        raise BadPerson(said[reason])


def _check_known(values: Mapping[str, str], known: Mapping[str, Collection[str]]) -> None:
    named = [("language", values["language"])] if "language" in values else []
    for name, each in (*named, *(("markets", each) for each in values.get("markets", "").split())):
        if each not in known[name]:
            raise BadPerson(
                f"{name}: {each!r} is none of {', '.join(sorted(known[name])) or 'them, for there are none yet'}"
            )


def free_id(email: str, taken: Collection[str]) -> str:
    """The first part of the address as an id, numbered when somebody has it."""
    name = re.sub(r"[^a-z0-9]+", "-", email.partition("@")[0]).strip("-") or "person"
    return next(
        each for each in (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))) if each not in taken
    )
