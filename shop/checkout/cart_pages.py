"""The customer's doors to the cart: look at it, put something in, change it."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.i18n import N_
from shop.base.web import Form, keep_when_refused, see_other
from shop.checkout.cart import read_quantity
from shop.checkout.counter import COUNTER, Counter
from shop.checkout.placing import ask_gate, let_in
from shop.checkout.quote import quote
from shop.checkout.views import cart_lines, quote_sums
from shop.ground.errors import NotFound
from shop.markets.admission import AdmissionCookies, fresh_visitor
from shop.markets.answering import answering
from shop.markets.frame import visit_panel


@get("/{market:str}/{lang:str}/cart", dependencies=COUNTER, sync_to_thread=True)
def cart_page(request: Request[Any, Any, Any], counter: NamedDependency[Counter]) -> Response[str]:
    """The cart at today's prices, and whether it can be bought."""
    return _cart(request, counter)


@post("/{market:str}/{lang:str}/cart/lines", dependencies=COUNTER, sync_to_thread=True)
def add_line(
    request: Request[Any, Any, Any],
    counter: NamedDependency[Counter],
    form: NamedDependency[Form],
    admissions: NamedDependency[AdmissionCookies],
) -> Response[Any]:
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
        raise NotFound
    most = offered.lines[0].offer.listing.max_per_order
    quantity, wrong = read_quantity(form.values.get("quantity", "1"), most, visit.tongue)
    if wrong:
        form.fail("quantity", wrong)
        return _cart(request, counter, form=form, status=422)
    if minted:  # who is not drawn stays so: asking again must not be another draw
        keep_when_refused(request, admissions.visitor(visit.held.visitor))
    with counter.database.writing() as db:
        let_in(db, visit, frozenset({sku}))
    changed = cart.with_line(sku, min(cart.lines.get(sku, 0) + quantity, most))
    known = [admissions.visitor(visit.held.visitor)] if minted else []
    return see_other(visit.url("/cart"), *counter.carts.cookies(changed, visit.market.id), *known)


@post("/{market:str}/{lang:str}/cart/lines/{sku:str}", dependencies=COUNTER, sync_to_thread=True)
def change_line(
    request: Request[Any, Any, Any], sku: FromPath[str], counter: NamedDependency[Counter], form: NamedDependency[Form]
) -> Response[Any]:
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


def _cart(
    request: Request[Any, Any, Any], counter: Counter, *, form: Form | None = None, status: int = 200
) -> Response[str]:
    visit = counter.visit
    cart = counter.carts.read(request, visit.market.id)
    with counter.database.reading() as db:
        offered = quote(db, visit, cart.lines)
        gate = ask_gate(db, visit, frozenset(cart.lines))
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now)
    return counter.page(
        "cart",
        title=visit.tongue.say(N_("Cart")),
        path="/cart",
        status=status,
        quote=offered,
        lines=cart_lines(offered, visit, counter.static),
        sums=quote_sums(offered, visit),
        tampered=cart.tampered,
        gate=gate,
        form=form or Form(),
        promise=visit_panel(answers, visit),
    )


HANDLERS = [cart_page, add_line, change_line]
