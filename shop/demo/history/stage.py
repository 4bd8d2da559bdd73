"""Where the demo's history is played: the parts of the house, a clock that can be moved, and what is to happen when.

Everything goes through the same actions that the pages use. What they put into the outbox (mails, refunds) is carried
out at once, at the time on the clock, so that each mail bears the time of its own day.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import Languages, Tongue
from shop.base.outbox import CarryOut, carry_out_due
from shop.base.settings import Settings
from shop.base.till import DemoTill
from shop.base.tokens import Signer
from shop.ground.instants import instant_on
from shop.markets.calendar import day_in
from shop.markets.directory import Directory
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.models import Person
from shop.upkeep.importing import Told

Act = Callable[[], object]
MOST_EFFECTS = 1_000  # that one act may cause


class Parts(Protocol):
    """What the history needs of the house."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def languages(self) -> Languages: ...
    @property
    def policies(self) -> PolicyLibrary: ...
    @property
    def signer(self) -> Signer: ...
    @property
    def directory(self) -> Directory: ...


@dataclass
class MovedClock:
    """A clock that stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        """The instant that it shows."""
        return self.now


@dataclass(kw_only=True)
class Stage:
    """The house while its history is played, up to `until`, the instant at which the demo is loaded.

    `till` is the house's own till and follows the same clock. `effects` carry out the outbox; none of them may send
    anything out of this machine.
    """

    parts: Parts
    till: DemoTill
    effects: Mapping[str, CarryOut]
    clock: MovedClock
    until: datetime
    _to_come: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)

    @property
    def now(self) -> datetime:
        """The hour on the clock."""
        return self.clock.now

    @property
    def database(self) -> Database:
        """The database that is played into."""
        return self.parts.database

    def at(self, instant: datetime, act: Act) -> None:
        """Let this happen at that instant; what would happen after the end of the history is left out."""
        if instant <= self.until:
            heappush(self._to_come, (max(instant, self.now), next(self._number), act))

    def after(self, act: Act, **span: float) -> None:
        """Let this happen after a span of time, given as for `timedelta`."""
        self.at(self.now + timedelta(**span), act)

    def play(self, told: Told) -> None:
        """Let everything happen in its order; `told` hears the day, how many acts are done, and of how many."""
        done = 0
        while self._to_come:
            self.clock.now, _number, act = heappop(self._to_come)
            act()
            carry_out_due(self.database, self.effects, clock=self.clock, at_most=MOST_EFFECTS)
            done += 1
            told(f"{self.now:%d %b}", done, done + len(self._to_come))

    def instant(self, market: str, days: int, minutes: int) -> datetime:
        """The instant `days` before the end of the history, `minutes` after midnight in the market's time zone."""
        row = self.market(market)
        return instant_on(day_in(row, self.until) - timedelta(days=days), minutes, row.zone)

    def market(self, market: str) -> Market:
        """The market as the shop shows it."""
        return self.parts.directory.now().market(market)

    def tongue(self, market: str, language: str) -> Tongue:
        """How a customer of this market is written to in this language."""
        return self.parts.languages.tongue(language, self.market(market).country)

    def staff(self, db: Session, person: str, act: str) -> Staff:
        """A person of the exporter's staff, as a page receives them that needs the permission `act`."""
        row = db.get_one(Person, person)
        return Staff(row, self.parts.languages.tongue(row.language), act)
