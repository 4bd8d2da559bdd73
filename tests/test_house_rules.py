"""The house rules as code. Each rule is a function from text to complaints, and is shown here to be able to complain.

What is read: every module below shop/ as a syntax tree, every template as Jinja parses it, the style sheet, all texts.
"""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateSyntaxError

ROOT = Path(__file__).resolve().parents[1]

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


def test_every_slice_imports_only_from_its_left(sources: Sources) -> None:
    assert not _all(out_of_row, sources)


def test_no_module_imports_itself_in_a_circle(sources: Sources) -> None:
    assert not circles(sources)


def test_no_import_of_the_house_inside_a_function(sources: Sources) -> None:
    assert not _all(inner_imports, sources)


def test_the_ground_stands_on_the_standard_library_alone(sources: Sources) -> None:
    assert not _all(foreign_ground, sources)


def test_decisions_know_no_framework_nor_anything_that_does(sources: Sources) -> None:
    assert not impurities(sources)


def test_only_the_clock_reads_the_time(sources: Sources) -> None:
    assert not _all(clock_readings, sources)


def test_every_module_says_what_it_holds(sources: Sources) -> None:
    assert not _all(undescribed, sources)


def test_package_files_hold_a_docstring_only() -> None:
    packages = {_module(file): file.read_text("utf-8") for file in _modules() if file.name == "__init__.py"}
    assert not _all(more_than_a_docstring, packages)


def test_models_keep_their_annotations(sources: Sources) -> None:
    assert not _all(postponed_annotations, sources)


def test_no_module_has_two_subjects(sources: Sources) -> None:
    assert not _all(too_long, sources)


def test_no_file_is_named_after_nothing(sources: Sources) -> None:
    assert not _all(empty_name, sources)


def test_every_template_parses() -> None:
    assert not _all(unparsable, _texts("templates", ".html", ".txt"))


def test_templates_trust_nothing_and_hold_nothing_inline() -> None:
    assert not _all(unsafe_markup, _texts("templates", ".html"))


def test_the_style_sheet_knows_no_left_and_right() -> None:
    assert not _all(physical_css, _texts("shop/static", ".css"))


def test_no_text_names_the_machine_it_was_written_on() -> None:
    endings = (".py", ".html", ".txt", ".md", ".toml", ".in", ".lock", ".po", ".pot", ".css", ".js", ".csv", "Makefile")
    assert not _all(machine_paths, _texts("", *endings))


def test_lock_files_name_no_registry_and_hash_everything() -> None:
    locks = {name: text for name, text in _texts("", ".lock").items() if name.startswith("requirements")}
    assert set(locks) == {"requirements.lock", "requirements-dev.lock"}
    assert not _all(loose_pins, locks)


def test_the_project_and_the_package_tell_the_same_version(sources: Sources) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f'__version__ = "{project["version"]}"' in sources["shop"]


# The rules. Each takes a module's name and source (or a text's name and text) and gives its complaints.


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


def unparsable(_name: str, text: str) -> Iterator[str]:
    """A template that Jinja cannot read, messages included."""
    try:
        JINJA.parse(text)
    except TemplateSyntaxError as error:
        yield f"line {error.lineno}: {error.message}"


def unsafe_markup(name: str, text: str) -> Iterator[str]:
    """Markup that the content security policy would drop, or that lets unescaped text through."""
    mail = "emails/" in name  # a mail stands alone: no policy holds it, and it can load no style sheet
    seen = re.sub(r"\{#.*?#\}", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
    for what, pattern in UNSAFE.items():
        for match in () if mail and what == "a style element" else re.finditer(pattern, seen, re.IGNORECASE):
            yield f"line {seen.count(chr(10), 0, match.start()) + 1} has {what}: {match[0].strip()}"


def physical_css(_name: str, text: str) -> Iterator[str]:
    """A left or right where Arabic needs a start or an end."""
    seen = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
    for match in PHYSICAL.finditer(seen):
        yield f"line {seen.count(chr(10), 0, match.start(1)) + 1} has {match[1]}"


def machine_paths(_name: str, text: str) -> Iterator[str]:
    """A folder that exists on one machine only."""
    for match in MACHINE.finditer(text):
        yield f"line {text.count(chr(10), 0, match.start()) + 1} names {match[0]}"


def loose_pins(_name: str, text: str) -> Iterator[str]:
    """A registry's address, or a package that is not held to bytes."""
    logical = text.replace("\\\n", " ")
    for line in logical.splitlines():
        if "://" in line or line.startswith("-"):
            yield f"names an address or an option: {line}"
        elif line and not line.lstrip().startswith("#") and not ("==" in line and "--hash=sha256:" in line):
            yield f"is not pinned with a hash: {line}"


JINJA = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"], autoescape=True)
UNSAFE = {
    "|safe": r"\|\s*safe\b",
    "autoescape": r"\{%-?\s*autoescape\b",
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an event attribute": r"\son[a-z]+\s*=",
    "an inline script": r'<script\b(?![^>]*\ssrc\s*=)(?! type="application/ld\+json">)[^>]*>',  # data is not run
    "a javascript: address": r"javascript:",
}
PHYSICAL = re.compile(
    r"(?:^|[\s;{])("
    r"(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)(?:-[a-z]+)?\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius\s*:"
    r"|(?:left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r")"
)
# Written so that this file does not name one itself.
MACHINE = re.compile(r"(?<![\w.}>-])/(?:" "work" r"|root|home/[a-z]\w*|Users/[A-Za-z]\w*)/[\w.]")


BAD: list[tuple[Callable[[str, str], Iterable[str]], str, str]] = [
    (out_of_row, "shop.base.db", "from shop.markets.models import Market"),
    (out_of_row, "shop.base.db", "from shop import markets"),
    (out_of_row, "shop.api.orders", "import shop.demo.load"),
    (out_of_row, "shop.upkeep.export", "from shop.cli import main"),
    (out_of_row, "shop.attic.box", ""),
    (inner_imports, "shop.base.db", "def f():\n    if True:\n        from shop.base import web"),
    (inner_imports, "shop.base.db", "async def f():\n    import shop.base.web"),
    (foreign_ground, "shop.ground.money", "import babel"),
    (foreign_ground, "shop.ground.money", "from shop.base import clock"),
    (clock_readings, "shop.support.answering.sla", "import datetime\nx = datetime.datetime.now(UTC)"),
    (clock_readings, "shop.support.requests.pages", "f(default_factory=datetime.utcnow)"),
    (clock_readings, "shop.support.answering.sla", "from time import time"),
    (clock_readings, "shop.support.answering.sla", "time.time()"),
    (clock_readings, "shop.support.answering.sla", "date.today()"),
    (undescribed, "shop.base.db", "x = 1"),
    (more_than_a_docstring, "shop.base", '"""Base."""\nfrom shop.base import db'),
    (more_than_a_docstring, "shop.base", '"""Base."""\n__version__ = "1"'),
    (postponed_annotations, "shop.base.models", "from __future__ import annotations"),
    (too_long, "shop.base.db", "x = 1\n" * (LONGEST + 1)),
    (empty_name, "shop.base.utils", ""),
    (empty_name, "shop.support.order_manager", ""),
    (empty_name, "shop.support.Routing", ""),
    (unparsable, "page.html", "{% if a %}"),
    (unparsable, "page.html", "{% trans %}{{ a.b }}{% endtrans %}"),
    (unsafe_markup, "page.html", "{{ text | safe }}"),
    (unsafe_markup, "page.html", "<p style='color: red'>"),
    (unsafe_markup, "page.html", '<button type="button" onclick="f()">'),
    (unsafe_markup, "page.html", "<script>f()</script>"),
    (unsafe_markup, "page.html", '<script type="module">f()</script>'),
    (unsafe_markup, "page.html", '<a href="javascript:f()">'),
    (physical_css, "style.css", "p { margin-left: 1rem }"),
    (physical_css, "style.css", "p{left:0}"),
    (physical_css, "style.css", "p { text-align: right; }"),
    (physical_css, "style.css", "p { border-top-left-radius: 2px }"),
    (machine_paths, "README.md", "cd /" + "root/softlaunch"),
    (machine_paths, "README.md", "`/" + "home/anna/shop`"),
    (loose_pins, "requirements.lock", "--index-url https://registry.example/simple"),
    (loose_pins, "requirements.lock", "babel==2.18.0\n"),
    (loose_pins, "requirements.lock", "babel>=2 \\\n    --hash=sha256:00\n"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BAD, ids=lambda each: getattr(each, "__name__", None))
def test_a_breach_is_found(rule: Callable[[str, str], Iterable[str]], name: str, text: str) -> None:
    assert list(rule(name, text))


FINE: list[tuple[Callable[[str, str], Iterable[str]], str, str]] = [
    (out_of_row, "shop.markets.gate", "from shop.base.db import Database\nfrom shop.markets.models import Market"),
    (out_of_row, "shop.cli", "from shop import __version__, app"),
    (clock_readings, "shop.base.clock", "datetime.now(UTC)"),
    (clock_readings, "shop.base.limits", "time.monotonic(); clock.now(); directory.now()"),
    (more_than_a_docstring, "shop", '"""House."""\n__version__ = "1"'),
    (unsafe_markup, "page.html", '<script type="application/ld+json">{{ data }}</script>'),
    (unsafe_markup, "page.html", '{# no |safe #}<script src="{{ static }}/softlaunch.js" defer></script>'),
    (physical_css, "style.css", "/* left: 0 */ p { margin-inline-start: 0; text-align: start; --left: 1px }"),
]


@pytest.mark.parametrize(("rule", "name", "text"), FINE, ids=lambda each: getattr(each, "__name__", None))
def test_what_is_right_is_let_be(rule: Callable[[str, str], Iterable[str]], name: str, text: str) -> None:
    assert not list(rule(name, text))


def test_a_circle_is_found() -> None:
    two = {"shop.a.b": "from shop.a import c", "shop.a.c": "from shop.a.b import x"}
    assert circles(two)
    assert circles({**two, "shop.a.c": "import shop.a.d", "shop.a.d": "from shop.a.b import x"})


def test_an_impurity_is_found_through_another_module() -> None:
    sources = {
        "shop.markets.gate": "from shop.markets.models import Market",
        "shop.markets.models": "from sqlmodel import SQLModel",
    }
    assert impurities(sources) == ["shop.markets.gate reaches sqlmodel in shop.markets.models"]


# Reading the house.


@pytest.fixture(scope="module")
def sources() -> Sources:
    return {_module(file): file.read_text("utf-8") for file in _modules()}


def _all(rule: Callable[[str, str], Iterable[str]], texts: Sources) -> list[str]:
    return [f"{name}: {complaint}" for name, text in texts.items() for complaint in rule(name, text)]


def _modules() -> list[Path]:
    return sorted((ROOT / "shop").rglob("*.py"))


def _module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _texts(folder: str, *endings: str) -> dict[str, str]:
    """All texts of the checkout below `folder` with one of these endings, by path; nothing that tools made."""
    found = {}
    for place, folders, files in os.walk(ROOT / folder):
        folders[:] = [name for name in folders if name not in MADE and not name.startswith(".")]
        if Path(place) == ROOT:
            folders[:] = [name for name in folders if name != "data"]  # where a demo keeps its database
        for name in files:
            if name.endswith(endings):
                path = Path(place) / name
                found[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
    return dict(sorted(found.items()))


MADE = {"__pycache__", "build", "dist", "node_modules", "softlaunch.egg-info"}


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
