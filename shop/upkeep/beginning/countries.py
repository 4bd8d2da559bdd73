"""What is known of a country before anybody has looked: money, clocks, languages, holidays. Pure; from CLDR and `holidays`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from shop.support.shifts.calendars import check_calendar


@dataclass(frozen=True, slots=True)
class Country:
    """Guesses to begin a form with, each of which a person may change; empty where several or none would fit."""

    code: str  # ISO 3166, in capitals
    currency: str
    zones: tuple[str, ...]
    languages: tuple[str, ...]  # BCP 47 tags, the most spoken first: those the shop speaks, else the first of all
    holidays: str
    unspoken: tuple[
        str, ...
    ] = ()  # official languages that the shop has no words in, and that are not among `languages`

    @property
    def zone(self) -> str:
        """The one clock of the country; empty where it has several."""
        return self.zones[0] if len(self.zones) == 1 else ""


def country(code: str, *, spoken: Collection[str], today: date) -> Country:
    """The country of the code. `spoken` are the tags the shop speaks: of these it takes its own kind (`pt-BR`)."""
    currencies = get_territory_currencies(code, today, today)
    zones = {zone for zone, territory in get_global("zone_territories").items() if territory == code}
    official = [each.replace("_", "-") for each in get_official_languages(code, de_facto=True)]
    known = list(dict.fromkeys(_own_kind(each, code, spoken) for each in official))
    chosen = tuple([each for each in known if each in spoken] or known[:1])
    return Country(
        code,
        currencies[0] if currencies else "",
        tuple(sorted(zones & available_timezones())),
        chosen,
        code if _has_holidays(code) else "",
        tuple(each for each in known if each not in chosen),
    )


def _own_kind(language: str, code: str, spoken: Collection[str]) -> str:
    """The tag with the country where the shop speaks that kind of the language only."""
    regional = f"{language}-{code}"
    return regional if regional in spoken and language not in spoken else language


def _has_holidays(code: str) -> bool:
    try:
        check_calendar(code)
    except ValueError:
        return False
    return True
