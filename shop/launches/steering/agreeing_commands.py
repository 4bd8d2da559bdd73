"""`softlaunch market …` for two people: what waits for a second one, agreeing, calling off, asking for one; and undoing."""

from typing import Annotated

import typer
from rich.table import Table

from shop.base.terminal import say
from shop.launches.steering.commands import AsJson, Market, Person, Reason, answering, take, told

agreeing_app = typer.Typer()

Number = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="The proposal's number.")]


@agreeing_app.command("proposals")
def list_proposals(context: typer.Context, market: Market, as_json: AsJson = False) -> None:
    """What waits for a second person, and what became of earlier proposals."""
    with answering(context, as_json) as steering:
        found = steering.proposals(market)
    table = Table("number", "step", "by", "outcome", box=None)
    for each in found:
        table.add_row(str(each["proposal"]), each["action"], each["person"], each["outcome"] or "waits")
    say(as_json, found, [table])


@agreeing_app.command("approve")
def approve(context: typer.Context, market: Market, number: Number, person: Person, as_json: AsJson = False) -> None:
    """Agree to a proposal as the second person; its step is taken at once."""
    with answering(context, as_json) as steering:
        event = steering.approve(market, number, person=person)
    say(as_json, event, [f"{market}: {told(event)}"])


@agreeing_app.command("call-off")
def call_off(context: typer.Context, market: Market, number: Number, person: Person, as_json: AsJson = False) -> None:
    """Call a proposal off; nothing changes."""
    with answering(context, as_json) as steering:
        steering.call_off(market, number, person=person)
    say(as_json, {"market": market, "proposal": number, "outcome": "withdrawn"}, [f"{market}: {number} is called off"])


@agreeing_app.command("second-person")
def second_person(
    context: typer.Context,
    market: Market,
    reason: Reason,
    asked: Annotated[bool, typer.Option("--ask/--do-not-ask", help="Whether one is asked from now on.")] = True,
    person: Person = "",
    as_json: AsJson = False,
) -> None:
    """Ask a second person for whatever lets more people buy, or no more."""
    take(context, as_json, market, "four_eyes" if asked else "two_eyes", person=person, reason=reason)


@agreeing_app.command("undo")
def undo(
    context: typer.Context, market: Market, person: Person = "", reason: Reason = "", as_json: AsJson = False
) -> None:
    """Take the last change back, within ten minutes and while nothing has come of it."""
    take(context, as_json, market, "undo", person=person, reason=reason)
