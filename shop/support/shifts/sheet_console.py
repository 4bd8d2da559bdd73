"""The console's door to the roster as a file: down as CSV, up as CSV, all of it or nothing."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide

from shop.base.i18n import N_
from shop.base.uploads import Upload, of_field, read_uploads
from shop.base.web import NO_INDEX, Form, see_other
from shop.support.shifts.at_roster import AT, CHANGE_ASKED, SEE, URL, RosterDesk
from shop.support.shifts.console import roster_rows
from shop.support.shifts.sheet import keep_sheet, write_sheet
from shop.support.shifts.sheet_reading import MOST_BYTES, BadSheet, read_sheet

Sent = tuple[Form, list[Upload]]


async def provide_sent(request: Request[Any, Any, Any], desk: NamedDependency[RosterDesk]) -> Sent:
    """The form with its file, read only once the person may send one."""
    return await read_uploads(request, most_bytes=MOST_BYTES)


@get("/console/roster.csv", dependencies=AT, opt=SEE, sync_to_thread=True)
def sheet_file(desk: NamedDependency[RosterDesk]) -> Response[bytes]:
    """The roster of this person's agents as a CSV file."""
    with desk.database.reading() as db:
        sheet = write_sheet(db, desk.agents(db))
    headers = {
        **NO_INDEX,
        "content-disposition": 'attachment; filename="roster.csv"',
        "x-content-type-options": "nosniff",
    }
    return Response(sheet.encode(), media_type="text/csv; charset=utf-8", headers=headers)


@post(
    "/console/roster.csv",
    dependencies={**AT, "sent": Provide(provide_sent)},
    request_max_body_size=2 * MOST_BYTES,
    opt=CHANGE_ASKED,
    sync_to_thread=True,
)
def sheet_taken(desk: NamedDependency[RosterDesk], sent: NamedDependency[Sent]) -> Response[Any]:
    """Make the roster what the file says, or say what is wrong with each line and change nothing.

    A file is not kept while its sender is asked who they are: they choose it again.
    """
    form, files = sent
    [data] = of_field(files, "file")[:1] or [b""]
    if not data or len(data) > MOST_BYTES:
        said = N_("This file is too large.") if data else N_("Please choose a file.")
        form.fail("file", desk.tongue.say(said))
        return _refused(desk, form, [])
    with desk.database.reading() as db:
        known = [each.id for each in desk.agents(db)]
    try:
        sheet = read_sheet(data, known, may_see=lambda each: each in {"", *desk.markets} and desk.staff.works_for(each))
    except BadSheet as bad:
        form.fail("file", desk.tongue.say(N_("Nothing has been changed: some lines of this file are wrong.")))
        return _refused(desk, form, [each.told(desk.tongue) for each in bad.complaints])
    desk.confirm_markets({id: each.facts.markets for id, each in sheet.people.items()})
    with desk.database.writing() as db:
        keep_sheet(db, sheet, person=desk.staff.person.id, now=desk.now)
    return see_other(f"{URL}?done=roster")


def _refused(desk: RosterDesk, form: Form, complaints: list[str]) -> Response[str]:
    with desk.database.reading() as db:
        rows = roster_rows(db, desk)
    return desk.page(
        "roster",
        title=desk.tongue.say(N_("Roster")),
        status=422,
        rows=rows,
        calendars=sorted({each["calendar"] for each in rows if each["calendar"]}),
        form=form,
        complaints=complaints,
        url=URL,
    )


HANDLERS = [sheet_file, sheet_taken]
