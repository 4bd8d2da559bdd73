"""The demo loaded with its past: the last weeks are played in a house of their own, whose mails stay on this machine."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import event

from shop import jobs
from shop.base.db import Database
from shop.base.terminal import progress
from shop.base.till import DemoTill
from shop.demo import showing
from shop.demo.history import playing
from shop.demo.history.stage import MovedClock
from shop.house import House, assemble
from shop.upkeep.importing import Told

UNFINISHED = "demo-unfinished"  # in the data folder, while the demo is being loaded


class HalfPlayed(Exception):
    """The demo was interrupted while it was loaded: some of its orders would stay for ever as they were then."""


def is_whole(house: House) -> bool:
    """Whether the demo is there; raises showing.NotTheDemo when somebody else is, and HalfPlayed when some of it is."""
    loaded = showing.is_loaded(house.database)
    if loaded and (house.settings.data_dir / UNFINISHED).exists():
        raise HalfPlayed
    return loaded


def load(house: House, *, now: datetime, empty: bool) -> None:
    """Load the demo exporter, with the orders and questions of its last weeks unless it is to be `empty`."""
    mark = house.settings.data_dir / UNFINISHED
    mark.touch()
    _load(house, now=now, empty=empty)
    mark.unlink()


def _load(house: House, *, now: datetime, empty: bool) -> None:
    with progress("Loading the demo", shown=True) as told:
        showing.load(house.database, house.policies, now=now, told=told)
    if not empty:
        with progress("Playing its last weeks", shown=True) as told:
            play(house, now=now, told=told)


def play(house: House, *, now: datetime, told: Told) -> None:
    """Play the history into a demo just loaded. Nothing is played where Stripe takes payments: it would not know them.

    No mail leaves the machine, whatever the settings say: its customers do not exist.
    """
    clock = MovedClock(now)
    stage = assemble(replace(house.settings, smtp_url=""), clock=clock)
    _never_wait_for_the_disk(stage.database)
    try:
        stage.revisions.refresh()
        stage.policies.refresh()
        if isinstance(stage.payments, DemoTill):
            playing.play(stage, stage.payments, jobs.effects(stage), clock=clock, told=told)
    finally:
        stage.database.close()


def _never_wait_for_the_disk(database: Database) -> None:
    """Thousands of commits would otherwise wait for it; after a power cut the demo is loaded anew in another place."""
    words = "PRAGMA synchronous=OFF" if database.engine.dialect.name == "sqlite" else "SET synchronous_commit TO off"

    def set_up(connection: Any, _record: object) -> None:
        connection.execute(words).close()
        connection.commit()

    event.listen(database.engine, "connect", set_up)
