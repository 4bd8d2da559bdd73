"""Pages of a list, one after another by where the last one ended: what is added meanwhile neither shifts nor repeats a row.

A cursor is opaque, signed, and good only for the very list that gave it.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from shop.api.operations import Call, Sent
from shop.api.problems import wrong

MOST = 100


class Paged(Sent):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = 50
    cursor: Annotated[
        str, Field(max_length=2000, description="The `next` of the page before; empty for the first page.")
    ] = ""


def place(call: Call, size: int) -> Sequence[Any] | None:
    """Where the page before ended, `size` values; None on the first page. Raises the problem of another list's cursor."""
    if not call.query.cursor:
        return None
    opened = call.hall.signer.opened(_purpose(call), call.query.cursor)
    if not isinstance(opened, list) or len(opened) != size:
        raise wrong("This is no cursor of this list.", "cursor", "query")
    return opened


def following(call: Call, rows: Sequence[Any], *values: str) -> tuple[Sequence[Any], str | None]:
    """The rows of this page and the cursor of the next one; `rows` is one more than asked for, if there are more.

    `values` are the attributes of a row that the list is sorted by.
    """
    limit = call.query.limit
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], next_after(call, [getattr(last, value) for value in values])


def next_after(call: Call, values: Sequence[Any]) -> str:
    """The cursor of a page that begins after these values."""
    plain = [each if isinstance(each, int | float) else str(each) for each in values]
    return call.hall.signer.signed(_purpose(call), plain)


def _purpose(call: Call) -> str:
    """A cursor's list: the operation, its place and its filters."""
    asked = call.query.model_dump_json(exclude={"cursor", "limit"})
    return f"api {call.operation.name} {sorted(call.path.items())} {asked}"
