"""A market's end: what must be written down first, what becomes of the goods, and when it may be closed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.checkout.models import Order
from shop.ground.errors import NotFound
from shop.launches.changing.guards import DutiesLast, OrderTaken
from shop.launches.changing.obligations import Obligations, obligations
from shop.launches.changing.winding import Fate, Winding, WindingIncomplete, fate_done, fates_of, left_in
from shop.launches.models import WindDown
from shop.markets.models import Market
from shop.policies.acceptance import accept
from tests.launching import ENDING, NOW, events, exporter, launched, market, ordered, policies, put, step


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        launched(opened)
        yield opened


def delivered(number: str = "R1", **values: Any) -> Order:
    whole = {"state": "delivered", "paid_at": NOW, "delivered_at": NOW, "key": number, "content": number}
    return ordered(number=number, **{**whole, **values})


@pytest.mark.parametrize(
    ("winding", "lacking"),
    [
        (None, ["last_order_on", "contact", "refund_plan", "fates"]),
        (replace(ENDING, contact=" "), ["contact"]),
        (replace(ENDING, refund_plan=""), ["refund_plan"]),
        (replace(ENDING, last_order_on=date(2026, 11, 23)), ["last_order_on"]),
        (replace(ENDING, fates=ENDING.fates[:1]), ["HB-2"]),
        (replace(ENDING, fates=(Fate("HB-1", 5), Fate("HB-2", 0))), ["HB-1"]),
    ],
    ids=["nothing", "nobody", "no money", "yesterday", "a product", "no owner"],
)
def test_a_market_does_not_wind_down_before_its_end_is_written_down(
    database: Database, winding: Winding | None, lacking: list[str]
) -> None:
    with pytest.raises(WindingIncomplete) as refused:
        step(database, "wind_down", winding=winding)
    assert refused.value.values["lacking"] == lacking
    assert market(database).state == "soft"


def test_payments_count_until_the_end_of_the_last_day_there(database: Database) -> None:
    step(database, "wind_down")
    assert market(database).last_order_at == datetime(2026, 11, 30, 11, tzinfo=UTC)  # midnight in Auckland


def test_the_goods_are_listed_until_somebody_has_seen_to_them(database: Database) -> None:
    event = step(database, "wind_down")
    with database.writing() as db:
        assert [(each.sku, each.pieces, each.fate, each.cost, each.owner) for each in fates_of(db, "nz")] == [
            ("HB-1", 5, "return", 40_00, "Tane")
        ]
        written = db.get_one(WindDown, "nz")
        assert (written.event, written.contact) == (event.id, "Ruth Alderson")
        fate_done(db, "nz", "HB-1", person="mere", now=NOW)
    with database.writing() as db, pytest.raises(NotFound):
        fate_done(db, "nz", "HB-1", person="mere", now=NOW)


def test_what_is_left_is_of_its_own_allotment_and_never_more_than_there_is(database: Database) -> None:
    with database.reading() as db:
        assert [(each.sku, each.name, each.pieces) for each in left_in(db, db.get_one(Market, "nz"))] == [
            ("HB-1", "Face cream", 5),
            ("HB-2", "Coupling", 0),
        ]


def owed(database: Database) -> Obligations:
    with database.reading() as db:
        return obligations(db, db.get_one(Market, "nz"), policies(), now=NOW)


def test_where_nothing_was_sold_nothing_is_owed_and_the_market_closes(database: Database) -> None:
    assert owed(database) == Obligations(None, 0)
    step(database, "wind_down")
    step(database, "close", handover="")
    assert market(database).state == "closed"


def test_a_law_without_a_last_day_can_only_be_handed_over(database: Database) -> None:
    put(database, delivered())
    step(database, "wind_down")
    assert owed(database).endless == 1  # the Consumer Guarantees Act names no number of months
    with pytest.raises(DutiesLast):
        step(database, "close", handover=" ", now=NOW + timedelta(days=3650))
    step(database, "close", handover="Boulder Bank Traders")
    with database.reading() as db:
        assert db.get_one(WindDown, "nz").handover == "Boulder Bank Traders"


def test_the_last_day_is_that_of_the_rules_accepted_with_the_order(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").country = "DE"
    put(database, delivered())
    german = [replace(policies().in_force("de", kind, NOW.date()), market="nz") for kind in ("returns", "warranty")]
    with database.writing() as db:
        accept(db, "R1", german, Languages(ROOT / "locales").tongue("de"), wording="x", now=NOW)
    found = owed(database)
    assert found.endless == 0
    assert found.last_day is not None and found.last_day >= date(2028, 11, 24)  # two years by law (BGB § 438)
    assert not found.over(found.last_day) and found.over(found.last_day + timedelta(days=1))


def test_what_was_given_back_or_was_a_test_is_owed_nothing(database: Database) -> None:
    put(database, delivered("R1", state="refunded"), delivered("R2", test=True))
    assert owed(database) == Obligations(None, 0)


def test_a_market_that_has_taken_an_order_is_never_a_draft_again(database: Database) -> None:
    put(database, ordered(state="cancelled", number="R0", key="0"))
    put(database, delivered())
    with pytest.raises(OrderTaken):
        step(database, "redraft")
    assert events(database)[-1][0] == "launch"


def test_a_market_without_orders_may_be_a_draft_again(database: Database) -> None:
    put(database, ordered(state="cancelled"), delivered("R2", test=True))
    step(database, "redraft")
    assert market(database).state == "draft"
