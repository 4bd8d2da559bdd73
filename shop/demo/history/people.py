"""The demo's customers: invented people with plausible names and addresses, each with a mailbox at an example domain."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import normalize

FOLDER = Path(__file__).parent
DOMAINS = ("example.com", "example.org", "example.net")
SEED = "Harbourbench"  # so that the demo is the same each time it is loaded
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer; `address` has the fields of their country's address form."""

    number: int
    market: str
    language: str
    name: str
    email: str
    address: Mapping[str, str]


def dice(of: str) -> Random:
    """A source of random numbers for one purpose, which always gives the same ones."""
    return Random(f"{SEED} {of}")  # noqa: S311 - a story, not a secret


def customers(market: str, number: int) -> list[Customer]:
    """The market's first `number` customers, all of different names, in its languages by the shares of `people.toml`.

    Raising `number` adds customers at the end.
    """
    places = _written()[market]
    drawn, taken = dice(f"people of {market}"), set[str]()
    found: list[Customer] = []
    while len(found) < number:
        place = drawn.choices(places, [each["share"] for each in places])[0]
        made = _customer(place, len(found), drawn)
        if made.name not in taken:
            taken.add(made.name)
            found.append(made)
    return found


def _customer(place: dict[str, Any], number: int, drawn: Random) -> Customer:
    """One customer; the name is written as in their language, and in plain letters for the mailbox."""
    family, given = drawn.choice(place["family"]), drawn.choice(place["given"])
    postal_code, city = drawn.choice(place["cities"])
    name = f"{family[0]} {given[0]}" if place.get("family_first") else f"{given[0]} {family[0]}"
    street = place["street"].format(street=drawn.choice(place["streets"]), number=drawn.randint(1, 68))
    region = {"country_area": city} if "area" in place else {"city": city}
    mailbox = f"{_plain(given[-1])}.{_plain(family[-1])}@{DOMAINS[number % len(DOMAINS)]}"
    return Customer(
        number=number,
        market=place["market"],
        language=place["language"],
        name=name,
        email=mailbox,
        address={"name": name, "postal_code": postal_code, "street_address": street, **region},
    )


def _plain(name: str) -> str:
    letters = normalize("NFKD", name.lower().translate(_PLAIN)).encode("ascii", "ignore").decode()
    return "".join(each for each in letters if each.isalnum())


@cache
def _written() -> dict[str, list[dict[str, Any]]]:
    """The places of `people.toml` by market."""
    places = tomllib.loads((FOLDER / "people.toml").read_text("utf-8"))["place"]
    return {each["market"]: [other for other in places if other["market"] == each["market"]] for each in places}
