"""Mail out of the house: by SMTP when it is set up, else into a local outbox folder that the console shows."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime
from itertools import takewhile
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import unquote, urlsplit

import idna

from shop.base.foreign_hosts import is_foreign

# Quoted names and numeric hosts are allowed on paper; nobody who buys has one, and servers read them in several ways.
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")

LONGEST = 254  # of an address, RFC 5321
OUTBOX = "outbox"  # the folder in DATA_DIR of mails that are kept here instead of sent


class NotAnAddress(ValueError):
    """The text is not one plain e-mail address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A UTF-8 text that travels with a mail."""

    name: str
    subtype: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person, in that person's language (a BCP 47 tag).

    `mark` tells by the Message-ID what an answer to it is about, `reply_to` is where answers go if not to the sender.
    """

    to: str
    subject: str
    text: str
    html: str
    language: str
    key: str
    mark: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = field(default=())


@runtime_checkable  # the framework checks what it hands to a door
class Mailer(Protocol):
    """Something that takes a mail; raises OSError or smtplib.SMTPException when it cannot now."""

    def send(self, mail: Mail, *, now: datetime) -> None:
        """Hand the mail over."""


class SmtpMailer:
    """Sends through the SMTP server of SMTP_URL (`smtps://` TLS from the start; `smtp://` STARTTLS, in clear only
    without a password, to a host of one's own network that offers none)."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender

    def send(self, mail: Mail, *, now: datetime) -> None:
        with self._connection() as server:
            if self._parts.username:
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
            server.send_message(message(mail, self._sender, now=now))

    def _connection(self) -> smtplib.SMTP:
        host, port = self._parts.hostname or "", self._parts.port or 0
        if self._parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=20, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port or 587, timeout=20)
        try:
            server.ehlo()
            # A password never goes out in clear, nor does anything over wires that are not ours.
            if self._parts.username or is_foreign(host) or server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
        except BaseException:
            server.close()
            raise
        return server


class FolderMailer:
    """Keeps every mail as an .eml file that only its owner may read, the newest last by name."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder = folder
        self._sender = sender

    def send(self, mail: Mail, *, now: datetime) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in mail.key)
        file = self.folder / f"{now:%Y%m%dT%H%M%S}-{name}.eml"
        beside = file.with_suffix(".part")  # whoever runs out of room on the way leaves no half mail among the others
        try:
            beside.touch(mode=0o600)
            beside.write_bytes(bytes(message(mail, self._sender, now=now)))
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)

    def kept(self) -> list[tuple[str, EmailMessage]]:
        """All kept mails with their file names, newest first; one that is removed meanwhile is not there."""
        return list(self._each(self._names(), self.read))

    def heads(self, at_most: int | None = None) -> list[tuple[str, EmailMessage]]:
        """What stands at the head of the newest mails, with their file names, newest first; the rest is not read."""
        return list(self._each(self._names()[:at_most], self._head))

    def _each(self, names: Iterable[str], read: Callable[[str], EmailMessage]) -> Iterator[tuple[str, EmailMessage]]:
        for name in names:
            with suppress(FileNotFoundError):  # the mails to somebody erased go while others look at the list
                yield name, read(name)

    def _names(self) -> list[str]:
        return sorted((file.stem for file in self.folder.glob("*.eml")), reverse=True)

    def _head(self, name: str) -> EmailMessage:
        with (self.folder / f"{name}.eml").open("rb") as file:
            lines = takewhile(bytes.strip, file)
            return BytesHeaderParser(policy=policy.default).parsebytes(b"".join(lines))

    def read(self, name: str) -> EmailMessage:
        """One kept mail; raises FileNotFoundError when there is none of that name."""
        file = self.folder / f"{Path(name).name}.eml"
        parsed = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        assert isinstance(parsed, EmailMessage)
        return parsed


def message(mail: Mail, sender: str, *, now: datetime) -> EmailMessage:
    """The mail as a MIME message: text, HTML beside it, attachments. A key makes a repeated sending recognisable."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, address(mail.to), " ".join(mail.subject.split())
    made["Date"] = format_datetime(now)
    name = ".".join(filter(None, (mail.key.replace(":", "-"), mail.mark)))
    made["Message-ID"] = f"<{name}@{sender.rpartition('@')[2]}>"  # the same when it is sent again
    if mail.reply_to:
        made["Reply-To"] = address(mail.reply_to)
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    for each in mail.attachments:
        made.add_attachment(each.text, subtype=each.subtype, filename=each.name)
    # Last: making the message one of several parts moves whatever Content- header stands on it into the first part.
    made["Content-Language"], made["Auto-Submitted"] = mail.language, "auto-generated"
    return made


def address(text: str) -> Address:
    """One plain address of a named host, as it is sent to: a host in other letters than ASCII by its IDNA name.

    Raises NotAnAddress for lists, names, quotes, numbers for hosts, and the rest.
    """
    sent = as_sent(text)
    try:
        parsed = Address(addr_spec=sent)
    except Exception:  # noqa: BLE001 - the standard library raises several kinds for several kinds of nonsense
        raise NotAnAddress(text) from None
    if parsed.addr_spec != sent or not _PLAIN.fullmatch(sent) or len(parsed.username) > 64 or len(sent) > LONGEST:
        raise NotAnAddress(text)
    return parsed


def as_sent(text: str) -> str:
    """The address as mail servers and payment services read it; one whose host has no IDNA name stays as it is."""
    name, at, host = text.rpartition("@")
    if not at or host.isascii() or len(text) > LONGEST:
        return text
    try:
        return f"{name}@{idna.encode(host, uts46=True).decode()}"
    except UnicodeError:
        return text


def mailbox_text(text: str) -> str:
    """One writing of a mailbox, to compare and to hash: the host as it is asked for, all in small letters.

    Small letters, never folded: a host that has no IDNA name would lose its ß, and become somebody else's.
    """
    return as_sent(text).lower()


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses lead to one mailbox, however their hosts and capitals are written."""
    return mailbox_text(one) == mailbox_text(other)


def is_local_name(text: str) -> bool:
    """Whether an address is refused only because what stands before the @ is not written in ASCII letters."""
    name, _, host = as_sent(text).rpartition("@")
    return not name.isascii() and _PLAIN.fullmatch(f"name@{host}") is not None


def mailer(smtp_url: str, sender: str, outbox: Path) -> Mailer:
    """SMTP when it is set up, else the local outbox."""
    return SmtpMailer(smtp_url, sender) if smtp_url else FolderMailer(outbox, sender)
