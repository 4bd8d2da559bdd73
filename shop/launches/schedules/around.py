"""What is known of the time for which a step is asked: gathered once, for the rules that look for conflicts."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from shop.catalogue.models import Certificate, Listing, Product, Requirement
from shop.catalogue.suitability import in_force
from shop.launches.changing.table import EXPOSURE, STEPS, Exposed, exposure_of, state_before_pause
from shop.launches.changing.transitions import facts_as
from shop.launches.models import Schedule
from shop.launches.readying.gathering import Sources, gates_of
from shop.launches.readying.readiness import blockers
from shop.launches.schedules.conflicts import Conflict, Day, Shift, conflicts
from shop.markets.calendar import calendar_of, day_in, day_off
from shop.markets.gate import ENDING, SELLING
from shop.markets.models import AnswerHours, Market
from shop.support.shifts.hours import SHOWN


def conflicts_of(
    db: Session,
    market: Market,
    action: str,
    due_at: datetime,
    *,
    exposed: Exposed | None,
    home: str,
    sources: Sources,
    now: datetime,
    replaces: int | None = None,
) -> tuple[Conflict, ...]:
    """What speaks against taking the step then, as far as is known now."""
    state = state_by(db, market, due_at, but=replaces)
    target = _target(db, market, action, state)
    day = day_in(market, due_at)
    gates: Sequence[str] = ()
    if target and (action == EXPOSURE or STEPS[action].widens):
        facts = facts_as(db, market, exposed or exposure_of(market), sources, now=now)
        gates = [each.gate for each in blockers(gates_of(market, facts, now=due_at), target)]
    found = Day(
        due_at=due_at,
        home=home,
        languages=market.languages.split(),
        known_until=now + SHOWN,
        shifts=_shifts(db, market.id, due_at),
        free=day_off(day, calendar_of(market)),
        leads=bool(target),
        gates=gates,
        papers_ending=_papers_ending(db, market.id, day_in(market, now), day) if target in SELLING else (),
    )
    return conflicts(found)


def state_by(db: Session, market: Market, instant: datetime, *, but: int | None = None) -> str:
    """The state that the market will have just before the instant if every plan before it is carried out."""
    earlier = select(Schedule).where(
        Schedule.market == market.id, Schedule.state == "waiting", col(Schedule.due_at) < instant
    )
    state, before = market.state, state_before_pause(db, market.id)
    for plan in db.exec(earlier.order_by(col(Schedule.due_at), col(Schedule.id))).all():
        step = STEPS.get(plan.action)
        if step is not None and plan.id != but and state in step.sources:
            before = state if step.target == "paused" and state in SELLING else before
            state = step.target or before
    return state


def _target(db: Session, market: Market, action: str, state: str) -> str:
    """The state after the step; empty where it does not lead on."""
    if action == EXPOSURE:
        return "" if state in ENDING else state
    step = STEPS[action]
    return (step.target or state_before_pause(db, market.id)) if state in step.sources else ""


def _shifts(db: Session, market: str, instant: datetime) -> list[Shift]:
    there = select(AnswerHours).where(
        AnswerHours.market == market, col(AnswerHours.starts_at) <= instant, col(AnswerHours.ends_at) > instant
    )
    return [Shift(each.language, each.starts_at, each.ends_at) for each in db.exec(there).all()]


def _papers_ending(db: Session, market: str, today: date, then: date) -> list[str]:
    """The marks asked of what is listed whose paper is in force today and none is on the other day."""
    listed = select(Product.kind).join(Listing, col(Listing.sku) == col(Product.sku)).where(Listing.market == market)
    asked = select(Requirement).where(Requirement.market == market, col(Requirement.kind).in_(listed))
    papers = db.exec(select(Certificate).where(Certificate.market == market)).all()
    ending = []
    for each in db.exec(asked).all():
        held = [paper for paper in papers if (paper.kind, paper.mark) == (each.kind, each.mark)]
        if any(in_force(paper, today) for paper in held) and not any(in_force(paper, then) for paper in held):
            ending.append(each.mark)
    return sorted(set(ending))
