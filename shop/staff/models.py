"""People who sign in, and their open sign-ins."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """An exporter, specialist, agent or partner (a distributor's person). `markets` limits whom they work for; empty is all."""

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: str
    title: str = ""
    language: str = "en"
    zone: str = "UTC"
    markets: str = ""
    password_hash: str = ""


class SignedIn(SQLModel, table=True):
    """One open sign-in. The token itself lives only in the browser's cookie."""

    __tablename__ = "signed_in"
    token_hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime


class SignedChecklist(SQLModel, table=True):
    """A checklist as somebody filled it in and signed it: which, about what, the answers as JSON, in whose name.

    `hash` is that of the checklist as it stood then, so that a later change of it changes nothing that was signed.
    """

    __tablename__ = "signed_checklist"
    id: int | None = Field(default=None, primary_key=True)
    checklist: str
    subject: str = Field(index=True)  # `order:DE-26-7K2M9Q`, `case:CL-7KQ2M9X4`
    hash: str
    language: str
    answers: str
    person: str = Field(foreign_key="person.id")
    signature: str
    at: datetime
