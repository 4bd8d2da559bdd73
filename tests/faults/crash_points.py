"""Every named crash point of every flow: the process dies there, a new one takes over, and the end is the same.

What a flow does is done by a process that is ended by SIGKILL before or after each of its commits and its calls to the
payment provider and the mail server. A fresh house then does the periodic work, the people do what they did once more,
time moves on until everything held has expired: the place must stand as if nothing had happened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.faults.copying import copied
from tests.faults.crash_desk_flows import STAFF
from tests.faults.crash_flows import CUSTOMERS, Flow, Steps
from tests.faults.crash_watch import died, house_at, passed
from tests.faults.end_state import State, differences, end_state, mails
from tests.faults.fault import Fault, Place, Size
from tests.faults.side_by_side import side_by_side
from tests.world import TUESDAY

FLOWS = (*CUSTOMERS, *STAFF)
AFTER = (timedelta(minutes=3), timedelta(minutes=70))  # leases have ended, then everything held has
SAMPLE = {"sqlite": (3, 2), "postgres": (1, 2)}  # of the short form: flows, and points of each


@dataclass(frozen=True, slots=True)
class Task:
    """A flow to be walked from a place; `points` is how many of its points are tried, None for all."""

    calm: Place
    flow: Flow
    seed: int
    points: int | None


def run(place: Place, size: Size) -> str:
    """Die at every point of every flow; in the short form at a sample of them."""
    number, points = (len(FLOWS), None) if size.full else SAMPLE[place.engine]
    flows = size.random().sample(FLOWS, number)
    with _worked(place) as calm:
        tasks = [Task(calm, flow, size.seed, points) for flow in flows]
        deaths = sum(side_by_side(_walk, tasks, apart=size.full))
    return f"{deaths} deaths at named points of {len(flows)} flows"


def _walk(task: Task) -> int:
    """How many points were tried."""
    with _ready(task.calm, task.flow) as (ready, steps, now):
        with copied(ready) as undisturbed:
            points = passed(undisturbed, now, steps)
            _time_passes(undisturbed, now)
            ends = end_state(undisturbed)
        every = range(len(points))
        chosen = every if task.points is None else Random(task.seed).sample(every, task.points)
        for number in chosen:
            where = f"{task.flow.name}, {points[number]} ({number})"
            _dies(ready, now, steps, number, where=where, ends=ends, again=_unnoted(points[: number + 1]))
    return len(chosen)


def _unnoted(points: Sequence[str]) -> bool:
    """Whether a mail has left, and the process dies before the outbox has noted it: it must leave once more."""
    for point in reversed(points):
        if point.startswith("after a mail"):
            return True
        if point.startswith("after the commit of") and "effect" in point:
            return False
    return False


def _dies(ready: Place, now: datetime, steps: Steps, number: int, *, where: str, ends: State, again: bool) -> None:
    with copied(ready) as place:
        assert died(place, now, steps, number), f"{where}: this point was not reached again"
        _time_passes(place, now, steps)
        differ = differences(ends, end_state(place))
        assert not differ, f"{where}: after a crash it ends otherwise\n" + "\n".join(differ)
        twice = [mail for mail, times in mails(place).items() if times > 1]
        assert len(twice) <= again, f"{where}: mails sent twice: {twice}"


def _time_passes(place: Place, now: datetime, again: Steps = ()) -> None:
    with house_at(place, now) as world:
        world.work()
        for step in again:
            step(world)
        for span in AFTER:
            world.at(now + span)
        ended = world.clock.now
    place.prove(now=ended)


@contextmanager
def _worked(place: Place) -> Iterator[Place]:
    with copied(place) as calm:
        with house_at(calm, TUESDAY) as world:
            world.work()
        yield calm


@contextmanager
def _ready(calm: Place, flow: Flow) -> Iterator[tuple[Place, Steps, datetime]]:
    with copied(calm) as ready:
        with house_at(ready, TUESDAY) as world:
            steps = flow.ready(world)
            now = world.clock.now
        yield ready, steps, now


FAULT = Fault(
    "crash points",
    "A process dies before and after every commit and every call outside, in every flow.",
    run,
)
