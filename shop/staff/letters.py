"""The mails about people's own sign-in, each in the reader's language: invitations, new passwords, what was changed.

The secret of a link is made when its mail is sent, and kept only as a hash. What is no longer so is not sent any more.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.outbox import enqueue
from shop.base.post import Post
from shop.base.tokens import fresh_token, token_hash
from shop.staff.models import Person, StaffLink

MAIL = "staff mail"
INVITATION, FORGOTTEN = "staff_invitation", "staff_forgotten"
NEW_BROWSER, PASSWORD_CHANGED = "staff_new_browser", "staff_password"
FACTOR_ON, FACTOR_OFF = "staff_factor_on", "staff_factor_off"
LASTS = {INVITATION: timedelta(days=7), FORGOTTEN: timedelta(hours=1)}


def tell(db: Session, name: str, person: str, *, key: str, now: datetime, **about: Any) -> None:
    """Have the person told, once for this key."""
    payload = {"mail": name, "person": person, "key": key, "at": now.isoformat(), **about}
    enqueue(db, MAIL, f"{name} {person} {key}", payload, now=now)


def ask_for_password(db: Session, email: str, *, now: datetime) -> None:
    """Have a link sent to whoever has this address, if anybody has; it costs the same when nobody does."""
    payload = {"mail": FORGOTTEN, "email": email, "key": now.isoformat(), "at": now.isoformat()}
    enqueue(db, MAIL, f"{FORGOTTEN} {token_hash(email)} {now.isoformat()}", payload, now=now)


def send(database: Database, post: Post, payload: dict[str, Any], *, now: datetime) -> None:
    """Write and send one of these mails; nothing is sent to who may not sign in."""
    with database.reading() as db:
        wanted = Person.id == payload["person"] if "person" in payload else Person.email == payload["email"]
        person = db.exec(select(Person).where(wanted)).first()
    name = payload["mail"]
    if person is None or person.deactivated or (name != INVITATION and not person.password_hash):
        return
    values: dict[str, Any] = {"person": person.name}
    tongue = post.languages.tongue(person.language)
    if name in LASTS:
        asked = datetime.fromisoformat(payload["at"])
        if asked + LASTS[name] <= now or (name == INVITATION and person.password_hash):
            return
        values |= {
            "url": _link(database, post.base_url, person.id, name, until=asked + LASTS[name]),
            "until": tongue.moment(asked + LASTS[name], person.zone),
        }
    else:
        when = tongue.moment(datetime.fromisoformat(payload["at"]), person.zone)
        values |= {"when": when, "url": f"{post.base_url}/desk/account"}
        values |= {each: payload.get(each, "") for each in ("browser", "address", "tokens")}
    post.send(name, person.email, tongue, key=f"{name} {person.id} {payload['key']}", now=now, **values)


def drop_links(db: Session, person: str) -> None:
    """Let no link that was sent to the person open anything any more."""
    db.connection().execute(delete(StaffLink).where(col(StaffLink.person) == person))


def _link(database: Database, base_url: str, person: str, purpose: str, *, until: datetime) -> str:
    """A new link for the person; one that was sent before for the same purpose opens nothing any more."""
    secret = fresh_token()
    with database.writing() as db:
        theirs = delete(StaffLink).where(col(StaffLink.person) == person, col(StaffLink.purpose) == purpose)
        db.connection().execute(theirs)
        db.add(StaffLink(hash=token_hash(secret), person=person, purpose=purpose, expires_at=until))
    return f"{base_url}/new-password/{secret}"
