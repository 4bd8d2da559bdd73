"""A set-up that is imported once more: what lives on, what cannot be imported away, and what is remembered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.catalogue.models import Listing, OldSlug, Picture, PriceChange, Stock
from shop.markets.models import LaunchEvent, Market
from shop.staff.models import Person, PersonDeed, StaffLink
from shop.upkeep.importing import Imported, SetupOfAnother
from shop.upkeep.reading import BadSetup
from tests.small_setup import NOW, change, count, database, empty_file, folder, load

__all__ = ["database", "empty_file", "folder", "load"]  # fixtures


def test_a_second_import_changes_what_the_folder_says_and_keeps_what_lives(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    load()
    with database.writing() as db:
        market = db.get_one(Market, "jp")
        market.state, market.pause_mode, market.percent_bp = "paused", "hidden", 5000
        db.get_one(Person, "mere").password_hash = "kept"
        stock = db.get_one(Stock, "BL")
        stock.on_hand, stock.sold = 3, 2  # two of the five were dispatched
    change(folder / "stock.csv", "CP,0", "CP,0\nXX,7")
    change(
        folder / "products.csv",
        "CP,spare",
        "XX,spare,,parts,standard,general,45,,,,,NZ,,,,,,,,,,no,,,,,,,,no\nCP,spare",
    )
    change(folder / "listings.csv", "39800", "41800")
    change(folder / "listings.csv", "jp,BL", "jp,CP")
    change(folder / "markets.toml", "order_cap = 50", "order_cap = 500\ndaily_cap = 9")
    change(folder / "markets.toml", 'specialist = "kenji"', 'specialist = "mere"')

    load()

    with database.reading() as db:
        market = db.get_one(Market, "jp")
        assert (market.state, market.pause_mode, market.percent_bp, market.order_cap) == ("paused", "hidden", 5000, 50)
        assert market.daily_cap is None
        assert (market.specialist, market.version) == ("mere", 2)
        assert db.get_one(Person, "mere").password_hash == "kept"
        assert (db.get_one(Stock, "BL").on_hand, db.get_one(Stock, "BL").sold) == (3, 2)
        assert db.get_one(Stock, "XX").on_hand == 7
        assert [(each.sku, each.price) for each in db.exec(select(Listing))] == [("CP", 41800)]
    assert count(database, LaunchEvent) == 4
    assert count(database, Picture) == 1


@pytest.mark.parametrize(
    ("file", "right", "wrong", "complaint"),
    [
        (
            "markets.toml",
            'currency = "JPY"',
            'currency = "USD"',
            "markets.toml, jp.currency: has sold in JPY and must stay so",
        ),
    ],
)
def test_what_customers_rely_on_cannot_be_imported_away(
    database: Database, folder: Path, load: Callable[[], Any], file: str, right: str, wrong: str, complaint: str
) -> None:
    load()
    change(folder / file, right, wrong)

    with pytest.raises(BadSetup) as bad:
        load()

    assert [str(each) for each in bad.value.complaints] == [complaint]


def test_a_market_cannot_vanish(database: Database, load: Callable[[], Any]) -> None:
    load()
    with database.writing() as db:
        jp = db.get_one(Market, "jp")
        db.add(Market(**{**jp.model_dump(), "id": "de", "country": "DE"}))

    with pytest.raises(BadSetup, match=r"markets\.toml, de: is missing; a market is closed, never removed"):
        load()


def test_an_installation_has_one_exporter(folder: Path, load: Callable[[], Any]) -> None:
    load()
    change(folder / "exporter.toml", "Harbourbench", "Otherbench")

    with pytest.raises(SetupOfAnother, match="Harbourbench"):
        load()


def test_an_exporter_may_change_its_name(database: Database, folder: Path, load: Callable[[], Any]) -> None:
    load()
    change(folder / "exporter.toml", 'name = "Harbourbench"', 'name = "Harbour & Bench"')

    assert load().exporter == "Harbour & Bench"


def test_the_last_exporter_stays_one_and_a_change_of_a_person_is_kept(
    database: Database, folder: Path, load: Callable[[], Any]
) -> None:
    load()
    with database.writing() as db:
        db.get_one(Person, "mere").password_hash = "a password"
        db.add(StaffLink(hash="x", person="kenji", purpose="invitation", expires_at=NOW))
    sheet = (folder / "people.csv").read_text()
    (folder / "people.csv").write_text(sheet.replace("Mere Tauranga,exporter", "Mere Tauranga,agent"))
    with pytest.raises(BadSetup, match=r"people\.csv, line 2: role: nobody would be left"):
        load()
    (folder / "people.csv").write_text(sheet.replace("kenji@harbourbench", "kenji@elsewhere"))
    load()
    with database.reading() as db:
        assert db.get_one(Person, "mere").role == "exporter"
        assert db.exec(select(StaffLink)).all() == [], "whoever reads the old mailbox has no way in"
        told = db.exec(select(PersonDeed.person, PersonDeed.by, PersonDeed.detail)).all()
    assert list(told) == [("kenji", "", "email: kenji@harbourbench.example -> kenji@elsewhere.example")]


def test_every_price_a_set_up_brings_enters_the_history(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    (folder / "prices.csv").write_text("market,sku,at,price\njp,BL,today-60d,45000")
    load()
    (folder / "prices.csv").write_text("market,sku,at,price\njp,BL,today-60d,99000")
    change(folder / "listings.csv", "39800", "34800")
    load()
    load()

    with database.reading() as db:
        history = db.exec(select(PriceChange.price).order_by(col(PriceChange.at))).all()
    assert list(history) == [45000, 39800, 34800]


def test_what_was_taken_from_an_allotment_stays_taken(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    change(folder / "listings.csv", "max_per_order", "max_per_order,allotment,max_per_customer")
    change(folder / "listings.csv", "2027-01-01,2", "2027-01-01,2,4,3")
    load()
    with database.writing() as db:
        db.get_one(Listing, ("jp", "BL")).taken = 3
    load()

    with database.reading() as db:
        listing = db.get_one(Listing, ("jp", "BL"))
    assert (listing.allotment, listing.taken, listing.max_per_customer) == (4, 3, 3)

    change(folder / "listings.csv", "2027-01-01,2,4,3", "2027-01-01,2,2,3")
    with pytest.raises(BadSetup, match=r"listings.csv, line 2: allotment: held or sold of it already: 3"):
        load()


def test_an_address_that_a_product_gives_up_is_remembered(
    database: Database, folder: Path, load: Callable[[], Imported]
) -> None:
    load()
    change(folder / "texts/ja.toml", "ブレンダー-100v", "ミキサー")
    load()
    with database.reading() as db:
        assert db.get_one(OldSlug, ("ja", "ブレンダー-100v")).sku == "BL"

    change(folder / "texts/ja.toml", "ミキサー", "ブレンダー-100v")
    load()
    with database.reading() as db:
        assert [each.slug for each in db.exec(select(OldSlug)).all()] == ["ミキサー"]
