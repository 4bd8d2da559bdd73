"""The fields of a row's form in one reader's tongue: labels, help, and choices that the set-up itself knows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.catalogue.models import Product, ProductText
from shop.ground.money import NotMoney, money
from shop.launches.readying.item_words import SUBJECTS, TAX_CLASSES
from shop.markets.in_order import markets_in_order
from shop.staff.models import Person
from shop.support.crisis.models import CrisisCard
from shop.upkeep.cells import COUNTRIES
from shop.upkeep.workshop.cell_forms import parts_of, rows_sent
from shop.upkeep.workshop.column_words import described, kind_of
from shop.upkeep.workshop.described import Columns, Described

Options = list[tuple[str, str]]
Drawn = dict[str, Any]
NO_GOODS = ("all", "coin_cell", "li_ion_loose", "animal_origin", "novel_food", "dairy", "honey", "heat_sensitive")


@dataclass(frozen=True, slots=True)
class Known:
    """What choices come from: the set-up as it is, worded for one reader."""

    tongue: Tongue
    own: Mapping[str, Options]
    money: Mapping[str, str]  # market -> its currency
    found: dict[str, dict[str, str]] = field(default_factory=dict)  # source -> its words, looked up once

    def options(self, words: Mapping[str, str] | str) -> Options:
        """The choices of a column; none where there is no list."""
        if not isinstance(words, str):
            return [(value, self.tongue.say(word)) for value, word in words.items()]
        return list(self.own.get(words) or _of_cldr(words, str(self.tongue.locale)))

    def word(self, about: Described, value: str) -> str:
        """The value as its choice says it; as it is where no choice does."""
        if not isinstance(about.words, str):
            return self.tongue.say(about.words[value]) if value in about.words else value
        if about.words not in self.found:
            self.found[about.words] = dict(self.options(about.words))
        return self.found[about.words].get(value, value)


def known(db: Session, tongue: Tongue) -> Known:
    """Everything that a choice may name."""
    markets = markets_in_order(db)
    people = db.exec(select(Person.id, Person.name).order_by(col(Person.name))).all()
    names = dict(
        db.exec(select(ProductText.sku, ProductText.name).where(ProductText.language == tongue.language)).all()
    )
    goods = db.exec(select(Product.sku, Product.kind, Product.family)).all()
    kinds = {key: tongue.say(word) for key, word in SUBJECTS.items() if key not in NO_GOODS}
    own = {
        "markets": [(each.id, tongue.territory(each.country)) for each in markets],
        "people": [(id, name) for id, name in people],
        "products": [(sku, f"{sku} · {names[sku]}" if sku in names else sku) for sku, _kind, _family in goods],
        "kinds": list(({kind: kind for _sku, kind, _family in goods} | kinds).items()),
        "families": [(each, each) for each in sorted({family for _sku, _kind, family in goods if family})],
        "tax_classes": [(key, tongue.say(word)) for key, word in TAX_CLASSES.items()],
        "cards": [(key, key) for key in db.exec(select(CrisisCard.key).order_by(col(CrisisCard.number))).all()],
    }
    return Known(tongue, own, {each.id: each.currency for each in markets})


def fields_of(file: str, columns: Iterable[str], form: Form, known: Known, **how: Any) -> list[Drawn]:
    """The fields of these columns, of which `required` must be filled and `locked` stay as they are."""
    return [_field(each, described(file, each), form, known, **_for(file, form, known, how)) for each in columns]


def zones_for(drawn: Iterable[Drawn]) -> list[str]:
    """The time zones to offer, if one of the fields asks for one."""
    return _zones() if any(each["widget"] == "zone" for each in drawn) else []


def shown(file: str, column: str, cell: Any, known: Known, *, key: Sequence[str] = ()) -> str:
    """A cell as a table and a preview say it: choices in words, yes and no, several things as a list.

    An amount is told in the currency of its market, with which the `key` of its row begins; without one as it is written.
    """
    about = described(file, column)
    if about.widget == "amount" and key and key[0] in known.money:
        return _say_amount("" if cell is None else str(cell), known.money[key[0]], known.tongue)
    if kind_of(file) == "markets" and column == "id":
        about = Described(about.label, "", "choice", "markets")
    if kind_of(file) == "responsible_people" and cell == "all":
        return known.tongue.say(SUBJECTS["all"])
    return say_cell(about, cell, known)


def say_cell(about: Described, cell: Any, known: Known) -> str:
    """The cell in words."""
    tongue = known.tongue
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool) or about.widget == "flag":
        return tongue.say(N_("Yes")) if cell in (True, "yes") else tongue.say(N_("No"))
    if about.widget in ("pairs", "table"):
        return _say_rows(about, cell, known)
    if about.widget == "several":
        parts = cell if isinstance(cell, list) else str(cell).split()
        return tongue.list([known.word(about, str(each)) for each in parts])
    if isinstance(cell, list):
        return "; ".join(known.word(about, str(each)) for each in cell)
    if about.widget in ("day", "moment"):
        return _say_day(str(cell), tongue)
    said = str(cell)
    return known.word(about, said) if about.words and about.widget == "choice" else said


def _say_amount(said: str, currency: str, tongue: Tongue) -> str:
    """The amount with its currency; as it is where it is none."""
    try:
        return tongue.money(money(said, currency))
    except NotMoney:
        return said


def _say_day(said: str, tongue: Tongue) -> str:
    """A day of the calendar, and the time where it has one; as it is where it is neither."""
    day, _t, clock = said.partition("T")
    try:
        told = tongue.date(date.fromisoformat(day))
    except ValueError:
        return said
    return tongue.say(N_("%(day)s, %(clock)s"), day=told, clock=clock) if clock and clock != "00:00" else told


def _say_rows(about: Described, cell: Any, known: Known) -> str:
    if isinstance(cell, list):
        return "; ".join(", ".join(_say_parts(about.parts, each, known)) for each in cell)
    if not isinstance(cell, Mapping):
        return str(cell)
    value = about.values or Described("")
    told = []
    for name, each in cell.items():
        said = ", ".join(_say_parts({}, each, known)) if isinstance(each, Mapping) else say_cell(value, each, known)
        told.append(known.tongue.say(N_("%(label)s: %(value)s"), label=known.word(about, str(name)), value=said))
    return "; ".join(told)


def _say_parts(parts: Columns, row: Mapping[str, Any], known: Known) -> list[str]:
    return [
        say_cell(parts.get(name) or Described(""), each, known) for name, each in row.items() if each not in ("", None)
    ]


def _for(file: str, form: Form, known: Known, how: Mapping[str, Any]) -> dict[str, Any]:
    market = form.values.get("market", "")
    currency = form.values.get("currency", "") if kind_of(file) == "markets" else known.money.get(market, "")
    return {"currency": currency, **how}


def _field(
    name: str, about: Described, form: Form, known: Known, *, currency: str = "", lang: str = "",
    required: frozenset[str] = frozenset(), locked: frozenset[str] = frozenset(), spare: str = "",
) -> Drawn:  # fmt: skip
    say = known.tongue.say
    drawn: Drawn = {
        "name": name, "label": say(about.label), "hint": say(about.hint) if about.hint else "", "widget": about.widget,
        "options": _options(about, form.values[name], known), "required": name in required,
        "optional": name not in required and "." not in name, "locked": name in locked,
        "currency": currency, "lang": lang, "shown": say_cell(about, form.values[name], known),
    }  # fmt: skip
    if about.widget in ("pairs", "table"):
        drawn["rows"] = _rows(name, about, form, known, spare=spare)
    return drawn


def _rows(name: str, about: Described, form: Form, known: Known, *, spare: str) -> list[list[Drawn]]:
    """The rows that are filled, and one that is not where one is asked for or none is there."""
    filled, parts = rows_sent(form, name), parts_of(about)
    rows = range(filled + (1 if spare == name or not filled else 0))
    if about.widget == "pairs":
        label = N_("Language") if about.words == "languages" else N_("Country")
        parts = {"name": Described(label, "", "choice", about.words), "value": about.values or Described(label)}
    return [
        [_field(f"{name}.{row}.{part}", each, form, known, spare=spare) for part, each in parts.items()] for row in rows
    ]


def _options(about: Described, value: str, known: Known) -> Options:
    options = known.options(about.words) if about.words else []
    if about.widget != "choice":
        return options
    values = {each for each, _word in options}
    if value and value not in values:
        options = [(value, value), *options]
    return options if "" in values else [("", known.tongue.say(N_("Please choose"))), *options]


@lru_cache(maxsize=64)
def _of_cldr(source: str, locale: str) -> tuple[tuple[str, str], ...]:
    spoken = Locale.parse(locale)
    match source:
        case "countries":
            names = {code: spoken.territories.get(code, code) for code in COUNTRIES}
        case "currencies":
            codes = {
                each[0]
                for told in get_global("territory_currencies").values()
                for each in told
                if not each[2] and each[3]
            }
            names = {code: f"{spoken.currencies.get(code, code)} ({code})" for code in codes}
        case "languages":
            tags = [tag for tag in map(str, Locale("en").languages) if len(tag) == 2] + ["pt-BR", "zh-Hans", "zh-Hant"]
            names = {tag: Locale.parse(tag, sep="-").get_display_name(spoken) or tag for tag in tags if _is_spoken(tag)}
        case _:
            names = {}
    return tuple(sorted(names.items(), key=lambda each: each[1].casefold()))


def _is_spoken(tag: str) -> bool:
    try:
        return bool(Locale.parse(tag, sep="-"))
    except (ValueError, UnknownLocaleError):
        return False


@lru_cache(maxsize=1)
def _zones() -> list[str]:
    return sorted(
        each for each in available_timezones() if "/" in each and not each.startswith(("Etc/", "posix", "right"))
    )
