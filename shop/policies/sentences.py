"""A policy's rules in one line each, for the places where a customer decides: product, review, order, mail."""

from collections.abc import Mapping
from typing import Any

from shop.base.i18n import N_, NN_, Tongue
from shop.policies.library import PolicyVersion

# By condition, and by class where the general words do not fit it. What is faulty is another matter everywhere.
NEVER = {
    "": N_("This product cannot be returned for a change of mind. If something is wrong with it, it can."),
    "perishable": N_(
        "This product does not keep for long and cannot be returned for a change of mind. If something is wrong with "
        "it, it can."
    ),
    "made_to_order": N_(
        "This product is made for you and cannot be returned for a change of mind. If something is wrong with it, it can."
    ),
}
ONCE = {
    "unsealed": N_("Once the seal is broken it cannot be returned, unless something is wrong with it."),
    "used": N_("Once it was used it cannot be returned, unless something is wrong with it."),
}
ELECTRICAL_UNSEALED = N_(
    "Once its own packaging has been opened it cannot be returned, unless something is wrong with it."
)
SERVICE_ENDS = {
    "started": N_("This holds as long as the work has not begun."),
    "performed": N_("This ends earlier once the service has been performed in full and you had agreed to that."),
}


def return_line(version: PolicyVersion, tongue: Tongue, return_class: str = "general") -> str:
    """How long one may send something back, who pays the way, and what goods of a class are left out of it when."""
    condition = _condition(version.rules, return_class)
    if condition == "always":
        return tongue.say(NEVER.get(return_class, NEVER[""]))
    if return_class == "service":
        line, left_out = _service_days(version.rules, tongue), SERVICE_ENDS.get(condition, "")
    else:
        line, left_out = _days(version.rules, tongue), ONCE.get(condition, "")
        if (return_class, condition) == ("electrical", "unsealed"):
            left_out = ELECTRICAL_UNSEALED
    return tongue.say(N_("%(first)s %(second)s"), first=line, second=tongue.say(left_out)) if left_out else line


def _condition(rules: Mapping[str, Any], return_class: str) -> str:
    """When goods of this class are left out by these rules: always, once something happened, or (empty) never."""
    found = [each for each in rules.get("exclusions", ()) if each["class"] == return_class]
    return str(found[0].get("condition", "always")) if found else ""


def _service_days(rules: Mapping[str, Any], tongue: Tongue) -> str:
    if rules["nature"] == "statutory":
        words = NN_(
            "%(num)s day from the order to withdraw from the contract.",
            "%(num)s days from the order to withdraw from the contract.",
        )
    else:
        words = NN_("%(num)s day to cancel this service.", "%(num)s days to cancel this service.")
    return tongue.count(*words, rules["window_days"])


def _days(rules: Mapping[str, Any], tongue: Tongue) -> str:
    days, seller_pays = rules["window_days"], rules["return_shipping"] == "seller"
    if rules["nature"] == "statutory":
        free = NN_(
            "%(num)s day to withdraw from the contract; we pay for sending it back.",
            "%(num)s days to withdraw from the contract; we pay for sending it back.",
        )
        own = NN_(
            "%(num)s day to withdraw from the contract; you pay for sending it back.",
            "%(num)s days to withdraw from the contract; you pay for sending it back.",
        )
    else:
        free = NN_(
            "%(num)s day to return what you do not want to keep; we pay for sending it back.",
            "%(num)s days to return what you do not want to keep; we pay for sending it back.",
        )
        own = NN_(
            "%(num)s day to return what you do not want to keep; you pay for sending it back.",
            "%(num)s days to return what you do not want to keep; you pay for sending it back.",
        )
    return tongue.count(*(free if seller_pays else own), days)


def guarantee_line(version: PolicyVersion, tongue: Tongue) -> str:
    """The legal guarantee first, then the maker's own promise on top of it."""
    own = tongue.count(
        "Our own guarantee besides: %(num)s month.", "Our own guarantee besides: %(num)s months.",
        version.rules["commercial_guarantee_months"],
    )  # fmt: skip
    return tongue.say(N_("%(first)s %(second)s"), first=_legal_guarantee(version, tongue), second=own)


def _legal_guarantee(version: PolicyVersion, tongue: Tongue) -> str:
    match version.rules["legal_guarantee_basis"]:
        case "fixed":
            months = NN_("Legal guarantee: %(num)s month.", "Legal guarantee: %(num)s months.")
            return tongue.count(*months, version.rules["legal_guarantee_months"])
        case "notify_within":
            days = NN_(
                "Your legal rights hold when something is wrong; tell us within %(num)s day of noticing.",
                "Your legal rights hold when something is wrong; tell us within %(num)s days of noticing.",
            )
            return tongue.count(*days, version.rules["notify_within_days"])
    return tongue.say(N_("Your legal rights hold for a reasonable time."))


def parts_line(rules: Mapping[str, Any], tongue: Tongue) -> str:
    """How long parts, repair and the information for it are kept, where the rules want it told before the order.

    Consumer Protection Act (Quebec) s. 39. Empty where they do not.
    """
    if not rules.get("parts_notice"):
        return ""
    words = NN_(
        "Parts, repair and the information needed for it: available for %(num)s year after the last piece was sold.",
        "Parts, repair and the information needed for it: available for %(num)s years after the last piece was sold.",
    )
    return tongue.count(*words, rules["parts_years"])


def line(version: PolicyVersion, tongue: Tongue, return_class: str = "general") -> str:
    """The one line of a policy of any kind, for goods of a class where that makes a difference."""
    if version.kind == "returns":
        return return_line(version, tongue, return_class)
    if version.kind == "warranty":
        return guarantee_line(version, tongue)
    if version.kind == "terms":
        return tongue.say(N_("How the contract comes about, how you pay, and where to turn when we disagree."))
    return tongue.say(N_("Who we are, how the contract comes about, and how we use your data."))
