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
Seen = tuple[str, tuple[str, ...]]  # market, the steps it was at once
Key = tuple[str, tuple[str, ...], int]  # and which quarter of an hour since 1970


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

    def saw(self, scope: Any, headers: dict[bytes, bytes], status: int, kind: bytes) -> None:
        """One request was answered with this status; `kind` is the Content-Type, empty where none was sent."""
        seen = self._seen(scope, headers, status, kind)
        if seen is not None:
            key = *seen, int(self._clock().timestamp()) // QUARTER
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
                add(db, [each for each in counted.items() if each[0][0] in zones], zones)
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

    def _seen(self, scope: Any, headers: dict[bytes, bytes], status: int, kind: bytes) -> Seen | None:
        path, cookies = scope["path"], headers.get(b"cookie", b"")
        if len(path) > _LONGEST_NAME or self._staff in cookies or b"sec-purpose" in headers:
            return None
        if UNCOUNTED in scope.get("state", ()) or is_robot(headers.get(b"user-agent", b"")[:_LONGEST_NAME]):
            return None
        if scope["method"] == "GET" and status in (200, 304) and (not kind or kind.startswith(b"text/html")):
            referer = headers.get(b"referer", b"")
            ours = referer == self._own or referer.startswith(self._within)
            return looked_at(path, ours, b"/checkout" in referer)
        if scope["method"] == "POST" and status == 303:
            return self._begun(path, cookies)
        return None

    def _begun(self, path: str, cookies: bytes) -> Seen | None:
        """A cart, begun with the first thing that is put into it."""
        place = _PLACE.fullmatch(path)
        if place is None or place[2] != "/cart/lines" or f"{self._cart}{place[1]}=".encode() in cookies:
            return None
        return place[1], ("cart",)


@lru_cache(maxsize=4096)
def looked_at(path: str, ours: bool, going_on: bool) -> Seen | None:
    """What a look at a market's page counts as. `ours`: it came from a page of ours; `going_on`: from within the checkout.

    None for an address that is in no market.
    """
    place = _PLACE.fullmatch(path)
    if place is None:
        return None
    page, steps = place[2] or "/", ["view"] if ours else ["view", "visit"]
    if page.startswith("/products/"):
        steps.append("product")
    if page == "/checkout" and not going_on:
        steps.append("checkout")
    return place[1], tuple(steps)


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
