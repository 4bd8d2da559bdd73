"""The ladder of launch states of one market: where it stands, which steps lead on, what is in the way of the others."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_, Tongue
from shop.launches.arrival import Console
from shop.launches.board import PATHS, Line
from shop.launches.changing.table import STATE_WORDS, STEPS, Step, state_before_pause
from shop.launches.changing.undoing import undo_of
from shop.launches.readying.facts import GateResult
from shop.launches.readying.readiness import blockers
from shop.launches.words import ACTIONS, clock, gate_row, gate_title
from shop.markets.gate import ENDING
from shop.staff.arrival import Staff

RUNGS = ("draft", "ready", "soft", "open")
WAYS = (
    ("board.see", "readiness", N_("Readiness")),
    ("board.see", "research", N_("Research")),
    ("board.see", "stop-lines", N_("Stop lines")),
    ("board.see", "scorecard", N_("Scorecard")),
    ("board.see", "lessons", N_("What we learned")),
    ("board.see", "schedules", N_("Planned changes")),
    ("board.see", "proposals", N_("Second person")),
    ("customer.deny", "denials", N_("Turned away")),
    ("audit.see", "audit", N_("Whole history")),
    ("board.see", "dry-run", N_("Dry run")),
)


def rungs(db: Session, line: Line, tongue: Tongue) -> list[dict[str, str]]:
    """The states in their order, each done, present or to come; a paused market stands where it was before."""
    state = line.market.state
    here = state_before_pause(db, line.market.id) if state == "paused" else state
    order = (*RUNGS, *ENDING) if here in ENDING else RUNGS
    place = order.index(here)
    found = []
    for number, each in enumerate(order):
        standing = "done" if number < place else "now" if number == place else "later"
        word = tongue.say(STATE_WORDS[each])
        if standing == "now" and state == "paused":
            word = tongue.say(N_("%(state)s (paused)"), state=word)
        found.append({"word": word, "standing": standing})
    return found


def step_blockers(step: Step, line: Line, target: str) -> tuple[GateResult, ...]:
    """The gates that forbid the step. Who may buy is chosen on the confirm page, so it is not held against a launch."""
    if not step.widens:
        return ()
    return tuple(each for each in blockers(line.gates, target) if step.action != "launch" or each.gate != "caps.set")


def steps(db: Session, line: Line, tongue: Tongue) -> list[dict[str, Any]]:
    """The steps that lead on from where the market stands, the pause first: it is never in anybody's way."""
    market, found = line.market, []
    for step in STEPS.values():
        if market.state not in step.sources or (step.action == "redraft" and not _goes_back(line)):
            continue
        blocked = step_blockers(step, line, step.target or state_before_pause(db, market.id))
        found.append(
            {
                "label": tongue.say(ACTIONS[step.action]),
                "url": f"{line.url}/{PATHS[step.action]}",
                "action": step.action,
                "blocked": [gate_title(each.gate, tongue) for each in blocked],
                "fixes": [gate_row(each, tongue) for each in blocked],
            }
        )
    return sorted(found, key=lambda each: each["action"] != "pause")


def _goes_back(line: Line) -> bool:
    """Whether it may be a draft again: before anybody has ordered, and nobody thinks of that once it is open."""
    return not line.taken.orders and line.market.state in ("ready", "soft", "paused")


def ways(line: Line, staff: Staff) -> list[tuple[str, str]]:
    """The market's other pages that this person may look at, each with its name as a message."""
    return [(f"{line.url}/{path}", label) for act, path, label in WAYS if staff.may(act, line.market.id)]


def undo_words(db: Session, line: Line, console: Console, *, now: datetime) -> dict[str, str] | None:
    """What is said of taking the last change back while that is possible."""
    tongue, undo = console.staff.tongue, undo_of(db, line.market, now=now)
    if undo is None or undo.because:
        return None
    until = clock(undo.until, console.exporter.zone, tongue)
    return {"url": f"{line.url}/undo", "until": tongue.say(N_("Can be taken back until: %(moment)s"), moment=until)}
