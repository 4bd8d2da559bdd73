"""One cart, one order: the key of an order form, the same for the same unpaid cart however often its review is drawn."""

import hashlib
import json

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.checkout.models import Order


def form_key(db: Session, cart: str, shown: object) -> str:
    """The key for what the review shows of the cart with this mark.

    It changes with anything that is shown, and once an order of this cart was paid or given up: then it is a new wish.
    """
    ended = select(func.count()).select_from(Order).where(Order.cart == cart, col(Order.state) != "placed")
    known = json.dumps([cart, db.exec(ended).one(), shown], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()[:32]


def key_with(key: str, ticked: frozenset[str]) -> str:
    """The form's key once boxes besides the policies were ticked: other ticks are another wish, and never a dead end."""
    return hashlib.sha256(json.dumps([key, sorted(ticked)]).encode()).hexdigest()[:32] if ticked else key
