"""How markets, what covers them and what holds there look to a program."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from shop.api.operations import Sent

State = Literal["draft", "ready", "soft", "open", "paused", "winding_down", "closed"]
Line = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
SAYS_SOMETHING = r"^[^\x00]*[^\x00\s][^\x00]*$"


class Gate(BaseModel):
    """A readiness gate and what it found."""

    gate: str
    status: str
    blocking: bool
    detail: str
    waived_by: str | None
    waived_until: date | None


class MarketLine(BaseModel):
    """A market in a list."""

    market: str = Field(description="Lower-case ISO 3166 code.", examples=["de"])
    country: str
    currency: str
    languages: list[str]
    state: State
    pause_mode: str = Field(description="`sell_stop`, `hidden` or `safety` while paused, else empty.")
    audience: str = Field(description="`invitation` or `percentage` in a soft launch, else empty.")
    percent: float
    order_cap: int | None
    orders: int = Field(description="Orders that count against the cap.")
    daily_cap: int | None
    value_cap: int | None = Field(description="In minor units of the currency.")
    customer_cap: int | None
    minutes_per_contact: int
    in_the_way: list[str] = Field(description="Gates that forbid the state it is in, or the next one.")


class Happened(BaseModel):
    """A change of a market, as its history keeps it."""

    at: datetime
    action: str
    before: str
    after: str
    person: str = Field(description="Empty where a rule acted.")
    reason: str
    mode: str
    approved_by: str
    rule: str


class MarketWhole(MarketLine):
    """A market with its gates, the steps that lead on, and the latest of its history."""

    version: int = Field(description="Rises with every change; the ETag is made of it.")
    steps: list[str]
    gates: list[Gate]
    history: list[Happened] = Field(description="The newest first, at most 50.")


class Markets(BaseModel):
    """The token's markets, in the exporter's order."""

    items: list[MarketLine]


class Interval(BaseModel):
    """From an instant to another."""

    start: datetime
    end: datetime


class Coverage(BaseModel):
    """How one language of a market is covered over the coming weeks, in minutes."""

    market: str
    language: str
    zone: str
    first_day: date
    days: int
    waking_minutes: int
    native_minutes: int
    fluent_minutes: int
    uncovered_minutes: int
    uncovered_by_week: list[int]
    allowed_by_week: int
    in_bounds: bool
    holes: list[Interval]


class Coverages(BaseModel):
    """The coverage of every language of the markets asked for."""

    weeks: int
    items: list[Coverage]


class CoverageAsked(Sent):
    """Over how many weeks, and of which market."""

    market: Annotated[str, Field(max_length=8, description="A market's id; empty means all.")] = ""
    weeks: Annotated[int, Field(ge=1, le=8)] = 4


class Policy(BaseModel):
    """A policy in force in a market, and what of it is scheduled."""

    kind: str
    version: str = Field(description="The day it took effect.")
    effective: date
    hash: str = Field(description="SHA-256 over rules and texts; what customers accept.")
    languages: list[str]
    urls: dict[str, str] = Field(description="The page customers read, by language.")
    rules: dict[str, Any]
    scheduled: list[str] = Field(description="Versions to come, by the day they take effect.")


class Policies(BaseModel):
    """What holds in a market today, by its own calendar."""

    market: str
    day: date
    items: list[Policy]
