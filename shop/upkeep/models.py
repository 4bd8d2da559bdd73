"""What was changed in the set-up at the console: by whom, when and why, row by row, so that it can be taken back."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class SetupChange(SQLModel, table=True):
    """One change of the set-up, and the one it takes back, if it does."""

    __tablename__ = "setup_change"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    person: str  # an id, kept when the person goes
    reason: str = ""
    undoes: int | None = Field(default=None, foreign_key="setup_change.id")


class ChangedRow(SQLModel, table=True):
    """A row as it was before a change and after it: raw cells as JSON; "" where there was or is none."""

    __tablename__ = "changed_row"
    change: int = Field(primary_key=True, foreign_key="setup_change.id")
    number: int = Field(primary_key=True)
    file: str = Field(index=True)
    key: str = Field(index=True)  # JSON list
    before: str = ""
    after: str = ""


class PriceRate(SQLModel, table=True):
    """A rate of exchange somebody typed in: how many units of the market's currency one of `currency` was on a day.

    It suggests prices and never charges. `rate` is in plain figures; `ending` is how suggested prices end (`.90`).
    """

    __tablename__ = "price_rate"
    market: str = Field(primary_key=True, foreign_key="market.id")
    currency: str = Field(primary_key=True)
    rate: str
    as_of: date
    source: str = ""
    markup_bp: int = 0
    ending: str = ""


class SheetUpload(SQLModel, table=True):
    """A spreadsheet somebody sent, and how far it is: looked through, shown, and then taken or left.

    `state` is waiting, looked, wrong, taking, taken, stale. `told` is what was found, as JSON in its sender's language;
    `based_on` is the hash of the rows it was compared with. Kept for a day.
    """

    __tablename__ = "sheet_upload"
    id: str = Field(primary_key=True)
    file: str
    person: str
    at: datetime = Field(index=True)
    state: str = Field(default="waiting", index=True)
    removes: bool = False
    step: int = 0
    steps: int = 4
    based_on: str = ""
    told: str = ""
    reason: str = ""
    change: int | None = None
    data: bytes


class Proof(SQLModel, table=True):
    """One run of the check that was asked for at the console, and what came of it.

    `state` is waiting, running, done or failed; `found` is JSON: for each invariant its key, how many things break it
    and the first of them; `heads` of the audit's chains likewise. The last few are kept.
    """

    __tablename__ = "proof"
    id: int | None = Field(default=None, primary_key=True)
    person: str
    asked_at: datetime
    state: str = Field(default="waiting", index=True)
    step: int = 0
    steps: int = 0
    ended_at: datetime | None = None
    found: str = "[]"
    heads: str = "{}"
