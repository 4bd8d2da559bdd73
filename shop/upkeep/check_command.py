"""`softlaunch check`: whether everything that must hold does, for people and for programs."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.table import Table

from shop.base.terminal import progress, say, say_no
from shop.upkeep.market_commands import AsJson, answering
from shop.upkeep.proving import Finding, finding_told, invariants, prove

SHOWN = 5  # of what breaks an invariant, to people; programs are told a hundred

EveryOne = Annotated[bool, typer.Option("--all", help="Name also what holds.")]


def check(context: typer.Context, every: EveryOne = False, as_json: AsJson = False) -> None:
    """Whether money, stock, orders, requests, markets, audit and database are as they must be; names what is not."""
    with answering(context, as_json) as steering, progress("Checking", shown=not as_json) as told:
        asked = invariants(steering.sources.policies)
        proved = prove(steering.database, asked, now=steering.now, told=told)
    facts = {
        "at": steering.now.isoformat(),
        "holds": proved.holds,
        "invariants": [finding_told(each) for each in proved.findings],
        "heads": {chain: {"number": number, "hash": hashed} for chain, (number, hashed) in proved.heads.items()},
    }
    lines = [*_lines(proved.findings, every), *_heads(proved.heads), _summary(proved.findings)]
    (say if proved.holds else say_no)(as_json, facts, lines)


def _lines(findings: tuple[Finding, ...], every: bool) -> Iterator[str]:
    for each in findings:
        if each.word == "ok":
            if every:
                yield f"ok      {each.invariant.letter:4}{each.invariant.says}"
            continue
        yield f"{each.word:8}{each.invariant.letter:4}{each.invariant.says}"
        yield f"        What to do: {each.invariant.remedy}"
        for broken in each.first[:SHOWN]:
            values = ", ".join(f"{name} {value}" for name, value in broken.values.items())
            yield f"        {broken.subject}: {values}" if values else f"        {broken.subject}"
        if each.number > SHOWN:
            yield f"        and {each.number - SHOWN} more"


def _heads(heads: dict[str, tuple[int, str]]) -> list[Any]:
    """Written down elsewhere, they show one day whether the audit was written anew."""
    if not heads:
        return []
    table = Table("audit", "entries", "head", box=None)
    for chain, (number, hashed) in heads.items():
        table.add_row(chain, str(number), hashed)
    return [table]


def _summary(findings: tuple[Finding, ...]) -> str:
    words = [each.word for each in findings]
    told = [f"{len(words)} checked", f"{words.count('broken')} broken", f"{words.count('look')} to look at"]
    return ", ".join(told)
