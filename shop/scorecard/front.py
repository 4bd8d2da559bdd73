"""Counting at the front: how often pages were looked at, carts begun and checkouts entered, by market and day.

Kept in memory and written every ten seconds; a crash may lose that much. Nothing is kept of who it was: no address, no
cookie, no name of a page. Robots, staff and what a browser fetches ahead are not counted.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from shop.base.clock import Clock
from shop.base.db import Database
from shop.ground.instants import local
from shop.scorecard.models import StepCount

FLUSH_SECONDS = 10
QUARTER = 15 * 60  # every zone's midnight falls on one
UNCOUNTED = "uncounted"  # in a request's state: whoever looks is no customer

_PLACE = re.compile(r"/([a-z]{2})/[A-Za-z0-9-]{2,35}(/.*)?")
_ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|headless|lighthouse|monitor|"
    r"uptime|pingdom|curl|wget|python|httpx|okhttp|go-http|java/|libwww|scrapy|axios|node-fetch|feedfetcher|archiver"
)
_LONGEST_NAME = 400

Zones = Callable[[], dict[str, str]]  # the markets there are -> their time zones
Key = tuple[str, tuple[str, ...], int]  # market, the steps it was at once, which quarter of an hour since 1970


class FrontCounter:
    """What was counted and not yet written. `own` is where this shop is found: who comes from there visits no more."""

    def __init__(self, database: Database, clock: Clock, *, own: str, zones: Zones, staff: str, cart: str) -> None:
        """`staff` and `cart` are the names of the cookies of who signed in, and of a cart but for the market's id."""
        self._database, self._clock, self._zones = database, clock, zones
        self._own, self._within = own.encode(), own.encode() + b"/"
        self._staff, self._cart = staff.encode() + b"=", cart
        self._counted: Counter[Key] = Counter()
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def saw(self, scope: Any, status: int, kind: bytes) -> None:
        """One request was answered with this status; `kind` is the Content-Type, empty where none was sent."""
        steps = self._steps(scope, status, kind)
        if not steps:
            return
        key = scope["path"][1:3], steps, int(self._clock().timestamp()) // QUARTER
        with self._turn:
            self._counted[key] += 1

    def flush(self) -> None:
        """Write what was counted; when the database cannot be had it is kept for the next time."""
        with self._turn:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            zones = self._zones()
            with self._database.writing() as db:
                add(db, [(key, number) for key, number in counted.items() if key[0] in zones], zones)
        except Exception:
            with self._turn:
                self._counted.update(counted)
            raise

    def watch(self) -> None:
        """Begin to write every ten seconds, until `stop`."""
        self._thread = threading.Thread(target=self._watch, name="steps", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and write what is left."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._flush_if_possible()

    def _watch(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self._flush_if_possible()

    def _flush_if_possible(self) -> None:
        try:
            self.flush()
        except Exception as fault:  # noqa: BLE001 - the database may be away for a while; what was counted is kept
            structlog.get_logger().warning("steps not written", exc_info=fault)

    def _steps(self, scope: Any, status: int, kind: bytes) -> tuple[str, ...]:
        path = scope["path"]
        place = _place(path) if len(path) <= _LONGEST_NAME else None
        if place is None or UNCOUNTED in scope.get("state", ()):
            return ()
        headers, (market, page) = dict(scope["headers"]), place
        cookies = headers.get(b"cookie", b"")
        if (
            self._staff in cookies
            or b"sec-purpose" in headers
            or is_robot(headers.get(b"user-agent", b"")[:_LONGEST_NAME])
        ):
            return ()
        if scope["method"] == "POST":
            begun = page == "/cart/lines" and status == 303 and f"{self._cart}{market}=".encode() not in cookies
            return ("cart",) if begun else ()
        if scope["method"] != "GET" or status not in (200, 304) or (kind and not kind.startswith(b"text/html")):
            return ()
        return self._looked(page, headers.get(b"referer", b""))

    def _looked(self, page: str, referer: bytes) -> tuple[str, ...]:
        ours = referer == self._own or referer.startswith(self._within)
        steps = ["view"] if ours else ["view", "visit"]
        if page.startswith("/products/"):
            steps.append("product")
        if page == "/checkout" and b"/checkout" not in referer:
            steps.append("checkout")
        return tuple(steps)


@lru_cache(maxsize=4096)
def _place(path: str) -> tuple[str, str] | None:
    """The market of an address, and what comes after its language; None where it names none."""
    found = _PLACE.fullmatch(path)
    return (found[1], found[2] or "/") if found else None


@lru_cache(maxsize=4096)
def is_robot(agent: bytes) -> bool:
    """Whether a program says of itself that it is none that people look at pages with; one without a name is such."""
    return not agent or _ROBOT.search(agent.decode("latin-1").lower()) is not None


def add(db: Session, counted: Iterable[tuple[Key, int]], zones: dict[str, str]) -> None:
    """Add what was counted to the days of each market's own calendar."""
    sums: Counter[tuple[str, Any, str]] = Counter()
    for (market, steps, quarter), number in counted:
        day = local(datetime.fromtimestamp(quarter * QUARTER, UTC), zones[market]).date()
        for step in steps:
            sums[market, day, step] += number
    rows = [{"market": m, "day": day, "step": step, "number": n} for (m, day, step), n in sorted(sums.items())]
    if not rows:
        return
    new = insert(StepCount).values(rows)
    more = new.on_conflict_do_update(
        index_elements=["market", "day", "step"], set_={"number": col(StepCount.number) + new.excluded.number}
    )
    db.connection().execute(more)
