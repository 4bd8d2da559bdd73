"""A customer's files: what they sent with requests, their photos, and the mails about them that are kept here instead of sent."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import PurePosixPath

from sqlmodel import Session, col, select

from shop.aftersales.models import CasePhoto
from shop.aftersales.photos import ENDINGS
from shop.base.mail import FolderMailer
from shop.support.requests.attachments import Shelf
from shop.support.requests.models import Attachment
from shop.upkeep.personal.finding import Subject, is_customers
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
    things = [each.casefold() for each in (*subject.orders, *subject.requests, *subject.cases, *subject.addresses)]
    names = [each.casefold() for each in subject.names]
    for name, mail in outbox.kept():
        if before is not None and mail["Date"].datetime > before:
            continue
        said = _said(mail)
        theirs = _is_to(mail, subject) or any(each in said for each in things)
        if theirs or (any(each in said for each in names) and not _is_to_another_customer(db, mail)):
            yield name, mail


def remove_mails(outbox: FolderMailer, names: list[str]) -> None:
    """Remove kept mails."""
    for name in names:
        (outbox.folder / f"{name}.eml").unlink(missing_ok=True)


def _is_to(mail: EmailMessage, subject: Subject) -> bool:
    return any(each.addr_spec.casefold() in subject.addresses for each in mail["To"].addresses)


def _is_to_another_customer(db: Session, mail: EmailMessage) -> bool:
    to = [each.addr_spec for each in mail["To"].addresses]
    return any(is_customers(db, each) and not signs_in(db, each) for each in to)


def _said(mail: EmailMessage) -> str:
    texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *texts]).casefold()
