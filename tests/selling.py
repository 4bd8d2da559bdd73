"""A market that sells, and what has been counted of it: for tests of the scorecard and of the guard."""

from datetime import datetime

from sqlmodel import Session

from shop.base.db import Database
from shop.markets.models import LaunchEvent, Market
from shop.scorecard.epochs import Epoch, epochs
from shop.scorecard.models import Figure


def sells(database: Database, since: datetime, *, before: str = "ready") -> None:
    """Let `nz` sell since then, as a person's step from `before` left it; its gates are tested elsewhere."""
    with database.writing() as db:
        row = db.get_one(Market, "nz")
        row.state, row.pause_mode, row.audience, row.ever_sold = "soft", "", "invitation", True
        row.version += 1
        action = "launch" if before == "ready" else "resume"
        db.add(
            LaunchEvent(
                market="nz", at=since, action=action, from_state=before, to_state="soft", person="mere", reason="mended"
            )
        )


def counted(database: Database, metric: str, k: int, n: int) -> None:
    """Let the counting have found so much in `nz` since it began to sell."""
    with database.writing() as db:
        db.merge(Figure(market="nz", metric=metric, k=k, n=n, since=epoch(db, "nz").since))


def epoch(db: Session, market: str) -> Epoch:
    """The present epoch of a market that sells."""
    return epochs(db, [market])[market]
