"""Saving a form of the catalogue's desk as edits of the set-up: what is refused stands at its field, nothing is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.errors import NotFound
from shop.launches.arrival import Console
from shop.upkeep.editing.changing import Besides, change, foresee
from shop.upkeep.editing.edits import Difference, Edit, StaleEdit
from shop.upkeep.editing.tables import RawRow, table
from shop.upkeep.reading import BadSetup, Complaint
from shop.upkeep.workshop.column_words import label

NameOf = Callable[[str, tuple[str, ...], str], str]  # file, key and column -> the form's field; empty where it has none

WRONG, STALE = 422, 409


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a form: `status` 0 where it was taken, else that of the page on which it is drawn again."""

    status: int = 0
    differences: tuple[dict[str, str], ...] = ()
    change: int = 0

    def done(self, word: str) -> str:
        """What the address of the page after it says: the sentence, and the change that can be taken back."""
        return f"done={word}&change={self.change}" if self.change else "done=setup_same"


def raw_rows(console: Console, file: str, *, sku: str | None = None) -> dict[tuple[str, ...], RawRow]:
    """The rows of a file as they are now, by their keys, or those of one SKU; none for a file that there is not yet."""
    goods = None if sku is None else {sku}
    with console.database.reading() as db:
        try:
            return {each.key: each for each in table(db, console.sources.policies, file, goods=goods).rows}
        except NotFound:
            return {}


def save(
    console: Console,
    form: Form,
    edits: Sequence[Edit],
    *,
    name_of: NameOf,
    reason: str = "",
    besides: Besides = lambda _db: None,
) -> Kept:
    """Carry out the edits, all or none; what is wrong is noted on the form, and what has changed meanwhile is told.

    `besides` writes what belongs to them and is no row of the set-up, in the same transaction.
    """
    try:
        done = change(
            console.database,
            console.sources.policies,
            edits,
            person=console.staff.person.id,
            now=console.now,
            reason=reason,
            confirm=console.staff.confirm,
            besides=besides,
        )
    except BadSetup as bad:
        return _wrong(form, bad, console.staff.tongue, name_of)
    except StaleEdit as stale:
        return Kept(STALE, told(stale.differences, console.staff.tongue))
    return Kept(change=done)


def look_ahead(console: Console, form: Form, edits: Sequence[Edit], *, name_of: NameOf) -> Kept:
    """What saving would say, without writing anything."""
    try:
        foresee(console.database, console.sources.policies, edits, now=console.now)
    except BadSetup as bad:
        return _wrong(form, bad, console.staff.tongue, name_of)
    except StaleEdit as stale:
        return Kept(STALE, told(stale.differences, console.staff.tongue))
    return Kept()


def told(differences: Sequence[Difference], tongue: Tongue) -> tuple[dict[str, str], ...]:
    """The differences, each with what was there, what is there now, and what the form says."""
    return tuple(
        {
            "label": label(each.file, each.column, tongue) if each.column else " ".join(each.key),
            "was": _shown(each.was, tongue),
            "now": _shown(each.now, tongue),
            "yours": _shown(each.yours, tongue),
        }
        for each in differences
    )


def _shown(value: Any, tongue: Tongue) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return tongue.say(N_("the whole entry"))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _wrong(form: Form, bad: BadSetup, tongue: Tongue, name_of: NameOf) -> Kept:
    for each in bad.complaints:
        name = name_of(each.file, each.key, each.column)
        if name:
            form.fail(name, _sentence(each, tongue))
        else:
            here = f"{each.file}, {each.place}" if each.place else each.file
            form.errors[""] = " ".join(filter(None, (form.errors.get(""), f"{here}: {each.says(tongue)}")))
    return Kept(WRONG)


def _sentence(complaint: Complaint, tongue: Tongue) -> str:
    said = complaint.says(tongue)
    return said[:1].upper() + said[1:]
