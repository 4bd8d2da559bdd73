"""One market's scorecard as the page shows it: the word, its reasons, and every figure with what it proves."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.launches.arrival import Console
from shop.launches.changing.counts import EarlierCount, earlier_counts
from shop.launches.judging.funnel_sheet import funnel_rows, order_days
from shop.launches.judging.margin_sheet import margin_rows
from shop.launches.judging.seeing import Seen
from shop.launches.words import gate_title, state_word
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.scorecard.figure_words import bound_words, counted_words, span_words, steady_span, usual_span, value_words
from shop.scorecard.learning import lessons, marks
from shop.scorecard.metrics import METRICS
from shop.scorecard.models import Override
from shop.scorecard.overriding import overrides
from shop.scorecard.plots import IntervalPlot, interval_plot
from shop.scorecard.reading import JUDGED, MetricReading, Reading, gravest_first
from shop.scorecard.words import (
    DECISION_CHIPS,
    DECISION_WORDS,
    HEADLINES,
    ROLE_WORDS,
    VERDICT_CHIPS,
    VERDICT_WORDS,
    more_words,
    reasons,
    reasons_of,
    verdict_of,
    warnings,
)
from shop.staff.names import names_of


def sheet(db: Session, console: Console, each: Seen) -> dict[str, Any]:
    """Everything the page shows."""
    market, read, tongue = each.market, each.read, console.staff.tongue
    decision = read.recommendation.decision
    written, given = lessons(db, market.id), overrides(db, market.id)
    people = names_of(db, [one.person for one in given])
    return {
        "market": market,
        "place": tongue.territory(market.country),
        "url": f"/console/markets/{market.id}",
        "state_word": state_word(market.state, tongue),
        "decision": decision,
        "judged": market.state in JUDGED,
        "ahead": market.state in ("draft", "ready"),
        "mark": (*DECISION_CHIPS[decision], tongue.say(DECISION_WORDS[decision])),
        "headline": tongue.say(HEADLINES[decision]),
        "since": _since(read, market, tongue),
        "earlier": [_earlier(one, market, tongue) for one in earlier_counts(db, market.id)],
        "reasons": reasons(read, tongue, each.gates),
        "gates": bool(each.gates),
        "looks": warnings(read, tongue),
        "override": _override_row(read.override, people, console) if read.override else None,
        "overrides": [_override_row(one, people, console) for one in given],
        "decisions": [(word, tongue.say(said)) for word, said in DECISION_WORDS.items() if word != decision],
        "metrics": [metric_row(one, market.currency, tongue) for one in gravest_first(read)],
        "fine": sum(_fine(one) for one in read.metrics),
        "funnel": funnel_rows(db, market, read.since, tongue) if read.since else None,
        "days": order_days(db, market, tongue, now=console.now),
        "margin": margin_rows(db, market, read.since, tongue) if read.since else None,
        "owed": [tongue.number(one.mark.orders) for one in marks(written, orders=read.orders) if one.owed],
        "learned": len(written),
    }


def metric_row(read: MetricReading, currency: str, tongue: Tongue) -> dict[str, Any]:
    """One metric: in words, in figures, and as a drawing."""
    metric, verdict, line = METRICS[read.key], verdict_of(read), read.line

    def value(number: float) -> str:
        return value_words(read.key, number, currency, tongue)

    target, bad = (bound_words(read.key, each, currency, tongue) for each in (line.ok, line.bad))
    usual, steady, plot = usual_span(read), steady_span(read), _plot(read)
    return {
        "key": read.key,
        "title": tongue.say(metric.title),
        "explains": tongue.say(metric.explains),
        "chip": (*VERDICT_CHIPS[verdict], tongue.say(VERDICT_WORDS[verdict])),
        "fine": _fine(read),
        "role": tongue.say(ROLE_WORDS[line.role]),
        "advises": line.role == "advisory",
        "value": value(read.point) if read.point is not None else "",
        "counted": counted_words(read.key, read.k, read.n, tongue) if read.n else "",
        "what": tongue.say(metric.k_means),
        "of_what": tongue.say(metric.n_means),
        "target": _bound(target, at_most=line.better == "low", tongue=tongue),
        "line": bad,
        "least": tongue.number(line.n_min),
        "least_events": tongue.number(line.k_min) if line.k_min else "",
        "usual": span_words(read.key, usual, currency, tongue),
        "steady": span_words(read.key, steady, currency, tongue),
        "more": more_words(read, tongue),
        "plot": plot,
        "ends": (value(plot.first), value(plot.last)) if plot else ("", ""),
        "spoken": _spoken(read, value, {"ok": target, "bad": bad}, tongue),
    }


def _plot(read: MetricReading) -> IntervalPlot | None:
    """The metric as a drawing; none of what is just counted."""
    kind, line = METRICS[read.key].kind, read.line
    if kind == "event":
        return None
    inner, outer, share = usual_span(read), steady_span(read), kind == "rate"
    return interval_plot(
        point=read.point, inner=inner, outer=outer, ok=line.ok, bad=line.bad, better=line.better, share=share
    )


def _fine(read: MetricReading) -> bool:
    """Whether it was found to be on target; where nothing was counted nothing was found."""
    return bool(read.n) and verdict_of(read) == "pass"


def _spoken(read: MetricReading, value: Callable[[float], str], bounds: dict[str, str], tongue: Tongue) -> str:
    """The drawing in one sentence, for who does not see it."""
    if read.point is None:
        return tongue.say(
            N_("Nothing has been counted yet. Target: %(ok)s. Stop line: %(bad)s."),
            **bounds,
        )
    span = steady_span(read)
    return tongue.say(
        N_("Measured: %(value)s, certainly between %(low)s and %(high)s. Target: %(ok)s. Stop line: %(bad)s."),
        value=value(read.point),
        low=value(span[0] if span else read.point),
        high=value(span[1] if span else read.point),
        **bounds,
    )


def _bound(value: str, *, at_most: bool, tongue: Tongue) -> str:
    return tongue.say(N_("%(value)s or less") if at_most else N_("%(value)s or more"), value=value)


def _since(read: Reading, market: Market, tongue: Tongue) -> str:
    if read.since is None:
        return tongue.say(N_("This market has never been on sale. Counting begins with the soft launch."))
    return tongue.say(
        N_("Counted since %(moment)s (time there). Days: %(days)s. Paid orders: %(orders)s."),
        moment=tongue.moment(read.since, market.zone),
        days=tongue.number(read.days),
        orders=tongue.number(read.orders),
    )


def _earlier(each: EarlierCount, market: Market, tongue: Tongue) -> dict[str, Any]:
    """A count that is over: its days there, and what it had come to."""
    first, last = (tongue.date(day_in(market, moment)) for moment in (each.since, each.until))
    counted = {"days": tongue.number(each.days), "orders": tongue.number(each.orders)}
    return {
        "span": tongue.say(N_("From %(first)s until %(last)s"), first=first, last=last),
        "chip": (*DECISION_CHIPS[each.said], tongue.say(DECISION_WORDS[each.said])) if each.said else None,
        "counted": tongue.say(N_("Days: %(days)s. Paid orders: %(orders)s."), **counted)
        if each.said
        else tongue.say(N_("Its figures were not kept.")),
    }


def _override_row(word: Override, people: dict[str, str], console: Console) -> dict[str, Any]:
    tongue, codes = console.staff.tongue, word.reasons.splitlines()
    gates = {
        name: gate_title(name, tongue) for kind, _, name in (each.partition(":") for each in codes) if kind == "gate"
    }
    return {
        "decided": tongue.say(DECISION_WORDS[word.decided]),
        "recommended": tongue.say(DECISION_WORDS[word.recommended]),
        "against": reasons_of(codes, tongue, gates=gates),
        "person": people.get(word.person, word.person),
        "reason": word.reason,
        "at": tongue.say(N_("Home: %(moment)s"), moment=tongue.moment(word.at, console.exporter.zone)),
    }
