"""What must not be left of the demo where customers come: people who still have its password, which everybody can read."""

from sqlalchemy import func
from sqlmodel import col, select

from shop.base.db import Database
from shop.demo.showing import PASSWORD
from shop.staff.models import Person
from shop.staff.signin import is_password

MOST_HASHES = 20  # each takes a twentieth of a second; the demo gives all its people the same


def people_of_the_demo(database: Database) -> list[str]:
    """The addresses of those who can sign in with the demo's password; not all, where many have others."""
    can_sign_in = (Person.password_hash != "", col(Person.deactivated).is_(False))
    by_hash = select(Person.password_hash).where(*can_sign_in).group_by(col(Person.password_hash))
    with database.reading() as db:
        hashes = db.exec(by_hash.order_by(func.count().desc()).limit(MOST_HASHES)).all()
        people = [db.exec(select(Person).where(Person.password_hash == each, *can_sign_in)).all() for each in hashes]
    return sorted(each.email for alike in people if is_password(alike[0], PASSWORD) for each in alike)
