"""A dry run: the shop as a customer sees it at another time, behind a link that changes nothing and ends by itself."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, func, select

from shop.base.tokens import Signer
from shop.launches.changing.invitations import make_invitation
from shop.launches.rehearsing.run import DryRun, opened, signed
from shop.markets.exposure_models import Admission, Exposure
from shop.markets.models import Market
from shop.scorecard.models import StepCount
from tests.doors import BLENDER, change_market, cookies_of, fill_cart, fresh_world
from tests.world import TUESDAY, Browser, World, text

STRIP = re.compile(r'<aside class="dry-run".*?</aside>', re.S)
NIGHT = datetime(2026, 11, 25, 2, 15, tzinfo=UTC)  # 03:15 in Hamburg, nobody answers there
SOFT = {"state": "soft", "audience": "invitation", "percent_bp": 0, "pause_mode": "", "ever_sold": True}
DRAFT = {"state": "draft", "audience": "", "percent_bp": 0, "pause_mode": "", "ever_sold": False, "order_cap": None}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("rehearsing")) as opened_world:
        yield opened_world


@pytest.fixture
def shop(shared: World) -> Iterator[World]:
    shared.clock.now = TUESDAY
    with shared.house.database.reading() as db:
        before = db.get_one(Market, "de").model_dump(exclude={"id"})
    yield shared
    shared.clock.now = TUESDAY
    change_market(shared, "de", **before)


def token(world: World, **values: Any) -> str:
    given: dict[str, Any] = {
        "market": "de", "language": "de", "at": NIGHT, "let_in": True, "sku": "", "state": "", "reader": "en",
        "until": world.clock.now + timedelta(hours=24),
    }  # fmt: skip
    return signed(DryRun(**given | values), world.house.signer)


def looking(world: World, **values: Any) -> Browser:
    """A browser in a dry run."""
    browser = world.browser("en")
    answer = browser.get(f"/dry-run/{token(world, **values)}")
    assert answer.status_code == 303, answer.text
    return browser


def invited(world: World, market: str = "de") -> Browser:
    with world.house.database.writing() as db:
        made = make_invitation(db, market, person="mere", uses=1, days=9, note="", now=world.clock.now)
    browser = world.browser("en")
    assert browser.post(f"/invite/{made.token}").status_code == 303
    return browser


def without_strip(html: str) -> str:
    bare, number = STRIP.subn("", html)
    assert number == 1
    return bare


def keyless(html: str) -> str:
    """The page without the random keys that no two drawings of a form share."""
    return re.sub(r'(name="key" value=")[^"]*', r"\1", html)


def everything(world: World) -> dict[str, int]:
    """How many rows every table holds."""
    with world.house.database.reading() as db:
        tables = SQLModel.metadata.sorted_tables
        return {each.name: db.connection().execute(select(func.count()).select_from(each)).scalar() for each in tables}


PAGES = ("", "products/{slug}", "cart", "checkout", "support", "policies/returns", "withdraw")


def _slug(world: World) -> str:
    page = world.browser("en").get("/de/de/").text
    return next(part for part in page.split('"') if part.startswith("/de/de/products/")).rpartition("/")[2]


def test_a_dry_run_is_what_the_customer_gets_at_that_time_but_for_the_strip(shop: World) -> None:
    slug = _slug(shop)
    change_market(shop, "de", **SOFT)
    customer = invited(shop)
    fill_cart(customer, "/de/de/")
    rehearsed = looking(shop, sku=BLENDER)
    seen = {page: rehearsed.get(f"/de/de/{page.format(slug=slug)}") for page in PAGES}
    shop.clock.now = NIGHT
    for page, dry in seen.items():
        real = customer.get(f"/de/de/{page.format(slug=slug)}")
        assert (dry.status_code, keyless(without_strip(dry.text))) == (real.status_code, keyless(real.text)), page


def test_who_comes_by_chance_sees_what_a_stranger_sees(shop: World) -> None:
    change_market(shop, "de", **SOFT)
    dry, real = looking(shop, let_in=False).get("/de/de/"), shop.browser("en").get("/de/de/")
    assert dry.status_code == real.status_code == 404
    # The error speaks the browser's language and the strip that of who looks.
    assert without_strip(dry.text) == real.text
    assert "Nothing: the shop answers as if there were no such market" in text(dry.text)


def test_the_strip_says_the_clocks_the_gate_the_promise_and_the_policies(shop: World) -> None:
    page = text(looking(shop, sku=BLENDER).get("/de/de/").text)
    assert "Dry run Germany · German · Wed, Nov 25, 3:15 AM" in page
    assert "Time at home Wed, Nov 25, 3:15 PM" in page
    assert "Yes. Everybody may buy." in page and "On duty then Nobody" in page
    assert "tomorrow" not in page and "Withdrawal and returns 20" in page


def test_a_cap_that_is_reached_is_the_strips_reason(shop: World) -> None:
    change_market(shop, "de", order_cap=1)
    with shop.house.database.writing() as db:
        row = db.get(Exposure, "de") or Exposure(market="de")
        row.paid = 1
        db.add(row)
    page = looking(shop).get("/de/de/").text
    assert "May not buy" in text(page) and "order_cap" in page


def test_a_draft_can_be_seen_as_if_it_were_launched(shop: World) -> None:
    change_market(shop, "de", **DRAFT)
    assert looking(shop).get("/de/de/").status_code == 404
    page = looking(shop, state="soft", sku=BLENDER).get("/de/de/cart")
    assert page.status_code == 200 and "taken for it; it is not so yet" in text(page.text)
    assert "Yes, by invitation." in text(page.text)
    assert shop.browser("en").get("/de/de/").status_code == 404


def test_nothing_can_be_sent_and_nothing_is_written(shop: World) -> None:
    browser, before = looking(shop, sku=BLENDER), everything(shop)
    for path in ("/de/de/cart/lines", "/de/de/checkout", "/de/de/support", "/de/de/withdraw", "/choice"):
        answer = browser.post(path, {"sku": BLENDER, "quantity": "1", "market": "de", "language": "de"})
        said = "Dies ist ein Probelauf" if path.startswith("/de/de/") else "This is a dry run"
        assert answer.status_code == 409 and f"{said}: " in text(answer.text)
        assert not cookies_of(answer)
    for page in ("", "cart", "checkout", "support", "search?q=x", "waitlist"):
        assert not cookies_of(browser.get(f"/de/de/{page}"))
    shop.house.front.flush()
    assert everything(shop) == before


def test_what_a_dry_run_shows_is_kept_by_nobody(shop: World) -> None:
    real = shop.browser("en")
    before = real.get("/de/de/").text
    answer = looking(shop).get("/de/de/")
    assert answer.headers["cache-control"] == "private, no-store" and answer.headers["x-robots-tag"] == "noindex"
    assert "etag" not in answer.headers and answer.text != before
    assert real.get("/de/de/").text == before


def test_the_other_markets_and_the_staffs_doors_stay_what_they_are(shop: World) -> None:
    browser = looking(shop)
    assert "dry-run" not in browser.get("/nz/en/").text
    assert browser.get("/console").status_code == 303
    assert browser.post("/sign-in", {"email": "x", "password": "y"}).status_code == 422


def test_ending_it_gives_the_shop_back(shop: World) -> None:
    browser = looking(shop)
    assert "dry-run" in browser.get("/de/de/").text
    assert browser.post("/dry-run").status_code == 303
    assert "dry-run" not in browser.get("/de/de/").text


def test_a_link_dies_after_a_day_also_in_a_browser_that_has_it(shop: World) -> None:
    browser, link = looking(shop), token(shop)
    shop.clock.now = TUESDAY + timedelta(hours=24, seconds=1)
    assert shop.browser("en").get(f"/dry-run/{link}").status_code == 404
    assert "dry-run" not in browser.get("/de/de/").text


def test_a_link_made_elsewhere_opens_nothing(shop: World) -> None:
    run = opened(token(shop), shop.house.signer, now=TUESDAY)
    assert run is not None
    forged = signed(run, Signer(b"x" * 32))
    assert opened(forged, shop.house.signer, now=TUESDAY) is None
    assert shop.browser("en").get(f"/dry-run/{forged}").status_code == 404
    assert shop.browser("en").get("/dry-run/rubbish").status_code == 404


def test_the_console_makes_the_link_for_a_time_there(shop: World) -> None:
    mere = shop.signed_in("mere")
    mere.get("/console/markets/de/dry-run")
    answer = mere.submit("/dry-run", at="2026-11-25T03:15", customer="let_in", language="de", sku=BLENDER, state="")
    assert answer.status_code == 201
    link = next(part for part in re.split(r"[<>]", answer.text) if "/dry-run/" in part and part.startswith("http"))
    run = opened(link.rpartition("/")[2], shop.house.signer, now=TUESDAY)
    assert run == DryRun("de", "de", NIGHT, True, BLENDER, "", "en", TUESDAY + timedelta(hours=24))


@pytest.mark.parametrize(
    ("field", "value"),
    [("at", "2026-13-01T00:00"), ("at", "2027-06-01T00:00"), ("language", "ja"), ("customer", ""), ("sku", "X"),
     ("customer", "anybody")],
)  # fmt: skip
def test_what_cannot_be_rehearsed_is_said_at_its_field(shop: World, field: str, value: str) -> None:
    mere = shop.signed_in("mere")
    given = {"at": "2026-11-25T03:15", "customer": "chance", "language": "de", "sku": "", "state": ""}
    answer = mere.post("/console/markets/de/dry-run", {**given, field: value})
    assert answer.status_code == 422 and f'id="f-{field}-error"' in answer.text


def test_a_dry_run_is_asked_for_by_the_markets_own_staff_alone(shop: World) -> None:
    assert shop.signed_in("lena").get("/console/markets/de/dry-run").status_code == 404


def test_nobody_is_admitted_by_the_cookie_of_a_dry_run(shop: World) -> None:
    """The link's cookie stands for nothing but the dry run; the admission it works with never leaves the house."""
    browser = looking(shop)
    browser.get("/de/de/")
    assert [each for each in browser.cookies if "admission" in each] == []
    with shop.house.database.reading() as db:
        assert not db.exec(select(Admission).where(Admission.visitor == "dry-run")).all()
        assert db.exec(select(func.count()).select_from(StepCount)).one() == 0
