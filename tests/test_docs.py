"""README and docs/ are true: sums come out, and what they name (commands, settings, files, doors, pages) is there."""

import ast
import operator
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
import typer

from shop.app import DOORS
from shop.base.settings import ROOT, VARIABLES
from shop.cli import app
from tests.faults.every import FAULTS

FILES = (
    *sorted((ROOT / "docs").glob("*.md")),
    *(ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md")),
)
PAGES = {file.name: file.read_text("utf-8") for file in FILES}
SUM = re.compile(r"`([0-9.]+(?: [*/+] [0-9.]+)+) = ([0-9.]+)`")
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def worked_out(node: ast.AST) -> float:
    match node:
        case ast.Expression():
            return worked_out(node.body)
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.BinOp():
            return OPERATORS[type(node.op)](worked_out(node.left), worked_out(node.right))
    raise AssertionError(ast.dump(node))


def sums() -> list[tuple[str, str]]:
    return [found for page in PAGES.values() for found in SUM.findall(page)]


@pytest.mark.parametrize(("asked", "said"), sums())
def test_a_sum_comes_out(asked: str, said: str) -> None:
    decimals = len(said.partition(".")[2])
    assert f"{worked_out(ast.parse(asked, mode='eval')):.{decimals}f}" == said


def test_folders_that_readers_are_told_to_make_in_the_checkout_are_never_committed() -> None:
    """They hold the secret key and customers."""
    said = "\n".join(PAGES.values())
    made = re.findall(r'SOFTLAUNCH_DATA_DIR="?(?:\$PWD/)?([\w-]+)|^\s*cp -r \S+ ([\w-]+)$', said, re.MULTILINE)
    folders = {each or other for each, other in made}
    assert folders >= {"data-empty", "my-data", "my-set-up"}
    assert {f"/{each}/" for each in folders} <= set((ROOT / ".gitignore").read_text("utf-8").split())


def test_the_market_that_a_newcomer_pauses_is_not_one_whose_figures_are_read_afterwards() -> None:
    [paused] = re.findall(r"Pause ([A-Z][\w ]+?) and look", PAGES["README.md"])
    decide = PAGES["tour.md"].partition("5. **Decide.**")[2].partition("\n## ")[0]
    assert paused not in decide and "Germany is held" in decide  # resuming begins a new count


def test_there_are_sums_to_be_worked_out() -> None:
    assert len(sums()) >= 14


@pytest.mark.parametrize("figure", ["42 us", "2.6 ms", "50 ms", "12.9 kB", "4,734", "3.2 s", "8.1 s"])
def test_a_figure_that_is_reckoned_with_was_measured(figure: str) -> None:
    assert figure in PAGES["growing.md"] and figure in PAGES["README.md"] + PAGES["figures.md"]


def given_commands() -> list[tuple[str, str]]:
    """Every command that a page names in its text, or types at the shop's own or the container's prompt."""
    typed = re.compile(r"`softlaunch ([a-z][^`]*)`|^(?:docker compose run --rm .*?)?\bshop ([a-z].*)$", re.MULTILINE)
    return sorted({(name, one or two) for name, page in PAGES.items() for one, two in typed.findall(page)})


@pytest.mark.parametrize(("page", "words"), given_commands())
def test_every_command_is_one_with_its_options(page: str, words: str) -> None:
    command: Any = typer.main.get_command(app)
    for word in shlex.split(words.replace("…", "")):
        if hasattr(command, "commands") and not word.startswith("-"):
            assert word in command.commands, f"{page}: {words}"
            command = command.commands[word]
        elif word.startswith("--"):
            assert word in [each for param in command.params for each in param.opts], f"{page}: {words}"


def test_there_are_commands_to_be_looked_up() -> None:
    words = [words for _page, words in given_commands()]
    assert 'coverage --add "Osaka 9-13"' in words and "import shop/demo/exporter" in words and len(words) >= 60


def test_every_setting_is_one() -> None:
    for name, page in PAGES.items():
        assert set(re.findall(r"SOFTLAUNCH_([A-Z_]+)", page)) <= set(VARIABLES) | {"TESTING"}, name


def test_every_file_is_there() -> None:
    for file in FILES:
        for named in re.findall(
            r"`((?:deploy|shop|tests|docs)/[\w./-]+\.\w+|[\w-]+\.yaml|requirements\.lock)`", PAGES[file.name]
        ):
            assert (ROOT / named).is_file(), f"{file.name}: {named}"
        for linked in re.findall(r"\]\(([^)#:]+)\)", PAGES[file.name]):
            assert (file.parent / linked).is_file(), f"{file.name}: {linked}"


def doors() -> list[list[str]]:
    """The parts of each address that leads somewhere; what takes anything (`{path:str}`) says nothing of its own."""
    paths = {path for door in DOORS for handler in door.HANDLERS for path in handler.paths}
    return [path.strip("/").split("/") for path in sorted(paths) if "{path:" not in path]


MARKETS = ("<market>", "de")  # as the pages name one


def addresses() -> list[tuple[str, str]]:
    """Every address that a page names: one that begins as the shop's do, or the end of one behind `…/`.

    Those below `/api/v1` are in the table of operations.
    """
    first = {door[0] for door in doors() if not door[0].startswith("{")} - {"api"} | set(MARKETS)
    named = [(name, each) for name, page in PAGES.items() for each in re.findall(r"`(…?/[^`\s]*)`", page)]
    return sorted({(name, each) for name, each in named if each.startswith("…") or each.split("/")[1] in first})


@pytest.mark.parametrize(("page", "address"), addresses())
def test_every_address_leads_to_a_door(page: str, address: str) -> None:
    assert leads(address), page


def leads(address: str) -> bool:
    """Whether there is such a door; in a whole address what varies may stand as itself, as `de` for a market."""
    parts = address.removeprefix("…").strip("/").split("/")
    if address.startswith("…"):
        return any(is_like(parts, door[-len(parts) :], whole=False) for door in doors())
    return any(is_like(parts, door, whole=True) for door in doors() if door[0] == parts[0] or parts[0] in MARKETS)


def is_like(parts: list[str], door: list[str], *, whole: bool) -> bool:
    return len(parts) == len(door) and all(
        (whole or part.startswith("<")) if at.startswith("{") else part == at
        for part, at in zip(parts, door, strict=True)
    )


def test_there_are_addresses_to_be_looked_up() -> None:
    assert len(addresses()) >= 80
    assert not leads("/console/nothing") and not leads("/nothing/de") and not leads("…/nothing")


def test_every_program_of_the_tests_is_there() -> None:
    programs = {each for page in PAGES.values() for each in re.findall(r"`python -m (tests[.\w]+)", page)}
    assert len(programs) >= 6
    for each in programs:
        path = ROOT / each.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), each
    named = {each for page in PAGES.values() for each in re.findall(r"python -m tests\.faults --only (\w+)", page)}
    assert named and named <= {each.name for each in FAULTS}
