"""The shop beside its model, run by hypothesis from a seed that replays.

What fails is made as small as it can be within hypothesis' five minutes, and printed step by step.
"""

from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.fault import Fault, Place, Size
from tests.faults.model_rules import Beside
from tests.faults.side_by_side import AT_ONCE, side_by_side

FULL = {"sqlite": 60, "postgres": 20}  # runs of each of the processes, as many as five minutes allow


@dataclass(frozen=True, slots=True)
class Task:
    """So many runs of so many steps each, from a seed."""

    place: Place
    seed: int
    runs: int
    steps: int


def run(place: Place, size: Size) -> str:
    """Let hypothesis do what it thinks of; in the short form one process does a little of it."""
    runs, steps = size.of(3, FULL[place.engine]), size.of(15, 50)
    shares = AT_ONCE if size.full else 1
    tasks = [Task(place, size.seed + share, runs, steps) for share in range(shares)]
    came = side_by_side(_from_seed, tasks, apart=size.full)
    return f"{sum(each[0] for each in came)} runs, {sum(each[1] for each in came)} steps, each compared with the model"


def _from_seed(task: Task) -> tuple[int, int]:
    """How many runs and steps there were."""

    @seeded(task.seed)
    class Seeded(Beside):
        pass

    Seeded.place = task.place
    Beside.runs = Beside.steps = 0
    chosen = settings(
        max_examples=task.runs,
        stateful_step_count=task.steps,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Seeded, settings=chosen)
    return Beside.runs, Beside.steps


FAULT = Fault(
    "model", "Customers, provider, exporter and time do anything in any order, beside a model of the shop.", run
)
