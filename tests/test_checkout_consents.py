"""What a market asks to be ticked: shown unticked, enforced where it must be, and kept for ever as it stood."""

import hashlib

import pytest
from sqlmodel import select

from shop.checkout.models import Order
from shop.checkout.placing import ConsentMissing
from shop.markets.models import MarketConsent
from shop.policies.keeping import changed_since_accepted
from shop.policies.models import Acceptance, AcceptedText
from tests.buying import BLENDER, ordered, visit, wish
from tests.doors import pay, to_review
from tests.world import TAMA, World, text

SHOP = "/nz/en/"
AGE, NEWS = "I am at least 18 years old.", "Write me when there is something <new>."


def ask(world: World) -> None:
    with world.house.database.writing() as db:
        for key, language, words, required in (
            ("news", "en", NEWS, False),
            ("age", "en", AGE, True),
            ("age", "de", "Ich bin 18.", True),
        ):
            db.merge(MarketConsent(market="nz", key=key, language=language, text=words, required=required))


def test_boxes_are_shown_unticked_and_the_required_one_is_insisted_on(sqlite_world: World) -> None:
    ask(sqlite_world)
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    assert browser.page is not None
    page = browser.page.text
    assert AGE in page and "&lt;new&gt;" in page and "Ich bin 18" not in page and " checked" not in page
    assert page.index(AGE) < page.index("&lt;new&gt;")
    sent = browser.submit("/orders", **{"accept": "yes", "consent-news": "yes"})
    shown = browser.follow(sent)
    assert shown.status_code == 422 and "Please tick this too" in text(shown.text)
    assert "Please tick that you agree" not in text(shown.text) and shown.text.count(" checked") == 2
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(Order)).all() == []


def test_what_was_ticked_is_kept_with_its_bytes_and_shown_on_the_order(sqlite_world: World) -> None:
    ask(sqlite_world)
    browser = sqlite_world.browser()
    to_review(browser, SHOP, TAMA)
    answer = browser.submit("/orders", **{"accept": "yes", "consent-age": "yes"})
    assert answer.status_code == 303 and "/till/" in answer.headers["location"]
    with sqlite_world.house.database.reading() as db:
        [order] = db.exec(select(Order)).all()
        [kept] = db.exec(select(Acceptance).where(Acceptance.kind == "consent:age")).all()
        assert db.exec(select(Acceptance).where(Acceptance.kind == "consent:news")).all() == []
        bytes_kept = db.get_one(AcceptedText, (kept.hash, kept.language))
        assert changed_since_accepted(db, sqlite_world.house.policies) == []
    assert (kept.wording, kept.hash, bytes_kept.text) == (AGE, hashlib.sha256(AGE.encode()).hexdigest(), AGE)
    pay(sqlite_world, browser, SHOP, order.number)
    assert AGE in text(browser.get(f"{SHOP}orders/{order.number}").text)
    sqlite_world.work()
    [mail] = sqlite_world.mails(TAMA["email"])
    assert "consent-age.html" in [each.get_filename() for each in mail.iter_attachments()]
    assert AGE in sqlite_world.signed_in("mere").get(f"/desk/orders/{order.number}").text


def test_no_way_around_the_page_orders_without_it(sqlite_world: World) -> None:
    ask(sqlite_world)
    at = visit(sqlite_world, "nz", "en")
    with sqlite_world.house.database.reading() as db:
        asked = wish(db, sqlite_world, at, "k1", {BLENDER: 1})
    bare = type(asked)(
        key="k1", lines=asked.lines, money_seen=asked.money_seen, policies_seen=asked.policies_seen, wording="I agree."
    )
    with pytest.raises(ConsentMissing), sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, at, bare)
    with sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, at, asked)
