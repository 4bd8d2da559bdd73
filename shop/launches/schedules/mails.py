"""The mails about planned steps: to whoever planned or agreed, to the exporter and the market's specialist.

Each reads it in their own language, with the time on the market's clock and on their own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.outbox import enqueue
from shop.base.post import Post
from shop.launches.models import Schedule
from shop.launches.schedules.plan_words import outcome_words, step_words
from shop.launches.words import clock
from shop.markets.models import Exporter, Market
from shop.staff.models import Person

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
        person = db.get(Person, payload["person"]) if payload["person"] else None
    language, zone = (person.language, person.zone) if person else ("en", exporter.zone)
    tongue = post.languages.tongue(language)
    due = datetime.fromisoformat(payload.get("due", plan.due_at.isoformat()))
    values: dict[str, Any] = {
        "place": tongue.territory(market.country),
        "step": step_words(plan, market, tongue),
        "there": clock(due, plan.zone, tongue),
        "yours": clock(due, zone, tongue),
        "was": clock(datetime.fromisoformat(payload["was"]), plan.zone, tongue) if "was" in payload else "",
        "why": outcome_words(plan, tongue),
        "reason": plan.reason,
        "url": f"{post.base_url}/console/markets/{plan.market}/schedules",
    }
    to = person.email if person else exporter.email
    key = f"schedule-{plan.id}-{what}-{payload.get('due', '')}-{payload['person'] or 'exporter'}"
    post.send(f"schedule_{what}", to, tongue, key=key, now=now, exporter=exporter, **values)


def _readers(db: Session, plan: Schedule) -> Iterator[str]:
    """Ids of the people to tell, each once; the exporter's mailbox (an empty id) where it is nobody's own."""
    market, exporter = db.get_one(Market, plan.market), db.get_one(Exporter, 1)
    wanted = {each for each in (plan.person, plan.approved_by, market.specialist) if each}
    people = db.exec(select(Person).where(col(Person.id).in_(wanted) | (col(Person.email) == exporter.email))).all()
    yield from sorted(each.id for each in people)
    if exporter.email not in {each.email for each in people}:
        yield ""
