"""How far each language is from complete: counted once, when somebody first asks, because reading takes a while."""

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shop.base.messages import incomplete


class Completeness:
    """For each language that has a file, how many messages are missing, left over or wrong."""

    def __init__(self, locales: Path) -> None:
        self._locales = locales

    def __call__(self) -> Mapping[str, int]:
        """The counts; the first to ask waits for them, whoever asks meanwhile waits with them."""
        with _COUNTING:
            return _counted(self._locales)


_COUNTING = threading.Lock()


@cache
def _counted(locales: Path) -> Mapping[str, int]:
    return incomplete(locales)
