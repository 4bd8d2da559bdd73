"""`softlaunch person export`, `erase` and `retained`: one customer's data, by their e-mail address, for people and programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from shop.base.settings import from_environment
from shop.base.terminal import NO, WRONG_USE, end, say, say_no
from shop.base.tokens import Signer
from shop.ground.errors import Busy
from shop.launches.steering.commands import AsJson, answering
from shop.launches.steering.markets import Steering
from shop.upkeep.personal import acting
from shop.upkeep.personal.acting import Keeper, Looked
from shop.upkeep.personal.erased_list import NAME as LIST
from shop.upkeep.personal.erasing import GROUNDS, NotFinished, NothingKept
from shop.upkeep.personal.exporting import NAME, with_files, write_folder
from shop.upkeep.personal.obstacles import SIGNS_IN, WORDS, Obstacle
from shop.upkeep.personal.retaining import retained, told

person_app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The customer's e-mail address.")]
NOTHING = "no data is stored for this e-mail address"
SWEEPS_LATER = "The database is in use; the periodic work rewrites it when it is not."


@person_app.command("export")
def export_person(
    context: typer.Context,
    email: Email,
    folder: Annotated[str, typer.Argument(help="Where to; it may not exist yet. - is standard output.")],
) -> None:
    """Write all data of a customer: one JSON document, and their files beside it."""
    with _keeping(context) as (keeper, now):
        try:
            data, files = acting.export(keeper, email, now=now)
        except NothingKept:
            end(NO, NOTHING)
    if folder == "-":
        typer.echo(with_files(data, files))
        return
    try:
        write_folder(Path(folder), data, files)
    except OSError as error:
        end(WRONG_USE, f"{folder}: {error.strerror}")
    typer.echo(f"Wrote {NAME} to {folder}. Files: {len(files)}")


@person_app.command("erase")
def erase_person(
    context: typer.Context,
    email: Email = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Erase whoever a restored backup has brought back.")] = False,
    ground: Annotated[str, typer.Option(help=f"{', '.join(GROUNDS)}.")] = "asked",
    as_json: AsJson = False,
) -> None:
    """Erase a customer's personal data; orders and payments stay without a name, invoices for as long as the law says."""
    if again == bool(email) or ground not in GROUNDS:
        end(WRONG_USE, f"give an address, or --again; --ground is one of {', '.join(GROUNDS)}")
    with _keeping(context, as_json=as_json) as (keeper, now):
        if again:
            _erase_again(keeper, as_json=as_json, now=now)
            return
        looked = acting.look(keeper, email, now=now)
        if looked.subject.nothing:
            facts = {"erased": False, "rows": {}, "similar": list(looked.similar)}
            say_no(as_json, facts, [f"{NOTHING.capitalize()}.", *_similar(looked)])
        facts, lines = _facts(looked), list(_lines(looked))
        if looked.obstacles:
            says = ["Nothing was erased. These have to be finished first:", *lines]
            say_no(as_json, {"erased": False, **facts}, says)
        if dry_run:
            say(as_json, {"erased": False, **facts}, ["Nothing was erased. This would be:", *lines])
            return
        _erase(keeper, email, ground=ground, now=now)
        swept = _sweep(keeper, now=now)
    more = [] if swept else [SWEEPS_LATER]
    say(as_json, {"erased": True, "swept": swept, **facts}, ["Erased.", *lines, *more])


@person_app.command("retained")
def show_retained(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="The order's number.")],
    as_json: AsJson = False,
) -> None:
    """What is kept of an erased order's invoice, for whoever audits the books, and until when."""
    with _keeping(context, as_json=as_json) as (keeper, _now), keeper.database.reading() as db:
        found = [told(each) for each in retained(db, [order])]
    if not found:
        end(NO, f"no invoice details are stored for {order}")
    address = ", ".join(map(str, found[0]["address"].values()))
    lines = [f"{order}, until {found[0]['until']} ({found[0]['rule']})", found[0]["name"], address]
    say(as_json, found[0], [*lines, *filter(None, [found[0]["business_number"]])])


def _erase(keeper: Keeper, email: str, *, ground: str, now: datetime) -> None:
    try:
        acting.erase_person(keeper, email, ground=ground, person="", now=now)
    except NothingKept:
        end(NO, NOTHING)
    except NotFinished as refusal:
        end(NO, _told(Obstacle(refusal.values["what"], refusal.values["number"])))


def _erase_again(keeper: Keeper, *, as_json: bool, now: datetime) -> None:
    done, left = acting.erase_again(keeper, now=now)
    swept, unmatched = _sweep(keeper, now=now), acting.unmatched(keeper)
    facts = {
        "erased": done,
        "swept": swept,
        "left": [{"what": each.what, "number": each.number} for each in left],
        "of_another_key": unmatched,
    }
    lines = [f"Erased again: {done}", *(f"left: {_told(each)}" for each in left), *other_key(unmatched)]
    (say_no if left or unmatched else say)(as_json, facts, lines if swept else [*lines, SWEEPS_LATER])


def other_key(unmatched: int) -> list[str]:
    """What to do about lines of the list that another key made; nothing where there are none."""
    if not unmatched:
        return []
    return [
        f"{LIST} names {unmatched} by a secret key that is not the one in use, so nobody can tell who they are:"
        " put the old key back into DATA_DIR or SECRET_KEY, and run: softlaunch person erase --again"
    ]


def _told(each: Obstacle) -> str:
    return f"{each.number}: {WORDS[each.what]}" if each.number else WORDS[each.what]


def _sweep(keeper: Keeper, *, now: datetime) -> bool:
    try:
        acting.sweep_after(keeper, now=now)
    except Busy:
        return False
    return True


def _facts(looked: Looked) -> dict[str, object]:
    return {
        "rows": dict(looked.plan.rows),
        "mails": looked.mails,
        "retained": [
            {"order": each.order, "until": each.until.isoformat(), "rule": each.rule} for each in looked.plan.retained
        ],
        "left": [{"what": each.what, "number": each.number} for each in looked.obstacles],
        "named_in": {name: list(keys) for name, keys in looked.plan.fixed.items()},
        "signs_in": looked.staff,
        "similar": list(looked.similar),
    }


def _lines(looked: Looked) -> Iterator[str | Table]:
    yield from _similar(looked)
    for each in looked.obstacles:
        yield _told(each)
    if looked.obstacles:
        return
    table = Table("table", "rows", box=None)
    for name, number in looked.plan.rows.items():
        table.add_row(name, str(number))
    yield table
    if looked.mails:
        yield f"Kept mails: {looked.mails}"
    for kept in looked.plan.retained:
        yield f"{kept.order}: name, address and tax number of the invoice stay until {kept.until} ({kept.rule})"
    for name, keys in looked.plan.fixed.items():
        yield f"{name} {', '.join(keys)}: entries by staff that name the customer, and can never be changed"
    if looked.staff:
        yield SIGNS_IN


def _similar(looked: Looked) -> list[str]:
    return [f"There is also data for: {', '.join(looked.similar)}"] if looked.similar else []


@contextmanager
def _keeping(context: typer.Context, *, as_json: bool = False) -> Iterator[tuple[Keeper, datetime]]:
    with answering(context, as_json) as steering:
        yield keeper_of(steering), steering.now


def keeper_of(steering: Steering) -> Keeper:
    """What handles personal data, for a command in the house that its environment names."""
    settings = from_environment()
    return Keeper(steering.database, steering.sources.policies, Signer(settings.secret_key), settings.data_dir)
