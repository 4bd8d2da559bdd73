"""The clocks of a request told to an agent: what is due when, what was met or missed, and for whom they stand."""

from datetime import datetime, timedelta
from typing import Any

from shop.base.i18n import N_, NP_, Tongue
from shop.markets.answering import moment
from shop.support.answering.clocks import Clock, Clocks

STANDS = {
    "customer": N_("The clocks stand: the customer has the word."),
    "exporter": N_("The clocks stand: the exporter has the word."),
}
LABELS = {
    "first": NP_("clock", "First answer"),
    "following": NP_("clock", "Next answer"),
    "resolution": NP_("clock", "Resolution"),
}


def clock_words(found: Clocks, tongue: Tongue, zone: str, *, now: datetime) -> dict[str, Any]:
    """Each clock as a label, a chip and a time in the reader's zone, and in whole hours for whom they stood so far."""
    each = (("first", found.first), ("following", found.following), ("resolution", found.resolution))
    waited = (
        (N_("Hours waited for the customer"), found.customer),
        (N_("Hours waited for the exporter"), found.exporter),
    )
    return {
        "rows": [
            {"label": tongue.say(LABELS[name]), **_shown(clock, tongue, zone, paused=bool(found.paused_for), now=now)}
            for name, clock in each
            if clock is not None
        ],
        "stands": tongue.say(STANDS[found.paused_for]) if found.paused_for in STANDS else "",
        "waited": [
            {"label": tongue.say(label), "value": tongue.number(span // timedelta(hours=1))}
            for label, span in waited
            if span >= timedelta(hours=1)
        ],
    }


def _shown(clock: Clock, tongue: Tongue, zone: str, *, paused: bool, now: datetime) -> dict[str, str]:
    when = moment(tongue, clock.due, zone, now=now) if clock.due else ""
    if clock.met:
        return {"tone": "good", "glyph": "tick", "word": tongue.say(NP_("clock", "In time")), "when": when}
    if clock.broken:
        return {"tone": "stop", "glyph": "triangle", "word": tongue.say(NP_("clock", "Too late")), "when": when}
    if clock.due is None:
        return {"tone": "calm", "glyph": "clock", "word": tongue.say(NP_("clock", "No hours known")), "when": ""}
    if clock.done_at is not None or paused:
        return {"tone": "calm", "glyph": "bars-two", "word": tongue.say(NP_("clock", "Stands")), "when": when}
    return {"tone": "info", "glyph": "clock", "word": tongue.say(NP_("clock", "Runs")), "when": when}
