"""What a customer is told of import duties beside what delivery costs: from the policy in force, never from the page."""

from shop.base.i18n import N_
from shop.markets.calendar import day_in
from shop.markets.visit import Visit
from shop.policies.library import PolicyLibrary

WORDS = {
    "included": N_("Import duties are included: the carrier collects nothing from you."),
    "named": N_("Duties and import taxes are not included: the carrier collects them on delivery."),
}


def duties_words(policies: PolicyLibrary, visit: Visit) -> str:
    """Who pays import duties; empty where nothing crosses a border, or nothing is said of it yet."""
    market, day = visit.market, day_in(visit.market, visit.now)
    rate = visit.snapshot.shipping.get(market.id)
    if rate is None or rate.origin == market.country:
        return ""
    rules = policies.rules(market.id, "shipping", day)
    return visit.tongue.say(WORDS[rules["duties"]]) if rules else ""
