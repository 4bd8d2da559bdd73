"""The house rules as code, over everything that is here. Each rule is shown to be able to complain.

They stand in architecture.py and text_rules.py. What is read: every module as a syntax tree, every template as Jinja
parses it, the style sheet, all texts.
"""

import os
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture import (
    LONGEST,
    Sources,
    circles,
    clock_readings,
    empty_name,
    foreign_ground,
    impurities,
    inner_imports,
    more_than_a_docstring,
    out_of_row,
    postponed_annotations,
    taken_from_a_test,
    too_long,
    undescribed,
    unmarked_messages,
)
from tests.conftest import LONG, SLOW
from tests.text_rules import loose_pins, machine_paths, physical_css, unparsable, unsafe_markup

ROOT = Path(__file__).resolve().parents[1]


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
    packages = {_module(file): file.read_text("utf-8") for file in (ROOT / "shop").rglob("__init__.py")}
    assert not _all(more_than_a_docstring, packages)


def test_models_keep_their_annotations(sources: Sources) -> None:
    assert not _all(postponed_annotations, sources)


def test_no_module_has_two_subjects(sources: Sources) -> None:
    assert not _all(too_long, sources)


def test_no_file_is_named_after_nothing(sources: Sources) -> None:
    assert not _all(empty_name, sources)


def test_every_sentence_with_placeholders_is_in_the_catalogues(sources: Sources) -> None:
    assert not _all(unmarked_messages, sources)


def test_no_module_takes_from_a_test(sources: Sources) -> None:
    assert not _all(taken_from_a_test, {**sources, **_sources("tests")})


def test_every_module_that_is_called_slow_or_long_is_there() -> None:
    assert {file.name for file in (ROOT / "tests").glob("test_*.py")} >= SLOW | LONG


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
    (taken_from_a_test, "tests.personal", "from tests.test_aftersales_claims import FORM"),
    (taken_from_a_test, "tests.test_cli", "from tests.browser.test_desk import mere as lena"),
    (taken_from_a_test, "tests.test_cli", "from tests import test_readme"),
    (taken_from_a_test, "tests.faults.fuzz", "def f():\n    import tests.test_readme"),
    (unmarked_messages, "shop.a", 'said = "%(num)s piece left", "%(num)s pieces left"\ncount(*said, 2)'),
    (unmarked_messages, "shop.a", 'tongue.say("Hello %(name)s" if name else N_("Hello"))'),
    (unmarked_messages, "shop.a", 'count(*(("a %(num)s", "b %(num)s") if x else NN_("c", "d")), 2)'),
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
    (taken_from_a_test, "tests.test_cli", "from tests.commands import loaded\nfrom tests.browser import serving"),
    (
        unmarked_messages,
        "shop.a",
        'def f():\n    """%(num)s as in say()."""\n    count(*NN_("a %(num)s", "b %(num)s"), 2)',
    ),
    (unmarked_messages, "shop.a", 'tongue.say(N_("Hello %(name)s"), name="%(step)s"); convention = "ix_%(name)s"'),
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
    return _sources("shop")


def _sources(folder: str) -> Sources:
    return {_module(file): file.read_text("utf-8") for file in sorted((ROOT / folder).rglob("*.py"))}


def _all(rule: Callable[[str, str], Iterable[str]], texts: Sources) -> list[str]:
    return [f"{name}: {complaint}" for name, text in texts.items() for complaint in rule(name, text)]


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
