"""A policy's rules in the words of those who decide about them: what each is called, and what its value means."""

from collections.abc import Mapping
from typing import Any

from shop.base.i18n import N_, NP_, Tongue, own_name
from shop.policies.diff import Value, flat_rules

LABELS: Mapping[str, str] = {
    "effective": N_("Takes effect on"),
    "nature": N_("Nature of the right"),
    "window_days": N_("Days to send something back"),
    "day_kind": N_("Kind of days"),
    "starts_from": N_("The days begin"),
    "return_shipping": N_("Who pays for sending back"),
    "refund_days": N_("Days until the money is given back"),
    "refund_starts_from": N_("These days begin"),
    "refund_includes_outbound_shipping": N_("Delivery costs are given back too"),
    "extension_if_not_informed_months": N_("Months more if the customer was not told"),
    "end_rolls_to_working_day": N_("An end on a day off moves to the next working day"),
    "withdrawal_function": N_("Withdrawal button on every page"),
    "model_form": N_("Model withdrawal form"),
    "final_screen": N_("Terms of the order on the last page before it is placed"),
    "cancel_before_dispatch": N_("Cancelling is free before dispatch"),
    "refund_waits_for_goods": N_("The refund may wait until the goods are back"),
    "return_address": N_("Address for returns"),
    "send_back_days": N_("Days to send the goods once declared"),
    "several_parcels": N_("Several parcels of one order"),
    "legal_guarantee_basis": N_("Basis of the legal guarantee"),
    "legal_guarantee_months": N_("Months of legal guarantee"),
    "legal_guarantee_source": N_("Law of the legal guarantee"),
    "burden_of_proof_months": N_("Months in which the seller has to prove"),
    "notify_within_days": N_("Days to tell of a defect"),
    "extra_months_after_repair": N_("Months more after a repair"),
    "commercial_guarantee_months": N_("Months of our own guarantee"),
    "guarantor": N_("Who gives our own guarantee"),
    "guarantor_address": N_("Address of who gives it"),
    "territory": N_("Where it holds"),
    "how_to_claim": N_("How to claim"),
    "parts_years": N_("Years of spare parts"),
    "remedies": N_("Remedies, in their order"),
    "disclaimers_allowed": N_("What this market allows to be excluded"),
    "months_after_noticing": N_("Months to claim what showed in the term"),
    "hidden_defects_from_noticing": N_("The time of a hidden fault begins when it shows"),
    "replacement_starts_anew": N_("The time begins anew with a replacement"),
    "parts_notice": N_("Parts and repair are told of before the order"),
    "harmonised_notice": N_("Harmonised notice of the legal guarantee"),
    "durability_label_months": N_("Months on the durability label"),
    "seller": N_("Seller"),
    "seller_address": N_("Address of the seller"),
    "email": N_("E-mail address"),
    "phone": N_("Telephone"),
    "director": N_("Represented by"),
    "company_number": N_("Company number"),
    "tax_number": N_("Tax number"),
    "responsible_person": N_("Responsible person in the market"),
    "representative": N_("Representative in the market"),
    "dispute_body": N_("Body for disputes"),
    "delivery_days_min": N_("Fewest working days of delivery"),
    "delivery_days_max": N_("Most working days of delivery"),
    "duties": N_("Import duties"),
    "carriers": N_("Carriers"),
    "retention_years": N_("Years that records are kept"),
    "order_button_required": N_("Words on the order button by law"),
}
GROUPS: Mapping[str, str] = {  # keys that are parted by a dot: what stands before it
    "exclusions": N_("Not to be sent back: %(what)s"),
    "first_language": N_("Language to be offered first: %(what)s"),
    "withdrawal_labels": N_("Words of the withdrawal function: %(what)s"),
}
BUTTONS: Mapping[str, str] = {  # of the withdrawal function, in each language
    "entry": N_("Words that lead to the withdrawal: %(language)s"),
    "confirm": N_("Words that confirm the withdrawal: %(language)s"),
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "nature": {"statutory": N_("by law"), "voluntary": N_("our own promise")},
    "day_kind": {"calendar": N_("all days of the week"), "working": N_("working days")},
    "starts_from": {
        "day_after_receipt": N_("on the day after the goods arrive"),
        "receipt_day_counts": N_("on the day the goods arrive"),
    },
    "return_shipping": {"customer": NP_("who pays", "The customer"), "seller": NP_("who pays", "We")},
    "refund_starts_from": {
        "notice": N_("when the customer tells us"),
        "goods_back": N_("when the goods are back"),
    },
    "legal_guarantee_basis": {
        "fixed": N_("a fixed number of months"),
        "reasonable_time": N_("a reasonable time"),
        "notify_within": N_("whoever notices a defect has to tell in time"),
    },
    "several_parcels": {"last": N_("the last one counts for all"), "each": N_("each counts for itself")},
    "how_to_claim": {"support": N_("on the support pages of this shop")},
    "duties": {"included": N_("in the price"), "named": N_("collected on delivery")},
}
CLASSES: Mapping[str, str] = {
    "sealed_hygiene": N_("sealed goods of hygiene"),
    "perishable": N_("perishable goods"),
    "made_to_order": N_("goods made to order"),
    "electrical": N_("electrical goods"),
    "cosmetics": N_("cosmetics"),
    "food": N_("food"),
    "service": N_("services"),
}
CONDITIONS: Mapping[str, str] = {
    "always": NP_("exclusion", "always"),
    "unsealed": NP_("exclusion", "once the seal is broken"),
    "started": NP_("exclusion", "once it has begun"),
    "used": NP_("exclusion", "once it was used"),
    "performed": NP_("exclusion", "once it has been performed in full"),
}


REMEDIES: Mapping[str, str] = {
    "repair": N_("Repair"),
    "repair_within_30_days": N_("Repair within 30 days"),
    "replacement": N_("Replacement"),
    "replacement_of_generic_goods": N_("Replacement by goods of the same kind"),
    "repair_or_replacement": N_("Repair or replacement, as the customer chooses"),
    "minor_repair_replacement_or_refund": N_("For a minor fault: repair, replacement or refund, as the seller chooses"),
    "serious_rejection_or_price_reduction": N_(
        "For a serious fault: send it back for the money or another one, or keep it for a lower price, as the customer chooses"
    ),
    "price_reduction": N_("A lower price"),
    "price_reduction_or_termination": N_("A lower price, or the end of the contract and the money back"),
    "rescission": N_("The end of the contract and the money back"),
    "cancellation": N_("Cancellation of the contract and the money back"),
    "revocation_of_acceptance": N_("Giving it back for the money"),
    "refund": N_("The money back"),
    "refund_with_correction": N_("The money back, adjusted for inflation"),
    "per_written_warranty": N_("What the written warranty says: repair, else replacement, else the money back"),
    "damages": N_("Compensation for damage"),
}


def rule_name(key: str, tongue: Tongue) -> str:
    """What the rule is called; a rule that nobody has named goes by its key."""
    group, _, rest = key.partition(".")
    language, _, button = rest.partition(".")
    if group == "withdrawal_labels" and button in BUTTONS:
        return tongue.say(BUTTONS[button], language=own_name(language))
    if rest and group in GROUPS:
        return tongue.say(GROUPS[group], what=tongue.say(CLASSES[rest]) if rest in CLASSES else rest)
    return tongue.say(LABELS[key]) if key in LABELS else key


def rule_value(key: str, value: Value, tongue: Tongue) -> str:
    """The value as it is read; a dash where there is no such rule."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return tongue.say(N_("yes")) if value else tongue.say(N_("no"))
    if isinstance(value, int):
        return tongue.number(value)
    if key == "remedies":
        return tongue.list([tongue.say(REMEDIES[each]) if each in REMEDIES else each for each in value.split(", ")])
    if key == "territory" and len(value) == 2:
        return tongue.territory(value)
    words = CONDITIONS if key.startswith("exclusions.") else VALUES.get(key, {})
    return tongue.say(words[value]) if value in words else value


def rules_told(rules: Mapping[str, Any], tongue: Tongue) -> list[dict[str, str]]:
    """All rules of a version as name and value, in their order."""
    return [
        {"label": rule_name(key, tongue), "value": rule_value(key, value, tongue)} for key, value in flat_rules(rules)
    ]
