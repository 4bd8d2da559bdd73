"""The mail server is away for a day, puts off, refuses, or says nothing: nobody who buys notices.

Orders and their pages are what they are without mails. What could not be sent waits longer and longer, and goes out when
the server is back, each mail once; what is refused for good stands where a person sees it.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from structlog.testing import capture_logs

from shop import jobs
from shop.base.db import Database
from shop.base.leases import JobLease
from shop.base.mail import SmtpMailer
from shop.base.outbox import LONGEST_PAUSE, Effect, dead
from tests.doors import pay
from tests.doors import place as order
from tests.faults.customers import BLENDER, Customer, on_shelf
from tests.faults.fault import Fault, Place, Size
from tests.faults.processes import serving, ticking
from tests.smtp import Post, smtp_server
from tests.world import ANNA, TUESDAY, World, text
from tests.world import world as open_world

SHOP, SENDER = "/de/de/", "care@harbourbench.example"
DAY = timedelta(days=1)
LOOK = timedelta(minutes=20)  # how often the worker of this world looks into its outbox
GIVEN_UP = timedelta(days=4)
PATIENCE_SECONDS = 60
MOODS = ("away", "puts off", "refuses")
BAD = "unknown@example.com"


def run(place: Place, size: Size) -> str:
    """A server that is silent, a day without it, a day of each kind of answer, one address that is never taken.

    Nobody sends what is bought, so that the market comes to pause by itself: who buys last has to do so before that.
    """
    on_shelf(place, {BLENDER: 1_000})
    said, start = [f"silent: {_silent(place, start=TUESDAY)}"], TUESDAY + DAY
    with smtp_server() as post:
        for mood in MOODS if size.full else [size.random().choice(MOODS)]:
            said.append(f"{mood}: {_a_day(place, post, mood, size.of(2, 10), start=start)}")
            start += 2 * DAY
        said.append(f"never taken: {_given_up(place, post, start=start)}")
    return "; ".join(said)


def _a_day(place: Place, post: Post, mood: str, customers: int, *, start: datetime) -> str:
    name = mood.replace(" ", "-")
    with _by_mail(place, post.port, start) as world:
        before = len(post.mails)  # what waited from before has gone out
        over = world.clock.now + DAY
        with _in_the_mood(post, world, mood):
            bought = [_buys(world, f"{name}-{each}@example.com") for each in range(customers)]
            tries = _looks(world, over)
            bought.append(_buys(world, f"{name}-late@example.com"))
            tries += _looks(world, over + LOOK)
            assert len(post.mails) == before, "a mail arrived at a server that takes none"
        _looks(world, over + LONGEST_PAUSE + 2 * LOOK)
        for email in bought:
            assert len(post.to(email)) == 1, f"{email} has {len(post.to(email))} mails"
        world.work()
        now = world.clock.now
    arrived = Counter(str(mail["Message-ID"]) for mail in post.mails[before:])
    assert set(arrived.values()) == {1}, arrived
    place.prove(now=now)
    return f"{arrived.total()} mails, each once, after {tries} tries"


def _given_up(place: Place, post: Post, *, start: datetime) -> str:
    """One mailbox does not exist. It holds up no other mail, and in the end the console names it."""
    with _by_mail(place, post.port, start) as world:
        post.on_recipient = lambda address: "550 5.1.1 No such mailbox" if address == BAD else None
        _buys(world, BAD)
        good = _buys(world, "known@example.com")
        world.work()
        assert len(post.to(good)) == 1
        tries = _looks(world, world.clock.now + GIVEN_UP)
        with world.house.database.reading() as db:
            [given_up] = dead(db)
        post.on_recipient = lambda _address: None
        page = text(world.signed_in("mere").get("/console/mail").text)
        assert given_up.key in page and "No such mailbox" in page
        world.work()
        now = world.clock.now
    place.prove(now=now)
    return f"named at the console after {tries} tries"


def _silent(place: Place, *, start: datetime) -> str:
    """A server takes the line and says nothing. Whoever waits for that, the other work of the shop does not."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ticking(place, start) as clock:
        with serving(place, smtp_url=f"smtp://127.0.0.1:{listener.getsockname()[1]}") as shop:
            _moves_on(place)  # after a pause of days there is much to do first
            customer = Customer(shop.port, 1)
            customer.does(customer.buys({BLENDER: 1}))
            _until(lambda: _being_sent(place), "the mail is not being sent")
            _moves_on(place)
            assert _being_sent(place), "the shop did not wait for the server: it was not silent"
        now = clock()
    place.prove(now=now)
    return "other work went on while a mail waited for its answer"


def _moves_on(place: Place) -> None:
    """Wait until those who wait for an answer were looked after once more."""
    before = _one(place, select(JobLease.due_at).where(JobLease.name == "waiting requests"))
    _until(
        lambda: _one(place, select(JobLease.due_at).where(JobLease.name == "waiting requests")) != before,
        "the periodic work stands still",
    )


def _being_sent(place: Place) -> bool:
    return (
        _one(place, select(Effect.id).where(col(Effect.leased_until).is_not(None), col(Effect.done_at).is_(None)))
        is not None
    )


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, otherwise
        time.sleep(0.2)


def _one(place: Place, query: Any) -> Any:
    database = Database(place.url)
    with database.reading() as db:
        found = db.exec(query).first()
    database.close()
    return found


def _looks(world: World, until: datetime) -> int:
    """Let the worker look into the outbox now and then; how often it tried to send something."""
    tries = 0
    while world.clock.now < until:
        world.clock.now += LOOK
        while tried := jobs.run_effects(world.house):
            tries += tried
    return tries


def _buys(world: World, email: str) -> str:
    """Buy and pay; the order's page tells the customer all without any mail."""
    browser = world.browser("de")
    number = order(browser, SHOP, {**ANNA, "email": email})
    pay(world, browser, SHOP, number)
    page = browser.get(f"{SHOP}orders/{number}")
    assert page.status_code == 200 and number in page.text
    return email


@contextmanager
def _by_mail(place: Place, port: int, start: datetime) -> Iterator[World]:
    with open_world(place.folder, place.url, mail=SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER)) as world:
        world.at(start)
        with capture_logs():
            yield world


@contextmanager
def _in_the_mood(post: Post, world: World, mood: str) -> Iterator[None]:
    """The server is not there, says `later`, or says `no`."""
    mailer = world.house.mailer
    assert isinstance(mailer, SmtpMailer)
    parts, answer = mailer._parts, {"puts off": "451 4.3.0 Later, please", "refuses": "554 5.7.1 Not from here"}
    if mood == "away":
        mailer._parts = parts._replace(netloc="127.0.0.1:9")
    else:
        post.on_mail = lambda _sender: answer[mood]
    try:
        yield
    finally:
        mailer._parts, post.on_mail = parts, lambda _sender: None


FAULT = Fault("mail away", "the mail server is away for a day, puts off, refuses, or is silent", run)
