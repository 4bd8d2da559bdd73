"""How listings and stock look to a program."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Discriminator, Field, RootModel, Tag

from shop.api.operations import NUMBER, Sent
from shop.api.order_shapes import Amount
from shop.api.paging import Paged

Sku = Annotated[str, Field(max_length=80)]
AMOUNT = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"


def _in_plain_figures(text: str) -> str:
    if not re.fullmatch(AMOUNT, text):
        raise ValueError("Write an amount in plain figures with a point, such as 249.00")
    return text


Price = Annotated[
    str,
    AfterValidator(_in_plain_figures),
    Field(description="With the currency's decimals.", json_schema_extra={"pattern": AMOUNT}),
]


class ListingTold(BaseModel):
    """A product in a market: its price, when it may be seen and bought, and how many."""

    market: str
    sku: str
    price: Amount = Field(description="As displayed in the market.")
    visible_from: datetime | None
    buyable_from: datetime | None
    until: datetime | None
    max_per_order: int
    max_per_customer: int | None
    allotment: int | None = Field(description="Pieces that this market may sell in all; null where there is no limit.")
    taken: int = Field(description="Pieces of these that are held or sold.")


class Listings(BaseModel):
    """A page of a market's listings, by SKU."""

    items: list[ListingTold]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class ListingNew(Sent):
    """A product that is sold in a market from now on, or from the day that is told."""

    sku: Sku
    price: Price
    visible_from: AwareDatetime | None = None
    buyable_from: AwareDatetime | None = None
    until: AwareDatetime | None = None
    max_per_order: Annotated[int, Field(ge=1, le=1000), NUMBER] = 10
    max_per_customer: Annotated[int | None, Field(ge=1, le=1000), NUMBER] = None
    allotment: Annotated[int | None, Field(ge=0, le=1_000_000), NUMBER] = None


class ListingChange(Sent):
    """What shall differ of a listing; what is left out stays as it is."""

    price: Annotated[Price, Field(default_factory=str)]
    visible_from: AwareDatetime | None = None
    buyable_from: AwareDatetime | None = None
    until: AwareDatetime | None = None
    max_per_order: Annotated[int, Field(default_factory=int, ge=1, le=1000), NUMBER]
    max_per_customer: Annotated[int | None, Field(ge=1, le=1000), NUMBER] = None
    allotment: Annotated[int | None, Field(ge=0, le=1_000_000), NUMBER] = None


class StockTold(BaseModel):
    """Pieces of a product over all markets."""

    sku: str
    on_hand: int
    held: int = Field(description="Of these, held for payments under way.")
    sold: int = Field(description="Of these, sold and not yet dispatched.")
    free: int


class Stocks(BaseModel):
    """A page of the stock, by SKU."""

    items: list[StockTold]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class Counted(Sent):
    """Pieces there are, as counted."""

    on_hand: Annotated[int, Field(ge=0, le=1_000_000), NUMBER]


class Added(Sent):
    """Pieces that came in, or went."""

    add: Annotated[int, Field(ge=-1_000_000, le=1_000_000), NUMBER]


def _meant(given: Any) -> str:
    """Which of the two was meant, so that only what is wrong with that one is told."""
    return "Added" if isinstance(given, dict) and "add" in given and "on_hand" not in given else "Counted"


Change = Annotated[Annotated[Counted, Tag("Counted")] | Annotated[Added, Tag("Added")], Discriminator(_meant)]


class StockChange(RootModel[Change]):
    """What was counted, or what came in or went: one of the two."""


class StockAsked(Paged):
    """Which page of the stock."""
