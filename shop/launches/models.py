"""What launching keeps of its own: waivers. States, events, invitations and stops are rows of markets."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

_HOLDING = text("ended_at IS NULL")


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
