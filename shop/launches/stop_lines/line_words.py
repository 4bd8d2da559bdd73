"""How a stop line is told: what it is for, what became of it, and how many it takes until it can prove anything."""

from collections.abc import Sequence
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.scorecard.figure_words import bound_words
from shop.scorecard.metric import Metric
from shop.scorecard.metrics import METRICS
from shop.scorecard.sample_sizes import clean_to_prove, events_to_breach
from shop.scorecard.words import ROLE_WORDS

PARTS = {
    "ok": N_("target"),
    "bad": N_("stop line"),
    "n_min": N_("least number"),
    "k_min": N_("least number of bad ones"),
    "role": N_("what it is for"),
}


def change_words(name: str, pair: Sequence[Any], currency: str, tongue: Tongue) -> tuple[str, str, str] | None:
    """What an event tells of a line (`dispute_rate.bad`): its name, what it was and what it is; None for other things."""
    key, _, part = name.partition(".")
    metric, word = METRICS.get(key), PARTS.get(part)
    if metric is None or word is None:
        return None
    old, new = (_part_words(metric, part, each, currency=currency, tongue=tongue) for each in pair)
    title = tongue.say(N_("%(figure)s (%(part)s)"), figure=tongue.say(metric.title), part=tongue.say(word))
    return title, old, new


def _part_words(metric: Metric, part: str, value: Any, *, currency: str, tongue: Tongue) -> str:
    if part == "role":
        return tongue.say(ROLE_WORDS[value])
    return bound_words(metric.key, value, currency, tongue) if part in ("ok", "bad") else tongue.number(value)


def hints(metric: Metric, bad: float, n_min: int, tongue: Tongue) -> list[str]:
    """What the line can prove, and when at the earliest; nothing for what is no share."""
    if metric.kind != "rate" or not 0 < bad < 1:
        return []
    least, clean = events_to_breach(n_min, bad=bad, better=metric.better), clean_to_prove(bad, better=metric.better)
    said = []
    if least is not None:
        values = {"number": tongue.number(least), "of": tongue.number(n_min)}
        said.append(
            tongue.say(N_("Crossed for certain, at this least number: %(number)s bad ones of %(of)s."), **values)
        )
    if clean is not None and clean > n_min:
        number = tongue.number(clean)
        said.append(
            tongue.say(N_("To prove that it is kept takes %(number)s without a single bad one."), number=number)
        )
    return said
