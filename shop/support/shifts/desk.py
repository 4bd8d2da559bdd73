"""The agent's door to their own weeks: when they work, entering an absence, and swapping the hours of a date."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import N_, Tongue
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.ground.instants import local
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.support.shifts.absences import enter_absence, withdraw_absence
from shop.support.shifts.fields import read_absence, read_choice, read_day, read_note, read_number
from shop.support.shifts.models import Agent, ShiftSwap
from shop.support.shifts.speakers import agent_of
from shop.support.shifts.swaps import NothingToGive, answer_swap, are_colleagues, ask_swap, swaps_of, withdraw_swap
from shop.support.shifts.week import (
    absence_rows,
    calendar_of,
    names_in,
    names_of,
    shown_week,
    week_days,
    week_tabs,
)

URL = "/desk/week"
SEE = {"act": "week.see"}
ANSWERS = ("agree", "decline", "withdraw")


@dataclass(frozen=True, slots=True)
class WeekDesk:
    """A person at their own weeks, and what lies at hand there."""

    staff: Staff
    database: Database
    pages: Pages
    now: datetime

    @property
    def tongue(self) -> Tongue:
        """The reader's tongue."""
        return self.staff.tongue

    def agent(self, db: Session) -> Agent | None:
        """The person as an agent; none who is not on the roster."""
        return agent_of(db, self.staff.person.id)

    def wall(self, agent: Agent) -> datetime:
        """What the agent's clock shows now."""
        return local(self.now, agent.zone)


def provide_week(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> WeekDesk:
    """The person's weeks as they find them now."""
    return WeekDesk(staff, database, pages, now)


AT = {"desk": Provide(provide_week, sync_to_thread=True)}


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def week_page(desk: NamedDependency[WeekDesk], week: FromQuery[str] = "", done: FromQuery[str] = "") -> Response[str]:
    """One's own week, by one's own clock."""
    return _page(desk, week=week, done=done)


@post(f"{URL}/absences", dependencies=AT, opt=SEE, sync_to_thread=True)
def absence_form(desk: NamedDependency[WeekDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Enter that one is not there."""
    with desk.database.reading() as db:
        wall = desk.wall(found(desk.agent(db)))
    span, note = read_absence(form, desk.tongue, now=wall), read_note(form, desk.tongue)
    if form.errors or span is None:
        return _page(desk, absence=form)
    with desk.database.writing() as db:
        agent = found(desk.agent(db))
        enter_absence(db, agent, *span, note=note, person=desk.staff.person.id, now=desk.now)
    return see_other(f"{URL}?done=absent#absences")


@post(f"{URL}/absences/withdrawal", dependencies=AT, opt=SEE, sync_to_thread=True)
def withdrawal_form(desk: NamedDependency[WeekDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Be there after all."""
    with desk.database.writing() as db:
        withdraw_absence(db, found(desk.agent(db)).id, read_number(form, "number"), now=desk.now)
    return see_other(f"{URL}?done=present#absences")


@post(f"{URL}/swaps", dependencies=AT, opt=SEE, sync_to_thread=True)
def swap_form(desk: NamedDependency[WeekDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Ask a colleague to work one's hours of a date."""
    with desk.database.reading() as db:
        agent = found(desk.agent(db))
        colleagues = {each.id: each for each in _colleagues(db, agent)}
    day = read_day(form, "day", desk.tongue, today=desk.wall(agent).date())
    taker, note = read_choice(form, "colleague", colleagues, desk.tongue), read_note(form, desk.tongue)
    if form.errors or day is None:
        return _page(desk, swap=form)
    try:
        with desk.database.writing() as db:
            ask_swap(db, found(desk.agent(db)), db.get_one(Agent, taker), day, note=note, now=desk.now)
    except NothingToGive:
        form.fail(
            "day", desk.tongue.say(N_("None of your own hours start on this day, or somebody has already taken them."))
        )
        return _page(desk, swap=form)
    return see_other(f"{URL}?done=swap_asked#swaps")


@post(f"{URL}/swaps/answer", dependencies=AT, opt=SEE, sync_to_thread=True)
def swap_answer_form(desk: NamedDependency[WeekDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Take a colleague's hours, decline, or ask no longer."""
    number, said = read_number(form, "number"), form.text("answer")
    if said not in ANSWERS:
        form.fail("answer", desk.tongue.say(N_("Please say whether you take these hours.")))
        return _page(desk, swap=form)
    with desk.database.writing() as db:
        agent = found(desk.agent(db)).id
        if said == "withdraw":
            withdraw_swap(db, agent, number, now=desk.now)
        else:
            answer_swap(db, agent, number, agree=said == "agree", now=desk.now)
    return see_other(f"{URL}?done=swap_{'taken' if said == 'agree' else 'off'}#swaps")


def _page(
    desk: WeekDesk, *, week: str = "", done: str = "", absence: Form | None = None, swap: Form | None = None
) -> Response[str]:
    with desk.database.reading() as db:
        agent = desk.agent(db)
        shown = _shown(db, desk, agent, week) if agent else {"agent": None}
    wall = desk.wall(agent).date() if agent else desk.now.date()
    return staff_page(
        desk.pages,
        desk.staff,
        "desk/week",
        current=URL,
        done=done,
        status=422 if absence or swap else 200,
        title=desk.tongue.say(N_("My weeks")),
        absence_form=absence or Form({"first": wall.isoformat()}),
        swap_form=swap or Form(),
        url=URL,
        **shown,
    )


def _shown(db: Session, desk: WeekDesk, agent: Agent, week: str) -> dict[str, Any]:
    tongue, today = desk.tongue, desk.wall(agent).date()
    monday = shown_week(week, today=today)
    swaps = swaps_of(db, agent.id, since=today)
    names = names_in(db, swaps)
    colleagues = names_of(db, {each.id for each in _colleagues(db, agent)})
    return {
        "agent": agent,
        "clock": tongue.moment(desk.now, agent.zone),
        "tabs": week_tabs(URL, monday, tongue, today=today),
        "days": week_days(calendar_of(db, agent, tongue, now=desk.now), monday, tongue, now=desk.now),
        "absences": absence_rows(db, agent, tongue, now=desk.now),
        "swaps": [_swap(each, agent, names, tongue, today=today) for each in swaps],
        "colleagues": [("", tongue.say(N_("Please choose"))), *sorted(colleagues.items(), key=lambda each: each[1])],
    }


def _swap(swap: ShiftSwap, agent: Agent, names: dict[str, str], tongue: Tongue, *, today: date) -> dict[str, Any]:
    mine = swap.giver == agent.id
    if swap.state == "agreed":
        said = (
            N_("Agreed: %(name)s works these hours of yours")
            if mine
            else N_("Agreed: you work these hours of: %(name)s")
        )
    else:
        said = N_("You have asked: %(name)s") if mine else N_("You are asked by: %(name)s")
    other = swap.taker if mine else swap.giver
    return {
        "number": swap.id,
        "day": tongue.day(swap.day),
        "text": tongue.say(said, name=names.get(other, other)),
        "note": swap.note,
        "mine": mine,
        "open": swap.state == "asked" and swap.day >= today,
    }


def _colleagues(db: Session, agent: Agent) -> list[Agent]:
    people = db.exec(select(Agent).where(col(Agent.id) != agent.id).order_by(col(Agent.id))).all()
    return [each for each in people if are_colleagues(agent, each)]


HANDLERS = [week_page, absence_form, withdrawal_form, swap_form, swap_answer_form]
