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
