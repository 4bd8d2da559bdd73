"""The withdrawal function of a market: whether its rules in force ask for one, and the words on its two buttons.

The words are the law's where the rules give them in the language, and else the directive's, translated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.ground.errors import NotFound
from shop.policies.library import PolicyLibrary


@dataclass(frozen=True, slots=True)
class WithdrawalWords:
    """What leads to the function, and what confirms the declaration (Directive 2011/83/EU art. 11a; BGB § 356a).

    `model_form` says that there is a form on paper besides, to which the function leads.
    """

    entry: str
    confirm: str
    model_form: bool


def withdrawal_words(policies: PolicyLibrary, market: str, tongue: Tongue, day: date) -> WithdrawalWords | None:
    """The words of the market's withdrawal function in this tongue; None where the rules in force ask for none."""
    try:
        rules = policies.in_force(market, "returns", day).rules
    except NotFound:
        return None
    return words_of(rules, tongue)


def words_of(rules: Mapping[str, Any], tongue: Tongue) -> WithdrawalWords | None:
    """The same by these returns rules, such as those accepted with an order."""
    if not rules["withdrawal_function"]:
        return None
    labels = rules.get("withdrawal_labels", {}).get(tongue.language, {})
    return WithdrawalWords(
        entry=labels.get("entry") or tongue.say(N_("Withdraw from the contract here")),
        confirm=labels.get("confirm") or tongue.say(N_("Confirm the withdrawal")),
        model_form=bool(rules.get("model_form")),
    )


def withdrawal_entry(policies: PolicyLibrary, market: str, tongue: Tongue, day: date) -> str:
    """The words that lead to the function; empty where there is none."""
    words = withdrawal_words(policies, market, tongue, day)
    return words.entry if words else ""
