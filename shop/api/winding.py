"""Reading how a market ends as a program sends it: by the console's own reader, each complaint at its place in the body."""

from datetime import datetime

from sqlmodel import Session

from shop.api.problems import Problem, Wrong
from shop.api.step_shapes import WindingAsked
from shop.base.i18n import Tongue
from shop.base.web import Form
from shop.launches.changing.winding import Left, Winding, left_in
from shop.launches.changing.winding_form import read_winding
from shop.markets.calendar import day_in
from shop.markets.models import Market

OF_GOODS = ("pieces", "way", "owner", "cost")


def winding_of(db: Session, market: Market, asked: WindingAsked, *, tongue: Tongue, now: datetime) -> Winding:
    """What was written down. Raises the problem of what cannot be taken.

    Of goods that are not named nothing is known, unless none are left: the step itself asks for them.
    """
    named = {each.sku: place for place, each in enumerate(asked.goods)}
    left = left_in(db, market)
    form = _form(asked)
    known = [each for each in left if each.sku in named or each.pieces <= 0]
    winding = read_winding(form, known, tongue, today=day_in(market, now), currency=market.currency)
    errors = [_error(field, told, named) for field, told in form.errors.items()]
    errors += [
        Wrong(where="body", pointer=f"/winding/goods/{named[sku]}/sku", detail="It is not listed in this market.")
        for sku in sorted(named.keys() - _skus(left))
    ]
    if errors:
        raise Problem("not_understood", errors=errors)
    return winding


def _skus(goods: list[Left]) -> set[str]:
    return {each.sku for each in goods}


def _form(asked: WindingAsked) -> Form:
    """It as the form of the console has it."""
    values = {name: getattr(asked, name) for name in ("contact", "refund_plan")}
    values["last_order_on"] = asked.last_order_on.isoformat()
    for each in asked.goods:
        values |= {f"{name}-{each.sku}": str(getattr(each, name)) for name in OF_GOODS}
    return Form(values)


def _error(field: str, told: str, named: dict[str, int]) -> Wrong:
    """Where in the body the field of the form stands."""
    what, _, sku = field.partition("-")
    at = f"/goods/{named[sku]}/{what}" if what in OF_GOODS and sku in named else f"/{field}"
    return Wrong(where="body", pointer=f"/winding{at}", detail=told)
