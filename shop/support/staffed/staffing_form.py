"""The staffing estimate as a form: what came in fills it, a person may change every input, and the answer stands beside."""

import re
from typing import Any

from shop.base.fields import decimal
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.support.staffed.arrivals import Arrivals
from shop.support.staffed.staffing import Demand, NoSuchStaffing, staffing
from shop.support.staffed.words import clock, weekday

# The form's fields with what they hold when nothing is known, and whether they are shares in percent.
FIELDS: dict[str, tuple[str, bool]] = {
    "contacts": ("2", False),
    "period": ("60", False),
    "handle": ("15", False),
    "target_wait": ("60", False),
    "service_level": ("90", True),
    "max_occupancy": ("85", True),
    "shrinkage": ("30", True),
}
LARGEST = 1_000_000
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")


def drawn(form: Form, came: Arrivals | None, tongue: Tongue) -> dict[str, Any]:
    """The estimate for what the form says: the form filled, from where its contacts come, and the answer or none."""
    busiest = came.busiest if came else None
    known = {"contacts": f"{busiest[1]:.2f}".rstrip("0").rstrip(".")} if busiest else {}
    for name, (default, _share) in FIELDS.items():
        if not form.text(name):
            form.values[name] = known.get(name, default)
    source = ""
    if busiest:
        (day, hour), _mean = busiest
        source = tongue.say(
            N_("The busiest hour of the week so far: %(day)s %(clock)s"),
            day=weekday(day, tongue),
            clock=clock(hour * 60, tongue),
        )
    return {"source": source, "answer": _answer(form, tongue)}


def _answer(form: Form, tongue: Tongue) -> dict[str, str] | None:
    read = {name: _number(form, name, tongue, share=share) for name, (_default, share) in FIELDS.items()}
    given = {name: number for name, number in read.items() if number is not None}
    if len(given) < len(FIELDS):
        return None
    try:
        found = staffing(Demand(**given))
    except NoSuchStaffing as wrong:
        form.fail(wrong.what, tongue.say(IMPOSSIBLE[wrong.what]))
        return None
    return {
        "on_duty": tongue.number(found.on_duty),
        "rostered": tongue.number(found.rostered),
        "wait": tongue.percent(round(found.wait_probability * 10_000)),
        "level": tongue.percent(round(found.service_level * 10_000)),
        "busy": tongue.percent(round(found.occupancy * 10_000)),
        "seconds": tongue.number(round(found.answer_seconds)),
    }


IMPOSSIBLE = {
    "contacts": N_("That would keep more people busy at once than any roster has."),
    "period": N_("Please enter more than 0 minutes."),
    "handle": N_("Please enter more than 0 minutes."),
    "service_level": N_("No number of people answers every contact in time. Please enter less than 100 percent."),
    "max_occupancy": N_("Please enter more than 0 and at most 100 percent."),
    "shrinkage": N_("Please enter less than 100 percent."),
}


def _number(form: Form, name: str, tongue: Tongue, *, share: bool) -> float | None:
    text = decimal(form.text(name))
    number = float(text) if NUMBER.fullmatch(text) else LARGEST + 1
    if number > (100 if share else LARGEST):
        form.fail(name, tongue.say(N_("Please enter a number.")))
        return None
    return number / 100 if share else number
