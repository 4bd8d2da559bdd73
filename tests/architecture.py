"""The rules of how the house is built: each takes a module's name and source, or all of them, and gives its complaints.

What is read: every module below shop/ and tests/, as a syntax tree.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from shop.base.messages import KEYWORDS, PLACEHOLDER

# A slice imports only from slices to its left; those that share a place know nothing of each other.
ROW = (
    "ground", "base", "staff", "markets", "policies", "catalogue", "checkout", "aftersales", "support", "scorecard",
    "launches", "documents", "upkeep", "api demo", "migrations", "backups", "house", "jobs", "handing life demo_past", "app",
    "cli", "__main__",
)  # fmt: skip
PLACE = {name: place for place, names in enumerate(ROW) for name in names.split()}

# Decisions: plain values and `now` in, a small frozen answer with its reasons out.
PURE = (
    "shop.ground", "shop.markets.gate", "shop.catalogue.suitability", "shop.launches.readying.readiness",
    "shop.launches.schedules.resolving", "shop.launches.schedules.conflicts",
    "shop.catalogue.serials", "shop.checkout.requirements", "shop.checkout.prepayment",
    "shop.aftersales.periods", "shop.aftersales.rights",
    "shop.support.answering.routing", "shop.support.answering.deciding", "shop.support.answering.leaving",
    "shop.support.answering.clocks", "shop.support.crisis.oncall", "shop.support.staffed.coverage",
    "shop.support.staffed.staffing", "shop.support.requests.detecting", "shop.support.requests.mail_text",
    "shop.scorecard.guardrails", "shop.scorecard.plots",
)  # fmt: skip
IMPURE = {"litestar", "sqlmodel", "sqlalchemy", "stripe"}

# Names that say where a thing was put instead of what it is.
EMPTY_NAMES = set(
    "common core handler handlers helper helpers lib manager managers misc service services stuff util utils".split()
)

# The one import that waits until it is needed: whole libraries that most houses never use.
LATE = {("shop.house", "shop.base.stripe_payments"), ("shop.house", "shop.base.traces")}

LONGEST = 300  # lines; a longer module has two subjects
READS_CLOCK = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "func.now", "time.time", "time.time_ns",
    "time.localtime", "time.gmtime", "time.strftime",
}  # fmt: skip
OWN_CLOCK = "shop.base.clock"

Sources = Mapping[str, str]  # module name -> source


def out_of_row(module: str, source: str) -> Iterator[str]:
    """An import from a slice that is not to the left."""
    own = _slice(module)
    if own is None:
        return
    if own not in PLACE:
        yield f"the slice {own} has no place in the row"
        return
    for imported in _house_imports(source):
        other = _slice(imported)
        if other is not None and other != own and PLACE.get(other, len(ROW)) >= PLACE[own]:
            yield f"{own} imports {imported}, which is not to its left"


def circles(sources: Sources) -> list[str]:
    """Modules that need each other to be imported first."""
    try:
        TopologicalSorter(_graph(sources)).prepare()
    except CycleError as error:
        return [" <- ".join(error.args[1])]
    return []


def inner_imports(module: str, source: str) -> Iterator[str]:
    """An import that hides in a function."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                yield from (
                    f"{ast.unparse(node)} stands inside"
                    for name in _imported(node)
                    if _of_house(name) and not any(name.startswith(late) for each, late in LATE if each == module)
                )


def foreign_ground(module: str, source: str) -> Iterator[str]:
    """Something in the ground that is neither there nor in the standard library."""
    if _slice(module) == "ground":
        allowed = {*sys.stdlib_module_names, "tzdata"}
        for node in ast.walk(ast.parse(source)):
            yield from (
                f"imports {name}"
                for name in _imported(node)
                if name.split(".")[0] not in allowed and not name.startswith("shop.ground")
            )


def impurities(sources: Sources) -> list[str]:
    """A pure module that reaches a framework, by itself or through what it imports."""
    graph = _graph(sources)
    complaints = []
    for start in (module for module in sources if f"{module}.".startswith(tuple(f"{pure}." for pure in PURE))):
        reached, waiting = set(), [start]
        while waiting:
            module = waiting.pop()
            if module not in reached:
                reached.add(module)
                waiting.extend(graph[module])
        complaints += [
            f"{start} reaches {name} in {module}"
            for module in sorted(reached)
            for name in sorted(_top_levels(sources[module]) & IMPURE)
        ]
    return complaints


def clock_readings(module: str, source: str) -> Iterator[str]:
    """A look at the machine's clock outside the one place for it."""
    if module == OWN_CLOCK:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in READS_CLOCK:
            yield f"line {node.lineno} reads {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            hidden = {f"time.{each.name}" for each in node.names} & READS_CLOCK
            yield from (f"line {node.lineno} imports {name}" for name in hidden)


def undescribed(_module: str, source: str) -> Iterator[str]:
    """A module without a docstring."""
    if not ast.get_docstring(ast.parse(source)):
        yield "has no docstring"


def more_than_a_docstring(module: str, source: str) -> Iterator[str]:
    """An `__init__` with code; the house itself may name its version."""
    for node in ast.parse(source).body[1:]:
        version = module == "shop" and isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"
        if not version:
            yield f"line {node.lineno} is more than a docstring"


def postponed_annotations(module: str, source: str) -> Iterator[str]:
    """Annotations as strings where SQLModel reads them as types."""
    if module.endswith(".models") and "annotations" in _names_from(source, "__future__"):
        yield "has from __future__ import annotations, which breaks relationships"


def too_long(module: str, source: str) -> Iterator[str]:
    """A module of more lines than one subject needs; a migration is generated and has one."""
    if (lines := len(source.splitlines())) > LONGEST and _slice(module) != "migrations":
        yield f"has {lines} lines; part its subjects at {LONGEST}"


def empty_name(module: str, _source: str) -> Iterator[str]:
    """A file whose name would fit any file."""
    for part in module.split(".")[1:]:
        if part in EMPTY_NAMES or set(part.split("_")) & {"helper", "helpers", "manager", "service", "util", "utils"}:
            yield f"{part} says nothing"
        if not re.fullmatch(r"[a-z][a-z0-9_]*|__main__|[0-9a-f]+_\w+|\d\w*", part):
            yield f"{part} is not in lower case"


def unmarked_messages(_module: str, source: str) -> Iterator[str]:
    """A sentence with placeholders that is handed on unmarked: no catalogue has it, so it is English in every language."""
    tree = ast.parse(source)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    told: set[ast.AST] = {each for call in calls if _called(call) in KEYWORDS for each in call.args}
    told |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        words = node.value if node not in told and isinstance(node, ast.Constant) else None
        if isinstance(words, str) and " " in words and PLACEHOLDER.search(words):
            yield f"line {node.lineno} does not mark {words!r} (N_, NN_)"


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def taken_from_a_test(_module: str, source: str) -> Iterator[str]:
    """A helper or a fixture that stands in a test module: what two tests need has a module of its own."""
    for node in ast.walk(ast.parse(source)):
        for name in _imported(node):
            if name.startswith("tests.") and any(part.startswith("test_") for part in name.split(".")):
                yield f"line {node.lineno} takes {name}"


def _slice(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def _of_house(name: str) -> bool:
    return name.split(".")[0] in ("shop", "")


def _house_imports(source: str) -> list[str]:
    return [name for node in ast.walk(ast.parse(source)) for name in _imported(node) if _of_house(name)]


def _imported(node: ast.AST) -> list[str]:
    """The full names that an import statement names: `from shop.base import db` names shop.base.db."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{each.name}" for each in node.names if not each.name.startswith("__")]
    return []


def _names_from(source: str, module: str) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module == module]
    return {each.name for node in nodes for each in node.names}


def _top_levels(source: str) -> set[str]:
    return {name.split(".")[0] for node in ast.walk(ast.parse(source)) for name in _imported(node)}


def _graph(sources: Sources) -> dict[str, set[str]]:
    """Which modules of the house each module imports."""
    return {
        module: {known for name in _house_imports(source) if (known := _known(name, sources)) and known != module}
        for module, source in sources.items()
    }


def _known(name: str, sources: Sources) -> str | None:
    """The module behind an imported name: the name itself, or what it is taken from."""
    return next((known for known in (name, name.rpartition(".")[0]) if known in sources), None)
