"""What launching keeps of its own. States, events, invitations and stops are rows of markets."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, text
from sqlmodel import CheckConstraint, Field, SQLModel

_HOLDING = text("ended_at IS NULL")
_WAITING = text("state = 'waiting'")


class Waiver(SQLModel, table=True):
    """A named person's word that a market may sell although a gate is not met, and the last day on which it holds.

    Never changed but for `ended_at`, which the next word on the same gate sets. `event` is where the market's history
    tells of it; an imported waiver has none.
    """

    __tablename__ = "gate_waiver"
    __table_args__ = (
        Index(
            "ix_gate_waiver_holding", "market", "gate", unique=True, sqlite_where=_HOLDING, postgresql_where=_HOLDING
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    gate: str
    person: str
    reason: str
    until: date
    made_at: datetime
    ended_at: datetime | None = None
    event: int | None = Field(default=None, foreign_key="launch_event.id", unique=True)


class Snapshot(SQLModel, table=True):
    """The facts a market was found ready on, as JSON, under their SHA-256: what `ready` rests on until they change."""

    __tablename__ = "launch_snapshot"
    hash: str = Field(primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    content: str
    at: datetime


class Proposal(SQLModel, table=True):
    """A step that one person asked for and a second one must agree to. `asked` is the JSON of what the form said.

    `version` is the market's when it was proposed: a market that has changed since asks anew. `outcome` is empty while
    it waits, then approved, withdrawn or outdated.
    """

    __tablename__ = "launch_proposal"
    __table_args__ = (CheckConstraint("outcome IN ('','approved','withdrawn','outdated')", name="outcome"),)
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    action: str
    asked: str = "{}"
    reason: str = ""
    version: int
    person: str
    at: datetime
    outcome: str = ""
    ended_by: str = ""
    ended_at: datetime | None = None
    event: int | None = Field(default=None, foreign_key="launch_event.id")


class Schedule(SQLModel, table=True):
    """A step to be taken by itself at a date and time of the market's own clock.

    `wall` (ISO, without offset) and `zone` are what was asked; `due_at` is what they meant when last resolved, and is
    resolved again before the step is taken. `kind` is normal, gap or ambiguous. `state` is waiting, done, failed,
    cancelled or frozen (the market was paused: it does not run late by itself); `outcome` says why. One waits at most
    for each time of a market. `event` is that of the step once it is taken.
    """

    __tablename__ = "launch_schedule"
    __table_args__ = (
        CheckConstraint("state IN ('waiting','done','failed','cancelled','frozen')", name="state"),
        Index(
            "ix_launch_schedule_once", "market", "wall", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    action: str
    asked: str = "{}"
    reason: str = ""
    wall: str
    zone: str
    kind: str = "normal"
    due_at: datetime = Field(index=True)
    person: str
    approved_by: str = ""
    made_at: datetime
    state: str = Field(default="waiting", index=True)
    outcome: str = ""
    ended_by: str = ""
    ended_at: datetime | None = None
    event: int | None = Field(default=None, foreign_key="launch_event.id")


class ResearchAnswer(SQLModel, table=True):
    """What was found out about one topic of a market before the catalogue was picked, from where, as of when."""

    __tablename__ = "research_answer"
    market: str = Field(primary_key=True, foreign_key="market.id")
    topic: str = Field(primary_key=True)
    text: str
    source: str = ""
    as_of: date
    person: str


class ResearchQuestion(SQLModel, table=True):
    """A question about a market that nobody has answered yet, or has: whose it is and until when."""

    __tablename__ = "research_question"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    topic: str
    question: str
    owner: str
    due_on: date
    asked_by: str
    asked_at: datetime
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


class ResearchSignature(SQLModel, table=True):
    """A specialist's name under a market's research as it stood: `hash` is of the answers they read."""

    __tablename__ = "research_signature"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    hash: str
    person: str
    at: datetime


class WindDown(SQLModel, table=True):
    """What was written down when a market began to wind down, and to whom its duties pass if not all are over.

    `contact` is who answers for it until the end, `refund_plan` from where refunds are paid; `handover` names the
    distributor who takes over guarantees that outlast the closing.
    """

    __tablename__ = "wind_down"
    market: str = Field(primary_key=True, foreign_key="market.id")
    event: int = Field(foreign_key="launch_event.id")
    contact: str
    refund_plan: str
    handover: str = ""


class StockFate(SQLModel, table=True):
    """What becomes of the pieces of a SKU left in a market that winds down, at what cost, and who sees to it.

    `fate` is return, sell or destroy; `cost` is in minor units of the market's currency.
    """

    __tablename__ = "stock_fate"
    __table_args__ = (CheckConstraint("fate IN ('return','sell','destroy')", name="fate"),)
    market: str = Field(primary_key=True, foreign_key="market.id")
    sku: str = Field(primary_key=True)
    pieces: int
    fate: str
    cost: int = Field(default=0, sa_type=BigInteger)
    owner: str
    done_at: datetime | None = None
    done_by: str = ""


class PrintedDocument(SQLModel, table=True):
    """A document printed for a market's people; never changed. `blanks` counts what was left to fill in.

    `snapshot` is the hash of the facts it was made from, `version` counts the prints of this kind in this language.
    """

    __tablename__ = "printed_document"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    kind: str
    language: str
    snapshot: str
    version: int = 0
    blanks: int = 0
    person: str
    at: datetime


class DocumentStanding(SQLModel, table=True):
    """A document that a market must have in print: what it would say now, as a hash, and how much is left to fill in."""

    __tablename__ = "document_standing"
    market: str = Field(primary_key=True, foreign_key="market.id")
    kind: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    hash: str
    blanks: int = 0
