"""How customers' requests look to a program."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shop.api.market_shapes import SAYS_SOMETHING
from shop.api.operations import NUMBER, Sent
from shop.api.paging import Paged

RequestState = Literal["waiting", "assigned", "referred", "answered", "closed"]
Severity = Literal["crisis", "urgent", "normal"]
SEVERITIES: tuple[Severity, ...] = ("crisis", "urgent", "normal")
LONGEST_ANSWER = 4000


class RequestHead(BaseModel):
    """A request in a list."""

    ref: str = Field(examples=["R-7KQ2M9"])
    market: str
    language: str
    category: str
    subject: str
    state: RequestState
    severity: Severity
    agent: str | None
    order_number: str
    created_at: datetime
    updated_at: datetime
    promised_at: datetime | None = Field(description="Until when the customer was promised an answer.")
    first_answered_at: datetime | None
    closed_at: datetime | None


class Requests(BaseModel):
    """A page of requests, the newest first."""

    items: list[RequestHead]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class RequestsAsked(Paged):
    """Which requests."""

    market: Annotated[str, Field(max_length=8, description="A market's id; empty means all.")] = ""
    state: Annotated[RequestState | Literal[""], Field(description="Empty means all.")] = ""


class MessageTold(BaseModel):
    """A message of a request, or an internal note that the customer never sees."""

    message: int
    kind: Literal["customer", "ours", "note"]
    author: str
    text: str
    language: str
    at: datetime


class RequestWhole(RequestHead):
    """A request with who asks and what was said."""

    name: str
    email: str
    messages: list[MessageTold]


class AnswerSent(Sent):
    """An answer to the customer, in their language; it is sent as it stands."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_ANSWER, pattern=SAYS_SOMETHING)]
    seen: Annotated[
        int | None,
        Field(ge=0, le=2**53, description="The last `message` that was read: with news since, nothing is sent."),
        NUMBER,
    ] = None


class Answered(BaseModel):
    """What became of an answer: it was sent, or goes to the exporter first."""

    outcome: Literal["answered", "referred"]
    request: RequestWhole
