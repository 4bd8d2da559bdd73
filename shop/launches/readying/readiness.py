"""Is a market ready to sell? Each gate looks at gathered facts and answers with a status and a reason in plain values.

Pure: no rows, no clock, no words. Refuses nothing by itself; `blockers` says which answers forbid a wider state. A gate
that may be waived counts as waived while a named person's waiver holds; law, price, language and papers never may.
"""

from datetime import date, timedelta

from shop.launches.readying.crisis_gates import CRISIS
from shop.launches.readying.facts import Facts, Finding, Gate, GateResult, Waived
from shop.launches.readying.law_gates import LAW
from shop.launches.readying.mending import place_to_mend
from shop.launches.readying.money_gates import MONEY
from shop.launches.readying.people_gates import PEOPLE
from shop.launches.readying.product_gates import PRODUCT

GATES: dict[str, Gate] = {**LAW, **PRODUCT, **MONEY, **PEOPLE, **CRISIS}
WAIVABLE = frozenset(name for name, gate in GATES.items() if gate.waivable)


def readiness(facts: Facts, *, today: date) -> tuple[GateResult, ...]:
    """Every gate's answer, in the order of the table; `today` is a date of the market's own calendar."""
    return tuple(_result(name, gate, facts, today) for name, gate in GATES.items())


def blockers(results: tuple[GateResult, ...], target: str) -> tuple[GateResult, ...]:
    """What forbids the state `target`. Limits and stop lines are asked for in the soft launch only."""
    return tuple(each for each in results if each.blocking and _asked(GATES[each.gate], target))


def by_days_left(results: tuple[GateResult, ...]) -> list[GateResult]:
    """What holds back first, then warnings, then by the day on which it turns red; what never does comes last."""
    return sorted(results, key=lambda each: (not each.blocking, not each.warning, each.until or date.max))


def _asked(gate: Gate, target: str) -> bool:
    return not gate.targets or target in gate.targets


def _result(name: str, gate: Gate, facts: Facts, today: date) -> GateResult:
    finding = gate.check(facts, today)
    waiver = facts.waivers.get(name) if gate.waivable else None
    if finding.status == "missing" and waiver is not None and today <= waiver.until:
        return _waived(name, gate, facts, finding=finding, waiver=waiver)
    blocking = finding.status == "missing" and not finding.warning
    fix = place_to_mend(name, finding.code, facts.market, facts.languages)
    return GateResult(
        name,
        finding.status,
        finding.code,
        finding.values,
        blocking,
        fix,
        group=gate.group,
        owner=gate.owner,
        until=_last_good_day(finding, today),
    )


def _waived(name: str, gate: Gate, facts: Facts, *, finding: Finding, waiver: Waived) -> GateResult:
    fix = place_to_mend(name, finding.code, facts.market, facts.languages)
    return GateResult(
        name,
        "waived",
        finding.code,
        finding.values,
        False,
        fix,
        waiver,
        gate.group,
        gate.owner,
        waiver.until,
    )


def _last_good_day(finding: Finding, today: date) -> date | None:
    """The last day before it turns red; what is red already has none."""
    if finding.status == "missing":
        return None
    return max(finding.until, today - timedelta(days=1)) if finding.until else None
