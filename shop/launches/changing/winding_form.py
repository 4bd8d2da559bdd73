"""Reading the form of a market's end: its last day of orders, who answers, the money, and what becomes of the goods."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from shop.base.fields import decimal, whole
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.instants import as_day
from shop.ground.money import NotMoney, money
from shop.launches.changing.winding import WAYS, Fate, Left, Winding
from shop.launches.fields import LONGEST_TEXT

WAY_WORDS: Mapping[str, str] = {
    "return": N_("Bring them back"),
    "sell": N_("Sell them nearby"),
    "destroy": N_("Destroy them"),
}
LATEST = timedelta(days=90)
MOST_PIECES = 1_000_000


def fresh_form(goods: Sequence[Left], *, today: date, version: int, contact: str) -> Form:
    """The form before anything was filled in."""
    pieces = {f"pieces-{each.sku}": str(each.pieces) for each in goods}
    ways = {f"way-{each.sku}": "return" for each in goods}
    return Form({**pieces, **ways, "last_order_on": today.isoformat(), "version": str(version), "contact": contact})


def field_labels(goods: Sequence[Left]) -> dict[str, str]:
    """What each field of an article is about, for who reads all that is wrong in one place: the article's name."""
    return {f"{field}-{each.sku}": each.name for each in goods for field in ("pieces", "way", "cost", "owner")}


def read_winding(form: Form, goods: Sequence[Left], tongue: Tongue, *, today: date, currency: str) -> Winding:
    """What the form says; what cannot be taken is noted on it."""
    told = {name: form.text(name)[:LONGEST_TEXT] for name in ("contact", "refund_plan")}
    for name, text in told.items():
        if not text:
            form.fail(name, tongue.say(N_("Please fill this in. It is kept with the market's end.")))
    fates = tuple(_fate(form, each.sku, tongue, currency) for each in goods)
    return Winding(_day(form, tongue, today), told["contact"], told["refund_plan"], fates)


def _day(form: Form, tongue: Tongue, today: date) -> date:
    day = as_day(form.text("last_order_on"))
    if day is None or not today <= day <= today + LATEST:
        form.fail("last_order_on", tongue.say(N_("Please enter a day from today to 90 days from now.")))
        return today
    return day


def _fate(form: Form, sku: str, tongue: Tongue, currency: str) -> Fate:
    pieces = whole(form.text(f"pieces-{sku}") or "0", digits=7)
    if pieces is None or pieces > MOST_PIECES:
        form.fail(f"pieces-{sku}", tongue.say(N_("Please enter how many pieces are left.")))
    if not pieces:
        return Fate(sku, 0)
    given, owner = form.text(f"way-{sku}"), form.text(f"owner-{sku}")[:LONGEST_TEXT]
    way = next((each for each in WAYS if each == given), None)
    if way is None:
        form.fail(f"way-{sku}", tongue.say(N_("Please choose what becomes of them.")))
    if not owner:
        form.fail(f"owner-{sku}", tongue.say(N_("Please say who sees to it.")))
    return Fate(sku, pieces, way or "return", _cost(form, sku, tongue, currency), owner)


def _cost(form: Form, sku: str, tongue: Tongue, currency: str) -> int:
    text = form.text(f"cost-{sku}")
    try:
        cost = money(decimal(text), currency).minor if text else 0
    except NotMoney:
        cost = -1
    if cost < 0:
        form.fail(f"cost-{sku}", tongue.say(N_("Please enter an amount.")))
    return cost
