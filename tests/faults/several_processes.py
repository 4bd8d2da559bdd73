"""Three serving processes and two that work, over one PostgreSQL: what one does counts for all, and is done once.

The work is wanted by all five, for who serves works as well (the short form has two and one); a change made by one is
on everybody's pages within a second; who has signed in with one is signed in with all, and who tries too often has done
so with all.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import select

from shop.base.db import Database
from shop.base.limits import SIGN_IN, SIGN_IN_AS
from shop.base.outbox import Effect
from shop.jobs import JOBS
from tests.faults.browsers import Browser, expected, together
from tests.faults.changing import CHANGES, NEW_TERMS
from tests.faults.colleagues import Colleague, colleague, colleagues
from tests.faults.customers import BLENDER, customers, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.faults.looking import looking
from tests.faults.processes import Clock, serving_many, standing_clock, working
from tests.faults.short_lives import below_the_doors
from tests.smtp import Post, smtp_server

PRODUCT, POLICY = "/de/de/products/tasman-1000-standmixer-230v", "/de/de/policies/returns"
STOPPED = "Der Verkauf ruht, bis wir Bescheid wissen."
ROUND = timedelta(seconds=20)
REST_SECONDS = 60
ONE_ADDRESS = 30_000  # of a visitor, by their number

Ports = Sequence[int]


def run(place: Place, size: Size) -> str:
    """Work that is done once, changes that are seen by all, sign-ins and limits that are shared."""
    clock = standing_clock(place)
    serve, work = size.of(2, 3), size.of(1, 2)
    on_shelf(place, {BLENDER: 1_000})
    with ExitStack() as stack:
        _log_leases(place)
        post = stack.enter_context(smtp_server())
        shops = stack.enter_context(serving_many(place, serve, smtp_url=post.url))
        workers = [stack.enter_context(working(place, name=f"work-{each}", smtp_url=post.url)) for each in range(work)]
        ports = [shop.port for shop in shops]
        mails = _effects_once(place, post, ports, number=size.of(12, 300))
        jobs = _jobs_once(place, clock, rounds=size.of(2, 15))
        slowest = _seen_by_all(place, ports, within=size.of(10, 1))
        _signed_in_everywhere(ports)
        _limited_together(ports)
    for process in (*shops, *workers):
        assert "Traceback" not in process.said(), process.said()[-4000:]
    _forget_leases(place)
    place.prove(now=clock())
    return f"{mails} mails and {jobs} jobs, each once; a change on all pages after {slowest:.2f} s at most"


def _effects_once(place: Place, post: Post, ports: Ports, *, number: int) -> int:
    """Every customer buys somewhere; every effect is carried out by one process, at its first try."""
    bought = asyncio.run(together(customers(ports, number), lambda each: each.buys({BLENDER: 1}), parallel=12))
    assert len({order for _customer, order in bought}) == number
    effects = _until_done(place)
    tried = {key: attempts for key, attempts in effects.items() if attempts != 1}
    assert not tried, tried
    sent = Counter(str(mail["Message-ID"]) for mail in post.mails)
    assert sum("-confirmed" in name for name in sent) == number, sent
    assert set(sent.values()) == {1}, sent.most_common(3)
    return len(sent)


def _until_done(place: Place) -> dict[str, int]:
    """Every effect's key and how often it was tried, once none is left to do."""
    for _second in range(REST_SECONDS):
        with looking(place) as db:
            rows = db.exec(select(Effect.key, Effect.attempts, Effect.done_at)).all()
        left = [key for key, _attempts, done_at in rows if done_at is None]
        if not left:
            return {key: attempts for key, attempts, _done_at in rows}
        time.sleep(1)
    raise AssertionError(f"still not done: {left}")


def _jobs_once(place: Place, clock: Clock, *, rounds: int) -> int:
    """The clock jumps, jobs are due for all of them at the same moment, and one of them does each."""
    _until_leased(place, {job.name for job in JOBS if job.waits is None}, since=0)
    for _round in range(rounds):
        before = _leases(place)
        clock.later(seconds=ROUND.total_seconds())
        due = {name for name, due_at in dict(before).items() if due_at <= clock()}  # by each one's last lease
        _until_leased(place, due, since=len(before))
    leases = _leases(place)
    assert not (twice := [each for each, times in Counter(leases).items() if times > 1]), twice
    return len(leases)


def _until_leased(place: Place, due: set[str], *, since: int) -> None:
    """Until each of these jobs was taken by somebody, and a moment longer, for one that might take it as well."""
    for _second in range(REST_SECONDS):
        taken = {name for name, _due_at in _leases(place)[since:]}
        time.sleep(1)
        if due <= taken:
            return
    raise AssertionError(f"nobody did {due - taken}")


_LOGGED = """
    CREATE TABLE lease_taken (place bigserial, name text, due_at timestamptz);
    CREATE FUNCTION log_lease() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO lease_taken (name, due_at) VALUES (NEW.name, NEW.due_at); RETURN NEW; END';
    CREATE TRIGGER log_lease AFTER INSERT OR UPDATE ON job_lease FOR EACH ROW EXECUTE FUNCTION log_lease();
"""
_FORGOTTEN = "DROP TRIGGER log_lease ON job_lease; DROP FUNCTION log_lease(); DROP TABLE lease_taken;"


def _log_leases(place: Place) -> None:
    """Have the database itself note each lease that is taken: which job, and until when."""
    _administer(place, _LOGGED)


def _forget_leases(place: Place) -> None:
    _administer(place, _FORGOTTEN)


def _administer(place: Place, statements: str) -> None:
    database = Database(place.url)
    with database.writing() as db:
        db.connection().exec_driver_sql(statements)
    database.close()


def _leases(place: Place) -> list[tuple[str, datetime]]:
    with looking(place) as db:
        rows = db.connection().execute(text("SELECT name, due_at FROM lease_taken ORDER BY place")).all()
        return [(name, due_at) for name, due_at in rows]


def _seen_by_all(place: Place, ports: Ports, *, within: float) -> float:
    """A price, a policy and a stop, made in three ways; after how many seconds the last of the pages showed it."""
    world = below_the_doors(place.url, place.folder)
    mere = colleague(ports[0], "mere", seat=500)
    mere.does(mere.arrives())
    stop = {"sku": BLENDER, "reason": "Ein Fehler wird geprüft.", "text-de": STOPPED}

    def stop_sale() -> None:
        expected(mere.does(mere.asks("POST", "/console/markets/de/stops", stop)), 303)

    changes: list[tuple[str, str, Callable[[], None]]] = [
        (PRODUCT, "230,00", lambda: CHANGES["price"](world)),
        (POLICY, NEW_TERMS, lambda: CHANGES["policy"](world)),
        (PRODUCT, STOPPED, stop_sale),
    ]
    slowest = max(_until_shown(ports, path, words, change) for path, words, change in changes)
    world.house.database.close()
    assert slowest <= within, f"{slowest} s until a change was on every page"
    return slowest


def _until_shown(ports: Ports, path: str, words: str, change: Callable[[], None]) -> float:
    """Seconds from the end of the change until the words stand on the page of every process, kept before by each."""
    readers = [Browser(port, 700 + number) for number, port in enumerate(ports)]

    async def shows(reader: Browser) -> bool:
        return words in expected(await reader.asks("GET", path), 200).text

    async def all_show() -> bool:
        shown = [await shows(reader) for reader in readers]
        for reader in readers:
            await reader.leaves()
        return all(shown)

    for _look in range(2):
        assert not asyncio.run(all_show()), f"{words} stands there before it was written"
    change()
    began = time.monotonic()
    while time.monotonic() < began + REST_SECONDS:
        if asyncio.run(all_show()):
            return time.monotonic() - began
    raise AssertionError(f"{words} is never shown on {path}")


def _signed_in_everywhere(ports: Ports) -> None:
    """Signed in with one is signed in with all; signed out with one is signed out with all."""
    lena = colleague(ports[0], "lena", seat=501)

    async def walk() -> list[int]:
        await lena.arrives()
        statuses = [await _looks(lena, port) for port in ports]
        kept = dict(lena.cookies)
        lena.port = ports[-1]
        expected(await lena.asks("POST", "/sign-out", {}), 303)
        lena.cookies = kept  # as a thief of the cookie would
        return [*statuses, *[await _looks(lena, port) for port in ports]]

    statuses = lena.does(walk())
    assert statuses == [200] * len(ports) + [303] * len(ports), statuses


async def _looks(person: Colleague, port: int) -> int:
    person.port = port
    return (await person.asks("GET", "/desk")).status


def _limited_together(ports: Ports) -> None:
    """Guesses at the same moment, spread over all processes: from one address, and at one person from everywhere."""
    guesses = 4 * SIGN_IN.times
    from_one = colleagues(ports, [f"nobody-{each}" for each in range(guesses)])
    for each in from_one:
        each.number = ONE_ADDRESS
    at_one = colleagues(ports, ["haruka"] * guesses)
    for number, each in enumerate(at_one):
        each.number += 2_000 + number

    async def guess(each: Colleague) -> int:
        answer = await each.signs_in(password="a guess")
        await each.leaves()
        return answer.status

    for asked, limit in ((from_one, SIGN_IN), (at_one, SIGN_IN_AS)):
        told = Counter(status for _who, status in asyncio.run(together(asked, guess, parallel=guesses)))
        assert told == {422: limit.times, 429: guesses - limit.times}, (limit.what, told)


FAULT = Fault(
    "several processes",
    "three serving and two working processes over one database: done once, seen by all, counted together",
    run,
    engines=("postgres",),
)
