"""The customer's doors to the cart: look at it, put something in, change it."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote as quoted
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.catalogue.browsing import Offer, offers
from shop.catalogue.naming import names_of
from shop.catalogue.pages import closed
from shop.checkout import allowance
from shop.checkout.admitting import ask_gate
from shop.checkout.cart import Cart, read_quantity
from shop.checkout.closed_words import gate_sentence
from shop.checkout.counter import COUNTER, Counter, other_cart
from shop.checkout.entering import enter
from shop.checkout.gathering import line_facts
from shop.checkout.machines import LONGEST, NOT_AT_HAND, Machines, machines, read_serial
from shop.checkout.quote import Quote, quote
from shop.checkout.requirements import Facts, requirements
from shop.checkout.views import cart_lines, cut_words, quote_sums
from shop.ground.errors import NotFound
from shop.markets.admission import AdmissionCookies
from shop.markets.answering import answering
from shop.markets.coming import is_waited_for
from shop.markets.frame import visit_panel
from shop.markets.visit import Visit
from shop.policies.duties import duties_words

MOST_PIECES = 99  # of what is not offered here


@get("/{market:str}/{lang:str}/cart", dependencies=COUNTER, sync_to_thread=True)
def cart_page(
    request: Request[Any, Any, Any], counter: NamedDependency[Counter], cut: FromQuery[str] = ""
) -> Response[Any]:
    """The cart at today's prices, and whether it can be bought. `cut` is the SKU of which fewer went in than wanted.

    Who comes with a cart of another market, and none of this one, is first told what would change.
    """
    if other_cart(counter, request):
        return see_other(counter.visit.url("/cart/switch"))
    return _cart(request, counter, cut=cut)


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
    sku = form.text("sku")
    with counter.database.reading() as db:
        offered = quote(db, visit, {sku: 1})
        machine = _machine(db, offered, visit)
    if not offered.lines:
        raise NotFound
    most = offered.lines[0].offer.listing.max_per_order
    quantity, wrong = read_quantity(form.values.get("quantity", "1"), most, visit.tongue)
    if wrong:
        form.fail("", wrong)
        return _cart(request, counter, form=form, status=422)
    serial, wrong = _serial(form, machine, visit)
    if wrong:
        form.fail("serial", wrong)
        return _serial_page(counter, offered.lines[0].offer, machine, form, cart, status=422)
    known = enter(request, counter.database, admissions, visit, [sku])
    wanted = cart.lines.get(sku, 0) + quantity
    kept = min(wanted, offered.lines[0].room)
    changed = cart.with_line(sku, kept, serial)
    cut = "?" + urlencode({"cut": sku}) if kept < wanted else ""
    return see_other(visit.url(f"/cart{cut}"), *counter.carts.cookies(changed, visit.market.id), *known)


@post("/{market:str}/{lang:str}/cart/lines/{sku:str}", dependencies=COUNTER, sync_to_thread=True)
def change_line(
    request: Request[Any, Any, Any], sku: FromPath[str], counter: NamedDependency[Counter], form: NamedDependency[Form]
) -> Response[Any]:
    """Another number of pieces, or none; or the serial of the machine that a part is for.

    Leads to the cart, or back to the review for whom the button there has sent here: what is missing is told there, too.
    """
    visit, text = counter.visit, form.text("quantity")
    cart = counter.carts.read(request, visit.market.id)
    quantity, serial = 0, ""
    if form.text("act") != "remove" and text != "0":
        with counter.database.reading() as db:
            offered = offers(db, visit, [sku])
        most = offered[0].listing.max_per_order if offered else MOST_PIECES
        quantity, wrong = read_quantity(text, most, visit.tongue)
        if wrong:
            form.fail("", wrong)
            return _cart(request, counter, form=form, status=422)
    if "serial" in form.values and sku in cart.lines:
        with counter.database.reading() as db:
            asked = quote(db, visit, {sku: 1})
            machine = _machine(db, asked, visit)
        serial, wrong = _serial(form, machine, visit)
        if wrong and asked.lines:
            form.fail("serial", wrong)
            return _serial_page(counter, asked.lines[0].offer, machine, form, cart, status=422)
    changed = cart.with_line(sku, quantity, serial) if sku in cart.lines else cart
    back = "/checkout/review" if form.text("back") == "review" else "/cart"
    return see_other(visit.url(back), *counter.carts.cookies(changed, visit.market.id))


@get("/{market:str}/{lang:str}/cart/serials/{sku:str}", dependencies=COUNTER, sync_to_thread=True)
def serial_page(
    request: Request[Any, Any, Any], sku: FromPath[str], counter: NamedDependency[Counter]
) -> Response[Any]:
    """Which machine a part is for, asked by itself, with where the serial stands."""
    visit = counter.visit
    if visit.seeing.what != "page":
        return closed(visit, counter.pages)
    cart = counter.carts.read(request, visit.market.id)
    with counter.database.reading() as db:
        offered = quote(db, visit, {sku: 1})
        machine = _machine(db, offered, visit)
    if not offered.lines:
        raise NotFound
    known = cart.serials.get(sku, "")
    form = Form({"serial": "" if known == NOT_AT_HAND else known, "not_at_hand": "yes" if known == NOT_AT_HAND else ""})
    return _serial_page(counter, offered.lines[0].offer, machine, form, cart)


def _machine(db: Session, offered: Quote, visit: Visit) -> Machines | None:
    asking = machines(db, [line.offer.product for line in offered.lines])
    machine = next(iter(asking.values()), None)
    if machine is None:
        return None
    listed = {each.sku: each.text.name for each in offers(db, visit, machine.skus)}
    return replace(machine, names=tuple(dict.fromkeys(listed[each] for each in machine.skus if each in listed)))


def _serial(form: Form, machine: Machines | None, visit: Visit) -> tuple[str, str]:
    """The serial from the form, and why it will not do; nothing where none is asked for."""
    if machine is None:
        return "", ""
    return read_serial(form.text("serial")[:LONGEST], form.text("not_at_hand") == "yes", machine, visit.tongue)


def _serial_page(
    counter: Counter, offer: Offer, machine: Machines | None, form: Form, cart: Cart, *, status: int = 200
) -> Response[Any]:
    visit, sku = counter.visit, offer.sku
    if visit.seeing.what != "page":
        return closed(visit, counter.pages)
    if machine is None:
        return see_other(visit.url(f"/products/{quoted(offer.text.slug)}"))
    held = cart.lines.get(sku, 0)
    return counter.page(
        "serial",
        title=offer.text.name,
        path=f"/cart/serials/{sku}",
        status=status,
        form=form,
        sku=sku,
        product_url=visit.url(f"/products/{offer.text.slug}"),
        machine=machine,
        machines=visit.tongue.list(machine.names) if machine.names else "",
        action=visit.url(f"/cart/lines/{sku}" if held else "/cart/lines"),
        quantity=held or form.values.get("quantity") or "1",
        longest=LONGEST,
    )


def _cart(
    request: Request[Any, Any, Any], counter: Counter, *, form: Form | None = None, cut: str = "", status: int = 200
) -> Response[str]:
    visit = counter.visit
    cart = counter.carts.read(request, visit.market.id)
    with counter.database.reading() as db:
        offered = quote(db, visit, cart.lines)
        who, total = counter.customer(request), offered.total.minor
        gate = ask_gate(db, visit, frozenset(cart.lines), customer=who, value=total, short=offered.short)
        facts = Facts(
            lines=line_facts(db, visit, offered, cart.serials, who=_who(counter, request, test=gate.test)),
            gone=offered.gone,
            gate="" if gate.open else gate.reason,
            address_given=True,
        )
        gone = names_of(db, offered.gone, visit.tongue.language)
        answers = answering(db, visit.market, visit.tongue.language, now=visit.now, kept=visit.snapshot.answers)
    return counter.page(
        "cart",
        title=visit.tongue.say(N_("Cart")),
        path="/cart",
        status=status,
        gone=[{"sku": each, "name": gone.get(each, "")} for each in offered.gone],
        lines=cart_lines(offered, visit, counter.static, cart.serials),
        needs=[(each.anchor or visit.url(each.path), each.said(visit.tongue)) for each in requirements(facts)],
        closed="" if gate.open or gate.reason == "stock_cap" else visit.tongue.say(gate_sentence(gate.reason)),
        waitlist_url=visit.url("/waitlist") if is_waited_for(visit.snapshot, visit.market) else "",
        sums=quote_sums(offered, visit),
        duties=duties_words(counter.policies, visit),
        tampered=cart.tampered,
        cut=cut_words(offered, visit, cut),
        form=form or Form(),
        promise=visit_panel(answers, visit),
    )


def _who(counter: Counter, request: Request[Any, Any, Any], *, test: bool) -> tuple[str, ...]:
    """The customer as far as they are known already; a test order counts for nobody."""
    draft = counter.draft(request)
    return () if test else allowance.customers(draft["email"] if draft else "", counter.visit.keeps.visitor)


HANDLERS = [cart_page, add_line, change_line, serial_page]
