"""`softlaunch check`: whether everything that must hold does, for people and for programs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from shop.base.terminal import progress, say, say_no
from shop.launches.steering.commands import AsJson, answering
from shop.upkeep.ledger_told import compared_with_provider, ledger_facts, ledger_lines
from shop.upkeep.personal.commands import keeper_of
from shop.upkeep.proving import Finding, Proved, finding_told, invariants, prove

SHOWN = 5  # of what breaks an invariant, to people; programs are told a hundred

Provider = Annotated[bool, typer.Option("--provider", help="Compare also with the payment provider's ledger.")]
Days = Annotated[int, typer.Option(min=1, max=3650, help="So many days of the ledger, until ten minutes ago.")]
EveryOne = Annotated[bool, typer.Option("--all", help="Name also what holds.")]


def check(
    context: typer.Context,
    every: EveryOne = False,
    provider: Provider = False,
    days: Days = 7,
    as_json: AsJson = False,
) -> None:
    """Whether money, stock, orders, requests, markets, audit and database are as they must be; names what is not."""
    with answering(context, as_json) as steering, progress("Checking", shown=not as_json) as told:
        asked = invariants(steering.sources.policies, keeper_of(steering).left_mails)
        proved = prove(steering.database, asked, now=steering.now, told=told)
        compared = compared_with_provider(steering, days, told) if provider else None
    facts, lines = facts_of(proved, steering.now), lines_of(proved, every=every)
    if compared is not None:
        facts |= {"provider": ledger_facts(compared)}
        lines += ledger_lines(compared)
    (say if proved.holds and (compared is None or compared.agrees) else say_no)(as_json, facts, lines)


def facts_of(proved: Proved, now: datetime) -> dict[str, Any]:
    """What was found, for programs."""
    return {
        "at": now.isoformat(),
        "holds": proved.holds,
        "invariants": [finding_told(each) for each in proved.findings],
        "heads": {chain: {"number": number, "hash": hashed} for chain, (number, hashed) in proved.heads.items()},
    }


def lines_of(proved: Proved, *, every: bool = False) -> list[str | Table]:
    """What was found, for people; with `every` also what holds."""
    return [*_lines(proved.findings, every), *_heads(proved.heads), _summary(proved.findings)]


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
