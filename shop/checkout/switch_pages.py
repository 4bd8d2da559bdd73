"""The door between two markets for who comes with a filled cart: what would change is told first, then it may be changed."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from shop.base.i18n import N_, Languages
from shop.base.web import see_other
from shop.checkout.admitting import ask_gate
from shop.checkout.cart import Cart
from shop.checkout.closed_words import gate_sentence
from shop.checkout.counter import COUNTER, Counter, other_cart
from shop.checkout.entering import enter
from shop.checkout.switching import Switch, seen_from, switch
from shop.markets.admission import AdmissionCookies


@get("/{market:str}/{lang:str}/cart/switch", dependencies=COUNTER, sync_to_thread=True)
def switch_page(
    request: Request[Any, Any, Any], counter: NamedDependency[Counter], languages: NamedDependency[Languages]
) -> Response[Any]:
    """What the cart of the market one comes from would be here. Nothing is changed by looking."""
    visit, carried = counter.visit, other_cart(counter, request)
    if carried is None:
        return see_other(visit.url())
    market, cart = carried
    found = visit.snapshot.market(market)
    offered = found.languages.split()
    language = visit.tongue.language if visit.tongue.language in offered else offered[0]
    closed = _closed(counter)
    return counter.page(
        "switch",
        title=visit.tongue.say(N_("Your cart is from another country")),
        path="/cart/switch",
        change=_switch(counter, market, cart, languages) if visit.seeing.what == "page" else None,
        closed=visit.tongue.say(closed) if closed else "",
        here=visit.tongue.territory(found.country),
        there=visit.tongue.territory(visit.market.country),
        stay={"market": market, "language": language, "next": f"/{market}/{language}/cart"},
    )


@post("/{market:str}/{lang:str}/cart/switch", dependencies=COUNTER, sync_to_thread=True)
def switch_form(
    request: Request[Any, Any, Any],
    counter: NamedDependency[Counter],
    languages: NamedDependency[Languages],
    admissions: NamedDependency[AdmissionCookies],
) -> Response[Any]:
    """Take over what can be kept, at this market's prices; the cart of the other market ends."""
    visit, carried = counter.visit, other_cart(counter, request)
    if carried is None:
        return see_other(visit.url("/cart"))
    market, old = carried
    kept = _switch(counter, market, old, languages).kept
    known = enter(request, counter.database, admissions, visit, kept)
    cart = Cart({})
    for sku, pieces in kept.items():
        cart = cart.with_line(sku, pieces, old.serials.get(sku, ""))
    ended = [*counter.carts.cookies(Cart({}), market), counter.cookies.drop(f"draft-{market}")]
    return see_other(visit.url("/cart"), *counter.carts.cookies(cart, visit.market.id), *ended, *known)


def _closed(counter: Counter) -> str:
    """Why this visitor cannot buy here, as a message; of whom nothing was drawn yet, it is found out by switching."""
    visit = counter.visit
    with counter.database.reading() as db:
        gate = ask_gate(db, visit, frozenset())
    drawn_later = gate.reason == "percentage" and not visit.keeps.visitor and visit.market.percent_bp > 0
    return "" if gate.open or drawn_later else gate_sentence(gate.reason)


def _switch(counter: Counter, market: str, cart: Cart, languages: Languages) -> Switch:
    here = seen_from(counter.visit, market, languages)
    with counter.database.reading() as db:
        return switch(db, here, counter.visit, cart, policies=counter.policies)


HANDLERS = [switch_page, switch_form]
