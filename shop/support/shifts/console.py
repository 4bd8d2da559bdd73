"""The console's door to the roster: everybody at a glance, and one agent's facts, hours, days, absences and swaps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.instants import local
from shop.staff.models import Person
from shop.support.shifts.absences import enter_absence, withdraw_absence
from shop.support.shifts.agent_facts import change_facts
from shop.support.shifts.at_roster import AT, CHANGE, CHANGE_ASKED, SEE, URL, RosterDesk
from shop.support.shifts.facts_form import LEVEL_WORDS, read_facts
from shop.support.shifts.fields import read_absence, read_day, read_hours, read_note, read_number, read_shift
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval
from shop.support.shifts.sight import agent_page
from shop.support.shifts.swaps import undo_swap
from shop.support.shifts.week import hours_words
from shop.support.shifts.working_hours import add_shift, clear_day, drop_shift, set_day

ONE = f"{URL}/{{agent:str}}"


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def roster_page(desk: NamedDependency[RosterDesk], done: FromQuery[str] = "") -> Response[str]:
    """Everybody of this person's markets: what they speak, whom they answer, their hours of today by their own clock."""
    with desk.database.reading() as db:
        rows = roster_rows(db, desk)
    return desk.page(
        "roster",
        title=desk.tongue.say(N_("Roster")),
        done=done,
        rows=rows,
        calendars=sorted({each["calendar"] for each in rows if each["calendar"]}),
        form=Form(),
        complaints=[],
        url=URL,
    )


@get(ONE, dependencies=AT, opt=SEE, sync_to_thread=True)
def roster_agent_page(
    agent: FromPath[str], desk: NamedDependency[RosterDesk], week: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[str]:
    """One agent: their weeks, and everything that makes them."""
    return agent_page(desk, agent, week=week, done=done)


@post(f"{ONE}/facts", dependencies=AT, opt=CHANGE_ASKED, sync_to_thread=True)
def facts_taken(agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]) -> Response[Any]:
    """Change what an agent speaks, whom they answer, how much at once, and by which clock and calendar."""
    facts = read_facts(form, desk.staff, desk.markets)
    if facts is None:
        return agent_page(desk, agent, facts=form)
    desk.confirm_markets({agent: facts.markets})
    return _changed(
        desk, agent, lambda db, row: change_facts(db, row, facts, seen=form.text("seen"), now=desk.now), "facts"
    )


@post(f"{ONE}/shifts", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def shift_taken(agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]) -> Response[Any]:
    """Add weekly hours."""
    shift = read_shift(form, desk.tongue, today=desk.now.date())
    if shift is None:
        return agent_page(desk, agent, shift=form)
    return _changed(desk, agent, lambda db, row: add_shift(db, row.id, shift, now=desk.now), "shifts")


@post(f"{ONE}/shifts/removal", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def shift_removed(
    agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]
) -> Response[Any]:
    """Take weekly hours away."""
    number = read_number(form, "number")
    return _changed(desk, agent, lambda db, row: drop_shift(db, row.id, number, now=desk.now), "shifts")


@post(f"{ONE}/days", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def day_taken(agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]) -> Response[Any]:
    """Set other hours on a date, or a day off."""
    day, note = (
        read_day(form, "day", desk.tongue, today=desk.now.date() - timedelta(days=1)),
        read_note(form, desk.tongue),
    )
    off = not form.text("start") and not form.text("end")
    hours = None if off else read_hours(form, desk.tongue)
    if form.errors or day is None:
        return agent_page(desk, agent, day=form)
    worked = [] if hours is None else [hours]
    return _changed(desk, agent, lambda db, row: set_day(db, row.id, day, worked, note=note, now=desk.now), "days")


@post(f"{ONE}/days/removal", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def day_removed(agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]) -> Response[Any]:
    """Let the weekly hours hold on the date again."""
    day = read_day(form, "day", desk.tongue, today=desk.now.date(), past=True)
    if day is None:
        return agent_page(desk, agent, day=form)
    return _changed(desk, agent, lambda db, row: clear_day(db, row.id, day, now=desk.now), "days")


@post(f"{ONE}/absences", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def absence_taken(
    agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]
) -> Response[Any]:
    """Enter that the agent is not there."""
    with desk.database.reading() as db:
        wall = local(desk.now, desk.agent(db, agent).zone)
    span, note = read_absence(form, desk.tongue, now=wall), read_note(form, desk.tongue)
    if form.errors or span is None:
        return agent_page(desk, agent, absence=form)
    by = desk.staff.person.id

    def enter(db: Session, row: Agent) -> object:
        return enter_absence(db, row, *span, note=note, person=by, now=desk.now)

    return _changed(desk, agent, enter, "absences")


@post(f"{ONE}/absences/removal", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def absence_removed(
    agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]
) -> Response[Any]:
    """The agent is there after all."""
    number = read_number(form, "number")
    return _changed(desk, agent, lambda db, row: withdraw_absence(db, row.id, number, now=desk.now), "absences")


@post(f"{ONE}/swaps/removal", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def swap_removed(agent: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[RosterDesk]) -> Response[Any]:
    """Give swapped hours back to whose they were."""
    number = read_number(form, "number")
    return _changed(desk, agent, lambda db, row: undo_swap(db, row.id, number, now=desk.now), "swaps")


def roster_rows(db: Session, desk: RosterDesk) -> list[dict[str, Any]]:
    """A line for each agent this person sees."""
    agents, tongue = desk.agents(db), desk.tongue
    people = {each.id: each for each in db.exec(select(Person)).all()}
    spoken: dict[str, list[str]] = {}
    for each in db.exec(select(AgentLanguage).order_by(col(AgentLanguage.level).desc())).all():
        spoken.setdefault(each.agent, []).append(f"{each.language} ({tongue.say(LEVEL_WORDS[each.level])})")
    ahead = select(DutyInterval).where(col(DutyInterval.ends_at) > desk.now).order_by(col(DutyInterval.starts_at))
    soon = ahead.where(col(DutyInterval.starts_at) < desk.now + timedelta(days=8))
    following: dict[str, DutyInterval] = {}
    for interval in db.exec(soon).all():
        following.setdefault(interval.agent, interval)
    return [
        _row(each, people[each.person], desk, spoken=spoken.get(each.id, []), following=following.get(each.id))
        for each in agents
    ]


def _row(
    agent: Agent, person: Person, desk: RosterDesk, *, spoken: list[str], following: DutyInterval | None
) -> dict[str, Any]:
    tongue = desk.tongue
    running = following is not None and following.starts_at <= desk.now
    if running and not agent.available:
        chip = ("calm", "bars-two", tongue.say(N_("Away")))
    elif running:
        chip = ("good", "disc-full", tongue.say(N_("There")))
    else:
        chip = ("calm", "clock", tongue.say(N_("Off duty")))
    return {
        "name": person.name,
        "place": agent.place,
        "url": f"{URL}/{agent.id}",
        "chip": chip,
        "hours": hours_words(following.starts_at, following.ends_at, agent.zone, tongue) if following else "",
        "day": tongue.day(local(following.starts_at, agent.zone).date()) if following else "",
        "zone": agent.zone,
        "languages": tongue.list(spoken) if spoken else "",
        "markets": " ".join(agent.markets.upper().split()),
        "capacity": tongue.number(agent.capacity),
        "calendar": agent.holidays,
    }


def _changed(desk: RosterDesk, agent: str, change: Callable[[Session, Agent], object], section: str) -> Response[Any]:
    with desk.database.writing() as db:
        change(db, desk.agent(db, agent))
    return see_other(f"{URL}/{agent}?done=roster#{section}")


HANDLERS = [
    roster_page,
    roster_agent_page,
    facts_taken,
    shift_taken,
    shift_removed,
    day_taken,
    day_removed,
    absence_taken,
    absence_removed,
    swap_removed,
]
