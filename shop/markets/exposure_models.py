"""Who was let into a market or kept out of it, and how much of what it may take is taken."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import CheckConstraint, Field, SQLModel


class Invitation(SQLModel, table=True):
    """An invitation to a market, known by its hash; it works until it expires, is used up or is revoked."""

    __table_args__ = (CheckConstraint("used <= max_uses", name="uses"),)
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    token_hash: str = Field(unique=True)
    note: str = ""
    person: str
    created_at: datetime
    expires_at: datetime
    max_uses: int = 1
    used: int = 0
    revoked_at: datetime | None = None


class Admission(SQLModel, table=True):
    """A visitor who may buy in a market, and by what. Kept when the percentage shrinks: nobody is put out again."""

    market: str = Field(primary_key=True, foreign_key="market.id")
    visitor: str = Field(primary_key=True)
    via: str
    invitation: int | None = Field(default=None, foreign_key="invitation.id")
    at: datetime


class Exposure(SQLModel, table=True):
    """How many orders of a market are paid and how many are being paid right now; what the order cap counts.

    The values are the totals of the same orders in minor units, which the value cap counts.
    """

    __table_args__ = (CheckConstraint("held >= 0 AND paid >= 0", name="counts"),)
    market: str = Field(primary_key=True, foreign_key="market.id")
    held: int = 0
    paid: int = 0
    held_value: int = Field(default=0, sa_type=BigInteger)
    paid_value: int = Field(default=0, sa_type=BigInteger)

    @property
    def orders(self) -> int:
        """How many places of the order cap are taken."""
        return self.held + self.paid

    @property
    def value(self) -> int:
        """How much of the value cap is taken."""
        return self.held_value + self.paid_value


class ExposureDay(SQLModel, table=True):
    """The same counts for the orders placed on one day of the market's own calendar; what the daily cap counts."""

    __tablename__ = "exposure_day"
    __table_args__ = (CheckConstraint("held >= 0 AND paid >= 0", name="counts"),)
    market: str = Field(primary_key=True, foreign_key="market.id")
    day: date = Field(primary_key=True)
    held: int = 0
    paid: int = 0


class ExposureCustomer(SQLModel, table=True):
    """How many orders one customer of a market has paid or is paying; `customer` is the keyed hash of a mailbox."""

    __tablename__ = "exposure_customer"
    __table_args__ = (CheckConstraint("orders >= 0", name="counts"),)
    market: str = Field(primary_key=True, foreign_key="market.id")
    customer: str = Field(primary_key=True)
    orders: int = 0


class Denial(SQLModel, table=True):
    """A mailbox that may not order in a market (or anywhere, market empty), kept as its keyed hash, until `ended_at`."""

    id: int | None = Field(default=None, primary_key=True)
    market: str = ""
    customer: str = Field(index=True)
    reason: str
    person: str
    at: datetime
    ended_at: datetime | None = None


class Capacity(SQLModel, table=True):
    """What native agents of a market can still answer in the coming seven days, written by support.

    `orders_left` is how many more orders may be taken before the agents have no time for what they bring.
    """

    market: str = Field(primary_key=True, foreign_key="market.id")
    orders_left: int
