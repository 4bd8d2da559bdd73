"""Taking in a mail: to the request it answers, or as a new one of the market it came to; never into somebody else's.

It belongs to a request by our signed mark, in the address it was sent to or in what it answers; or by the request's number
in its subject when it comes from the customer's own address. A number alone opens nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base import limits
from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue
from shop.base.mail import mailbox_text, same_mailbox
from shop.base.threads import Threads
from shop.checkout.models import Order
from shop.ground.errors import TooMany
from shop.ground.figures import figures
from shop.markets.in_order import markets_in_order
from shop.markets.models import Exporter, Market
from shop.support.requests import attachments
from shop.support.requests.attachments import Shelf, Shelved
from shop.support.requests.inbound import Letter
from shop.support.requests.intake import SUBJECT_LENGTH, Question, open_request
from shop.support.requests.mail_text import without_history
from shop.support.requests.models import InboundMail, Request
from shop.support.requests.replies import customer_reply
from shop.support.requests.speaking import of_mail

MOST_NAME = 120
REMEMBERED = timedelta(days=60)
_REF = re.compile(r"(?<![0-9A-Z])R-[0-9B-Z]{6}(?![0-9A-Z])")
_ORDER = re.compile(r"(?<![0-9A-Z])[A-Z]{2}-(?:[0-9]{2}-)?[0-9A-Z]{6}(?![0-9A-Z])")


class Refused(Exception):
    """The mail is not taken; says why, in words that its sender may read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: a new request, a message of one, kept before, or rightly ignored (`why`)."""

    how: Literal["opened", "added", "again", "ignored"]
    ref: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What taking in needs of the house. `own` are the addresses we send from and take in at: their mail is our own."""

    database: Database
    languages: Languages
    shelf: Shelf
    threads: Threads
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the sender of a new mail: the order it speaks of, and what they were served in before."""

    market: str = ""
    language: str = ""
    order: str = ""
    name: str = ""


def receive(desk: Desk, letter: Letter, *, now: datetime) -> Taken:
    """Take the mail in, once. Raises Refused; Busy when the database could not be had."""
    if why := letter.automatic or _our_own(desk, letter.sender):
        return Taken("ignored", why=why)
    with desk.database.reading() as db:
        before = db.get(InboundMail, letter.hash)
        ref = _belongs_to(db, desk.threads, letter)
    if before is not None:
        return Taken("again", before.request)
    if not letter.text and not letter.files:
        raise Refused("there is nothing in it that we could read")
    try:  # an answer counts for its request: whoever writes many mails under a customer's address shuts no answer out
        limits.spend(desk.database, limits.MAIL_IN, ref or mailbox_text(letter.sender), now=now)
    except TooMany as many:
        raise Refused(f"too many mails came from this address; please wait {many.values['retry_after']} s") from None
    files = desk.shelf.shelve(letter.files)
    with desk.database.writing() as db:
        taken = _add(db, desk, ref, letter, files=files, now=now) if ref else _open(db, desk, letter, files, now=now)
        row = {"hash": letter.hash, "request": taken.ref, "at": now}
        db.connection().execute(insert(InboundMail).values(row).on_conflict_do_nothing(index_elements=["hash"]))
    return taken


def forget_old_mail(db: Session, *, now: datetime) -> None:
    """Forget which mails came, once no server would bring one of them again."""
    db.connection().execute(delete(InboundMail).where(col(InboundMail.at) <= now - REMEMBERED))


def _our_own(desk: Desk, sender: str) -> str:
    local, _, host = mailbox_text(sender).rpartition("@")
    return "it is our own" if f"{local.partition('+')[0]}@{host}" in desk.own else ""


def _belongs_to(db: Session, threads: Threads, letter: Letter) -> str:
    """The request this mail answers; empty for none."""
    marked = (threads.named(place) for place in (*letter.to, *letter.answers))
    for name in filter(None, marked):
        known = db.get(Request, name)
        if known is not None and known.email:  # whose data was erased asks anew
            return name
    written: list[str] = _REF.findall(figures(letter.subject).upper())
    for name in dict.fromkeys(written):
        request = db.get(Request, name)
        if request is not None and same_mailbox(request.email, letter.sender):
            return name
    return ""


def _add(db: Session, desk: Desk, ref: str, letter: Letter, *, files: list[Shelved], now: datetime) -> Taken:
    request = db.get_one(Request, ref)
    market = db.get_one(Market, request.market)
    text = _said(without_history(letter.text), letter, desk.languages.tongue(request.language, market.country))
    message = customer_reply(db, request, text, market=market, key=f"mail:{letter.hash}", now=now)
    if message is None:
        return Taken("again", ref)
    attachments.keep(db, ref, message, files, now=now)
    return Taken("added", ref)


def _open(db: Session, desk: Desk, letter: Letter, files: list[Shelved], *, now: datetime) -> Taken:
    known, (to, page) = _known(db, letter), _address_says(db, letter)
    market = to or _market(db, known.market)
    spoken = of_mail(
        market.languages.split(),
        market.other_languages.split(),
        f"{letter.subject}\n{letter.text}",
        page=page,
        before=known.language if known.market == market.id else "",
    )
    question = Question(
        market=market,
        language=spoken.language,
        language_from=spoken.known_by,
        others=spoken.others,
        category="other",
        subject=letter.subject[:SUBJECT_LENGTH],
        text=_said(letter.text, letter, desk.languages.tongue(spoken.language, market.country)),
        name=(letter.name or known.name or letter.sender.partition("@")[0])[:MOST_NAME],
        email=letter.sender,
        order_number=known.order if known.market == market.id else "",
        files=files,
        via="mail",
        key=f"mail:{letter.hash}",
    )
    return Taken("opened", open_request(db, question, now=now).ref)


def _said(text: str, letter: Letter, tongue: Tongue) -> str:
    """The words as they are kept, with a line about the files that are not: customer and agent both read it."""
    words = text or tongue.say(N_("(Only files came with this message.)"))
    if not letter.left_out:
        return words
    said = N_("(Not kept: %(names)s. We take photos and PDF.)")
    return f"{words}\n\n{tongue.say(said, names=', '.join(letter.left_out))}"


def _known(db: Session, letter: Letter) -> Known:
    """What the mail says of an order of its sender's, else their last order, else their last request."""
    mine = func.lower(col(Order.email)) == letter.sender.lower()
    for number in dict.fromkeys(_ORDER.findall(figures(f"{letter.subject} {letter.text[:4000]}").upper())[:20]):
        order = db.get(Order, number)
        if order is not None and same_mailbox(order.email, letter.sender):
            return Known(order.market, order.language, order.number, order.name)
    last = db.exec(select(Order).where(mine).order_by(col(Order.placed_at).desc()).limit(1)).first()
    if last is not None:
        return Known(last.market, last.language, "", last.name)
    asked = select(Request).where(Request.email == letter.sender).order_by(col(Request.created_at).desc()).limit(1)
    request = db.exec(asked).first()
    return Known(request.market, request.language) if request else Known()


def _address_says(db: Session, letter: Letter) -> tuple[Market | None, str]:
    """The market, and language if any, of an address like `help+jp@` or `help+ch.fr@`."""
    for each in letter.to:
        plus = each.rpartition("@")[0].partition("+")[2]
        name, _, language = plus.partition(".")
        market = db.get(Market, name.lower()) if name else None
        if market is not None and market.ever_sold:
            spoken = {tag.lower(): tag for tag in market.languages.split()}
            return market, spoken.get(language.lower(), "")
    return None, ""


def _market(db: Session, known: str) -> Market:
    """The market the customer is known in, else the exporter's own, else the first that answers anybody."""
    for name in (known, db.get_one(Exporter, 1).home_market):
        market = db.get(Market, name) if name else None
        if market is not None and market.ever_sold:
            return market
    sold_in = markets_in_order(db, col(Market.ever_sold).is_(True))
    if not sold_in:
        raise Refused("nobody is answered here yet")
    return sold_in[0]
