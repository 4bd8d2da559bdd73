"""How webhooks and their deliveries look to a program."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shop.api.operations import Sent
from shop.api.paging import Paged
from shop.base.announcing import KINDS

Kind = Literal[
    "order.paid",
    "order.dispatched",
    "order.delivered",
    "order.refunded",
    "request.opened",
    "request.closed",
    "market.changed",
    "stock.sold_out",
    "stock.back",
]


class WebhookTold(BaseModel):
    """An address that is told of announcements."""

    webhook: int
    url: str
    kinds: list[Kind]
    markets: list[str] = Field(description="Empty means all.")
    active: bool
    off_because: str = Field(
        description="What switched it off by itself, else empty: `410 Gone` was answered; `person_gone`, whoever set it "
        "up works here no more; `person_elsewhere`, they may no longer do so in all of its markets."
    )
    person: str = Field(description="In whose name it is sent.")
    created_at: datetime


class WebhookMade(WebhookTold):
    """A new webhook, with the secret that signs what is sent there. It is shown this once."""

    secret: str = Field(description="As Standard Webhooks writes one: `whsec_` and base64.")


class Webhooks(BaseModel):
    """Every webhook that the token's person manages, the newest first."""

    items: list[WebhookTold]


class WebhookWanted(Sent):
    """A webhook to be set up."""

    url: Annotated[
        str,
        Field(
            min_length=9,
            max_length=500,
            description="https, of a public host.",
            json_schema_extra={"pattern": r"^https://[a-z0-9]+(\.[a-z0-9]+)*\.[a-z]{2,20}(/[A-Za-z0-9/._~-]*)?$"},
        ),
    ]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=len(KINDS))]
    markets: Annotated[
        list[Annotated[str, Field(pattern="^[a-z]{2}$")]],
        Field(default_factory=list, max_length=100, description="Empty means all."),
    ]


class WebhookSwitch(Sent):
    """Switching a webhook on or off. What happens while it is off is not sent later."""

    active: Annotated[bool, Field(strict=True)]


class DeliveryTold(BaseModel):
    """One announcement on its way to one address."""

    delivery: int
    webhook: int
    message: str = Field(description="The `webhook-id`: the same with every try.")
    kind: Kind
    subject: str
    state: Literal["waiting", "delivered", "given_up"]
    tries: int
    due_at: datetime = Field(description="When it is tried next, while it waits.")
    tried_at: datetime | None
    done_at: datetime | None
    status: int | None = Field(description="What was answered last; null where nothing was.")
    answer: str = Field(description="The beginning of the answer, or why there was none.")


class Deliveries(BaseModel):
    """A page of deliveries, the newest first."""

    items: list[DeliveryTold]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class DeliveriesAsked(Paged):
    """Which deliveries."""

    state: Annotated[Literal["", "waiting", "delivered", "given_up"], Field(description="Empty means all.")] = ""
