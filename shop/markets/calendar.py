"""Working days in a market: its own weekend and its public holidays."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from shop.markets.models import Market


def working_days_after(day: date, number: int, calendar: str) -> date:
    """The `number`-th working day after `day`. `calendar` names a country, or a part of one: `DE`, `DE-HH`."""
    while number > 0:
        day += timedelta(days=1)
        closed, weekend = _calendar(calendar, day.year)
        number -= day not in closed and day.weekday() not in weekend
    return day


def expected(market: Market, day: date, days_min: int, days_max: int) -> tuple[date, date]:
    """Between which days something is delivered that was ordered on `day`; both in the market's calendar."""
    calendar = market.holidays or market.country
    return working_days_after(day, days_min, calendar), working_days_after(day, days_max, calendar)


@lru_cache(maxsize=256)
def _calendar(name: str, year: int) -> tuple[frozenset[date], frozenset[int]]:
    """A year's public holidays and the weekdays that are its weekend, as values that threads may share."""
    country, _, part = name.partition("-")
    known = holidays.country_holidays(country, subdiv=part or None, years=year)
    return frozenset(known), frozenset(known.weekend)
