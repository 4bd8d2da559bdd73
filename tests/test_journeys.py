"""The four journeys of the house, through HTTP, on SQLite and on PostgreSQL: buy, ask, answer and send, toggle."""

import hashlib

import pytest
from sqlmodel import select

from shop.catalogue.models import Stock
from shop.checkout.models import Order
from shop.markets.exposure_models import Exposure
from shop.policies.acceptance import accepted
from tests.packing import arrive, send
from tests.world import ANNA, CLAIRE, LAYLA, TAMA, TUESDAY, YUKI, Browser, World, path_of, text

BLENDER = {"de": "HB-BL-230", "ch": "HB-BL-230", "nz": "HB-BL-230", "jp": "HB-BL-100", "ae": "HB-BL-230"}


def into_cart(browser: Browser, shop: str, sku: str, quantity: str = "1") -> None:
    """Put a product into the cart the way its page does."""
    answer = browser.post(f"{shop}cart/lines", {"sku": sku, "quantity": quantity})
    assert answer.status_code == 303, text(answer.text)


def review(browser: Browser, shop: str, person: dict[str, str]) -> None:
    """Give the address and come to the review page."""
    answer = browser.post(f"{shop}checkout", person)
    assert answer.status_code == 303, text(answer.text)
    assert browser.follow(answer).status_code == 200


def buy(browser: Browser, shop: str, sku: str, person: dict[str, str], quantity: str = "1") -> str:
    """Buy through the demo till; returns the order's number."""
    into_cart(browser, shop, sku, quantity)
    review(browser, shop, person)
    till = browser.submit("/orders", accept="yes")
    assert till.status_code == 303, text(till.text)
    assert browser.follow(till).status_code == 200
    order = browser.follow(browser.submit(path_of(till.headers["location"]), outcome="pay"))
    assert order.status_code == 200, text(order.text)
    return path_of(str(order.url)).rpartition("/")[2]


@pytest.mark.parametrize(
    ("shop", "language", "person", "button"),
    [
        ("/de/de/", "de", ANNA, "Zahlungspflichtig bestellen"),
        ("/nz/en/", "en", TAMA, "Place order"),
    ],
)
def test_a_customer_buys_and_keeps_what_was_promised(
    world: World, shop: str, language: str, person: dict[str, str], button: str
) -> None:
    browser = world.browser(language)
    assert browser.get("/").status_code == 200
    market = shop.split("/")[1]
    assert browser.get(shop).status_code == 200
    into_cart(browser, shop, BLENDER[market], "2")
    review(browser, shop, person)
    assert browser.page is not None and button in browser.page.text
    number = buy(world.browser(language), shop, BLENDER[market], person)
    world.work()
    with world.house.database.reading() as db:
        order = db.get_one(Order, number)
        assert (order.state, order.market, order.language) == ("paid", market, language)
        promised = accepted(db, number)
    assert [each.acceptance.kind for each in promised] == ["returns", "warranty", "terms"]
    mail = world.mails(person["email"])[-1]
    attached = [part.get_content().replace("\r\n", "\n") for part in mail.iter_attachments()]
    assert all(
        hashlib.sha256(each.text.encode()).hexdigest() in page for each, page in zip(promised, attached, strict=True)
    )
    assert mail["Content-Language"] == f"{language}-{market.upper()}"


def test_stock_is_held_while_paying_and_sold_when_paid(world: World) -> None:
    with world.house.database.reading() as db:
        before = db.get_one(Stock, "HB-BL-230")
    buy(world.browser("de"), "/de/de/", "HB-BL-230", ANNA)
    with world.house.database.reading() as db:
        after = db.get_one(Stock, "HB-BL-230")
        exposure = db.get_one(Exposure, "de")
    assert (after.held, after.sold) == (before.held, before.sold + 1)
    assert (exposure.held, exposure.paid) == (0, 1)


def test_the_order_button_pressed_twice_is_one_order(world: World) -> None:
    browser = world.browser("de")
    into_cart(browser, "/de/de/", "HB-BL-230")
    review(browser, "/de/de/", ANNA)
    first = browser.submit("/orders", accept="yes")
    again = browser.submit("/orders", accept="yes")
    assert first.headers["location"] == again.headers["location"]
    with world.house.database.reading() as db:
        assert len(db.exec(select(Order)).all()) == 1


def test_an_abandoned_payment_gives_the_pieces_back(world: World) -> None:
    browser = world.browser("de")
    into_cart(browser, "/de/de/", "HB-BL-230")
    review(browser, "/de/de/", ANNA)
    browser.follow(browser.submit("/orders", accept="yes"))
    world.later(minutes=67)
    with world.house.database.reading() as db:
        assert db.get_one(Stock, "HB-BL-230").held == 0
        assert [order.state for order in db.exec(select(Order)).all()] == ["cancelled"]


def test_an_order_given_up_at_the_till_frees_its_pieces_at_once_and_cannot_be_paid_any_more(world: World) -> None:
    browser = world.browser("de")
    into_cart(browser, "/de/de/", "HB-BL-230")
    review(browser, "/de/de/", ANNA)
    till = browser.submit("/orders", accept="yes")
    browser.follow(till)
    browser.follow(browser.submit(path_of(till.headers["location"]), outcome="leave"))
    order = browser.follow(browser.submit("/cancellation"))
    assert order.status_code == 200
    with world.house.database.reading() as db:
        assert db.get_one(Stock, "HB-BL-230").held == 0
        assert [each.state for each in db.exec(select(Order)).all()] == ["cancelled"]
    assert browser.post(path_of(till.headers["location"]), {"outcome": "pay"}).status_code == 409


def test_giving_up_an_order_that_is_paid_changes_nothing(world: World) -> None:
    browser = world.browser("de")
    number = buy(browser, "/de/de/", "HB-BL-230", ANNA)
    browser.post(f"/de/de/orders/{number}/cancellation")
    with world.house.database.reading() as db:
        assert db.get_one(Order, number).state == "paid"
        assert db.get_one(Stock, "HB-BL-230").sold == 1


def test_what_was_paid_for_is_no_longer_in_the_cart(world: World) -> None:
    browser = world.browser("de")
    buy(browser, "/de/de/", "HB-BL-230", ANNA)
    assert "HB-BL-230" not in browser.get("/de/de/cart").text
    assert browser.get("/de/de/checkout/review").headers["location"] == "/de/de/cart"


def test_what_is_sold_out_meanwhile_is_told_and_not_charged(world: World) -> None:
    browser = world.browser("de")
    into_cart(browser, "/de/de/", "HB-BL-230")
    review(browser, "/de/de/", ANNA)
    with world.house.database.writing() as db:
        stock = db.get_one(Stock, "HB-BL-230")
        stock.on_hand = stock.held + stock.sold
        db.add(stock)
    answer = browser.submit("/orders", accept="yes")
    assert answer.status_code == 409
    with world.house.database.reading() as db:
        assert db.exec(select(Order)).all() == []


def test_switzerland_sells_by_percentage_and_remembers_whom_it_let_in(world: World) -> None:
    outcomes = set()
    for _ in range(12):
        browser = world.browser("fr")
        assert browser.get("/ch/fr/").status_code == 200
        answer = browser.post("/ch/fr/cart/lines", {"sku": BLENDER["ch"], "quantity": "1"})
        outcomes.add(answer.status_code)
        if answer.status_code == 303:
            number = buy(browser, "/ch/fr/", BLENDER["ch"], CLAIRE)
            assert number.startswith("CH-")
    assert outcomes == {303, 409}


def test_japan_is_not_there_without_an_invitation_and_sells_with_one(world: World) -> None:
    assert world.browser("ja").get("/jp/ja/").status_code == 404
    exporter = world.signed_in("mere")
    exporter.get("/console/markets/jp")
    made = exporter.follow(exporter.submit("/invitations", note="Yuki", max_uses="1", days="7"))
    link = next(word for word in text(made.text).split() if "/invite/" in word)
    browser = world.browser("ja")
    assert browser.get(path_of(link)).status_code == 200
    assert browser.follow(browser.submit(path_of(link))).status_code == 200
    number = buy(browser, "/jp/ja/", BLENDER["jp"], YUKI)
    with world.house.database.reading() as db:
        assert db.get_one(Order, number).currency == "JPY"
    assert world.browser("ja").post(path_of(link)).status_code == 409


def test_a_question_is_promised_routed_answered_and_read(world: World) -> None:
    customer = world.browser("de")
    customer.get("/de/de/support")
    sent = customer.submit(
        "/support",
        category="use",
        name="Anna Beck",
        email="anna@example.com",
        subject="Reinigung",
        question="Wie reinige ich den Mixbehälter?",
    )
    assert sent.status_code == 303, text(sent.text)
    request = customer.follow(sent)
    agent = world.signed_in("lena")
    queue = agent.get("/desk")
    assert "Reinigung" in queue.text
    ref = path_of(str(request.url)).rpartition("/")[2]
    assert agent.get(f"/desk/requests/{ref}").status_code == 200
    answered = agent.submit("/messages", text="Mit warmem Wasser und etwas Spülmittel.", kind="ours")
    assert answered.status_code == 303, text(answered.text)
    world.work()
    assert "Mit warmem Wasser" in customer.get(path_of(str(request.url))).text
    assert "Mit warmem Wasser" in world.mails("anna@example.com")[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_question_at_night_waits_with_a_promise_and_is_routed_when_the_shift_starts(world: World) -> None:
    world.at(TUESDAY.replace(hour=1))  # 02:00 in Hamburg
    customer = world.browser("de")
    customer.get("/de/de/support")
    customer.follow(
        customer.submit(
            "/support",
            category="use",
            name="Anna",
            email="anna@example.com",
            subject="Frage",
            question="Passt das Ersatzteil?",
        )
    )
    assert customer.page is not None
    ref = path_of(str(customer.page.url)).rpartition("/")[2]
    world.at(TUESDAY.replace(hour=8, minute=5))
    assert ref in world.signed_in("lena").get("/desk").text


def test_an_order_is_dispatched_and_delivered_and_the_customer_is_told(world: World) -> None:
    number = buy(world.browser("de"), "/de/de/", "HB-BL-230", ANNA)
    exporter = world.signed_in("mere")
    assert send(exporter, number).status_code == 303
    assert arrive(exporter, number).status_code == 303
    world.work()
    subjects = [mail["Subject"] for mail in world.mails(ANNA["email"])]
    assert len(subjects) == 3 and all(number in subject for subject in subjects)


def test_a_paused_market_takes_no_orders_but_keeps_its_word(world: World) -> None:
    customer = world.browser("de")
    number = buy(customer, "/de/de/", "HB-BL-230", ANNA)
    into_cart(customer, "/de/de/", "HB-BL-230")
    exporter = world.signed_in("mere")
    exporter.get("/console/markets/de/pause")
    assert exporter.submit("/pause", reason="Die Spedition streikt", mode="sell_stop").status_code == 303
    refused = customer.post("/de/de/cart/lines", {"sku": "HB-BL-230", "quantity": "1"})
    assert refused.status_code == 409
    assert customer.get("/de/de/").headers["cache-control"].endswith("no-store")
    assert customer.get(f"/de/de/orders/{number}").status_code == 200
    assert customer.get("/de/de/support").status_code == 200
    exporter.get("/console/markets/de/resume")
    assert exporter.submit("/resumption", reason="Die Spedition fährt wieder").status_code == 303
    assert customer.post("/de/de/cart/lines", {"sku": "HB-BL-230", "quantity": "1"}).status_code == 303


def test_a_market_that_is_only_ready_is_seen_by_staff_alone(world: World) -> None:
    assert world.browser("ar").get("/ae/ar/").status_code == 404
    staff = world.signed_in("mere")
    assert staff.get("/ae/ar/").status_code == 200
    number = buy(staff, "/ae/ar/", BLENDER["ae"], LAYLA)
    with world.house.database.reading() as db:
        assert db.get_one(Order, number).test
        assert db.get(Exposure, "ae") is None or db.get_one(Exposure, "ae").paid == 0
