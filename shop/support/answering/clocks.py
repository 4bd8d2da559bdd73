"""The clocks of a request: until when a first answer, the next one and the end are due, in business time.

Pure. A clock begins where it began and never again; it stands while the customer or the exporter has the word, each
counted apart; a budget that ends at closing is due at closing (`business_due`). In a crisis it runs day and night.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.ground.duty import HoursRunOut, Interval, business_due
from shop.support.severity import CRISIS_MINUTES

LONG = timedelta(days=3650)

HoursFrom = Callable[[datetime], Sequence[Interval]]


@dataclass(frozen=True, slots=True)
class Budgets:
    """Minutes of business time for the first answer, each next one, and the whole; those of a crisis are the clock's."""

    first: int
    following: int
    resolution: int
    crisis: int = CRISIS_MINUTES


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a request: when it came, what the customer wrote, what we answered, who had it meanwhile.

    A referral that waits has no end. `closed_at` is empty while it is open.
    """

    opened_at: datetime
    questions: tuple[datetime, ...]
    answers: tuple[datetime, ...]
    referrals: tuple[tuple[datetime, datetime | None], ...] = ()
    closed_at: datetime | None = None
    crisis: bool = False

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the customer waits for our next word; None while they do not."""
        last = max(self.answers, default=None)
        if self.closed_at is not None:
            return None
        if last is None:
            return self.opened_at
        return min((each for each in self.questions if each > last), default=None)


@dataclass(frozen=True, slots=True)
class Clock:
    """When something is due (None: no hours are known), and when it was done (None: not yet)."""

    due: datetime | None
    done_at: datetime | None
    now: datetime

    @property
    def met(self) -> bool:
        """It was done in time."""
        return self.done_at is not None and self.due is not None and self.done_at <= self.due

    @property
    def broken(self) -> bool:
        """It was not done in time, or is not done yet and late."""
        return self.due is not None and (self.done_at or self.now) > self.due


@dataclass(frozen=True, slots=True)
class Clocks:
    """The three clocks at one instant; `following` runs only while the customer waits for a second or later answer.

    `paused_for` is who has the word (customer or exporter), `customer` and `exporter` for how long they had it in all.
    """

    first: Clock
    following: Clock | None
    resolution: Clock
    paused_for: str
    customer: timedelta
    exporter: timedelta


def clocks_of(history: History, budgets: Budgets, hours_from: HoursFrom, *, now: datetime) -> Clocks:
    """The clocks at `now`. `hours_from` gives the business hours from an instant on; a crisis does not ask for them."""
    exporter = [Interval(start, end or now) for start, end in history.referrals]
    customer = list(_customer_has_it(history, now))
    first_answer = min(history.answers, default=None)

    def clock(start: datetime, minutes: int, done_at: datetime | None, pauses: list[Interval]) -> Clock:
        hours = [Interval(start, start + LONG)] if history.crisis else hours_from(start)
        try:
            return Clock(business_due(start, minutes, hours, pauses), done_at, now)
        except HoursRunOut:
            return Clock(None, done_at, now)

    first = min(budgets.first, budgets.crisis) if history.crisis else budgets.first
    since = history.waiting_since if first_answer is not None else None
    return Clocks(
        clock(history.opened_at, first, first_answer or history.closed_at, exporter),
        clock(since, budgets.following, None, exporter) if since is not None else None,
        clock(history.opened_at, budgets.resolution, history.closed_at, [*exporter, *customer]),
        _paused_for(history),
        _length(customer),
        _length(exporter),
    )


def _customer_has_it(history: History, now: datetime) -> list[Interval]:
    """From each answer until the customer writes again; an answer after an answer begins nothing new."""
    turns = sorted([(each, 1) for each in history.answers] + [(each, 0) for each in history.questions])
    ends = history.closed_at or now
    pauses, since = [], None
    for at, ours in turns:
        if ours and since is None:
            since = at
        elif not ours and since is not None:
            pauses.append(Interval(since, at))
            since = None
    return [*pauses, Interval(since, ends)] if since is not None and since < ends else pauses


def _paused_for(history: History) -> str:
    if history.closed_at is not None:
        return ""
    if any(end is None for _start, end in history.referrals):
        return "exporter"
    return "" if history.waiting_since is not None else "customer"


def _length(pauses: list[Interval]) -> timedelta:
    return sum((each.end - each.start for each in pauses), timedelta())
