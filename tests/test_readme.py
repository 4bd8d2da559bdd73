"""The tables of README and docs/ are what the code says: settings, dangers, commands, operations, slices, files, faults."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from shop import __version__
from shop.api.describing import OPERATIONS
from shop.api.operations import Operation
from shop.api.scopes import SCOPES
from shop.base.announcing import KINDS
from shop.base.settings import ROOT, VARIABLES
from shop.base.signatures import CONCERNING, DECLINED, OF_DISPUTES, OF_REFUNDS
from shop.base.unsafe_settings import DANGERS
from shop.cli import app
from shop.launches.plan import KINDS as CASES
from shop.launches.plan import answers
from shop.staff.may import ROLES
from shop.upkeep.sheets import OPTIONAL, OPTIONAL_TABLES, SHEETS, TABLES
from tests.architecture import ROW
from tests.doc_tables import PAGES, README, table
from tests.faults.every import FAULTS

TO_MAKE = sorted(
    {each for page in PAGES.values() for each in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page, re.MULTILINE)}
)


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


def test_the_map_names_every_slice_in_the_order_of_the_row() -> None:
    chapter = README.partition("## The map of the house")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `([a-z]+)` \|", chapter, re.MULTILINE)
    slices = {folder.name for folder in (ROOT / "shop").iterdir() if (folder / "__init__.py").exists()}
    assert named == [name for names in ROW for name in names.split() if name in slices - {"migrations"}]


def test_the_table_of_faults_has_each_that_is_brought_about() -> None:
    assert [row[0] for row in table("faults", "proof.md")] == [each.name for each in FAULTS]


def test_every_file_that_the_import_reads_is_told_of() -> None:
    chapter = PAGES["markets.md"].partition("## What a set-up folder holds")[2].partition("\n## ")[0]
    files = {f"{name}.csv" for name in SHEETS} | {f"{name}.toml" for name in (*TABLES, *OPTIONAL_TABLES, "exporter")}
    assert {file for file in files if f"`{file}`" not in chapter} == set()


def test_the_files_that_a_set_up_cannot_do_without_are_named() -> None:
    told = PAGES["markets.md"].partition("These must be there, ")[2].partition("Everything else may be left out")[0]
    sheets = {f"{name}.csv" for name in SHEETS if name not in OPTIONAL}
    assert set(re.findall(r"`([\w.]+)`", told)) == sheets | {f"{name}.toml" for name in (*TABLES, "exporter")}


def test_every_role_is_told_of() -> None:
    chapter = PAGES["markets.md"].partition("| role | does |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| ([a-z]+) \|", chapter, re.MULTILINE) == list(ROLES)


def test_the_events_that_stripe_is_to_send_are_those_that_are_read() -> None:
    assert named_in_row("Payments") == CONCERNING | OF_REFUNDS | OF_DISPUTES | {DECLINED}


def test_everything_that_a_webhook_may_be_told_of_is_named() -> None:
    assert named_in_row("Webhooks", "programs.md") == set(KINDS)


def named_in_row(head: str, page: str = "README.md") -> set[str]:
    """The kinds of event (`order.paid`) that the row of a table names."""
    (row,) = [line for line in PAGES[page].splitlines() if line.startswith(f"| {head} |")]
    return set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", row))


def test_every_kind_of_case_for_a_dry_run_is_named_and_the_example_is_answered() -> None:
    chapter = PAGES["programs.md"].partition("## Dry runs from a file")[2]
    example = re.search(r"```json\n(.*?)```", chapter, re.DOTALL)
    assert example
    answered, readable = answers(json.loads(example[1]))
    assert readable, answered
    told = chapter.partition("The kinds are ")[2].partition("whose keys stand beside")[0]
    assert set(re.findall(r"`([a-z_]+)`", told)) - {"input"} == set(CASES)


def test_the_way_in_comes_first() -> None:
    start = README.splitlines()[:150]
    for chapter in ("## Try it", "## Five minutes", "## Where to read on", "## For real"):
        assert chapter in start
    guide = README.partition("## Where to read on")[2].partition("\n## ")[0]
    assert set(re.findall(r"\]\(docs/([a-z-]+\.md)\)", guide)) == set(PAGES) - {"README.md"}


@pytest.mark.parametrize("target", TO_MAKE)
def test_what_it_tells_to_make_can_be_made(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_it_names_the_version_and_the_licence() -> None:
    assert f"This is version {__version__}, under the [MIT licence](LICENSE)" in README
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
