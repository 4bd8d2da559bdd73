"""A new link for who lost theirs: asked for by number and e-mail address, sent only to the address that it belongs to.

Whoever asks is told the same and waits as long, whether or not there is such a thing: what is true is looked up when
the mail is written.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base.holders import LinkOver
from shop.base.mail import mailbox_text
from shop.base.outbox import enqueue
from shop.base.tokens import token_hash
from shop.markets.visit import Visit

AGAIN_AFTER = 600  # seconds: asked for more often than this, it is still one mail
LONGEST = 40


def link_over(visit: Visit, name: str) -> LinkOver:
    """The refusal for a browser that does not hold the order or request of this name, or for a name that is nobody's."""
    return LinkOver(ask_url=visit.url("/link"), name_asked=name[:LONGEST])


def ask_for_link(db: Session, number: str, email: str, *, now: datetime) -> None:
    """Have a new link sent if the number is an order's or a request's of this address. The address itself is not kept."""
    asked, window = token_hash(mailbox_text(email)), int(now.timestamp()) // AGAIN_AFTER
    payload = {"number": number, "asked": asked, "window": window}
    enqueue(db, "link mail", f"link:{number}:{asked[:16]}:{window}", payload, now=now)


def asked_by(payload: Mapping[str, Any], email: str) -> bool:
    """Whether the link was asked for with this address."""
    return bool(payload["asked"] == token_hash(mailbox_text(email)))
