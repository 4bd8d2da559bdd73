"""What the house announces to other programs: a row in the transaction of what it tells of, delivered later by the api slice.

An announcement is written once per happening, whether or not anybody listens; who listens is decided when it is sent out.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Index, Session, SQLModel, text

# Kind -> what it tells, for the description of the API.
KINDS = {
    "order.paid": "An order has been paid.",
    "order.dispatched": "All that is sent of an order has left, or a parcel of it has.",
    "order.delivered": "An order, or a parcel of it, has arrived.",
    "order.refunded": "The money of an order has been given back.",
    "request.opened": "A customer has asked something.",
    "request.closed": "A customer's request has been closed.",
    "market.changed": "A market's state, or who may buy in it, has changed.",
    "stock.sold_out": "There is nothing left of a product that could be sold.",
    "stock.back": "A product that was sold out can be sold again.",
}

_UNSENT = text("sent_out_at IS NULL")


class Announcement(SQLModel, table=True):
    """Something that happened: to which market (empty: all), about what (an order's number, a SKU), with facts as JSON."""

    __table_args__ = (Index("ix_announcement_unsent", "at", sqlite_where=_UNSENT, postgresql_where=_UNSENT),)
    id: str = Field(primary_key=True)
    kind: str
    market: str = ""
    subject: str
    data: str = "{}"
    at: datetime = Field(index=True)
    sent_out_at: datetime | None = None


def announce(
    db: Session, kind: str, *, market: str, subject: str, data: Mapping[str, Any] | None = None, now: datetime
) -> str:
    """Write the announcement into the caller's transaction; its id. `data` holds nothing personal.

    Raises KeyError for a kind that is none of KINDS.
    """
    KINDS[kind]
    fresh = f"msg_{secrets.token_urlsafe(18)}"
    said = json.dumps(dict(data or {}), ensure_ascii=False, sort_keys=True)
    row = {"id": fresh, "kind": kind, "market": market, "subject": subject, "data": said, "at": now}
    db.connection().execute(_NEW, row)
    return fresh


_NEW = insert(Announcement)
