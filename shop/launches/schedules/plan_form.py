"""Reading the form that plans a step: its time on the market's clock, and what the step itself asks."""

from dataclasses import asdict
from datetime import datetime, time, timedelta

from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.instants import DAY_MINUTES, YEARS, UnreadableTime, local, parse_clock, parse_date
from shop.launches.changing.exposure import names_audience
from shop.launches.changing.table import EXPOSURE, MODES, STEPS, exposure_of
from shop.launches.fields import LONGEST_TEXT, read_exposed, read_reason
from shop.launches.models import Schedule
from shop.launches.schedules.planning import Wanted, exposed_in, said_in
from shop.launches.schedules.resolving import resolve
from shop.launches.sheet import exposure_form
from shop.markets.models import Market

EXPOSING = ("launch", "open", EXPOSURE)
FURTHEST = timedelta(days=366)


def read_plan(db: Session, form: Form, market: Market, action: str, *, tongue: Tongue, now: datetime) -> Wanted | None:
    """The step as the form asks it; None with a sentence for each field that cannot be taken."""
    wall = _wall(form, market, tongue, now=now)
    reasoned = action in STEPS and STEPS[action].reasoned
    reason = read_reason(form, tongue, needed=reasoned)
    mode = form.text("mode") if action == "pause" else ""
    if action == "pause" and mode not in MODES:
        form.fail("mode", tongue.say(N_("Please choose what customers shall see.")))
    everybody = action == "open" or (action == EXPOSURE and not names_audience(db, market.id))
    exposed = read_exposed(form, tongue, everybody=everybody, currency=market.currency) if action in EXPOSING else None
    override = form.text("override")[:LONGEST_TEXT] if action == "open" else ""
    if form.errors or wall is None:
        return None
    return Wanted(action, wall, reason=reason, mode=mode, exposed=exposed, override=override)


def fresh_form(market: Market, *, now: datetime, plan: Schedule | None = None) -> Form:
    """The form as it is first seen: midnight of tomorrow there, and the exposure as it stands; or as a plan has it."""
    tomorrow = local(now, market.zone).date() + timedelta(days=1)
    values = {**exposure_form(market).values, "day": tomorrow.isoformat(), "clock": "00:00", "mode": MODES[0]}
    if plan is not None:
        wall = datetime.fromisoformat(plan.wall)
        values |= {"day": wall.date().isoformat(), "clock": wall.strftime("%H:%M"), "reason": plan.reason}
        values |= {name: said for name in ("mode", "override") if (said := said_in(plan, name))}
        exposed = exposed_in(plan, market) or exposure_of(market)
        values |= exposure_form(Market(**{**market.model_dump(), **asdict(exposed)})).values
    return Form(values)


def _wall(form: Form, market: Market, tongue: Tongue, *, now: datetime) -> datetime | None:
    """The time of the market's clock; a date that does not exist there, and a time that is over, are no times."""
    try:
        day, minutes = parse_date(form.text("day")), parse_clock(form.text("clock"))
    except UnreadableTime:
        day, minutes = None, DAY_MINUTES
    if day is None or minutes == DAY_MINUTES or day.year not in YEARS:
        form.fail("day", tongue.say(N_("Please enter a day and a time, by the clock there.")))
        return None
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    meant = resolve(wall, market.zone)
    if meant.due_at is None:
        form.fail("day", tongue.say(N_("This day does not exist there: the calendar leaves it out.")))
        return None
    if not now < meant.due_at <= now + FURTHEST:
        form.fail("day", tongue.say(N_("Please enter a time from now on, at most a year ahead.")))
        return None
    return wall
