"""What gates name, said in words: policies, languages, parts of the legal notice, tax classes, reasons against a product.

Whatever is not known here (a kind or a rule of the imported set-up) is shown as it was written there.
"""

from collections.abc import Callable, Mapping

from shop.base.i18n import N_, Tongue
from shop.launches.readying.facts import Item, Unfit, Unwritten
from shop.launches.readying.research import TOPICS
from shop.policies.comparing import KIND_NAMES
from shop.scorecard.metrics import METRICS
from shop.support.crisis.words import ROLES
from shop.support.staffed.spans import Unheard
from shop.support.staffed.words import unheard

POLICIES = KIND_NAMES | {
    "returns": N_("Returns"),
    "warranty": N_("Guarantee"),
    "legal": N_("Legal and privacy"),
    "terms": N_("Terms"),
    "shipping": N_("Shipping"),
    "imprint": N_("Legal notice"),
}
IMPRINT = {
    "seller": N_("Seller's name"),
    "seller_address": N_("Seller's address"),
    "email": N_("E-mail address"),
    "phone": N_("Phone number"),
}
DOCUMENTS = {"distributor_manual": N_("Distributor manual"), "crisis_handbook": N_("Crisis handbook")}
TAX_CLASSES = {"standard": N_("Standard goods"), "food": N_("Food"), "service": N_("Services")}
SUBJECTS = {
    "all": N_("All goods"),
    "mains": N_("Appliances with a plug"),
    "mains_adapter": N_("Mains adapters"),
    "battery": N_("Appliances with a battery"),
    "battery_loose": N_("Loose batteries"),
    "li_ion_loose": N_("Loose lithium batteries"),
    "button_cell": N_("Button cells"),
    "coin_cell": N_("Button cells"),
    "radio": N_("Appliances with radio"),
    "cosmetic": N_("Cosmetics"),
    "chemical": N_("Chemicals"),
    "food": N_("Food"),
    "food_animal": N_("Food of animal origin"),
    "animal_origin": N_("Food of animal origin"),
    "food_novel": N_("Novel food"),
    "novel_food": N_("Novel food"),
    "dairy": N_("Dairy"),
    "honey": N_("Honey"),
    "heat_sensitive": N_("Goods that heat spoils"),
    "spare": N_("Spare parts"),
    "consumable": N_("Consumables"),
    "service": N_("Services"),
}
REASONS = {
    "voltage": N_("The mains voltage does not fit"),
    "frequency": N_("The mains frequency does not fit"),
    "plug": N_("The plug does not fit"),
    "mains_unknown": N_("The mains supply there is not known"),
    "certificate_missing": N_("A paper is missing"),
    "certificate_expired": N_("A paper has ended"),
    "certificate_not_yet_valid": N_("A paper is not yet in force"),
    "responsible_person_missing": N_("Nobody answers for these goods there"),
    "label_language": N_("The label is missing in a language"),
    "manual_language": N_("The manual is missing in a language"),
    "allergens_unanswered": N_("The question of allergens is not answered"),
    "parent_not_sold": N_("The product it fits is not sold there"),
    "animal_origin_import_permit": N_("Food of animal origin needs an import permit"),
    "animal_origin_not_by_parcel": N_("Food of animal origin may not come by parcel"),
    "bicon_dairy_permit": N_("Dairy needs a biosecurity permit"),
    "bicon_not_to_western_australia": N_("Biosecurity keeps it out of Western Australia"),
    "cross_border_list_and_gacc_plant": N_(
        "The product must be on the list for cross-border sale, and its plant registered"
    ),
    "cross_border_list_or_gacc": N_("The product must be on the list for cross-border sale, or its maker registered"),
    "cross_border_only": N_("Only cross-border sale is open to it"),
    "ecas_montaji_listing": N_("It must be registered with the authorities there"),
    "ghs_label_and_carrier_approval": N_("It needs a hazard label and the carrier's consent"),
    "health_certificate": N_("It needs a health certificate"),
    "import_notification": N_("The import must be notified"),
    "local_coin_cell_rule": N_("The local rule on button cells must be met"),
    "melts_in_summer": N_("It melts on the way in summer"),
    "no_proof_of_safe_use": N_("There is no proof of its safe use"),
    "product_registration": N_("The product must be registered"),
    "repair_partner_out_of_reach": N_("No repair partner is within reach"),
    "statutory_rights_disclosure": N_("Statutory rights must be told beside it"),
    "un3480_air_limit": N_("Loose lithium batteries may not fly"),
}


def named(code: str, item: Item, tongue: Tongue) -> str:
    """One thing that the finding `code` names, in words."""
    if isinstance(item, Unfit):
        said = reason_words(item.code, item.detail, tongue)
        return tongue.say(N_("%(label)s: %(value)s"), label=item.sku, value=said)
    if isinstance(item, Unwritten):
        thing, language = _word({**POLICIES, **DOCUMENTS}, item.thing, tongue), tongue.language_name(item.language)
        return tongue.say(N_("%(name)s (%(language)s)"), name=thing, language=language)
    if isinstance(item, Unheard):
        hours, language = unheard(item.hours, tongue), tongue.language_name(item.language)
        return tongue.say(N_("%(name)s (%(language)s)"), name=hours, language=language)
    return _NAMED.get(code, _as_written)(item, tongue)


def reason_words(reason: str, detail: str, tongue: Tongue) -> str:
    """Why a product may not be sold in a market, and what that is about."""
    said = _word(REASONS, reason, tongue)
    if not detail:
        return said
    return tongue.say(N_("%(name)s (%(detail)s)"), name=said, detail=_detail(reason, detail, tongue))


def _detail(reason: str, detail: str, tongue: Tongue) -> str:
    """Languages, a kind of goods, a field, or a figure, mark or SKU as it is."""
    if reason in ("label_language", "manual_language"):
        return tongue.list([tongue.language_name(each) for each in detail.split()])
    if reason == "allergens_unanswered":
        return tongue.say(N_("Contains") if detail == "contains" else N_("May contain traces"))
    return _word(SUBJECTS, detail, tongue)


def counted(numbers: Mapping[str, int], tongue: Tongue) -> str:
    """Languages with a number each."""
    said = N_("%(name)s (%(number)s)")
    return tongue.list(
        [tongue.say(said, name=tongue.language_name(each), number=tongue.number(numbers[each])) for each in numbers]
    )


def _word(words: Mapping[str, str], key: str, tongue: Tongue) -> str:
    return tongue.say(words[key]) if key in words else key


def _as_written(item: str, _tongue: Tongue) -> str:
    return item


def _language(item: str, tongue: Tongue) -> str:
    return tongue.language_name(item)


_NAMED: dict[str, Callable[[str, Tongue], str]] = {
    "interface_lacking": _language,
    "order_button_lacking": _language,
    "no_native_hours": _language,
    "imprint_lacking": lambda key, tongue: _word(IMPRINT, key, tongue),
    "crisis_roles_lacking": lambda key, tongue: _word(ROLES, key, tongue),
    "roles_asleep": lambda key, tongue: _word(ROLES, key, tongue),
    "responsible_lacking": lambda key, tongue: _word(SUBJECTS, key, tongue),
    "topics_lacking": lambda key, tongue: tongue.say(TOPICS[key][0]) if key in TOPICS else key,
    "macros_lacking": _language,
    "recall_texts_lacking": _language,
    "documents_lacking": lambda key, tongue: _word(DOCUMENTS, key, tongue),
    "lines_lacking": lambda key, tongue: tongue.say(METRICS[key].title) if key in METRICS else key,
    "untaxed": lambda key, tongue: _word(TAX_CLASSES, key, tongue),
}
