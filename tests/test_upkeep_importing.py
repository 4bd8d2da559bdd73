"""Importing a set-up: all of it is loaded, in the days, prices and hours of its markets."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from shop.base.db import Database
from shop.catalogue.models import Certificate, Listing, Paper, Picture, Product
from shop.demo.showing import FOLDER as DEMO
from shop.markets.models import (
    AnswerHours,
    Exporter,
    LaunchEvent,
    Market,
    MarketConsent,
    MarketLocale,
    ShippingRate,
    TaxRate,
)
from shop.migrations.migrate import migrate
from shop.policies.models import SignOff
from shop.staff.models import Person
from shop.support.shifts.models import AgentShift, DutyInterval
from shop.upkeep.importing import Imported, checked_setup, import_setup
from shop.upkeep.reading import BadSetup
from tests.launching import policies
from tests.small_setup import NOW, change, count, database, empty_file, folder, load

__all__ = ["database", "empty_file", "folder", "load"]  # fixtures


def test_all_of_a_set_up_is_loaded(database: Database, folder: Path, load: Callable[[], Imported]) -> None:
    loaded = load()

    assert (loaded.exporter, loaded.rows["people"], loaded.rows["texts"]) == ("Harbourbench", 3, 1)
    with database.reading() as db:
        market = db.get_one(Market, "jp")
        assert (market.state, market.audience, market.percent_bp, market.order_cap) == ("soft", "percentage", 1250, 50)
        assert market.ever_sold and market.languages == "ja"
        assert db.get_one(Exporter, 1).address == "12 Boathouse Lane\nNelson 7010"
        assert db.get_one(MarketLocale, ("jp", "ja")).order_button == "注文を確定する"
        assert db.get_one(TaxRate, ("jp", "standard", "", date(2019, 10, 1))).rate_e5 == 10_000
        assert (db.get_one(ShippingRate, "jp").price, db.get_one(ShippingRate, "jp").free_from) == (1800, None)
        assert db.get_one(Product, "BL").serial and db.get_one(Product, "CP").fits == "BL"
        assert db.get_one(Person, "haruka").password_hash == ""
        assert db.exec(select(AgentShift)).one().days == "0 1 2 3 4"
        assert db.exec(select(SignOff.hash)).one() == policies().version("jp", "returns", "2026-11-22").hash
        events = [
            (each.action, each.to_state, each.mode) for each in db.exec(select(LaunchEvent).order_by(LaunchEvent.at))
        ]
        assert events[2:] == [("pause", "paused", "sell_stop"), ("resume", "soft", "")]


def test_days_are_those_of_the_market_and_prices_those_of_its_currency(
    database: Database, load: Callable[[], Any]
) -> None:
    load()

    with database.reading() as db:
        listing = db.get_one(Listing, ("jp", "BL"))
        assert listing.price == 39800
        assert listing.buyable_from == datetime(2026, 11, 23, 15, tzinfo=UTC)  # midnight in Tokyo
        assert listing.until == datetime(2026, 12, 31, 15, tzinfo=UTC)
        assert db.exec(select(Certificate.valid_until)).one() == date(2027, 2, 22)
        assert db.exec(select(func.min(LaunchEvent.at))).one() == datetime(
            2026, 10, 15, 0, tzinfo=UTC
        )  # 09:00 in Tokyo


def test_when_customers_are_awake_and_how_much_may_be_uncovered_is_set(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    waking = 'order_cap = 50\nwaking_from = "07:30"\nwaking_until = "23:00"\nuncovered_minutes = 90'
    change(folder / "markets.toml", "order_cap = 50", waking)
    load()
    with database.reading() as db:
        market = db.get_one(Market, "jp")
        assert (market.waking_from, market.waking_until, market.uncovered_minutes) == (450, 1380, 90)


CAPS = 'order_cap = 50\ndaily_cap = 5\nvalue_cap = "900000"\ncustomer_cap = 2\nminutes_per_contact = 12'


def test_every_cap_is_set_and_one_of_money_is_of_the_markets_currency(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    change(folder / "markets.toml", "order_cap = 50", CAPS)
    load()
    with database.reading() as db:
        market = db.get_one(Market, "jp")
        caps = (market.order_cap, market.daily_cap, market.value_cap, market.customer_cap, market.minutes_per_contact)
        assert caps == (50, 5, 900_000, 2, 12)


def test_working_hours_are_known_at_once(database: Database, load: Callable[[], Any]) -> None:
    load()

    assert count(database, DutyInterval) > 20
    assert count(database, AnswerHours) > 20


def test_two_families_may_share_a_drawing(database: Database, folder: Path, load: Callable[[], Any]) -> None:
    change(folder / "products.csv", "CP,spare,,", "CP,spare,coupling,")
    shutil.copy(folder / "art" / "blender.svg", folder / "art" / "coupling.svg")
    for _ in range(2):
        load()
    with database.reading() as db:
        assert sorted(each.family for each in db.exec(select(Picture))) == ["blender", "coupling"]


def test_a_rate_that_begins_when_the_product_is_first_shown_will_do(folder: Path) -> None:
    change(folder / "tax.csv", "2019-10-01", "today+5d")
    with pytest.raises(
        BadSetup, match=r"listings\.csv, line 2: sku: tax\.csv has a rate for standard in jp from 2026-11-29"
    ):
        checked_setup(folder, policies(), now=NOW)
    change(folder / "listings.csv", "today-10d,today,", "today+5d,today+5d,")
    assert checked_setup(folder, policies(), now=NOW)


def test_progress_is_told_to_the_end(database: Database, folder: Path) -> None:
    told: list[tuple[int, int]] = []

    import_setup(database, folder, policies(), now=NOW, told=lambda _step, done, of: told.append((done, of)))

    assert [done for done, _ in told] == list(range(1, told[0][1] + 1))


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_demo_exporter_is_loaded_on_both_engines(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    migrate(database)
    for _ in range(2):
        import_setup(database, DEMO, policies(), now=NOW)

    with database.reading() as db:
        states = {each.id: each.state for each in db.exec(select(Market)).all()}
    database.close()
    old = {"nz": "open", "de": "open", "ch": "soft", "jp": "soft", "ae": "ready"}
    assert states == {**old, "ca": "paused", "us": "winding_down", "br": "draft", "kw": "draft"}


def test_papers_further_pictures_and_consents_are_loaded(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    (folder / "papers").mkdir()
    (folder / "papers" / "blender.manual.ja.md").write_text("# 取扱説明書\n\n水を入れます。", "utf-8")
    (folder / "art" / "blender.2.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    change(
        folder / "markets.toml",
        "[jp.order_button]",
        '[jp.consents.news]\nrequired = false\nja = "お知らせ"\n[jp.order_button]',
    )
    load()

    with database.reading() as db:
        assert db.get_one(Paper, ("blender", "manual", "ja")).text.startswith("# 取扱説明書")
        assert sorted(db.exec(select(Picture.position)).all()) == [1, 2]
        said = db.get_one(MarketConsent, ("jp", "news", "ja"))
    assert (said.text, said.required) == ("お知らせ", False)
