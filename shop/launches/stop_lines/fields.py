"""The form of stop lines: values as people write them (percent, amounts, how often for each order) and back.

Every field is named `<metric>-<value>`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from shop.base.fields import decimal
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.money import Money, decimals
from shop.launches.fields import read_number
from shop.scorecard.metric import Metric
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import StopLine
from shop.scorecard.reading import ROLES
from shop.scorecard.stop_lines import LARGEST, Written, faults

NUMBER = re.compile(r"-?[0-9]{1,10}(?:\.[0-9]{1,6})?")
MOST = {"rate": 100, "count": LARGEST}
WRONG_AMOUNT = N_("Please write an amount such as %(example)s. Nothing has been changed yet.")
WRONG_SHARE = N_("Please enter a percentage from 0 to 100.")
WRONG_NUMBER = N_("Please enter a number.")
WRONG_SIDE = {
    "low": N_("The stop line must not be below the target: the fewer of these, the better."),
    "high": N_("The stop line must not be above the target: the more of these, the better."),
}


def form_of(held: Mapping[str, StopLine], proposed: Mapping[str, Written], currency: str) -> Form:
    """The lines as they stand, and the proposals where nothing stands yet."""
    values: dict[str, str] = {}
    for key, metric in METRICS.items():
        line = held.get(key) or proposed[key]
        values |= {f"{key}-{name}": _text(metric, getattr(line, name), currency) for name in ("ok", "bad")}
        values |= {f"{key}-n_min": str(line.n_min), f"{key}-k_min": str(line.k_min), f"{key}-role": line.role}
    return Form(values)


def read_lines(form: Form, tongue: Tongue, currency: str) -> list[Written]:
    """Every metric's line; what cannot be taken is noted on the form, with the name of its figure."""
    found = [_read(form, tongue, metric, currency) for metric in METRICS.values()]
    for name, sentence in form.errors.items():
        title = tongue.say(METRICS[name.partition("-")[0]].title)
        form.errors[name] = tongue.say(N_("%(label)s: %(value)s"), label=title, value=sentence)
    return found


def _read(form: Form, tongue: Tongue, metric: Metric, currency: str) -> Written:
    key, role = metric.key, form.text(f"{metric.key}-role")
    if role not in ROLES:
        form.fail(f"{key}-role", tongue.say(N_("Please choose what the figure is for.")))
        role = metric.role
    if metric.kind == "event":
        least = read_number(form, f"{key}-k_min", at_most=1_000, tongue=tongue)
        return Written(key, metric.ok, metric.bad, metric.n_min, least or metric.k_min, role)
    ok, bad = (_value(form, tongue, f"{key}-{name}", metric=metric, currency=currency) for name in ("ok", "bad"))
    n_min = read_number(form, f"{key}-n_min", at_most=LARGEST, tongue=tongue)
    k_min = read_number(form, f"{key}-k_min", at_most=LARGEST, at_least=0, tongue=tongue)
    if ok is None or bad is None or n_min is None or k_min is None:
        return Written(key, metric.ok, metric.bad, metric.n_min, metric.k_min, role)
    written = Written(key, ok, bad, n_min, k_min, role)
    if faults(written):
        form.fail(f"{key}-bad", tongue.say(WRONG_SIDE[metric.better]))
    return written


def _value(form: Form, tongue: Tongue, name: str, *, metric: Metric, currency: str) -> float | None:
    written = decimal(form.text(name)).replace("−", "-")
    if metric.kind == "rate":
        written = written.rstrip("%٪％")
    number = Decimal(written) if NUMBER.fullmatch(written) else None
    places, decimals_written = _places(metric, currency), len(written.partition(".")[2])
    if number is not None and _in_bounds(metric, number) and (metric.kind != "mean" or decimals_written <= places):
        return float(number.scaleb(places)) + 0.0  # no minus before a zero
    form.fail(name, _wrong(metric, currency, tongue))
    return None


def _in_bounds(metric: Metric, number: Decimal) -> bool:
    return -LARGEST <= number <= LARGEST if metric.kind == "mean" else 0 <= number <= MOST[metric.kind]


def _wrong(metric: Metric, currency: str, tongue: Tongue) -> str:
    """What can be taken; an amount with more decimals than its currency has may be a thousand that reads as one."""
    if metric.kind == "mean":
        return tongue.say(WRONG_AMOUNT, example=Money(12_50, currency).plain)
    return tongue.say(WRONG_SHARE if metric.kind == "rate" else WRONG_NUMBER)


def _text(metric: Metric, value: float, currency: str) -> str:
    return f"{Decimal(str(value)).scaleb(-_places(metric, currency)).normalize():f}"


def _places(metric: Metric, currency: str) -> int:
    """How many places the kept value lies below what people write: a percentage two, an amount as its currency has."""
    match metric.kind:
        case "rate":
            return -2
        case "mean":
            return decimals(currency)
        case _:
            return 0
