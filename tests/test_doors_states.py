"""The table of DESIGN §2, walked over HTTP: every door of the shop, in every state of a market, by every kind of visitor."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, update
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.base.till import TillSession
from shop.catalogue.models import Stock
from shop.checkout.models import Order
from shop.launches.changing.invitations import make_invitation, revoke_invitation
from shop.markets.exposure_models import Admission, Capacity, Exposure, Invitation
from tests.doors import BLENDER, Door, change_market, doors, fill_cart, fresh_world, pay, place, question, to_review
from tests.world import TAMA, Browser, World, text

SHOP = "/nz/en/"
SLUG = "tasman-1000-stand-blender-230v"
PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"


@dataclass(frozen=True)
class State:
    """A market's row, and what the table says of it: (stranger, invited, staff) for seeing and for buying.

    `admitted` is for who was drawn when the percentage was larger, where that differs from a stranger.
    """

    row: dict[str, Any]
    seen: tuple[int, int, int]
    buying: tuple[int, int, int]
    told: str = PRIVATE
    noindex: bool = True
    chooser: bool = False
    sold: bool = True
    words: str = ""  # on the catalogue's page, to who sees it
    goods: bool = True  # whether the catalogue's page shows goods
    staff_words: str = ""
    admitted: int = 0

    def sees(self, who: str) -> int:
        """The status of what this visitor sees."""
        return self.seen[0 if who == "admitted" else WHO.index(who)]

    def buys(self, who: str) -> int:
        """The status of this visitor's putting something into the cart."""
        return (self.admitted or self.buying[0]) if who == "admitted" else self.buying[WHO.index(who)]


def _row(state: str, audience: str = "", percent_bp: int = 0, **more: Any) -> dict[str, Any]:
    blank = {"pause_mode": "", "in_chooser": False, "ever_sold": True, "minutes_per_contact": 0}
    caps = dict.fromkeys(("order_cap", "daily_cap", "value_cap", "customer_cap"))
    return {"state": state, "audience": audience, "percent_bp": percent_bp, **blank, **caps, **more}


SEEN, STAFF, ADMITTED = (200, 200, 200), (404, 404, 200), (404, 200, 200)
NOWHERE = (409, 409, 409)
PREVIEW = "Preview: this market is not open."
PAUSED = "We are not taking orders here at the moment."
STATES = {
    "draft": State(_row("draft", ever_sold=False), STAFF, (404, 404, 303), sold=False, staff_words=PREVIEW),
    "draft, once to be by invitation": State(
        _row("draft", "invitation", ever_sold=False), STAFF, (404, 404, 303), sold=False, staff_words=PREVIEW
    ),
    "ready for a percentage": State(
        _row("ready", "percentage", 10_000, ever_sold=False), STAFF, (404, 404, 303), sold=False, staff_words=PREVIEW
    ),
    "ready": State(_row("ready", ever_sold=False), STAFF, (404, 404, 303), sold=False, staff_words=PREVIEW),
    "soft by invitation": State(_row("soft", "invitation"), ADMITTED, (404, 303, 303), staff_words=PREVIEW),
    "soft by percentage": State(_row("soft", "percentage", 10_000), SEEN, (303, 303, 303)),
    "soft by percentage, nobody drawn": State(_row("soft", "percentage", 0), SEEN, (409, 303, 409), admitted=303),
    "soft by percentage, agents without time": State(
        _row("soft", "percentage", 10_000, minutes_per_contact=10), SEEN, NOWHERE
    ),
    "soft by invitation, its day full": State(
        _row("soft", "invitation", daily_cap=0), ADMITTED, (404, 409, 303), staff_words=PREVIEW
    ),
    "soft by percentage, in the chooser": State(
        _row("soft", "percentage", 10_000, in_chooser=True), SEEN, (303, 303, 303), chooser=True
    ),
    "open": State(_row("open", in_chooser=True), SEEN, (303, 303, 303), told=PUBLIC, noindex=False, chooser=True),
    "open with its cap reached": State(
        _row("open", in_chooser=True, order_cap=0), SEEN, NOWHERE, told=PUBLIC, noindex=False, chooser=True
    ),
    "open, its day full": State(
        _row("open", in_chooser=True, daily_cap=0), SEEN, NOWHERE, told=PUBLIC, noindex=False, chooser=True
    ),
    "open, its value reached": State(
        _row("open", in_chooser=True, value_cap=0), SEEN, NOWHERE, told=PUBLIC, noindex=False, chooser=True
    ),
    "open, every customer served": State(
        _row("open", in_chooser=True, customer_cap=0), SEEN, NOWHERE, told=PUBLIC, noindex=False, chooser=True
    ),
    "open, agents without time": State(
        _row("open", in_chooser=True, minutes_per_contact=10), SEEN, NOWHERE, told=PUBLIC, noindex=False, chooser=True
    ),
    "paused, sale stopped": State(
        _row("paused", pause_mode="sell_stop", in_chooser=True),
        SEEN,
        NOWHERE,
        noindex=False,
        chooser=True,
        words=PAUSED,
    ),
    "paused, for safety": State(
        _row("paused", pause_mode="safety", in_chooser=True),
        SEEN,
        NOWHERE,
        noindex=False,
        chooser=True,
        words="For safety reasons we are not taking orders here",
    ),
    "paused, hidden": State(
        _row("paused", pause_mode="hidden", in_chooser=True), SEEN, NOWHERE, noindex=False, words=PAUSED, goods=False
    ),
    "paused, by invitation": State(
        _row("paused", "invitation", pause_mode="sell_stop"), ADMITTED, (404, 409, 409), noindex=False, words=PAUSED
    ),
    "paused, by percentage": State(
        _row("paused", "percentage", 10_000, pause_mode="sell_stop"), SEEN, NOWHERE, noindex=False, words=PAUSED
    ),
    "paused and hidden, by invitation": State(
        _row("paused", "invitation", pause_mode="hidden"),
        ADMITTED,
        (404, 409, 409),
        noindex=False,
        words=PAUSED,
        goods=False,
    ),
    "paused for safety, by percentage": State(
        _row("paused", "percentage", 10_000, pause_mode="safety"),
        SEEN,
        NOWHERE,
        noindex=False,
        words="For safety reasons we are not taking orders here",
    ),
    "winding down, once by invitation": State(
        _row("winding_down", "invitation"), SEEN, NOWHERE, words="We no longer take orders here.", goods=False
    ),
    "winding down": State(_row("winding_down"), SEEN, NOWHERE, words="We no longer take orders here.", goods=False),
    "closed": State(_row("closed"), SEEN, NOWHERE, words="We no longer sell here.", goods=False),
}
WHO = ("stranger", "invited", "staff", "admitted")


@dataclass
class Street:
    """New Zealand, with three visitors whose carts were filled while it was open, and a holder of an order and a request."""

    world: World
    visitors: dict[str, Browser]
    holder: Browser
    order: str
    ref: str
    invitation: int
    admitted: str  # the visitor's id
    state: str = ""
    there: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def put(self, name: str) -> State:
        if self.state != name:
            with self.world.house.database.writing() as db:
                drawn = delete(Admission).where(col(Admission.via) == "percentage")
                db.connection().execute(drawn.where(col(Admission.visitor) != self.admitted))
            change_market(self.world, "nz", **STATES[name].row)
            self.state = name
        return STATES[name]

    def when_open(self) -> dict[tuple[str, str, str], int]:
        """What every door answers each visitor while the market is open."""
        if not self.there:
            self.put("open")
            asked = [(who, door) for who in WHO for door in below_the_market(self.world)]
            self.there |= {(who, door.method, door.path): _asked(self, who, door) for who, door in asked}
        return self.there

    def written(self) -> tuple[int, ...]:
        """Everything an order would leave behind."""
        with self.world.house.database.reading() as db:
            orders = db.exec(select(func.count()).select_from(Order)).one()
            sessions = db.exec(select(func.count()).select_from(TillSession)).one()
            stock, counted = db.get_one(Stock, BLENDER), db.get(Exposure, "nz")
            return (
                orders,
                sessions,
                stock.held,
                stock.sold,
                counted.held if counted else 0,
                counted.paid if counted else 0,
            )


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Street]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("states")) as world:
        holder = world.browser()
        order = place(holder, SHOP, TAMA)
        pay(world, holder, SHOP, order)
        ref = question(holder, SHOP)
        with world.house.database.writing() as db:
            made = make_invitation(db, "nz", person="mere", uses=9, days=30, note="", now=world.clock.now)
            db.add(Capacity(market="nz", orders_left=0))
        visitors = {"stranger": world.browser(), "invited": world.browser(), "staff": world.signed_in("mere")}
        visitors["admitted"] = world.browser()
        assert visitors["invited"].post(f"/invite/{made.token}").status_code == 303
        for browser in visitors.values():
            to_review(browser, SHOP, TAMA)
        change_market(world, "nz", **STATES["soft by percentage"].row)
        fill_cart(visitors["admitted"], SHOP)
        with world.house.database.reading() as db:
            admitted = db.exec(select(Admission.visitor).where(Admission.via == "percentage")).one()
        assert made.invitation.id is not None
        yield Street(world, visitors, holder, order, ref, made.invitation.id, admitted)


def cases(*, buying: bool | None = None) -> list[Any]:
    """State and visitor; only those who may buy, or may not."""
    return [
        pytest.param(name, who, id=f"{name}: {who}")
        for name, state in STATES.items()
        for who in WHO
        if buying is None or (state.buys(who) == 303) == buying
    ]


@pytest.mark.parametrize(("name", "who"), cases())
def test_what_is_seen_and_what_the_client_is_told(street: Street, name: str, who: str) -> None:
    state, browser = street.put(name), street.visitors[who]
    status = state.sees(who)
    for _again in range(2):  # the second time the page may come out of the cache
        page = browser.get(SHOP)
        assert page.status_code == status
        if status == 404:
            assert page.headers["cache-control"] == PRIVATE and "etag" not in page.headers
            continue
        assert page.headers["cache-control"] == (PRIVATE if who == "staff" else state.told)
        assert ("x-robots-tag" in page.headers) == (state.noindex or who == "staff")
        assert ("etag" in page.headers) == (state.told == PUBLIC and who != "staff")
        assert ("Blender" in page.text) == state.goods
        assert state.words in text(page.text)
        assert (PREVIEW in text(page.text)) == (who == "staff" and bool(state.staff_words))
        assert "set-cookie" not in page.headers and "x-store" not in page.headers and "x-admission" not in page.headers


@pytest.mark.parametrize(("name", "who"), cases())
def test_goods_carts_and_checkouts_follow_the_catalogue(street: Street, name: str, who: str) -> None:
    state, browser = street.put(name), street.visitors[who]
    status, buying = state.sees(who), state.buys(who)
    product = browser.get(f"{SHOP}products/{SLUG}")
    assert product.status_code == status
    assert status == 404 or (("Add to cart" in product.text) == (state.goods and state.row["state"] != "paused"))
    assert browser.get(f"{SHOP}products/no-such-thing").status_code == (404 if state.goods else status)
    cart = browser.get(f"{SHOP}cart")
    assert cart.status_code == status
    for path in ("checkout", "checkout/review"):
        page = browser.get(f"{SHOP}{path}")
        # The review says in the button's place why one cannot order; whoever comes to the address before goes back.
        told = 200 if buying == 303 or path == "checkout/review" else 303
        assert page.status_code == (404 if status == 404 else told), path
        assert page.headers["cache-control"] == PRIVATE
        assert buying == 303 or 'type="submit"' not in page.text
        if page.status_code == 303:
            assert page.headers["location"] == f"{SHOP}cart"


@pytest.mark.parametrize(("name", "who"), cases(buying=False))
def test_buying_is_refused_at_the_cart_and_at_the_order_with_nothing_charged(
    street: Street, name: str, who: str
) -> None:
    state, browser = street.put(name), street.visitors[who]
    refused, before = state.buys(who), street.written()
    cart = browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"})
    order = browser.post(f"{SHOP}orders", {"key": "0" * 32, "accept": "yes", "money": "x", "policies": "x"})
    assert (cart.status_code, order.status_code) == (refused, refused)
    if refused == 409:
        assert "Nothing was charged." in text(order.text)
    assert street.written() == before


@pytest.mark.parametrize(("name", "who"), cases(buying=True))
def test_buying_is_open_at_the_cart(street: Street, name: str, who: str) -> None:
    street.put(name)
    assert street.visitors[who].post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 303


@pytest.mark.parametrize("name", STATES)
def test_the_chooser_names_only_what_one_may_know_of(street: Street, name: str) -> None:
    state = street.put(name)
    for browser in street.visitors.values():
        page = browser.get("/")
        assert page.status_code == 200
        assert ('name="market" value="nz"' in page.text) == state.chooser


@pytest.mark.parametrize(("name", "who"), cases())
def test_after_sales_doors_answer_everybody_in_a_market_that_ever_sold(street: Street, name: str, who: str) -> None:
    state, browser = street.put(name), street.visitors[who]
    status = 200 if state.sold or who == "staff" else 404
    kinds = ("returns", "warranty", "legal", "terms", "returns/2026-10-01")
    for path in (*(f"policies/{each}" for each in kinds), "support"):
        assert browser.get(f"{SHOP}{path}").status_code == status, path
    assert browser.get(f"{SHOP}policies/nonsense").status_code == 404
    assert browser.get(f"{SHOP}policies/returns/1999-01-01").status_code == 404


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state.sold])
def test_orders_and_requests_open_to_their_holder_in_every_state_that_has_any(street: Street, name: str) -> None:
    street.put(name)
    street.world.clock.now += timedelta(minutes=10)  # past the limit on writing again
    held = [(f"orders/{street.order}{door}", street.order) for door in ("", "/parts", "/invoice")]
    for path, mark in (*held, (f"support/{street.ref}", street.ref)):
        page = street.holder.get(SHOP + path)
        assert page.status_code == 200 and mark in page.text
        assert page.headers["cache-control"] == PRIVATE and page.headers["x-robots-tag"] == "noindex"
        for browser in street.visitors.values():
            assert browser.get(SHOP + path).status_code == 404
    assert street.holder.post(f"{SHOP}support/{street.ref}/messages", {"text": name, "key": name}).status_code == 303


# Every door below a market and a language, by the first part of its path: who is answered there at all.
CATALOGUE = ("", "cart", "categories", "checkout", "products", "search")
AFTER_SALES = ("link", "policies", "recalls", "support", "withdraw")
OWN = ("cases", "orders", "reminders")  # of whoever holds their secret
AWAITED = ("waitlist",)
PLACES: dict[str, object] = {
    "market": "nz", "lang": "en", "slug": SLUG, "sku": BLENDER, "plate": "kitchen", "kind": "returns",
    "version": "2026-10-01", "number": "NZ-26-AAAAAA", "ref": "R-AAAAAA", "recall": "RC-22222222", "hash": "0",
}  # fmt: skip
NAMED = ("{ref", "{number", "{recall", "{hash")


def below_the_market(world: World) -> list[Door]:
    """The doors below a market and a language."""
    return [each for each in doors(world) if each.path.startswith("/{market:str}/{lang:str}")]


def part_of(door: Door) -> str:
    """The part of the shop a door is of: by the first word of its path, but ordering is the checkout's."""
    path = door.path.removeprefix("/{market:str}/{lang:str}")
    return "checkout" if path == "/orders" else [*path.split("/"), ""][1]


def opens(state: State, who: str, door: Door) -> bool:
    """Whether the table lets this visitor in at all; what only a secret opens lets nobody in here."""
    if part_of(door) in OWN or any(each in door.path for each in NAMED):
        return False
    served = state.sold or who == "staff"
    return served if part_of(door) in AFTER_SALES else state.sees(who) == 200


def test_every_door_of_the_shop_has_its_place_in_the_table(street: Street) -> None:
    found = below_the_market(street.world)
    assert {part_of(each) for each in found} == {*CATALOGUE, *AFTER_SALES, *OWN, *AWAITED} and len(found) > 60


@pytest.mark.parametrize("name", STATES)
def test_every_door_of_the_shop_opens_to_whom_the_table_lets_in(street: Street, name: str) -> None:
    open_market = street.when_open()
    state = street.put(name)
    for who in WHO:
        for door in below_the_market(street.world):
            status, told = _asked(street, who, door), (who, door.method, door.path)
            assert status < 500, told
            if not opens(state, who, door):
                assert status == 404, told
            elif open_market[told] != 404 and (state.goods or "{slug" not in door.path):
                # Where even an open market has nothing, neither has this one; without goods nothing is asked of one.
                assert status != 404, told


def _asked(street: Street, who: str, door: Door) -> int:
    browser, path = street.visitors[who], door.at(**PLACES)
    kept = dict(browser.cookies)
    try:
        answer = browser.get(path) if door.method in ("GET", "HEAD") else browser.post(path, {})
        return answer.status_code
    finally:
        browser.cookies.clear()
        browser.cookies.update(kept)


NOT_THERE = """/de/fr/ /jp/en/ /ch/en/ /nz/de/cart /nz/EN/ /NZ/en/ /xx/en/ /nz/x/ /nz/de/support /nz/mi/policies/returns
/nz/de/orders/NZ-26-AAAAAA""".split()


@pytest.mark.parametrize("path", NOT_THERE)
def test_a_language_or_market_that_is_not_there_is_not_found(street: Street, path: str) -> None:
    street.put("open")
    assert street.visitors["stranger"].get(path).status_code == 404


def test_a_warm_page_is_never_served_to_one_who_may_not_see_it(street: Street) -> None:
    paths = [SHOP, f"{SHOP}products/{SLUG}"]
    street.put("soft by invitation")
    for path in paths:
        for _again in range(2):
            assert street.visitors["invited"].get(path).status_code == 200
        assert street.visitors["stranger"].get(path).status_code == 404
        forged = street.world.browser()
        forged.cookies.set("admission-nz", "WzEsInYiXQ.forged")
        assert forged.get(path).status_code == 404
        assert street.visitors["invited"].get(path).status_code == 200
    street.put("ready")
    for path in paths:
        assert street.visitors["staff"].get(path).status_code == 200
        assert street.visitors["stranger"].get(path).status_code == 404
        assert street.visitors["invited"].get(path).status_code == 404


def test_an_admission_to_one_market_opens_no_other(street: Street) -> None:
    street.put("soft by invitation")
    assert street.visitors["invited"].get("/jp/ja/").status_code == 404
    moved = street.world.browser()
    moved.cookies.set("admission-jp", street.visitors["invited"].cookies["admission-nz"])
    assert moved.get("/jp/ja/").status_code == 404


def test_a_revoked_invitation_stops_seeing_with_the_next_look_at_the_revisions(street: Street) -> None:
    world, browser = street.world, street.visitors["invited"]
    street.put("soft by invitation")
    assert browser.get(SHOP).status_code == 200
    elsewhere = Database(str(world.house.database.engine.url))  # as another process does it
    with elsewhere.writing() as db:
        revoke_invitation(db, "nz", street.invitation, now=world.clock.now)
    elsewhere.close()
    # Buying asks the database and ends at once; seeing ends when this process looks at the counters, twice a second.
    assert browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 409
    world.house.revisions.refresh()
    assert browser.get(SHOP).status_code == 404
    assert browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 404
    with world.house.database.writing() as db:
        db.connection().execute(
            update(Invitation).where(col(Invitation.id) == street.invitation).values(revoked_at=None)
        )
        raise_revision(db, market_scope("nz"), EVERYWHERE)


def test_who_is_not_drawn_stays_so_however_often_they_ask(street: Street) -> None:
    world = street.world
    change_market(world, "nz", **_row("soft", "percentage", 3_000))
    street.state = ""
    outcomes = []
    for _visitor in range(12):
        browser = world.browser()
        answers = [browser.post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code for _ in range(3)]
        assert len(set(answers)) == 1, answers
        outcomes.append(answers[0])
        assert "visitor" in browser.cookies
    assert set(outcomes) <= {303, 409} and 409 in outcomes


def test_who_was_drawn_still_buys_when_the_percentage_shrinks_to_nothing(street: Street) -> None:
    change_market(street.world, "nz", **_row("soft", "percentage", 10_000))
    street.state = ""
    browser = street.world.browser()
    fill_cart(browser, SHOP)
    change_market(street.world, "nz", **_row("soft", "percentage", 0))
    fill_cart(browser, SHOP)
    assert street.world.browser().post(f"{SHOP}cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code == 409


def test_a_market_that_pauses_between_review_and_order_charges_nothing(street: Street) -> None:
    street.put("open")
    browser = street.world.browser()
    to_review(browser, SHOP, TAMA)
    review, before = browser.page, street.written()
    street.put("paused, sale stopped")
    browser.page = review
    refused = browser.submit("/orders", accept="yes")
    assert refused.status_code == 409 and street.written() == before
    street.put("open")
    browser.page = review
    assert browser.submit("/orders", accept="yes").status_code == 303
