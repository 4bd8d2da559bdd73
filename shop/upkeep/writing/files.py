"""The set-up as the database has it, as the files of an import folder: what `import` reads, this writes.

The same rows always give the same bytes, on every engine. Passwords, second factors and anything about customers are
never written, nor what is being done right now: requests, incidents, invitations, who is away from the desk.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from sqlmodel import Session

from shop.policies.library import PolicyLibrary
from shop.upkeep.crisis_sheets import CONTACT
from shop.upkeep.sheets import SHEETS
from shop.upkeep.writing import enclosed, people_files, word_files
from shop.upkeep.writing.catalogue_sheets import CATALOGUE
from shop.upkeep.writing.decision_files import DECISIONS, schedules, stop_sales
from shop.upkeep.writing.market_sheets import MARKETS, exporter, markets
from shop.upkeep.writing.spelling import csv_bytes, toml_bytes
from shop.upkeep.writing.standing import Cells, Standing, standing

Files = dict[str, bytes]

CSVS: dict[str, Callable[[Standing], Iterable[Cells]]] = {
    **people_files.PEOPLE, **CATALOGUE, **MARKETS, **DECISIONS,
}  # fmt: skip
TOMLS: dict[str, Callable[[Standing], Cells]] = {
    "exporter": exporter, "markets": markets, "agents": people_files.agents, "on_call": people_files.on_call,
    "stop_sales": stop_sales, "schedules": schedules,
}  # fmt: skip
FOLDERS: dict[str, Callable[[Standing], Files]] = {
    "texts": word_files.texts, "crisis": word_files.crisis, "knowledge": word_files.knowledge,
    "macros": word_files.macros,
    "checklists": word_files.checklists, "research": word_files.research, "art": enclosed.pictures, "papers": enclosed.papers,
    "policies": enclosed.policies,
}  # fmt: skip
STEPS = len(CSVS) + len(TOMLS) + len(FOLDERS)


def written(
    db: Session,
    policies: PolicyLibrary,
    names: Collection[str] | None = None,
    *,
    goods: Collection[str] | None = None,
) -> Files:
    """The files of the set-up, relative name -> bytes; only those of these names, if names are given.

    Rows that are about a SKU only for those in `goods`, if any are given.

    `texts/` names all files of that folder. A name without rows that only a folder of languages could have
    (`texts/de.toml`) is left out.
    """
    return {
        name: content for _step, files in steps(db, policies, names, goods=goods) for name, content in files.items()
    }


def steps(
    db: Session,
    policies: PolicyLibrary,
    names: Collection[str] | None = None,
    *,
    goods: Collection[str] | None = None,
) -> Iterator[tuple[str, Files]]:
    """The same, one file or folder after the other, each with its name."""
    here, wanted = standing(db, policies, goods), None if names is None else set(names)
    for name, table in TOMLS.items():
        if wanted is None or f"{name}.toml" in wanted:
            yield name, {f"{name}.toml": toml_bytes(table(here))}
    for name, rows in CSVS.items():
        if wanted is None or f"{name}.csv" in wanted:
            yield name, {f"{name}.csv": csv_bytes(list(CONTACT if name == "contacts" else SHEETS[name][0]), rows(here))}
    asked = None if wanted is None else {each.partition("/")[0] for each in wanted if "/" in each}
    for name, folder in FOLDERS.items():
        if asked is None or name in asked:
            files = folder(here)
            yield (
                name,
                {each: files[each] for each in files if wanted is None or each in wanted or f"{name}/" in wanted},
            )
