"""The number of a business that buys: checked offline, kept as its country writes it, shown, and without effect on tax."""

import pytest
from sqlmodel import select

from shop.base.web import Form
from shop.checkout.business import EXAMPLES, LABELS, business_label, read_business_number
from shop.checkout.models import Order
from shop.markets.models import Market
from tests.doors import fill_cart, pay, to_review
from tests.tongues import ENGLISH
from tests.world import ANNA, TAMA, World, text


def market(scheme: str, country: str = "DE") -> Market:
    return Market(id="xx", country=country, currency="EUR", zone="UTC", languages="en", business_number=scheme)


@pytest.mark.parametrize(
    ("scheme", "country", "given", "kept"),
    [
        ("eu.vat", "DE", "DE136695976", "DE136695976"),
        ("eu.vat", "DE", " de 136 695 976 ", "DE136695976"),
        ("eu.vat", "DE", "136695976", "DE136695976"),
        ("eu.vat", "DE", "ATU13585627", "ATU13585627"),
        ("ch.vat", "CH", "CHE-107.787.577 MWST", "CHE-107.787.577 MWST"),
        ("ch.vat", "CH", "che107787577iva", "CHE-107.787.577 IVA"),
        ("ch.vat", "CH", "CHE100155212", "CHE-100.155.212"),
        ("au.abn", "AU", "51824753556", "51 824 753 556"),
        ("eu.vat", "DE", "ＤＥ１３６６９５９７６", "DE136695976"),
        ("eu.vat", "DE", "١٣٦٦٩٥٩٧٦", "DE136695976"),
        ("ch.vat", "CH", "ＣＨＥ－１０７．７８７．５７７", "CHE-107.787.577"),
        ("eu.vat", "DE", "", ""),
        ("", "NZ", "DE136695976", ""),
    ],
)
def test_a_right_number_is_kept_as_its_country_writes_it(scheme: str, country: str, given: str, kept: str) -> None:
    form = Form({"business_number": given})
    assert read_business_number(form, market(scheme, country), ENGLISH) == kept and form.errors == {}


@pytest.mark.parametrize("scheme", LABELS)
@pytest.mark.parametrize(
    "given", ["DE136695977", "123", "XX99", "٣" * 9, "a" * 5000, "<script>", "CHE-100.155.213", "-"]
)
def test_a_number_that_cannot_be_right_is_refused_with_one_that_can(scheme: str, given: str) -> None:
    form = Form({"business_number": given})
    assert read_business_number(form, market(scheme), ENGLISH) == ""
    assert EXAMPLES[scheme] in form.errors["business_number"]


@pytest.mark.parametrize("scheme", LABELS)
def test_each_example_would_be_taken_itself(scheme: str) -> None:
    form = Form({"business_number": EXAMPLES[scheme]})
    assert read_business_number(form, market(scheme), ENGLISH) and business_label(scheme, ENGLISH)


def test_it_is_asked_for_shown_and_kept_and_changes_no_price(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    fill_cart(browser, "/de/de/")
    assert 'name="business_number"' in browser.get("/de/de/checkout").text
    wrong = browser.post("/de/de/checkout", {**ANNA, "business_number": "DE123"})
    assert wrong.status_code == 422 and 'value="DE123"' in wrong.text and EXAMPLES["eu.vat"] in wrong.text
    to_review(browser, "/de/de/", {**ANNA, "business_number": "136 695 976"})
    assert browser.page is not None and "DE136695976" in text(browser.page.text)
    assert 'value="DE136695976"' in browser.get("/de/de/checkout").text
    browser.get("/de/de/checkout/review")
    assert browser.submit("/orders", accept="yes").status_code == 303
    with sqlite_world.house.database.reading() as db:
        [order] = db.exec(select(Order).where(Order.email == ANNA["email"])).all()
    assert order.business_number == "DE136695976" and order.tax > 0
    pay(sqlite_world, browser, "/de/de/", order.number)
    assert "DE136695976" in text(browser.get(f"/de/de/orders/{order.number}").text)
    assert "DE136695976" in sqlite_world.signed_in("mere").get(f"/desk/orders/{order.number}").text
    sqlite_world.work()
    [mail] = sqlite_world.mails(ANNA["email"])
    bodies = [part.get_content() for part in mail.walk() if part.get_content_type() in ("text/plain", "text/html")]
    assert sum("DE136695976" in body for body in bodies) == 2


def test_where_none_is_asked_for_none_is_kept(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    to_review(browser, "/nz/en/", {**TAMA, "business_number": "DE136695976"})
    assert browser.page is not None and "DE136695976" not in browser.page.text
    assert 'name="business_number"' not in browser.get("/nz/en/checkout").text
