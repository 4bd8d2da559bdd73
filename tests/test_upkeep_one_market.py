"""Somebody who sets up one market, and advises another: what is of all markets, or of that one alone, is not theirs."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from shop.base.outbox import Effect
from shop.catalogue.models import Picture, Stock
from shop.staff.may import give_further_roles
from shop.staff.models import Person
from shop.support.crisis.models import OnCallOverride
from shop.upkeep.models import ChangedRow, SetupChange
from tests.workshop import AT, row
from tests.world import Browser, World, text

BLENDER = "HB-BL-230"
GOODS = f"/console/catalogue/products/{BLENDER}"
STOCK = "/console/catalogue/stock"


@pytest.fixture
def annika(sqlite_world: World) -> Browser:
    """The specialist for Germany, who is New Zealand's exporter besides."""
    with sqlite_world.house.database.writing() as db:
        give_further_roles(db.get_one(Person, "annika"), {"nz": "exporter"})
    return sqlite_world.signed_in("annika")


def test_pieces_and_pictures_are_of_all_markets(sqlite_world: World, annika: Browser) -> None:
    page = annika.get(STOCK)
    assert page.status_code == 200 and f'name="on_hand-{BLENDER}"' not in page.text
    assert annika.post(STOCK, {f"on_hand-{BLENDER}": "777", f"was-{BLENDER}": ""}).status_code == 404
    assert f"{GOODS}/pictures" not in annika.get(GOODS).text
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Stock, BLENDER).on_hand != 777
        first = db.exec(select(Picture).where(Picture.family == "blender")).first()
    at = {"at": first.hash if first else ""}
    assert annika.get(f"{GOODS}/pictures").status_code == 404
    for path in ("", "/1/place", "/1/removal"):
        assert annika.post(f"{GOODS}/pictures{path}", at).status_code == 404


def test_nor_do_they_take_a_picture_back(sqlite_world: World, annika: Browser) -> None:
    with sqlite_world.house.database.writing() as db:
        change = SetupChange(at=sqlite_world.clock.now, person="mere")
        db.add(change)
        db.flush()
        db.add(ChangedRow(change=change.id or 0, number=1, file="art/kettle.svg", key="[]", before="", after="{}"))
    assert annika.post("/console/workshop/changes/1/undo").status_code == 404
    assert "changes/1/undo" not in annika.get("/console/workshop/changes/1").text


def test_mails_hold_links_to_choose_a_password_by_and_are_for_who_sets_up_everything(
    sqlite_world: World, annika: Browser
) -> None:
    with sqlite_world.house.database.writing() as db:
        now = sqlite_world.clock.now
        effect = Effect(kind="refund", key="de", payload="{}", due_at=now, created_at=now, dead_at=now)
        db.add(effect)
        db.flush()
        number = effect.id
    mere = sqlite_world.signed_in("mere")
    mere.post("/console/people/ruth/sign-out", {})
    sqlite_world.browser().post("/forgotten", {"email": "ruth@harbourbench.example"})
    sqlite_world.work()
    name = sqlite_world.house.mailer.kept()[0][0]  # type: ignore[attr-defined]
    assert mere.get(f"/console/mail/{name}").status_code == 200
    for url in ("/console/mail", f"/console/mail/{name}"):
        assert annika.get(url).status_code == 404
    assert annika.post(f"/console/effects/{number}/retry").status_code == 404
    board = annika.get("/console").text
    assert "/console/mail" not in board and "/console/people" not in board


@pytest.mark.parametrize("sheet", ["market_costs", "landed_costs", "stop_lines", "waivers", "manuals"])
def test_what_a_market_costs_is_for_its_exporter_alone(annika: Browser, sheet: str) -> None:
    rows = annika.get(f"{AT}/{sheet}").text.partition("<table")[2]
    assert "Deutschland" not in rows
    assert annika.get(row("market_costs", "de")).status_code == 404
    assert annika.get(row("market_costs", "nz")).status_code == 200


def test_people_are_shown_only_to_who_sets_them_up(annika: Browser) -> None:
    assert "haruka" not in annika.get(f"{AT}/people").text
    assert annika.get(row("people", "haruka")).status_code == 404


def test_a_specialist_is_not_told_who_stands_in_elsewhere(sqlite_world: World) -> None:
    now = sqlite_world.clock.now
    with sqlite_world.house.database.writing() as db:
        db.add(OnCallOverride(rotation="world", person="tane", starts_at=now, ends_at=now + timedelta(days=1)))
    assert sqlite_world.signed_in("annika").get(f"{AT}/on_call_overrides").status_code == 404
    assert "Tane" in sqlite_world.signed_in("mere").get(f"{AT}/on_call_overrides").text


def test_a_row_that_came_from_another_market_is_not_told_with_what_it_was_there(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        change = SetupChange(at=sqlite_world.clock.now, person="mere")
        db.add(change)
        db.flush()
        cells = {"market": "de", "sku": BLENDER, "price": "229"}
        before, after = json.dumps(cells | {"market": "nz", "price": "4711"}), json.dumps(cells)
        db.add(ChangedRow(change=change.id or 0, number=1, file="listings.csv", key='["de", "HB-BL-230"]',
                          before=before, after=after))  # fmt: skip
    assert sqlite_world.signed_in("annika").get("/console/workshop/changes/1").status_code == 404
    assert "711" in sqlite_world.signed_in("mere").get("/console/workshop/changes/1").text


def test_of_a_change_in_several_markets_each_is_told_their_own(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        change = SetupChange(at=sqlite_world.clock.now, person="mere")
        db.add(change)
        db.flush()
        for number, market in enumerate(("de", "jp", "nz"), 1):
            db.add(ChangedRow(change=change.id or 0, number=number, file=f"research/{market}.toml", key='["water"]',
                              before="{}", after='{"text": "Hard"}'))  # fmt: skip
    for person, told in (("annika", "1 Zeile"), ("mere", "3 rows")):
        page = text(sqlite_world.signed_in(person).get("/console/workshop/changes").text)
        assert told in page and ("Japan" in page) == (person == "mere")
