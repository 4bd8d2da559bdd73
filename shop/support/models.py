"""Roster and requests: who speaks what and when they work, what customers ask, who answers, and what was promised."""

import json
from datetime import date, datetime

from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint


class Agent(SQLModel, table=True):
    """A person who answers customers. List columns hold words parted by spaces; `holidays` names a calendar (`DE-HH`).

    `available` is the button on the desk: somebody takes requests while they are on duty and have not said "away".
    `places` is a JSON object: how `place` is written in languages that write it otherwise.
    """

    id: str = Field(primary_key=True)
    person: str = Field(foreign_key="person.id", unique=True)
    zone: str
    place: str = ""
    places: str = "{}"
    skills: str = ""
    markets: str = ""
    capacity: int = 5
    holidays: str = ""
    available: bool = True
    idle_since: datetime | None = None

    def place_in(self, language: str) -> str:
        """The place as readers of the language write it; as it was given where nothing else is known."""
        return self._places().get(language, self.place)

    @property
    def languages_of_place(self) -> tuple[str, ...]:
        """The languages that write the place otherwise."""
        return tuple(self._places())

    def _places(self) -> dict[str, str]:
        places: dict[str, str] = json.loads(self.places)
        return places


class AgentLanguage(SQLModel, table=True):
    """A language an agent speaks: native, fluent or basic."""

    __tablename__ = "agent_language"
    __table_args__ = (CheckConstraint("level IN ('native','fluent','basic')", name="level"),)
    agent: str = Field(primary_key=True, foreign_key="agent.id")
    language: str = Field(primary_key=True)
    level: str


class AgentShift(SQLModel, table=True):
    """Weekly hours in the agent's own zone: `days` are words from 0 (Monday) to 6, the ends wall-clock minutes.

    An end that is not after its start is the next day's.
    """

    __tablename__ = "agent_shift"
    id: int | None = Field(default=None, primary_key=True)
    agent: str = Field(foreign_key="agent.id", index=True)
    days: str
    start: int
    end: int
    valid_from: date | None = None
    valid_until: date | None = None


class DutyInterval(SQLModel, table=True):
    """When an agent is really on duty, in UTC; everything that asks for hours reads this table."""

    __tablename__ = "duty_interval"
    agent: str = Field(primary_key=True, foreign_key="agent.id")
    starts_at: datetime = Field(primary_key=True)
    ends_at: datetime = Field(index=True)


class Request(SQLModel, table=True):
    """A customer's request. `language` is the customer's; the secret of its link is derived, not stored.

    `state` is waiting (nobody has it yet), assigned, answered (waiting for the customer) or closed; `on_duty_at` is
    when the first eligible person is there and where the promised span begins, `promised_at` is its end. Both are
    empty while nothing can be promised. `other_languages` is the customer's consent to an answer in one of them.
    """

    __table_args__ = (CheckConstraint("state IN ('waiting','assigned','answered','closed')", name="state"),)
    ref: str = Field(primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    language: str
    other_languages: bool = False
    category: str
    subject: str
    name: str
    email: str
    order_number: str = Field(default="", index=True)
    key: str = Field(unique=True)
    state: str = Field(default="waiting", index=True)
    agent: str | None = Field(default=None, foreign_key="agent.id", index=True)
    tier: int | None = None
    reasons: str = "[]"
    on_duty_at: datetime | None = None
    promised_at: datetime | None = Field(default=None, index=True)
    first_answered_at: datetime | None = None
    exporter_told: bool = False
    created_at: datetime = Field(index=True)
    updated_at: datetime


class Message(SQLModel, table=True):
    """One message of a request: the customer's, ours, or an internal note that the customer never sees.

    `key` is the form it came from, so that a form sent twice is one message.
    """

    __table_args__ = (CheckConstraint("kind IN ('customer','ours','note')", name="kind"),)
    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    kind: str
    author: str
    person: str = ""
    text: str
    language: str
    at: datetime
    key: str | None = Field(default=None, unique=True)


class Assignment(SQLModel, table=True):
    """Who was given a request, when and why, for ever; the present owner stands on the request itself."""

    __table_args__ = (UniqueConstraint("request", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    number: int
    agent: str
    by: str  # routing, or the id of the person who took it
    reasons: str
    at: datetime


class RequestPromise(SQLModel, table=True):
    """Each promise that was given to the customer of a request, and whether it was kept."""

    __tablename__ = "request_promise"
    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    given_at: datetime
    on_duty_at: datetime
    promised_at: datetime
    kept: bool | None = None
