"""The customer's doors to the review, and to the button that binds. What is still missing stands in the button's place."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shop.base.holders import Holders
from shop.base.i18n import N_, Languages, Tongue
from shop.base.payments import Payments
from shop.base.settings import Settings
from shop.base.web import Form, client_address, see_other
from shop.checkout import allowance
from shop.checkout.addresses import address_lines, region_of
from shop.checkout.admitting import ask_gate
from shop.checkout.agreeing import ACCEPT, agreement
from shop.checkout.allowance import customer_key
from shop.checkout.booking import Buyer, Wish
from shop.checkout.bounds import unpaid_by
from shop.checkout.business import FIELD, business_label
from shop.checkout.cart import Cart
from shop.checkout.consents import consents
from shop.checkout.counter import COUNTER, Counter
from shop.checkout.final_screen import final_terms, language_first
from shop.checkout.gathering import line_facts
from shop.checkout.once import form_key, key_with
from shop.checkout.pay import Cashier, begin
from shop.checkout.quote import informing_now, money_digest, policies_now, quote
from shop.checkout.requirements import Box, Facts, Requirement, requirements
from shop.checkout.views import cart_lines, consent_views, policy_links, policy_panels, quote_sums
from shop.policies.duties import duties_words
from shop.policies.library import PolicyLibrary
from shop.policies.notices import notices
from shop.policies.seen import seen_mark


@get("/{market:str}/{lang:str}/checkout/review", dependencies=COUNTER, sync_to_thread=True)
def review_page(
    request: Request[Any, Any, Any],
    counter: NamedDependency[Counter],
    policies: NamedDependency[PolicyLibrary],
    holders: NamedDependency[Holders],
    unticked: FromQuery[str] = "",
    ticked: FromQuery[str] = "",
) -> Response[Any]:
    """Everything once more before the button that binds.

    `unticked` after it was pressed without agreeing to all that is asked; `ticked` are then the fields that were agreed to.
    """
    pressed = frozenset(ticked.split()) if unticked else None
    cart, draft = counter.carts.read(request, counter.visit.market.id), counter.draft(request)
    if draft is None or not cart.lines:
        return see_other(counter.visit.url("/checkout" if cart.lines else "/cart"))
    orders = holders.held(request, "order", now=counter.visit.now)
    return _review(counter, policies, cart, draft, orders=orders, ticked=pressed)


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
    cart, draft, key = counter.carts.read(request, visit.market.id), counter.draft(request), form.text("key")
    ticked = frozenset(name for name, value in form.values.items() if value == "yes")
    with database.reading() as db:
        agreed = agreement(
            db,
            visit,
            policies_now(policies, visit),
            orders=holders.held(request, "order", now=visit.now),
            email=draft["email"] if draft else "",
        )
        asked = consents(db, visit, cart.lines)
    if _missing(
        [*agreed.boxes, *(each.box for each in asked)], ticked
    ):  # told on a page of its own address: Back and reload must not send a form again
        known = {"unticked": "1"} | ({"ticked": " ".join(sorted(ticked))[:LONGEST]} if ticked else {})
        return see_other(visit.url(f"/checkout/review?{urlencode(known)}"))
    if not _is_key(key) or draft is None or not cart.lines:
        return see_other(visit.url("/checkout" if cart.lines else "/cart"))
    besides = ticked - {ACCEPT.field}
    wish = Wish(
        key=key_with(key, besides),
        lines=cart.lines,
        money_seen=form.text("money"),
        policies_seen=form.text("policies"),
        wording=agreed.wording,
        ticked=besides,
        serials=cart.serials,
        cart=cart.mark,
    )
    buyer = Buyer(
        email=draft["email"],
        phone=draft["phone"],
        name=draft["address"].get("name", ""),
        address=draft["address"],
        business_number=draft.get(FIELD, ""),
        unpaid_by=unpaid_by(counter.signer, visit.market.id, address=client_address(request), email=draft["email"]),
    )
    cashier = Cashier(
        database=database, payments=payments, policies=policies, languages=languages, base_url=settings.base_url
    )
    begun = begin(cashier, visit, wish, buyer)
    return see_other(
        begun.url or visit.url(f"/orders/{begun.number}"), *holders.kept(request, "order", begun.number, now=visit.now)
    )


LONGEST = 1_000


def _missing(boxes: Sequence[Box], ticked: frozenset[str]) -> tuple[Requirement, ...]:
    """What has to be ticked and was not."""
    needs = requirements(Facts(lines=(), address_given=True, boxes=boxes, ticked=ticked))
    return tuple(each for each in needs if each.step == "review")


def _review(
    counter: Counter,
    policies: PolicyLibrary,
    cart: Cart,
    draft: dict[str, Any],
    *,
    orders: Sequence[str],
    ticked: frozenset[str] | None,
) -> Response[Any]:
    visit = counter.visit
    who = allowance.customers(draft["email"], visit.keeps.visitor)
    versions = policies_now(policies, visit)
    with counter.database.reading() as db:
        offered = quote(db, visit, cart.lines, region_of(draft["address"], visit.market.country))
        gate = ask_gate(
            db,
            visit,
            frozenset(cart.lines),
            customer=customer_key(counter.signer, draft["email"]),
            value=offered.total.minor,
            short=offered.short,
        )
        asked = consents(db, visit, cart.lines)
        agreed = agreement(db, visit, versions, orders=orders, email=draft["email"])
        facts = Facts(
            lines=line_facts(db, visit, offered, cart.serials, who=() if gate.test else who),
            gone=offered.gone,
            gate="" if gate.open else gate.reason,
            address_given=True,
            boxes=[*agreed.boxes, *(each.box for each in asked)],
            ticked=ticked,
        )
        shown = [sorted(cart.lines.items()), sorted(cart.serials.items()), draft, money_digest(offered)]
        key = form_key(db, cart.mark, [*shown, seen_mark(versions)])
    needs, form, by_kind = requirements(facts), _form(facts, visit.tongue), {each.kind: each for each in versions}
    button = visit.snapshot.order_buttons.get((visit.market.id, visit.tongue.language)) or visit.tongue.say(
        N_("Place order and pay")
    )
    return counter.page(
        "review",
        title=visit.tongue.say(N_("Check and order")),
        path="/checkout/review",
        status=422 if form.errors else 200,
        form=form,
        lines=cart_lines(offered, visit, counter.static, cart.serials),
        sums=quote_sums(offered, visit),
        needs=[
            (visit.url(each.path) + each.anchor, each.said(visit.tongue)) for each in needs if each.step != "review"
        ],
        panels=policy_panels(versions, visit),
        guarantees=notices(by_kind["warranty"].rules, visit.tongue) if offered.parcel and "warranty" in by_kind else [],
        final_terms=final_terms(offered, visit, by_kind.get("returns")),
        offered_first=language_first(by_kind.get("terms"), offered.region, visit),
        consents=consent_views(asked),
        informing=policy_links(informing_now(policies, visit), visit),
        address=address_lines(draft["address"], visit.market.country),
        email=draft["email"],
        phone=draft["phone"],
        business=business_label(visit.market.business_number, visit.tongue),
        business_number=draft.get(FIELD, ""),
        duties=duties_words(policies, visit),
        button=button,
        agreed=agreed,
        delivery=offered.delivery if offered.parcel else None,
        key=key,
        money=money_digest(offered),
        policies=seen_mark(versions),
    )


def _form(facts: Facts, tongue: Tongue) -> Form:
    """The boxes as they were ticked, with a sentence at each that one cannot order without."""
    form = Form({box.field: "yes" for box in facts.boxes if box.field in (facts.ticked or ())})
    for each in requirements(facts):
        if each.step == "review":
            form.fail(each.field, each.said(tongue))
    return form


def _is_key(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


HANDLERS = [review_page, order_form]
