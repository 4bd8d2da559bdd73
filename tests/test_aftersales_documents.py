"""Documents: an invoice by its market's rules, the sheets of a case, and the customs invoice of every parcel."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from shop.aftersales.cases.filing import Filing, file_case
from shop.aftersales.customs import share
from shop.aftersales.document_rules import customs_languages, invoice_title, languages_of, paper
from shop.aftersales.models import Case
from shop.checkout.models import Order, OrderLine
from shop.ground.money import Money
from tests.aftersales import arrived
from tests.buying import BLENDER, paid
from tests.doors import change_market, pay, place
from tests.packing import arrive, send
from tests.world import ANNA, CLAIRE, LAYLA, YUKI, Browser, World, text

PLACES = {
    "de": ("/de/de/", ANNA, BLENDER),
    "ch": ("/ch/fr/", CLAIRE, BLENDER),
    "jp": ("/jp/ja/", YUKI, "HB-BL-100"),
    "ae": ("/ae/ar/", LAYLA, BLENDER),
}


def bought(world: World, market: str) -> tuple[Browser, str]:
    """A paid order, and the browser that holds it."""
    shop, person, sku = PLACES[market]
    change_market(world, market, state="open", audience="")
    browser = world.browser()
    number = place(browser, shop, person, sku)
    pay(world, browser, shop, number)
    return browser, number


def plain(page: str) -> str:
    return re.sub(r"[\u2000-\u206f\u00a0]", " ", text(page))


@pytest.mark.parametrize(
    ("country", "region", "language", "languages"),
    [
        ("DE", "", "de", ("de",)),
        ("CH", "", "it", ("it",)),
        ("AE", "", "en", ("ar", "en")),  # Federal Law 15/2020 art. 8
        ("KW", "", "ar", ("ar", "en")),
        ("CA", "QC", "en", ("fr", "en")),  # Charter of the French language s. 57
        ("CA", "ON", "en", ("en",)),
    ],
)
def test_the_languages_of_a_document_are_those_of_its_market(
    country: str, region: str, language: str, languages: tuple[str, ...]
) -> None:
    assert languages_of(country, region, language) == languages


def test_paper_title_and_customs_languages_follow_the_country() -> None:
    assert (paper("US"), paper("CA"), paper("DE"), paper("JP")) == ("letter", "letter", "a4", "a4")
    assert invoice_title("AE", "100", taxed=True) == "Tax invoice" == invoice_title("NZ", "1", taxed=True)
    assert invoice_title("AE", "", taxed=True) == "Invoice" == invoice_title("NZ", "1", taxed=False)
    assert invoice_title("JP", "T1234567890123", taxed=True) == "Qualified invoice"
    assert invoice_title("JP", "DEMO", taxed=True) == "Invoice"
    assert customs_languages(["ja"]) == ("en", "ja") and customs_languages(["en", "es"]) == ("en",)


@pytest.mark.parametrize("market", PLACES)
def test_an_invoice_names_both_sides_every_rate_and_the_sum(sqlite_world: World, market: str) -> None:
    browser, number = bought(sqlite_world, market)
    shop, person, sku = PLACES[market]
    page = browser.get(f"{shop}orders/{number}/invoice")
    told = plain(page.text)
    assert page.status_code == 200 and page.headers["x-robots-tag"] == "noindex"
    assert all(each in told for each in (number, "Harbourbench Ltd", person["name"], sku, "DEMO-"))
    with sqlite_world.house.database.reading() as db:
        order = db.get_one(Order, number)
        assert f'<body class="{paper(market.upper())}">' in page.text
        tongue = sqlite_world.house.languages.tongue(order.language, market.upper())
        for minor in (order.total, order.tax, order.net):
            assert plain(tongue.money(Money(minor, order.currency))) in told
    assert {"de": "19 %", "ch": "TVA", "jp": "10%", "ae": 'dir="ltr"'}[market] in (told + page.text)
    if market == "ae":
        assert 'lang="ar' in page.text and "Tax invoice" in told and '<html lang="ar-AE" dir="rtl">' in page.text


def test_what_was_sent_stands_on_the_invoice_with_its_serial(sqlite_world: World) -> None:
    browser, number = bought(sqlite_world, "de")
    assert send(sqlite_world.signed_in("mere"), number).status_code == 303
    assert re.search(r"HBBL2634-\d{5}-[A-L]", browser.get(f"/de/de/orders/{number}/invoice").text)


def test_no_invoice_without_payment_and_none_for_strangers(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    number = place(browser, "/de/de/", ANNA)
    assert browser.get(f"/de/de/orders/{number}/invoice").status_code == 404
    pay(sqlite_world, browser, "/de/de/", number)
    assert browser.get(f"/de/de/orders/{number}/invoice").status_code == 200
    assert sqlite_world.browser().get(f"/de/de/orders/{number}/invoice").status_code == 404
    change_market(sqlite_world, "de", state="closed")
    assert browser.get(f"/de/de/orders/{number}/invoice").status_code == 200


def a_case(world: World, number: str, statement: str = "Zu laut") -> str:
    with world.house.database.writing() as db:
        order = db.get_one(Order, number)
        filing = Filing(
            door="return",
            market="de",
            language="de",
            name=order.name,
            email=order.email,
            key=f"key-{number}",
            statement=statement,
            lines={BLENDER: 1},
            serials={},
        )
        return file_case(db, order, filing, now=world.clock.now).number


def test_label_and_receipt_of_a_case_are_for_its_customer_alone(sqlite_world: World) -> None:
    browser, number = bought(sqlite_world, "de")
    case = a_case(sqlite_world, number, "<b>Zu laut</b>")
    assert browser.get(f"/de/de/cases/{case}/label").status_code == 404  # nothing has left that could come back
    arrived(sqlite_world, number)
    label, receipt = (browser.get(f"/de/de/cases/{case}/{each}") for each in ("label", "receipt"))
    assert all(each in label.text for each in (case, number, "Elbchaussee 5", "Harbourbench Ltd"))
    assert case in receipt.text and "&lt;b&gt;Zu laut" in receipt.text and "24. November 2026" in receipt.text
    for each in ("label", "receipt"):
        assert sqlite_world.browser().get(f"/de/de/cases/{case}/{each}").status_code == 404
    with sqlite_world.house.database.writing() as db:
        db.add(db.get_one(Case, case).sqlmodel_update({"state": "refused"}))
    assert browser.get(f"/de/de/cases/{case}/label").status_code == 404


def test_every_parcel_has_its_customs_invoice_and_so_has_what_is_left(sqlite_world: World) -> None:
    order = paid(sqlite_world, {BLENDER: 2})
    desk = sqlite_world.signed_in("mere")
    before = desk.get(f"/desk/orders/{order.number}/customs")
    assert before.status_code == 200 and f"{order.number}-1" in before.text and f"{order.number}-2" not in before.text
    part = {f"pieces-{BLENDER}": "1", f"serial-{BLENDER}-2": "", "weight": "4.9"}
    assert send(desk, order.number, **part).status_code == 303
    page = desk.get(f"/desk/orders/{order.number}/customs")
    told = plain(page.text)
    assert f"{order.number}-1" in told and f"{order.number}-2" in told and told.count("850940") == 2
    assert "DDP" in told and "New Zealand" in told and "4,9 kg" in told and "4,2 kg" in told
    assert "DEMO-CE-DE-EL-2607" in told and "Maasbrug Compliance" in told and 'lang="de-DE"' in page.text
    link = f'href="/desk/orders/{order.number}/customs"'
    assert link in desk.get(f"/desk/orders/{order.number}").text


def test_the_values_of_all_parcels_are_what_was_paid() -> None:
    line = OrderLine(order_number="", sku="", name="", quantity=3, unit=0, tax_e5=0, net=100, tax=0, gross=100)
    assert [share(line, before, 1) for before in range(3)] == [33, 33, 34]
    assert share(line, 0, 2) + share(line, 2, 1) == 100


def test_documents_stay_years_later(sqlite_world: World) -> None:
    _browser, number = bought(sqlite_world, "de")
    desk = sqlite_world.signed_in("mere")
    assert send(desk, number).status_code == 303 and arrive(desk, number).status_code == 303
    sqlite_world.clock.now += timedelta(days=3 * 365)
    desk = sqlite_world.signed_in("mere")
    for each in ("invoice", "customs"):
        assert desk.get(f"/desk/orders/{number}/{each}").status_code == 200
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Order)).one().state == "delivered"
