"""What the board says of a market's scorecard: the recommendation, and the figure to look at first, with its interval."""

from typing import Any

from shop.base.i18n import N_, Tongue
from shop.markets.models import Market
from shop.scorecard.figure_words import bound_words, span_words, steady_span, value_words
from shop.scorecard.reading import JUDGED, MetricReading, Reading
from shop.scorecard.words import (
    DECISION_CHIPS,
    DECISION_WORDS,
    VERDICT_CHIPS,
    VERDICT_WORDS,
    hard_sentence,
    metric_title,
    verdict_of,
)


def judged(market: Market, read: Reading | None, tongue: Tongue) -> dict[str, Any] | None:
    """The scorecard in a few words; None for a market in which nothing is counted."""
    if read is None or market.state not in JUDGED:
        return None
    decision = read.recommendation.decision
    tone, glyph = DECISION_CHIPS[decision]
    counted = any(each.n for each in read.metrics)
    return {
        "url": f"/console/markets/{market.id}/scorecard",
        "tone": tone,
        "glyph": glyph,
        "word": tongue.say(DECISION_WORDS[decision]),
        "override": tongue.say(
            N_("Decided otherwise: %(word)s"), word=tongue.say(DECISION_WORDS[read.override.decided])
        )
        if read.override
        else "",
        "hard": [hard_sentence(each.code, each.about, tongue) for each in read.hard],
        "worst": _worst(market, read.worst, tongue) if read.worst is not None and counted else None,
        "empty": "" if counted else tongue.say("Nothing counted yet"),
    }


def _worst(market: Market, worst: MetricReading, tongue: Tongue) -> dict[str, str]:
    verdict = verdict_of(worst)
    tone, glyph = VERDICT_CHIPS[verdict]
    span = span_words(worst.key, steady_span(worst), market.currency, tongue)
    value = value_words(worst.key, worst.point, market.currency, tongue) if worst.point is not None else ""
    figure = tongue.say(N_("%(value)s (%(span)s)"), value=value, span=span) if span and value else value
    return {
        "title": metric_title(worst.key, tongue),
        "figure": figure,
        "line": tongue.say(
            N_("Stop line: %(value)s"), value=bound_words(worst.key, worst.line.bad, market.currency, tongue)
        ),
        "tone": tone,
        "glyph": glyph,
        "word": tongue.say(VERDICT_WORDS[verdict]),
    }
