"""Waiting lists: who is to be told, once, when a product can be bought or an announced market opens.

An address counts only once its owner has confirmed it. Telling is one conditional UPDATE together with its mail in the
outbox, so that two workers never tell twice and a crash never tells nobody. Nothing is reserved for anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.outbox import enqueue
from shop.base.tokens import Signer, token_hash
from shop.catalogue.browsing import offers
from shop.catalogue.models import ProductText, WaitingListEntry
from shop.ground.errors import Refusal
from shop.markets.directory import Directory, Snapshot
from shop.markets.gate import Visitor, may_buy
from shop.markets.standing import standing
from shop.markets.visit import Visit, anybody

MAIL = "waitlist mail"
CONFIRM, TOLD = "confirm", "told"
AGAIN_AFTER = 600  # seconds: asked for more often than this, it is still one mail
UNCONFIRMED_LASTS = timedelta(days=7)
TOLD_LASTS = timedelta(days=30)
AT_ONCE = 200  # told in one transaction, so that nobody else waits long to write


class WaitingOver(Refusal):
    """There is no such entry any more: it was removed, never confirmed, or told long ago."""


def join(db: Session, visit: Visit, sku: str, email: str, *, signer: Signer) -> None:
    """Put the address on the list of a product (or, `sku` empty, of the market) and have it asked to confirm.

    Whether it stands there already changes nothing that can be seen here: what is true is looked up when the mail is
    written. One that was told may wait again, and confirms again.
    """
    market, now, email = visit.market.id, visit.now, email.lower()
    hashed = token_hash(secret(signer, market, sku, email))
    anew = {"language": visit.tongue.language, "hash": hashed, "asked_at": now, "confirmed_at": None, "told_at": None}
    row = insert(WaitingListEntry).values(market=market, sku=sku, email=email, **anew)
    again = col(WaitingListEntry.confirmed_at).is_(None) | col(WaitingListEntry.told_at).is_not(None)
    db.connection().execute(
        row.on_conflict_do_update(index_elements=["market", "sku", "email"], set_=anew, where=again)
    )
    window = int(now.timestamp()) // AGAIN_AFTER
    enqueue(db, MAIL, f"waitlist:{hashed[:32]}:{CONFIRM}:{window}", {"mail": CONFIRM, "entry": hashed}, now=now)


def secret(signer: Signer, market: str, sku: str, email: str) -> str:
    """The secret in the mails about an entry. It is made anew from the house's key each time and kept nowhere."""
    return signer.derived(f"waitlist:{market}:{sku}:{email}")


def entry_of(db: Session, token: str) -> WaitingListEntry:
    """The entry whose mails hold this secret; raises WaitingOver."""
    entry = db.exec(select(WaitingListEntry).where(WaitingListEntry.hash == token_hash(token))).first()
    if entry is None:
        raise WaitingOver
    return entry


def text_of(db: Session, entry: WaitingListEntry) -> ProductText | None:
    """What the product is called in the entry's language; None for a market, or where it lost its text since."""
    return db.get(ProductText, (entry.sku, entry.language)) if entry.sku else None


def path_of(entry: WaitingListEntry, text: ProductText | None) -> str:
    """The path of what is waited for: the product's page, or the market's."""
    return f"/{entry.market}/{entry.language}/{f'products/{text.slug}' if text else ''}"


def confirm(db: Session, token: str, *, now: datetime) -> None:
    """The owner of the address wants to be told. A second time changes nothing; raises WaitingOver."""
    entry_of(db, token)
    mine = update(WaitingListEntry).where(col(WaitingListEntry.hash) == token_hash(token))
    db.connection().execute(mine.where(col(WaitingListEntry.confirmed_at).is_(None)).values(confirmed_at=now))


def leave(db: Session, token: str) -> None:
    """Forget the entry, as far as there still is one."""
    db.connection().execute(delete(WaitingListEntry).where(col(WaitingListEntry.hash) == token_hash(token)))


def forget_old_entries(db: Session, *, now: datetime) -> None:
    """Forget who never confirmed, and who was told a while ago."""
    unconfirmed = col(WaitingListEntry.confirmed_at).is_(None)
    over = unconfirmed & (col(WaitingListEntry.asked_at) <= now - UNCONFIRMED_LASTS)
    over |= col(WaitingListEntry.told_at) <= now - TOLD_LASTS
    db.connection().execute(delete(WaitingListEntry).where(over))


@dataclass(frozen=True, slots=True)
class Queue:
    """Those who wait for the same thing in the same language."""

    market: str
    language: str
    sku: str


def tell_due(database: Database, directory: Directory, languages: Languages, *, now: datetime) -> int:
    """Tell everybody whose waiting is over; returns how many."""
    with database.reading() as db:
        waiting = _queues(db)
        ready = list(_ready(db, waiting, directory.now(), languages, now=now)) if waiting else []
    return sum(_tell(database, queue, now=now) for queue in ready)


def _queues(db: Session) -> list[Queue]:
    entry = WaitingListEntry
    query = select(entry.market, entry.language, entry.sku).where(
        col(entry.confirmed_at).is_not(None), col(entry.told_at).is_(None)
    )
    return [Queue(*row) for row in db.exec(query.distinct()).all()]


def _ready(
    db: Session, waiting: list[Queue], snapshot: Snapshot, languages: Languages, *, now: datetime
) -> Iterator[Queue]:
    """The queues whose thing anybody may buy now, by the same rules as the page and the cart."""
    for market_id, language in sorted({(each.market, each.language) for each in waiting}):
        market = snapshot.market(market_id)
        if language not in market.languages.split():  # its pages are gone; they may come again
            continue
        skus = {each.sku for each in waiting if (each.market, each.language) == (market_id, language)}
        visit = anybody(market, languages.tongue(language, market.country), snapshot, now=now)
        if not may_buy(standing(db, market, now=now).facts, Visitor()).open:
            continue
        if "" in skus and visit.seeing.chooser:
            yield Queue(market_id, language, "")
        for offer in offers(db, visit, skus - {""}):
            if offer.standing == "buyable":
                yield Queue(market_id, language, offer.sku)


def _tell(database: Database, queue: Queue, *, now: datetime) -> int:
    told = 0
    while True:
        with database.writing() as db:
            some = _tell_some(db, queue, now=now)
        told += some
        if some < AT_ONCE:
            return told


def _tell_some(db: Session, queue: Queue, *, now: datetime) -> int:
    entry = WaitingListEntry
    untold = col(entry.told_at).is_(None)
    query = select(entry.hash).where(
        entry.market == queue.market, entry.language == queue.language, entry.sku == queue.sku
    )
    query = query.where(col(entry.confirmed_at).is_not(None), untold).order_by(col(entry.asked_at)).limit(AT_ONCE)
    chosen = query.with_for_update(skip_locked=True).cte("chosen").prefix_with("MATERIALIZED")
    taken = update(entry).where(col(entry.hash).in_(select(chosen.c.hash)), untold).values(told_at=now)
    rows = db.connection().execute(taken.returning(col(entry.hash), col(entry.asked_at))).all()
    for hashed, asked_at in rows:
        key = f"waitlist:{hashed[:32]}:{TOLD}:{int(asked_at.timestamp())}"
        enqueue(db, MAIL, key, {"mail": TOLD, "entry": hashed}, now=now)
    return len(rows)
