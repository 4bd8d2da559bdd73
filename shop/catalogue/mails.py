"""The two mails of a waiting list, in the language in which it was joined: please confirm, and now it can be bought."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.post import Post
from shop.base.tokens import Signer
from shop.catalogue.models import WaitingListEntry
from shop.catalogue.waitlist import CONFIRM, TOLD, path_of, secret, text_of
from shop.markets.gate import SELLING
from shop.markets.models import Exporter, Market, StopSale


def send(database: Database, post: Post, signer: Signer, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `waitlist mail` of the outbox, if the entry still stands as it did when the mail was asked for."""
    with database.reading() as db:
        entry = db.exec(select(WaitingListEntry).where(WaitingListEntry.hash == payload["entry"])).first()
        if entry is None or not _is_due(entry, payload["mail"]):
            return None
        held = payload["mail"] == TOLD and not _sells(db, entry)
        market, exporter, text = db.get_one(Market, entry.market), db.get_one(Exporter, 1), text_of(db, entry)
    if held:
        return _wait_again(database, entry, now=now)
    tongue, asked = post.languages.tongue(entry.language, market.country), int(entry.asked_at.timestamp())
    post.send(
        "waitlist_confirm" if payload["mail"] == CONFIRM else "waitlist_told",
        entry.email,
        tongue,
        key=f"waitlist-{entry.hash[:32]}-{payload['mail']}-{asked}",
        now=now,
        of_product=bool(entry.sku),
        awaited=text.name if text else tongue.territory(market.country),
        shop_url=post.base_url + path_of(entry, text),
        entry_url=f"{post.base_url}/waitlist/{secret(signer, entry.market, entry.sku, entry.email)}",
        exporter=exporter,
    )


def _sells(db: Session, entry: WaitingListEntry) -> bool:
    """Whether it can still be ordered now that the mail is written: the market may have been paused since."""
    stops = select(StopSale.id).where(col(StopSale.lifted_at).is_(None), col(StopSale.market).in_(("", entry.market)))
    stopped = db.exec(stops.where(col(StopSale.sku).in_(("", entry.sku))).limit(1)).first() is not None
    return not stopped and db.get_one(Market, entry.market).state in SELLING


def _wait_again(database: Database, entry: WaitingListEntry, *, now: datetime) -> None:
    """Put who would have been told back on the list: another time is another mail."""
    mine = update(WaitingListEntry).where(col(WaitingListEntry.hash) == entry.hash)
    with database.writing() as db:
        again = mine.where(col(WaitingListEntry.told_at) == entry.told_at)
        db.connection().execute(again.values(told_at=None, asked_at=now))


def _is_due(entry: WaitingListEntry, mail: str) -> bool:
    return entry.confirmed_at is None if mail == CONFIRM else entry.told_at is not None
