"""A file of the set-up as a spreadsheet: down, and up with a preview, all of it or nothing, every wrong line named."""

import json
import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from sqlalchemy import update
from sqlmodel import col

from shop.base.i18n import N_, Languages
from shop.base.uploads import Upload, of_field, read_uploads
from shop.base.web import NO_INDEX, Form, see_other
from shop.ground.errors import NotFound
from shop.launches.arrival import AT, Console
from shop.upkeep.models import SheetUpload
from shop.upkeep.workshop.at_sheet import URL, AtSheet, at_sheet
from shop.upkeep.workshop.csv_reading import written_sheet
from shop.upkeep.workshop.csv_work import AT_ONCE, WORKING, carry_on
from shop.upkeep.workshop.reach import ADVISE, SEE
from shop.upkeep.workshop.reasons import read_reason
from shop.upkeep.workshop.sheet_words import sheet_id, sheet_words

LOOK, DO = {"act": SEE}, {"act": ADVISE}
MOST_BYTES = 8_000_000
AT_SHEET = f"{URL}/sheets/{{sheet:str}}"
AT_UPLOAD = f"{URL}/uploads/{{upload:str}}"
Sent = tuple[Form, list[Upload]]


async def provide_sent(request: Request[Any, Any, Any], console: NamedDependency[Console]) -> Sent:
    """The form with its file, read only once the person may send one."""
    return await read_uploads(request, most_bytes=MOST_BYTES)


@get(f"{AT_SHEET}/file.csv", dependencies=AT, opt=LOOK, sync_to_thread=True)
def sheet_down(sheet: FromPath[str], console: NamedDependency[Console]) -> Response[bytes]:
    """The file's rows, as far as the person may see them."""
    here = at_sheet(console, sheet)
    if not here.flat:
        raise NotFound
    headers = {
        **NO_INDEX,
        "content-disposition": f'attachment; filename="{sheet_id(here.file)}.csv"',
        "x-content-type-options": "nosniff",
    }
    return Response(written_sheet(here.table, here.rows), media_type="text/csv; charset=utf-8", headers=headers)


@get(f"{AT_SHEET}/upload", dependencies=AT, opt=DO, sync_to_thread=True)
def upload_page(sheet: FromPath[str], console: NamedDependency[Console]) -> Response[str]:
    """Where a spreadsheet is sent from."""
    return _draw(_takes(console, sheet), Form())


@post(
    f"{AT_SHEET}/upload",
    dependencies={**AT, "sent": Provide(provide_sent)},
    request_max_body_size=2 * MOST_BYTES,
    opt=DO,
    sync_to_thread=True,
)
def upload_taken(
    sheet: FromPath[str],
    console: NamedDependency[Console],
    languages: NamedDependency[Languages],
    sent: NamedDependency[Sent],
) -> Response[Any]:
    """Keep the spreadsheet and look through it; nothing of the set-up is changed yet."""
    here, (form, files) = _takes(console, sheet), sent
    data = next(iter(of_field(files, "file")), b"")
    if not data or len(data) > MOST_BYTES:
        said = N_("This file is too large.") if data else N_("Please choose a file.")
        form.fail("file", here.tongue.say(said))
    reason = read_reason(form, here.tongue)
    if form.errors:
        return _draw(here, form, status=422)
    upload = SheetUpload(
        id=secrets.token_urlsafe(9),
        file=here.file,
        person=console.staff.person.id,
        at=console.now,
        removes=form.text("removes") == "yes" and sheet_words(here.file).removes,
        reason=reason,
        data=data,
    )
    id, long = upload.id, len(data) > AT_ONCE
    with console.database.writing() as db:
        db.add(upload)
    return _on_with(console, languages, id, long=long)


@get(AT_UPLOAD, dependencies=AT, opt=DO, sync_to_thread=True)
def uploaded_page(upload: FromPath[str], console: NamedDependency[Console]) -> Response[str]:
    """How far it is: a bar while it is worked on, then what it would change, or what is wrong."""
    kept = _kept(console, upload)
    here = at_sheet(console, sheet_id(kept.file))
    return here.page(
        "uploaded",
        title=here.tongue.say(N_("Upload as CSV")),
        upload=kept,
        working=kept.state in WORKING,
        told=_told(kept),
        upload_url=f"{URL}/uploads/{kept.id}",
        status=422 if kept.state == "wrong" else 200,
    )


@post(f"{AT_UPLOAD}/taking", dependencies=AT, opt=DO, sync_to_thread=True)
def uploaded_taken(
    upload: FromPath[str], console: NamedDependency[Console], languages: NamedDependency[Languages]
) -> Response[Any]:
    """Take what was looked at; asks again who it is where that weighs a lot."""
    if _told(_kept(console, upload)).get("weighs"):
        console.staff.confirm()
    return _move(console, languages, upload, before="looked", after="taking")


@post(f"{AT_UPLOAD}/looking", dependencies=AT, opt=DO, sync_to_thread=True)
def uploaded_again(
    upload: FromPath[str], console: NamedDependency[Console], languages: NamedDependency[Languages]
) -> Response[Any]:
    """Look through it anew, over what somebody else has changed meanwhile."""
    return _move(console, languages, upload, before="stale", after="waiting")


def _move(console: Console, languages: Languages, id: str, *, before: str, after: str) -> Response[Any]:
    kept = _kept(console, id)
    at_sheet(console, sheet_id(kept.file))
    with console.database.writing() as db:
        db.connection().execute(
            update(SheetUpload)
            .where(col(SheetUpload.id) == id, col(SheetUpload.state) == before)
            .values(state=after, step=0)
        )
    return _on_with(console, languages, id, long=len(kept.data) > AT_ONCE)


def _on_with(console: Console, languages: Languages, id: str, *, long: bool) -> Response[Any]:
    if not long:
        carry_on(console.database, console.sources.policies, languages, id, now=console.now)
    return see_other(f"{URL}/uploads/{id}")


def _told(upload: SheetUpload) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(upload.told) if upload.told else {}
    return told


def _kept(console: Console, id: str) -> SheetUpload:
    with console.database.reading() as db:
        upload = db.get(SheetUpload, id)
    if upload is None or upload.person != console.staff.person.id:
        raise NotFound
    return upload


def _takes(console: Console, sheet: str) -> AtSheet:
    here = at_sheet(console, sheet)
    if not here.flat or not here.may_add:
        raise NotFound
    return here


def _draw(here: AtSheet, form: Form, *, status: int = 200) -> Response[str]:
    columns = [(each, here.label(each), each in here.table.key) for each in here.table.columns]
    title = here.tongue.say(N_("Upload as CSV"))
    return here.page("upload", title=title, status=status, form=form, columns=columns)


HANDLERS = [sheet_down, upload_page, upload_taken, uploaded_page, uploaded_taken, uploaded_again]
