"""What stands against an edit, told at the fields of its form: what the import refuses, and what a colleague has changed."""

from collections.abc import Iterable, Sequence
from typing import Any

from shop.base.i18n import N_
from shop.base.web import Form
from shop.upkeep.editing.edits import Difference
from shop.upkeep.reading import BadSetup, Complaint
from shop.upkeep.workshop.at_sheet import AtSheet
from shop.upkeep.workshop.column_words import label
from shop.upkeep.workshop.row_fields import shown
from shop.upkeep.workshop.sheet_words import sheet_name


def note_complaints(
    form: Form, bad: BadSetup, here: AtSheet, *, file: str, key: tuple[str, ...]
) -> list[dict[str, str]]:
    """Put at the form's fields what is wrong with the row of this key; what is wrong elsewhere comes back as a list."""
    elsewhere = []
    for each in bad.complaints:
        column = each.column.partition(".")[0]
        if each.file == file and each.key == key and column in here.columns:
            form.fail(column, sentence(each, here))
        elif each.file == file and each.key == key:
            form.fail("", sentence(each, here))
        else:
            elsewhere.append(told_complaint(each, here))
    if elsewhere:
        form.fail("", here.tongue.say(N_("Something else in the set-up stands against it. It is named below.")))
    return elsewhere


def told_complaint(complaint: Complaint, here: AtSheet) -> dict[str, str]:
    """A complaint about any row: where it is, and what is wrong there."""
    tongue = here.tongue
    place = sheet_name(complaint.file, tongue)
    row = " · ".join(complaint.key)
    column = label(complaint.file, complaint.column, tongue) if complaint.column else ""
    said = ", ".join(filter(None, (place, row, column)))
    url = here.row_url(complaint.key) if complaint.file == here.file and complaint.key else ""
    return {"place": said, "says": complaint.says(tongue), "url": url}


def sentence(complaint: Complaint, here: AtSheet) -> str:
    """What is wrong at a field, beginning with the field's name so that it can be read alone."""
    said = complaint.says(here.tongue)
    if not complaint.column:
        return said
    name = label(complaint.file, complaint.column.partition(".")[0], here.tongue)
    return here.tongue.say(N_("%(label)s: %(value)s"), label=name, value=said)


def told_differences(differences: Iterable[Difference], here: AtSheet) -> list[dict[str, str]]:
    """Cells as they were, are, and would be, in words."""
    return [told_difference(each, here) for each in differences]


def told_difference(each: Difference, here: AtSheet) -> dict[str, str]:
    """One of them."""
    tongue = here.tongue
    name = label(each.file, each.column, tongue) if each.column else tongue.say(N_("The whole row"))
    return {
        "label": name,
        "sub": row_name(each.file, each.key, here),
        "was": _cell(each, each.was, here),
        "now": _cell(each, each.now, here),
        "yours": _cell(each, each.yours, here),
    }


def row_name(file: str, key: Sequence[str], here: AtSheet) -> str:
    """A row of any file."""
    said = here.name(key) if file == here.file else " · ".join(key)
    return said if file == here.file else f"{sheet_name(file, here.tongue)}: {said}"


def _cell(each: Difference, cell: Any, here: AtSheet) -> str:
    if each.column:
        return shown(each.file, each.column, cell, here.known, key=each.key)
    if not cell:
        return here.tongue.say(N_("not there"))
    return here.tongue.say(N_("there"))
