"""What was accepted, for ever: the acceptance, and the very bytes that were shown."""

from datetime import datetime

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
