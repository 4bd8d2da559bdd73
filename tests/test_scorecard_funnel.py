"""The way of customers from a first view to a disputed payment, through HTTP, and what the scorecard counts of it."""

from datetime import timedelta

from shop.scorecard.counting import recount_due
from shop.scorecard.figures import figures
from shop.scorecard.funnel import Funnel, funnel
from tests.aftersales import withdrawn
from tests.doors import BLENDER, question, to_review
from tests.packing import arrive, send
from tests.scoring import began
from tests.world import ANNA, ORIGIN, TUESDAY, Browser, World

SHOP = "/de/de/"
AGENT = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def customer(world: World, name: str, outcome: str = "", **then: str) -> tuple[Browser, str]:
    """Somebody who looks around, fills a cart, goes through checkout, orders and, at the till, does that."""
    browser = world.browser("de")
    browser._client.headers.update(AGENT)
    browser.get(SHOP)
    browser.get(f"{SHOP}cart", headers={"referer": f"{ORIGIN}{SHOP}"})
    to_review(browser, SHOP, ANNA | {"email": f"{name}@example.com"}, BLENDER)
    till = browser.submit("/orders", accept="yes").headers["location"]
    if outcome:
        browser.post(till, {"outcome": outcome, **then})
    return browser, next(each.removeprefix("order-") for each in browser.cookies if each.startswith("order-"))


def test_every_step_is_counted_once_and_what_follows_comes_from_the_orders(world: World) -> None:
    with world.house.database.writing() as db:
        began(db, TUESDAY)
    world.browser("de").get(SHOP, headers=AGENT)
    customer(world, "left")
    customer(world, "declined", "decline")
    disputing, _number = customer(world, "disputes", "pay", then="dispute")
    kept, number = customer(world, "keeps", "pay")
    back, sent_back = customer(world, "returns", "pay")
    world.work()
    desk = world.signed_in("mere")
    for each in (number, sent_back):
        assert send(desk, each).status_code == 303
        assert arrive(desk, each).status_code == 303
    withdrawn(back, order=sent_back, name="Anna Beck", email="returns@example.com")
    question(kept, SHOP, email="keeps@example.com", order=number)
    world.house.front.flush()
    recount_due(world.house.database, now=TUESDAY + timedelta(days=2))
    with world.house.database.reading() as db:
        found = funnel(db, "de", TUESDAY)
    assert disputing.cookies and found == Funnel(
        views=found.views, visits=found.visits, products=0, carts=5, checkouts=found.checkouts, tried=4, declined=1,
        paid=3, delivered=2, withdrawn=1, returned=0, claimed=0, disputed=1,
    )  # fmt: skip
    assert found.views > found.visits >= 6
    with world.house.database.reading() as db:
        before = funnel(db, "de", TUESDAY - timedelta(days=1))
        assert (before.carts, before.tried, before.paid) == (5, 0, 0)  # orders counted in another epoch say nothing
        kept_figures = figures(db, ["de"])["de"]
    assert (kept_figures["orders"].k, kept_figures["orders"].n) == (2, 3)
    assert (kept_figures["payment_failure"].k, kept_figures["payment_failure"].n) == (1, 4)
    assert (kept_figures["late_dispatch"].k, kept_figures["late_dispatch"].n) == (0, 2)
    assert (kept_figures["conversion"].k, kept_figures["conversion"].n) == (3, found.visits)


def test_a_request_remembers_whether_a_native_speaker_was_on_shift(world: World) -> None:
    with world.house.database.writing() as db:
        began(db, TUESDAY - timedelta(days=1))
    question(world.browser("de"), SHOP)  # 10:30 in Hamburg
    world.at(TUESDAY + timedelta(hours=11))
    question(world.browser("de"), SHOP, question="Und nachts?")
    recount_due(world.house.database, now=TUESDAY + timedelta(days=15))
    with world.house.database.reading() as db:
        figure = figures(db, ["de"])["de"]["uncovered_contacts"]
    assert (figure.k, figure.n) == (1, 2)
