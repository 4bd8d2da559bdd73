"""`softlaunch market …`: looking at markets and moving them from state to state, for people and for programs.

The context's `obj` brings the `Steering` over the house when a command needs it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.table import Table

from shop.base.terminal import WRONG_USE, end, say, say_no
from shop.ground.errors import NotFound, Refusal
from shop.launches.changing.table import AUDIENCES, MODES
from shop.launches.fields import MOST_ORDERS
from shop.launches.steering.markets import NobodyToAct, Steering
from shop.launches.steering.winding_options import read_winding

market_app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]
Market = Annotated[str, typer.Argument(help="The market's id, such as jp.")]
Person = Annotated[str, typer.Option("--person", help="Who does this: id or address of an exporter's person.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the name for ever.")]


@market_app.command("list")
def list_markets(context: typer.Context, as_json: AsJson = False) -> None:
    """Every market, its state, and what is in its way."""
    with answering(context, as_json) as steering:
        found = steering.markets()
    table = Table("market", "state", "audience", "orders", "in the way", box=None)
    for each in found:
        orders = str(each["orders"]) if each["order_cap"] is None else f"{each['orders']}/{each['order_cap']}"
        table.add_row(each["market"], each["state"], each["audience"], orders, ", ".join(each["in_the_way"]))
    say(as_json, found, [table])


@market_app.command("show")
def show(context: typer.Context, market: Market, as_json: AsJson = False) -> None:
    """One market with its gates and its history."""
    with answering(context, as_json) as steering:
        found = steering.market(market)
    table = Table("gate", "status", "", box=None)
    for each in found["gates"]:
        table.add_row(each["gate"], each["status"], each["detail"])
    steps = ", ".join(found["steps"]) or "none"
    say(as_json, found, [f"{market}: {found['state']}; steps: {steps}", table, *map(told, found["history"])])


@market_app.command("ready")
def ready(
    context: typer.Context, market: Market, person: Person = "", reason: Reason = "", as_json: AsJson = False
) -> None:
    """Declare a draft ready, if every gate is met."""
    take(context, as_json, market, "ready", person=person, reason=reason)


@market_app.command("launch")
def launch(
    context: typer.Context,
    market: Market,
    person: Person = "",
    reason: Reason = "",
    audience: Annotated[str, typer.Option(help="invitation or percentage; else as it stands.")] = "",
    percent: Annotated[float | None, typer.Option(min=0, max=100, help="Of visitors, when by percentage.")] = None,
    order_cap: Annotated[int | None, typer.Option(min=1, max=MOST_ORDERS, help="At most so many orders.")] = None,
    as_json: AsJson = False,
) -> None:
    """Begin the soft launch of a market that is ready."""
    _among(audience, ("", *AUDIENCES), "--audience")
    points = None if percent is None else round(percent * 100)
    exposure = {"audience": audience or None, "percent_bp": points, "order_cap": order_cap}
    take(context, as_json, market, "launch", person=person, reason=reason, exposure=exposure)


@market_app.command("open")
def open_market(
    context: typer.Context,
    market: Market,
    person: Person = "",
    reason: Reason = "",
    override: Annotated[str, typer.Option(help="Why it is opened although the scorecard does not say GO.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open a market to everybody."""
    take(context, as_json, market, "open", person=person, reason=reason, override=override)


@market_app.command("pause")
def pause(
    context: typer.Context,
    market: Market,
    reason: Reason,
    person: Person = "",
    mode: Annotated[str, typer.Option(help="sell_stop (when left out), hidden or safety.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop selling for now; no gate is asked."""
    _among(mode, ("", *MODES), "--mode")
    take(context, as_json, market, "pause", person=person, reason=reason, mode=mode)


@market_app.command("resume")
def resume(
    context: typer.Context, market: Market, reason: Reason, person: Person = "", as_json: AsJson = False
) -> None:
    """Go back to the state before the pause."""
    take(context, as_json, market, "resume", person=person, reason=reason)


@market_app.command("wind-down")
def wind_down(
    context: typer.Context,
    market: Market,
    reason: Reason,
    last_order_on: Annotated[str, typer.Option(help="The last day there on which payments begun before still count.")],
    contact: Annotated[str, typer.Option(help="Who answers for it until the end.")],
    refund_plan: Annotated[str, typer.Option(help="From where money is given back.")],
    fate: Annotated[
        list[str], typer.Option(help="For each product SKU:PIECES:return|sell|destroy:COST:OWNER, or SKU:0.")
    ] = [],  # noqa: B006 - typer copies it
    person: Person = "",
    as_json: AsJson = False,
) -> None:
    """Sell no more for good, and look after what was sold."""
    with answering(context, as_json) as steering:
        try:
            winding = read_winding(last_order_on, contact, refund_plan, fate, steering.currency(market))
        except ValueError as error:
            end(WRONG_USE, str(error))
    take(context, as_json, market, "wind_down", person=person, reason=reason, winding=winding)


@market_app.command("close")
def close(
    context: typer.Context,
    market: Market,
    reason: Reason,
    handover: Annotated[str, typer.Option(help="Who takes over what law and guarantee still give.")] = "",
    person: Person = "",
    as_json: AsJson = False,
) -> None:
    """Close a market that is wound down and owes nobody anything."""
    take(context, as_json, market, "close", person=person, reason=reason, handover=handover)


def take(context: typer.Context, as_json: bool, market: str, action: str, **given: Any) -> None:
    """Take a step and tell the event, or the proposal that it became."""
    with answering(context, as_json) as steering:
        event = steering.take_step(market, action, **given)
    say(as_json, event, [f"{market}: {told(event)}"])


@contextmanager
def answering(context: typer.Context, as_json: bool) -> Iterator[Steering]:
    """The steering, whose connections are given back at the end; what it refuses is said with its reasons, and is a no."""
    steering: Steering = context.obj()
    try:
        yield steering
    except NobodyToAct as error:
        end(WRONG_USE, str(error))
    except NotFound:
        end(WRONG_USE, "there is no such market; see: softlaunch market list")
    except Refusal as refusal:
        facts = steering.refused(refusal)
        say_no(as_json, facts, [f"no: {facts['says']}", *(_gate(each) for each in facts.get("gates", ()))])
    finally:
        steering.database.close()


def _among(given: str, allowed: tuple[str, ...], option: str) -> None:
    if given not in allowed:
        end(WRONG_USE, f"{option} is none of {', '.join(filter(None, allowed))}")


def told(event: dict[str, Any]) -> str:
    """An event as a line."""
    if "proposal" in event:
        return f"waits for a second person as proposal {event['proposal']}: {event['action']}, by {event['person']}"
    step = f"{event['at']}  {event['action']}  {event['from']} -> {event['to']}  by {event['person'] or event['rule']}"
    return f"{step}: {event['reason']}" if event["reason"] else step


def _gate(gate: dict[str, Any]) -> str:
    return f"  {gate['gate']}: {gate['detail']}"
