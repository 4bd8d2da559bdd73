"""Forms with files: read apart from all others, with a limit of their own, and only after their door has let the visitor in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile

from shop.base.sent import MULTIPART, URL_ENCODED, kind_of_body
from shop.base.web import BadRequest, Form, UnsupportedType, provide_form


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent: at most one byte more than its door takes, so that too large is seen and not stored.

    `name` is what its sender calls it; it says nothing about what the file is.
    """

    field: str
    data: bytes
    name: str = ""


async def read_uploads(request: Request[Any, Any, Any], *, most_bytes: int) -> tuple[Form, list[Upload]]:
    """The form's fields as text, and its files. How large the whole may be is said by the door (`request_max_body_size`).

    A field sent twice counts once. Raises UnsupportedType or BadRequest, never a fault, for whatever else was sent.
    """
    kind = kind_of_body(request)
    if kind == URL_ENCODED:
        return await provide_form(request), []
    if kind != MULTIPART:
        raise UnsupportedType
    try:
        sent = await request.form()
    except (LookupError, ValueError):  # a part in an alphabet that nobody knows, or that is not what it says
        raise BadRequest from None
    values: dict[str, str] = {}
    files = []
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            data = await value.read(most_bytes + 1)
            await value.close()
            files.append(Upload(name, data, value.filename or ""))
        else:
            values.setdefault(name, value.replace("\0", ""))
    return Form(values), files


def of_field(files: Iterable[Upload], field: str) -> list[bytes]:
    """The files of one field, without those that hold nothing."""
    return [each.data for each in files if each.field == field and each.data]
