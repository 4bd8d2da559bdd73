"""What the rules of a policy mean, for who writes them: one sentence each, the law's minimum in words, the groups of a form."""

from collections.abc import Callable, Mapping
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.policies.rule_checks import MINIMUMS, at_least, at_most

HELP: Mapping[str, str] = {
    "nature": N_(
        "By law: nobody can take it from the customer. Our own promise: we give it although no law asks for it."
    ),
    "window_days": N_("How many days a customer has to send something back without giving a reason."),
    "day_kind": N_("Working days leave out weekends and holidays of the market."),
    "starts_from": N_("From when the days for sending back are counted."),
    "return_shipping": N_("Who pays the parcel when a customer simply does not want to keep something."),
    "refund_days": N_("In how many days at the latest the money is given back."),
    "refund_starts_from": N_("From when those days are counted."),
    "refund_includes_outbound_shipping": N_("Whether what the customer paid for delivery is given back as well."),
    "extension_if_not_informed_months": N_(
        "How many months longer the right lasts when the customer was not told of it."
    ),
    "end_rolls_to_working_day": N_("Whether a last day that is a Saturday, Sunday or holiday moves on."),
    "withdrawal_function": N_(
        "Whether customers find a button on every page with which they withdraw from the contract."
    ),
    "model_form": N_("Whether there is a form to print, with which customers can withdraw."),
    "final_screen": N_("Whether all terms of the order stand together on the last page before it is placed."),
    "cancel_before_dispatch": N_("Whether an order can be cancelled free of charge as long as it is not on its way."),
    "several_parcels": N_("Which receipt counts when an order comes in several parcels."),
    "refund_waits_for_goods": N_(
        "Whether we may wait with the money until the goods are back or were shown to be sent."
    ),
    "return_address": N_("Where customers send things. A market that sells needs one."),
    "send_back_days": N_("In how many days after telling us the customer has to send the goods."),
    "legal_guarantee_basis": N_("How the law of this market says how long goods must be free of faults."),
    "legal_guarantee_months": N_("For how many months the law holds us liable for faults. 0 where it names no number."),
    "burden_of_proof_months": N_(
        "For how many months it is we who must prove that a fault was not there from the start."
    ),
    "notify_within_days": N_("In how many days a customer must tell of a fault. 0 where there is no such duty."),
    "extra_months_after_repair": N_("How many months the guarantee gains when something was repaired."),
    "commercial_guarantee_months": N_(
        "For how many months we guarantee more than the law asks. 0 for no such guarantee."
    ),
    "guarantor": N_("The company that gives this guarantee."),
    "territory": N_("The country in which the guarantee holds, by its two letters."),
    "how_to_claim": N_("Where a customer turns to; `support` stands for the support pages of this shop."),
    "parts_years": N_("For how many years spare parts can be had."),
    "months_after_noticing": N_("How many months a fault that showed in time can still be claimed."),
    "hidden_defects_from_noticing": N_("Whether the time of a fault that could not be seen begins when it shows."),
    "replacement_starts_anew": N_("Whether a replacement has the whole time again."),
    "parts_notice": N_("Whether customers are told before the order how long parts and repair can be had."),
    "harmonised_notice": N_(
        "Whether the notice on the legal guarantee stands before the order, as the European Union asks."
    ),
    "durability_label_months": N_(
        "Only for a free guarantee of the whole product of more than 24 months. 0 for no label."
    ),
    "legal_guarantee_source": N_("The article that says so, as customers may read it."),
    "remedies": N_("What a customer may ask for when something is faulty, first things first."),
    "disclaimers_allowed": N_("One a line. Nothing may be excluded unless the law of this market lets us."),
    "first_language": N_(
        "One region a line: where its law wants the contract offered first in a language. Such as: QC = fr"
    ),
    "seller": N_("The company that sells, with its legal form."),
    "seller_address": N_("Where letters reach it; the country last."),
    "dispute_body": N_("Where customers can turn to when we do not agree."),
    "responsible_person": N_(
        "Who answers for the goods towards the authorities of the market. Empty where none is needed."
    ),
    "representative": N_("Who answers for privacy in the market or its union. Empty where none is needed."),
    "delivery_days_min": N_("In how many working days an order arrives at the earliest."),
    "delivery_days_max": N_("In how many working days an order arrives at the latest."),
    "duties": N_("Whether import duties are part of the price, or the carrier collects them."),
    "retention_years": N_("For how many years orders and invoices are kept."),
    "order_button_required": N_("Whether the law says which words stand on the button that orders."),
}
BOUNDS: Mapping[Callable[[Any, Any], bool], str] = {
    at_least: N_("The law asks for at least %(number)s (%(source)s)."),
    at_most: N_("The law allows at most %(number)s (%(source)s)."),
}


def help_for(rule: str, tongue: Tongue) -> str:
    """What the rule means; empty where its name says it all."""
    return tongue.say(HELP[rule]) if rule in HELP else ""


def minimum_words(rule: str, minimums: Mapping[str, Any], tongue: Tongue) -> str:
    """What the law asks of this rule at least, with the article; empty where nothing is known of it."""
    law = minimums.get(rule)
    if not isinstance(law, Mapping) or law.get("value") is None:
        return ""
    told, value = {"source": law.get("source", "?")}, law["value"]
    if isinstance(value, list):
        allowed = tongue.list([str(each) for each in value])
        if not value:
            return tongue.say(N_("The law lets nothing be excluded (%(source)s)."), **told)
        return tongue.say(N_("The law lets be excluded (%(source)s): %(what)s"), what=allowed, **told)
    if isinstance(value, bool):
        return tongue.say(N_("The law asks for this (%(source)s)."), **told) if value else ""
    bound = MINIMUMS[rule]
    if bound is at_least and value == 0:
        return ""
    words = BOUNDS.get(bound)
    return tongue.say(words, number=tongue.number(value), **told) if words else ""
