"""`softlaunch market exposure` and `redraw`: to whom a market is open and how many orders it takes, by a named person."""

from typing import Annotated

import typer

from shop.base.terminal import WRONG_USE, end, say
from shop.ground.money import NotMoney, money
from shop.launches.changing.exposure import CAPS
from shop.launches.changing.table import AUDIENCES, EXPOSURE
from shop.launches.fields import MOST_ORDERS
from shop.launches.steering.commands import AsJson, Market, Person, Reason, answering, take, told

letting_app = typer.Typer()

Cap = Annotated[int | None, typer.Option(min=1, max=MOST_ORDERS, help="At most so many orders; else as it stands.")]


@letting_app.command("exposure")
def exposure(
    context: typer.Context,
    market: Market,
    person: Person = "",
    reason: Reason = "",
    audience: Annotated[str, typer.Option(help="invitation or percentage; else as it stands.")] = "",
    percent: Annotated[float | None, typer.Option(min=0, max=100, help="Of visitors, when by percentage.")] = None,
    order_cap: Cap = None,
    daily_cap: Cap = None,
    customer_cap: Cap = None,
    value_cap: Annotated[str, typer.Option(help="At most orders worth so much, in the market's currency.")] = "",
    minutes_per_contact: Annotated[
        int | None, typer.Option(min=0, max=600, help="What one question takes; 0 asks for no time of agents.")
    ] = None,
    no_limit: Annotated[list[str] | None, typer.Option(help=f"A cap to lift: {', '.join(CAPS)}.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change to whom a market is open and how many orders it takes."""
    lifted = tuple(each.replace("-", "_") for each in no_limit or ())
    if audience not in ("", *AUDIENCES) or not set(lifted) <= set(CAPS):
        end(WRONG_USE, f"--audience is one of {', '.join(AUDIENCES)}; --no-limit one of {', '.join(CAPS)}")
    with answering(context, as_json) as steering:
        currency = steering.currency(market)
    try:
        value = money(value_cap, currency).minor if value_cap else None
    except (NotMoney, ArithmeticError, ValueError):
        value = -1
    if value is not None and value < 1:
        end(WRONG_USE, f"--value-cap: {value_cap!r} is not an amount in {currency}")
    changed = {
        "audience": audience or None, "percent_bp": None if percent is None else round(percent * 100),
        "order_cap": order_cap, "daily_cap": daily_cap, "customer_cap": customer_cap, "value_cap": value,
        "minutes_per_contact": minutes_per_contact,
    }  # fmt: skip
    take(context, as_json, market, EXPOSURE, person=person, reason=reason, exposure=changed, without=lifted)


@letting_app.command("redraw")
def redraw(
    context: typer.Context, market: Market, reason: Reason, person: Person = "", as_json: AsJson = False
) -> None:
    """Draw the visitors of a percentage anew; whoever was let in stays in."""
    with answering(context, as_json) as steering:
        event = steering.redraw(market, person=person, reason=reason)
    say(as_json, event, [f"{market}: {told(event)}"])
