"""The roster: who answers, what they speak, when they work and when not, and the hours of duty that follow from it."""

import json
from datetime import date, datetime

from sqlmodel import CheckConstraint, Field, Index, SQLModel, UniqueConstraint


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
    __table_args__ = (
        CheckConstraint("level IN ('native','fluent','basic')", name="level"),
        Index("ix_agent_language_speakers", "language", "level", "agent"),
    )
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


class ShiftOverride(SQLModel, table=True):
    """Other hours on one date of the agent's own zone: all rows of a date replace the shifts that start on it.

    A row without hours says that none start: a day off.
    """

    __tablename__ = "shift_override"
    id: int | None = Field(default=None, primary_key=True)
    agent: str = Field(foreign_key="agent.id", index=True)
    day: date
    start: int | None = None
    end: int | None = None
    note: str = ""


class Absence(SQLModel, table=True):
    """When an agent is not there although a shift says so: wall-clock minutes of their zone, with the instants derived."""

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="span"),)
    id: int | None = Field(default=None, primary_key=True)
    agent: str = Field(foreign_key="agent.id", index=True)
    starts: str  # `2026-12-24T12:00`
    ends: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""
    person: str = ""  # who entered it
    made_at: datetime | None = None


class ShiftSwap(SQLModel, table=True):
    """One agent asks another to work their hours of a date; it counts once the other has agreed."""

    __tablename__ = "shift_swap"
    __table_args__ = (CheckConstraint("state IN ('asked','agreed','declined','withdrawn')", name="state"),)
    id: int | None = Field(default=None, primary_key=True)
    giver: str = Field(foreign_key="agent.id", index=True)
    taker: str = Field(foreign_key="agent.id", index=True)
    day: date  # of the giver's zone
    note: str = ""
    state: str = "asked"
    asked_at: datetime
    decided_at: datetime | None = None


class CalendarDay(SQLModel, table=True):
    """A day of a holiday calendar as a person set it: added, shortened to some hours, or worked although it is a holiday."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("calendar", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    calendar: str
    day: date
    name: str = ""
    off: bool = True
    start: int | None = None  # the hours that are off; none are the whole day
    end: int | None = None


class RosterBuild(SQLModel, table=True):
    """With which zone data, and up to when, the hours of duty were made.

    `came_until` is the instant up to which hours that began while their agent was away have left the answer hours.
    `left` are the agents who did not work here any more, parted by spaces; they have no hours.
    """

    __tablename__ = "roster_build"
    id: int = Field(default=1, primary_key=True)
    zone_data: str
    known_until: datetime
    at: datetime
    came_until: datetime | None = None
    left: str = ""


class DutyInterval(SQLModel, table=True):
    """When an agent is really on duty, in UTC; everything that asks for hours reads this table."""

    __tablename__ = "duty_interval"
    # Who is there now is read from the index alone, for everybody who speaks a language.
    __table_args__ = (Index("ix_duty_interval_whole", "agent", "starts_at", "ends_at"),)
    agent: str = Field(primary_key=True, foreign_key="agent.id")
    starts_at: datetime = Field(primary_key=True)
    ends_at: datetime = Field(index=True)
