"""Requests: what customers ask, who answers, what was said, referred and handed over, and what was promised."""

from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import CheckConstraint, Field, Index, SQLModel, UniqueConstraint

AT_DESK = ("waiting", "assigned")  # the states in which the desk owes an answer
OPEN = (*AT_DESK, "referred")  # the states in which a customer waits for one, be it the exporter's
_UNTOLD = text("answered_at IS NULL AND told_late_at IS NULL")  # referrals of whose lateness nobody was told


class Request(SQLModel, table=True):
    """A customer's request. `language` is the customer's; the secret of its link is derived, not stored.

    `state` is waiting (nobody has it yet), assigned, referred (waiting for the exporter), answered (waiting for the
    customer) or closed; `on_duty_at` is when the first eligible person is there and where the promised span begins,
    `promised_at` is its end. Both are empty while nothing can be promised. `other_languages` is the customer's consent
    to an answer in one of them. `severity` is 0 crisis, 1 urgent, 2 normal. `details` are the answers of the
    category's own short form, `language_from` how the language is known: chosen (or asked for in
    words), page, detected, order (by an earlier order or request), or market.

    `due_at` is what the queue is sorted by: the promise, or when it came. `look_at` is the next instant at which
    something about it must be decided without anybody's doing (duty begins or ends, a promise passes).
    """

    __table_args__ = (
        CheckConstraint("state IN ('waiting','assigned','referred','answered','closed')", name="state"),
        CheckConstraint("severity BETWEEN 0 AND 2", name="severity"),
        Index("ix_request_queue", "state", "severity", "due_at", "ref"),
        Index("ix_request_market_newest", "market", "created_at", "ref"),
        Index("ix_request_language_newest", "market", "language", "created_at", "ref"),
        Index("ix_request_agent_queue", "agent", "state", "severity", "due_at", "ref"),
        Index("ix_request_language_queue", "market", "language", "state", "severity", "due_at", "ref"),
    )
    ref: str = Field(primary_key=True)
    market: str = Field(foreign_key="market.id")
    language: str
    other_languages: bool = False
    category: str
    subject: str
    name: str = Field(index=True)
    email: str = Field(index=True)
    order_number: str = Field(default="", index=True)
    key: str = Field(unique=True)
    order_line: int | None = None
    serial: str = ""
    details: str = "{}"
    language_from: str = "page"
    via: str = "web"  # or mail
    skills: str = ""
    severity: int = 2
    incident: int | None = Field(default=None, foreign_key="incident.id", index=True)
    state: str = "waiting"
    agent: str | None = Field(default=None, foreign_key="agent.id")
    tier: int | None = None
    reasons: str = "[]"
    on_duty_at: datetime | None = None
    promised_at: datetime | None = Field(default=None, index=True)
    due_at: datetime
    look_at: datetime | None = Field(default=None, index=True)
    overdue_told_at: datetime | None = None
    first_answered_at: datetime | None = None
    waiting_since: datetime | None = None  # since when the customer waits for our next word; empty while they do not
    paused_since: datetime | None = None
    paused_for: str = ""  # customer or exporter, while the clocks stand
    customer_seconds: int = 0  # for how long they stood so far, for whom
    exporter_seconds: int = 0
    closed_at: datetime | None = None
    rated_at: datetime | None = None
    native_there: bool | None = None  # when it came, a native speaker was on shift; None: from before this was noted
    exporter_told: bool = False
    created_at: datetime
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
    """Each promise that was given to the customer of a request, whether it was kept, and when that was known.

    `market` is the request's; empty in rows from before it was noted here, until they are filled.
    """

    __tablename__ = "request_promise"
    __table_args__ = (Index("ix_request_promise_record", "market", "promised_at", "kept"),)
    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    market: str | None = None
    given_at: datetime
    on_duty_at: datetime
    promised_at: datetime = Field(index=True)
    kept: bool | None = None
    judged_at: datetime | None = None


class PromiseDay(SQLModel, table=True):
    """How many promises of a market that fell due on a day, in UTC, were kept: counted once the day is over.

    Nothing changes it afterwards, for what is answered late is not kept. Without a row, none was, or nobody has counted yet.
    """

    __tablename__ = "promise_day"
    market: str = Field(primary_key=True, foreign_key="market.id")
    day: date = Field(primary_key=True)
    kept: int


class Attachment(SQLModel, table=True):
    """A file that came with a message. The bytes lie in the data folder under `key`; it is only ever downloaded."""

    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    message: int | None = Field(default=None, foreign_key="message.id", index=True)
    name: str
    media_type: str
    size: int
    key: str = Field(unique=True)
    at: datetime


class AttachmentDraft(SQLModel, table=True):
    """A file that came with a form which could not be taken yet (`form` is the hash of the form's key); kept for a day."""

    __tablename__ = "attachment_draft"
    key: str = Field(primary_key=True)
    form: str = Field(index=True)
    name: str
    media_type: str
    size: int
    at: datetime = Field(index=True)


class InboundMail(SQLModel, table=True):
    """A mail that was taken in, by the hash of its sender and Message-ID, so that one sent twice is kept once."""

    __tablename__ = "inbound_mail"
    hash: str = Field(primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    at: datetime = Field(index=True)


class Draft(SQLModel, table=True):
    """What somebody is writing to a customer and has not sent; also tells colleagues that somebody writes, and `since` when."""

    request: str = Field(primary_key=True, foreign_key="request.ref")
    person: str = Field(primary_key=True, foreign_key="person.id")
    kind: str = "ours"
    text: str
    since: datetime
    at: datetime


class Handover(SQLModel, table=True):
    """A request that left its owner: from whom, to whom (nobody: the queue), why, and the note for who goes on."""

    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    from_agent: str
    to_agent: str = ""
    reason: str  # shift_end, absence, away, declined, no_reply, left, passed
    note: str = ""
    person: str = ""
    at: datetime


class Referral(SQLModel, table=True):
    """A question that must be answered by the exporter first: what the partner would have written, and what came back."""

    __table_args__ = (Index("ix_referral_due", "due_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),)
    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="request.ref", index=True)
    question: str  # the class of question by which it must be referred
    person: str = Field(foreign_key="person.id")
    draft: str
    why: str = ""
    key: str = Field(unique=True)
    asked_at: datetime
    due_at: datetime
    told_late_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: str = ""
    sent: bool = False  # the exporter's answer went to the customer as it stood; else the agent writes it


class Rating(SQLModel, table=True):
    """What a customer said after closing, 1 to 5: kept by market and language, never by who answered.

    `mark` is made from the request, and leads from it to the words when a customer's data is handed out or erased.
    """

    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    language: str
    category: str
    score: int
    words: str = ""
    day: date = Field(index=True)
    mark: str | None = Field(default=None, index=True)


class Macro(SQLModel, table=True):
    """A text to begin an answer with, in one language; `market` empty is for all. Placeholders stand in braces."""

    key: str = Field(primary_key=True)
    market: str = Field(default="", primary_key=True)
    language: str = Field(primary_key=True)
    title: str
    text: str
