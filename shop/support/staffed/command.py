"""The command `softlaunch coverage`: how much of the waking hours is covered, where nobody is there, and what if."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol

import typer
from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.terminal import WRONG_USE, end, say, say_no
from shop.ground.instants import iso
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from shop.support.staffed.facts import MOST_WEEKS, WEEKS, Heard, heard, places
from shop.support.staffed.what_if import Imagined, UnreadableShift, imagined
from shop.support.staffed.words import every_week, hours, single_dates

ADD_HELP = (
    "Hours that nobody works yet, such as 'Osaka 9-13' or 'Asia/Tokyo 09:00-13:00 mon-fri ja native': a place or time "
    "zone, hours, and if you like days (else mon-fri), a language (else every one) and native or fluent."
)


class Standing(Protocol):
    """What the commands are handed: the database, the reader's tongue and the clock."""

    @property
    def database(self) -> Database: ...
    @property
    def tongue(self) -> Tongue: ...
    @property
    def now(self) -> datetime: ...


def coverage(
    context: typer.Context,
    market: Annotated[str, typer.Option(help="A market's id; none means all.")] = "",
    weeks: Annotated[int, typer.Option(min=1, max=MOST_WEEKS, help="How many weeks from tomorrow on.")] = WEEKS,
    add: Annotated[list[str] | None, typer.Option(help=ADD_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")] = False,
) -> None:
    """How much of the customers' waking hours is covered; exits 1 where more is uncovered than a market allows."""
    standing: Standing = _opened(context.obj)
    with standing.database.reading() as db:
        shown = _markets(db, market)
        found = heard(db, shown, weeks=weeks, imagined=_read(add or (), places(db)), now=standing.now)
    facts = {"weeks": weeks, "coverage": [_facts(each) for each in found]}
    lines = [line for each in found for line in _lines(each, standing.tongue)]
    if all(each.in_bounds for each in found):
        say(as_json, facts, lines)
    else:
        say_no(as_json, facts, lines)


def _opened(stand: Callable[[], Standing]) -> Standing:
    return stand()


def _markets(db: Session, market: str) -> Sequence[Market]:
    every = markets_in_order(db)
    if market and market not in {each.id for each in every}:
        end(WRONG_USE, f"there is no market {market!r}; known: {', '.join(each.id for each in every)}")
    return [each for each in every if market in ("", each.id)]


def _read(added: Sequence[str], known: dict[str, str]) -> list[Imagined]:
    read = []
    for text in added:
        try:
            read.append(imagined(text, known))
        except UnreadableShift as wrong:
            end(WRONG_USE, f"--add {text!r}: {wrong}")
    return read


def _facts(each: Heard) -> dict[str, Any]:
    parts = {part: round(found) for part, found in each.minutes.items()}
    return {
        "market": each.market.id,
        "language": each.language,
        "zone": each.market.zone,
        "from": each.span.first.isoformat(),
        "days": each.span.days,
        "waking_minutes": parts["waking"],
        "native_minutes": parts["native"],
        "fluent_minutes": parts["fluent"],
        "uncovered_minutes": parts["holes"],
        "uncovered_by_week": [round(week) for week in each.uncovered_by_week],
        "allowed_by_week": each.market.uncovered_minutes,
        "in_bounds": each.in_bounds,
        "holes_utc": [[iso(hole.start), iso(hole.end)] for hole in each.covered.holes],
    }


def _lines(each: Heard, tongue: Tongue) -> list[str]:
    a_week = {part: hours(found, tongue) for part, found in each.a_week.items()}
    worst, allowed = hours(each.worst_week, tongue), hours(each.market.uncovered_minutes, tongue)
    holes, dates = every_week(each, tongue), single_dates(each, tongue)
    return [
        f"{each.market.id} {each.language}: {'fine' if each.in_bounds else 'too little'}. Hours a week: "
        f"awake {a_week['waking']}, native {a_week['native']}, fluent {a_week['fluent']}, nobody {a_week['holes']} "
        f"(worst {worst}, allowed {allowed})",
        *([f"  every week without anybody: {'; '.join(holes)}"] if holes else []),
        *([f"  on single dates: {'; '.join(dates)}"] if dates else []),
    ]
