"""What a customer may do with goods of an order at each door, why, and until when. Pure.

One function per door; each rests on the returns rules accepted with the order and on nothing of today but the day. What
only a look at the goods can tell (a broken seal) is a condition of the answer, never a no at the door.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shop.aftersales.periods import Window
from shop.base.i18n import N_

CANCEL_UNSENT = "cancel_before_dispatch"  # the rule
UNSENT = "unsent"  # the reason, and the kind of a case that cancels so
STANDINGS = {
    "in_time": N_("In time"),
    "late": N_("The time is over"),
    "excluded": N_("Cannot be sent back"),
    "not_offered": N_("Not offered here"),
}
REASONS = {
    "statutory": N_("The law gives you this right, without any reason."),
    "promise": N_("This is our own promise; the law does not ask for it."),
    UNSENT: N_("It has not been sent yet. Until then you can cancel it free of charge."),
    "not_begun": N_("We do not know yet that everything has arrived, so the time has not begun to run out."),
    "not_informed": N_("You were not told of it in time when you ordered, so there is more time."),
    "over": N_("The last day was before today."),
    "sealed": N_("Only while its seal is unbroken. We look at that when it is back."),
    "not_started": N_("Only as long as the service has not begun."),
    "not_performed": N_("Only until the service has been performed in full."),
    "unused": N_("Only while it is unused. We look at that when it is back."),
    "made_to_order": N_("It was made for you as you wished."),
    "perishable": N_("It does not keep for long."),
    "excluded": N_("Goods of this kind are left out."),
    "nothing_left": N_("Nothing of this is left: it was not paid for, or is part of another case already."),
    "no_right": N_("The law here gives no right to withdraw from an order, and we promise to take goods back instead."),
    "no_returns": N_("We do not take goods back here without a reason."),
    "withdraw_instead": N_("Here you need not ask: you can simply withdraw from the order."),
}
_CONDITIONS = {"unsealed": "sealed", "started": "not_started", "performed": "not_performed", "used": "unused"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code of the table of words, and the article or promise it rests on, as the rules name it."""

    code: str
    source: str = ""

    @property
    def words(self) -> str:
        """The reason as a message, to be said in somebody's tongue."""
        return REASONS[self.code]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds for one product at one door. `version` is that of the returns rules it rests on."""

    standing: str  # in_time | late | excluded | not_offered
    reasons: tuple[Reason, ...]
    version: str
    last_day: date | None = None

    @property
    def allowed(self) -> bool:
        """Whether the customer is entitled to it today."""
        return self.standing == "in_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The returns rules an order rests on. Where none were accepted (`accepted`), those in force when it was placed."""

    rules: Mapping[str, Any]
    accepted: bool

    @property
    def version(self) -> str:
        """The rules' version: the day they took effect."""
        return str(self.rules["effective"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One product of an order: how many pieces were bought, how many no other case keeps, and its time.

    `unsent` says that nothing of its order has left yet, although something is to; a service then has not begun either.
    """

    sku: str
    return_class: str
    bought: int
    left: int
    window: Window
    unsent: bool = False


def withdrawal_right(terms: Terms, item: Item, *, today: date) -> Verdict:
    """Whether the customer may withdraw by law, without a reason. What is declared all the same is kept all the same."""
    if terms.rules["nature"] != "statutory":
        return _no(terms, "not_offered", Reason("no_right", source_of(terms.rules, "nature")))
    return _judged(terms, item, today)


def return_right(terms: Terms, item: Item, *, today: date) -> Verdict:
    """Whether the customer may send it back at the door of returns; where one withdraws by a function, that is the way.

    What has not been sent may be cancelled instead where the rules say so, goods of every class.
    """
    if terms.rules["withdrawal_function"]:
        return _no(terms, "not_offered", Reason("withdraw_instead", source_of(terms.rules, "withdrawal_function")))
    if terms.rules.get(CANCEL_UNSENT) and item.unsent and item.left > 0:
        return Verdict("in_time", (Reason(UNSENT, source_of(terms.rules, CANCEL_UNSENT)),), terms.version)
    return _judged(terms, item, today)


def exchange_right(terms: Terms, item: Item, *, today: date) -> Verdict:
    """Whether the customer may exchange it: what may go back for money may also go back for another product."""
    return _judged(terms, item, today)


def only_cancels(verdicts: Iterable[Verdict]) -> bool:
    """Whether whatever is allowed has not been sent yet: it is cancelled, and nothing comes back."""
    allowed = [each for each in verdicts if each.allowed]
    return bool(allowed) and all(each.reasons[0].code == UNSENT for each in allowed)


def source_of(rules: Mapping[str, Any], rule: str) -> str:
    """The article or promise that a rule names as its source; empty where it names none."""
    return next((str(each["source"]) for each in rules.get("sources", ()) if each.get("rule") == rule), "")


def _judged(terms: Terms, item: Item, today: date) -> Verdict:
    rules = terms.rules
    if not rules["window_days"]:
        return _no(terms, "not_offered", Reason("no_returns", source_of(rules, "window_days")))
    never, conditions = _exclusions(rules, item.return_class)
    if never:
        return _no(terms, "excluded", *never)
    ends = item.window.ends
    if item.left <= 0:
        return Verdict("excluded", (Reason("nothing_left"),), terms.version, ends)
    if not item.window.holds(today):
        return Verdict("late", (Reason("over", source_of(rules, "window_days")),), terms.version, ends)
    return Verdict("in_time", (*_grounds(rules, item.window), *conditions), terms.version, ends)


def _grounds(rules: Mapping[str, Any], window: Window) -> Iterator[Reason]:
    yield Reason("statutory" if rules["nature"] == "statutory" else "promise", source_of(rules, "window_days"))
    if window.extended:
        yield Reason("not_informed", source_of(rules, "extension_if_not_informed_months"))
    if window.ends is None:
        yield Reason("not_begun", source_of(rules, "starts_from"))


def _exclusions(rules: Mapping[str, Any], return_class: str) -> tuple[list[Reason], list[Reason]]:
    """Why goods of this class never go back, and what must hold for those that do."""
    never, conditions = [], []
    for each in rules.get("exclusions", ()):
        if each["class"] != return_class:
            continue
        condition = _CONDITIONS.get(str(each.get("condition", "always")))
        if condition:
            conditions.append(Reason(condition, each["source"]))
        else:
            code = return_class if return_class in ("made_to_order", "perishable") else "excluded"
            never.append(Reason(code, each["source"]))
    return never, conditions


def _no(terms: Terms, standing: str, *reasons: Reason) -> Verdict:
    return Verdict(standing, reasons, terms.version)
