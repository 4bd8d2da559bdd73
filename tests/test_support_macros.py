"""Macros: in the customer's language, filled in from the request, and never sent with a hole in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.checkout.models import OrderLine
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.requests.models import Macro
from shop.support.workplace.macros import PLACEHOLDERS, filled, macros_for, unfilled, unknown_placeholders
from tests.support_world import MORNING, an_order, asked, stored, support_house
from tests.world import PASSWORD, World, world

HASHED = password_hash(PASSWORD)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database:
        with database.writing() as db:
            for each in db.exec(select(Person)).all():
                each.password_hash = HASHED
            for market, language, title, words in (
                ("", "de", "Dank", "Guten Tag {customer}, danke für Ihre Frage zu {product} ({order})."),
                ("", "de-CH", "Merci", "Grüezi {customer}"),
                ("", "en", "Thanks", "Hello {customer}"),
            ):
                db.add(Macro(key="thanks", market=market, language=language, title=title, text=words))
            db.add(
                Macro(key="rules", language="de", title="Rückgabe", text="{return_days} Tage. Ihre {agent}, {market}")
            )
        with world(tmp_path, str(database.engine.url)) as built:
            built.clock.now = MORNING
            yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hello {customer}, {order} {product} {agent} {promise}", []),
        ("Hello {custommer} and {Order}", ["Order", "custommer"]),
        ("{0} {customer.email} {customer!r} {}", ["0", "customer!r", "customer.email"]),
        ("No braces, { spaced }, {a\nb}", [" spaced "]),
    ],
)
def test_only_known_placeholders_may_stand_in_a_macro(text: str, unknown: list[str]) -> None:
    assert unknown_placeholders(text) == unknown


def test_what_has_no_value_stays_to_be_seen_and_nothing_is_run() -> None:
    values = {"customer": "{order} <b>", "order": ""}
    assert filled("Hello {customer}: {order}, {nobody}", values) == "Hello {order} <b>: {order}, {nobody}"
    assert unfilled("Hello {order}, {order} and {product}, {not this}, {X}") == ["{order}", "{product}"]
    assert {"return_days", "plug", "customer"} <= PLACEHOLDERS


def test_a_markets_own_macro_goes_before_the_one_for_all_and_the_exact_tag_before_its_variant(
    house: World, database: Database
) -> None:
    with database.writing() as db:
        db.add(Macro(key="thanks", market="de", language="de", title="Unser Dank", text="Moin {customer}"))
    with database.reading() as db:
        assert [(each.key, each.title) for each in macros_for(db, "de", "de")] == [
            ("rules", "Rückgabe"),
            ("thanks", "Unser Dank"),
        ]
        assert [each.title for each in macros_for(db, "fr", "de")] == ["Dank", "Rückgabe"]
        assert [each.title for each in macros_for(db, "fr", "de-CH")] == ["Merci", "Rückgabe"]
        assert macros_for(db, "fr", "ja") == []


def test_a_macro_is_put_behind_what_is_written_without_script(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    lena = house.signed_in("lena")
    page = lena.get(f"/desk/requests/{ref}").text
    assert "Begin with" in page or "Dank" in page
    went = lena.submit("/messages", text="Moin!", kind="macro", macro="thanks")
    assert went.headers["location"] == f"/desk/requests/{ref}?macro=thanks#answer"
    begun = lena.get(f"/desk/requests/{ref}?macro=thanks").text
    text = "Moin!\n\nGuten Tag Anna Beck, danke für Ihre Frage zu {product} ({order}).</textarea>"
    assert text in begun
    kept = text.removesuffix("</textarea>")
    lena.post(f"/desk/requests/{ref}/draft", {"text": kept})
    assert lena.get(f"/desk/requests/{ref}?macro=thanks").text.count("Guten Tag Anna Beck") == 1
    assert lena.get(f"/desk/requests/{ref}?macro=nobody").status_code == 200
    lena.get(f"/desk/requests/{ref}?macro=thanks")
    refused = lena.submit("/messages", text=kept, kind="ours")
    assert refused.status_code == 422 and "{product}" in refused.text and stored(database, ref).state == "assigned"
    assert lena.submit("/messages", text="{product} stays in a note", kind="note").status_code == 303


def test_a_macro_tells_the_order_and_the_markets_own_rules(house: World, database: Database) -> None:
    with database.writing() as db:
        db.add(an_order())
        db.flush()
        for sku, name in (("HB-A", "Standmixer"), ("HB-B", "Dichtung")):
            db.add(_line(sku, name))
    ref = asked(database, now=MORNING, order_number="DE-1", text="1").ref
    lena = house.signed_in("lena")
    assert "zu {product} (DE-1)" in lena.get(f"/desk/requests/{ref}?macro=thanks").text  # which of two is not guessed
    with database.writing() as db:
        from_order = db.get_one(type(stored(database, ref)), ref)
        from_order.order_line = 2
    assert "zu Dichtung (DE-1)" in lena.get(f"/desk/requests/{ref}?macro=thanks").text
    rules = lena.get(f"/desk/requests/{ref}?macro=rules").text
    assert "14 Tage. Ihre Lena (Hamburg), Deutschland</textarea>" in rules


def _line(sku: str, name: str) -> OrderLine:
    return OrderLine(
        order_number="DE-1", sku=sku, name=name, quantity=1, unit=50, tax_e5=19_000, net=42, tax=8, gross=50
    )
