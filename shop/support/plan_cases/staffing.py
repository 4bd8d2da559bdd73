"""Cases of a staffing estimate: its inputs under the names of the cases, its answer in their form."""

from shop.support.plan_cases.given import Answer, Given
from shop.support.staffed.staffing import Demand, NoSuchStaffing, staffing

DECIMALS = 6
# What the rules call an input, and what a case calls it.
KEYS = {
    "contacts": "contacts",
    "period": "period_minutes",
    "handle": "handle_minutes",
    "target_wait": "target_wait_minutes",
    "service_level": "service_level",
    "max_occupancy": "max_occupancy",
    "shrinkage": "shrinkage",
}


def answer_staffing(case: Given) -> Answer:
    """The case `staffing`: how many on duty, how many on the roster, and what customers then meet."""
    given = case.need("input")
    demand = Demand(**{name: given.need(key).number() for name, key in KEYS.items()})
    try:
        estimate = staffing(demand)
    except NoSuchStaffing as wrong:
        raise given.need(KEYS[wrong.what]).wrong(str(wrong)) from wrong
    return {
        "agents_on_duty": estimate.on_duty,
        "rostered": estimate.rostered,
        "traffic": round(estimate.traffic, DECIMALS),
        "wait_probability": round(estimate.wait_probability, DECIMALS),
        "service_level": round(estimate.service_level, DECIMALS),
        "occupancy": round(estimate.occupancy, DECIMALS),
        "asa_seconds": round(estimate.answer_seconds, DECIMALS),
    }
