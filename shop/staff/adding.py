"""Adding a person who signs in, or giving one who is known already a new password."""

import re
from collections.abc import Collection, Mapping

from sqlalchemy import delete
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.mail import NotAnAddress, address
from shop.ground.instants import UnknownZone, zone
from shop.staff.may import ROLES
from shop.staff.models import Person, SignedIn
from shop.staff.signin import password_hash

SHORTEST_PASSWORD = 10


class BadPerson(ValueError):
    """What was said of the person cannot be taken; the message says why."""


def add_person(
    database: Database, email: str, password: str, given: Mapping[str, str], *, known: Mapping[str, Collection[str]]
) -> tuple[Person, bool]:
    """Add the person, or change what is `given` of a known one, and set the password, which ends open sign-ins.

    True when they are new.

    `given` holds name, role, language, zone and markets; empty ones are left as they are. `known` holds the languages and
    markets there are. Raises BadPerson.
    """
    values = {name: value.strip() for name, value in given.items() if value.strip()}
    email = email.strip().lower()
    _check(email, password, values)
    _check_known(values, known)
    hashed = password_hash(password)
    with database.writing() as db:
        person = db.exec(select(Person).where(Person.email == email)).first()
        new = person is None
        if person is None:
            if not values.get("name") or not values.get("role"):
                raise BadPerson(f"nobody has the address {email} yet: name and role are needed")
            taken = set(db.exec(select(Person.id)).all())
            person = Person(id=_free_id(email, taken), email=email, **values)
        person.sqlmodel_update({**values, "password_hash": hashed})
        db.add(person)
        db.connection().execute(delete(SignedIn).where(col(SignedIn.person_id) == person.id))
    return person, new


def _check(email: str, password: str, values: Mapping[str, str]) -> None:
    try:
        address(email)
        zone(values.get("zone", "UTC"))
    except NotAnAddress:
        raise BadPerson(f"{email!r} is not an e-mail address") from None
    except UnknownZone as error:
        raise BadPerson(str(error)) from None
    if values.get("role", ROLES[0]) not in ROLES:
        raise BadPerson(f"{values['role']!r} is none of {', '.join(ROLES)}")
    if len(password) < SHORTEST_PASSWORD:
        raise BadPerson(f"the password needs at least {SHORTEST_PASSWORD} characters")


def _check_known(values: Mapping[str, str], known: Mapping[str, Collection[str]]) -> None:
    named = [("language", values["language"])] if "language" in values else []
    for name, each in (*named, *(("markets", each) for each in values.get("markets", "").split())):
        if each not in known[name]:
            raise BadPerson(
                f"{name}: {each!r} is none of {', '.join(sorted(known[name])) or 'them, for there are none yet'}"
            )


def _free_id(email: str, taken: set[str]) -> str:
    """The first part of the address as an id, numbered when somebody has it."""
    name = re.sub(r"[^a-z0-9]+", "-", email.partition("@")[0]).strip("-") or "person"
    return next(
        each for each in (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))) if each not in taken
    )
