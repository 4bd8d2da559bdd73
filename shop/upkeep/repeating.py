"""Putting back an effect that was given up: a refund or a mail that a person wants tried again."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from shop.base.outbox import Effect
from shop.ground.errors import NotFound


def repeat(db: Session, effect: int, *, now: datetime) -> None:
    """Have the worker try it again at once, from the first attempt; its key still keeps it to once.

    Raises NotFound when there is no such effect among those given up.
    """
    given_up = update(Effect).where(col(Effect.id) == effect, col(Effect.dead_at).is_not(None))
    again = given_up.values(dead_at=None, due_at=now, attempts=0, leased_until=None)
    if db.connection().execute(again).rowcount != 1:
        raise NotFound
