"""What speaks against a time for a step: nobody at work, a day off, a paper that has ended by then. Nothing forbids it.

Pure: the findings come with codes and plain values for the reader's language to word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shop.ground.duty import Hours
from shop.ground.instants import local, minute_of

HOME_AWAKE = Hours(7 * 60, 22 * 60)  # when somebody at home is there to see what happens

Code = Literal["holiday", "weekend", "nobody", "unplanned", "paper_ends", "leads_nowhere", "gates", "night_at_home"]


@dataclass(frozen=True, slots=True)
class Shift:
    """When somebody answers in a language, natively or fluently."""

    language: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is known of the time for which a step is asked, and of the market on its way there.

    `free` is "holiday", "weekend" or empty. `known_until` is how far the roster reaches. `leads` says whether the step
    leads on from the state that the market has by then; `gates` forbid it as far as is known today, and `papers_ending`
    are the marks whose paper is in force today and not on that day.
    """

    due_at: datetime
    home: str
    languages: Sequence[str]
    known_until: datetime
    shifts: Sequence[Shift] = ()
    free: str = ""
    leads: bool = True
    gates: Sequence[str] = ()
    papers_ending: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that speaks against the time."""

    code: Code
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


def conflicts(asked: Day) -> tuple[Conflict, ...]:
    """Everything that speaks against the time, the gravest first."""
    found = [
        Conflict("leads_nowhere") if not asked.leads else None,
        Conflict("gates", {"gates": tuple(asked.gates)}) if asked.gates else None,
        Conflict("paper_ends", {"marks": tuple(asked.papers_ending)}) if asked.papers_ending else None,
        _nobody(asked),
        Conflict("holiday") if asked.free == "holiday" else None,
        Conflict("weekend") if asked.free == "weekend" else None,
        Conflict("night_at_home") if _night(asked.due_at, asked.home) else None,
    ]
    return tuple(each for each in found if each is not None)


def _nobody(asked: Day) -> Conflict | None:
    """Languages in which nobody answers at that very time; beyond the roster nobody can say."""
    if asked.due_at >= asked.known_until:
        return Conflict("unplanned")
    there = {each.language for each in asked.shifts if each.starts_at <= asked.due_at < each.ends_at}
    missing = tuple(each for each in asked.languages if each not in there)
    return Conflict("nobody", {"languages": missing}) if missing else None


def _night(instant: datetime, home: str) -> bool:
    clock = local(instant, home)
    return not HOME_AWAKE.start <= minute_of(clock) < HOME_AWAKE.end
