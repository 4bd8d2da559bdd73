"""What launching keeps of its own: waivers. States, events, invitations and stops are rows of markets."""

from datetime import date

from sqlmodel import Field, SQLModel


class Waiver(SQLModel, table=True):
    """A named person's word that a market may sell although a gate is not met, and the last day on which it holds."""

    market: str = Field(primary_key=True, foreign_key="market.id")
    gate: str = Field(primary_key=True)
    person: str
    reason: str
    until: date
