"""Changes of the set-up that weigh a lot ask again who it is: by form, spreadsheet, bulk, price page and taking back."""

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from sqlmodel import select

from shop.catalogue.models import Listing
from shop.markets.models import Exporter, Market
from shop.staff.may import SENSITIVE_SHEETS, is_sensitive_cell
from shop.support.shifts.models import Agent
from shop.upkeep.editing.edits import Difference
from shop.upkeep.editing.shapes import shape_of
from shop.upkeep.editing.weighing import weighs
from shop.upkeep.models import SetupChange
from tests.page_forms import as_it_stands
from tests.workshop import AT, BLENDER, OFFERS, listing, row, send
from tests.world import PASSWORD, Browser, World, forms, text

ASKED = "confirm once more that it is you"
PRICES = "/console/catalogue/prices/de"


@pytest.fixture
def mere(sqlite_world: World) -> Browser:
    """The exporter, who signed in sixteen minutes ago and is not quick to show again who she is."""
    browser = sqlite_world.signed_in("mere")
    browser.shows_again = False
    sqlite_world.clock.now += timedelta(minutes=16)
    return browser


def filled(browser: Browser, action: str) -> dict[str, str]:
    """What a browser sends of the form of the present page."""
    assert browser.page is not None
    plain = max((each.fields for each in forms(browser.page.text) if each.action.endswith(action)), key=len)
    return {**plain, **as_it_stands(browser.page.text)}


def keep(browser: Browser, sheet: str, *key: str, **fields: str) -> Any:
    browser.get(row(sheet, *key))
    return browser.post(f"{AT}/{sheet}/row", filled(browser, "/row") | fields)


def shows(browser: Browser, answer: Any) -> Any:
    """Show who it is on the page that asks; the browser then sends the same form once more."""
    assert answer.status_code == 422, text(answer.text)
    [form] = [each for each in forms(answer.text) if each.action == "/sign-in/again"]
    fields = form.fields | {"again.password": PASSWORD}
    shown = browser.post(form.action, fields)
    assert shown.status_code == 307
    return browser.post(urljoin(str(answer.url), shown.headers["location"]), fields)


def changes(world: World) -> int:
    with world.house.database.reading() as db:
        return len(db.exec(select(SetupChange)).all())


def test_a_price_of_an_open_market_asks_again_and_nothing_sent_is_lost(sqlite_world: World, mere: Browser) -> None:
    asked = keep(mere, "listings", *BLENDER, price="239,00", max_per_order="3", reason='"A dearer" <dollar>')
    assert listing(sqlite_world).price == 22900 and changes(sqlite_world) == 0

    assert shows(mere, asked).status_code == 303

    assert (listing(sqlite_world).price, listing(sqlite_world).max_per_order) == (23900, 3)
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(SetupChange)).one().reason == '"A dearer" <dollar>'
    assert keep(mere, "listings", *BLENDER, price="241.00").status_code == 303  # within the quarter of an hour


def test_what_is_wrong_is_said_before_anybody_is_asked(mere: Browser) -> None:
    answer = keep(mere, "listings", *BLENDER, price="a lot")
    assert answer.status_code == 422 and ASKED not in text(answer.text) and 'value="a lot"' in answer.text


def test_taking_a_price_back_asks_again(sqlite_world: World, mere: Browser) -> None:
    shows(mere, keep(mere, "listings", *BLENDER, price="239.00"))
    sqlite_world.clock.now += timedelta(minutes=16)

    asked = mere.post("/console/workshop/changes/1/undo")
    assert listing(sqlite_world).price == 23900

    assert shows(mere, asked).status_code == 303 and listing(sqlite_world).price == 22900


@pytest.mark.parametrize(
    ("sheet", "key", "fields"),
    [
        ("listings", BLENDER, {"max_per_order": "4"}),
        ("texts.de", ("HB-BL-230",), {"name": "Mixer"}),
        ("shipping", ("de",), {"carrier": "Another"}),
        ("agents", ("lena",), {"place": "Altona"}),
        ("markets", ("de",), {"first_answer_minutes": "55"}),
        ("stock", ("HB-BL-230",), {"on_hand": "500"}),
        ("listings", ("ae", "HB-BL-230"), {"price": "859.00"}),  # not launched: it has no customers
    ],
)
def test_what_weighs_little_asks_nothing(
    sqlite_world: World, mere: Browser, sheet: str, key: tuple[str, ...], fields: dict[str, str]
) -> None:
    answer = keep(mere, sheet, *key, **fields)
    assert answer.status_code == 303, text(answer.text)
    assert changes(sqlite_world) == 1


@pytest.mark.parametrize(
    ("sheet", "key", "fields"),
    [
        ("exporter", (), {"tax_number": "123-456-789"}),
        ("listings", BLENDER, {"sku": "HB-SP-KL"}),  # at the price of another
        ("shipping", ("de",), {"price": "7.90"}),
        ("tax", ("de", "standard", "", "2021-01-01"), {"percent": "20"}),
        ("agents", ("lena",), {"markets.jp": "yes"}),
        ("markets", ("de",), {"prepayment_percent": "50"}),
        ("responsible_people", ("de", "cosmetic"), {"name": "Another GmbH"}),
    ],
)
def test_fees_taxes_roles_and_legal_identity_ask_again(
    sqlite_world: World, mere: Browser, sheet: str, key: tuple[str, ...], fields: dict[str, str]
) -> None:
    asked = keep(mere, sheet, *key, **fields)
    assert changes(sqlite_world) == 0

    assert shows(mere, asked).status_code == 303 and changes(sqlite_world) == 1


def test_taking_an_offer_out_of_sale_asks_nothing(sqlite_world: World, mere: Browser) -> None:
    mere.get(row("listings", *BLENDER, page="removal"))
    assert mere.post(f"{OFFERS}/removal", filled(mere, "/removal")).status_code == 303
    with sqlite_world.house.database.reading() as db:
        assert db.get(Listing, BLENDER) is None


def test_a_spreadsheet_of_prices_asks_before_it_is_taken(sqlite_world: World, mere: Browser) -> None:
    send(mere, "listings", "market,sku,price\nde,HB-BL-230,249.00")  # looking is free
    asked = mere.submit("/taking")
    assert listing(sqlite_world).price == 22900

    assert shows(mere, asked).status_code == 303 and listing(sqlite_world).price == 24900
    sqlite_world.clock.now += timedelta(minutes=16)
    send(mere, "listings", "market,sku,max_per_order\nde,HB-BL-230,2")
    assert mere.submit("/taking").status_code == 303 and listing(sqlite_world).max_per_order == 2


def test_a_spreadsheet_whose_market_has_opened_meanwhile_is_looked_at_again(sqlite_world: World, mere: Browser) -> None:
    send(mere, "listings", "market,sku,price\nae,HB-BL-230,859.00")
    with sqlite_world.house.database.writing() as db:
        db.get_one(Market, "ae").state = "open"
    assert "Somebody else has changed this" in text(mere.follow(mere.submit("/taking")).text)
    assert listing(sqlite_world, "ae").price == 84900
    mere.submit("/looking")
    assert mere.page is not None
    mere.get(str(mere.page.url).replace("/looking", ""))
    assert shows(mere, mere.submit("/taking")).status_code == 303 and listing(sqlite_world, "ae").price == 85900


def test_a_column_of_prices_asks_before_it_is_kept(sqlite_world: World, mere: Browser) -> None:
    chosen = {"of": "found", "market": "de", "q": "HB-BL-230", "column": "price"}
    mere.post(f"{OFFERS}/bulk", chosen)
    mere.post(f"{OFFERS}/bulk/preview", {**chosen, "price": "219.00"})
    asked = mere.submit("bulk/taking")
    assert listing(sqlite_world).price == 22900

    assert shows(mere, asked).status_code == 303 and listing(sqlite_world).price == 21900


def test_the_page_of_prices_asks_and_carries_out_the_same_form(sqlite_world: World, mere: Browser) -> None:
    mere.get(PRICES)
    sent = filled(mere, PRICES) | {"price-HB-BL-230": "235.00", "do": "save"}
    asked = mere.post(PRICES, sent)
    assert listing(sqlite_world).price == 22900

    assert shows(mere, asked).status_code == 303 and listing(sqlite_world).price == 23500


def test_a_specialist_is_asked_before_a_minimum_of_the_law_is_changed(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")
    annika.shows_again = False
    sqlite_world.clock.now += timedelta(minutes=16)
    annika.get(f"{AT}/minimums/new")
    said = {"market": "de", "kind": "returns", "rule": "window_days", "value": "14", "source": "BGB § 355",
            "confidence": "high", "as_of": "2026-11-01"}  # fmt: skip
    asked = annika.post(f"{AT}/minimums/row", filled(annika, "/row") | said)
    assert shows(annika, asked).status_code == 303 and changes(sqlite_world) == 1


def test_with_no_market_that_customers_have_come_to_nothing_asks(sqlite_world: World, mere: Browser) -> None:
    with sqlite_world.house.database.writing() as db:
        for market in db.exec(select(Market)).all():
            market.state = "draft"
    assert keep(mere, "exporter", director="Another").status_code == 303
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Exporter, 1).director == "Another"


def test_the_table_names_files_and_columns_that_there_are() -> None:
    for file, columns in SENSITIVE_SHEETS.items():
        assert columns <= shape_of(file).columns.keys(), file
    assert not {"texts/de.toml", "art/kettle.svg", "stock.csv", "macros/de.toml"} & SENSITIVE_SHEETS.keys()


@pytest.mark.parametrize(
    ("file", "column", "goes", "asks"),
    [
        ("tax.csv", "percent", False, True), ("tax.csv", "percent", True, True), ("listings.csv", "price", False, True),
        ("listings.csv", "price", True, False), ("listings.csv", "allotment", False, False),
        ("stock.csv", "on_hand", False, False), ("texts/de.toml", "name", False, False),
        ("agents.toml", "markets", False, True), ("agents.toml", "person", False, True),
        ("agents.toml", "hours", False, False), ("agents.toml", "person", True, True),
    ],
)  # fmt: skip
def test_which_cells_ask(file: str, column: str, goes: bool, asks: bool) -> None:
    assert is_sensitive_cell(file, column, goes=goes) is asks


ROSTER = "/console/roster"


def markets_of_lena(world: World) -> str:
    with world.house.database.reading() as db:
        return db.get_one(Agent, "lena").markets


def facts(browser: Browser, **fields: str) -> Any:
    browser.get(f"{ROSTER}/lena")
    return browser.post(f"{ROSTER}/lena/facts", filled(browser, "/facts") | fields)


def test_whose_markets_an_agent_answers_asks_again_at_the_roster_as_in_the_set_up(
    sqlite_world: World, mere: Browser
) -> None:
    before = markets_of_lena(sqlite_world)
    asked = facts(mere, markets="jp")
    assert asked.status_code == 422 and markets_of_lena(sqlite_world) == before

    assert shows(mere, asked).status_code == 303 and markets_of_lena(sqlite_world) == "jp"


def test_planning_hours_and_other_facts_at_the_roster_ask_nothing(sqlite_world: World, mere: Browser) -> None:
    before = markets_of_lena(sqlite_world)
    reordered = " ".join(reversed(before.split()))
    assert facts(mere, place="Altona", markets=reordered).status_code == 303
    for path, sent in (
        ("shifts", {"day0": "yes", "start": "09:00", "end": "10:00"}),
        ("days", {"day": "2026-11-26", "start": "20:00", "end": "23:00"}),
        ("absences", {"first": "2026-12-01"}),
    ):
        assert mere.post(f"{ROSTER}/lena/{path}", sent).status_code == 303, path
    sheet = mere.get(f"{ROSTER}.csv").content
    assert mere.post(f"{ROSTER}.csv", files={"file": ("r.csv", sheet, "text/csv")}).status_code == 303


def test_where_no_customer_has_come_to_the_roster_asks_nothing_either(sqlite_world: World, mere: Browser) -> None:
    with sqlite_world.house.database.writing() as db:
        for market in db.exec(select(Market)).all():
            market.state = "closed"
    assert facts(mere, markets="jp").status_code == 303


def test_a_roster_file_that_moves_an_agent_asks_and_has_to_be_chosen_again(sqlite_world: World, mere: Browser) -> None:
    lines = mere.get(f"{ROSTER}.csv").content.splitlines(keepends=True)
    head = lines[0].decode().strip().split(",")
    cells = next(each for each in lines if each.startswith(b"agent,lena")).decode().strip().split(",")
    cells[head.index("markets")] = "jp"
    file = {"file": ("r.csv", lines[0] + ",".join(cells).encode(), "text/csv")}
    asked = mere.post(f"{ROSTER}.csv", files=file)
    assert "please choose it again" in text(asked.text) and markets_of_lena(sqlite_world) != "jp"
    [form] = [each for each in forms(asked.text) if each.action == "/sign-in/again"]
    wrong = mere.post(form.action, form.fields | {"again.password": "not hers"})
    assert wrong.status_code == 422 and "please choose it again" in text(wrong.text)

    assert "Please choose a file." in text(shows(mere, asked).text)
    assert mere.post(f"{ROSTER}.csv", files=file).status_code == 303 and markets_of_lena(sqlite_world) == "jp"


def test_a_row_that_moves_into_an_open_market_asks() -> None:
    moved = Difference("listings.csv", ("br", "X"), "market", "br", "br", "de")
    assert weighs([moved], {"de"}) and not weighs([moved], {"jp"}) and not weighs([moved], ())
