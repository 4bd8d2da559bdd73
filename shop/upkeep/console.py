"""The console's look into what leaves the house: what was given up, and every mail where no SMTP server is set up.

Mails are of all markets, and some hold the link by which a person chooses a password: they are for nobody who is an
exporter only here and there.
"""

import re
from email.message import EmailMessage
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.base.mail import FolderMailer
from shop.base.outbox import Effect, dead
from shop.base.web import see_other
from shop.ground.errors import found, row_id
from shop.launches.arrival import AT, Console
from shop.staff.may import ALL_MARKETS
from shop.upkeep.repeating import repeat

SEE = {"act": "mail.see"}
SHOWN = 200
LINK = re.compile(r"https?://[^\s<>\"']+")


@get("/console/mail", dependencies=AT, opt=SEE, sync_to_thread=True)
def mail_list(
    console: NamedDependency[Console], mailer: NamedDependency[Any], done: FromQuery[str] = ""
) -> Response[str]:
    """What was given up, and the mails in the local outbox, newest first."""
    console.check(ALL_MARKETS)
    with console.database.reading() as db:
        given_up = [_given_up(each, console) for each in dead(db)]
    heads = mailer.heads(SHOWN) if isinstance(mailer, FolderMailer) else []
    mails = [{"url": f"/console/mail/{name}", **_head(mail, console)} for name, mail in heads]
    return console.page(
        "mails",
        title=console.staff.tongue.say(N_("Mail")),
        current="/console/mail",
        done=done,
        given_up=given_up,
        mails=mails,
        local=isinstance(mailer, FolderMailer),
    )


@get("/console/mail/{name:str}", dependencies=AT, opt=SEE, sync_to_thread=True)
def mail_page(name: FromPath[str], console: NamedDependency[Console], mailer: NamedDependency[Any]) -> Response[str]:
    """One mail as its reader sees it without pictures: the text, its links, its attachments."""
    console.check(ALL_MARKETS)
    mail = found(_read(mailer, name))
    text = mail.get_body(("plain",))
    attachments = [_attachment(each) for each in mail.iter_attachments()]
    return console.page(
        "mail",
        title=str(mail["Subject"]),
        current="/console/mail",
        mail=_head(mail, console),
        attachments=attachments,
        parts=_parts(text.get_content() if text else "", console.base_url),
    )


@post("/console/effects/{number:int}/retry", dependencies=AT, opt=SEE, sync_to_thread=True)
def retry(number: FromPath[int], console: NamedDependency[Console]) -> Response[Any]:
    """Have a message or refund that was given up tried again."""
    console.check(ALL_MARKETS)
    with console.changing() as db:
        repeat(db, row_id(number), now=console.now)
    return see_other("/console/mail?done=repeated")


def _given_up(effect: Effect, console: Console) -> dict[str, Any]:
    assert effect.dead_at is not None
    return {
        "kind": effect.kind,
        "key": effect.key,
        "error": effect.error,
        "at": console.staff.tongue.moment(effect.dead_at, console.exporter.zone),
        "url": f"/console/effects/{effect.id}/retry",
    }


def _read(mailer: Any, name: str) -> EmailMessage | None:
    if not isinstance(mailer, FolderMailer):
        return None
    try:
        return mailer.read(name)
    except (OSError, ValueError):  # no such file, or a name that no file can have
        return None


def _head(mail: EmailMessage, console: Console) -> dict[str, str]:
    sent = mail["Date"].datetime
    return {
        "subject": str(mail["Subject"]),
        "to": str(mail["To"]),
        "language": str(mail["Content-Language"] or ""),
        "at": console.staff.tongue.moment(sent, console.exporter.zone),
    }


def _parts(text: str, base_url: str) -> list[dict[str, str]]:
    """The text parted at its addresses; only those of this shop become links."""
    parts, read = [], 0
    for match in LINK.finditer(text):
        address = match[0].rstrip(".,;:)")
        parts.append({"text": text[read : match.start()], "url": ""})
        parts.append({"text": address, "url": address if address.startswith(f"{base_url}/") else ""})
        read = match.start() + len(address)
    return [*parts, {"text": text[read:], "url": ""}]


def _attachment(part: EmailMessage) -> dict[str, str]:
    content = part.get_content()
    return {
        "name": part.get_filename() or "",
        "type": part.get_content_type(),
        "text": content if isinstance(content, str) else "",
    }


HANDLERS = [mail_list, mail_page, retry]
