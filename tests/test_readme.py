"""README's tables are what the code says: every setting, every command, every slice of the house."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from shop.api.describing import OPERATIONS
from shop.api.operations import Operation
from shop.api.scopes import SCOPES
from shop.base.settings import ROOT, VARIABLES
from shop.cli import app

README = (ROOT / "README.md").read_text("utf-8")


def table(name: str) -> list[list[str]]:
    """The rows between the markers, without the head."""
    found = re.search(f"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert found, f"README has no markers for {name}"
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


def test_the_table_of_commands_is_what_the_command_says() -> None:
    assert table("commands") == [[f"`{name}`", told] for name, told in commands(typer.main.get_command(app))]


def test_the_table_of_operations_is_what_the_api_says() -> None:
    operations = [each.opt["operation"] for each in OPERATIONS]
    assert table("operations") == [
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


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))))
def test_what_it_tells_to_make_can_be_made(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
