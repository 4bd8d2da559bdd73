"""What was accepted, for ever: the acceptance, and the very bytes that were shown; and versions written at the console."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class AcceptedText(SQLModel, table=True):
    """The rules and one language's text of a policy version as they were when somebody first accepted them."""

    __tablename__ = "accepted_text"
    hash: str = Field(primary_key=True)  # of the version
    language: str = Field(primary_key=True)
    market: str
    kind: str
    version: str
    rules: str
    text: str


class Acceptance(SQLModel, table=True):
    """One order's acceptance of one policy version: which, in which words, when. Never updated or deleted."""

    __table_args__ = (UniqueConstraint("order_number", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    order_number: str = Field(index=True)
    market: str
    kind: str
    version: str
    hash: str
    language: str
    wording: str
    at: datetime


class SignOff(SQLModel, table=True):
    """A native reader's word that the text of a version in a language is fit to be shown."""

    __tablename__ = "sign_off"
    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    hash: str
    person: str
    at: datetime


class WrittenPolicy(SQLModel, table=True):
    """A version written at the console or brought by an import; beside the folder's. `rules` is TOML, as a file holds it.

    It never changes once it is in force or accepted; until then it can be taken back, which removes it.
    """

    __tablename__ = "written_policy"
    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    version: str = Field(primary_key=True)  # the day it takes effect
    rules: str
    hash: str
    person: str = ""  # empty for one that an import brought
    at: datetime


class WrittenText(SQLModel, table=True):
    """The Markdown of a written version in one language, placeholders not yet filled."""

    __tablename__ = "written_text"
    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    text: str


class WrittenMinimum(SQLModel, table=True):
    """What a country's law asks of one rule at least, as an exporter wrote it down; holds in place of the folder's."""

    __tablename__ = "written_minimum"
    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    value: str  # in words: a number, yes or no, a list of one entry a line
    source: str
    confidence: str
    as_of: date
    note: str = ""


class PolicyEnd(SQLModel, table=True):
    """The end of a kind in a market, said at the console: whoever orders from the day on is promised none of it.

    A version of a later day begins it anew. What was accepted before stays accepted.
    """

    __tablename__ = "policy_end"
    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    reason: str
    person: str = ""  # empty for one that an import brought
    at: datetime


class PolicyDraft(SQLModel, table=True):
    """A version being written. `ended` is empty while it goes on, else `published` or `discarded`."""

    __tablename__ = "policy_draft"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(index=True)
    kind: str
    copied_market: str = ""  # the version it began as; all three are empty for one that began with nothing
    copied_version: str = ""
    person: str
    at: datetime
    ended: str = ""
    published_as: str = ""  # the day of the version that came of it


class DraftEdition(SQLModel, table=True):
    """One state of a part of a draft, kept for ever: `rules` (the form's fields as JSON, as typed) or a language's text.

    Each save adds the next number, so that two who save over the same one cannot both succeed.
    """

    __tablename__ = "draft_edition"
    draft: int = Field(primary_key=True, foreign_key="policy_draft.id")
    part: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: str
    person: str
    at: datetime
