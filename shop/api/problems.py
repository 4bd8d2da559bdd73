"""What the API says when it cannot do as asked: problem details after RFC 9457, for refusals of the house and its own.

Sentences are English: a program's log reads them, and a person who keeps one.
"""

import inspect
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from litestar import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shop.base.web import NO_STORE, STATUS, WRONG_STATE
from shop.ground.errors import Refusal
from shop.launches.steering.markets import WHY

OUR_OWN = "Value error, "  # how pydantic begins what a check of ours says
MEDIA_TYPE = "application/problem+json"

# The API's own refusals: name -> status and sentence.
OWN = {
    "no_token": (401, "Send a token that is valid: Authorization: Bearer slt_…"),
    "scope_missing": (403, "The token does not have the scope {scope}."),
    "not_allowed": (403, "The token's person may not do this."),
    "not_found": (404, "There is nothing here for this token: it does not exist, or is of a market that is not its own."),
    "not_ready": (409, "These gates are in the way."),
    "in_progress": (409, "A request with this Idempotency-Key is being carried out just now."),
    "already_there": (409, "There is one already. Change it instead."),
    "cannot_be_removed": (409, "Something else needs it, so it stays. `errors` says what."),
    "changed_meanwhile": (412, "It is no longer what If-Match says. Read it again, and decide anew."),
    "unsupported_type": (415, "The body must be JSON, with Content-Type: application/json."),
    "not_understood": (422, "Something in the request cannot be taken; `errors` says what."),
    "key_reused": (422, "This Idempotency-Key was used for another request."),
    "if_match_missing": (428, "Send If-Match with the ETag of what was read, so that nobody's change is overwritten."),
    "too_many": (429, "Too many requests for this token. Retry-After says how many seconds to wait."),
    "fault": (500, "Something is wrong on our side. It has been logged."),
    "busy": (503, "The database is busy. Nothing was changed; send the same request again."),
}  # fmt: skip


class Wrong(BaseModel):
    """One thing that cannot be taken: where it stands, and a sentence."""

    model_config = ConfigDict(title="Wrong")
    where: Literal["body", "query", "header", "path"] = Field(description="In which part of the request.")
    pointer: str = Field(description="A JSON Pointer into the body, or the parameter's name.")
    detail: str


class ProblemDetails(BaseModel):
    """A problem after RFC 9457. Some kinds tell more in further members."""

    model_config = ConfigDict(extra="allow", title="Problem")
    type: str = Field(description="Which kind of problem this is; the last part is its name.")
    title: str
    status: int
    detail: str
    errors: list[Wrong] = Field(default=[], description="What cannot be taken, one by one; empty for other problems.")


class Problem(Exception):
    """A refusal of the API's own, by its name in OWN; `values` fill the sentence and stand in the answer."""

    def __init__(self, name: str, *, errors: Sequence[Wrong] = (), **values: Any) -> None:
        super().__init__(name)
        self.name, self.errors, self.values = name, tuple(errors), values


def wrong(detail: str, pointer: str = "", where: Literal["body", "query", "header", "path"] = "body") -> Problem:
    """The problem of one thing that cannot be taken."""
    return Problem("not_understood", errors=[Wrong(where=where, pointer=pointer, detail=detail)])


def unread(error: ValidationError, where: Literal["body", "query"]) -> Problem:
    """What does not fit the description, thing by thing."""
    found = [
        Wrong(where=where, pointer=_pointer(each["loc"], where), detail=f"{each['msg'].removeprefix(OUR_OWN)}.")
        for each in error.errors()
    ]
    return Problem("not_understood", errors=found[:50])


def told(problem: Problem, *, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """A problem of our own as an answer."""
    status, sentence = OWN[problem.name]
    detail = sentence.format_map(_Known(problem.values))
    return drawn(problem.name, status, detail, values=problem.values, errors=problem.errors, headers=headers)


def refused(refusal: Refusal) -> Response[bytes]:
    """A refusal of the house as an answer: its name, a sentence, and the values that explain it."""
    name = refusal.name
    status, sentence = OWN.get(name, (STATUS.get(name, WRONG_STATE), ""))
    values = {key: plain for key, value in refusal.values.items() if (plain := _plain(value)) is not None}
    sentence = sentence or WHY.get(name) or _described(refusal)
    headers = {"retry-after": str(values["retry_after"])} if "retry_after" in values else {}
    return drawn(name, status, sentence.format_map(_Known(values)), values=values, headers=headers)


def drawn(
    name: str,
    status: int,
    detail: str,
    *,
    values: Mapping[str, Any] | None = None,
    errors: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """The answer itself."""
    title = name.replace("_", " ")
    body = {"type": f"/problems/{name}", "title": title, "status": status, "detail": detail}
    body |= {"errors": [each.model_dump() for each in errors]}
    more = {key: value for key, value in (values or {}).items() if key not in body}
    given = {**NO_STORE, **(headers or {})}
    if status == 401:
        given["www-authenticate"] = 'Bearer realm="softlaunch"'
    said = json.dumps(body | more, ensure_ascii=False).encode()
    return Response(said, status_code=status, headers=given, media_type=MEDIA_TYPE)


class _Known(dict[str, Any]):
    """Values for a sentence; one that there is none of stays as it is named."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _described(refusal: Refusal) -> str:
    """The first paragraph of what the refusal says of itself."""
    return " ".join((inspect.getdoc(type(refusal)) or refusal.name).partition("\n\n")[0].replace("`", "").split())


def _plain(value: Any) -> Any:
    """The value as JSON can say it; None for what it cannot."""
    if isinstance(value, str | int | bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        told = [_plain(each) for each in value]
        return told if None not in told else None
    return None


def _pointer(place: tuple[int | str, ...], where: str) -> str:
    if place and str(place[0])[:1].isupper():  # which of several shapes it was tried as
        place = place[1:]
    return "".join(f"/{each}" for each in place) if where == "body" else ".".join(map(str, place))
