"""Cases of figures for `softlaunch plan`: the verdict on a rate or a mean, a row of looks, a comparison, a recommendation."""

from collections.abc import Callable
from math import isfinite

from shop.ground.statistics import Interval
from shop.scorecard.recommending import MIN_DAYS, MIN_ORDERS, recommend
from shop.scorecard.verdicts import Better, Decision, Look, compare, mean_verdict, rate_verdict, sequence
from shop.support.plan_cases.given import Answer, Given

DECIMALS = 6
ALPHA = 0.05
LEAST_FOR_MEANS = 30
MOST_LOOKS = 10_000
BETTER: dict[str, Better] = {"low": "low", "high": "high"}
DECISIONS: dict[str, Decision] = {"collect": "collect", "pass": "pass", "hold": "hold", "breach": "breach"}


def _rate(case: Given) -> Answer:
    given = case.need("input")
    k, n = _of(given)
    found = rate_verdict(
        k,
        n,
        better=given.need("better").one_of(BETTER),
        ok=_share(given.need("ok")),
        bad=_share(given.need("bad")),
        n_min=given.get("n_min", Given.whole, 0),
        k_min=given.get("k_min", Given.whole, 0),
        alpha=given.get("alpha", _alpha, ALPHA),
    )
    return {
        "point": _rounded(found.point),
        "wilson95": _bounds(found.wilson),
        "anytime95": _bounds(found.anytime),
        "log_e_value_at_bad": _rounded(found.log_e),
        "posterior_gt_bad": _rounded(found.posterior),
        "decision": found.decision,
        "reason": found.reason,
    }


def _mean(case: Given) -> Answer:
    given = case.need("input")
    planned = given.need("N_star")
    found = mean_verdict(
        given.need("n").whole(),
        given.need("mean").signed(),
        given.need("sd").number(),
        bad=given.get("bad", Given.signed, 0),
        n_min=given.get("n_min", Given.whole, LEAST_FOR_MEANS),
        planned=planned.whole(1),
        alpha=given.get("alpha", _alpha, ALPHA),
    )
    return {
        "t95": _bounds(found.t),
        "asymptotic_anytime95": _bounds(found.anytime),
        "rho": _rounded(found.rho),
        "decision_at_planned_review": found.at_review,
        "decision_when_peeking": found.decision,
    }


def _sequence(case: Given) -> Answer:
    given = case.need("input")
    members = given.need("looks").members()
    if len(members) > MOST_LOOKS:
        raise given.need("looks").wrong(f"holds more than {MOST_LOOKS} looks")
    bad, alpha = _share(given.need("bad")), given.get("alpha", _alpha, ALPHA)
    looks = sequence([_of(each) for each in members], bad=bad, alpha=alpha)
    return {
        "looks": [_look(each) for each in looks],
        "first_breach_n": next((each.n for each in looks if each.breach), None),
        "first_wilson_alarm_n": next((each.n for each in looks if each.alarm), None),
    }


def _look(look: Look) -> Answer:
    return {
        "n": look.n,
        "k": look.k,
        "log_e": _rounded(look.log_e),
        "anytime95": _bounds(look.anytime),
        "wilson95": _bounds(look.wilson),
        "breach": look.breach,
        "wilson_alarm": look.alarm,
    }


def _compare(case: Given) -> Answer:
    given = case.need("input")
    found = compare(_of(given.need("test")), _of(given.need("home")))
    return {
        "diff": _rounded(found.difference),
        "newcombe95": _bounds(found.interval),
        "decision": "difference_shown" if found.shown else "no_difference_shown",
    }


def _recommendation(case: Given) -> Answer:
    given = case.need("input")
    found = recommend(
        {key: each.one_of(DECISIONS) for key, each in given.need("metrics").items().items()},
        hard=given.get("hard_stops", _names, []),
        gates=given.get("gates_missing", _names, []),
        days=given.need("days").whole(),
        min_days=given.get("min_days", Given.whole, MIN_DAYS),
        orders=given.need("orders").whole(),
        min_orders=given.get("min_orders", Given.whole, MIN_ORDERS),
    )
    return {"decision": found.decision, "reasons": list(found.reasons)}


def _of(given: Given) -> tuple[int, int]:
    k, n = given.need("k").whole(), given.need("n").whole()
    if k > n:
        raise given.need("k").wrong("is more than n")
    return k, n


def _share(given: Given) -> float:
    share = given.number()
    if share > 1:
        raise given.wrong("is not a share from 0 to 1")
    return share


def _alpha(given: Given) -> float:
    alpha = given.number()
    if not 0 < alpha < 1:
        raise given.wrong("does not lie between 0 and 1")
    return alpha


def _names(given: Given) -> list[str]:
    return [each.text() for each in given.members()]


def _bounds(interval: Interval | None) -> list[float | None] | None:
    return [_rounded(interval.low), _rounded(interval.high)] if interval else None


def _rounded(number: float | None) -> float | None:
    """With six decimals, and no minus before a zero; None also for what is without end."""
    return round(number, DECIMALS) + 0.0 if number is not None and isfinite(number) else None


KINDS: dict[str, Callable[[Given], Answer]] = {
    "rate": _rate,
    "mean": _mean,
    "sequence": _sequence,
    "compare": _compare,
    "recommendation": _recommendation,
}
