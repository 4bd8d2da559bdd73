"""Ready stays ready while it is true, and the people who must know are told when it no longer is."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.outbox import Effect
from shop.catalogue.models import Listing, Product, ProductText, Stock
from shop.launches.changing.falling import fall_back
from shop.launches.models import Snapshot, Waiver
from shop.launches.readying.gathering import Sources
from shop.markets.models import AnswerHours, LaunchEvent, Market, ShippingRate, TaxRate
from tests.launching import NOW, events, exporter, market, put, sources, step


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        step(opened, "ready")
        yield opened


def fallen(database: Database) -> LaunchEvent | None:
    """The system's own event, if the market fell."""
    before = market(database).version
    fall_back(database, sources, now=NOW)
    with database.reading() as db:
        return db.exec(select(LaunchEvent).where(LaunchEvent.market == "nz", LaunchEvent.version > before)).first()


def test_what_stays_as_it_was_stays_ready(database: Database) -> None:
    assert fallen(database) is None
    assert market(database).state == "ready"


def test_the_snapshot_is_kept_under_its_hash(database: Database) -> None:
    with database.reading() as db:
        event = db.get_one(LaunchEvent, 1)
        kept = json.loads(db.get_one(Snapshot, event.snapshot).content)
    assert kept["listing"]["HB-1"]["price"] == 29_00
    assert set(kept["policy"]) >= {"returns", "warranty"} and kept["tax_rate"]


def test_a_new_price_makes_it_a_draft_again_and_the_event_says_which(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Listing, ("nz", "HB-1")).price = 31_00
    event = fallen(database)
    assert event is not None and market(database).state == "draft"
    assert (event.action, event.person, event.rule) == ("redraft", "", "snapshot")
    told = json.loads(event.details)
    assert told["listing.HB-1.price"] == [29_00, 31_00] and told["state"] == ["ready", "draft"]


@pytest.mark.parametrize("what", ["a rate", "a text", "a product", "a promise"])
def test_whatever_it_was_found_ready_on_counts(database: Database, what: str) -> None:
    with database.writing() as db:
        match what:
            case "a rate":
                db.add(TaxRate(market="nz", tax_class="standard", starts_on=date(2030, 1, 1), rate_e5=20_000))
            case "a text":
                db.get_one(ProductText, ("HB-1", "en")).summary = "Poor"
            case "a product":
                db.get_one(Product, "HB-1").label_languages = "en"
            case _:
                db.get_one(Market, "nz").first_answer_minutes = 30
    event = fallen(database)
    assert event is not None and event.rule == "snapshot"


def test_a_gate_that_turns_red_is_named(database: Database) -> None:
    with database.writing() as db:
        db.delete(db.get_one(ShippingRate, "nz"))
    event = fallen(database)
    assert event is not None and event.rule == "gate:shipping.lane"


def test_what_changes_from_hour_to_hour_does_not_make_it_fall(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Stock, "HB-1").on_hand = 4
        db.get_one(Listing, ("nz", "HB-1")).taken = 1
        db.get_one(Market, "nz").order_cap = 7
    put(
        database,
        AnswerHours(market="nz", language="en", level="native", starts_at=NOW + timedelta(days=1),
                    ends_at=NOW + timedelta(days=1, hours=4)),
    )  # fmt: skip
    assert fallen(database) is None


def test_a_waiver_given_for_longer_does_not_make_it_fall(database: Database) -> None:
    with database.writing() as db:
        db.exec(select(Waiver).where(Waiver.gate == "payments.live")).one().until = date(2027, 3, 1)
    assert fallen(database) is None


def test_the_exporter_the_specialist_and_who_declared_it_are_told_once(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Listing, ("nz", "HB-1")).price = 31_00
    fallen(database)
    assert fallen(database) is None
    with database.reading() as db:
        told = db.exec(select(Effect.key).where(Effect.kind == "market mail").order_by(Effect.key)).all()
    assert list(told) == ["market_fallen:2:exporter", "market_fallen:2:mere", "market_fallen:2:ruth"]
    assert [each[0] for each in events(database)] == ["ready", "redraft"]


def test_a_market_whose_history_was_imported_has_nothing_to_fall_from(database: Database) -> None:
    with database.writing() as db:
        db.get_one(Market, "de").state = "ready"
    fall_back(database, sources, now=NOW)
    assert market(database, "de").state == "ready"


def test_while_the_sources_are_read_nobody_is_kept_from_writing(database: Database) -> None:
    def ask() -> Sources:
        assert not database.engine.pool.checkedout()  # type: ignore[attr-defined] # QueuePool's
        return sources()

    assert fall_back(database, ask, now=NOW) == 0
