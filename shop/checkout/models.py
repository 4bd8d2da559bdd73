"""Orders and what hangs on them: lines, holds, what each customer took, payment attempts, the timeline, parcels."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, text
from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint

SOLD = ("paid", "dispatched", "delivered")  # the states of an order that is paid, and not given back as a whole
UNPAID = ("placed", "cancelled")
_OWNED = text("serial <> '' AND returned_at IS NULL")


class Order(SQLModel, table=True):
    """One order. Amounts are minor units of `currency`; net + tax = total.

    `region` is the code of the province or state it goes to, if addresses name such; `shipping_e5` the tax rate on
    delivery in thousandths of a percent.
    `business_number` is the tax number of a customer who buys for a business; it changes no tax.

    `state` is placed (being paid), paid, dispatched, delivered, cancelled (never paid) or refunded; `test` marks an
    order that staff placed in preview and that counts nowhere. `content` fingerprints what was asked, so that the
    same `key` with another content is refused. `cart` names the cart it came from: one cart has one unpaid order at
    most. `due_later` of the total is due on delivery only; without a `parcel` nothing is sent, or nothing any more.
    `dispatched_at` is when the first parcel left, `delivered_at` when the last one was there. `given_back` is
    what has been refunded or is being refunded; it never exceeds what was paid. `after_sales`: a case was filed about it.
    `accepted_after_stop`: its money came when its market took no orders any more, and it was honoured.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("state IN ('placed','paid','dispatched','delivered','cancelled','refunded')", name="state"),
        CheckConstraint("net + tax = total", name="sum"),
        CheckConstraint("due_later BETWEEN 0 AND total", name="due"),
        CheckConstraint("given_back BETWEEN 0 AND total", name="given_back"),
        Index("ix_orders_tested", "market", sqlite_where=text("test = 1"), postgresql_where=text("test")),
        Index("ix_orders_standing", "market", "state"),
    )
    number: str = Field(primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    language: str
    currency: str
    state: str = "placed"
    test: bool = False
    visitor: str = ""
    cart: str = Field(default="", index=True)
    key: str = Field(unique=True)
    content: str
    email: str
    phone: str = ""
    name: str
    address: str  # JSON: field -> text, as the country's form asks
    region: str = ""
    business_number: str = ""
    goods: int = Field(sa_type=BigInteger)
    shipping: int = Field(sa_type=BigInteger)
    shipping_e5: int = 0
    net: int = Field(sa_type=BigInteger)
    tax: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    due_later: int = Field(default=0, sa_type=BigInteger)
    given_back: int = Field(default=0, sa_type=BigInteger)
    after_sales: bool = False
    accepted_after_stop: bool = False
    parcel: bool = True
    days_min: int
    days_max: int
    placed_at: datetime = Field(index=True)
    paid_at: datetime | None = None
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None
    delivered_source: str = ""

    @property
    def due_now(self) -> int:
        """What is asked for when ordering, in minor units."""
        return self.total - self.due_later

    @property
    def given_up(self) -> bool:
        """Whether it is paid and none of it will be sent any more, so that what is owed on it goes back."""
        return self.state == "paid" and self.never_sent

    @property
    def stands(self) -> str:
        """How it stands for the staff: its state, or given_up."""
        return "given_up" if self.given_up else self.state

    @property
    def never_sent(self) -> bool:
        """Whether nothing of it is to be sent, and nothing was: it is of services, or its goods were given up."""
        return not self.parcel and self.dispatched_at is None


class OrderLine(SQLModel, table=True):
    """One SKU of an order, with its name and price as they were. `unit` is the displayed price of one piece.

    `serial` is that of the customer's machine a part was bought for, empty where none was asked for or known. `withheld`
    pieces were given up before they left and are not sent. `kind` and `return_class` are the product's as they were:
    what may be sent back later does not change with the catalogue.
    """

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)
    order_number: str = Field(primary_key=True, foreign_key="orders.number")
    sku: str = Field(primary_key=True)
    name: str
    quantity: int
    unit: int = Field(sa_type=BigInteger)
    tax_e5: int
    net: int = Field(sa_type=BigInteger)
    tax: int = Field(sa_type=BigInteger)
    gross: int = Field(sa_type=BigInteger)
    serial: str = ""
    kind: str = ""
    return_class: str = "general"
    withheld: int = 0


class Hold(SQLModel, table=True):
    """Pieces kept for an order while it is being paid; they return when the hold is released, and once only.

    By `expires_at` an order that nobody pays has ended. While it is held, `address` and `mailbox` are keyed hashes of
    where it was placed from and of whose it is: no mailbox has two orders being paid in one market, and `place` numbers
    the few that one address may have (`hash:3`).
    """

    __table_args__ = (CheckConstraint("state IN ('held','sold','released')", name="state"),)
    order_number: str = Field(primary_key=True, foreign_key="orders.number")
    state: str = "held"
    expires_at: datetime = Field(index=True)
    address: str = Field(default="", index=True)
    mailbox: str | None = Field(default=None, unique=True)
    place: str | None = Field(default=None, unique=True)
    day: date | None = None  # of the market's calendar, on which the order counts
    customer: str = ""  # under which the customer's orders are counted


class CustomerAllowance(SQLModel, table=True):
    """How many pieces of a SKU a customer holds or has bought in a market; `customer` is the hash of an e-mail or visitor."""

    __tablename__ = "customer_allowance"
    __table_args__ = (CheckConstraint("pieces >= 0", name="pieces"),)
    market: str = Field(primary_key=True, foreign_key="market.id")
    sku: str = Field(primary_key=True)
    customer: str = Field(primary_key=True)
    pieces: int


class PaymentAttempt(SQLModel, table=True):
    """One attempt to pay an order through the provider. `session` is empty until the provider has answered.

    `state` is begun, waiting (a delayed method: the money is under way), paid, expired, failed (a delayed method that
    brought nothing), or mismatch: paid, but not what was asked for.
    """

    __tablename__ = "payment_attempt"
    __table_args__ = (UniqueConstraint("session"),)
    key: str = Field(primary_key=True)
    order_number: str = Field(foreign_key="orders.number", index=True)
    provider: str
    methods: str = ""  # the provider's names of the ways to pay that were allowed then, as every repeated ask must say
    session: str | None = None
    url: str = ""
    state: str = Field(default="begun", index=True)
    payment: str = ""
    expires_at: datetime
    declined_at: datetime | None = None  # when the first try to pay failed; the customer may have tried again
    ask_at: datetime = Field(index=True)  # when the provider is next asked what became of it
    created_at: datetime


class OrderEvent(SQLModel, table=True):
    """What the order's timeline shows. One of a kind per order, so that nothing is told twice."""

    __tablename__ = "order_event"
    __table_args__ = (UniqueConstraint("order_number", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    order_number: str = Field(foreign_key="orders.number", index=True)
    kind: str
    at: datetime
    person: str = ""
    note: str = ""


class Parcel(SQLModel, table=True):
    """One parcel of an order on its way: by whom, under which number. `weight_g` is as weighed, None if nobody did."""

    id: int | None = Field(default=None, primary_key=True)
    order_number: str = Field(foreign_key="orders.number", index=True)
    carrier: str
    tracking: str
    dispatched_at: datetime
    person: str
    expected_from: date
    expected_until: date
    weight_g: int | None = None
    delivered_at: datetime | None = None
    delivered_source: str = ""  # carrier, staff, or assumed: the day by which it surely had arrived


class ParcelLine(SQLModel, table=True):
    """Pieces of a SKU of the order that lie in a parcel."""

    __tablename__ = "parcel_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)
    parcel: int = Field(primary_key=True, foreign_key="parcel.id")
    sku: str = Field(primary_key=True)
    quantity: int


class OwnedItem(SQLModel, table=True):
    """One piece as it was packed, with the serial or lot it bears: what a customer owns, and a recall looks for.

    `best_before` is of food and cosmetics. A piece that came back has `returned_at`; until then its serial is nobody
    else's.
    """

    __tablename__ = "owned_item"
    __table_args__ = (Index("one_owner", "serial", unique=True, sqlite_where=_OWNED, postgresql_where=_OWNED),)
    id: int | None = Field(default=None, primary_key=True)
    order_number: str = Field(foreign_key="orders.number", index=True)
    parcel: int = Field(foreign_key="parcel.id")
    sku: str = Field(index=True)
    serial: str = Field(default="", index=True)
    lot: str = Field(default="", index=True)
    best_before: date | None = None
    returned_at: datetime | None = None


class Refund(SQLModel, table=True):
    """Money given back on an order, in minor units of its currency; `key` makes it once at the provider.

    `ground` is late_payment, withdrawal, return, claim, exchange, recall or goodwill; `case` the after-sales case it
    settles. `state` is asked, unknown (the provider was asked and has not answered: looked up before it is ever asked
    again), done, or refused by the provider, when a person has to look at it. `reason` is why more or less was given
    than was owed, or the provider's word on why not; `provider_id` is empty for money that a person gave back by hand.
    """

    __table_args__ = (
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint("state IN ('asked','unknown','done','refused')", name="state"),
    )
    key: str = Field(primary_key=True)
    order_number: str = Field(foreign_key="orders.number", index=True)
    case: str = Field(default="", index=True)
    ground: str
    minor: int = Field(sa_type=BigInteger)
    state: str = Field(default="asked", index=True)
    provider_id: str = ""
    person: str = ""
    reason: str = ""
    asked_at: datetime
    done_at: datetime | None = None


class ProviderNotice(SQLModel, table=True):
    """When the provider that takes real money last wrote to us, to the hour; one row at most."""

    __tablename__ = "provider_notice"
    id: int = Field(default=1, primary_key=True)
    at: datetime


class Dispute(SQLModel, table=True):
    """A customer's objection to a payment at their bank, as the provider tells of it. `minor` is what is disputed.

    `state` is open, won or lost; `provider_id` makes one row of any number of notices.
    """

    __table_args__ = (CheckConstraint("state IN ('open','won','lost')", name="state"),)
    provider_id: str = Field(primary_key=True)
    order_number: str = Field(foreign_key="orders.number", index=True)
    state: str = "open"
    reason: str = ""
    minor: int = Field(sa_type=BigInteger)
    opened_at: datetime = Field(index=True)
    ended_at: datetime | None = None


class SoldOut(SQLModel, table=True):
    """A SKU of which it was announced that nothing is left, until it is announced to be back."""

    __tablename__ = "sold_out"
    sku: str = Field(primary_key=True)
    at: datetime
