"""The files of what is known: questions with who may answer them, and answers and macros, one file per language.

`knowledge/questions.toml` says how the questions are classed, `knowledge/<language>.toml` what is answered and by which
words it is asked for, `macros/<language>.toml` with what an answer begins. A language may be missing, and is then named.
"""

from collections.abc import Iterator
from typing import Any

from shop.base.i18n import N_
from shop.staff.may import AGENT, PARTNER
from shop.support.known.filling import KNOWN, unknown
from shop.support.requests.words import CATEGORIES
from shop.support.workplace.macros import PLACEHOLDERS, unknown_placeholders
from shop.upkeep.cells import choice, language, lines, market_id, optional, text, whole, word, words
from shop.upkeep.nested_cells import pairs
from shop.upkeep.reading import Cell, Columns, Folder, Row
from shop.upkeep.wrong import Wrong, shown

QUESTIONS = "knowledge/questions.toml"
ANSWERING = (AGENT, PARTNER)
NO_PLACEHOLDER = N_("%(name)s is no placeholder; there are %(known)s")


def _filled_text(given: object) -> str:
    """A text whose placeholders all have a meaning."""
    said = text(given)
    if strangers := unknown(said):
        raise Wrong(NO_PLACEHOLDER, name=f"{{{shown(strangers[0])}}}", known=", ".join(sorted(KNOWN)))
    return said


def _macro_text(given: object) -> str:
    """A text whose placeholders a request has values for."""
    said = text(given)
    if strangers := unknown_placeholders(said):
        raise Wrong(NO_PLACEHOLDER, name=f"{{{shown(strangers[0])}}}", known=", ".join(sorted(PLACEHOLDERS)))
    return said


def _own_text(given: object) -> dict[str, Any]:
    """What one market reads instead: a TOML table with a text, and a title if that is another too."""
    if not isinstance(given, dict) or given.keys() - {"title", "text"}:
        raise Wrong(N_("must be a table of title and text"))
    return {"title": optional(_filled_text, "")(given.get("title", "")), "text": _filled_text(given.get("text", ""))}


_roles: Cell = optional(words(choice(*ANSWERING)), "")  # none: the question is always passed on

QUESTION: Columns = {
    "key": word, "number": whole(1, 9999), "categories": optional(words(choice(*CATEGORIES)), ""),
    "products": optional(words(), ""), "may_answer": optional(_roles, ""), "card": optional(word, ""),
    "severity": optional(whole(0, 2), 2), "must_know": optional(words(market_id), ""),
    "markets": optional(pairs(market_id, _roles), {}),
}  # fmt: skip
ANSWER: Columns = {
    "key": word, "title": _filled_text, "text": _filled_text, "words": optional(lines, ""),
    "markets": optional(pairs(market_id, _own_text), {}),
}  # fmt: skip
MACRO: Columns = {
    "key": word,
    "title": text,
    "text": _macro_text,
    "markets": optional(pairs(market_id, _macro_text), {}),
}


def read_knowledge(folder: Folder) -> dict[str, list[Row]]:
    """The questions, the answers and the macros of all languages; none where the set-up has no such folder."""
    known = bool(folder.files.names("knowledge"))
    return {
        "questions": folder.tables(QUESTIONS, QUESTION, "key") if known else [],
        "answers": list(_by_language(folder, "knowledge", ANSWER, besides="questions")),
        "macros": list(_by_language(folder, "macros", MACRO)),
    }


def _by_language(folder: Folder, place: str, columns: Columns, *, besides: str = "") -> Iterator[Row]:
    """The tables of every file of the folder `place`, each with the language that its file is named for."""
    for own_name in folder.files.names(place):
        name, (stem, dot, ending) = f"{place}/{own_name}", own_name.rpartition(".")
        if own_name == f"{besides}.toml":
            continue
        try:
            tag = language(stem if f"{dot}{ending}" == ".toml" else "")
        except ValueError:
            folder.complain_of(name, Wrong(N_("is not named for a language, such as de.toml or pt-BR.toml")))
            continue
        for row in folder.tables(name, columns, "key"):
            row.cells["language"] = tag
            yield row
