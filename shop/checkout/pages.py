"""The customer's door to the address: where to, in the form of the market's country."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.checkout.addresses import address_fields, read_address, read_contact, region_of
from shop.checkout.admitting import ask_gate
from shop.checkout.business import FIELD, business_label, read_business_number
from shop.checkout.counter import COUNTER, Counter, other_cart
from shop.checkout.quote import is_taxed

DRAFT_LASTS = 2 * 3600
NO_TAX_KNOWN = N_("We do not know the tax for this region yet, so we cannot sell there. Nothing has been ordered.")


@get("/{market:str}/{lang:str}/checkout", dependencies=COUNTER, sync_to_thread=True)
def address_page(request: Request[Any, Any, Any], counter: NamedDependency[Counter]) -> Response[Any]:
    """Where to, in the form of the market's country."""
    if other_cart(counter, request):
        return see_other(counter.visit.url("/cart/switch"))
    lines = counter.carts.read(request, counter.visit.market.id).lines
    with counter.database.reading() as db:
        gate = ask_gate(db, counter.visit, frozenset(lines), customer=counter.customer(request))
    if not lines or not gate.open:
        return see_other(counter.visit.url("/cart"))
    return _address(counter, Form(_flat(counter.draft(request))))


@post("/{market:str}/{lang:str}/checkout", dependencies=COUNTER, sync_to_thread=True)
def address_form(counter: NamedDependency[Counter], form: NamedDependency[Form]) -> Response[Any]:
    """Take the address and go on to the review."""
    visit = counter.visit
    address = read_address(form, visit.market.country, visit.tongue)
    if not is_taxed(visit, region_of(address, visit.market.country)):
        form.fail("country_area", visit.tongue.say(NO_TAX_KNOWN))
    email, phone = read_contact(form, visit.tongue)
    number = read_business_number(form, visit.market, visit.tongue)
    if form.errors:
        return _address(counter, form, status=422)
    name = f"draft-{visit.market.id}"
    draft = {"email": email, "phone": phone, "address": address, FIELD: number}
    return see_other(
        visit.url("/checkout/review"),
        counter.cookies.make(name, counter.signer.signed(name, draft), seconds=DRAFT_LASTS),
    )


def _address(counter: Counter, form: Form, *, status: int = 200) -> Response[str]:
    visit = counter.visit
    fields = address_fields(visit.market.country, visit.tongue)
    form.order(["email", *(each.name for each in fields), "phone", FIELD])
    return counter.page(
        "address",
        title=visit.tongue.say(N_("Delivery address")),
        path="/checkout",
        status=status,
        form=form,
        fields=fields,
        business=business_label(visit.market.business_number, visit.tongue),
    )


def _flat(draft: dict[str, Any] | None) -> dict[str, str]:
    if draft is None:
        return {}
    return {"email": draft["email"], "phone": draft["phone"], FIELD: draft.get(FIELD, ""), **draft["address"]}


HANDLERS = [address_page, address_form]
