"""What documents keep of their own: the facts behind each print, and what the exporter fills in for a market by hand."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class PrintedFacts(SQLModel, table=True):
    """The facts of a document as JSON under their SHA-256, so that a print can be drawn again as it was."""

    __tablename__ = "printed_facts"
    hash: str = Field(primary_key=True)
    content: str


class DocumentField(SQLModel, table=True):
    """What stands in a market's documents and is known from nowhere else; `language` is empty for what needs none."""

    __tablename__ = "document_field"
    market: str = Field(primary_key=True, foreign_key="market.id")
    key: str = Field(primary_key=True)
    language: str = Field(default="", primary_key=True)
    text: str
    person: str
    at: datetime
