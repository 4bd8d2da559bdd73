"""`make faults`: every fault at its full size, on each engine; what was counted, one line each.

python -m tests.faults [--only NAME] [--engine sqlite|postgres] [--seed N] [--short]
"""

import argparse
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conftest import prepare
from tests.faults.every import FAULTS
from tests.faults.fault import Engine, Fault, Place, Size, postgres_place, sqlite_place
from tests.postgres import found, running_postgres


def main() -> None:
    """Bring about what was asked for; exits with 1 when anything did not hold."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended like by Ctrl+C: no process, folder or mount stays
    size = Size(full=not asked.short, seed=asked.seed if asked.seed is not None else random.randrange(1_000_000))
    chosen = [each for each in FAULTS if asked.only in (None, each.name)]
    engines = {engine for each in chosen for engine in each.engines if asked.engine in (None, engine)}
    print(f"seed {size.seed}; `--seed {size.seed}` repeats this run\n")
    failed = 0
    if "postgres" in engines and found() is None:
        print("NOT TRIED ON POSTGRESQL: there is none on this machine\n")
        engines, failed = engines - {"postgres"}, 1
    with ExitStack() as stack:
        places = {engine: stack.enter_context(_places(engine)) for engine in sorted(engines)}
        for fault in chosen:
            for engine in fault.engines:
                if engine in places:
                    failed += not _held(fault, places[engine], size)
    sys.exit(bool(failed))


def _held(fault: Fault, places: "_Places", size: Size) -> bool:
    began = time.monotonic()
    print(f"{fault.name}, {places.engine}: {fault.says}", flush=True)
    try:
        with places.one() as place:
            counted = fault.run(place, size)
    except Exception:  # noqa: BLE001 - whatever it was, the next fault has its turn
        print(f"    DID NOT HOLD, seed {size.seed}\n{traceback.format_exc()}", flush=True)
        return False
    print(f"    held in {time.monotonic() - began:.0f} s: {counted}", flush=True)
    return True


class _Places:
    def __init__(self, engine: Engine, stack: ExitStack) -> None:
        self.engine = engine
        if engine == "sqlite":
            self._demo = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "demo.db"
            prepare(f"sqlite:///{self._demo}")
        else:
            self._server = stack.enter_context(running_postgres())

    @contextmanager
    def one(self) -> Iterator[Place]:
        made = sqlite_place(self._demo) if self.engine == "sqlite" else postgres_place(self._server)
        with made as place:
            yield place


@contextmanager
def _places(engine: Engine) -> Iterator[_Places]:
    with ExitStack() as stack:
        yield _Places(engine, stack)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--only", choices=[each.name for each in FAULTS])
    parser.add_argument("--engine", choices=["sqlite", "postgres"])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--short", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
