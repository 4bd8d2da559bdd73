"""Picking pieces of an order on a form: a tick for each product and how many of it, read back with every mistake named."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shop.aftersales.articles import readable
from shop.aftersales.entitlement import Bought
from shop.aftersales.rights import Item, Verdict
from shop.base.fields import whole
from shop.base.i18n import N_, NN_, Tongue
from shop.base.web import Form
from shop.checkout.orders import OrderView, line_views

TICK, PIECES = "take-", "pieces-"
MOST_DIGITS = 6


def read_pieces(form: Form, bought: Bought, tongue: Tongue, *, again: bool = False) -> dict[str, int]:
    """The ticked products with how many pieces of each; what cannot be taken gets its sentence on the form.

    `again` is for a form that may have been taken already: then what other cases keep is not held against it.
    """
    ticked = [name.removeprefix(TICK) for name in form.values if name.startswith(TICK) and form.text(name)]
    items = {sku: replace(item, left=item.bought) if again else item for sku, item in bought.items.items()}
    for sku, item in () if again else items.items():  # or somebody would give back all who meant one piece
        if sku not in ticked and form.text(PIECES + sku) not in ("", str(item.left), str(item.bought)):
            form.fail(TICK + sku, tongue.say(N_("You changed the number of pieces here. Please choose it as well.")))
    return {sku: _pieces(form, items.get(sku), sku, tongue) for sku in ticked}


def _pieces(form: Form, item: Item | None, sku: str, tongue: Tongue) -> int:
    if item is None:
        form.fail("", tongue.say(N_("Something you chose is not part of this order. Nothing has been sent.")))
        return 0
    if item.left <= 0:
        form.fail(TICK + sku, tongue.say(N_("Nothing of this is left: it is part of another case already.")))
        return 0
    written = form.text(PIECES + sku) or str(item.left)
    number = whole(written, digits=MOST_DIGITS) or 0
    if number < 1:
        form.fail(PIECES + sku, tongue.say(N_("Please say how many pieces, as a whole number.")))
    elif number > item.bought:
        said = NN_("You bought %(num)s piece of this.", "You bought %(num)s pieces of this.")
        form.fail(PIECES + sku, tongue.count(*said, item.bought))
    elif number > item.left:
        said = NN_(
            "%(num)s piece of this is left; the others are part of another case already.",
            "%(num)s pieces of this are left; the others are part of another case already.",
        )
        form.fail(PIECES + sku, tongue.count(*said, item.left))
    return number


def choices(
    view: OrderView, bought: Bought, verdicts: Mapping[str, Verdict], *, tongue: Tongue, static: str
) -> list[dict[str, Any]]:
    """The order's lines as the form shows them: each with what holds for it, and whether it can be picked."""
    return [
        line
        | {
            "tick": TICK + line["sku"],
            "pieces": PIECES + line["sku"],
            "left": bought.items[line["sku"]].left,
            "verdict": verdict_view(verdicts[line["sku"]], tongue) if line["sku"] in verdicts else None,
            "open": bought.items[line["sku"]].left > 0
            and (line["sku"] not in verdicts or verdicts[line["sku"]].allowed),
        }
        for line in line_views(view, tongue, static)
    ]


def verdict_view(verdict: Verdict, tongue: Tongue) -> dict[str, Any]:
    """A verdict in words: until when, why, and what each reason rests on."""
    return {
        "standing": verdict.standing,
        "allowed": verdict.allowed,
        "until": _until(verdict, tongue),
        "reasons": [
            {"words": tongue.say(each.words), "source": readable(each.source, tongue.language)}
            for each in verdict.reasons
        ],
        "version": verdict.version,
    }


def prefilled(form: Form, lines: Sequence[Mapping[str, Any]]) -> None:
    """Say for each line how many pieces there are, unless the customer has said something else."""
    for line in lines:
        form.values.setdefault(line["pieces"], str(line["left"]))


def _until(verdict: Verdict, tongue: Tongue) -> str:
    if verdict.last_day is None:
        return tongue.say(N_("In time")) if verdict.allowed else ""
    day = tongue.date(verdict.last_day)
    if verdict.allowed:
        return tongue.say(N_("In time until %(day)s"), day=day)
    return tongue.say(N_("The last day was %(day)s"), day=day) if verdict.standing == "late" else ""


def described(pieces: Mapping[str, int], bought: Bought, tongue: Tongue) -> str:
    """The pieces in words, one product a line."""
    return "\n".join(f"{tongue.number(number)} × {bought.names[sku]}" for sku, number in pieces.items())
