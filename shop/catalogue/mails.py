"""The two mails of a waiting list, in the language in which it was joined: please confirm, and now it can be bought."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import select

from shop.base.db import Database
from shop.base.post import Post
from shop.base.tokens import Signer
from shop.catalogue.models import WaitingListEntry
from shop.catalogue.waitlist import CONFIRM, path_of, secret, text_of
from shop.markets.models import Exporter, Market


def send(database: Database, post: Post, signer: Signer, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `waitlist mail` of the outbox, if the entry still stands as it did when the mail was asked for."""
    with database.reading() as db:
        entry = db.exec(select(WaitingListEntry).where(WaitingListEntry.hash == payload["entry"])).first()
        if entry is None or not _is_due(entry, payload["mail"]):
            return
        market, exporter, text = db.get_one(Market, entry.market), db.get_one(Exporter, 1), text_of(db, entry)
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


def _is_due(entry: WaitingListEntry, mail: str) -> bool:
    return entry.confirmed_at is None if mail == CONFIRM else entry.told_at is not None
