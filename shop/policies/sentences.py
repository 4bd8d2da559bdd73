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
    rules, own = version.rules, version.rules["commercial_guarantee_months"]
    if rules["legal_guarantee_basis"] == "fixed":
        said = N_("Legal guarantee: %(legal)s months. Our own guarantee besides: %(own)s months.")
        return tongue.say(said, legal=tongue.number(rules["legal_guarantee_months"]), own=tongue.number(own))
    if rules["legal_guarantee_basis"] == "notify_within":
        said = N_(
            "Your legal rights hold when something is wrong; tell us within %(days)s days of noticing. "
            "Our own guarantee besides: %(own)s months."
        )
        return tongue.say(said, days=tongue.number(rules["notify_within_days"]), own=tongue.number(own))
    said = N_("Your legal rights hold for a reasonable time. Our own guarantee besides: %(own)s months.")
    return tongue.say(said, own=tongue.number(own))


def line(version: PolicyVersion, tongue: Tongue) -> str:
    """The one line of a policy of any kind."""
    if version.kind == "returns":
        return return_line(version, tongue)
    if version.kind == "warranty":
        return guarantee_line(version, tongue)
    return tongue.say(N_("Who we are, how the contract comes about, and how we use your data."))
