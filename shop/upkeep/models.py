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


class Erasure(SQLModel, table=True):
    """One erasure of a customer's personal data: whose, by keyed hash, on what ground, and when its traces were swept.

    All that had come by `at` was erased. `ground` is asked, withdrawn, unneeded or unlawful. `swept_at` is when the
    database's file was rewritten without what it had still held of the emptied rows.
    """

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(index=True)
    at: datetime
    person: str = ""  # empty: the command line
    ground: str
    swept_at: datetime | None = Field(default=None, index=True)


class ErasedName(SQLModel, table=True):
    """An order, request or case whose personal columns were emptied, and must stay so."""

    __tablename__ = "erased_name"
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    erasure: int = Field(foreign_key="erasure.id", index=True)


class RetainedRecord(SQLModel, table=True):
    """What stood on an erased order's invoice, kept apart up to and including the day `until`, then removed.

    `content` is JSON: name, address, business_number. `rule` is the policy that says for how many years. The database
    refuses to change it.
    """

    __tablename__ = "retained_record"
    order_number: str = Field(primary_key=True, foreign_key="orders.number")
    erasure: int = Field(foreign_key="erasure.id", index=True)
    until: date = Field(index=True)
    rule: str
    content: str
