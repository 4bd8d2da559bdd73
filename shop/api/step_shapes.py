"""How a market's steps, its end and what waits for a second person look to a program."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from shop.api.goods_shapes import Price, Sku
from shop.api.market_shapes import SAYS_SOMETHING, Happened, Line
from shop.api.operations import NUMBER, Sent
from shop.launches.changing.winding import Way

Action = Literal["ready", "redraft", "launch", "open", "pause", "resume", "wind_down", "close"]
Outcome = Literal["waits", "approved", "withdrawn", "outdated"]
Said = Annotated[str, Field(min_length=1, max_length=500, pattern=SAYS_SOMETHING)]


class GoodsLeft(Sent):
    """What becomes of the pieces of a product that are left in the market."""

    sku: Sku
    pieces: Annotated[int, Field(ge=0, le=1_000_000), NUMBER]
    way: Way = "return"
    cost: Price = "0"
    owner: Annotated[Line, Field(description="Who sees to it; needed where pieces are left.")] = ""


def _once(goods: list[GoodsLeft]) -> list[GoodsLeft]:
    if len({each.sku for each in goods}) != len(goods):
        raise ValueError("Each SKU stands once")
    return goods


class WindingAsked(Sent):
    """How a market ends. Every product that is listed there with pieces left has to be named."""

    last_order_on: Annotated[
        date, Field(description="From today to 90 days from now, by the market's calendar: the last day of orders.")
    ]
    contact: Annotated[Said, Field(description="Who answers for the market's end.")]
    refund_plan: Annotated[Said, Field(description="From where money is given back.")]
    goods: Annotated[list[GoodsLeft], AfterValidator(_once), Field(default_factory=list, max_length=1000)]


class StepAsked(Sent):
    """A step of a market. What widens needs If-Match; what narrows never waits for anything."""

    action: Action
    reason: Annotated[
        Line, Field(description="Needed for `pause`, `resume`, `wind_down` and `close`; kept in the history for ever.")
    ] = ""
    mode: Annotated[
        Literal["", "sell_stop", "hidden", "safety"],
        Field(
            description="Of a `pause`: what customers shall see. Left out or empty, selling stops and the pages stay; a "
            "market that is paused already stays as it is."
        ),
    ] = ""
    audience: Annotated[
        Literal["invitation", "percentage"] | None, Field(description="Of a `launch`; left out, as it stands.")
    ] = None
    percent: Annotated[
        float | None,
        Field(ge=0, le=100, multiple_of=0.01, description="Of visitors, when by percentage; left out, as it stands."),
        NUMBER,
    ] = None
    order_cap: Annotated[
        int | None, Field(ge=1, le=1_000_000, description="Of a `launch`; left out, as it stands."), NUMBER
    ] = None
    override: Annotated[Line, Field(description="Why a market is opened though the scorecard does not say GO.")] = ""
    winding: Annotated[WindingAsked | None, Field(description="Of a `wind_down`: what has to be written down.")] = None
    handover: Annotated[Line, Field(description="Of a `close`: who takes over what law and guarantee still give.")] = ""


class Stepped(BaseModel):
    """What became of a step: it happened, or it waits for a second person."""

    market: str
    outcome: Literal["done", "waits_for_second_person"]
    event: Happened | None
    proposal: int | None = Field(description="The number of the proposal that waits, or was agreed to.")


class ProposalTold(BaseModel):
    """A step that one person asked for, and what became of it."""

    proposal: int
    market: str
    action: str
    asked: dict[str, Any] = Field(
        description="What was asked for besides: exposure, mode, a word against the scorecard."
    )
    reason: str
    person: str
    at: datetime
    outcome: Outcome
    ended_by: str = Field(description="Who agreed or called it off; empty while it waits.")
    ended_at: datetime | None


class Proposals(BaseModel):
    """A market's proposals: those that wait first, then the newest, at most 50."""

    items: list[ProposalTold]
