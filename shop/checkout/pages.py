"""The customer's doors from the address to the button that binds."""

import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from shop.base import limits
from shop.base.holders import Holders
from shop.base.i18n import N_, Languages
from shop.base.payments import Payments
from shop.base.settings import Settings
from shop.base.web import Form, client_address, see_other
from shop.checkout.addresses import address_fields, address_lines, read_address, read_contact
from shop.checkout.counter import COUNTER, Counter
from shop.checkout.pay import Cashier, begin
from shop.checkout.placing import Buyer, Wish, ask_gate
from shop.checkout.quote import money_digest, policies_now, policy_digest, quote
from shop.checkout.views import cart_lines, policy_panels, quote_sums
from shop.policies.library import PolicyLibrary

DRAFT_LASTS = 2 * 3600
CONSENT = N_("I agree to the terms above (returns, guarantee, terms of sale) and have read the privacy information.")


@get("/{market:str}/{lang:str}/checkout", dependencies=COUNTER, sync_to_thread=True)
def address_page(request: Request[Any, Any, Any], counter: NamedDependency[Counter]) -> Response[Any]:
    """Where to, in the form of the market's country."""
    lines = counter.carts.read(request, counter.visit.market.id).lines
    with counter.database.reading() as db:
        gate = ask_gate(db, counter.visit, frozenset(lines))
    if not lines or not gate.open:
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
    return see_other(
        visit.url("/checkout/review"),
        counter.cookies.make(name, counter.signer.signed(name, draft), seconds=DRAFT_LASTS),
    )


@get("/{market:str}/{lang:str}/checkout/review", dependencies=COUNTER, sync_to_thread=True)
def review_page(
    request: Request[Any, Any, Any], counter: NamedDependency[Counter], policies: NamedDependency[PolicyLibrary]
) -> Response[Any]:
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
        form.fail(
            "accept",
            visit.tongue.say(
                N_("Please tick that you agree, or leave without ordering. Nothing has been ordered yet.")
            ),
        )
        return _review(request, counter, policies, form, status=422)
    if not _is_key(key) or draft is None or not cart.lines:
        return see_other(visit.url("/checkout" if cart.lines else "/cart"))
    wish = Wish(
        key=key,
        lines=cart.lines,
        money_seen=form.text("money"),
        policies_seen=form.text("policies"),
        wording=visit.tongue.say(CONSENT),
    )
    buyer = Buyer(
        email=draft["email"], phone=draft["phone"], name=draft["address"].get("name", ""), address=draft["address"]
    )
    cashier = Cashier(
        database=database, payments=payments, policies=policies, languages=languages, base_url=settings.base_url
    )
    begun = begin(cashier, visit, wish, buyer)
    return see_other(begun.url or visit.url(f"/orders/{begun.number}"), holders.cookie("order", begun.number))


def _address(counter: Counter, form: Form, *, status: int = 200) -> Response[str]:
    visit = counter.visit
    fields = address_fields(visit.market.country, visit.tongue)
    return counter.page(
        "address",
        title=visit.tongue.say(N_("Delivery address")),
        path="/checkout",
        status=status,
        form=form,
        fields=fields,
    )


def _review(
    request: Request[Any, Any, Any], counter: Counter, policies: PolicyLibrary, form: Form, *, status: int = 200
) -> Response[Any]:
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
    button = visit.snapshot.order_buttons.get((visit.market.id, visit.tongue.language)) or visit.tongue.say(
        N_("Place order and pay")
    )
    return counter.page(
        "review",
        title=visit.tongue.say(N_("Check and order")),
        path="/checkout/review",
        status=status,
        form=form,
        lines=cart_lines(offered, visit, counter.static),
        sums=quote_sums(offered, visit),
        panels=policy_panels(versions, visit),
        address=address_lines(draft["address"], visit.market.country),
        email=draft["email"],
        phone=draft["phone"],
        button=button,
        consent=visit.tongue.say(CONSENT),
        delivery=offered.delivery,
        key=form.text("key") or secrets.token_hex(16),
        money=money_digest(offered),
        policies=policy_digest(versions),
    )


def _flat(draft: dict[str, Any] | None) -> dict[str, str]:
    return {"email": draft["email"], "phone": draft["phone"], **draft["address"]} if draft else {}


def _is_key(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


HANDLERS = [address_page, address_form, review_page, order_form]
