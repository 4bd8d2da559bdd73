"""The console over the small exporter of launching.py: its people can sign in, and pages are read as their words.

A test module that takes the fixtures names them in its `__all__`.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.checkout.models import Hold, PaymentAttempt
from shop.staff.models import Person
from shop.staff.signin import password_hash
from tests.launching import NOW, exporter, ordered, put
from tests.world import PASSWORD, Browser, World, text, world


@cache
def hashed() -> str:
    """The hash of the demo's password, made once: it is meant to take its time."""
    return password_hash(PASSWORD)


def give_passwords(database: Database) -> None:
    """Let everybody sign in with the demo's password."""
    with database.writing() as db:
        for person in db.exec(select(Person)).all():
            person.password_hash = hashed()


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[World]:
    """The small exporter's house, with all its doors."""
    with exporter(tmp_path), world(tmp_path, f"sqlite:///{tmp_path / 'launching.db'}") as opened:
        opened.clock.now = NOW
        give_passwords(opened.house.database)
        yield opened


@pytest.fixture
def database(at_work: World) -> Database:
    """Its database."""
    return at_work.house.database


@pytest.fixture
def mere(at_work: World) -> Browser:
    """The exporter's browser, signed in."""
    return at_work.signed_in("mere")


def page(browser: Browser, url: str, status: int = 200) -> str:
    """The words of a page, which answers so."""
    answer = browser.get(url)
    assert answer.status_code == status, text(answer.text)
    return text(answer.text)


def being_paid(database: Database) -> None:
    """Tama is at the till with an order."""
    put(database, ordered(placed_at=NOW))
    later = NOW + timedelta(minutes=30)
    attempt = PaymentAttempt(
        key="a", order_number="R1", provider="till", session="session-1", expires_at=later, ask_at=later, created_at=NOW
    )
    put(database, Hold(order_number="R1", expires_at=later), attempt)
