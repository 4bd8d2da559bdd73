"""What some markets' law wants on the last page before an order: all its terms in one place, another language offered first.

Japan: the Act on Specified Commercial Transactions, art. 12-6, asks for quantity, price, time and way of payment, time
of delivery, the period of the offer, and what holds for cancelling and returning.
"""

from collections.abc import Mapping
from typing import Any

from shop.base.i18n import N_, own_name
from shop.checkout.quote import Quote
from shop.ground.money import Money
from shop.markets.calendar import day_in, expected
from shop.markets.visit import Visit
from shop.policies.library import PolicyVersion
from shop.policies.sentences import return_line

METHODS: Mapping[str, str] = {
    "card": N_("By card, on the page after this one, when you place the order."),
    "": N_("On the page after this one, when you place the order."),
}


def final_terms(quote: Quote, visit: Visit, returns: PolicyVersion | None) -> list[dict[str, Any]]:
    """The rows as (label, sentences); none where the rules do not ask for them."""
    if returns is None or not returns.rules.get("final_screen"):
        return []
    say = visit.tongue.say
    rows = [
        (N_("Quantity"), [f"{each.offer.text.name} × {visit.tongue.number(each.quantity)}" for each in quote.lines]),
        (N_("Price in all"), [_price(quote, visit)]),
        (N_("When and how you pay"), [say(METHODS.get(visit.market.payment_methods, METHODS[""]))]),
        (N_("When it is delivered"), [_delivered(quote, visit)]),
        (N_("Until when the offer holds"), _until(quote, visit)),
        (N_("Cancelling and returning"), _returning(quote, visit, returns)),
    ]
    return [{"label": say(label), "values": values} for label, values in rows]


def language_first(terms: PolicyVersion | None, region: str, visit: Visit) -> dict[str, str] | None:
    """The language in which the contract has to be offered first in the region it goes to, if it is read in another now."""
    first = terms.rules.get("first_language", {}).get(region) if terms else None
    if first in (None, visit.tongue.language) or first not in visit.market.languages.split():
        return None
    return {"tag": first, "name": own_name(first), "url": f"/{visit.market.id}/{first}/checkout/review"}


def _price(quote: Quote, visit: Visit) -> str:
    tongue = visit.tongue
    total, way = tongue.money(quote.total), tongue.money(Money(quote.delivery.price, quote.currency))
    return tongue.say(N_("%(total)s, of which delivery: %(delivery)s"), total=total, delivery=way)


def _delivered(quote: Quote, visit: Visit) -> str:
    if not quote.parcel:
        return visit.tongue.say(N_("Nothing is sent: this order needs no parcel."))
    today = day_in(visit.market, visit.now)
    first, last = expected(visit.market, today, quote.delivery.days_min, quote.delivery.days_max)
    say, day = visit.tongue.say, visit.tongue.day
    return say(N_("If you order today: %(first)s to %(last)s"), first=day(first), last=day(last))


def _until(quote: Quote, visit: Visit) -> list[str]:
    tongue, zone = visit.tongue, visit.market.zone
    ends = [(each.offer.text.name, each.offer.listing.until) for each in quote.lines]
    said = [
        tongue.say(N_("%(name)s: until %(when)s"), name=name, when=tongue.moment(until, zone))
        for name, until in ends
        if until is not None
    ]
    return said or [tongue.say(N_("There is no set end."))]


def _returning(quote: Quote, visit: Visit, returns: PolicyVersion) -> list[str]:
    """The lines of the classes in the cart, each once, after what holds for cancelling."""
    classes = dict.fromkeys(each.offer.product.return_class for each in quote.lines)
    lines = list(dict.fromkeys(return_line(returns, visit.tongue, each) for each in classes))
    if returns.rules.get("cancel_before_dispatch"):
        lines.insert(0, visit.tongue.say(N_("Until it is sent you can cancel the order free of charge.")))
    return lines
