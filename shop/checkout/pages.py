"""The customer's doors from the cart to the button that binds: cart, address, review, order."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from shop.base import limits
from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.holders import Holders
from shop.base.i18n import Languages, N_
from shop.base.pages import Pages
from shop.base.payments import PaymentRefused, Payments, PaymentsAway
from shop.base.settings import Settings
from shop.base.tokens import Signer
from shop.base.web import NO_INDEX, BadRequest, Cookies, Form, client_address, see_other
from shop.checkout.addresses import address_fields, address_lines, read_address, read_contact
from shop.checkout.cart import Carts, read_quantity
from shop.checkout.models import Order, PaymentAttempt
from shop.checkout.pay import PaymentAway, lines_of, remember_session, session_ask
from shop.checkout.placing import Buyer, Wish, ask_gate, let_in, place_order
from shop.checkout.quote import money_digest, policies_now, policy_digest, quote
from shop.checkout.views import cart_lines, policy_panels, quote_sums
from shop.markets.admission import AdmissionCookies, fresh_visitor
from shop.markets.answering import answering
from shop.markets.arrival import Visit, provide_visit
from shop.markets.frame import shop_frame
from shop.policies.library import PolicyLibrary

DRAFT_LASTS = 2 * 3600
CONSENT = N_("I have read the terms above and agree to them: returns, guarantee, legal and privacy.")


@dataclass(frozen=True, slots=True)
class Counter:
    """What every checkout door needs: the visit, the carts, and the means to draw a page."""

    visit: Visit
    carts: Carts
    database: Database
    pages: Pages
    assets: Assets
    signer: Signer
    cookies: Cookies

    def page(self, name: str, *, title: str, path: str, status: int = 200, **values: Any) -> Response[str]:
        """A page of the checkout; never kept by anybody."""
        frame = shop_frame(self.visit, title=title, path=path)
        answer = self.pages.page(self.visit.tongue, f"checkout/{name}.html", status=status, **frame, **values)
        answer.headers.update(NO_INDEX)
        return answer

    def draft(self, request: Request[Any, Any, Any]) -> dict[str, Any] | None:
        """The address given earlier in this checkout, if any."""
        name = f"draft-{self.visit.market.id}"
        opened: dict[str, Any] | None = self.signer.opened(name, self.cookies.read(request, name))
        return opened

    @property
    def static(self) -> str:
        """Where the house's own drawings stand."""
        return f"/static/{self.assets.version}"


def provide_counter(
    visit: NamedDependency[Visit], database: NamedDependency[Database], pages: NamedDependency[Pages], assets: NamedDependency[Assets],
    signer: NamedDependency[Signer], jar: NamedDependency[Cookies],
) -> Counter:
    """The counter at which this visitor stands."""
    return Counter(visit, Carts(jar, signer), database, pages, assets, signer, jar)


COUNTER = {"visit": Provide(provide_visit, sync_to_thread=True), "counter": Provide(provide_counter, sync_to_thread=False)}


@get("/{market:str}/{lang:str}/cart", dependencies=COUNTER, sync_to_thread=True)
def cart_page(request: Request[Any, Any, Any], counter: NamedDependency[Counter]) -> Response[str]:
    """The cart at today's prices, and whether it can be bought."""
    return _cart(request, counter)


@post("/{market:str}/{lang:str}/cart/lines", dependencies=COUNTER, sync_to_thread=True)
def add_line(request: Request[Any, Any, Any], counter: NamedDependency[Counter], form: NamedDependency[Form],
             admissions: NamedDependency[AdmissionCookies]) -> Response[Any]:
    """Put a product into the cart. The gate is asked here for the first time; a percentage market learns its visitor."""
    visit = counter.visit
    cart = counter.carts.read(request, visit.market.id)
    minted = visit.market.audience == "percentage" and not visit.held.visitor
    if minted:
        visit = replace(visit, held=replace(visit.held, visitor=fresh_visitor()))
    sku = form.text("sku")
    with counter.database.reading() as db:
        offered = quote(db, visit, {sku: 1})
    if not offered.lines:
        raise BadRequest
    most = offered.lines[0].offer.listing.max_per_order
    quantity, wrong = read_quantity(form.values.get("quantity", "1"), most, visit.tongue)
    if wrong:
        form.fail("quantity", wrong)
        return _cart(request, counter, form=form, status=422)
    with counter.database.writing() as db:
        let_in(db, visit, frozenset({sku}))
    changed = cart.with_line(sku, min(cart.lines.get(sku, 0) + quantity, most))
    known = [admissions.visitor(visit.held.visitor)] if minted else []
    return see_other(visit.url("/cart"), *counter.carts.cookies(changed, visit.market.id), *known)


@post("/{market:str}/{lang:str}/cart/lines/{sku:str}", dependencies=COUNTER, sync_to_thread=True)
def change_line(request: Request[Any, Any, Any], sku: FromPath[str], counter: NamedDependency[Counter], form: NamedDependency[Form]) -> Response[Any]:
    """Another number of pieces, or none."""
    visit, text = counter.visit, form.text("quantity")
    cart = counter.carts.read(request, visit.market.id)
    quantity = 0
    if form.text("act") != "remove" and text != "0":
        quantity, wrong = read_quantity(text, 99, visit.tongue)
        if wrong:
            form.fail("quantity", wrong)
            return _cart(request, counter, form=form, status=422)
    changed = cart.with_line(sku, quantity) if sku in cart.lines else cart
    return see_other(visit.url("/cart"), *counter.carts.cookies(changed, visit.market.id))


@get("/{market:str}/{lang:str}/checkout", dependencies=COUNTER, sync_to_thread=True)
def address_page(request: Request[Any, Any, Any], counter: NamedDependency[Counter]) -> Response[Any]:
    """Where to, in the form of the market's country."""
    if not counter.carts.read(request, counter.visit.market.id).lines:
        return see_other(counter.visit.url("/cart"))
    return _address(counter, Form(_flat(counter.draft(request))))


@post("/{market:str}/{lang:str}/checkout", dependencies=COUNTER, sync_to_thread=True)
def address_form(counter: NamedDependency[Counter], form: NamedDependency[Form]) -> Response[Any]:
    """Take the address and go on to the review."""
    visit = counter.visit
    address = read_address(form, visit.market.country, visit.tongue)
    email, phone = read_contact(form, visit.tongue)
    if form.errors:
        return _address(counter, form, status=422)
    name = f"draft-{visit.market.id}"
    draft = {"email": email, "phone": phone, "address": address}
    return see_other(visit.url("/checkout/review"), counter.cookies.make(name, counter.signer.signed(name, draft), seconds=DRAFT_LASTS))


@get("/{market:str}/{lang:str}/checkout/review", dependencies=COUNTER, sync_to_thread=True)
def review_page(request: Request[Any, Any, Any], counter: NamedDependency[Counter], policies: NamedDependency[PolicyLibrary]) -> Response[Any]:
    """Everything once more before the button that binds."""
    return _review(request, counter, policies, Form())


@post("/{market:str}/{lang:str}/orders", dependencies=COUNTER, sync_to_thread=True)
def order_form(
    request: Request[Any, Any, Any],
    counter: NamedDependency[Counter],
    form: NamedDependency[Form],
    policies: NamedDependency[PolicyLibrary],
    payments: NamedDependency[Payments],
    holders: NamedDependency[Holders],
    languages: NamedDependency[Languages],
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """The button that binds: place the order, open the payment, lead there. Sent twice, it is still one order."""
    visit, database = counter.visit, counter.database
    limits.spend(database, limits.CHECKOUT, client_address(request), now=visit.now)
    cart, draft, key = counter.carts.read(request, visit.market.id), counter.draft(request), form.text("key")
    if form.text("accept") != "yes":
        form.fail("accept", visit.tongue.say(N_("Please tick that you agree, or leave without ordering. Nothing has been ordered yet.")))
        return _review(request, counter, policies, form, status=422)
    if not _is_key(key) or draft is None or not cart.lines:
        return see_other(visit.url("/checkout" if cart.lines else "/cart"))
    wish = Wish(key=key, lines=cart.lines, money_seen=form.text("money"), policies_seen=form.text("policies"), wording=visit.tongue.say(CONSENT))
    buyer = Buyer(email=draft["email"], phone=draft["phone"], name=draft["address"].get("name", ""), address=draft["address"])
    with database.writing() as db:
        attempt = place_order(db, visit, policies, wish, buyer, provider=payments.name)
        order, lines = db.get_one(Order, attempt.order_number), []
        if not attempt.url:
            lines = lines_of(db, order)
    url = attempt.url
    if not url:
        url = _begin_payment(database, payments, session_ask(order, lines, attempt, base_url=settings.base_url, languages=languages), attempt)
    return see_other(url, holders.cookie("order", order.number))


def _begin_payment(database: Database, payments: Payments, ask: Any, attempt: PaymentAttempt) -> str:
    try:
        session = payments.open_session(ask)
    except (PaymentsAway, PaymentRefused):
        raise PaymentAway(retry_after=20) from None
    remember_session(database, attempt.key, session.id, session.url)
    return session.url


def _cart(request: Request[Any, Any, Any], counter: Counter, *, form: Form | None = None, status: int = 200) -> Response[str]:
    visit = counter.visit
    cart = counter.carts.read(request, visit.market.id)
    with counter.database.reading() as db:
        offered = quote(db, visit, cart.lines)
        gate = ask_gate(db, visit, frozenset(cart.lines))
        answers = answering(db, visit)
    return counter.page(
        "cart", title=visit.tongue.say(N_("Cart")), path="/cart", status=status, quote=offered, lines=cart_lines(offered, visit, counter.static),
        sums=quote_sums(offered, visit), tampered=cart.tampered, gate=gate, form=form or Form(), promise=answers.panel(visit),
    )


def _address(counter: Counter, form: Form, *, status: int = 200) -> Response[str]:
    visit = counter.visit
    fields = address_fields(visit.market.country, visit.tongue)
    return counter.page("address", title=visit.tongue.say(N_("Delivery address")), path="/checkout", status=status, form=form, fields=fields)


def _review(request: Request[Any, Any, Any], counter: Counter, policies: PolicyLibrary, form: Form, *, status: int = 200) -> Response[Any]:
    visit = counter.visit
    cart, draft = counter.carts.read(request, visit.market.id), counter.draft(request)
    if draft is None or not cart.lines:
        return see_other(visit.url("/checkout" if cart.lines else "/cart"))
    with counter.database.reading() as db:
        offered = quote(db, visit, cart.lines)
        gate = ask_gate(db, visit, frozenset(cart.lines))
    if offered.problems or not gate.open:
        return see_other(visit.url("/cart"))
    versions = policies_now(policies, visit)
    button = visit.snapshot.order_buttons.get((visit.market.id, visit.tongue.language)) or visit.tongue.say(N_("Place order and pay"))
    return counter.page(
        "review", title=visit.tongue.say(N_("Check and order")), path="/checkout/review", status=status, form=form,
        lines=cart_lines(offered, visit, counter.static), sums=quote_sums(offered, visit), panels=policy_panels(versions, visit),
        address=address_lines(draft["address"], visit.market.country), email=draft["email"], phone=draft["phone"], button=button,
        consent=visit.tongue.say(CONSENT), delivery=offered.delivery,
        key=form.text("key") or secrets.token_hex(16), money=money_digest(offered), policies=policy_digest(versions),
    )


def _flat(draft: dict[str, Any] | None) -> dict[str, str]:
    return {"email": draft["email"], "phone": draft["phone"], **draft["address"]} if draft else {}


def _is_key(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


HANDLERS = [cart_page, add_line, change_line, address_page, address_form, review_page, order_form]
