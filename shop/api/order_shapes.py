"""How orders and parcels look to a program."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shop.api.market_shapes import SAYS_SOMETHING, Line
from shop.api.operations import NUMBER, Sent
from shop.api.paging import Paged

Mark = Literal["serials", "lots"]
OrderState = Literal["placed", "paid", "dispatched", "delivered", "refunded", "cancelled"]


class Amount(BaseModel):
    """An amount of money: whole minor units, and the same as a decimal."""

    minor: int
    currency: str
    amount: str = Field(examples=["349.00"])


class OrderHead(BaseModel):
    """An order in a list."""

    number: str = Field(examples=["DE-26-7K2M9Q"])
    market: str
    state: OrderState
    placed_at: datetime
    paid_at: datetime | None
    dispatched_at: datetime | None
    delivered_at: datetime | None
    total: Amount
    given_back: Amount
    test: bool = Field(description="A staff's test order, which counts nowhere.")


class Orders(BaseModel):
    """A page of orders, the newest first."""

    items: list[OrderHead]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class OrdersAsked(Paged):
    """Which orders."""

    market: Annotated[str, Field(max_length=8, description="A market's id; empty means all.")] = ""
    state: Annotated[OrderState | Literal[""], Field(description="Empty means all that were paid.")] = ""


class OrderLineTold(BaseModel):
    """A line of an order."""

    sku: str
    name: str
    quantity: int
    withheld: int = Field(description="Pieces given up before they left, which are not sent.")
    left_to_send: int
    asks: list[Mark] = Field(description="What a dispatch must tell of each piece left to send.")
    unit: Amount
    serial: str


class ParcelTold(BaseModel):
    """A parcel of an order."""

    parcel: int
    carrier: str
    tracking: str
    dispatched_at: datetime
    delivered_at: datetime | None
    expected_from: date
    expected_until: date
    weight_g: int | None
    pieces: dict[str, int]


class Customer(BaseModel):
    """Whose order it is, and where it goes."""

    name: str
    email: str
    phone: str
    language: str
    address: list[str]


class OrderWhole(OrderHead):
    """An order with its lines, parcels and customer, and what its dispatch checklist asks to be confirmed."""

    customer: Customer
    lines: list[OrderLineTold]
    parcels: list[ParcelTold]
    checklist: list[str] = Field(
        description="What `confirmed` of a dispatch must name, for all that is left to be sent."
    )
    papers_missing: list[str]
    sale_stopped: list[str] = Field(description="SKUs of which the sale is stopped; they leave only with a reason.")


class Lot(Sent):
    """The lot of a piece of food or cosmetics, and until when it is best."""

    lot: Annotated[Line, Field(min_length=1)]
    best_before: date | None = None


class Packed(Sent):
    """Pieces of a SKU in a parcel."""

    sku: Annotated[Line, Field(min_length=1)]
    pieces: Annotated[int, Field(ge=1, le=60), NUMBER]
    serials: Annotated[
        list[Line], Field(default_factory=list, max_length=60, description="One for each piece that bears one.")
    ]
    lots: Annotated[
        list[Lot], Field(default_factory=list, max_length=60, description="One for each piece, or one for all.")
    ]


class Dispatch(Sent):
    """A parcel that leaves, with the dispatch checklist signed in the name of the token's person."""

    carrier: Annotated[str, Field(min_length=2, max_length=60, pattern=SAYS_SOMETHING)]
    tracking: Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]*$")]
    weight_g: Annotated[int | None, Field(ge=1, le=1_000_000), NUMBER] = None
    items: Annotated[list[Packed], Field(min_length=1, max_length=60)]
    confirmed: Annotated[list[Line], Field(max_length=20, description="The points of `checklist` that were looked at.")]
    despite: Annotated[Line, Field(description="Why goods leave of which the sale is stopped.")] = ""


class Delivery(Sent):
    """What was under way has arrived: one parcel of it, or all."""

    parcel: Annotated[
        int | None, Field(ge=1, lt=2**31, description="Of several parcels the one that arrived."), NUMBER
    ] = None
    source: Annotated[Literal["carrier", "staff"], Field(description="Who says so.")] = "carrier"
    at: Annotated[datetime | None, Field(description="When; now, if it is not told.")] = None
