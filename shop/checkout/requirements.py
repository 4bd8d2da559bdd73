"""Why this cart cannot be paid for: one list of everything that is still to be done, for the page and the API alike.

Pure over facts that were gathered before. Each entry names the step and the field where it is put right, and leads there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any, Literal
from urllib.parse import quote

from shop.base.i18n import N_, NN_, Tongue
from shop.checkout.closed_words import gate_sentence
from shop.ground.money import Money

Step = Literal["cart", "address", "review"]

NAMED: Mapping[str, str] = {
    "sold_out": N_("Sold out: %(name)s"),
    "not_yet": N_("Not on sale yet: %(name)s"),
    "stopped": N_("Not on sale: %(name)s"),
    "serial_missing": N_("We need to know which machine it is for: %(name)s"),
}
COUNTED: Mapping[str, tuple[str, str]] = {
    "too_few": NN_("Only %(num)s left: %(name)s", "Only %(num)s left: %(name)s"),
    "too_many": NN_("At most %(num)s per order: %(name)s", "At most %(num)s per order: %(name)s"),
    "too_many_for_customer": NN_(
        "At most %(num)s piece per customer, what you ordered before included: %(name)s",
        "At most %(num)s pieces per customer, what you ordered before included: %(name)s",
    ),
}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of the cart: `problem` is what is wrong with it, if anything, and `number` how many could be had."""

    sku: str
    name: str
    problem: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A box to tick: its field's name, what stands beside it, and whether one cannot order without it."""

    field: str
    text: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a cart on its way to being paid for. `ticked` is None before the button was pressed."""

    lines: Sequence[LineFacts]
    gone: Sequence[str] = ()
    gate: str = ""  # the reason why it is closed, empty when it is open
    address_given: bool = False
    boxes: Sequence[Box] = ()
    ticked: frozenset[str] | None = None
    policies_same: bool = True
    new_total: Money | None = None  # what is to be paid now, where it or the cart is not what the customer was shown
    cart_same: bool = True  # whether they were shown it of the same cart


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing to be done before paying: where, in which field, and why. `path` leads there within the market."""

    step: Step
    field: str
    code: str
    message: str | tuple[str, str]
    values: Mapping[str, Any] = part(default_factory=dict)
    path: str = "/cart"

    @property
    def anchor(self) -> str:
        """Where on the cart's page it is to be done, as the end of a link; empty for what has a page of its own."""
        if self.path != "/cart":
            return ""
        gone = self.code == "line.gone"
        return "#gone" if gone else f"#quantity-{quote(self.field)}" if self.field else "#closed"

    def said(self, tongue: Tongue) -> str:
        """The sentence for the customer."""
        given = {name: tongue.money(each) if isinstance(each, Money) else each for name, each in self.values.items()}
        if isinstance(self.message, str):
            return tongue.say(self.message, **given)
        return tongue.count(*self.message, int(given.pop("num")), **given)


def requirements(facts: Facts) -> tuple[Requirement, ...]:
    """Everything that is still to be done, in the order of the steps; empty when the order can be placed."""
    return (*_cart(facts), *_address(facts), *_review(facts))


def _cart(facts: Facts) -> Iterator[Requirement]:
    if not facts.lines and not facts.gone:
        yield Requirement("cart", "", "cart.empty", N_("Your cart is empty."), path="/")
    if facts.gate and facts.gate != "stock_cap":  # of which the lines say more
        yield Requirement("cart", "", f"gate.{facts.gate}", gate_sentence(facts.gate))
    for line in facts.lines:
        if line.problem in COUNTED:
            values = {"num": line.number, "name": line.name}
            yield Requirement("cart", line.sku, f"line.{line.problem}", COUNTED[line.problem], values)
        elif line.problem:
            path = f"/cart/serials/{line.sku}" if line.problem == "serial_missing" else "/cart"
            yield Requirement(
                "cart", line.sku, f"line.{line.problem}", NAMED[line.problem], {"name": line.name}, path=path
            )
    for sku in facts.gone:
        yield Requirement("cart", sku, "line.gone", N_("Something in your cart is no longer shown here."))


def _address(facts: Facts) -> Iterator[Requirement]:
    if not facts.address_given:
        message = N_("Please tell us where to deliver and how we reach you.")
        yield Requirement("address", "", "address.missing", message, path="/checkout")


def _review(facts: Facts) -> Iterator[Requirement]:
    path = "/checkout/review"
    if not facts.policies_same:
        message = N_("A new version of our terms took effect. Please read it and decide anew.")
        yield Requirement("review", "policies", "policy.changed", message, path=path)
    if facts.new_total is not None:
        code, message = _DEARER if facts.cart_same else _OTHER_CART
        yield Requirement("review", "money", code, message, {"total": facts.new_total}, path)
    for box in facts.boxes if facts.ticked is not None else ():
        if box.required and box.field not in (facts.ticked or ()):
            yield Requirement(
                "review", box.field, f"{_kind(box.field)}.missing", _UNTICKED[_kind(box.field)], path=path
            )


_DEARER = "price.changed", N_("A price or the delivery cost changed. The new total is %(total)s.")
_OTHER_CART = "cart.changed", N_("What is in your cart changed. The new total is %(total)s.")

_UNTICKED = {
    "policy": N_("Please tick that you agree, or leave without ordering. Nothing has been ordered yet."),
    "terms": N_("Please tick that you agree to the terms of this service, or take it out of your cart."),
    "consent": N_("Please tick this too: without it we may not take your order here."),
}


def _kind(name: str) -> str:
    return "policy" if name == "accept" else name.partition("-")[0]
