"""The guard: looks at every market that sells, pauses the one that must be paused, and has people told, once.

Pauses are events of the system: no person, and the rule by name. The guard never widens anything; who resumes is a
person, and from then on counting begins anew.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.outbox import Effect, enqueue
from shop.base.payments import Payments
from shop.ground.errors import Refusal
from shop.launches.changing.safety import follow_up
from shop.launches.changing.transitions import change_state
from shop.launches.guarding.people import to_be_told
from shop.launches.guarding.tax_number import without_tax_number
from shop.launches.readying.gathering import Sources
from shop.markets.gate import SELLING
from shop.markets.models import LaunchEvent, Market
from shop.scorecard.backlog import backlogs
from shop.scorecard.guardrails import BACKLOG, HardEvent, Judgement, Pause, judge
from shop.scorecard.reading import Reading, guarded, readings

MAIL = "guard mail"


def watch(database: Database, payments: Payments, sources: Callable[[], Sources], *, now: datetime) -> int:
    """Look at all markets that sell; says how many were paused. Writes nothing where nothing is new."""
    with database.reading() as db:
        selling = selling_now(db)
        if not selling:
            return 0
        untaxed = without_tax_number(db, selling, now=now)
        found = readings(db, selling, now=now)
        began = {id: each.since for id, each in found.items() if each.since and each.epoch > 1}
        behind = backlogs(db, selling, since=began, now=now)
        todo = []
        for market in selling:
            read = found[market.id]
            since = read.since or now
            hard = [*read.hard, *([HardEvent("tax_number_gone")] if market.id in untaxed else [])]
            judged = judge(guarded(read), hard, behind[market.id], since=since)
            fresh = Judgement(judged.pause, _untold(db, market, read, judged))
            if fresh.pause or fresh.warnings:
                todo.append((market, read, fresh))
    return sum(carry_out(database, payments, sources, *each, now=now) for each in todo)


def selling_now(db: Session) -> list[Market]:
    """The markets that the guard looks at."""
    return list(db.exec(select(Market).where(col(Market.state).in_(SELLING)).order_by(col(Market.id))).all())


def carry_out(
    database: Database,
    payments: Payments,
    sources: Callable[[], Sources],
    market: Market,
    read: Reading,
    judged: Judgement,
    *,
    now: datetime,
) -> bool:
    """Pause and tell as judged, in one transaction; says whether the market was paused."""
    try:
        with database.writing() as db:
            event = _act(db, market, read, judged, sources=sources, now=now)
    except Refusal as refusal:  # somebody changed the market in between: the next look sees what it is now
        structlog.get_logger().info("guard came too late", market=market.id, refusal=type(refusal).__name__)
        return False
    if event is None:
        return False
    follow_up(database, payments, event, now=now)
    return True


def _act(
    db: Session, market: Market, read: Reading, judged: Judgement, *, sources: Callable[[], Sources], now: datetime
) -> LaunchEvent | None:
    event = None
    if judged.pause is not None:
        event = _pause(db, market, judged.pause, sources(), now=now)
        mail = {
            "market": market.id,
            "rule": judged.pause.rule,
            "about": judged.pause.about,
            "mode": judged.pause.mode,
            "at": now.isoformat(),
            **_counted(read, judged.pause.rule),
        }
        _tell(db, market, f"guard:pause:{event.id}", mail, now=now)
    for metric in judged.warnings:
        mail = {"market": market.id, "warning": metric, **_counted(read, metric)}
        _tell(db, market, _warning_key(market, read, metric), mail, now=now)
    return event


def _pause(db: Session, market: Market, pause: Pause, sources: Sources, *, now: datetime) -> LaunchEvent:
    reason = f"{pause.rule} {pause.about}".strip()
    return change_state(
        db,
        market.id,
        "pause",
        person="",
        rule=pause.rule,
        reason=reason,
        mode=pause.mode,
        version=market.version,
        sources=sources,
        now=now,
    )


def _untold(db: Session, market: Market, read: Reading, judged: Judgement) -> tuple[str, ...]:
    """The warnings that nobody has been sent in this epoch; who is told of a pause is not warned of its cause besides."""
    cause = judged.pause.rule.removeprefix("guardrail:") if judged.pause else ""
    keys = {_warning_key(market, read, metric): metric for metric in judged.warnings if metric != cause}
    people = to_be_told(db, market)
    every = [f"{key}:{person}" for key in keys for person in people]
    told = set(db.exec(select(Effect.key).where(col(Effect.key).in_(every))).all()) if every else set()
    return tuple(metric for key, metric in keys.items() if any(f"{key}:{person}" not in told for person in people))


def _tell(db: Session, market: Market, key: str, mail: dict[str, object], *, now: datetime) -> None:
    for person in to_be_told(db, market):
        enqueue(db, MAIL, f"{key}:{person}", {**mail, "person": person, "key": key}, now=now)


def _warning_key(market: Market, read: Reading, metric: str) -> str:
    return f"guard:warning:{market.id}:{read.epoch}:{metric}"


def _counted(read: Reading, rule: str) -> dict[str, object]:
    """What was counted for the metric when the rule looked, for the mail: it says what was true then."""
    metric = rule.removeprefix("guardrail:")
    found = next((each for each in read.metrics if each.key == metric), None)
    if found is None or metric == BACKLOG:
        return {}
    return {"k": found.k, "n": found.n, "point": found.point, "ok": found.line.ok, "bad": found.line.bad}
