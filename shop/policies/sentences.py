"""A policy's rules in one line each, for the places where a customer decides: product, review, order, mail."""

from shop.base.i18n import N_, NN_, Tongue
from shop.policies.library import PolicyVersion


def return_line(version: PolicyVersion, tongue: Tongue) -> str:
    """How long one may send something back, and who pays the way."""
    rules, days = version.rules, version.rules["window_days"]
    seller_pays = rules["return_shipping"] == "seller"
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


def line(version: PolicyVersion, tongue: Tongue) -> str:
    """The one line of a policy of any kind."""
    if version.kind == "returns":
        return return_line(version, tongue)
    if version.kind == "warranty":
        return guarantee_line(version, tongue)
    if version.kind == "terms":
        return tongue.say(N_("How the contract comes about, how you pay, and where to turn when we disagree."))
    return tongue.say(N_("Who we are, how the contract comes about, and how we use your data."))
