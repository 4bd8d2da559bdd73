"""The days of a span that are unlike the others: clocks that change, and holidays of those who answer the market."""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.markets.models import Market
from shop.support.shifts.calendars import days_off, named_days
from shop.support.shifts.models import Agent, CalendarDay
from shop.support.shifts.schedules import agents_who_left
from shop.support.staffed.coverage import Span
from shop.support.staffed.words import clock_changes, holidays_said


def special_days(db: Session, market: Market, span: Span, tongue: Tongue) -> dict[str, list[str]]:
    """`clocks` and `holidays` in words, the earliest first. Calendars and zones are named, people are not."""
    left, everybody = agents_who_left(db), db.exec(select(Agent)).all()
    agents = [each for each in everybody if each.id not in left and market.id in (each.markets.split() or [market.id])]
    zones = {market.zone: tongue.say(N_("the customers"))}
    for agent in sorted(agents, key=lambda each: each.place):
        zones.setdefault(agent.zone, agent.place_in(tongue.language) or agent.zone)
    calendars = sorted({each.holidays for each in agents} - {""})
    return {
        "clocks": clock_changes(zones, span, tongue),
        "holidays": holidays_said(_holidays(db, calendars, span, tongue), tongue),
    }


def _holidays(db: Session, calendars: list[str], span: Span, tongue: Tongue) -> list[tuple[date, str, str]]:
    first, last = span.first, span.first + timedelta(days=span.days)
    set_days = select(CalendarDay).where(
        col(CalendarDay.calendar).in_(calendars), col(CalendarDay.day).between(first, last)
    )
    edits = db.exec(set_days).all()
    found = []
    for calendar in calendars:
        own = [each for each in edits if each.calendar == calendar]
        names = named_days(calendar, first, last, tongue.language) | {each.day: each.name for each in own if each.name}
        found += [(each.day, names.get(each.day, ""), calendar) for each in days_off(calendar, first, last, own)]
    return found
