"""Reading a mail that came in: who sent it, what it says, what came with it, and whether a machine wrote it. Pure.

Nothing in a mail is believed to be well made: headers of any bytes, alphabets nobody knows, and parts within parts. The
old policy of the standard library is used on purpose: the new one raises on headers that are badly broken.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import policy
from email.header import decode_header
from email.message import Message as Mail
from email.parser import BytesParser
from email.utils import getaddresses

from shop.base.mail import NotAnAddress, address, as_sent
from shop.support.requests.files import MOST_FILES, MOST_TOGETHER, File, NotTaken, TooHeavy, checked
from shop.support.requests.mail_text import decoded, file_name, shortened, written

MOST_BYTES = 32 * 1024 * 1024  # of a whole mail: its files take a third more room in it than by themselves
MOST_PARTS, MOST_NAMED = 200, 10
LONGEST_LINE, LONGEST_HEADER = 300, 10_000

_SIGNATURES = ("application/pgp", "application/pkcs7", "application/x-pkcs7")
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+-].*)?", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})


class Unreadable(ValueError):
    """The bytes are not a mail that anybody could answer; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it is taken in. `hash` tells it from all others; `automatic` is why it counts as a machine's, or empty.

    `left_out` are the names of files that are not kept. `answers` are the Message-IDs it refers to.
    """

    sender: str
    name: str
    subject: str
    text: str
    to: tuple[str, ...]
    answers: tuple[str, ...]
    hash: str
    automatic: str = ""
    files: tuple[File, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class _Came:
    files: list[File] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_mail(data: bytes, *, to: str = "") -> Letter:
    """The mail. `to` is the address it came to, where the mail server says it. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"it is larger than {MOST_BYTES // 1024**2} megabytes")
    try:
        mail = BytesParser(policy=policy.compat32).parsebytes(_without_envelope(data))
        parts = _parts(mail)
        came, text = _came(parts), shortened(written(parts))
        (name, sender), recipients = _sender(mail), _recipients(mail)
    except RecursionError:
        raise Unreadable("it has parts within parts without end") from None
    ids = re.findall(r"<[^<>\s]{1,400}>", f"{_header(mail, 'in-reply-to')} {_header(mail, 'references')}")
    return Letter(
        sender=sender,
        name=name[:LONGEST_LINE],
        subject=_header(mail, "subject")[:LONGEST_LINE],
        text=text,
        to=tuple(filter(None, (to, *recipients))),
        answers=tuple(ids[-50:]),
        hash=_hash(mail, sender, data),
        automatic=_automatic(mail, sender),
        files=tuple(came.files),
        left_out=tuple(came.left_out[:MOST_NAMED]),
    )


def _without_envelope(data: bytes) -> bytes:
    """Some servers put an mbox line before the mail."""
    return data.partition(b"\n")[2] if data.startswith(b"From ") else data


def _header(mail: Mail, name: str) -> str:
    """The header as one line of text, whatever bytes it is made of."""
    value = next((value for key, value in mail.raw_items() if key.lower() == name), "")
    return _shown(value)


def _shown(value: object) -> str:
    written = str(value)[:LONGEST_HEADER]
    try:
        raw = written.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        raw = written.encode("utf-8", "replace").decode("utf-8")
    try:
        parts = decode_header(raw)
    except (ValueError, LookupError):
        parts = [(raw, None)]
    said = "".join(each if isinstance(each, str) else _text(each, alphabet) for each, alphabet in parts)
    return " ".join("".join(each for each in said if each.isprintable() or each.isspace()).split())


def _text(data: bytes, alphabet: str | None) -> str:
    try:
        return decoded(data, alphabet or "utf-8")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _sender(mail: Mail) -> tuple[str, str]:
    """The one who wrote it: name and address. Raises Unreadable where it is nobody to answer."""
    for header in ("from", "sender"):
        found = [(name, as_sent(each)) for name, each in getaddresses([_header(mail, header)]) if each]
        if len(found) == 1:
            try:
                address(found[0][1])
            except NotAnAddress:
                continue
            return found[0]
    raise Unreadable("it has no sender who could be answered")


def _recipients(mail: Mail) -> list[str]:
    names = {"to", "cc", "delivered-to", "x-original-to", "x-envelope-to"}
    shown = [_shown(value) for key, value in mail.raw_items() if key.lower() in names]
    return [each for _name, each in getaddresses(shown) if "@" in each][:50]


def _hash(mail: Mail, sender: str, data: bytes) -> str:
    """By sender and Message-ID; a mail without one is told from others by all its bytes."""
    name = _header(mail, "message-id")
    said = f"{sender.casefold()}\n{name}".encode() if name else data
    return hashlib.sha256(said).hexdigest()


def _automatic(mail: Mail, sender: str) -> str:
    """Why no person wrote it (RFC 3834 and what servers really send); empty where one did."""
    local = sender.partition("@")[0]
    if _header(mail, "auto-submitted").partition(";")[0].strip().lower() not in ("", "no"):
        return "it says that it was sent automatically"
    if _header(mail, "precedence").lower() in _BULK or mail["list-id"] is not None:
        return "it was sent to many"
    if mail["return-path"] is not None and _header(mail, "return-path") in ("<>", ""):
        return "nobody would get an answer to it"
    if mail.get_content_type() in ("multipart/report", "message/delivery-status") or mail["x-failed-recipients"]:
        return "it is the report of a mail server"
    if mail["x-autoreply"] is not None or mail["x-autorespond"] is not None:
        return "it is an automatic reply"
    return "a machine sent it" if _MACHINES.fullmatch(local) else ""


def _came(parts: Iterable[Mail]) -> _Came:
    came = _Came()
    for part in parts:
        kind, name = part.get_content_type(), _shown(file_name(part))
        words = kind in ("text/plain", "text/html") and not name
        if words or kind.startswith(_SIGNATURES):
            continue
        if part.is_multipart():  # a mail within the mail: its words are not this sender's, and its files neither
            came.left_out.append(name or kind)
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes) or not data:
            continue
        try:
            file = checked(name, data)
        except (NotTaken, TooHeavy):
            if not part["content-id"]:  # the little drawings in a signature are nobody's loss
                came.left_out.append(name or kind)
            continue
        full = len(came.files) == MOST_FILES
        if full or sum(len(each.data) for each in (*came.files, file)) > MOST_TOGETHER:
            came.left_out.append(file.name)
        elif all(each.data != file.data for each in came.files):
            came.files.append(file)
    return came


def _parts(mail: Mail) -> list[Mail]:
    """The parts that hold something; a mail within the mail is one, whatever it holds."""
    found: list[Mail] = []
    waiting = [mail]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop(0)
        inside = part.get_payload()
        if part.is_multipart() and part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting = [*(each for each in inside[:MOST_PARTS] if isinstance(each, Mail)), *waiting]
        else:
            found.append(part)
    return found
