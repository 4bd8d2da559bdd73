"""The bad day: handbook cards, whom to tell, who is on call, incidents, and who was paged and answered."""

from datetime import date, datetime

from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint

from shop.support.crisis.oncall import ACKNOWLEDGE_MINUTES
from shop.support.severity import CRISIS, CRISIS_MINUTES


class CrisisCard(SQLModel, table=True):
    """One card of the crisis handbook: when it is drawn, whom to tell in which order, and the clocks.

    List columns are JSON arrays. `categories`, `lots` and `serials` (patterns) trigger it beside its words, a category
    only for products of these `kinds` where any are named; `tell` are roles. `legal_clocks` are tables with `where` (a
    country, `EU` or `*`), `number`, `unit` (hours, days, working_days), `source` and `at_once`. No first answer is due
    where `first_answer_minutes` is 0; `waking_only` counts them in the market's waking hours only.
    """

    __tablename__ = "crisis_card"
    key: str = Field(primary_key=True)
    number: int
    severity: int = CRISIS  # as Request.severity
    categories: str = "[]"
    kinds: str = "[]"
    lots: str = "[]"
    serials: str = "[]"
    tell: str = "[]"
    first_answer_minutes: int
    waking_only: bool = False
    legal_clocks: str = "[]"
    stop_sale: bool = False
    recall: bool = False


class CrisisText(SQLModel, table=True):
    """A card in one language. `words` trigger it (one a line); list columns are JSON arrays of sentences.

    `acknowledgement` is what the customer reads at once; a paragraph of it that names `{emergency}` is left out where
    the market's emergency number is not known. `public` is what everybody may be told while the sale is stopped.
    """

    __tablename__ = "crisis_text"
    card: str = Field(primary_key=True, foreign_key="crisis_card.key")
    language: str = Field(primary_key=True)
    title: str
    what_if: str
    words: str = ""
    collect: str = "[]"
    never_say: str = "[]"
    acknowledgement: str
    public: str = ""
    steps: str = "[]"


class CrisisContact(SQLModel, table=True):
    """Somebody to be told on the bad day: for one market or (empty) for all, by the role that cards name.

    `checked_on` is when somebody last made sure that they can be reached so.
    """

    __tablename__ = "crisis_contact"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(default="", index=True)
    role: str
    name: str
    email: str = ""
    phone: str = ""
    zone: str = "UTC"
    language: str = "en"
    person: str = ""  # their sign-in, if they have one
    position: int = 0
    deputy: bool = False
    checked_on: date | None = None


class OnCallRotation(SQLModel, table=True):
    """Who is on call in turn for a market (empty: all). `people` are ids of persons; hand-off is wall clock in `zone`."""

    __tablename__ = "on_call_rotation"
    id: str = Field(primary_key=True)
    market: str = ""
    zone: str
    handoff: int  # minutes after midnight
    period_days: int = 7
    starts_on: date
    people: str
    backup: str = ""  # ids of persons, paged next
    acknowledge_minutes: int = ACKNOWLEDGE_MINUTES
    promise_minutes: int = CRISIS_MINUTES


class OnCallOverride(SQLModel, table=True):
    """Somebody else is on call for a while; beats the rotation, unless it was dropped before it began."""

    __tablename__ = "on_call_override"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="span"),)
    id: int | None = Field(default=None, primary_key=True)
    rotation: str = Field(foreign_key="on_call_rotation.id", index=True)
    person: str = Field(foreign_key="person.id")
    starts_at: datetime
    ends_at: datetime
    dropped_at: datetime | None = None


class Incident(SQLModel, table=True):
    """A bad day: the card it runs by, what it is about, and the requests that belong to it (`Request.incident`).

    A drill pages people as the real thing does, and concerns no customer.
    """

    id: int | None = Field(default=None, primary_key=True)
    card: str = Field(foreign_key="crisis_card.key")
    market: str = ""  # empty: all
    sku: str = ""
    lot: str = ""
    title: str = ""
    drill: bool = False
    opened_at: datetime = Field(index=True)
    opened_by: str = ""  # empty: the triggers
    first_answer_due_at: datetime | None = None
    first_answered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    stop_sale: int | None = Field(default=None, foreign_key="stop_sale.id")
    recall: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    lesson: str = ""


class IncidentStep(SQLModel, table=True):
    """A step of the card done, somebody told, or a word of what happened: the incident's log, for ever."""

    __tablename__ = "incident_step"
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id", index=True)
    kind: str  # one of STEPS in crisis/words.py, or paged
    step: str = ""
    person: str = ""
    text: str = ""
    at: datetime


class Page(SQLModel, table=True):
    """Somebody was paged for an incident, and until when they have to acknowledge before the next is paged.

    `person` empty is the exporter's mailbox. `look_at` is `due_at` until the next is paged or somebody has acknowledged.
    """

    __tablename__ = "on_call_page"
    __table_args__ = (UniqueConstraint("incident", "rung", "round", "person"),)
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id", index=True)
    rung: int  # 0 on call, 1 backup, 2 exporter, 3 all
    round: int = 0  # all are paged again and again, a few times
    person: str
    paged_at: datetime
    due_at: datetime
    look_at: datetime | None = Field(default=None, index=True)
    acknowledged_at: datetime | None = None
