"""Undoing a change of a market: for ten minutes, only while nothing has come of it, and never pretending."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shop.base.db import Database
from shop.catalogue.models import WaitingListEntry
from shop.checkout.models import OrderEvent
from shop.launches.changing.guards import SecondPersonNeeded
from shop.launches.changing.table import Exposed
from shop.launches.changing.transitions import NotReady
from shop.launches.changing.undoing import CannotUndo, Undo, take_back, undo_of
from shop.launches.changing.winding import fates_of
from shop.launches.models import WindDown
from shop.markets.models import Market, ShippingRate
from tests.launching import NOW, SOON, events, exporter, launched, market, ordered, put, sources, step, take_out, undo


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        yield opened


def offer(database: Database, *, now: Any = SOON) -> Undo | None:
    with database.reading() as db:
        return undo_of(db, db.get_one(Market, "nz"), now=now)


def test_a_launch_is_taken_back_to_exactly_what_it_was(database: Database) -> None:
    step(database, "ready")
    before = market(database)
    step(database, "launch", exposed=Exposed("percentage", 500, 40, in_chooser=True))
    event = undo(database)
    now = market(database)
    same = ("state", "audience", "percent_bp", "order_cap", "in_chooser", "pause_mode")
    assert [getattr(now, each) for each in same] == [getattr(before, each) for each in same]
    assert (event.action, event.undoes, events(database)[-1]) == ("undo", 2, ("undo", "soft", "ready"))
    assert now.ever_sold  # customers may have asked something meanwhile


def test_an_exposure_is_taken_back(database: Database) -> None:
    launched(database)
    step(database, "open")
    undo(database)
    now = market(database)
    assert (now.state, now.audience, now.order_cap) == ("soft", "invitation", 50)


def test_after_ten_minutes_the_honest_way_back_is_named_instead(database: Database) -> None:
    launched(database)
    late = NOW + timedelta(minutes=10)
    found = offer(database, now=late)
    assert found is not None and (found.because, found.inverse) == ("late", "pause")
    with pytest.raises(CannotUndo) as refused:
        undo(database, now=late)
    assert refused.value.values == {"because": "late", "inverse": "pause"}
    assert market(database).state == "soft"


@pytest.mark.parametrize(
    ("row", "because"),
    [
        (ordered(state="paid", paid_at=NOW + timedelta(minutes=1)), "orders"),
        (ordered(state="placed", placed_at=NOW + timedelta(minutes=1)), "orders"),
        (
            WaitingListEntry(market="nz", sku="", email="a@example.com", language="en", hash="h", asked_at=NOW, told_at=SOON),
            "mails",
        ),
        (ordered(state="paid", paid_at=NOW + timedelta(minutes=1), test=True), ""),
        (ordered(state="paid", paid_at=NOW - timedelta(minutes=1)), ""),
    ],
    ids=["paid since", "being paid", "told since", "a test", "before"],
)  # fmt: skip
def test_what_has_come_of_it_forbids_it(database: Database, row: Any, because: str) -> None:
    launched(database)
    put(database, row.model_copy())
    found = offer(database)
    assert found is not None and found.because == because


def test_a_safety_pause_that_ended_payments_is_not_taken_back(database: Database) -> None:
    launched(database)
    put(database, ordered(state="cancelled"))
    step(database, "pause", mode="safety")
    put(database, OrderEvent(order_number="R1", kind="cancelled", at=NOW))
    found = offer(database)
    assert found is not None and (found.because, found.inverse) == ("payments", "resume")


def test_taking_a_pause_back_asks_the_gates_as_resuming_does(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="sell_stop")
    take_out(database, ShippingRate, "nz")
    with pytest.raises(NotReady):
        undo(database)


def test_nobody_takes_their_own_safety_pause_back_alone(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="safety")
    with pytest.raises(SecondPersonNeeded):
        undo(database)
    assert undo(database, approved_by="ruth").to_state == "soft"


def test_winding_down_is_taken_back_with_what_was_written_down(database: Database) -> None:
    launched(database)
    step(database, "wind_down")
    undo(database)
    with database.reading() as db:
        assert db.get(WindDown, "nz") is None and fates_of(db, "nz") == []
    assert (market(database).state, market(database).last_order_at) == ("soft", None)


def test_neither_an_undo_nor_what_the_system_did_is_undone(database: Database) -> None:
    launched(database)
    undo(database)
    assert offer(database) is None
    step(database, "launch", exposed=Exposed("invitation", order_cap=5))
    step(database, "pause", mode="sell_stop", person="", rule="guardrail:returns")
    assert offer(database) is None


def test_only_the_last_change_is_taken_back(database: Database) -> None:
    launched(database)
    with database.writing() as db, pytest.raises(CannotUndo):
        take_back(db, "nz", 1, person="mere", reason="", version=3, sources=sources(), now=SOON)


def test_an_event_tells_what_was_and_what_is(database: Database) -> None:
    step(database, "ready")
    event = step(database, "launch", exposed=Exposed("percentage", 500, 40))
    told = json.loads(event.details)
    assert told["state"] == ["ready", "soft"]
    assert told["percent_bp"] == [0, 500] and told["order_cap"] == [None, 40] and told["audience"] == ["", "percentage"]
    assert "in_chooser" not in told and event.version == 3
