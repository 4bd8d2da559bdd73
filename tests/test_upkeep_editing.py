"""Editing the set-up: an edit is checked as an import is, stored only where it touches, and kept so that it can be undone."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from shop.base.i18n import Languages
from shop.base.revisions import Revision
from shop.base.settings import ROOT
from shop.catalogue.models import Listing, OldSlug, Paper, Picture, PriceChange, Product, Stock
from shop.ground.errors import NotFound
from shop.markets.models import Exporter, LaunchEvent, Market
from shop.upkeep.editing.changing import change, foresee
from shop.upkeep.editing.edits import Edit, StaleEdit
from shop.upkeep.editing.tables import RawRow, table
from shop.upkeep.editing.undoing import undo
from shop.upkeep.models import ChangedRow, SetupChange
from shop.upkeep.reading import BadSetup
from shop.upkeep.writing.files import written
from tests.world import TUESDAY, World

LISTINGS = "listings.csv"
KETTLE = ("de", "KT1-230-F")


def rows(world: World, file: str) -> dict[tuple[str, ...], RawRow]:
    with world.house.database.reading() as db:
        return {each.key: each for each in table(db, world.house.policies, file).rows}


def edit(world: World, *edits: Edit, person: str = "mere", reason: str = "", after: float = 0) -> int:
    now = TUESDAY + timedelta(minutes=after)
    return change(world.house.database, world.house.policies, edits, person=person, now=now, reason=reason)


def over(row: RawRow, **cells: Any) -> Edit:
    return Edit(row.file, row.key, cells, row.version)


def first(world: World, file: str, **cells: Any) -> RawRow:
    """The first row of the file with these cells."""
    return next(
        row for row in rows(world, file).values() if all(row.cells[name] == cell for name, cell in cells.items())
    )


def test_one_cell_of_a_sheet_is_changed_and_the_others_stay(world: World) -> None:
    row = first(world, LISTINGS, market="de")

    assert edit(world, over(row, price="123.00")) > 0

    after = rows(world, LISTINGS)[row.key]
    assert after.cells == {**row.cells, "price": "123.00"}
    with world.house.database.reading() as db:
        listing = db.get_one(Listing, row.key)
        assert listing.price == 12300
        prices = select(PriceChange.price).where(PriceChange.market == "de", PriceChange.sku == listing.sku)
        assert db.exec(prices.order_by(col(PriceChange.at).desc())).first() == 12300


def test_a_row_is_added_and_taken_away(sqlite_world: World) -> None:
    new = Edit("certificates.csv", ("de", "kitchen", "NEW"), {"number": "7", "valid_until": "2027-05-01"})
    number = edit(sqlite_world, new)
    row = rows(sqlite_world, "certificates.csv")["de", "kitchen", "NEW"]
    assert row.cells["valid_until"] == "2027-05-01"

    gone = edit(sqlite_world, Edit(row.file, row.key, None, row.version))

    assert row.key not in rows(sqlite_world, "certificates.csv")
    with sqlite_world.house.database.reading() as db:
        kept = db.exec(select(ChangedRow).order_by(col(ChangedRow.change))).all()
        assert [(each.change, bool(each.before), bool(each.after)) for each in kept] == [
            (number, False, True),
            (gone, True, False),
        ]
        assert db.get_one(SetupChange, number).person == "mere"


def test_texts_of_a_language_are_a_file_of_their_own_and_an_old_address_is_sent_on(sqlite_world: World) -> None:
    row = next(iter(rows(sqlite_world, "texts/de.toml").values()))
    edit(sqlite_world, over(row, slug="ganz-neu", description="Eine\r\nZeile mehr."))

    assert rows(sqlite_world, "texts/de.toml")[row.key].cells["description"] == "Eine\nZeile mehr."
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(OldSlug, ("de", row.cells["slug"])).sku == row.key[0]
    english = Edit("texts/nl.toml", row.key, {"name": "Ketel", "slug": "ketel", "summary": "Warm."})
    edit(sqlite_world, english)
    assert rows(sqlite_world, "texts/nl.toml")[row.key].cells["name"] == "Ketel"


def test_the_exporter_is_one_row(sqlite_world: World) -> None:
    row = rows(sqlite_world, "exporter.toml")[()]
    edit(sqlite_world, over(row, phone="+64 3 555 9999"))
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Exporter, 1).phone == "+64 3 555 9999"


def test_a_launched_market_keeps_who_may_buy_and_tells_its_history_of_the_rest(sqlite_world: World) -> None:
    row = rows(sqlite_world, "markets.toml")[("de",)]
    others = {key: each.version for key, each in rows(sqlite_world, "markets.toml").items() if key != ("de",)}
    with pytest.raises(BadSetup) as bad:
        edit(sqlite_world, over(row, order_cap=7))
    assert [(each.key, each.column) for each in bad.value.complaints] == [(("de",), "order_cap")]

    edit(sqlite_world, over(row, first_answer_minutes="45"), reason="We have become quicker")

    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Market, "de").first_answer_minutes == 45
        deed = db.exec(select(LaunchEvent).where(LaunchEvent.action == "setup")).one()
        assert (deed.market, deed.person, deed.reason) == ("de", "mere", "We have become quicker")
        assert json.loads(deed.details)["first_answer_minutes"][1] == 45
    assert others == {key: each.version for key, each in rows(sqlite_world, "markets.toml").items() if key != ("de",)}


# fmt: off
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (LISTINGS, {"price": "cheap"}, "price", "'cheap' is not an amount"),
    (LISTINGS, {"max_per_order": "0"}, "max_per_order", "0 is not from 1 to 1000"),
    (LISTINGS, {"until": "2020-01-01", "visible_from": "2026-01-01"}, "visible_from", "lies after until"),
    (LISTINGS, {"colour": "red"}, "", "the column 'colour' is unknown"),
    ("products.csv", {"plate": "moon"}, "plate", "'moon' is none of kitchen, skin, food, parts, service"),
    ("texts/de.toml", {"slug": "Groß Und Klein"}, "slug", "may hold lower-case letters"),
    ("texts/de.toml", {"name": ""}, "name", "is empty"),
    ("texts/de.toml", {"name": "a\x00b"}, "name", "holds a control character"),
    ("texts/de.toml", {"name": "\ud800"}, "", "holds a control character"),
    ("markets.toml", {"languages": "de xx"}, "languages", "is not a known language tag"),
    ("stock.csv", {"on_hand": "-1"}, "on_hand", "-1 is not from 0"),
]
# fmt: on


@pytest.mark.parametrize(
    ("file", "cells", "column", "says"), WRONG, ids=[f"{number}-{each[2]}" for number, each in enumerate(WRONG)]
)
def test_what_an_import_refuses_an_edit_refuses(
    sqlite_world: World, file: str, cells: dict[str, Any], column: str, says: str
) -> None:
    row = next(iter(rows(sqlite_world, file).values()))

    with pytest.raises(BadSetup) as bad:
        edit(sqlite_world, over(row, **cells))

    complaint = next(each for each in bad.value.complaints if says in str(each.what))
    assert (complaint.file, complaint.key, complaint.column) == (file, row.key, column)
    assert rows(sqlite_world, file)[row.key] == row
    with sqlite_world.house.database.reading() as db:
        assert not db.exec(select(SetupChange)).all()


def test_what_is_wrong_is_said_in_the_readers_tongue_and_shows_no_escape(sqlite_world: World) -> None:
    row = first(sqlite_world, LISTINGS, market="de")
    with pytest.raises(BadSetup) as bad:
        edit(sqlite_world, over(row, price="\x1b[31mred"))
    tongue = Languages(ROOT / "locales").tongue("en")
    assert "\x1b" not in bad.value.complaints[0].says(tongue) + str(bad.value)


def test_histories_and_signatures_are_not_edited(sqlite_world: World) -> None:
    for file in ("launches.csv", "prices.csv", "signoffs.csv", "stop_lines.csv"):
        row = next(iter(rows(sqlite_world, file).values()))
        with pytest.raises(BadSetup):
            edit(sqlite_world, Edit(file, row.key, None, row.version))


@pytest.mark.parametrize("file", ["nothing.csv", "texts/xx-yy-zz.toml", "../people.csv", "art/a.exe", ""])
def test_what_is_no_file_of_a_set_up_is_not_found(sqlite_world: World, file: str) -> None:
    with pytest.raises(NotFound):
        edit(sqlite_world, Edit(file, ("a",), {}))


def test_a_stale_edit_is_refused_and_names_was_is_and_yours(sqlite_world: World) -> None:
    row = first(sqlite_world, LISTINGS, market="de")
    edit(sqlite_world, over(row, price="111.00"))
    seen = rows(sqlite_world, LISTINGS)[row.key]
    edit(sqlite_world, over(seen, price="222.00"), person="lena")

    with pytest.raises(StaleEdit) as stale:
        edit(sqlite_world, over(seen, max_per_order="3", price="333.00"))

    told = {each.column: (each.was, each.now, each.yours) for each in stale.value.differences}
    assert told["price"] == ("111.00", "222.00", "333.00")
    assert rows(sqlite_world, LISTINGS)[row.key].cells["price"] == "222.00"


def test_who_sends_the_same_form_twice_is_not_told_off(sqlite_world: World) -> None:
    row = first(sqlite_world, LISTINGS, market="de")
    assert edit(sqlite_world, over(row, price="111.0")) > 0
    assert edit(sqlite_world, over(row, price="111.00")) == 0
    with pytest.raises(StaleEdit):  # a new row under a key that is taken
        edit(sqlite_world, Edit(LISTINGS, row.key, {"price": "5.00"}))


def test_what_is_foreseen_is_what_happens_and_nothing_is_written(sqlite_world: World) -> None:
    row = first(sqlite_world, LISTINGS, market="de")
    house = sqlite_world.house

    seen = foresee(house.database, house.policies, [over(row, price="99.5")], now=TUESDAY)

    assert [(each.column, each.was, each.yours) for each in seen] == [("price", row.cells["price"], "99.50")]
    assert rows(sqlite_world, LISTINGS)[row.key] == row
    with house.database.reading() as db:
        assert not db.exec(select(SetupChange)).all()


def test_a_change_is_undone_and_the_undoing_too(sqlite_world: World) -> None:
    house, row = sqlite_world.house, first(sqlite_world, LISTINGS, market="de")
    with house.database.reading() as db:
        before = written(db, house.policies, {LISTINGS, "texts/de.toml"})
    text = next(iter(rows(sqlite_world, "texts/de.toml").values()))
    number = edit(sqlite_world, over(row, price="77.00"), over(text, summary="Anders."))

    back = undo(house.database, house.policies, number, person="mere", now=TUESDAY)

    with house.database.reading() as db:
        assert written(db, house.policies, {LISTINGS, "texts/de.toml"}) == before
        assert db.get_one(SetupChange, back).undoes == number
    edit(sqlite_world, over(rows(sqlite_world, LISTINGS)[row.key], price="78.00"))
    with pytest.raises(StaleEdit):
        undo(house.database, house.policies, number, person="mere", now=TUESDAY)
    with pytest.raises(NotFound):
        undo(house.database, house.policies, 999, person="mere", now=TUESDAY)


def test_a_removal_is_undone(sqlite_world: World) -> None:
    house, row = sqlite_world.house, first(sqlite_world, LISTINGS, market="ch")
    number = edit(sqlite_world, Edit(LISTINGS, row.key, None, row.version))
    undo(house.database, house.policies, number, person="mere", now=TUESDAY)
    assert rows(sqlite_world, LISTINGS)[row.key].cells == row.cells


def test_pieces_are_counted_anew_but_never_below_what_is_sold(world: World) -> None:
    row = next(iter(rows(world, "stock.csv").values()))
    with world.house.database.writing() as db:
        db.connection().execute(update(Stock).where(col(Stock.sku) == row.key[0]).values(on_hand=20, held=2, sold=3))
    row = rows(world, "stock.csv")[row.key]

    edit(world, over(row, on_hand="30"))
    with world.house.database.reading() as db:
        stock = db.get_one(Stock, row.key[0])
        assert (stock.on_hand, stock.held, stock.sold) == (30, 2, 3)
    with pytest.raises(BadSetup) as bad:
        edit(world, over(rows(world, "stock.csv")[row.key], on_hand="4"))
    assert bad.value.complaints[0].column == "on_hand"
    with world.house.database.writing() as db:  # a parcel leaves
        db.connection().execute(update(Stock).where(col(Stock.sku) == row.key[0]).values(on_hand=29, sold=2))
    with pytest.raises(StaleEdit):
        edit(world, Edit("stock.csv", row.key, {"on_hand": "40"}, row.version))


def test_what_was_taken_of_an_allotment_stays_taken(sqlite_world: World) -> None:
    row = first(sqlite_world, LISTINGS, market="de")
    edit(sqlite_world, over(row, allotment="10"))
    with sqlite_world.house.database.writing() as db:
        mine = (col(Listing.market) == row.key[0], col(Listing.sku) == row.key[1])
        db.connection().execute(update(Listing).where(*mine).values(taken=4))

    edit(sqlite_world, over(rows(sqlite_world, LISTINGS)[row.key], allotment="9", price="50.00"))

    with sqlite_world.house.database.reading() as db:
        assert (db.get_one(Listing, row.key).taken, db.get_one(Listing, row.key).allotment) == (4, 9)
    with pytest.raises(BadSetup):
        edit(sqlite_world, over(rows(sqlite_world, LISTINGS)[row.key], allotment="3"))


def test_an_article_that_something_needs_is_not_taken_away(sqlite_world: World) -> None:
    row = next(iter(rows(sqlite_world, "products.csv").values()))
    with pytest.raises(BadSetup):
        edit(sqlite_world, Edit("products.csv", row.key, None, row.version))
    new = {**row.cells, "sku": "FRESH", "family": "fresh", "fits": ""}
    edit(sqlite_world, Edit("products.csv", ("FRESH",), new), Edit("stock.csv", ("FRESH",), {"on_hand": "3"}))

    fresh, stock = (rows(sqlite_world, file)[("FRESH",)] for file in ("products.csv", "stock.csv"))
    edit(
        sqlite_world, Edit(stock.file, stock.key, None, stock.version), Edit(fresh.file, fresh.key, None, fresh.version)
    )

    with sqlite_world.house.database.reading() as db:
        assert db.get(Product, "FRESH") is None and db.get(Stock, "FRESH") is None


def test_pictures_and_papers_are_put_and_undone_one_by_one(sqlite_world: World) -> None:
    house = sqlite_world.house
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    old = rows(sqlite_world, "art/kettle.svg")[()]
    with house.database.reading() as db:
        others = {each.hash for each in db.exec(select(Picture).where(Picture.family != "kettle")).all()}
    number = edit(
        sqlite_world,
        Edit("art/kettle.svg", (), {"data": drawing}, old.version),
        Edit("papers/kettle.manual.nl.md", (), {"text": "# Handleiding\n\nKook water.\n"}),
    )
    assert rows(sqlite_world, "art/kettle.svg")[()].cells["data"] == drawing
    with house.database.reading() as db:
        assert others == {each.hash for each in db.exec(select(Picture).where(Picture.family != "kettle")).all()}
        assert db.get_one(Paper, ("kettle", "manual", "nl")).text.startswith("# Handleiding")

    undo(house.database, house.policies, number, person="mere", now=TUESDAY)

    assert rows(sqlite_world, "art/kettle.svg")[()].cells == old.cells
    assert rows(sqlite_world, "papers/kettle.manual.nl.md") == {}
    with pytest.raises(BadSetup):
        edit(sqlite_world, Edit("art/kettle.3.svg", (), {"data": b"<svg><script>1</script></svg>"}))
    with pytest.raises(BadSetup):
        edit(sqlite_world, Edit("art/kettle.png", (), {"data": b"x"}))  # the family has a first picture


def test_only_the_pages_of_the_market_concerned_are_drawn_anew(sqlite_world: World) -> None:
    def numbers() -> dict[str, int]:
        with sqlite_world.house.database.reading() as db:
            return {each.scope: each.number for each in db.exec(select(Revision)).all()}

    row, before = first(sqlite_world, LISTINGS, market="jp"), numbers()
    edit(sqlite_world, over(row, max_per_order="9"))
    raised = {scope for scope, number in numbers().items() if number != before.get(scope)}
    assert raised == {"market:jp", "setup"}


def test_a_document_that_has_expired_since_stands_in_nobodys_way(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(Product).values(tax_class="unheard"))  # as no import would have let it be
    row = first(sqlite_world, "shipping.csv", market="de")
    assert edit(sqlite_world, over(row, days_max="9")) > 0


def test_two_people_change_one_row_and_one_of_them_is_told(world: World) -> None:
    row = first(world, LISTINGS, market="de")
    told = at_once(
        *(lambda price=price: edit(world, over(row, price=f"{price}.00")) for price in (101, 102))  # type: ignore[misc]
    )
    assert sorted(type(each).__name__ for each in told) == ["StaleEdit", "int"]
    assert rows(world, LISTINGS)[row.key].cells["price"] in ("101.00", "102.00")


def test_two_people_change_two_rows_of_one_sheet_and_neither_is_lost(world: World) -> None:
    ours = [each for each in rows(world, LISTINGS).values() if each.cells["market"] == "de"][:3]
    told = at_once(*(lambda row=row: edit(world, over(row, max_per_order="4")) for row in ours))  # type: ignore[misc]
    assert all(isinstance(each, int) and each for each in told), told
    after = rows(world, LISTINGS)
    assert {after[each.key].cells["max_per_order"] for each in ours} == {"4"}


def at_once(*acts: Callable[[], int]) -> list[Any]:
    """What each act returned or raised; all begin together."""
    told: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int) -> None:
        gate.wait()
        try:
            told[number] = acts[number]()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test says it
            told[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return told
