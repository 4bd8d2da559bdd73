"""Languages: message catalogues compiled in memory at start, and the `Tongue` that speaks one of them to one reader.

A tongue is a language plus the region whose customs of numbers, dates and money hold (de in CH is not de in DE).
Nothing is ambient: whoever renders is handed the tongue.
"""

import datetime as calendar
import gettext
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from babel import Locale, UnknownLocaleError
from babel.core import parse_locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from babel.support import Translations

from shop.base.spelling import JOINER, SPELLINGS, Respelled
from shop.ground.instants import zone as zone_named
from shop.ground.money import Money

SOURCE_LANGUAGE = "en"
FALLBACK = "en"  # the language in which every text of the exporter's is written first
CONTEXT_ENDS = "\x04"  # as gettext keys a message by its context and itself

Text = TypeVar("Text")


def N_(message: str) -> str:
    """Mark a message for extraction where it is written; it is translated where it is shown."""
    return message


def NP_(context: str, message: str) -> str:
    """Mark a message that means two things elsewhere, with the context that parts them; `Tongue.say` takes it as is."""
    return f"{context}{CONTEXT_ENDS}{message}"


def NN_(singular: str, plural: str) -> tuple[str, str]:
    """Mark a message that counts, as `N_` does; its two forms are handed to `Tongue.count`."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Tongue:
    """One reader's language and customs. `tag` is a BCP 47 tag such as `de-CH`; `language` the one offered, `de`."""

    tag: str
    language: str
    direction: str
    locale: Locale
    translations: gettext.NullTranslations

    def say(self, message: str, **values: Any) -> str:
        """The message in this tongue, its named placeholders filled. An `NP_` message is found by its context."""
        said = self.translations.gettext(message).rpartition(CONTEXT_ENDS)[2]
        return said % values if values else said

    def count(self, singular: str, plural: str, number: int, **values: Any) -> str:
        """The message in the plural form that `number` takes in this language."""
        said = self.translations.ngettext(singular, plural, number)
        return said % {"num": self.number(number), **values}

    def money(self, amount: Money) -> str:
        """The amount as this region writes it: `349,00 €`, `CHF 349.00`, `39,800円`."""
        return _money(amount.minor, amount.currency, self.locale)

    def number(self, number: float) -> str:
        """A plain number."""
        return _number(number, self.locale)

    def percent(self, basis_points: float) -> str:
        """A rate given in hundredths of a percent: 1900 -> `19 %`."""
        return _percent(basis_points, self.locale)

    def date(self, day: calendar.date) -> str:
        """A date with the month as a word: `3. Dezember 2026`."""
        return format_date(day, "long", locale=self.locale)

    def day(self, day: calendar.date) -> str:
        """Weekday, day and month, short: `Di., 1. Dez.`; `12月1日(火)`, the brackets joined to the day."""
        written: str = format_date(day, self.locale.datetime_skeletons["MMMEd"].pattern, locale=self.locale)
        return written.replace("日(", f"日{JOINER}(")

    def time(self, instant: datetime, zone: str) -> str:
        """The wall-clock time in `zone`, with no blank at which a line could end: Arabic's data has one before its م."""
        return format_time(instant, "short", tzinfo=zone_named(zone), locale=self.locale).replace(" ", "\u00a0")

    def moment(self, instant: datetime, zone: str) -> str:
        """Date and time in `zone`, the month as a word."""
        pattern: str = self.locale.datetime_formats["long"]
        return pattern.format(self.time(instant, zone), self.date(instant.astimezone(zone_named(zone)).date()))

    def list(self, items: Sequence[str]) -> str:
        """`a, b und c`."""
        return format_list(list(items), locale=self.locale)

    def territory(self, country: str) -> str:
        """The country's name in this tongue."""
        name: str = self.locale.territories.get(country, country)
        return name

    def postal(self, address: str) -> str:
        """An address written in English, its country named in this tongue, where its last line or part is one."""
        before, country = _LAST_PART.fullmatch(address).groups()  # type: ignore[union-attr] # it matches any text
        code = _countries().get(country, "")
        return f"{before}{self.territory(code)}" if code else address

    def language_name(self, tag: str) -> str:
        """The language's name in this tongue."""
        return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag


_LAST_PART = re.compile(r"((?:.*[,\n]\s*)?)(.*)", re.DOTALL)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """The codes of the countries by their English names."""
    return {name: code for code, name in Locale("en").territories.items() if code.isalpha() and len(code) == 2}


@lru_cache(maxsize=256)
def own_name(tag: str) -> str:
    """What the language calls itself, as it stands alone in a list: `Deutsch`, `Français`, `Português`; never its region."""
    spoken = Locale.parse(tag, sep="-")
    name = Locale(spoken.language, script=spoken.script).get_display_name() or tag
    return name[0].upper() + name[1:]


# What is written again and again is kept: a hundred and more times dearer to write than to find.
@lru_cache(maxsize=4096, typed=True)
def _number(number: float, locale: Locale) -> str:
    return _minus_before(format_decimal(number, locale=locale), locale)


@lru_cache(maxsize=1024)
def _percent(basis_points: float, locale: Locale) -> str:
    return _minus_before(format_percent(basis_points / 10_000, locale=locale, decimal_quantization=False), locale)


@lru_cache(maxsize=16384)
def _money(minor: int, currency: str, locale: Locale) -> str:
    amount = Money(minor, currency)
    if currency == "JPY" and locale.language == "ja":
        return f"{format_decimal(minor, locale=locale)}円"  # CLDR's full-width sign leaves a hole before the figure
    written = format_currency(amount.decimal, currency, locale=locale)
    return _in_one(_CODE_AT_FIGURE.sub("\u00a0", _minus_before(written, locale)), currency, locale)


def _minus_before(written: str, locale: Locale) -> str:
    """A minus that leads its figure also where one writes from the right: CLDR's mark, which Babel leaves out."""
    return written.replace("-", "\u200e-") if locale.character_order == "right-to-left" else written


def _in_one(written: str, currency: str, locale: Locale) -> str:
    """A sign of letters and another mark (`JP¥`), kept together where one writes from the right: else it falls apart."""
    sign = get_currency_symbol(currency, locale)
    mixed = locale.character_order == "right-to-left" and re.search("[A-Za-z]", sign) and not sign.isalpha()
    return written.replace(sign, f"\u2066{sign}\u2069") if mixed else written


# CLDR's currencySpacing, which Babel leaves out: a code made of letters does not touch the figure.
_CODE_AT_FIGURE = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


class Languages:
    """All message catalogues of the house, each read when it is first spoken."""

    def __init__(self, locales_dir: Path) -> None:
        self._files = {file.parts[-3]: file for file in sorted(locales_dir.glob("*/LC_MESSAGES/messages.po"))}
        self.tags = (SOURCE_LANGUAGE, *(tag for tag in self._files if tag != SOURCE_LANGUAGE))
        self._tongues: dict[tuple[str, str], Tongue] = {}

    def tongue(self, language: str, country: str = "") -> Tongue:
        """The tongue of `language` with the customs of `country`; an unknown language is answered in English."""
        key = (language if language in self.tags else SOURCE_LANGUAGE, country)
        if key not in self._tongues:
            self._tongues[key] = self._made(*key)
        return self._tongues[key]

    def messages(self, language: str) -> gettext.NullTranslations:
        """The catalogue of a language; the source language needs none."""
        return _compiled(self._files[language]) if language in self._files else gettext.NullTranslations()

    def from_header(self, accept_language: str) -> str:
        """The best language we speak for an Accept-Language header; English when none fits."""
        for wanted in _by_weight(accept_language[:200]):
            near = max(self.tags, key=lambda tag: nearness(tag.lower(), wanted))
            if nearness(near.lower(), wanted):
                return near
        return SOURCE_LANGUAGE

    def _made(self, language: str, country: str) -> Tongue:
        tag, locale = tag_of(language, country), _locale(language, country)
        messages = self.messages(language)
        if spelling := SPELLINGS.get(tag) or SPELLINGS.get(language):
            messages = Respelled(messages, spelling)
        return Tongue(tag, language, locale.text_direction, locale, messages)


def tag_of(language: str, country: str) -> str:
    """The BCP 47 tag of a language in a country, its script kept: `de-CH`, `zh-Hans-SG`.

    A language that has a region of its own (`pt-BR`) takes on the country only where CLDR knows the two together.
    """
    base, region, script = parse_locale(language, sep="-")[:3]
    in_country = "-".join(filter(None, (base, script, country or region)))
    return language if region and _known(in_country) is None else in_country


def _locale(language: str, country: str) -> Locale:
    # Where CLDR knows no such pair (en_JP, de_NZ …), the language's own customs are the nearest true thing.
    return _known(tag_of(language, country)) or Locale.parse(language, sep="-")


def _known(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except UnknownLocaleError:
        return None


@lru_cache(maxsize=64)
def _compiled(file: Path) -> Translations:
    with file.open("rb") as source:
        catalogue = read_po(source)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled)


def nearness(tag: str, wanted: str) -> int:
    """How well a language we speak serves one that is wanted: 3 is itself, 2 it in general, 1 a relative, 0 not at all."""
    wanted = _SCRIPTS.get(wanted, wanted)
    parts, wanted_parts = tag.split("-"), wanted.split("-")
    if wanted_parts[: len(parts)] == parts:
        return 3 if parts == wanted_parts else 2
    return int(parts[0] == wanted_parts[0])


def tags_near(language: str) -> tuple[str, ...]:
    """The languages in which a reader is given a text, the best first: theirs, it without its region, English."""
    return tuple(dict.fromkeys((language, language.partition("-")[0], FALLBACK)))


def is_own(tag: str, language: str) -> bool:
    """Whether a text of the one language is of the other to its reader, or of it without its region."""
    return tag in (language, language.partition("-")[0])


def nearest(texts: Mapping[str, Text], language: str) -> Text | None:
    """The text by its language that a reader of this one is given; None where it stands in none of the near ones."""
    return next((texts[tag] for tag in tags_near(language) if tag in texts), None)


# Browsers name Chinese by the place; what is read there is a script.
_SCRIPTS = dict.fromkeys(("zh-tw", "zh-hk", "zh-mo"), "zh-hant")


def _by_weight(header: str) -> list[str]:
    weighted = []
    for position, part in enumerate(header.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            if float(weight or 1) > 0:
                weighted.append((-float(weight or 1), position, tag.strip().lower()))
        except ValueError:
            continue
    return [tag for _weight, _position, tag in sorted(weighted) if tag]
