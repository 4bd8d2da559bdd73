"""Listings and stock as a program sets them up: by the console's own edits, kept in its history, and told to who listens."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from shop.api import goods
from shop.base.announcing import Announcement
from shop.catalogue.models import Listing, Stock
from shop.checkout.sold_out import tell_sold_out
from shop.staff.models import Person
from shop.upkeep.editing.changing import change
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import table
from shop.upkeep.editing.undoing import undo
from shop.upkeep.models import ChangedRow, SetupChange
from shop.upkeep.reading import BadSetup, Complaint
from shop.upkeep.wrong import Wrong
from tests.buying import set_stock, stock_of
from tests.programs import paid_order, problem, program
from tests.world import World

BLENDER = "HB-BL-230"
FAR = "/markets/nz/listings"


def unlisted(world: World, market: str = "nz") -> str:
    """A product that is in stock, has a rate of tax there and is not listed."""
    with world.house.database.reading() as db:
        listed = set(db.exec(select(Listing.sku).where(Listing.market == market)).all())
        return next(each for each in db.exec(select(Stock.sku).order_by(Stock.sku)).all() if each not in listed)


def changes(world: World) -> list[tuple[str, str, str]]:
    """Who changed which file, and for which reason."""
    with world.house.database.reading() as db:
        query = select(SetupChange.person, ChangedRow.file, SetupChange.reason).join(
            ChangedRow, col(ChangedRow.change) == col(SetupChange.id)
        )
        return list(db.exec(query.order_by(col(SetupChange.id))).all())


def told(world: World) -> list[str]:
    """What was announced of the blender's stock."""
    with world.house.database.reading() as db:
        kinds = select(Announcement.kind).where(
            col(Announcement.kind).startswith("stock."), Announcement.subject == BLENDER
        )
        return sorted(db.exec(kinds).all(), key=["stock.sold_out", "stock.back"].index)


def edited(world: World, on_hand: str) -> int:
    """An edit as the console and a CSV file make it."""
    database, policies = world.house.database, world.house.policies
    with database.reading() as db:
        row = next(each for each in table(db, policies, "stock.csv").rows if each.key == (BLENDER,))
    edit = Edit("stock.csv", (BLENDER,), {"on_hand": on_hand}, row.version)
    return change(database, policies, [edit], person="mere", now=world.clock.now)


def test_a_product_is_offered_in_a_market_and_offered_no_longer(world: World) -> None:
    mere, sku = program(world), unlisted(world)
    wanted = {"sku": sku, "price": "19.90", "allotment": 5}
    made = mere.post(FAR, wanted, key="new")
    assert made.status_code == 201, made.text
    assert made.json()["price"]["minor"] == 1990 and made.json()["max_per_order"] == 10
    assert mere.post(FAR, wanted, key="new").json() == made.json()
    again = mere.post(FAR, wanted)
    assert again.status_code == 409 and problem(again) == "already_there"
    path = f"{FAR}/{sku}"
    assert mere.get(path).headers["etag"] == made.headers["etag"]
    assert problem(mere.ask("DELETE", path)) == "if_match_missing"
    assert problem(mere.ask("DELETE", path, if_match='"old"')) == "changed_meanwhile"
    assert mere.ask("DELETE", path, if_match=made.headers["etag"], key="gone").status_code == 204
    assert mere.ask("DELETE", path, if_match=made.headers["etag"], key="gone").status_code == 204
    assert mere.get(path).status_code == 404
    assert mere.ask("DELETE", path, if_match=made.headers["etag"]).status_code == 404
    assert changes(world) == [("mere", "listings.csv", "API: a test")] * 2


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"sku": "HB-NONE"}, "/sku"), ({"price": "0"}, "/price"), ({"max_per_order": 0}, "/max_per_order"),
     ({"until": "2020-01-01T00:00:00Z", "visible_from": "2026-01-01T00:00:00Z"}, "/visible_from"), ({"taken": 1}, "/taken")],
)  # fmt: skip
def test_a_listing_that_cannot_be_is_told_at_its_place(
    sqlite_world: World, wrong: dict[str, Any], pointer: str
) -> None:
    mere = program(sqlite_world)
    answer = mere.post(FAR, {"sku": unlisted(sqlite_world), "price": "19.90"} | wrong)
    assert answer.status_code == 422 and problem(answer) == "not_understood"
    assert pointer in [each["pointer"] for each in answer.json()["errors"]], answer.text
    assert changes(sqlite_world) == []


def test_nobody_offers_a_product_in_another_market(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.get_one(Person, "annika").role = "exporter"
    annika = program(sqlite_world, "annika")
    assert problem(annika.post(FAR, {"sku": unlisted(sqlite_world), "price": "19.90"})) == "not_found"
    assert problem(annika.ask("DELETE", f"{FAR}/{BLENDER}", if_match='"x"')) == "not_found"


@pytest.mark.parametrize("price", ["1e3", "٣", "\uff11\uff12", "9" * 400, "1_000", "+5", " 5", "1,50", "5.", "19.90\n"])
def test_a_price_that_is_no_plain_figure_has_one_clear_answer(sqlite_world: World, price: str) -> None:
    mere, path = program(sqlite_world), f"/markets/de/listings/{BLENDER}"
    answer = mere.patch(path, {"price": price}, if_match=mere.get(path).headers["etag"])
    assert answer.status_code == 422
    assert [(each["pointer"], each["detail"]) for each in answer.json()["errors"]] == [
        ("/price", "Write an amount in plain figures with a point, such as 249.00.")
    ]


def test_a_price_of_many_figures_is_refused_by_the_import_itself(sqlite_world: World) -> None:
    mere, path = program(sqlite_world), f"/markets/de/listings/{BLENDER}"
    answer = mere.patch(path, {"price": "9" * 12}, if_match=mere.get(path).headers["etag"])
    assert answer.status_code == 422 and len(answer.json()["errors"]) == 1
    assert answer.json()["errors"][0]["pointer"] == "/price" and "is no price" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("wrong", "pointer", "says"),
    [({"price": "0"}, "/price", "'0' is no price."),
     ({"sku": "HB-NONE"}, "/sku", "'HB-NONE' is no product of this set-up."),
     ({"until": "2020-01-01T00:00:00Z", "visible_from": "2026-01-01T00:00:00Z"}, "/visible_from", "")],
)  # fmt: skip
def test_what_is_wrong_with_a_listing_is_a_sentence_about_its_field_and_no_line_of_a_file(
    sqlite_world: World, wrong: dict[str, Any], pointer: str, says: str
) -> None:
    answer = program(sqlite_world).post(FAR, {"sku": unlisted(sqlite_world), "price": "19.90"} | wrong)
    [told] = [each for each in answer.json()["errors"] if each["pointer"] == pointer]
    assert says in (told["detail"], "") and "listings.csv" not in told["detail"] and "line " not in told["detail"]


def test_what_is_wrong_with_something_else_of_the_set_up_is_named_by_its_row(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def needed(*_: Any, **__: Any) -> None:
        raise BadSetup(
            [Complaint("landed_costs.csv", "line 7", Wrong("there is no such listing"), ("de", BLENDER), "sku")]
        )

    mere, path = program(sqlite_world), f"/markets/de/listings/{BLENDER}"
    monkeypatch.setattr(goods, "change", needed)
    answer = mere.ask("DELETE", path, if_match=mere.get(path).headers["etag"])
    assert answer.status_code == 409 and problem(answer) == "cannot_be_removed"
    assert answer.json()["errors"] == [
        {"where": "body", "pointer": "", "detail": f"landed_costs.csv de {BLENDER}: there is no such listing."}
    ]


def test_pieces_that_a_program_counts_stand_in_the_history_and_can_be_taken_back(world: World) -> None:
    set_stock(world, 5)
    paid_order(world)
    mere, database, policies = program(world), world.house.database, world.house.policies
    assert mere.patch(f"/stock/{BLENDER}", {"add": 7}, key="k").json()["on_hand"] == 12
    assert mere.patch(f"/stock/{BLENDER}", {"add": 7}, key="k").json()["on_hand"] == 12
    assert mere.patch(f"/stock/{BLENDER}", {"on_hand": 12}).status_code == 200
    assert changes(world) == [("mere", "stock.csv", "API: a test")], "what changes nothing is no change"
    with database.reading() as db:
        number = db.exec(select(SetupChange.id)).one()
    undo(database, policies, number or 0, person="mere", now=world.clock.now)
    assert stock_of(world) == (5, 0, 1)
    assert len(changes(world)) == 2


def test_a_count_that_is_refused_is_kept_nowhere(sqlite_world: World) -> None:
    set_stock(sqlite_world, 5)
    paid_order(sqlite_world)
    assert program(sqlite_world).patch(f"/stock/{BLENDER}", {"on_hand": 0}).status_code == 409
    assert changes(sqlite_world) == []


@pytest.mark.parametrize("by", ["a program", "an edit"])
def test_a_count_that_empties_or_fills_the_shelf_is_told_at_once_and_once(world: World, by: str) -> None:
    def count(pieces: int) -> None:
        if by == "an edit":
            edited(world, str(pieces))
        else:
            assert mere.patch(f"/stock/{BLENDER}", {"on_hand": pieces}).status_code == 200

    set_stock(world, 5)
    mere = program(world)
    count(4)
    assert told(world) == []
    count(0)
    assert told(world) == ["stock.sold_out"]
    tell_sold_out(world.house.database, now=world.clock.now)
    assert told(world) == ["stock.sold_out"], "the look at all stock has nothing to add"
    world.clock.now += timedelta(minutes=1)
    count(3)
    tell_sold_out(world.house.database, now=world.clock.now)
    assert told(world) == ["stock.sold_out", "stock.back"]
