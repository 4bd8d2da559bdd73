"""The customer's doors to the review, and to the button that binds. What is still missing stands in the button's place."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from shop.checkout.agreeing import ACCEPT, Agreement, agreement
from shop.checkout.allowance import customer_key
from shop.checkout.booking import Buyer, Wish
from shop.checkout.bounds import unpaid_by
from shop.checkout.business import FIELD, business_label
from shop.checkout.cart import Cart
from shop.checkout.consents import Consent, consents
from shop.checkout.counter import COUNTER, Counter
from shop.checkout.final_screen import final_terms, language_first
from shop.checkout.gathering import line_facts
from shop.checkout.once import form_key, key_with
from shop.checkout.pay import Cashier, begin
from shop.checkout.quote import Quote, informing_now, lines_digest, money_digest, policies_now, quote
from shop.checkout.requirements import Box, Facts, Requirement, requirements
from shop.checkout.views import cart_lines, consent_views, policy_links, policy_panels, quote_sums
from shop.policies.duties import duties_words
from shop.policies.library import PolicyLibrary, PolicyVersion
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
    seen = _reviewed(counter, policies_now(policies, counter.visit), cart, draft, orders=orders, ticked=pressed)
    return _draw(counter, policies, cart, draft, seen)


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
    cart, draft = counter.carts.read(request, visit.market.id), counter.draft(request)
    ticked = frozenset(name for name, value in form.values.items() if value == "yes")
    orders, email = holders.held(request, "order", now=visit.now), draft["email"] if draft else ""
    with database.reading() as db:
        agreed = agreement(db, visit, policies_now(policies, visit), orders=orders, email=email)
        asked = consents(db, visit, cart.lines)
    if _missing([*agreed.boxes, *(each.box for each in asked)], ticked):
        # On a page of its own address: Back and reload must not send a form again.
        return see_other(visit.url(f"/checkout/review?{urlencode(_pressed(ticked))}"))
    if not _is_key(form.text("key")) or draft is None or not cart.lines:
        return see_other(visit.url("/checkout" if cart.lines else "/cart"))
    cashier = Cashier(
        database=database, payments=payments, policies=policies, languages=languages, base_url=settings.base_url
    )
    wish, buyer = _wish(form, cart, agreed.wording, ticked - {ACCEPT.field}), _buyer(request, counter, draft)
    begun = begin(cashier, visit, wish, buyer)
    return see_other(
        begun.url or visit.url(f"/orders/{begun.number}"), *holders.kept(request, "order", begun.number, now=visit.now)
    )


LONGEST = 1_000


def _pressed(ticked: frozenset[str]) -> dict[str, str]:
    """What the review is told after the button was pressed without all that is asked."""
    return {"unticked": "1"} | ({"ticked": " ".join(sorted(ticked))[:LONGEST]} if ticked else {})


def _wish(form: Form, cart: Cart, wording: str, ticked: frozenset[str]) -> Wish:
    return Wish(
        key=key_with(form.text("key"), ticked),
        lines=cart.lines,
        money_seen=form.text("money"),
        policies_seen=form.text("policies"),
        lines_seen=form.text("lines"),
        wording=wording,
        ticked=ticked,
        serials=cart.serials,
        cart=cart.mark,
    )


def _buyer(request: Request[Any, Any, Any], counter: Counter, draft: dict[str, Any]) -> Buyer:
    address, email, market = client_address(request), draft["email"], counter.visit.market.id
    return Buyer(
        email=email,
        phone=draft["phone"],
        name=draft["address"].get("name", ""),
        address=draft["address"],
        business_number=draft.get(FIELD, ""),
        unpaid_by=unpaid_by(counter.signer, market, address=address, email=email),
    )


def _missing(boxes: Sequence[Box], ticked: frozenset[str]) -> tuple[Requirement, ...]:
    """What has to be ticked and was not."""
    needs = requirements(Facts(lines=(), address_given=True, boxes=boxes, ticked=ticked))
    return tuple(each for each in needs if each.step == "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reviewed:
    """What is there to be agreed to, all of it read at one moment; `key` makes one order of a form sent twice."""

    versions: Sequence[PolicyVersion]
    offered: Quote
    facts: Facts
    asked: Sequence[Consent]
    agreed: Agreement
    key: str


def _reviewed(
    counter: Counter,
    versions: Sequence[PolicyVersion],
    cart: Cart,
    draft: dict[str, Any],
    *,
    orders: Sequence[str],
    ticked: frozenset[str] | None,
) -> _Reviewed:
    visit = counter.visit
    who = allowance.customers(draft["email"], visit.keeps.visitor)
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
    return _Reviewed(versions=versions, offered=offered, facts=facts, asked=asked, agreed=agreed, key=key)


def _draw(
    counter: Counter, policies: PolicyLibrary, cart: Cart, draft: dict[str, Any], seen: _Reviewed
) -> Response[Any]:
    visit, versions, offered = counter.visit, seen.versions, seen.offered
    needs, form = requirements(seen.facts), _form(seen.facts, visit.tongue)
    by_kind = {each.kind: each for each in versions}
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
        consents=consent_views(seen.asked),
        informing=policy_links(informing_now(policies, visit), visit),
        address=address_lines(draft["address"], visit.market.country),
        email=draft["email"],
        phone=draft["phone"],
        business=business_label(visit.market.business_number, visit.tongue),
        business_number=draft.get(FIELD, ""),
        duties=duties_words(policies, visit),
        button=button,
        agreed=seen.agreed,
        to_tick=next((box.field for box in seen.facts.boxes if box.required and box.field not in form.values), ""),
        delivery=offered.delivery if offered.parcel else None,
        key=seen.key,
        money=money_digest(offered),
        lines_seen=lines_digest(cart.lines, cart.serials),
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
