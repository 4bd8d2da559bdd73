"""How cells of a set-up are read: each function takes a CSV text or a TOML value; `Wrong` says what is wrong."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import list_currencies

from shop.base.i18n import N_
from shop.base.mail import NotAnAddress, address
from shop.ground.instants import YEARS, UnknownZone, UnreadableTime, parse_clock, parse_date, zone
from shop.support.shifts.calendars import UnknownCalendar, check_calendar
from shop.support.shifts.fields import is_language
from shop.upkeep.reading import Cell
from shop.upkeep.wrong import Wrong, shown

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,15})?")  # neither an exponent nor another script's digits
RELATIVE = re.compile(r"today(?:([+-][0-9]{1,5})d)?")
LARGEST = 1_000_000_000  # what every engine's integer columns hold
LONGEST = 4000

# CLDR's territories of two letters, without those that are no country.
COUNTRIES = {code for code in map(str, Locale("en").territories) if len(code) == 2} - set(
    "EU EZ QO UN XA XB ZZ".split()
)
_CURRENCIES = frozenset(list_currencies())


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar, or one counted from the day of loading (`today+90d`)."""

    fixed: date | None
    after: int = 0

    def on(self, today: date) -> date:
        """The day itself, when it is loaded on `today`."""
        return self.fixed or today + timedelta(days=self.after)


def optional(read: Cell, default: Any = None) -> Cell:
    """A cell that may be empty; a list of nothing is."""
    return lambda given: default if given in ("", []) else read(given)


def text(given: object) -> str:
    """One or more lines of text, without control characters."""
    said = _string(given).strip()
    if not said:
        raise Wrong(N_("is empty"))
    if len(said) > LONGEST:
        raise Wrong(N_("is too long; characters: %(size)s, at most %(most)s"), size=len(said), most=LONGEST)
    if not said.isprintable() and any(
        (ord(each) < 32 and each != "\n") or 0xD800 <= ord(each) < 0xE000 for each in said
    ):
        raise Wrong(N_("holds a control character"))
    return said


def word(given: object) -> str:
    """One word: an id, a code, a SKU."""
    said = text(given)
    if not WORD.fullmatch(said):
        raise Wrong(N_("'%(given)s' may hold letters, digits, '_', '.' and '-' only"), given=shown(said))
    return said


def slug(given: object) -> str:
    """The end of a page's address: lower-case letters of any script, digits and hyphens."""
    said = text(given)
    if not all(each == "-" or each.isalnum() for each in said) or said != said.lower() or len(said) > 80:
        raise Wrong(N_("'%(given)s' may hold lower-case letters, digits and '-' only, at most 80"), given=shown(said))
    return said


def words(read: Cell = word) -> Cell:
    """Words parted by spaces, or a TOML list of them, at least one; kept parted by spaces."""

    def reader(given: object) -> str:
        parts = given if isinstance(given, list) else _string(given).split()
        if not parts:
            raise Wrong(N_("is empty"))
        return " ".join(dict.fromkeys(str(read(each)) for each in parts))

    return reader


def lines(given: object) -> str:
    """A TOML list of lines, or one text."""
    return "\n".join(text(each) for each in given) if isinstance(given, list) else text(given)


def whole(least: int = 0, most: int = LARGEST) -> Cell:
    """A whole number within bounds."""

    def reader(given: object) -> int:
        if isinstance(given, int) and not isinstance(given, bool):
            number = given
        elif isinstance(given, str) and re.fullmatch(r"-?[0-9]{1,12}", given.strip()):
            number = int(given)
        else:
            raise _not(N_("'%(given)s' is not a whole number"), given)
        if not least <= number <= most:
            out = N_("%(number)s is not from %(least)s to %(most)s")
            raise Wrong(out, number=shown(number), least=least, most=most)
        return number

    return reader


def quantity(given: object) -> str:
    """How much of something, in plain figures and more than nothing: `250`, `0.5`."""
    said = text(given)
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", said) or not Decimal(said):
        raise _not(N_("'%(given)s' is not a quantity such as 250 or 0.5"), said)
    return said


def percent(given: object) -> int:
    """A percentage with at most two decimals, as hundredths of a percent."""
    return _percentage(given, decimals=2)


def rate(given: object) -> int:
    """A rate of tax in percent with at most three decimals, as thousandths of a percent."""
    return _percentage(given, decimals=3)


def _percentage(given: object, *, decimals: int) -> int:
    said = given.strip() if isinstance(given, str) else shown(given)
    if isinstance(given, bool) or not PLAIN.fullmatch(said):
        raise _not(N_("'%(given)s' is not a percentage"), given)
    points = Decimal(said).scaleb(decimals)
    if points != points.to_integral_value() or not 0 <= points <= 100 * 10**decimals:
        message = N_("'%(given)s' is not a percentage from 0 to 100 with at most %(decimals)s decimals")
        raise Wrong(message, given=shown(given), decimals=decimals)
    return int(points)


def flag(given: object) -> bool:
    """`yes` or `no`, or a TOML boolean."""
    if isinstance(given, bool):
        return given
    if given in ("yes", "no"):
        return given == "yes"
    raise _not(N_("'%(given)s' is neither yes nor no"), given)


def choice(*allowed: str) -> Cell:
    """One of a few words."""

    def reader(given: object) -> str:
        if given not in allowed:
            raise Wrong(N_("'%(given)s' is none of %(known)s"), given=shown(given), known=", ".join(allowed))
        return str(given)

    return reader


def day(given: object) -> Day:
    """`2026-11-24`, or `today`, `today+90d`, `today-400d`."""
    said = given.isoformat() if isinstance(given, date) else _string(given)
    if found := RELATIVE.fullmatch(said):
        return Day(None, int(found[1] or 0))
    try:
        fixed = parse_date(said)
    except UnreadableTime as error:
        shaped = error.__cause__ is not None  # as 2026-02-30 is
        no_day = (
            N_("'%(given)s' is no day of the calendar") if shaped else N_("'%(given)s' is not a date like 2026-11-24")
        )
        raise _not(no_day, said) from None
    if fixed.year not in YEARS:
        years = {"first": YEARS.start, "last": YEARS.stop - 1}
        raise Wrong(N_("'%(given)s' is not from %(first)s to %(last)s"), given=shown(said), **years)
    return Day(fixed)


def clock(given: object) -> int:
    """`09:00` as minutes after midnight."""
    said = _string(given)
    try:
        return parse_clock(said)
    except UnreadableTime:
        raise _not(N_("'%(given)s' is not a clock time from 00:00 to 24:00"), said) from None


def email(given: object) -> str:
    """One plain e-mail address, in lower case."""
    said = text(given).lower()
    try:
        address(said)
    except NotAnAddress:
        raise _not(N_("'%(given)s' is not an e-mail address"), said) from None
    return said


def zone_name(given: object) -> str:
    """An IANA time zone."""
    said = text(given)
    try:
        zone(said)
    except UnknownZone:
        raise _not(N_("'%(given)s' is not a known time zone"), said) from None
    return said


def language(given: object) -> str:
    """A BCP 47 tag that CLDR knows."""
    said = text(given)
    if not is_language(said):
        raise _not(N_("'%(given)s' is not a known language tag, such as de, pt-BR or zh-Hans"), said)
    return said


def country(given: object) -> str:
    """An ISO 3166 code of two letters, in the case it was given in."""
    said = text(given)
    if said.upper() not in COUNTRIES:
        raise _not(N_("'%(given)s' is not the code of a country"), said)
    return said


def market_id(given: object) -> str:
    """A market's id: the country's code in lower case."""
    said = country(given)
    if said != said.lower():
        raise _not(N_("'%(given)s' must be in lower case"), said)
    return said


def currency(given: object) -> str:
    """An ISO 4217 code."""
    if given not in _CURRENCIES:
        raise _not(N_("'%(given)s' is not the code of a currency"), given)
    return str(given)


def calendar(given: object) -> str:
    """A holiday calendar: a country, or one of its subdivisions (`DE-HH`)."""
    said = text(given)
    try:
        check_calendar(said)
    except UnknownCalendar:
        raise _not(N_("'%(given)s' is not a known holiday calendar"), said) from None
    return said


def _not(message: str, given: object) -> Wrong:
    return Wrong(message, given=shown(given))


def _string(given: object) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    raise _not(N_("'%(given)s' is not a text"), given)
