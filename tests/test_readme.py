"""The tables of README and docs/ are what the code says: settings, dangers, commands, operations, slices, files, faults."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from shop.api.describing import OPERATIONS
from shop.api.operations import Operation
from shop.api.scopes import SCOPES
from shop.base.settings import ROOT, VARIABLES
from shop.base.unsafe_settings import DANGERS
from shop.cli import app
from shop.upkeep.sheets import OPTIONAL_TABLES, SHEETS, TABLES
from tests.faults.every import FAULTS

README = (ROOT / "README.md").read_text("utf-8")
PAGES = {file.name: file.read_text("utf-8") for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
TO_MAKE = sorted(
    {each for page in PAGES.values() for each in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page, re.MULTILINE)}
)


def table(name: str, page: str = "README.md") -> list[list[str]]:
    """The rows between the markers, without the head."""
    found = re.search(f"<!-- {name} -->\n(.*?)<!-- /{name} -->", PAGES[page], re.DOTALL)
    assert found, f"{page} has no markers for {name}"
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in found[1].strip().splitlines()[2:]]


def commands(command: Any, name: str = "softlaunch") -> Iterator[tuple[str, str]]:
    """Every command with its arguments, and its help's first sentence."""
    if hasattr(command, "commands"):
        for each in command.commands.values():
            yield from commands(each, f"{name} {each.name}")
        return
    arguments = [
        (param.metavar or param.name or "").upper() for param in command.params if param.param_type_name == "argument"
    ]
    yield " ".join([name, *arguments]), (command.help or "").strip().partition("\n")[0]


def test_the_table_of_settings_is_what_the_settings_say() -> None:
    assert table("settings") == [[f"`SOFTLAUNCH_{name}`", meaning] for name, meaning in VARIABLES.items()]


def test_the_table_of_what_stops_a_start_is_what_does() -> None:
    assert table("unsafe") == [[f"`SOFTLAUNCH_{each.variable}`", each.when] for each in DANGERS]


def test_the_table_of_commands_is_what_the_command_says() -> None:
    assert table("commands") == [[f"`{name}`", told] for name, told in commands(typer.main.get_command(app))]


def test_the_table_of_operations_is_what_the_api_says() -> None:
    operations = [each.opt["operation"] for each in OPERATIONS]
    assert table("operations", "programs.md") == [
        [
            f"`{scope}`",
            allows,
            ", ".join(named(each, scope) for each in operations if scope in (each.scope, each.wider)),
        ]
        for scope, (_act, allows) in SCOPES.items()
    ]


def named(operation: Operation, scope: str) -> str:
    """An operation as the table has it; with what of it needs the scope, where not all does."""
    return f"`{operation.method} {operation.path}`" + (
        "" if scope == operation.scope else f" for {operation.wider_for}"
    )


def test_the_map_names_every_slice_in_its_row() -> None:
    chapter = README.partition("## The map of the house")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `([a-z]+)` \|", chapter, re.MULTILINE)
    slices = {folder.name for folder in (ROOT / "shop").iterdir() if (folder / "__init__.py").exists()}
    assert set(named) == slices - {"migrations"}


def test_the_table_of_faults_has_each_that_is_brought_about() -> None:
    assert [row[0] for row in table("faults", "proof.md")] == [each.name for each in FAULTS]


def test_every_file_that_the_import_reads_is_told_of() -> None:
    chapter = PAGES["markets.md"].partition("## What a set-up folder holds")[2].partition("\n## ")[0]
    files = {f"{name}.csv" for name in SHEETS} | {f"{name}.toml" for name in (*TABLES, *OPTIONAL_TABLES, "exporter")}
    assert {file for file in files if f"`{file}`" not in chapter} == set()


def test_the_way_in_comes_first() -> None:
    start = README.splitlines()[:150]
    for chapter in ("## Try it", "## Five minutes", "## Where to read on", "## For real"):
        assert chapter in start
    guide = README.partition("## Where to read on")[2].partition("\n## ")[0]
    assert set(re.findall(r"\]\(docs/([a-z-]+\.md)\)", guide)) == set(PAGES) - {"README.md"}


@pytest.mark.parametrize("target", TO_MAKE)
def test_what_it_tells_to_make_can_be_made(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
