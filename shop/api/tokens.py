"""Tokens: by which a program acts for a person. Only the hash of a token is kept; it is shown once, when it is made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from shop.api.models import ApiToken
from shop.api.problems import Problem
from shop.api.scopes import in_order
from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.tokens import fresh_name, fresh_token, token_hash
from shop.ground.errors import found
from shop.staff.arrival import Staff
from shop.staff.deeds import TOKENS_ENDED
from shop.staff.models import Person, PersonDeed

BEGINS = "slt_"
NOTED_EVERY = timedelta(minutes=1)  # so often is it written down that a token is used


@dataclass(frozen=True, slots=True)
class Made:
    """A new token and its text, which nobody can read again."""

    token: ApiToken
    text: str


def make_token(db: Session, person: str, *, name: str, scopes: Iterable[str], days: int, now: datetime) -> Made:
    """A token for this person with these scopes, for so many days."""
    prefix = f"{BEGINS}{fresh_name(6)}"
    text = f"{prefix}_{fresh_token()}"
    token = ApiToken(
        person=person,
        name=name,
        prefix=prefix,
        hash=token_hash(text),
        scopes=" ".join(in_order(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.add(token)
    db.flush()
    return Made(token, text)


def revoke(db: Session, number: int, *, by: str, everybodys: bool, now: datetime) -> None:
    """End a token, the person's own or, with `everybodys`, anybody's. Ended twice is once. Raises NotFound."""
    token = found(db.get(ApiToken, number))
    found(token if everybodys or token.person == by else None)
    mine = update(ApiToken).where(col(ApiToken.id) == number, col(ApiToken.revoked_at).is_(None))
    db.connection().execute(mine.values(revoked_at=now, revoked_by=by))


def bearer(database: Database, languages: Languages, header: str, *, now: datetime) -> tuple[Staff, ApiToken]:
    """Whose token the Authorization header holds. Raises the problem of one that is none, over, or of nobody any more."""
    kind, _, text = header.partition(" ")
    if kind.lower() != "bearer" or not text.strip().startswith(BEGINS):
        raise Problem("no_token")
    with database.reading() as db:
        token = db.exec(select(ApiToken).where(ApiToken.hash == token_hash(text.strip()))).first()
        person = db.get(Person, token.person) if token is not None else None
        if token is None or person is None or person.deactivated:
            raise Problem("no_token")
        if token.revoked_at is not None or token.expires_at <= now or outlived(db, token):
            raise Problem("no_token")
        staff = Staff(person, languages.tongue("en"))
    if token.last_used_at is None or token.last_used_at <= now - NOTED_EVERY:
        _note_use(database, token, now=now)
    return staff, token


def outlived(db: Session, token: ApiToken) -> bool:
    """Whether its person was deactivated or ended all of theirs since it was made: who works here again makes new ones."""
    ends = col(PersonDeed.deed).in_(("deactivated", TOKENS_ENDED))
    since = PersonDeed.person == token.person, ends, PersonDeed.at >= token.created_at
    return db.exec(select(PersonDeed.id).where(*since).limit(1)).first() is not None


def working(db: Session, person: str, now: datetime) -> int:
    """How many of the person's tokens still work."""
    on = ApiToken.person == person, col(ApiToken.revoked_at).is_(None), ApiToken.expires_at > now
    return sum(not outlived(db, each) for each in db.exec(select(ApiToken).where(*on)).all())


def tokens_of(db: Session, person: str, *, everybodys: bool) -> list[ApiToken]:
    """The person's tokens, or everybody's, the newest first."""
    query = select(ApiToken).order_by(col(ApiToken.id).desc())
    return list(db.exec(query if everybodys else query.where(ApiToken.person == person)).all())


def _note_use(database: Database, token: ApiToken, *, now: datetime) -> None:
    before = or_(col(ApiToken.last_used_at).is_(None), col(ApiToken.last_used_at) <= now - NOTED_EVERY)
    with database.writing() as db:
        db.connection().execute(update(ApiToken).where(col(ApiToken.id) == token.id, before).values(last_used_at=now))
