"""Adding, changing and removing one row of a file by a form, which loses nothing: not by a mistake, not by a colleague."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound
from shop.launches.arrival import AT, Console
from shop.upkeep.editing.changing import change
from shop.upkeep.editing.edits import Edit, StaleEdit
from shop.upkeep.editing.tables import RawRow
from shop.upkeep.reading import BadSetup
from shop.upkeep.workshop.at_sheet import URL, AtSheet, at_sheet
from shop.upkeep.workshop.cell_forms import cells_of, changed_cells, values_of
from shop.upkeep.workshop.reach import ADVISE, SEE, changes
from shop.upkeep.workshop.reasons import read_reason
from shop.upkeep.workshop.row_fields import fields_of, zones_for
from shop.upkeep.workshop.row_trail import row_trail
from shop.upkeep.workshop.row_trouble import note_complaints, told_differences
from shop.upkeep.workshop.sheet_files import found_row
from shop.upkeep.workshop.sheet_words import sheet_words

LOOK, DO = {"act": SEE}, {"act": ADVISE}
AT_ROW = f"{URL}/sheets/{{sheet:str}}"
Keys = FromQuery[list[str] | None]


@get(f"{AT_ROW}/row", dependencies=AT, opt=LOOK, sync_to_thread=True)
def row_page(
    sheet: FromPath[str], console: NamedDependency[Console], key: Keys = None, done: FromQuery[str] = ""
) -> Response[str]:
    """One row: its cells as a form for who may change it, and what was changed about it."""
    here = at_sheet(console, sheet)
    row = found_row(here.rows, tuple(key or ()))
    return _draw(here, _form_of(here, row), row=row, done=done)


@get(f"{AT_ROW}/new", dependencies=AT, opt=DO, sync_to_thread=True)
def new_row_page(
    sheet: FromPath[str], console: NamedDependency[Console], like: FromQuery[list[str] | None] = None
) -> Response[str]:
    """An empty row, or one that begins like another."""
    here = at_sheet(console, sheet)
    if not here.may_add:
        raise NotFound
    values = values_of(here.filled_in, found_row(here.rows, tuple(like)).cells) if like else {}
    return _draw(here, Form(values), row=None)


@post(f"{AT_ROW}/row", dependencies=AT, opt=DO, sync_to_thread=True)
def row_taken(sheet: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]) -> Response[Any]:
    """Keep the row, or draw the form again with what is wrong or what somebody else has changed."""
    here = at_sheet(console, sheet)
    key = _key(form)
    row = next((each for each in here.rows if each.key == key), None) if key or not here.table.key else None
    if not here.may_change or (row is None and not here.may_add):
        raise NotFound
    if form.text("more"):
        return _draw(here, form, row=row)
    edit = _edit(here, form, row, key)
    if not _may(here, row, edit):
        raise NotFound
    read_reason(form, here.tongue)
    return _draw(here, form, row=row, status=422) if form.errors else _kept(here, form, row, edit)


@get(f"{AT_ROW}/removal", dependencies=AT, opt=DO, sync_to_thread=True)
def removal_page(sheet: FromPath[str], console: NamedDependency[Console], key: Keys = None) -> Response[str]:
    """What is about to go, before it goes."""
    here = at_sheet(console, sheet)
    return _draw_removal(here, _removable(here, tuple(key or ())), Form())


@post(f"{AT_ROW}/removal", dependencies=AT, opt=DO, sync_to_thread=True)
def removal_taken(
    sheet: FromPath[str], form: NamedDependency[Form], console: NamedDependency[Console]
) -> Response[Any]:
    """Take the row out of the set-up, where nothing else needs it."""
    here = at_sheet(console, sheet)
    row = _removable(here, _key(form))
    read_reason(form, here.tongue)
    if form.errors:
        return _draw_removal(here, row, form, status=422)
    try:
        done = _change(here, Edit(here.file, row.key, None, form.text("seen")), form)
    except BadSetup as bad:
        complaints = note_complaints(form, bad, here, file=here.file, key=())
        return _draw_removal(here, row, form, complaints=complaints, status=422)
    except StaleEdit as stale:
        told = told_differences(stale.differences, here)
        return _draw_removal(here, row, form, differences=told, status=409)
    return see_other(f"{here.url}?done=setup_removed&change={done}")


def _key(form: Form) -> tuple[str, ...]:
    numbers = sorted(
        int(each[4:]) for each in form.values if each.startswith("key.") and each[4:].isdecimal() and len(each) < 7
    )
    return tuple(form.values[f"key.{number}"] for number in numbers)


def _edit(here: AtSheet, form: Form, row: RawRow | None, key: tuple[str, ...]) -> Edit:
    if row is not None:
        return Edit(
            here.file, row.key, changed_cells(here.filled_in, form, row.cells, toml=here.toml), form.text("seen")
        )
    cells = cells_of(here.filled_in, form, toml=here.toml)
    return Edit(here.file, key or tuple(str(cells[each]) for each in here.table.key), cells, form.text("seen"))


def _may(here: AtSheet, row: RawRow | None, edit: Edit) -> bool:
    """Whether the person may change the row as it is, and make of it what it is to be.

    A key for which they see no row may still be that of one: it must be theirs, too.
    """
    cells = {**(row.cells if row else {}), **(edit.cells or {})}
    before = row.cells if row else {**cells, **dict(zip(here.table.key, edit.key, strict=False))}
    return all(changes(here.console.staff, here.file, each, here.spoken) for each in (before, cells))


def _kept(here: AtSheet, form: Form, row: RawRow | None, edit: Edit) -> Response[Any]:
    try:
        done = _change(here, edit, form)
    except BadSetup as bad:
        complaints = note_complaints(form, bad, here, file=edit.file, key=edit.key)
        return _draw(here, form, row=row, complaints=complaints, status=422)
    except StaleEdit as stale:
        return _stale(here, form, edit, stale)
    return see_other(f"{here.url}?done={'setup_saved' if done else 'setup_same'}&change={done}")


def _stale(here: AtSheet, form: Form, edit: Edit, stale: StaleEdit) -> Response[str]:
    """The form again, over the row as it is by now: what it is drawn from, and may then be kept knowingly."""
    fresh = at_sheet(here.console, here.url.rpartition("/")[2])
    row = next((each for each in fresh.rows if each.key == edit.key), None)
    told = told_differences(stale.differences, here)
    return _draw(fresh, form, row=row, differences=told, gone=row is None, status=409)


def _change(here: AtSheet, edit: Edit, form: Form) -> int:
    console = here.console
    return change(
        console.database,
        console.sources.policies,
        [edit],
        person=console.staff.person.id,
        now=console.now,
        reason=form.text("reason"),
        confirm=console.staff.confirm,
    )


def _form_of(here: AtSheet, row: RawRow) -> Form:
    return Form(values_of(here.filled_in, row.cells))


def _draw(
    here: AtSheet, form: Form, *, row: RawRow | None, status: int = 200, done: str = "", **told: Any
) -> Response[str]:
    may = here.may_add if row is None else here.may_change_row(row)
    locked = frozenset(here.table.key) if row else frozenset[str]()
    drawn = fields_of(
        here.file, here.filled_in, form, here.known, required=here.required, locked=locked, spare=form.text("more"),
        lang=_language(here),
    )  # fmt: skip
    title = here.name(row.key) if row else here.tongue.say(N_("A new row"))
    return here.page(
        "row",
        title=title,
        status=status,
        done=done,
        form=form,
        fields=drawn,
        zones=zones_for(drawn) if may else [],
        may=may,
        key=list(row.key) if row else [],
        seen=row.version if row else "",
        facts=[] if may or row is None else _facts(here, row),
        copy_url=_copy_url(here, row),
        removal_url=here.row_url(row.key, "removal") if row and may and sheet_words(here.file).removes else "",
        trail=row_trail(here, row.key) if row else [],
        **{"complaints": [], "differences": [], "gone": False, **told},
    )


def _copy_url(here: AtSheet, row: RawRow | None) -> str:
    return here.row_url(row.key, "new").replace("key=", "like=") if row and here.may_add else ""


def _facts(here: AtSheet, row: RawRow) -> list[dict[str, str]]:
    cells = {each: row.cells.get(each, "") for each in here.columns}
    return [{"label": here.label(each), "value": here.word(each, cell, key=row.key)} for each, cell in cells.items()]


def _language(here: AtSheet) -> str:
    folder, _slash, name = here.file.partition("/")
    written = folder == "texts" or here.kind in ("answers", "macros", "checklists", "crisis_texts")
    return name.rpartition(".")[0] if written else ""


def _removable(here: AtSheet, key: tuple[str, ...]) -> RawRow:
    row = found_row(here.rows, key)
    if not sheet_words(here.file).removes or not here.may_change_row(row):
        raise NotFound
    return row


def _draw_removal(here: AtSheet, row: RawRow, form: Form, *, status: int = 200, **told: Any) -> Response[str]:
    return here.page(
        "removal",
        title=here.tongue.say(N_("Remove: %(name)s"), name=here.name(row.key)),
        status=status,
        form=form,
        row_url=here.row_url(row.key),
        key=list(row.key),
        seen=row.version,
        facts=_facts(here, row),
        **{"complaints": [], "differences": [], **told},
    )


HANDLERS = [row_page, new_row_page, row_taken, removal_page, removal_taken]
