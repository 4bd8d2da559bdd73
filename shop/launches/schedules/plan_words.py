"""How planned steps are told in the reader's tongue: which step, on which clocks, and what became of it."""

from datetime import UTC, datetime
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.launches.changing.change_words import exposed_words
from shop.launches.changing.table import Exposed
from shop.launches.models import Schedule
from shop.launches.schedules.planning import exposed_in, said_in
from shop.launches.words import ACTIONS, MODE_WORDS, clock, gate_title
from shop.markets.models import Market

KIND_WORDS = {
    "gap": N_("The clock there leaves %(asked)s out on that day. It is the first minute after it: %(clock)s"),
    "ambiguous": N_(
        "%(asked)s comes twice there on that day, for the clocks are set back. It is the first of the two."
    ),
}
OUTCOMES = {
    "paused": N_("The market was paused. It does not happen late by itself; plan it anew if it shall still happen."),
    "time_came": N_("The set-up was loaded after its time had come. Plan it anew if it shall still happen."),
    "ended": N_("The market was paused for safety, is winding down or is closed."),
    "called_off": N_("It was called off."),
    "replaced": N_("Another plan has taken its place."),
    "not_agreed": N_("No second person had agreed to it, and this market asks for one."),
    "no_such_date": N_("The calendar there has changed, and the date no longer exists."),
    "wrong_step": N_("The market was in a state from which this step is not possible, or which it would not change."),
    "wrong_exposure": N_("A market in this state cannot be open to such an audience."),
    "reason_missing": N_("This step is kept with a reason, and none was given."),
}
LATE = N_(
    "Nothing was running when it was due, and it does not happen late by itself. When it was noticed it was late. "
    "Minutes late: %(minutes)s"
)
GONE = N_("Whoever signed it may no longer change this market: %(name)s")
GATES = N_("Gates that were not met: %(gates)s")
REFUSED = N_("The market's own guards refused it (%(name)s).")


def step_words(plan: Schedule, market: Market, tongue: Tongue) -> str:
    """The step with what it asks, on one line."""
    return asked_words(plan.action, said_in(plan, "mode"), exposed_in(plan, market), market=market, tongue=tongue)


def asked_words(action: str, mode: str, exposed: Exposed | None, *, market: Market, tongue: Tongue) -> str:
    """A step, how it pauses, and to whom the market is open then."""
    words = [tongue.say(ACTIONS[action])]
    words += [tongue.say(MODE_WORDS[mode])] if mode in MODE_WORDS else []
    words += exposed_words(exposed, market, tongue) if exposed else []
    return " · ".join(words)


def outcome_words(plan: Schedule, tongue: Tongue) -> str:
    """What became of a plan, and why; empty while it waits or once it is done."""
    if not plan.outcome:
        return ""
    code, _, about = plan.outcome.partition(":")
    if code == "late":
        return tongue.say(LATE, minutes=tongue.number(int(about)))
    if code == "signer_gone":
        return tongue.say(GONE, name=about)
    if code == "not_ready":
        return tongue.say(GATES, gates=tongue.list([gate_title(each, tongue) for each in about.split()]))
    return tongue.say(OUTCOMES[code]) if code in OUTCOMES else tongue.say(REFUSED, name=code.replace("_", " "))


def clocks_of(due: datetime, zone: str, home: str, tongue: Tongue) -> dict[str, str]:
    """An instant on the market's clock, on the one at home, and in UTC."""
    return {
        "there": clock(due, zone, tongue),
        "home": clock(due, home, tongue),
        "utc": tongue.say(N_("%(moment)s UTC"), moment=clock(due, "UTC", tongue)),
    }


def kind_words(kind: str, wall: datetime, due: datetime, *, zone: str, tongue: Tongue) -> str:
    """What is odd about a time that the clock there leaves out or shows twice; empty for any other."""
    if kind not in KIND_WORDS:
        return ""
    asked = tongue.time(wall.replace(tzinfo=UTC), "UTC")  # the face of a clock, whatever the zone
    values: dict[str, Any] = {"asked": asked, "clock": clock(due, zone, tongue)}
    return tongue.say(KIND_WORDS[kind], **values)
