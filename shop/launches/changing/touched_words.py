"""How the console says what is under way in a market, and what a step means for it."""

from collections.abc import Mapping
from dataclasses import asdict

from shop.base.i18n import N_, NN_, Tongue
from shop.launches.changing.touched import Touched

UNDER_WAY = {
    "sessions": NN_("%(num)s payment is under way.", "%(num)s payments are under way."),
    "holds": NN_("%(num)s order holds goods until it is paid.", "%(num)s orders hold goods until they are paid."),
    "orders": NN_("%(num)s paid order is not delivered yet.", "%(num)s paid orders are not delivered yet."),
    "requests": NN_("%(num)s request waits for an answer.", "%(num)s requests wait for an answer."),
    "cases": NN_("%(num)s after-sales case is open.", "%(num)s after-sales cases are open."),
    "refunds": NN_("%(num)s refund is not done yet.", "%(num)s refunds are not done yet."),
    "recalls": NN_("%(num)s recall is open.", "%(num)s recalls are open."),
}


def count_words(counts: Mapping[str, int], tongue: Tongue) -> list[str]:
    """A sentence for each kind of thing (a name of Touched) of which there is any."""
    return [tongue.count(*UNDER_WAY[kind], number) for kind, number in counts.items() if number]


def touched_words(counts: Touched, action: str, tongue: Tongue, *, stopped: int) -> list[str]:
    """What is under way in the market, a sentence each, and what the step means for it."""
    words = count_words(asdict(counts), tongue) or [tongue.say(N_("Nothing is under way."))]
    if action == "pause":
        words.append(_notices_words(stopped, tongue))
    if action in ("pause", "wind_down"):
        words.append(tongue.say(N_("Payments under way may finish, and their orders are honoured.")))
        words.append(tongue.say(N_("Orders, returns, guarantees and requests go on as promised.")))
    if action == "pause":
        words.append(
            tongue.say(
                N_("Only a safety pause ends payments under way; money that arrives all the same is given back.")
            )
        )
    return words


def _notices_words(stopped: int, tongue: Tongue) -> str:
    """What a safety pause does besides: it is the stops that say which products are dangerous."""
    if not stopped:
        return tongue.say(N_("A safety pause shows the notices of stopped products only; no sale is stopped here yet."))
    return tongue.count(
        "In a safety pause the products named by %(num)s stopped sale show a notice instead.",
        "In a safety pause the products named by %(num)s stopped sales show a notice instead.",
        stopped,
    )
