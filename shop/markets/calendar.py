"""Working days in a market: its own weekend and its public holidays."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from shop.markets.models import Market


def working_days_after(day: date, number: int, calendar: str) -> date:
    """The `number`-th working day after `day`. `calendar` names a country, or a part of one: `DE`, `DE-HH`."""
    known = _calendar(calendar)
    while number > 0:
        day += timedelta(days=1)
        number -= known.is_working_day(day)
    return day


def expected(market: Market, day: date, days_min: int, days_max: int) -> tuple[date, date]:
    """Between which days something is delivered that was ordered on `day`; both in the market's calendar."""
    calendar = market.holidays or market.country
    return working_days_after(day, days_min, calendar), working_days_after(day, days_max, calendar)


@lru_cache(maxsize=64)
def _calendar(name: str) -> holidays.HolidayBase:
    country, _, part = name.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
