"""What is known and who may say it: questions with their class, approved answers, training, and what nobody could find."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class Question(SQLModel, table=True):
    """A question that customers ask. `may_answer` are the roles that answer it themselves; all others refer it.

    `categories` and `products` (SKUs or kinds, empty: all) say where it belongs, `card` the crisis card it leads to.
    `severity` is what a request about it is at least, as Request.severity; below 2 its words outrank all others.
    """

    __tablename__ = "known_question"
    key: str = Field(primary_key=True)
    number: int
    categories: str = ""
    products: str = ""
    may_answer: str = ""
    card: str = ""
    severity: int = 2


class MayAnswer(SQLModel, table=True):
    """In one market other roles than everywhere else answer a question themselves; none: all refer it there."""

    __tablename__ = "may_answer"
    question: str = Field(primary_key=True, foreign_key="known_question.key")
    market: str = Field(primary_key=True, foreign_key="market.id")
    roles: str = ""


class Answer(SQLModel, table=True):
    """The approved answer to a question in one language, for one market or for all; with the words that ask for it."""

    __tablename__ = "known_answer"
    question: str = Field(primary_key=True, foreign_key="known_question.key")
    market: str = Field(default="", primary_key=True)
    language: str = Field(primary_key=True)
    title: str
    text: str
    words: str = ""
    version: int = 1


class MustKnow(SQLModel, table=True):
    """A question that a partner must have signed off before they answer a market's customers."""

    __tablename__ = "must_know"
    market: str = Field(primary_key=True, foreign_key="market.id")
    question: str = Field(primary_key=True, foreign_key="known_question.key")


class Training(SQLModel, table=True):
    """A person has read and signed the answer to a must-know question; another answer (`hash`) is to be signed anew."""

    __table_args__ = (UniqueConstraint("person", "market", "question", "hash"),)
    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.id", index=True)
    market: str = Field(foreign_key="market.id")
    question: str = Field(foreign_key="known_question.key")
    hash: str
    signature: str
    at: datetime


class OwnSteps(SQLModel, table=True):
    """The exporter's own steps of a procedure in one language, for one market or for all (empty); one a line."""

    __tablename__ = "own_steps"
    procedure: str = Field(primary_key=True)
    market: str = Field(default="", primary_key=True)
    language: str = Field(primary_key=True)
    steps: str


class KnowledgeGap(SQLModel, table=True):
    """Something asked that no answer here covered: for the learning log."""

    __tablename__ = "knowledge_gap"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    language: str
    category: str
    request: str = ""
    words: str = ""
    at: datetime
    learned_on: date | None = None
