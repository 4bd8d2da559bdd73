"""What a browser has sent: the fields of a form as they came, kept for a page that asks something before it goes on."""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

URL_ENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
MOST_FIELDS = 300  # of a form
MOST_SENT = MOST_FIELDS + 10  # with the answers to a question in between
AGAIN = "again."  # how fields begin that belong to the question in between; no other form sees them
_SENT = "sent fields"


def kind_of_body(request: Request[Any, Any, Any]) -> str:
    """What the body says it is; a form where nothing is said."""
    return request.headers.get("content-type", URL_ENCODED).partition(";")[0].strip().lower()


async def sent_pairs(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """The fields as they were sent, without NUL: PostgreSQL cannot store it, and no person types it. Raises ValueError."""
    body = (await request.body()).decode("utf-8")
    pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_SENT, errors="strict")
    return [(name, value.replace("\0", "")) for name, value in pairs]


def is_with_file(request: Request[Any, Any, Any]) -> bool:
    """Whether it is a form with a file, of which nothing is kept for later."""
    return kind_of_body(request) == MULTIPART


async def keep_sent(request: Request[Any, Any, Any]) -> None:
    """Keep the fields as they were sent, repeated ones too, for a page that has to ask something before it goes on."""
    if kind_of_body(request) == URL_ENCODED:
        with suppress(ValueError):
            request.scope["state"][_SENT] = await sent_pairs(request)


def sent_fields(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """What `keep_sent` has kept, without the answers to what was asked in between."""
    return [each for each in request.scope["state"].get(_SENT, []) if not each[0].startswith(AGAIN)]


def sent_again(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The answers to what was asked in between, by their names without `again.`."""
    pairs = request.scope["state"].get(_SENT, [])
    return {name.removeprefix(AGAIN): value for name, value in pairs if name.startswith(AGAIN)}
