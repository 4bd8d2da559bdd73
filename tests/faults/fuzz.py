"""Requests with anything changed in them, as raw bytes to a real server: each is answered, none with a fault of ours.

The protocol itself lets a server end the connection after an answer (to bytes that are no HTTP, or where it is asked to),
and wait for the rest of a request that is not whole; nothing else may leave a client without an answer.
"""

import base64
import random
import re
import shutil
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from sqlalchemy import delete, update
from sqlmodel import col

from shop.base.db import Database
from shop.ground.errors import Busy
from shop.staff.models import Person, SignInRule
from shop.staff.signin import WrongPassword, sign_in
from tests.faults.copying import copied
from tests.faults.fault import Fault, Place, Size
from tests.faults.mutations import Asked, mutated
from tests.faults.processes import Clock, Shop, serving, standing_clock
from tests.faults.raw_http import Line, NoAnswer, Seen
from tests.faults.well_formed import PEOPLE, ROLES, Corpus, from_ourselves, gathered
from tests.town import Town
from tests.world import ORIGIN, world

SENDERS = 3  # of each server
SIGNED_IN_ANEW = 200  # requests of one sender, after which it signs in again: what was sent may have ended its sign-in
KEY = b"k" * 32  # of the world that makes the town, so that its cookies hold at the server's
HOMES = {"agent": b"/desk", "exporter": b"/console"}
MOST_SHOWN = 5
MOST_WRONG = 50  # after which nobody sends any more
AGAIN = 5  # how often one that is told to come again comes


@dataclass
class _Count:
    """What became of the requests; shared by the senders."""

    statuses: Counter[int] = field(default_factory=Counter)
    waited: int = 0  # requests that are not whole: the server waits for the rest
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def all(self) -> int:
        """How many became of what they may."""
        return self.statuses.total() + self.waited

    def answered(self, status: int) -> None:
        """One answer more."""
        with self.lock:
            self.statuses[status] += 1

    def unfinished(self) -> None:
        """One more that is owed none."""
        with self.lock:
            self.waited += 1

    def fault(self, what: str, role: str, raw: bytes) -> None:
        """One that does not hold."""
        with self.lock:
            self.wrong.append(f"{what} to {role}: {raw[:600]!r}")


@dataclass
class _Served:
    """A place with the server that all is sent to."""

    place: Place
    clock: Clock
    shop: Shop

    def staff_cookies(self) -> dict[str, bytes]:
        """A fresh sign-in of each role, whatever was sent has made of the last one, and of the people."""
        with closing(Database(self.place.url)) as database:
            for _again in range(AGAIN):
                with suppress(Busy, WrongPassword):  # another sender has changed them again meanwhile
                    signed_in = {role: self._signed_in(database, role, who) for role, who in PEOPLE.items()}
                    return {"anonymous": b"", **signed_in}
        raise AssertionError("nobody of the staff can sign in")

    def _signed_in(self, database: Database, role: str, who: str) -> bytes:
        with database.writing() as db:
            hired = {"role": role, "markets": "", "deactivated": False, "second_factor": False}
            db.connection().execute(update(Person).where(col(Person.id) == who).values(**hired))
            db.connection().execute(delete(SignInRule))
            person = db.get_one(Person, who)
            db.expunge(person)
        return b"staff=" + sign_in(database, person, now=self.clock()).encode()

    def well(self) -> None:
        """It still serves, lets in whom it let in, and has nothing broken; raises AssertionError."""
        assert self.shop.alive, self.shop.said()[-2000:]
        shown, line = self.staff_cookies(), Line(self.shop.port)
        for role, home in HOMES.items():
            seen = line.ask(from_ourselves(Asked(b"GET", home, ()), (b"cookie", shown[role])).raw())
            assert seen is not None and seen.status == 200, (role, seen)
        line.close()
        self.place.prove(now=self.clock())


def run(place: Place, size: Size) -> str:
    """Send them from several connections at once, in three roles; in the full form to two servers with a place each."""
    with world(place.folder, place.url) as built:
        corpus = gathered(Town(built))
        now = built.clock.now
    count = _Count()
    with ExitStack() as stack:
        served = _served(stack, place, size.of(1, 2), now)
        senders = [each for each in served for _sender in range(SENDERS)]
        share = ceil(size.of(600, 100_000) / len(senders))
        with ThreadPoolExecutor(len(senders)) as pool:
            sending = [
                pool.submit(_send, each, corpus, random.Random(f"{size.seed} {which}"), number=share, count=count)
                for which, each in enumerate(senders)
            ]
        for each in sending:
            each.result()
        faults = [fault for each in served for fault in _faults(each.shop.said())]
        assert not count.wrong and not faults, (len(count.wrong), count.wrong[:MOST_SHOWN], faults[:MOST_SHOWN])
        assert count.all == share * len(senders)
        for each in served:
            each.well()
    return _told(count, corpus)


def _served(stack: ExitStack, place: Place, number: int, now: datetime) -> list[_Served]:
    """So many servers: one in the place, and each other one in a copy of it."""
    others = [stack.enter_context(copied(place)) for _other in range(number - 1)]
    for other in others:
        shutil.copytree(place.folder, other.folder, dirs_exist_ok=True)  # the files that customers have sent
    key = base64.b64encode(KEY).decode()
    return [
        _Served(each, standing_clock(each, now), stack.enter_context(serving(each, base_url=ORIGIN, secret_key=key)))
        for each in (place, *others)
    ]


def _send(served: _Served, corpus: Corpus, chance: random.Random, *, number: int, count: _Count) -> None:
    line, shown = Line(served.shop.port), dict[str, bytes]()
    for turn in range(number):
        if len(count.wrong) >= MOST_WRONG:
            break
        if turn % SIGNED_IN_ANEW == 0:
            shown = served.staff_cookies()
            served.clock.later(minutes=5)  # so that limits let some pass again
        role = ROLES[turn % len(ROLES)]
        raw = mutated(_asked(corpus, role, shown, chance), chance)
        try:
            seen = _patiently(line, raw)
        except NoAnswer as silence:
            count.fault(str(silence), role, raw)
            continue
        if seen is None:
            count.unfinished()
            continue
        count.answered(seen.status)
        if seen.status >= 500 or b"Traceback (most recent" in seen.body:
            count.fault(str(seen.status), role, raw)
        if any("x=1" in value for name, value in seen.headers if name == "set-cookie"):
            count.fault("a header of the sender's own", role, raw)
    line.close()


def _patiently(line: Line, raw: bytes) -> Seen | None:
    """The answer; a 503 that says when to come again is done as it says, with the same bytes."""
    for _again in range(AGAIN):
        seen = line.ask(raw)
        if seen is None or seen.status != 503 or not seen.header("retry-after").isdigit():
            break
    return seen


def _asked(corpus: Corpus, role: str, shown: dict[str, bytes], chance: random.Random) -> Asked:
    asked = chance.choice(corpus.requests[role])
    headers = [(b"x-forwarded-for", b"10.%d.%d.%d" % tuple(chance.choices(range(256), k=3)))]  # a visitor of its own
    cookies = [each for each in (shown[role], corpus.holder if chance.random() < 0.7 else b"") if each]
    if cookies:
        headers.append((b"cookie", b"; ".join(cookies)))
    if asked.target.startswith(b"/api/") and role != "anonymous":
        headers.append((b"authorization", corpus.program))
    return from_ourselves(asked, *headers)


_TRACE = re.compile(r"^.*(?:Traceback|\bfault\b|Exception in|never (?:retrieved|awaited)).*$", re.MULTILINE)


def _faults(said: str) -> list[str]:
    """What the server says of itself that it should not have had to say."""
    return [said[each.start() : each.start() + 3000] for each in _TRACE.finditer(said)]


def _told(count: _Count, corpus: Corpus) -> str:
    most = ", ".join(f"{number} x {status}" for status, number in sorted(count.statuses.items()))
    return (
        f"{count.all} requests to {corpus.routes} doors in {len(ROLES)} roles: {count.statuses.total()} answered ({most}), "
        f"{count.waited} that were not whole waited for their rest; no 5xx, no connection ended without an answer, no traceback"
    )


FAULT = Fault(
    "mutated requests",
    "raw requests with anything changed in method, address, headers, cookies, body and framing are all answered",
    run,
)
