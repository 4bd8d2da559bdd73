"""The command `softlaunch`: one small function per command. Exit 0 is fine, 1 means the answer is no, 2 wrong use."""

import json
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from alembic.util import CommandError
from sqlalchemy.exc import OperationalError

from shop import __version__, demo_past
from shop.backups.command import make_backup, restore_backup
from shop.base.database_address import sqlite_file
from shop.base.db import Database
from shop.base.logs import set_up_logs
from shop.base.messages_commands import messages_app
from shop.base.serving import check_port
from shop.base.serving import serve as run_server
from shop.base.settings import ROOT, BadSetting, database_url, from_environment
from shop.base.terminal import NO, WRONG_USE, end, progress, say, say_no, words
from shop.base.unsafe_settings import refuse_unsafe, worth_a_warning
from shop.demo import showing as demo_showing
from shop.demo.left_over import people_of_the_demo
from shop.house import House, assemble
from shop.launches.judging.command import scorecard
from shop.launches.plan import answers
from shop.launches.steering.door import market_door
from shop.launches.steering.markets import Steering
from shop.life import work_until_stopped
from shop.migrations.locks import TablesInUse
from shop.migrations.migrate import BrokenReferences, is_newest
from shop.migrations.migrate import migrate as bring_to_newest
from shop.policies.commands import below_minimums, policies_app, with_written
from shop.policies.folder import BadPolicy
from shop.policies.keeping import changed_since_accepted
from shop.policies.library import PolicyLibrary
from shop.staff.adding import BadPerson, add_person
from shop.support.requests.mail_command import deliver
from shop.support.shifts import roster
from shop.support.staffed.command import coverage
from shop.upkeep.check_command import check
from shop.upkeep.importing import SetupOfAnother, import_setup
from shop.upkeep.people_commands import user_app
from shop.upkeep.personal.commands import person_app
from shop.upkeep.reading import BadSetup
from shop.upkeep.writing.command import export

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(policies_app, name="policies", help="Rules and texts of every market.")
app.add_typer(messages_app, name="messages", help="The words of shop, desk and console in every language.")
app.add_typer(user_app, name="user", help="People who sign in.")
app.add_typer(person_app, name="person", help="One customer's data: handed out, and erased.")
app.add_typer(market_door, name="market", help="Look at markets and move them from state to state.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]


def main() -> None:
    """The entry point; what a newcomer gets wrong ends in one line, not in a traceback."""
    set_up_logs("console")  # until the settings are read: by itself the library would log the values of variables
    try:
        app(words())
    except (BadSetting, BadPolicy) as error:
        end(WRONG_USE, str(error))
    except CommandError as error:
        end(WRONG_USE, f"the database was made by another version of softlaunch: {error}")
    except (BrokenReferences, TablesInUse) as error:
        end(NO, str(error))
    except OperationalError as error:
        end(NO, f"the database cannot be used: {str(error.orig).partition(chr(10))[0]}")


@app.callback(invoke_without_command=True)
def softlaunch(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False,
) -> None:
    """A storefront that tests a new country with real customers, few products and bounded risk."""
    context.obj = lambda: _steering(_house())
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def demo(
    empty: Annotated[bool, typer.Option("--empty", help="Without orders and questions of the last weeks.")] = False,
) -> None:
    """Load the demo exporter once, and serve it."""
    house = _house(newest=False)
    if house.settings.public:
        raise BadSetting(
            "BASE_URL", "the demo's people have a password that everybody can read: serve it on this machine, HOST too"
        )
    refuse_unsafe(house.settings)
    check_port(house.settings)
    bring_to_newest(house.database)
    _hold_to_accepted(house)
    now = house.clock()
    try:
        if demo_past.is_whole(house):
            roster.rebuild_all(house.database, now=now)
        else:
            demo_past.load(house, now=now, empty=empty)
    except demo_showing.NotTheDemo as other:
        end(NO, f"this database belongs to {other}; give the demo a SOFTLAUNCH_DATA_DIR of its own")
    except demo_past.HalfPlayed:
        end(NO, "the demo was interrupted while it was loaded; remove its data folder and database, or give it others")
    for line in demo_showing.shown(demo_showing.showing(house.database, now=now), house.settings.base_url):
        typer.echo(line)
    _serve(house)


@app.command()
def serve() -> None:
    """Serve shop, desk and console."""
    house = _house()
    _hold_to_safe(house)
    _hold_to_accepted(house)
    check_port(house.settings)
    _serve(house)


@app.command()
def work() -> None:
    """Do the periodic work in one more process: `serve` does it as well."""
    house = _house()
    _hold_to_safe(house)
    _hold_to_accepted(house)
    _end_quietly(signal.SIGTERM, signal.SIGINT)
    work_until_stopped(house)


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    bring_to_newest(_house(newest=False).database, told=typer.echo)


@app.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A set-up: TOML and CSV files.")],
    as_json: AsJson = False,
) -> None:
    """Load an exporter's whole set-up: all of it or nothing."""
    house = _house()
    try:
        with progress(f"Loading {folder.name}", shown=not as_json) as told:
            loaded = import_setup(house.database, folder, house.policies, now=house.clock(), told=told)
    except BadSetup as bad:
        say_no(as_json, {"errors": [{"file": each.file, "place": each.place, "error": each.error} for each in bad.complaints]},
            [*map(str, bad.complaints), f"Nothing was loaded. Errors: {len(bad.complaints)}"])  # fmt: skip
    except SetupOfAnother as other:
        says = f"this database belongs to {other}; one installation has one exporter"
        say_no(as_json, {"errors": [{"file": "exporter.toml", "place": "legal_name", "error": says}]}, [says])
    rows = sum(loaded.rows.values())
    summary = {"exporter": loaded.exporter, "rows": loaded.rows, "notes": loaded.notes}
    say(as_json, summary, [*loaded.notes, f"Loaded {loaded.exporter}. Rows: {rows}"])


@app.command()
def plan(file: Annotated[Path, typer.Argument(help="Cases as JSON.")], as_json: AsJson = False) -> None:
    """Dry run: answer one case or a list of cases by the real rules."""
    try:
        document = json.loads(file.read_bytes())
    except OSError as error:
        end(WRONG_USE, f"{file}: {error.strerror}")
    except (ValueError, RecursionError) as error:
        end(WRONG_USE, f"{file} is not JSON: {error}")
    answered, readable = answers(document)
    typer.echo(json.dumps(answered, ensure_ascii=False, indent=None if as_json else 2))
    raise typer.Exit(0 if readable else WRONG_USE)


@app.command("mail-in")
def mail_in(to: Annotated[str, typer.Option(help="The address it came to, if the mail server says it.")] = "") -> None:
    """Take in one e-mail from standard input: 0 kept, 1 refused, 75 to be tried again."""
    code, said = deliver(_house, sys.stdin.buffer, to=to)
    typer.echo(said, err=code != 0)
    raise typer.Exit(code)


for each in (coverage, scorecard, export, check):
    app.command()(each)
app.command("backup")(make_backup)
app.command("restore")(restore_backup)


@policies_app.command("check")
def check_policies(as_json: AsJson = False) -> None:
    """Whether every policy can be read, is complete, and is no worse than the law's minimum."""
    try:
        library = with_written(PolicyLibrary(ROOT / "policies"))
    except BadPolicy as error:
        say_no(as_json, {"errors": [str(error)]}, [str(error)])
    if wrong := [*(f"policies/{each} is missing" for each in library.lacking()), *below_minimums(library)]:
        say_no(as_json, {"errors": wrong}, wrong)
    versions = len(list(library.all()))
    if changed := _changed_policies(library):
        say_no(as_json, {"errors": changed}, changed)
    say(as_json, {"versions": versions, "errors": []}, [f"Policies are fine. Versions: {versions}"])


@user_app.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    name: str = "",
    role: Annotated[str, typer.Option(help="exporter, specialist, agent or partner.")] = "",
    language: str = "",
    zone: Annotated[str, typer.Option(help="IANA time zone, such as Europe/Zurich.")] = "",
    markets: Annotated[str, typer.Option(help="Ids parted by spaces; none means all.")] = "",
) -> None:
    """Add a person, or give a known one a new password. The password is asked for, or read from standard input."""
    house = _house()
    asked = sys.stdin.isatty()
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if asked else sys.stdin.readline()
    given = {"name": name, "role": role, "language": language, "zone": zone, "markets": markets}
    known = {"language": house.languages.tags, "markets": tuple(house.directory.now().markets)}
    try:
        person, new = add_person(house.database, email, password.rstrip("\r\n"), given, known=known, now=house.clock())
    except BadPerson as error:
        end(WRONG_USE, str(error))
    typer.echo(f"{person.email} ({person.role}) {'was added' if new else 'has a new password'}.")


def _house(*, newest: bool = True) -> House:
    """The parts of the house; with `newest`, only over a database of the newest shape."""
    settings = from_environment()
    set_up_logs(settings.log_format)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    house = assemble(settings)
    if newest and not is_newest(house.database):
        end(WRONG_USE, "the database does not have the newest shape; run: softlaunch migrate")
    return house


def _hold_to_safe(house: House) -> None:
    """Begin nothing before customers that is only for one's own machine."""
    refuse_unsafe(house.settings)
    if house.settings.public and (people := people_of_the_demo(house.database)):
        raise BadSetting(
            "BASE_URL", f"these still have the demo's password, which everybody can read: {', '.join(people)}"
        )
    for warning in worth_a_warning(house.settings):
        typer.echo(f"softlaunch: {warning}", err=True)


def _hold_to_accepted(house: House) -> None:
    """Begin nothing over policies that are not those that customers have accepted."""
    with house.database.reading() as db:
        changed = changed_since_accepted(db, house.policies)
    if changed:
        end(WRONG_USE, "\n".join(changed))


def _changed_policies(library: PolicyLibrary) -> list[str]:
    """What customers have accepted otherwise, where there is a database to ask; none is made for it."""
    url = database_url()
    if (file := sqlite_file(url)) and not file.exists():
        return []
    with closing(Database(url)) as database, database.reading() as db:
        return changed_since_accepted(db, library) if is_newest(database) else []


def _steering(house: House) -> Steering:
    return Steering(house.database, house.payments, house.sources(), house.languages.tongue("en"), house.clock())


def _serve(house: House) -> None:
    house.database.close()
    _end_quietly(signal.SIGTERM)
    run_server(house.settings)


def _end_quietly(*signals: signal.Signals) -> None:
    """Being told to end is no failure; uvicorn raises the signal anew once it has ended."""

    def ended(*_: object) -> NoReturn:
        raise SystemExit(0)

    for each in signals:
        signal.signal(each, ended)
