"""What the scorecard keeps: counted steps, figures, stop lines written down beforehand, costs, overrides and lessons."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, text
from sqlmodel import CheckConstraint, Field, SQLModel

_HOLDING = text("ended_at IS NULL")


class StepCount(SQLModel, table=True):
    """How often a step was taken in a market on a day of its own calendar; nothing is kept of who took it.

    `step` is view, visit (a view not referred by ourselves), product, cart or checkout. What follows is counted from
    orders and payments themselves.
    """

    __tablename__ = "step_count"
    market: str = Field(primary_key=True, foreign_key="market.id")
    day: date = Field(primary_key=True)
    step: str = Field(primary_key=True)
    number: int = 0


class Figure(SQLModel, table=True):
    """What has been counted for one metric of a market since its epoch began: `k` of `n`, or a sum over `n`.

    `total` and `squares` are the sum and the sum of squares of a mean's values, in minor units of the market's currency
    (or days). Written by the job that counts; read by the board, so that it costs the same at any number of orders.
    """

    __tablename__ = "metric_figure"
    market: str = Field(primary_key=True, foreign_key="market.id")
    metric: str = Field(primary_key=True)
    k: int = 0
    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    since: datetime


class OrderSum(SQLModel, table=True):
    """What a market's scorecard tells of its orders beside its figures, summed since its epoch began.

    `part` is funnel or margin (`name` is the field of the class that tells it), or without_cost (`name` is a SKU).
    Written by the job that counts, as figures are; a sum of nothing has no row.
    """

    __tablename__ = "order_sum"
    market: str = Field(primary_key=True, foreign_key="market.id")
    part: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: float
    since: datetime


class CountMark(SQLModel, table=True):
    """Up to where figures were last counted: `mark` changes when anything counted has changed."""

    __tablename__ = "count_mark"
    id: int = Field(default=1, primary_key=True)
    mark: str
    at: datetime


class StopLine(SQLModel, table=True):
    """What was written down for one metric of a market before there were data: the target, the line, the least sample.

    `better` is low or high; `role` pause (a breach pauses the market), go (asked of a GO) or advisory. Never changed
    but for `ended_at`, which the next word on the same metric sets.
    """

    __tablename__ = "stop_line"
    __table_args__ = (
        CheckConstraint("better IN ('low','high')", name="better"),
        CheckConstraint("role IN ('pause','go','advisory')", name="role"),
        CheckConstraint("n_min >= 0 AND k_min >= 0", name="least"),
        Index(
            "ix_stop_line_holding", "market", "metric", unique=True, sqlite_where=_HOLDING, postgresql_where=_HOLDING
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    metric: str
    better: str
    role: str
    ok: float
    bad: float
    n_min: int
    k_min: int = 0
    person: str
    reason: str = ""
    made_at: datetime
    ended_at: datetime | None = None


class LandedCost(SQLModel, table=True):
    """What one piece of a SKU costs until it is in the market: minor units of the market's currency, at `as_of`'s rate."""

    __tablename__ = "landed_cost"
    market: str = Field(primary_key=True, foreign_key="market.id")
    sku: str = Field(primary_key=True)
    purchase: int = Field(sa_type=BigInteger)
    freight: int = Field(default=0, sa_type=BigInteger)
    duty: int = Field(default=0, sa_type=BigInteger)
    as_of: date
    source: str = ""


class MarketCost(SQLModel, table=True):
    """What every order of a market costs besides its goods, in minor units of the market's currency.

    `parcel` is sending it, `returned` one parcel coming back, `fee` and `fee_bp` the payment (fixed, and hundredths of
    a percent of the total), `exchange_bp` the loss of changing money, `minute` a minute of support.
    """

    __tablename__ = "market_cost"
    market: str = Field(primary_key=True, foreign_key="market.id")
    parcel: int = Field(default=0, sa_type=BigInteger)
    returned: int = Field(default=0, sa_type=BigInteger)
    fee: int = Field(default=0, sa_type=BigInteger)
    fee_bp: int = 0
    exchange_bp: int = 0
    minute: int = Field(default=0, sa_type=BigInteger)


class Override(SQLModel, table=True):
    """A named person's word against the scorecard: what was decided although it recommended otherwise, and why."""

    __tablename__ = "decision_override"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    recommended: str
    decided: str
    reasons: str = ""  # what the scorecard gave as reasons then, one a line
    person: str
    reason: str
    at: datetime


class Lesson(SQLModel, table=True):
    """An entry of the learning log: what the first orders taught, and what was changed for it. Never rewritten."""

    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    orders: int
    taught: str
    changed: str = ""
    person: str
    at: datetime
