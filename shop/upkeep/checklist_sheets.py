"""`checklists/<language>.toml`: the steps of procedures as the exporter has written them, for all markets or for some.

A procedure that is not named keeps its built-in steps. A set-up without the folder changes nothing; one that has it is
the whole truth about them.
"""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_
from shop.documents.procedures import PROCEDURES
from shop.support.known.models import OwnSteps
from shop.support.known.own_steps import FACTS, unknown_facts
from shop.upkeep.cells import choice, language, market_id, optional, text
from shop.upkeep.crisis_sheets import listed
from shop.upkeep.laying import replace
from shop.upkeep.nested_cells import pairs
from shop.upkeep.reading import Columns, Fault, Folder, Row
from shop.upkeep.wrong import Wrong, shown

PLACE = "checklists"
MOST_STEPS = 40
LONGEST = 500


def step(given: object) -> str:
    """One plain sentence; what it names in braces is a fact that markets have."""
    said = " ".join(text(given).split())
    if len(said) > LONGEST:
        raise Wrong(N_("is too long; characters: %(size)s, at most %(most)s"), size=len(said), most=LONGEST)
    if strangers := unknown_facts([said]):
        told = N_("%(name)s is no placeholder; there are %(known)s")
        raise Wrong(told, name=f"{{{shown(strangers[0])}}}", known=", ".join(sorted(FACTS)))
    return said


def steps(given: object) -> list[str]:
    """At least one step, in their order."""
    read: list[str] = listed(step)(given)
    if not 1 <= len(read) <= MOST_STEPS:
        raise Wrong(N_("must have from %(least)s to %(most)s steps"), least=1, most=MOST_STEPS)
    return read


def _of_market(given: object) -> dict[str, Any]:
    if not isinstance(given, dict) or given.keys() != {"steps"}:
        raise Wrong(N_("must be a table of steps"))
    return {"steps": steps(given["steps"])}


CHECKLIST: Columns = {
    "key": choice(*(each.key for each in PROCEDURES)), "steps": optional(steps, []),
    "markets": optional(pairs(market_id, _of_market), {}),
}  # fmt: skip


def read_checklists(folder: Folder) -> list[Row]:
    """The rows of every language, each with it."""
    return folder.tables_in(PLACE, CHECKLIST, "key", named=("language", language))


def check_checklists(rows: list[Row], markets: dict[str, Row]) -> Iterator[Fault]:
    """Something is written, and for markets that there are."""
    for row in rows:
        if row.get("steps") == [] and row.get("markets") == {}:
            yield row, "steps", Wrong(N_("is empty"))
        for each in row.get("markets") or ():
            if markets and each not in markets:
                yield row, "markets", Wrong(N_("'%(given)s' is no market of this set-up"), given=shown(each))


def checklist_notes(rows: list[Row], markets: list[Row]) -> list[str]:
    """One sentence for each language of the markets in which steps that others have are missing."""
    spoken = sorted({tag for market in markets for tag in market["languages"].split()})
    written = {(row["key"], row["language"]) for row in rows}
    keys = [each.key for each in PROCEDURES if any(row["key"] == each.key for row in rows)]
    lacking = {tag: [key for key in keys if (key, tag) not in written] for tag in spoken}
    return [
        f"{PLACE}/{tag}.toml: the built-in steps stand in for: {', '.join(missing)}"
        for tag, missing in lacking.items()
        if missing
    ]


def store_checklists(db: Session, rows: list[Row]) -> None:
    """Write what the folder has, in place of what there was."""
    if rows:
        replace(db, OwnSteps, [each for row in rows for each in _stored(row)])


def _stored(row: Row) -> Iterator[dict[str, Any]]:
    of_all = {"": row["steps"]} if row["steps"] else {}
    for market, lines in {**of_all, **{market: own["steps"] for market, own in row["markets"].items()}}.items():
        yield {"procedure": row["key"], "market": market, "language": row["language"], "steps": "\n".join(lines)}
