"""`softlaunch market history`, `schedules`, `schedule` and `unschedule`: what was done to a market, and what is planned."""

from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlmodel import Session

from shop.base.terminal import WRONG_USE, end, say
from shop.ground.errors import found, row_id
from shop.ground.instants import UnreadableTime, iso, parse_date, parse_wall
from shop.launches.auditing import trail
from shop.launches.changing.table import EXPOSURE, MODES, STEPS
from shop.launches.models import Schedule
from shop.launches.schedules.plan_words import outcome_words, step_words
from shop.launches.schedules.planning import PLANNABLE, Wanted, call_off, plan, plans_of
from shop.launches.steering.commands import AsJson, Market, Person, Reason, answering
from shop.launches.steering.markets import Steering, actor_of
from shop.markets.models import Market as Place
from shop.staff.names import names_of

history_app = typer.Typer()

STEPS_PLANNED = tuple(each for each in PLANNABLE if each != EXPOSURE)  # of exposure the console asks more than one line


@history_app.command("history")
def history(
    context: typer.Context,
    market: Market,
    action: Annotated[str, typer.Option(help="Only deeds of this kind, such as pause.")] = "",
    person: Annotated[str, typer.Option(help="Only deeds of this person's id; - for the system's own.")] = "",
    since: Annotated[str, typer.Option(help="From this day on, by the market's clock.")] = "",
    until: Annotated[str, typer.Option(help="Until and including this day.")] = "",
    as_json: AsJson = False,
) -> None:
    """Whatever was done to a market, the newest first: what changed, who, by which rule, why."""
    days = _day(since, "--since"), _day(until, "--until")
    with answering(context, as_json) as steering, steering.database.reading() as db:
        place = found(db.get(Place, market))
        sought = trail.Sought(frozenset({market}), action, person, *days, zone=place.zone)
        people = names_of(db)
        told = [trail.told(each, place.zone, people) for each in trail.trail(db, sought, at_most=None)]
    say(as_json, told, map(_line, told))


@history_app.command("schedules")
def schedules(context: typer.Context, market: Market, as_json: AsJson = False) -> None:
    """What is planned for a market, on its own clock and in UTC, and what became of earlier plans."""
    with answering(context, as_json) as steering, steering.database.reading() as db:
        place = found(db.get(Place, market))
        told = [_told(each, place, steering) for each in plans_of(db, market)]
    table = Table("number", "state", "by the clock there", "UTC", "change", "by", "agreed", "", box=None)
    for each in told:
        table.add_row(*(str(each[name]) for name in _SHOWN))
    say(as_json, told, [table])


@history_app.command("schedule")
def schedule(
    context: typer.Context,
    market: Market,
    action: Annotated[str, typer.Argument(help=f"One of {', '.join(STEPS_PLANNED)}.")],
    at: Annotated[str, typer.Argument(help="Day and time by the market's clock, such as 2026-12-01T00:00.")],
    person: Person = "",
    reason: Reason = "",
    mode: Annotated[str, typer.Option(help="Of a pause: sell_stop, hidden or safety.")] = MODES[0],
    as_json: AsJson = False,
) -> None:
    """Plan a step for a time of the market's own clock; every guard is asked again then."""
    if action not in STEPS_PLANNED or mode not in MODES:
        end(WRONG_USE, f"the step is one of {', '.join(STEPS_PLANNED)}; --mode one of {', '.join(MODES)}")
    if STEPS[action].reasoned and not reason.strip():
        end(WRONG_USE, f"say with --reason why; {action} is kept with a reason")
    try:
        wall = parse_wall(at)
    except UnreadableTime as error:
        end(WRONG_USE, str(error))
    wanted = Wanted(action, wall, reason=reason, mode=mode if action == "pause" else "")
    with answering(context, as_json) as steering, steering.database.writing() as db:
        made = plan(db, market, wanted, person=_actor(db, person, market), now=steering.now)
        told = _told(made, db.get_one(Place, market), steering)
    says = f"{market}: planned as number {told['schedule']}: {action}, {at} by the clock there, {told['due_at']}"
    say(as_json, told, [f"{says} ({told['kind']})" if told["kind"] != "normal" else says])


@history_app.command("unschedule")
def unschedule(
    context: typer.Context,
    market: Market,
    number: Annotated[int, typer.Argument(help="As told by: softlaunch market schedules.")],
    person: Person = "",
    as_json: AsJson = False,
) -> None:
    """Call a planned step off."""
    with answering(context, as_json) as steering, steering.database.writing() as db:
        call_off(db, market, row_id(number), person=_actor(db, person, market), now=steering.now)
    say(as_json, {"market": market, "schedule": number, "state": "cancelled"}, [f"{market}: {number} is called off"])


_SHOWN = ("schedule", "state", "wall", "due_at", "step", "person", "approved_by", "outcome")


def _told(made: Schedule, place: Place, steering: Steering) -> dict[str, Any]:
    return {
        "schedule": made.id, "market": made.market, "state": made.state, "action": made.action,
        "step": step_words(made, place, steering.tongue), "wall": made.wall, "zone": made.zone, "kind": made.kind,
        "due_at": iso(made.due_at), "person": made.person, "approved_by": made.approved_by, "reason": made.reason,
        "outcome": outcome_words(made, steering.tongue),
    }  # fmt: skip


def _actor(db: Session, named: str, market: str) -> str:
    found(db.get(Place, market))
    return actor_of(db, named, market).id


def _line(event: dict[str, Any]) -> str:
    who = event["person"] or f"by itself ({event['rule']})"
    signed = f", agreed by {event['approved_by']}" if event["approved_by"] else ""
    moved = f"{event['from']} -> {event['to']}" if event["from"] != event["to"] else event["to"]
    changes = "; ".join(f"{name}: {old} -> {new}" for name, (old, new) in event["changed"].items() if name != "state")
    parts = (event["at"], event["action"], moved, f"by {who}{signed}", changes, event["reason"])
    return "  ".join(part for part in parts if part)


def _day(text: str, option: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except UnreadableTime as error:
        end(WRONG_USE, f"{option}: {error}")
