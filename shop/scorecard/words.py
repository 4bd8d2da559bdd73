"""How the scorecard speaks: what a metric proves, why GO, HOLD or STOP, and what would change it, in plain sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shop.base.i18n import N_, NP_, Tongue
from shop.scorecard.guardrails import BACKLOG, HardEvent
from shop.scorecard.metrics import METRICS
from shop.scorecard.reading import MetricReading, Reading, gravest_first

DECISION_CHIPS = {"GO": ("good", "tick"), "HOLD": ("wait", "clock"), "STOP": ("stop", "cross")}
DECISION_WORDS = {
    "GO": NP_("scorecard", "GO"),
    "HOLD": NP_("scorecard", "HOLD"),
    "STOP": NP_("scorecard", "STOP"),
}
VERDICT_CHIPS = {
    "collect": ("calm", "clock"),
    "pass": ("good", "tick"),
    "hold": ("wait", "clock"),
    "breach": ("stop", "cross"),
    "warned": ("wait", "triangle"),
}
VERDICT_WORDS = {
    "collect": N_("Too few to say"),
    "pass": N_("On target"),
    "hold": N_("Not sure yet"),
    "breach": N_("Over the line"),
    "warned": N_("Probably over the line"),
}
HEADLINES = {
    "GO": N_("GO: this market can be opened to everybody."),
    "HOLD": N_("HOLD: go on as it is, and learn more before deciding."),
    "STOP": N_("STOP: do not sell more here before this is mended."),
}
ROLE_WORDS = {
    "pause": N_("Pauses the market by itself when the line is proven crossed"),
    "go": N_("Must be on target before the market is opened to everybody"),
    "advisory": N_("For information only"),
}
HARD_WORDS = {
    "recall_open": N_("A recall is open"),
    "accident": N_("A serious accident has been reported"),
    "certificate_ended": N_("A paper that the law asks for is no longer in force"),
    "price_missing": N_("A product on sale has no price"),
    "payments_restricted": N_("The payment provider takes no more payments for this account"),
    "tax_number_gone": N_("The exporter's tax number is no longer known"),
    "promise_missing": N_("No time is promised to customers who ask"),
    "no_native_agent": N_("Nobody who speaks the customers' language is in the roster for 48 hours of working days"),
}
HARD_CHANGES = {
    "recall_open": N_("Carry the recall through and close it."),
    "accident": N_("Answer the customer, find the cause, and close the incident."),
    "certificate_ended": N_("Renew the paper, or take the product off sale."),
    "price_missing": N_("Set the price, or take the product off sale."),
    "payments_restricted": N_("Ask the payment provider what is missing, and give it to them."),
    "tax_number_gone": N_("Enter the tax number again, or waive the gate under your name."),
    "promise_missing": N_("Set how soon customers are answered."),
    "no_native_agent": N_("Put a native speaker on the roster."),
}
BACKLOG_TITLE = N_("Answers that are late")


def metric_title(key: str, tongue: Tongue) -> str:
    """What the metric is called."""
    if key == BACKLOG:
        return tongue.say(BACKLOG_TITLE)
    return tongue.say(METRICS[key].title) if key in METRICS else key


def verdict_of(read: MetricReading) -> str:
    """The verdict to show: what is probably over the line is said before it is proven."""
    return "warned" if read.warned and read.decision != "breach" else read.decision


def hard_sentence(code: str, about: str, tongue: Tongue) -> str:
    """What happened, with what it is about."""
    said = tongue.say(HARD_WORDS[code]) if code in HARD_WORDS else code
    return tongue.say(N_("%(label)s: %(value)s"), label=said, value=about) if about else said


def rule_sentence(rule: str, about: str, tongue: Tongue) -> str:
    """Why the house paused a market by itself; empty for a rule that is none of the guard's."""
    kind, _, name = rule.partition(":")
    match kind:
        case "hard":
            return hard_sentence(name, about, tongue)
        case "guardrail" if name == BACKLOG:
            return tongue.say(N_("Customers wait much longer for an answer than they were promised"))
        case "guardrail":
            return tongue.say(
                N_("The stop line is crossed, and chance does not explain it. Figure: %(metric)s"),
                metric=metric_title(name, tongue),
            )
        case _:
            return ""


APART = " · "  # titles hold commas of their own


@dataclass(frozen=True, slots=True)
class Reason:
    """Why GO, HOLD or STOP: a sentence, the names it is about (or empty), and what would change it (or empty)."""

    what: str
    names: str = ""
    change: str = ""


def reasons(read: Reading, tongue: Tongue, gates: dict[str, str] | None = None) -> list[Reason]:
    """The reasons of the recommendation; `gates` are the titles of readiness gates by name."""
    return reasons_of(read.recommendation.reasons, tongue, hard=read.hard, gates=gates)


def reasons_of(
    codes: Iterable[str], tongue: Tongue, *, hard: Sequence[HardEvent] = (), gates: Mapping[str, str] | None = None
) -> list[Reason]:
    """What the codes of a recommendation mean; `hard` tells what hard events are about.

    Figures with the same verdict, and gates, are one reason.
    """
    together: dict[str, list[str]] = {}
    for each in codes:
        kind, _, rest = each.partition(":")
        together.setdefault(kind, []).append(rest)
    return [_reason(kind, names, tongue, hard=hard, gates=gates or {}) for kind, names in together.items()]


def warnings(read: Reading, tongue: Tongue) -> list[str]:
    """What somebody should look at, a sentence each: proven breaches and what is probably over its line."""
    texts = {
        "breach": N_("Over the stop line. Figure: %(metric)s"),
        "warned": N_("Probably over the stop line. Figure: %(metric)s"),
    }
    return [
        tongue.say(texts[verdict_of(each)], metric=metric_title(each.key, tongue))
        for each in gravest_first(read)
        if each.line.role != "advisory" and verdict_of(each) in texts
    ]


def _reason(
    kind: str, names: list[str], tongue: Tongue, *, hard: Sequence[HardEvent], gates: Mapping[str, str]
) -> Reason:
    say = tongue.say
    match kind:
        case "all_pass":
            return Reason(
                say(N_("Every figure that decides is on target, and there are enough days and orders to trust it."))
            )
        case "hard":
            return _hard(names, hard, tongue)
        case "gate":
            titles = [gates.get(each) or say(GATE_WORDS.get(each, each)) for each in names]
            return Reason(say(N_("Not ready")), APART.join(titles), say(N_("Mend it on the readiness page.")))
        case "returns_open":
            change = N_("Wait until customers can no longer return them; only then is it known what they left.")
            return Reason(say(N_("Half of the orders can still be sent back.")), change=say(change))
        case "days" | "orders":
            return _count(kind, names[0], tongue)
        case _:
            what, change = VERDICT_REASONS[kind]
            return Reason(say(what), APART.join(metric_title(each, tongue) for each in names), say(change))


VERDICT_REASONS = {
    "breach": (
        N_("Over the stop line, and chance does not explain it"),
        N_("Find the cause and mend it. After a pause counting begins anew."),
    ),
    "collect": (
        N_("Too few to say anything"),
        N_("Go on selling. How many more it takes stands beside each figure."),
    ),
    "hold": (
        N_("Not on target, or not sure yet"),
        N_("They must come to their target and stay there; where time alone helps, it stands beside the figure."),
    ),
}
GATE_WORDS = {"stop_lines.set": N_("Targets and stop lines written down before the first order")}


def _hard(codes: list[str], events: Sequence[HardEvent], tongue: Tongue) -> Reason:
    said, changes = [], []
    for code in codes:
        about = tongue.list([each.about for each in events if each.code == code and each.about])
        said.append(hard_sentence(code, about, tongue))
        changes.append(tongue.say(HARD_CHANGES[code]) if code in HARD_CHANGES else "")
    return Reason(APART.join(said), change=" ".join(changes))


def _count(kind: str, rest: str, tongue: Tongue) -> Reason:
    have, needed = (int(each) for each in rest.split("<"))
    values = {"have": tongue.number(have), "needed": tongue.number(needed)}
    if kind == "days":
        change = tongue.count("Wait %(num)s more day.", "Wait %(num)s more days.", needed - have)
        return Reason(tongue.say(N_("Days on sale since counting began: %(have)s of %(needed)s"), **values), "", change)
    change = tongue.count("It takes %(num)s more order.", "It takes %(num)s more orders.", needed - have)
    return Reason(tongue.say(N_("Orders since counting began: %(have)s of %(needed)s"), **values), "", change)


def more_words(read: MetricReading, tongue: Tongue) -> str:
    """About how many more it takes until something can be said; empty where nobody can tell, or nothing is missing."""
    return tongue.say(N_("About %(number)s more are needed."), number=tongue.number(read.more)) if read.more else ""
