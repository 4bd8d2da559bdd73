"""One column of many rows at once: ticked or found, looked at before anything is kept."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound
from shop.launches.arrival import AT, Console
from shop.upkeep.editing.changing import change, foresee
from shop.upkeep.editing.edits import Edit, StaleEdit
from shop.upkeep.editing.tables import RawRow, version
from shop.upkeep.reading import BadSetup
from shop.upkeep.workshop.at_sheet import URL, AtSheet, at_sheet
from shop.upkeep.workshop.cell_forms import changed_cells, values_of
from shop.upkeep.workshop.reach import ADVISE
from shop.upkeep.workshop.reasons import read_reason
from shop.upkeep.workshop.row_fields import fields_of, zones_for
from shop.upkeep.workshop.row_trouble import told_complaint, told_differences
from shop.upkeep.workshop.sheets_console import filtered

DO = {"act": ADVISE}
AT_BULK = f"{URL}/sheets/{{sheet:str}}/bulk"
MOST_TOLD = 100


@post(AT_BULK, dependencies=AT, opt=DO, sync_to_thread=True)
def bulk_page(sheet: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]) -> Response[str]:
    """What the column is to be in these rows."""
    here = at_sheet(console, sheet)
    column, rows = _asked(here, form)
    first = rows[0].cells if rows else {}
    same = {each: value for each, value in values_of(here.columns, first).items() if each.partition(".")[0] == column}
    alike = all(row.cells.get(column, "") == first.get(column, "") for row in rows)
    for name, value in same.items() if alike else ():
        form.values.setdefault(name, value)
    return _draw(here, form, column, rows)


@post(f"{AT_BULK}/preview", dependencies=AT, opt=DO, sync_to_thread=True)
def bulk_preview(sheet: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]) -> Response[str]:
    """What would change, row by row, and what stands against it."""
    here = at_sheet(console, sheet)
    column, rows = _asked(here, form)
    if form.text("more"):
        return _draw(here, form, column, rows)
    read_reason(form, here.tongue)
    return _draw(here, form, column, rows, status=422) if form.errors else _foreseen(here, form, column, rows)


@post(f"{AT_BULK}/taking", dependencies=AT, opt=DO, sync_to_thread=True)
def bulk_taken(sheet: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]) -> Response[Any]:
    """Keep it in all of the rows or in none, if they still are those that were looked at."""
    here = at_sheet(console, sheet)
    column, rows = _asked(here, form)
    reason = read_reason(form, here.tongue)
    if form.errors:
        return _draw(here, form, column, rows, status=422)
    if form.text("looked_at") != _looked_at(column, rows):
        return _foreseen(here, form, column, rows, moved=True, status=409)
    try:
        done = change(
            console.database,
            console.sources.policies,
            _edits(here, form, column, rows),
            person=console.staff.person.id,
            now=console.now,
            reason=reason,
            confirm=console.staff.confirm,
        )
    except BadSetup as bad:
        return _refused(here, form, column, rows, bad=bad)
    except StaleEdit as stale:
        told = told_differences(stale.differences[:MOST_TOLD], here)
        return _draw(at_sheet(console, sheet), form, column, rows, stale=told, status=409)
    return see_other(f"{here.url}?done={'setup_saved' if done else 'setup_same'}&change={done}")


def _foreseen(here: AtSheet, form: Form, column: str, rows: Sequence[RawRow], **how: Any) -> Response[str]:
    console = here.console
    try:
        edits = _edits(here, form, column, rows)
        found = foresee(console.database, console.sources.policies, edits, now=console.now) if edits else []
    except BadSetup as bad:
        return _refused(here, form, column, rows, bad=bad)
    told = told_differences(found[:MOST_TOLD], here)
    more = max(0, len(found) - MOST_TOLD)
    return _draw(here, form, column, rows, differences=told, number=len(found), more=more, **how)


def _looked_at(column: str, rows: Sequence[RawRow]) -> str:
    """Changes with every row that comes, goes, or says something else in the column."""
    return version({repr(each.key): each.cells.get(column, "") for each in rows})


def _asked(here: AtSheet, form: Form) -> tuple[str, list[RawRow]]:
    """The column, and the rows that are meant and may be changed. Raises NotFound for what is no such column."""
    column = form.text("column")
    if not here.may_change or column not in here.filled_in or column in here.table.key:
        raise NotFound
    if form.text("of") == "found":
        rows = filtered(here, form.text("q"), form.text("market"))
    else:
        chosen = _ticked(form)
        rows = [each for each in here.rows if each.key in chosen]
    return column, [each for each in rows if here.may_change_row(each)]


def _ticked(form: Form) -> set[tuple[str, ...]]:
    return {_key(form, f"row.{number}.") for number, value in form.below("tick.").items() if value}


def _key(form: Form, before: str) -> tuple[str, ...]:
    found = form.below(before)
    return tuple(
        found[each] for each in sorted(found, key=lambda part: int(part) if part.isdecimal() and len(part) < 4 else 0)
    )


def _edits(here: AtSheet, form: Form, column: str, rows: Sequence[RawRow]) -> list[Edit]:
    """An edit for each row that would differ."""
    about = {column: here.columns[column]}
    changed = [(row, changed_cells(about, form, row.cells, toml=here.toml)) for row in rows]
    return [Edit(here.file, row.key, cells, row.version) for row, cells in changed if cells]


def _refused(here: AtSheet, form: Form, column: str, rows: Sequence[RawRow], *, bad: BadSetup) -> Response[str]:
    complaints = [told_complaint(each, here) for each in bad.complaints[:MOST_TOLD]]
    form.fail("", here.tongue.say(N_("Something in the set-up stands against it. It is named below.")))
    return _draw(here, form, column, rows, complaints=complaints, status=422)


def _draw(
    here: AtSheet, form: Form, column: str, rows: Sequence[RawRow], *, status: int = 200, **told: Any
) -> Response[str]:
    drawn = fields_of(here.file, [column], form, here.known, required=here.required, spare=form.text("more"))
    if not rows:
        form.fail("", here.tongue.say(N_("Please tick at least one row.")))
        status = 422
    keep = ("column", "of", "q", "market", *(each for each in form.values if each.startswith(("tick.", "row."))))
    return here.page(
        "bulk",
        title=here.tongue.say(N_("Change: %(name)s"), name=here.label(column)),
        status=status,
        form=form,
        fields=drawn,
        zones=zones_for(drawn),
        kept=[(each, form.values[each]) for each in keep],
        own=[(each, value) for each, value in form.values.items() if each.partition(".")[0] in (column, "reason")],
        names=[here.name(each.key) for each in rows[:MOST_TOLD]],
        rows_number=len(rows),
        looked_at=_looked_at(column, rows),
        **{"complaints": [], "differences": None, "number": 0, "more": 0, "stale": [], "moved": False, **told},
    )


HANDLERS = [bulk_page, bulk_preview, bulk_taken]
