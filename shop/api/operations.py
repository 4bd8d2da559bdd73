"""What an operation of the API is, what it is handed, and what it answers.

An operation is a function over plain values and one session (`answering.py` gives it both); its description
(`description.py`) is made from the same table.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from litestar.types import Method
from pydantic import BaseModel, BeforeValidator, ConfigDict
from sqlmodel import Session

from shop.api.models import ApiToken
from shop.api.problems import Problem
from shop.base.db import Database
from shop.base.i18n import Languages, Tongue
from shop.base.settings import Settings
from shop.base.tokens import Signer
from shop.ground.errors import NotFound
from shop.launches.readying.gathering import Sources
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff

ROOT = "/api/v1"
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
IDEMPOTENCY_KEY, IF_MATCH = "idempotency-key", "if-match"


class Sent(BaseModel):
    """What a program sends: nothing that is not described."""

    model_config = ConfigDict(extra="forbid")


def _no_text(given: Any) -> Any:
    if isinstance(given, str | bool):
        raise ValueError("Send a number, without quotes")
    return given


NUMBER = BeforeValidator(_no_text)  # of a body: 3 or 3.0, and neither "3" nor true


class Nothing(Sent):
    """An operation that asks for nothing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers; `after` is what is done once the change is committed.

    `kept` is what is kept of the body under an idempotency key, where the body holds what is kept nowhere.
    """

    body: BaseModel | None = None
    status: int = 0
    etag: str = ""
    after: Callable[[], None] | None = None
    kept: BaseModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a program may ask for. `session` is how its function is run; one that runs `own` opens its transactions."""

    method: Method
    path: str
    name: str
    scope: str
    summary: str
    act: Callable[..., Reply]
    gives: type[BaseModel] | None
    reads: type[BaseModel] | None = None
    asks: type[BaseModel] = Nothing
    status: int = 200
    also: Mapping[int, str] = field(default_factory=dict)  # further answers: status -> what it means
    session: Literal["reading", "writing", "own"] = "reading"
    etag: bool = False
    if_match: Literal["", "may", "must"] = ""
    example: Mapping[str, Any] | None = None
    wider: str = ""  # a further scope that some of what it does needs, and for what of it
    wider_for: str = ""
    again: Callable[..., BaseModel] | None = None  # the body out of what was kept of it, when it is asked for again
    within: Callable[..., object] | None = None  # raises if the caller may not do it there; asked before a kept answer

    @property
    def changes(self) -> bool:
        """Whether it changes anything, and so heeds an idempotency key."""
        return self.method in CHANGING


@dataclass(frozen=True, slots=True)
class Hall:
    """What of the house lies at hand."""

    database: Database
    policies: PolicyLibrary
    languages: Languages
    sources: Callable[[], Sources]  # what the readiness gates are told besides the database
    payments: Any
    signer: Signer
    settings: Settings
    now: datetime

    @property
    def tongue(self) -> Tongue:
        """The tongue in which programs are told of what is wrong."""
        return self.languages.tongue("en")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks, with which token, for what. `query` and `body` are as the operation describes them."""

    hall: Hall
    operation: Operation
    token: ApiToken
    staff: Staff
    path: Mapping[str, str]
    query: Any
    body: Any
    key: str
    if_match: str
    request: str

    @property
    def now(self) -> datetime:
        """The instant of the request."""
        return self.hall.now

    @property
    def reason(self) -> str:
        """What the history of a change tells: that a program made it, and by which token."""
        return f"API: {self.token.name}"

    def own_market(self, market: str) -> str:
        """The market, if it is one of the person's in which they may do this; raises NotFound."""
        self.staff.check_market(market)
        return market

    def still_may(self, db: Session) -> None:
        """Raises the refusal of whoever may no longer do this in this market, or with what the address names."""
        if "market" in self.path:
            self.own_market(self.path["market"])
        if self.operation.within is not None:
            self.operation.within(self, db)

    def number(self, name: str) -> int:
        """The number in the path; raises NotFound for what no row could have."""
        text = self.path[name]
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise NotFound
        return int(text)

    def must_have(self, scope: str) -> None:
        """Raises the problem of a token without the scope."""
        if scope not in self.token.scopes.split():
            raise Problem("scope_missing", scope=scope)

    def match(self, etag: str, *, must: bool = False) -> None:
        """Raises the problem of one who changes what is no longer what they read, or, if they `must`, does not say."""
        given = [each.strip().removeprefix("W/") for each in self.if_match.split(",")] if self.if_match else []
        if not given and must:
            raise Problem("if_match_missing")
        if given and etag not in given and given != ["*"]:
            raise Problem("changed_meanwhile")


def etag(*parts: object) -> str:
    """A strong ETag of these values."""
    said = "\n".join(map(str, parts)).encode()
    return f'"{hashlib.sha256(said).hexdigest()[:20]}"'
