"""What is counted at the front: pages looked at, visits, carts, checkouts; never robots, staff or a person."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from shop.scorecard.front import is_robot
from shop.scorecard.models import StepCount
from tests.doors import BLENDER, ask, change_market
from tests.world import ANNA, ORIGIN, World

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SHOP = "/de/de/"


def steps(world: World, market: str = "de", day: date = date(2026, 11, 24)) -> dict[str, int]:
    """What was counted of a day, after everything was written."""
    world.house.front.flush()
    query = select(StepCount.step, StepCount.number).where(StepCount.market == market, StepCount.day == day)
    with world.house.database.reading() as db:
        return dict(db.exec(query).all())


def look(world: World, path: str = SHOP, **headers: str) -> int:
    """Look at a page as a browser does that nobody has seen before."""
    return ask(world, "GET", path, headers={"user-agent": BROWSER, **headers}).status


def test_a_view_from_elsewhere_is_a_visit_and_one_from_our_own_pages_is_not(world: World) -> None:
    look(world)
    look(world, referer="https://example.org/found")
    look(world, referer=f"{ORIGIN}/de/de/")
    look(world, referer="http://127.0.0.1:80001/de/de/")  # somebody else's: only the beginning is ours
    assert steps(world) == {"view": 4, "visit": 3}


def test_kept_pages_count_as_those_that_are_drawn_and_one_not_changed_since_counts_too(world: World) -> None:
    first = ask(world, "GET", SHOP, headers={"user-agent": BROWSER})
    assert look(world) == 200
    assert look(world, **{"if-none-match": first.header("etag")}) == 304
    assert steps(world)["view"] == 3


def test_robots_staff_and_what_is_fetched_ahead_are_not_counted(world: World) -> None:
    look(world, **{"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"})
    look(world, **{"user-agent": ""})
    look(world, **{"sec-purpose": "prefetch;prerender"})
    staff = world.signed_in("mere")
    staff.get(SHOP, headers={"user-agent": BROWSER})
    ask(world, "HEAD", SHOP, headers={"user-agent": BROWSER})
    assert steps(world) == {}


def test_only_pages_that_were_there_count_and_only_those_of_a_market(world: World) -> None:
    for path in ("/de/de/products/nothing-like-it", "/zz/de/", "/", "/static/style.css", "/sitemap.xml", "/de/xx/"):
        look(world, path)
    assert steps(world) == {}


def test_cart_and_checkout_count_once_each_however_much_goes_into_the_cart(world: World) -> None:
    buyer, agent = world.browser("de"), {"user-agent": BROWSER}
    for sku in (BLENDER, BLENDER):
        assert buyer.post(f"{SHOP}cart/lines", {"sku": sku, "quantity": "1"}, headers=agent).status_code == 303
    buyer.get(f"{SHOP}checkout", headers={**agent, "referer": f"{ORIGIN}{SHOP}cart"})
    buyer.post(f"{SHOP}checkout", dict(ANNA, email="nobody"), headers=agent)
    buyer.get(f"{SHOP}checkout", headers={**agent, "referer": f"{ORIGIN}{SHOP}checkout/review"})
    counted = steps(world)
    assert (counted["cart"], counted["checkout"]) == (1, 1)


def test_a_product_is_counted_as_one_of_no_name(world: World) -> None:
    page = ask(world, "GET", SHOP, headers={"user-agent": BROWSER}).text
    product = next(part for part in page.split('"') if part.startswith(f"{SHOP}products/"))
    look(world, product, referer=f"{ORIGIN}{SHOP}")
    assert steps(world)["product"] == 1


def test_days_are_those_of_the_markets_calendar(world: World) -> None:
    world.clock.now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # 23:30 in Hamburg, the next morning in Japan
    change_market(world, "jp", state="open", ever_sold=True)
    look(world)
    look(world, "/jp/ja/")
    world.clock.now = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    look(world)
    assert steps(world) == {"view": 1, "visit": 1}
    assert steps(world, day=date(2026, 11, 25))["view"] == 1
    assert steps(world, "jp", date(2026, 11, 25))["view"] == 1


def test_counts_of_several_processes_add_up(world: World) -> None:
    for _ in range(2):
        look(world)
        assert steps(world)["view"] > 0
    assert steps(world)["view"] == 2


def test_what_cannot_be_written_now_is_kept_for_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    look(world)

    def away() -> Any:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(world.house.front, "_zones", away)
        with pytest.raises(OSError):
            world.house.front.flush()
    assert steps(world)["view"] == 1


@pytest.mark.parametrize(
    "agent",
    ["", "curl/8.5", "python-httpx/0.28", "facebookexternalhit/1.1", "bingbot/2.0", "Slackbot-LinkExpanding 1.0"],
)
def test_programs_that_say_what_they_are_are_robots(agent: str) -> None:
    assert is_robot(agent.encode())


@pytest.mark.parametrize("agent", [BROWSER, "Mozilla/5.0 (Linux; Android 15; Cubot X70) Chrome/140.0 Mobile"])
def test_people_are_none(agent: str) -> None:
    assert not is_robot(agent.encode())
