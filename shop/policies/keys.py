"""Which keys a policy's rules may and must have, of which type, and what each may be chosen from."""

from datetime import date

SUCCESSORS = {"legal": ("terms", "privacy", "shipping", "imprint")}  # a kind that ends -> the kinds that follow it
ELECTIVE: tuple[str, ...] = ()  # kinds that only those markets have which publish one
KINDS = ("returns", "warranty", "legal", *SUCCESSORS["legal"], *ELECTIVE)
NEEDED = tuple(kind for kind in KINDS if kind not in SUCCESSORS and kind not in ELECTIVE)
ACCEPTED = ("returns", "warranty", "legal", "terms")  # what an order accepts; the others only inform
INFORMING = ("privacy",)  # what is linked beside the acceptance

COMMON = {"kind": str, "market": str, "effective": date}
LISTS = {
    "sources": list,
    "exclusions": list,
    "remedies": list,
    "disclaimers_allowed": list,
    "withdrawal_labels": dict,
    "overrides": dict,  # key -> the reason, in words, why it may be worse than the minimum
}
_WHO_WE_ARE: dict[str, type] = {
    "seller": str,
    "seller_address": str,
    "email": str,
    "phone": str,
    "director": str,
    "company_number": str,
    "tax_number": str,
    "responsible_person": str,
}
KEYS: dict[str, dict[str, type]] = {
    "returns": {
        "nature": str,
        "window_days": int,
        "day_kind": str,
        "starts_from": str,
        "return_shipping": str,
        "refund_days": int,
        "refund_starts_from": str,
        "refund_includes_outbound_shipping": bool,
        "extension_if_not_informed_months": int,
        "end_rolls_to_working_day": bool,
        "withdrawal_function": bool,
    },
    "warranty": {
        "legal_guarantee_basis": str,
        "legal_guarantee_months": int,
        "burden_of_proof_months": int,
        "notify_within_days": int,
        "extra_months_after_repair": int,
        "commercial_guarantee_months": int,
        "guarantor": str,
        "guarantor_address": str,
        "territory": str,
        "how_to_claim": str,
        "parts_years": int,
    },
    "legal": {
        **_WHO_WE_ARE,
        "dispute_body": str,
        "delivery_days_min": int,
        "delivery_days_max": int,
        "duties": str,
        "retention_years": int,
        "order_button_required": bool,
    },
    "terms": {
        "seller": str,
        "email": str,
        "dispute_body": str,
        "order_button_required": bool,
    },
    "privacy": {
        "seller": str,
        "seller_address": str,
        "email": str,
        "representative": str,  # within the market's union or country; "" when none is needed
        "retention_years": int,
    },
    "shipping": {
        "delivery_days_min": int,
        "delivery_days_max": int,
        "duties": str,
        "carriers": str,
    },
    "imprint": _WHO_WE_ARE,
}
OPTIONAL: dict[str, dict[str, type]] = {  # what only some markets' law asks for, and versions before them do not say
    "returns": {
        "model_form": bool,
        "final_screen": bool,  # the terms of the order stand together on the last page before it is placed
        "cancel_before_dispatch": bool,
        "several_parcels": str,  # where an order comes in several: whose receipt counts
        "refund_waits_for_goods": bool,  # or for proof that they were sent, where the days run from the notice
        "return_address": str,
        "send_back_days": int,  # from the declaration, for the customer
    },
    "warranty": {
        "harmonised_notice": bool,
        "durability_label_months": int,  # the producer's free guarantee of the whole good; 0 where there is no label
        "legal_guarantee_source": str,
        "parts_notice": bool,  # how long there are parts, repair and information is said before the order
        "months_after_noticing": int,  # what showed in the term can be claimed so long after, though the term is over
        "hidden_defects_from_noticing": bool,  # the term of a hidden fault begins when it shows
        "replacement_starts_anew": bool,  # the term begins anew with a replacement
    },
    "terms": {"first_language": dict},  # region -> the language in which its law wants the contract offered first
}
CHOICES = {
    "nature": ("statutory", "voluntary"),
    "day_kind": ("calendar", "working"),
    "starts_from": ("day_after_receipt", "receipt_day_counts"),
    "return_shipping": ("customer", "seller"),
    "refund_starts_from": ("notice", "goods_back"),
    "legal_guarantee_basis": ("fixed", "reasonable_time", "notify_within"),
    "duties": ("included", "named"),
    "several_parcels": ("last", "each"),
}
PRODUCT_CLASSES = ("sealed_hygiene", "perishable", "made_to_order", "electrical", "cosmetics", "food", "service")
REMEDIES = (
    "repair",
    "repair_within_30_days",
    "replacement",
    "replacement_of_generic_goods",
    "repair_or_replacement",
    "minor_repair_replacement_or_refund",
    "serious_rejection_or_price_reduction",
    "price_reduction",
    "price_reduction_or_termination",
    "rescission",
    "cancellation",
    "revocation_of_acceptance",
    "refund",
    "refund_with_correction",
    "per_written_warranty",
    "damages",
)
CONDITIONS = ("always", "unsealed", "started", "used", "performed")
EXTRA = {  # facts any text may want to name
    **dict.fromkeys(("email", "seller", "phone", "guarantor", "seller_address"), str),
    **dict.fromkeys(("delivery_days_min", "delivery_days_max", "window_days", "refund_days"), int),
}
