"""`softlaunch user list`, `deactivate` and `second-factor-off`: people, where nobody can get to the console any more."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session, col, select

from shop.base.terminal import NO, WRONG_USE, end, say
from shop.launches.steering.commands import AsJson, answering
from shop.staff.last_exporter import LastExporter
from shop.staff.may import as_written, further_roles
from shop.staff.models import Person
from shop.staff.people import deactivate, take_factor_off
from shop.staff.second_factor import with_factor

user_app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The address they sign in with.")]
FIELDS = ("email", "name", "role", "markets", "roles", "state", "second_factor")


@user_app.command("list")
def list_people(context: typer.Context, as_json: AsJson = False) -> None:
    """Everybody who signs in, what they are and where, and whether they have a second factor."""
    with answering(context, as_json) as steering, steering.database.reading() as db:
        factors = set(db.exec(with_factor()).all())
        people = db.exec(select(Person).order_by(col(Person.email))).all()
    told = [
        {
            "email": each.email,
            "name": each.name,
            "role": each.role,
            "markets": each.markets,
            "roles": as_written(further_roles(each)),
            "state": "deactivated" if each.deactivated else "active" if each.password_hash else "no password",
            "second_factor": each.id in factors,
        }
        for each in people
    ]
    table = Table("address", "name", "role", "markets", "further roles", "state", "second factor", box=None)
    for line in told:
        table.add_row(*(("yes" if line[name] is True else str(line[name] or "")) for name in FIELDS))
    say(as_json, told, [table])


@user_app.command("deactivate")
def deactivate_person(context: typer.Context, email: Email) -> None:
    """Take everything from a person but their name in the history; they are signed out at once."""
    _do(context, email, lambda db, id, now: deactivate(db, id, by="", now=now))
    typer.echo(f"{email} is deactivated.")


@user_app.command("second-factor-off")
def second_factor_off(context: typer.Context, email: Email) -> None:
    """Take off the second factor of a person who has lost it; they are signed out, and told by mail."""
    if not _do(context, email, lambda db, id, now: take_factor_off(db, id, by="", now=now)):
        end(NO, f"{email} has no second factor")
    typer.echo(f"{email} has no second factor any more.")


def _do(context: typer.Context, email: str, deed: Callable[[Session, str, datetime], object]) -> object:
    with answering(context, False) as steering, steering.database.writing() as db:
        id = db.exec(select(Person.id).where(Person.email == email.strip().lower())).first()
        if id is None:
            end(WRONG_USE, f"nobody has the address {email}")
        try:
            return deed(db, id, steering.now)
        except LastExporter:
            end(NO, f"{email} is the last exporter of all markets who can sign in")
