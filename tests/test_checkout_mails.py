"""The mails about an order: who writes, for which machine, what was accepted, and no invitation where nobody may order."""

import hashlib
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlmodel import select

from shop.base.payments import PaymentState
from shop.checkout.models import Order
from shop.markets.models import Exporter
from shop.policies.acceptance import accepted
from tests.buying import EXPIRED, buy, paid_state, settled, the_order
from tests.doors import change_market, pay, place
from tests.packing import arrive, send
from tests.serials import COUPLING, GOOD, SEAL
from tests.world import ANNA, LAYLA, TAMA, World, text

SHOP = "/nz/en/"
FAILED = PaymentState("s", "failed")


def words(mail: EmailMessage) -> tuple[str, str]:
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and page is not None
    return " ".join(plain.get_content().split()), text(page.get_content())


def last(world: World, to: str = ANNA["email"]) -> tuple[str, str]:
    world.work()
    return words(world.mails(to)[-1])


def test_every_mail_to_a_customer_names_who_writes_and_from_where(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    number = place(browser, SHOP, TAMA)
    pay(sqlite_world, browser, SHOP, number)
    mere = sqlite_world.signed_in("mere")
    assert send(mere, number).status_code == 303
    assert arrive(mere, number).status_code == 303
    browser.post(f"{SHOP}link", {"number": number, "email": TAMA["email"]})
    sqlite_world.work()
    with sqlite_world.house.database.reading() as db:
        exporter = db.get_one(Exporter, 1)
    mails = sqlite_world.mails(TAMA["email"])
    assert len(mails) == 4  # confirmed, dispatched, delivered, a new link
    for mail in mails:
        for shown in words(mail):
            assert exporter.legal_name in shown and " ".join(exporter.address.split()) in shown, mail["Subject"]


@pytest.mark.parametrize(
    ("sku", "given", "said"),
    [
        (COUPLING, {"serial": GOOD}, f"Serial of your machine: {GOOD}"),
        (SEAL, {"not_at_hand": "yes"}, "Serial of your machine: not at hand"),
    ],
)
def test_the_machine_a_part_is_for_stands_in_the_confirmation_and_on_the_order(
    sqlite_world: World, sku: str, given: dict[str, str], said: str
) -> None:
    browser = sqlite_world.browser()
    assert browser.post(f"{SHOP}cart/lines", {"sku": sku, "quantity": "1", **given}).status_code == 303
    browser.follow(browser.post(f"{SHOP}checkout", dict(TAMA)))
    assert browser.submit("/orders", accept="yes").status_code == 303
    with sqlite_world.house.database.reading() as db:
        number = db.exec(select(Order)).one().number
    pay(sqlite_world, browser, SHOP, number)
    plain, page = last(sqlite_world, TAMA["email"])
    assert said in plain and said in page and said in text(browser.get(f"{SHOP}orders/{number}").text)


class Head(HTMLParser):
    """The root element's attributes, and every address that the page would load from."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.loads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.root = dict(attrs)
        self.loads += [str(value) for name, value in attrs if name in ("src", "href")]


@pytest.mark.parametrize(
    ("market", "language", "person", "tag", "direction"),
    [("de", "de", ANNA, "de-DE", "ltr"), ("ae", "ar", LAYLA, "ar-AE", "rtl")],
)
def test_what_was_accepted_is_attached_as_a_page_that_needs_nothing_else(
    sqlite_world: World, market: str, language: str, person: dict[str, str], tag: str, direction: str
) -> None:
    if market == "ae":
        change_market(sqlite_world, "ae", state="open", audience="", ever_sold=True)
    attempt = buy(sqlite_world, "k1", market=market, language=language)
    settled(sqlite_world, attempt, paid_state(the_order(sqlite_world, attempt)))
    sqlite_world.work()
    mail = sqlite_world.mails(ANNA["email"])[-1]
    parts: list[Any] = list(mail.iter_attachments())
    with sqlite_world.house.database.reading() as db:
        kept = accepted(db, attempt.order_number)
    assert len(parts) == len(kept) > 0
    for part, each in zip(parts, kept, strict=True):
        head = Head(part.get_content())
        assert part.get_content_type() == "text/html" and part.get_filename().endswith(".html")
        assert (head.root, head.loads) == ({"lang": tag, "dir": direction}, [])
        assert hashlib.sha256(each.text.encode()).hexdigest() in part.get_content()
        assert each.acceptance.version in text(part.get_content()) and each.acceptance.wording in part.get_content()


@pytest.mark.parametrize("word", [FAILED, EXPIRED])
@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, ""),
        ({"state": "paused", "pause_mode": "safety"}, "For safety reasons we have stopped selling here"),
        ({"state": "paused", "pause_mode": "sell_stop"}, "We are not taking orders in this country at the moment"),
        ({"state": "winding_down"}, "We no longer take orders in this country"),
        ({"state": "closed"}, "We no longer take orders in this country"),
    ],
)
def test_nobody_is_asked_to_order_again_where_nobody_may(
    sqlite_world: World, word: PaymentState, state: dict[str, str], told: str
) -> None:
    attempt = buy(sqlite_world, "k1", market="nz", language="en")
    settled(sqlite_world, attempt, word)
    if state:
        change_market(sqlite_world, "nz", **state)
    for shown in last(sqlite_world):
        assert ("order once more" in shown and "To the cart" in shown) is (not told)
        assert told in shown and "Nothing was charged" in shown
