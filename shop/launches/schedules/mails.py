"""The mails about planned steps: to whoever planned or agreed, to the exporter and the market's specialist.

Each reads it in their own language, with the time on the market's clock and on their own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base.db import Database
from shop.base.outbox import enqueue
from shop.base.post import Post
from shop.launches.models import Schedule
from shop.launches.schedules.plan_words import outcome_words, step_words
from shop.launches.words import clock
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of, readers

MAIL = "schedule mail"
DONE, FAILED, MOVED = "done", "failed", "moved"


def tell(
    db: Session, plan: Schedule, what: str, *, now: datetime, was: datetime | None = None, due: datetime | None = None
) -> None:
    """Have everybody told once what became of a plan; a plan that has moved comes with its times."""
    times = {"was": was.isoformat(), "due": due.isoformat()} if was and due else {}
    for person in _readers(db, plan):
        key = f"schedule:{plan.id}:{what}:{times.get('due', '')}:{person or 'exporter'}"
        enqueue(db, MAIL, key, {"plan": plan.id, "what": what, "person": person, **times}, now=now)


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `schedule mail` of the outbox."""
    what = payload["what"]
    with database.reading() as db:
        plan, exporter = db.get_one(Schedule, payload["plan"]), db.get_one(Exporter, 1)
        market = db.get_one(Market, plan.market)
        reader = reader_of(db, payload["person"], exporter)
    tongue = post.languages.tongue(reader.language)
    due = datetime.fromisoformat(payload.get("due", plan.due_at.isoformat()))
    values: dict[str, Any] = {
        "place": tongue.territory(market.country),
        "step": step_words(plan, market, tongue),
        "there": clock(due, plan.zone, tongue),
        "yours": clock(due, reader.zone, tongue),
        "was": clock(datetime.fromisoformat(payload["was"]), plan.zone, tongue) if "was" in payload else "",
        "why": outcome_words(plan, tongue),
        "reason": plan.reason,
        "url": f"{post.base_url}/console/markets/{plan.market}/schedules",
    }
    key = f"schedule-{plan.id}-{what}-{payload.get('due', '')}-{payload['person'] or 'exporter'}"
    post.send(f"schedule_{what}", reader.email, tongue, key=key, now=now, exporter=exporter, **values)


def _readers(db: Session, plan: Schedule) -> list[str]:
    market = db.get_one(Market, plan.market)
    return readers(db, (plan.person, plan.approved_by, market.specialist), db.get_one(Exporter, 1))
