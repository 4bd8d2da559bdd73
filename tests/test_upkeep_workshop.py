"""The workshop: every sheet of the set-up as a table and forms, spreadsheets out and in, bulk edits, and taking back."""

import html
import re

import pytest
from sqlmodel import select

from shop.catalogue.models import Certificate, Listing
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.models import Person
from shop.upkeep import checklist_sheets, crisis_sheets, knowledge_sheets, research_sheets
from shop.upkeep.models import SetupChange, SheetUpload
from shop.upkeep.sheets import EXPORTER, OPTIONAL_TABLES, SHEETS, TABLES, TEXT
from shop.upkeep.workshop.column_words import COLUMNS, described, kind_of
from shop.upkeep.workshop.csv_work import _Work, carry_on
from shop.upkeep.workshop.described import SOURCES, WIDGETS, Described
from shop.upkeep.workshop.reach import ADVISE
from shop.upkeep.workshop.row_fields import known, shown
from shop.upkeep.workshop.sheet_words import SHEETS as WORDS
from tests.workshop import AT, BLENDER, OFFERS, keep, last_change, listing, row, send
from tests.world import TUESDAY, World, text


@pytest.fixture
def world(sqlite_world: World) -> World:
    return sqlite_world


def columns_of_the_import() -> dict[str, set[str]]:
    found = {name: set(columns) for name, (columns, _key) in SHEETS.items()}
    found |= {name: set(columns) for name, columns in {**TABLES, **OPTIONAL_TABLES}.items()}
    found |= {"exporter": set(EXPORTER), "texts": set(TEXT), "crisis": set(crisis_sheets.CARD)}
    found |= {"crisis_texts": set(crisis_sheets.CARD_TEXT), "contacts": set(crisis_sheets.CONTACT)}
    found |= {"on_call": set(crisis_sheets.ROTATION), "questions": set(knowledge_sheets.QUESTION)}
    found |= {"answers": set(knowledge_sheets.ANSWER), "macros": set(knowledge_sheets.MACRO)}
    found |= {"checklists": set(checklist_sheets.CHECKLIST)}
    found |= {"research": set(research_sheets.ANSWER), "research_questions": set(research_sheets.QUESTION)}
    return found | {"research_signatures": set(research_sheets.SIGNATURE)}


@pytest.mark.parametrize("address", sorted({each.elsewhere for each in WORDS.values() if each.elsewhere}))
def test_what_is_done_on_another_page_is_led_to_a_page_that_is_there(world: World, address: str) -> None:
    assert world.signed_in("mere").get(address).status_code == 200


def test_every_column_that_the_import_reads_is_described() -> None:
    missing = {name: columns - set(COLUMNS.get(name, {})) for name, columns in columns_of_the_import().items()}
    assert not {name: columns for name, columns in missing.items() if columns}
    assert columns_of_the_import().keys() <= WORDS.keys()


def test_every_description_is_one_that_forms_can_draw() -> None:
    def parts(about: Described) -> list[Described]:
        below = [*about.parts.values(), *([about.values] if about.values else [])]
        return [about, *(each for part in below for each in parts(part))]

    every = [each for columns in COLUMNS.values() for about in columns.values() for each in parts(about)]
    assert {each.widget for each in every} <= WIDGETS
    assert {each.words for each in every if isinstance(each.words, str) and each.words} <= SOURCES
    assert kind_of("knowledge/pt-BR.toml") == "answers" and described("texts/de.toml", "slug").label


def test_the_workshop_shows_every_sheet_and_each_opens(world: World) -> None:
    mere = world.signed_in("mere")
    page = mere.get("/console/workshop")
    sheets = sorted(set(re.findall(rf'href="({AT}/[^"]+)"', page.text)))
    assert len(sheets) > 60
    for sheet in sheets:
        table = mere.get(sheet)
        assert table.status_code == 200, sheet
        rows = re.findall(rf'href="({AT}/[^"]+/row[^"]*)"', table.text)
        assert not rows or mere.get(html.unescape(rows[0])).status_code == 200, sheet


def test_rows_are_found_by_words_and_by_market(world: World) -> None:
    mere = world.signed_in("mere")
    german = text(mere.get(f"{OFFERS}?market=de&q=HB-BL").text)
    assert "HB-BL-230" in german and "HB-KT" not in german
    found = text(mere.get("/console/workshop?q=Reweti+nothing+like+it").text)
    assert "Nothing holds these words." in found
    assert "HB-BL-230" in text(mere.get("/console/workshop?q=HB-BL-230").text)


def test_a_row_is_changed_by_its_form_and_taken_back(world: World) -> None:
    mere = world.signed_in("mere")
    before = listing(world)
    assert keep(mere, "listings", *BLENDER, price="239,00", reason="A dearer dollar") == 303
    assert listing(world).price == 23900 and listing(world).visible_from == before.visible_from
    with world.house.database.reading() as db:
        change = last_change(db)
    assert change.person == "mere" and change.reason == "A dearer dollar"
    page = text(mere.get(f"/console/workshop/changes/{change.id}").text)
    assert "229.00" in page and "239.00" in page
    assert mere.submit("/undo").status_code == 303
    assert listing(world).price == before.price
    assert "Taken back" in text(mere.get("/console/workshop/changes").text)


def test_a_row_that_is_kept_as_it_stands_changes_nothing(world: World) -> None:
    mere = world.signed_in("mere")
    for sheet, key in (
        ("listings", BLENDER),
        ("texts.de", ("HB-BL-230",)),
        ("shipping", ("de",)),
        ("mains", ("de",)),
        ("markets", ("ch",)),
        ("agents", ("lena",)),
    ):
        assert keep(mere, sheet, *key) == 303
    with world.house.database.reading() as db:
        assert db.exec(select(SetupChange)).all() == []


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(world: World) -> None:
    mere = world.signed_in("mere")
    assert keep(mere, "listings", *BLENDER, price="a lot", max_per_order="4") == 422
    assert mere.page is not None
    assert 'id="f-price-error"' in mere.page.text and 'value="a lot"' in mere.page.text
    assert re.search(r'name="max_per_order"[^>]*value="4"', mere.page.text)
    assert listing(world).price == 22900


def test_two_people_at_one_row_are_shown_what_the_other_did(world: World) -> None:
    mere, ruth = world.signed_in("mere"), world.signed_in("ruth")
    mere.get(row("listings", *BLENDER))
    assert keep(ruth, "listings", *BLENDER, price="231.00") == 303
    assert mere.submit("listings/row", price="235.00").status_code == 409
    assert mere.page is not None
    told = text(mere.page.text)
    assert "229.00" in told and "231.00" in told and "235.00" in told and listing(world).price == 23100
    assert mere.submit("listings/row").status_code == 303  # knowingly, over what is there now
    assert listing(world).price == 23500


def test_a_row_is_added_like_another_and_removed(world: World) -> None:
    mere = world.signed_in("mere")
    mere.get(f"{AT}/certificates/new")
    fields = {"market": "de", "kind": "mains", "mark": "GS", "number": "GS-1", "valid_until": "2027-03-01"}
    assert mere.submit("certificates/row", **fields).status_code == 303
    with world.house.database.reading() as db:
        assert db.get_one(Certificate, ("de", "mains", "GS")).number == "GS-1"
    mere.get(row("certificates", "de", "mains", "GS", page="removal"))
    assert mere.submit("/removal").status_code == 303
    with world.house.database.reading() as db:
        assert db.get(Certificate, ("de", "mains", "GS")) is None


def test_one_more_row_of_a_field_loses_nothing(world: World) -> None:
    mere = world.signed_in("mere")
    mere.get(row("agents", "lena"))
    answer = mere.submit("agents/row", place="Altona", more="shifts")
    assert answer.status_code == 200 and 'value="Altona"' in answer.text and 'name="shifts.1.start"' in answer.text


def test_a_column_of_many_rows_is_changed_at_once(world: World) -> None:
    mere = world.signed_in("mere")
    mere.get(f"{OFFERS}?market=jp")
    chosen = {"of": "found", "market": "jp", "q": "", "column": "max_per_order"}
    assert mere.post(f"{OFFERS}/bulk", chosen).status_code == 200
    looked = mere.post(f"{OFFERS}/bulk/preview", {**chosen, "max_per_order": "2"})
    assert "cells would change" in text(looked.text)
    assert listing(world, "jp", "HB-BL-100").max_per_order != 2
    assert mere.submit("bulk/taking").status_code == 303
    with world.house.database.reading() as db:
        assert {each.max_per_order for each in db.exec(select(Listing).where(Listing.market == "jp"))} == {2}
        assert {each.max_per_order for each in db.exec(select(Listing).where(Listing.market == "de"))} != {2}


def test_nothing_ticked_is_said_and_other_columns_are_no_door(world: World) -> None:
    mere = world.signed_in("mere")
    assert mere.post(f"{OFFERS}/bulk", {"of": "ticked", "column": "price"}).status_code == 422
    assert mere.post(f"{OFFERS}/bulk", {"of": "found", "column": "sku"}).status_code == 404
    assert mere.post(f"{OFFERS}/bulk", {"of": "found", "column": "taken"}).status_code == 404


def test_a_spreadsheet_goes_out_and_comes_back_as_it_was(world: World) -> None:
    mere = world.signed_in("mere")
    down = mere.get(f"{OFFERS}/file.csv")
    assert "HB-BL-230" in down.text
    assert "The file says what is written down already." in send(mere, "listings", down.content.decode("utf-8-sig"))
    changed = down.content.decode("utf-8-sig").replace("de,HB-BL-230,229.00", "de,HB-BL-230,249.00")
    assert "249.00" in send(mere, "listings", changed) and listing(world).price == 22900
    assert mere.submit("/taking").status_code == 303
    assert listing(world).price == 24900


def test_every_wrong_line_of_a_spreadsheet_is_named_and_nothing_is_taken(world: World) -> None:
    mere = world.signed_in("mere")
    lines = ["market,sku,price", "de,HB-BL-230,dear", "de,HB-KT-230,119.00", "xx,HB-KT-230,1.00", "de,NO-SUCH,1.00"]
    told = send(mere, "listings", "\r\n".join(lines))
    assert "Nothing has been changed" in told
    assert "Line 2" in told and "Line 4" in told and "Line 5" in told and "Line 3" not in told
    assert "the column colour is unknown" in send(mere, "listings", "market,sku,price,colour\r\n")


def test_ten_thousand_lines_with_seven_bad_ones_are_looked_through_by_the_work(world: World) -> None:
    mere = world.signed_in("mere")
    bad = {17, 400, 2500, 5000, 7777, 9999, 10_000}
    lines = [f"de,mains,M{number},{'2026-13-40' if number in bad else '2027-01-01'}" for number in range(2, 10_002)]
    waiting = send(mere, "certificates", "\n".join(["market,kind,mark,valid_until", *lines]))
    assert "It is being looked through" in waiting and mere.page is not None
    world.work()
    told = text(mere.get(str(mere.page.url)).text)
    assert "7 things are wrong" in told
    assert all(f"Line {number:,}" in told for number in bad)
    with world.house.database.reading() as db:
        assert db.get(Certificate, ("de", "mains", "M3")) is None


def test_a_spreadsheet_that_somebody_else_overtook_is_looked_through_again(world: World) -> None:
    mere, ruth = world.signed_in("mere"), world.signed_in("ruth")
    send(mere, "listings", "market,sku,price\nde,HB-BL-230,249.00")
    assert keep(ruth, "listings", *BLENDER, price="231.00") == 303
    told = text(mere.follow(mere.submit("/taking")).text)
    assert "Somebody else has changed this" in told and listing(world).price == 23100
    assert "249.00" in text(mere.follow(mere.submit("/looking")).text)
    mere.submit("/taking")
    assert listing(world).price == 24900


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/listings?market=de", "€229.00"),
        ("/listings?market=jp", "¥"),
        ("/listings?q=€229.00", "HB-BL-230"),
        ("/listings?q=229.00", "HB-BL-230"),
        ("/shipping", "€"),
    ],
)
def test_a_table_tells_amounts_in_the_currency_of_their_market(world: World, path: str, said: str) -> None:
    mere = world.signed_in("mere")
    table = text(mere.get(AT + path).text.partition("<tbody")[2])
    assert said in table


def test_a_change_and_a_preview_tell_amounts_with_their_currency(world: World) -> None:
    mere = world.signed_in("mere")
    assert "€249.00" in send(mere, "listings", "market,sku,price\nde,HB-BL-230,249.00")
    assert keep(mere, "listings", *BLENDER, price="239.00") == 303
    change = text(mere.get("/console/workshop/changes/1").text)
    assert "€229.00" in change and "€239.00" in change
    chosen = {"of": "found", "market": "de", "q": "HB-BL-230", "column": "price", "price": "219.00"}
    assert "€219.00" in text(mere.post(f"{OFFERS}/bulk/preview", chosen).text)


def test_what_is_no_amount_is_told_as_it_is(world: World) -> None:
    with world.house.database.reading() as db:
        words = known(db, world.house.languages.tongue("en"))
    told = [
        shown("listings.csv", "price", cell, words, key=("jp", "X")) for cell in ("39800", "dear", "1.55", "", None, 0)
    ]
    assert told == ["¥39,800", "dear", "1.55", "", "", "¥0"]
    assert shown("listings.csv", "price", "12.50", words) == "12.50"


TOO_LONG = "y" * 501
REFUSED = "Please use at most 500 characters."


def test_a_reason_is_kept_whole_or_refused_at_every_door(world: World) -> None:
    mere = world.signed_in("mere")
    refused = [
        (f"{AT}/listings/row", {"key.0": "de", "key.1": "HB-BL-230"}),
        (f"{AT}/certificates/removal", {"key.0": "nz", "key.1": "mains", "key.2": "SDoC"}),
        (f"{OFFERS}/bulk/preview", {"of": "found", "market": "de", "column": "max_per_order", "max_per_order": "3"}),
        (f"{OFFERS}/bulk/taking", {"of": "found", "market": "de", "column": "max_per_order", "max_per_order": "3"}),
    ]
    for path, sent in refused:
        answer = mere.post(path, sent | {"reason": TOO_LONG})
        assert answer.status_code == 422 and REFUSED in text(answer.text) and TOO_LONG in answer.text, path
    file = {"file": ("sheet.csv", b"market,sku,price\nde,HB-BL-230,249.00", "text/csv")}
    answer = mere.post(f"{OFFERS}/upload", {"reason": TOO_LONG}, files=file)
    assert answer.status_code == 422 and REFUSED in text(answer.text)
    with world.house.database.reading() as db:
        assert not db.exec(select(SetupChange)).all() and not db.exec(select(SheetUpload)).all()
    answer = mere.post(f"{OFFERS}/upload", {"reason": TOO_LONG[1:]}, files=file)
    assert answer.status_code == 303


def test_a_specialist_sees_and_changes_what_is_of_their_market(world: World) -> None:
    annika = world.signed_in("annika")  # Germany
    first = annika.get("/console/workshop").text
    assert f"{AT}/certificates" in first and f"{AT}/landed_costs" not in first
    assert annika.get(f"{AT}/landed_costs").status_code == 404
    assert "HB-BL-100" not in text(annika.get(OFFERS).text)
    assert annika.get(row("certificates", "jp", "mains", "PSE")).status_code == 404
    assert annika.get(row("listings", *BLENDER)).status_code == 200
    sent = {"key.0": "de", "key.1": "HB-BL-230", "price": "1.00", "seen": "", "market": "de", "sku": "HB-BL-230"}
    assert annika.post(f"{OFFERS}/row", sent).status_code == 404
    fields = {"market": "de", "kind": "mains", "mark": "GS", "number": "GS-2"}
    assert annika.post(f"{AT}/certificates/row", {**fields, "market": "jp"}).status_code == 404
    assert annika.post(f"{AT}/certificates/row", fields).status_code == 303
    assert keep(annika, "texts.de", "HB-BL-230", summary="Haferdrink in 80 Sekunden.") == 303
    assert annika.get(f"{AT}/texts.ja/new").status_code == 404
    assert world.signed_in("lena").get("/console/workshop").status_code == 404


def test_what_is_decided_elsewhere_is_only_looked_at(world: World) -> None:
    mere = world.signed_in("mere")
    for sheet in ("people", "launches", "signoffs", "waivers", "stop_lines", "research.signatures"):
        assert "only to be looked at here" in text(mere.get(f"{AT}/{sheet}").text)
        assert mere.post(f"{AT}/{sheet}/row", {"id": "eve", "role": "exporter"}).status_code == 404
        assert mere.get(f"{AT}/{sheet}/new").status_code == 404


def test_hostile_cells_are_words_and_nothing_else(world: World) -> None:
    mere, hostile = world.signed_in("mere"), "<script>alert(1)</script>"
    assert keep(mere, "shipping", "de", carrier=hostile) == 303
    for page in (f"{AT}/shipping", row("shipping", "de"), "/console/workshop?q=alert", "/console/workshop/changes/1"):
        assert hostile not in mere.get(page).text
    assert keep(mere, "shipping", "de", carrier='=cmd("calc")') == 303
    assert "'=cmd" in mere.get(f"{AT}/shipping/file.csv").text


def test_what_asks_gates_or_a_second_person_is_not_filled_in_here(world: World) -> None:
    mere = world.signed_in("mere")
    assert 'name="four_eyes"' not in mere.get(row("markets", "ch")).text
    assert keep(mere, "markets", "ch", four_eyes="yes", order_cap="9999", audience="", price_step="10") == 303
    with world.house.database.reading() as db:
        market = db.get_one(Market, "ch")
    assert market.price_step == 10 and not market.four_eyes and market.order_cap == 200
    assert mere.post(f"{AT}/markets/bulk", {"of": "found", "column": "order_cap"}).status_code == 404


def test_a_market_that_sells_keeps_a_language(world: World) -> None:
    mere = world.signed_in("mere")
    assert keep(mere, "markets", "de", languages="") == 422
    assert mere.page is not None and 'id="f-languages-error"' in mere.page.text
    assert keep(mere, "mains", "de", volts="") == 422
    assert world.browser("de").get("/").status_code == 200


def test_the_row_of_another_market_is_not_reached_by_its_key(world: World) -> None:
    annika, theirs = world.signed_in("annika"), "PSE circle + domestic administrator"
    key = {"key.0": "jp", "key.1": "mains", "key.2": theirs}
    mine = {"market": "de", "kind": "mains", "mark": "MINE"}
    answer = annika.post(f"{AT}/certificates/row", {**key, **mine})
    assert answer.status_code == 404 and "DEMO-PSE" not in answer.text
    with world.house.database.reading() as db:
        assert db.get(Certificate, ("jp", "mains", theirs)) and not db.get(Certificate, ("de", "mains", "MINE"))


def test_taking_back_what_somebody_has_put_back_changes_nothing(world: World) -> None:
    mere, ruth = world.signed_in("mere"), world.signed_in("ruth")
    assert keep(mere, "listings", *BLENDER, price="239.00") == 303
    assert keep(ruth, "listings", *BLENDER, price="229.00") == 303
    page = mere.follow(mere.post("/console/workshop/changes/1/undo"))
    assert page.status_code == 200 and "nothing has been changed" in text(page.text)


def test_many_rows_are_kept_only_as_they_were_looked_at(world: World) -> None:
    mere, ruth = world.signed_in("mere"), world.signed_in("ruth")
    chosen = {"of": "found", "market": "de", "q": "HB-KT", "column": "max_per_order", "max_per_order": "2"}
    mere.post(f"{OFFERS}/bulk/preview", chosen)
    assert keep(ruth, "listings", "de", "HB-KT-230", max_per_order="7") == 303
    answer = mere.submit("bulk/taking")
    assert answer.status_code == 409 and "Somebody else has changed this" in text(answer.text)
    assert listing(world, "de", "HB-KT-230").max_per_order == 7
    assert mere.submit("bulk/taking").status_code == 303  # knowingly
    assert listing(world, "de", "HB-KT-230").max_per_order == 2


@pytest.mark.parametrize(
    "said",
    [
        "market;sku;price;visible_from\r\nde;HB-BL-230;239,00;24.12.2026\r\n",
        "sep=;\r\nmarket;sku;price;visible_from\r\nde;HB-BL-230;239,00;24.12.2026 00:00\r\n",
        "market;sku;price;visible_from;;\r\nde;HB-BL-230;239.00;2026-12-24;;\r\n",
        '\r\nmarket,sku,price,visible_from\r\nde,HB-BL-230,"239,00",2026-12-24\r\n',
    ],
)
def test_a_spreadsheet_may_be_as_its_program_writes_it(world: World, said: str) -> None:
    mere = world.signed_in("mere")
    told = send(mere, "listings", said)
    assert "239.00" in told and "December 24, 2026" in told, told
    mere.submit("/taking")
    assert listing(world).price == 23900


def test_lines_are_counted_from_the_top_of_the_file(world: World) -> None:
    mere = world.signed_in("mere")
    assert "Line 3" in send(mere, "listings", "sep=;\nmarket;sku;price\nde;HB-BL-230;dear")
    assert "1,239.00" in send(mere, "listings", "market;sku;price\nde;HB-BL-230;1,239.00")


def test_who_finishes_a_spreadsheet_second_does_not_undo_what_is_told_of_it(world: World) -> None:
    mere = world.signed_in("mere")
    send(mere, "listings", "market,sku,price\nde,HB-BL-230,249.00")
    id, house = str(mere.page.url).rpartition("/")[2] if mere.page else "", world.house
    with house.database.writing() as db:
        db.get_one(SheetUpload, id).state = "taking"
    with house.database.reading() as db:
        upload, person = db.get_one(SheetUpload, id), db.get_one(Person, "mere")
    late = _Work(
        house.database, house.policies, Staff(person, house.languages.tongue("en"), ADVISE), upload, now=TUESDAY
    )
    carry_on(house.database, house.policies, house.languages, id, now=TUESDAY)
    late.note("stale")
    with house.database.reading() as db:
        assert (db.get_one(SheetUpload, id).state, db.get_one(SheetUpload, id).change) == ("taken", 1)


def test_pieces_are_never_forgotten_by_a_spreadsheet(world: World) -> None:
    mere = world.signed_in("mere")
    assert 'name="removes"' not in mere.get(f"{AT}/stock/upload").text
    told = send(mere, "stock", "sku,on_hand\nHB-BL-230,46", removes="yes")
    assert "The file says what is written down already." in told
