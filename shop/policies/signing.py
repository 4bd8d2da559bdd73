"""A native reader's sign-off: by a country specialist, for one text of one version, as it stands at that moment."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.ground.errors import Refusal
from shop.policies.library import PolicyVersion
from shop.policies.models import SignOff
from shop.staff.may import works_for
from shop.staff.models import Person

Signed = dict[tuple[str, str, str, str], SignOff]  # by market, kind, version and language


class NotYoursToSign(Refusal):
    """Only a specialist of the market whose own language the text is in may sign it."""


class TextChanged(Refusal):
    """The version is not the one that was read: it has to be read again before it is signed."""


def may_sign(person: Person, version: PolicyVersion, language: str) -> bool:
    """Whether the text is this person's to sign: a specialist's, of their market, in the language they read natively."""
    native = person.language.partition("-")[0] == language.partition("-")[0]
    mine = works_for(person, version.market, "policy.sign")
    return mine and native and language in version.texts


def sign(db: Session, version: PolicyVersion, language: str, *, seen: str, person: Person, now: datetime) -> None:
    """Sign the text whose version has the hash `seen`, once; signing again says the same. Raises NotYoursToSign, TextChanged."""
    if not may_sign(person, version, language):
        raise NotYoursToSign
    if seen != version.hash:
        raise TextChanged
    row = {"market": version.market, "kind": version.kind, "version": version.name, "language": language}
    signed = {"hash": version.hash, "person": person.id, "at": now}
    once = insert(SignOff).values({**row, **signed})
    anew = once.on_conflict_do_update(index_elements=list(row), set_=signed, where=col(SignOff.hash) != version.hash)
    db.connection().execute(anew)


def signatures(db: Session, versions: Iterable[PolicyVersion]) -> Signed:
    """The sign-offs that hold for these versions; none for a text changed since."""
    hashes = {each.hash for each in versions}
    rows = db.exec(select(SignOff).where(col(SignOff.hash).in_(hashes))).all()
    return {(each.market, each.kind, each.version, each.language): each for each in rows}
