"""Working days in a market: its own weekend and its public holidays."""

from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from shop.ground.instants import local
from shop.markets.models import Market


def working_days_after(day: date, number: int, calendar: str) -> date:
    """The `number`-th working day after `day`. `calendar` names a country, or a part of one: `DE`, `DE-HH`."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day, calendar)
    return day


def is_working_day(day: date, calendar: str) -> bool:
    """Whether the day is neither a public holiday nor of the weekend there; `calendar` as above."""
    closed, weekend = _calendar(calendar, day.year)
    return day not in closed and day.weekday() not in weekend


def day_off(day: date, calendar: str) -> str:
    """Why nobody works there on that day: `holiday` or `weekend`; empty on a working day. `calendar` as above."""
    closed, weekend = _calendar(calendar, day.year)
    return "holiday" if day in closed else "weekend" if day.weekday() in weekend else ""


def next_holiday(day: date, calendar: str) -> date | None:
    """The next public holiday from the day on; `calendar` as above. None where none is known within two years."""
    known = sorted(each for year in (day.year, day.year + 1) for each in _calendar(calendar, year)[0])
    return next((each for each in known if each >= day), None)


def day_in(market: Market, instant: datetime) -> date:
    """The day of the market's own calendar on which an instant lies."""
    return local(instant, market.zone).date()


def calendar_of(market: Market) -> str:
    """The name of the market's calendar."""
    return market.holidays or market.country


def expected(market: Market, day: date, days_min: int, days_max: int) -> tuple[date, date]:
    """Between which days something is delivered that was ordered on `day`; both in the market's calendar."""
    calendar = calendar_of(market)
    return working_days_after(day, days_min, calendar), working_days_after(day, days_max, calendar)


@lru_cache(maxsize=256)
def _calendar(name: str, year: int) -> tuple[frozenset[date], frozenset[int]]:
    """A year's public holidays and the weekdays that are its weekend, as values that threads may share."""
    country, _, part = name.partition("-")
    known = holidays.country_holidays(country, subdiv=part or None, years=year)
    return frozenset(known), frozenset(known.weekend)
