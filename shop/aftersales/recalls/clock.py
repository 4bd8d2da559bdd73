"""By when each country's authority must be told of a recall. The rules are data; an unknown country is told at once.

Hours and days run from the moment the recall is opened, to the minute; working days end with the last minute of the last
of them, in the market's own calendar.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.base.i18n import N_, NN_, Tongue
from shop.ground.instants import DAY_MINUTES, instant_on
from shop.markets.calendar import calendar_of, day_in, working_days_after
from shop.markets.models import Market


@dataclass(frozen=True, slots=True)
class Clock:
    """A period in which the authority must be told, and the rule it rests on."""

    number: int
    unit: str  # hours | days | working_days
    source: str
    words: str = ""  # what the law says instead of a number

    def due(self, market: Market, *, now: datetime) -> datetime:
        """The last instant in time."""
        if self.unit != "working_days":
            return now + timedelta(**{self.unit: self.number})
        last = working_days_after(day_in(market, now), self.number, calendar_of(market))
        return instant_on(last, DAY_MINUTES - 1, market.zone)

    def told(self, tongue: Tongue) -> str:
        """The period in words."""
        return tongue.say(self.words) if self.words else tongue.count(*_COUNTED[self.unit], self.number)


_COUNTED = {
    "hours": NN_("within %(num)s hour", "within %(num)s hours"),
    "days": NN_("within %(num)s day", "within %(num)s days"),
    "working_days": NN_("within %(num)s working day", "within %(num)s working days"),
}
_AT_ONCE = N_("without delay; here that is a day")
_EU = Clock(24, "hours", "GPSR (EU) 2023/988 art. 9(8), 35", _AT_ONCE)
_ELSEWHERE = Clock(24, "hours", "", _AT_ONCE)

EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
CLOCKS: dict[str, Clock] = {
    **dict.fromkeys(EU, _EU),
    "CA": Clock(2, "days", "CCPSA s. 14"),
    "AU": Clock(2, "days", "ACL s. 128, 131"),
    "US": Clock(24, "hours", "CPSA s. 15(b)"),
    "NZ": Clock(2, "working_days", "FTA s. 31A"),
    "JP": Clock(10, "days", "CPSA (Japan) art. 35"),
    "BR": Clock(2, "working_days", "Portaria MJSP 618/2019"),
}


def clock_of(country: str) -> Clock:
    """The country's period; where none is noted, its authority is told without delay."""
    return CLOCKS.get(country, _ELSEWHERE)
