"""Independent pieces of a long fault, two at a time: each in a process of its own, on a copy of its own."""

import pickle
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Came = TypeVar("Came")
AT_ONCE = 2


def side_by_side(work: Callable[[Task], Came], tasks: Iterable[Task], *, apart: bool) -> list[Came]:
    """What came of each task, in their order; raises with all that failed.

    Without `apart` one after the other, here, each as it would arrive there.
    """
    if not apart:
        return [work(pickle.loads(pickle.dumps(each))) for each in tasks]  # noqa: S301 - our own bytes
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("fork")) as pool:
        under_way = [pool.submit(_told, work, each) for each in tasks]
    failed = [str(each.exception()) for each in under_way if each.exception()]
    assert not failed, "\n".join(failed)
    return [each.result() for each in under_way]


def _told(work: Callable[[Task], Came], task: Task) -> Came:
    """What comes of it; what it raises goes back as words, for not every exception can be sent from process to process."""
    try:
        return work(task)
    except Exception:  # noqa: BLE001 - whatever it was, it is raised where it is read
        raise AssertionError(traceback.format_exc()) from None
