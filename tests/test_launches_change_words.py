"""How the values of a market are told: what became of what, and what a step would set."""

import json

import pytest

from shop.launches.changing.change_words import change_lines, exposed_words
from shop.launches.changing.table import Exposed
from shop.markets.models import LaunchEvent, Market
from tests.launching import NOW
from tests.tongues import ENGLISH

KIWI = Market(id="nz", country="NZ", currency="NZD", zone="Pacific/Auckland", languages="en mi")


def changed(**pairs: tuple[object, object]) -> list[str]:
    event = LaunchEvent(
        market="nz", at=NOW, action="exposure", from_state="soft", to_state="soft", person="mere", reason="",
        details=json.dumps(pairs),
    )  # fmt: skip
    return change_lines(event, KIWI, ENGLISH)


@pytest.mark.parametrize(
    ("name", "pair", "told"),
    [
        ("value_cap", (None, 1_000_00), "Value at most: none → NZ$1,000.00"),
        ("percent_bp", (1_000, 2_550), "Percentage of visitors: 10% → 25.5%"),
        ("in_chooser", (False, True), "Named in the list of countries: no → yes"),
        ("audience", ("invitation", "percentage"), "Who may buy: By invitation only → A percentage of visitors"),
    ],
)
def test_a_value_is_told_as_what_it_is(name: str, pair: tuple[object, object], told: str) -> None:
    assert changed(**{name: pair}) == [told]


def test_what_staff_do_not_know_by_name_is_not_told() -> None:
    assert changed(ever_sold=(False, True), last_order_at=(None, None)) == ["Payments count until: none → none"]


def test_who_is_asked_to_agree_reads_every_cap() -> None:
    asked = Exposed(
        "percentage", 2_500, 50, daily_cap=5, value_cap=1_000_00, customer_cap=2, minutes_per_contact=12
    )  # fmt: skip
    assert exposed_words(asked, KIWI, ENGLISH) == [
        "Visitors who may buy: 25%",
        "Orders at most: 50",
        "Orders a day at most: 5",
        "Value at most: NZ$1,000.00",
        "Orders of one customer at most: 2",
        "Minutes for one question: 12",
    ]
    assert exposed_words(Exposed("invitation"), KIWI, ENGLISH) == ["By invitation only"]
