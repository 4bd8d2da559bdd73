"""A customer's files: what they sent with requests, their photos, and the mails about them that are kept here instead of sent."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import PurePosixPath

from sqlmodel import Session, col, select

from shop.aftersales.claims.photos import ENDINGS
from shop.aftersales.models import CasePhoto
from shop.base.mail import FolderMailer
from shop.base.tokens import Signer
from shop.support.requests.attachments import Shelf
from shop.support.requests.models import Attachment
from shop.upkeep.models import ErasedName, Erasure
from shop.upkeep.personal.erased_list import fingerprint
from shop.upkeep.personal.finding import Subject, is_customers
from shop.upkeep.personal.naming import named
from shop.upkeep.personal.obstacles import signs_in


@dataclass(frozen=True, slots=True)
class PersonalFile:
    """One file as it leaves with an export: a name that is nobody's choice, what it belongs to, and its bytes."""

    name: str
    of: str
    data: bytes


def files_of(db: Session, subject: Subject, shelf: Shelf, outbox: FolderMailer) -> Iterator[PersonalFile]:
    """Everything, in an order that stays the same."""
    sent = select(Attachment).where(col(Attachment.request).in_(subject.requests)).order_by(col(Attachment.id))
    for each in db.exec(sent).all():
        ending = PurePosixPath(each.name).suffix
        with suppress(FileNotFoundError):  # removed while a backup was made that was restored since
            yield PersonalFile(f"files/{each.request}-{each.id}{ending}", each.request, shelf.read(each.key))
    photos = select(CasePhoto).where(col(CasePhoto.case).in_(subject.cases))
    for number, photo in enumerate(db.exec(photos.order_by(col(CasePhoto.case), col(CasePhoto.at))).all(), 1):
        yield PersonalFile(f"files/{photo.case}-{number}.{ENDINGS[photo.media_type]}", photo.case, photo.data)
    for name, mail in kept_mails(db, outbox, subject):
        if _is_to(mail, subject):
            yield PersonalFile(f"mails/{name}.eml", "mail", bytes(mail))


def keys_of(db: Session, subject: Subject) -> list[str]:
    """Under which keys the shelf holds what they sent."""
    return list(db.exec(select(Attachment.key).where(col(Attachment.request).in_(subject.requests))).all())


def kept_mails(
    db: Session, outbox: FolderMailer, subject: Subject, *, before: datetime | None = None
) -> Iterator[tuple[str, EmailMessage]]:
    """The kept mails to them, those to anybody about a thing of theirs, and those that name them but are no other
    customer's: whoever is called as a word of every mail takes nobody's with them. With `before`, those until then.
    """
    about = named(subject.addresses, subject.things)
    them = named(subject.names)
    for name, mail in outbox.kept():
        if before is not None and mail["Date"].datetime > before:
            continue
        said = _said(mail)
        theirs = _is_to(mail, subject) or about.search(said)
        if theirs or (them.search(said) and not _is_to_another_customer(db, mail)):
            yield name, mail


def left_over(db: Session, outbox: FolderMailer, signer: Signer) -> Iterator[str]:
    """The names of kept mails to whoever is erased: one that was on its way meanwhile is kept after all else was removed.

    Of somebody who has come back since, only those that name an order, request or case of before.
    """
    erased = set(db.exec(select(Erasure.fingerprint)).all())
    if not erased:
        return
    for name, head in outbox.heads():
        to = [each for each in readers(head) if fingerprint(signer, each) in erased]
        if to and (
            not any(is_customers(db, each) or signs_in(db, each) for each in to) or _of_before(db, outbox, name)
        ):
            yield name


def _of_before(db: Session, outbox: FolderMailer, name: str) -> bool:
    with suppress(FileNotFoundError):
        numbers = set(_NUMBER.findall(_said(outbox.read(name))))
        return db.exec(select(ErasedName.name).where(col(ErasedName.name).in_(numbers)).limit(1)).first() is not None
    return False


_NUMBER = re.compile(r"\b[A-Z]+(?:-[0-9A-Z]+)+\b")


def remove_mails(outbox: FolderMailer, names: Iterable[str]) -> None:
    """Remove kept mails."""
    for name in names:
        (outbox.folder / f"{name}.eml").unlink(missing_ok=True)


def _is_to(mail: EmailMessage, subject: Subject) -> bool:
    return any(each.lower() in subject.addresses for each in readers(mail))


def _is_to_another_customer(db: Session, mail: EmailMessage) -> bool:
    return any(is_customers(db, each) and not signs_in(db, each) for each in readers(mail))


def readers(mail: EmailMessage) -> list[str]:
    """The addresses it goes to."""
    return [each.addr_spec for name in ("To", "Cc", "Bcc") if mail[name] for each in mail[name].addresses]


def _said(mail: EmailMessage) -> str:
    texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *texts])
