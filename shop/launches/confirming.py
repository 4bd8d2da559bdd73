"""The page that confirms a step or another exposure: what would differ, what it touches, and what is in its way."""

from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.checkout.stopping import stops_in
from shop.launches.arrival import Console
from shop.launches.board import Line
from shop.launches.changing.counts import new_count_words
from shop.launches.changing.guards import needs_second
from shop.launches.changing.imagined import as_stepped
from shop.launches.changing.proposals import seconds
from shop.launches.changing.table import MODES, STEPS, state_before_pause
from shop.launches.changing.touched import touched
from shop.launches.changing.touched_words import touched_words
from shop.launches.changing.transitions import WrongStep
from shop.launches.differences import PAGES, Difference, differences, mails, stays
from shop.launches.ladder import step_blockers
from shop.launches.sheet import audiences
from shop.launches.words import ACTIONS, MODE_WORDS, gate_row, state_word, who_may_buy
from shop.scorecard.reading import reading
from shop.scorecard.words import reasons


def confirmation(db: Session, console: Console, line: Line, action: str) -> dict[str, Any]:
    """What a step would change, and what it touches. Raises WrongStep when it is not allowed."""
    market, tongue = line.market, console.staff.tongue
    step = STEPS[action]
    if market.state not in step.sources:
        raise WrongStep(market=market.id, state=state_word(market.state, tongue), action=action)
    target = step.target or state_before_pause(db, market.id)
    then = as_stepped(market, target)
    read = reading(db, market, now=console.now) if action == "open" else None
    return {
        "market": market,
        "place": tongue.territory(market.country),
        "url": line.url,
        "step": step,
        "suggested": tongue.say(N_("Paused to look into it")) if action == "pause" else "",
        "label": tongue.say(ACTIONS[action]),
        "before": (market.state, state_word(market.state, tongue), who_may_buy(market, tongue)),
        "after": (target, state_word(target, tongue)),
        "modes": _modes(db, console, line) if action == "pause" else [],
        "differences": differences(db, market, then, taken=line.taken, tongue=tongue) if action != "pause" else [],
        "stays": stays(db, market, then, policies=console.sources.policies, tongue=tongue, now=console.now),
        "mails": mails(db, market, then, tongue),
        "audiences": audiences(tongue) if target == "soft" and action == "launch" else [],
        "capped": action in ("launch", "open"),
        "recommended": read.recommendation.decision if read else "",
        "against": reasons(read, tongue) if read and not read.may_open else [],
        "second": console.staff.tongue.list([each.name for each in seconds(db, market.id, console.staff.person.id)])
        if needs_second(db, market, seconded=step.seconded, person=console.staff.person.id)
        else None,
        "touched": touched_words(
            touched(db, market.id, now=console.now), action, tongue, stopped=len(stops_in(db, market.id))
        )
        + new_count_words(db, market, action, tongue, now=console.now),
        "blocking": [gate_row(each, tongue) for each in step_blockers(step, line, target)],
    }


def _modes(db: Session, console: Console, line: Line) -> list[tuple[str, str, str]]:
    """The ways to pause, each with what customers would find different."""
    market, tongue = line.market, console.staff.tongue
    found = []
    for mode in MODES:
        if mode != market.pause_mode:
            then = as_stepped(market, "paused", mode)
            told = differences(db, market, then, taken=line.taken, tongue=tongue)
            found.append((mode, tongue.say(MODE_WORDS[mode]), " · ".join(_seen(told, tongue))))
    return found


def _seen(told: list[Difference], tongue: Tongue) -> list[str]:
    """What is told of the pages alone: that nothing can be bought is said of every pause."""
    of_pages = [tongue.say(each) for each in PAGES]
    return [
        tongue.say(N_("%(label)s: %(value)s"), label=each.label, value=each.after)
        for each in told
        if each.label in of_pages
    ]
