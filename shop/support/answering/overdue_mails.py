"""The mail about a request whose promise has passed: to its owner, the market's specialist and the exporter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.base.db import Database
from shop.base.post import Post
from shop.markets.answering import moment
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of
from shop.support.answering.team import names
from shop.support.requests.models import Request


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `overdue mail` of the outbox; nobody is written to about what has been answered meanwhile."""
    with database.reading() as db:
        request, exporter = db.get_one(Request, payload["ref"]), db.get_one(Exporter, 1)
        if request.state in ("answered", "closed"):
            return
        market = db.get_one(Market, request.market)
        reader = reader_of(db, payload["person"], exporter)
        tongue = post.languages.tongue(reader.language)
        values: dict[str, Any] = {
            "owner": "".join(names(db, [request.agent] if request.agent else [], tongue.language)),
            "due": moment(tongue, datetime.fromisoformat(payload["promised"]), reader.zone, now=now),
            "market_name": tongue.territory(market.country),
            "language_name": tongue.language_name(request.language),
            "desk_url": f"{post.base_url}/desk/requests/{request.ref}",
        }
    key = f"request-{request.ref}-overdue-{payload['at']}-{payload['person'] or 'exporter'}"
    post.send("request_overdue", reader.email, tongue, key=key, now=now, request=request, exporter=exporter, **values)
