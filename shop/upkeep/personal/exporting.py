"""One customer's data as they are given it (articles 15 and 20 of the GDPR): a JSON document, and their files beside it.

All that is known of them is in it but who of the staff did what: that is the staff's own.
"""

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from shop.base.mail import FolderMailer
from shop.support.requests.attachments import Shelf
from shop.upkeep.personal.files import PersonalFile, files_of
from shop.upkeep.personal.finding import Subject, rows_of
from shop.upkeep.personal.inventory import Place, found_by_number
from shop.upkeep.personal.retaining import retained, told

NAME = "data.json"


def document(db: Session, subject: Subject, files: list[PersonalFile], *, now: datetime) -> dict[str, Any]:
    """Everything but the files' bytes, table by table; instants in UTC, amounts in minor units of the order's currency."""
    return {
        "address": subject.addresses[0],
        "made_at": now.isoformat(),
        "data": {each.table.name: rows for each in found_by_number() if (rows := _rows(db, each, subject))},
        "retained": [told(each) for each in retained(db, subject.orders)],
        "files": [{"name": each.name, "of": each.of, "bytes": len(each.data)} for each in files],
    }


def gathered(
    db: Session, subject: Subject, shelf: Shelf, outbox: FolderMailer, *, now: datetime
) -> tuple[bytes, list[PersonalFile]]:
    """The document as bytes, and the files."""
    files = list(files_of(db, subject, shelf, outbox))
    text = json.dumps(document(db, subject, files, now=now), ensure_ascii=False, indent=2, default=_plain)
    return text.encode(), files


def write_folder(folder: Path, data: bytes, files: list[PersonalFile]) -> None:
    """Write all of it into a folder that is made for it. Raises FileExistsError for one that is there."""
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    for name, content in ((NAME, data), *((each.name, each.data) for each in files)):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def zipped(data: bytes, files: list[PersonalFile]) -> bytes:
    """All of it as one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, data)
        for each in files:
            archive.writestr(each.name, each.data)
    return made.getvalue()


def with_files(data: bytes, files: list[PersonalFile]) -> str:
    """The document with the files' bytes in it, in base64: for where there is no folder to put them in."""
    whole = json.loads(data)
    for told_of, each in zip(whole["files"], files, strict=True):
        told_of["base64"] = base64.b64encode(each.data).decode()
    return json.dumps(whole, ensure_ascii=False)


def _rows(db: Session, place: Place, subject: Subject) -> list[Mapping[str, Any]]:
    shown = place.of("none", "personal", "words", "money", "safety")
    return [
        {name: row[name] for name in shown if not isinstance(row[name], bytes)} for row in rows_of(db, place, subject)
    ]


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
