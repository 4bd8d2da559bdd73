"""`softlaunch backup` and `softlaunch restore`: an installation as one file, and that file as an installation."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from shop.backups.making import back_up
from shop.backups.manifest import KEY, BadBackup, CannotCopy, Manifest
from shop.backups.place import NotEmpty, Place
from shop.backups.restoring import lacking, restore
from shop.base.clock import clock_of
from shop.base.db import Database
from shop.base.settings import data_dir, database_url, from_environment
from shop.base.terminal import NO, end, progress, say, say_no
from shop.launches.steering.commands import AsJson, answering
from shop.migrations.migrate import is_newest, migrate, shapes
from shop.upkeep.check_command import facts_of, lines_of
from shop.upkeep.personal import acting
from shop.upkeep.personal.commands import keeper_of, other_key
from shop.upkeep.personal.erased_list import NAME as ERASED
from shop.upkeep.proving import invariants, prove

WithKey = Annotated[bool, typer.Option("--with-key", help="Pack the secret key, too; whoever has it can sign in.")]
Replace = Annotated[bool, typer.Option("--replace", help="Whatever is there now is lost.")]


def make_backup(
    place: Annotated[Path, typer.Argument(help="The new file, or a folder for it.")],
    with_key: WithKey = False,
    as_json: AsJson = False,
) -> None:
    """Pack database, attachments and kept mails into one file, while the shop sells."""
    settings = from_environment()
    now = clock_of(settings.test_clock_file)()
    try:
        with progress("Packing", shown=not as_json) as told:
            made = back_up(settings, place, with_key=with_key, now=now, told=told)
    except CannotCopy as error:
        end(NO, str(error))
    except OSError as error:
        end(NO, f"{place}: {error.strerror}")
    facts = {
        "file": str(made.file),
        "bytes": made.file.stat().st_size,
        "vanished": made.vanished,
        **_head(made.manifest),
    }
    lines = [f"{made.file}: {facts['bytes']} bytes", _told(made.manifest)]
    if not with_key:
        lines.append(
            "The secret key is not in it; keep it elsewhere: without it second factors and signed links are lost."
        )
    say(as_json, facts, lines)


def restore_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Made by: softlaunch backup.")],
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty place, and check that everything holds. Stop the shop first."""
    place = Place(database_url(), data_dir())
    try:
        with progress("Restoring", shown=not as_json) as told:
            manifest = restore(file, place, shapes=shapes(), replace=replace, told=told)
    except BadBackup as error:
        end(NO, f"{file} cannot be restored: {error}")
    except NotEmpty as error:
        end(NO, f"{error}; point SOFTLAUNCH_DATA_DIR and SOFTLAUNCH_DATABASE_URL at an empty place, or give --replace")
    except CannotCopy as error:
        end(NO, str(error))
    except OSError as error:
        end(NO, f"{error.filename or place.data_dir}: {error.strerror}")
    lines = [_told(manifest), *_newest(place), *_key_told(manifest)]
    new_key = _makes_key(place)  # asked now: `answering` reads the settings, and makes the key that is missing
    with answering(context, as_json) as steering, progress("Checking", shown=not as_json) as told:
        keeper = keeper_of(steering)
        asked, unmatched = invariants(steering.sources.policies, keeper.left_mails), acting.unmatched(keeper)
        proved = prove(steering.database, asked, now=steering.now, told=told)
        with steering.database.reading() as db:
            lost = lacking(db, place.data_dir)
    if lost:
        lines.append(f"Attachments that were removed while the backup was made: {len(lost)}")
    lines.append("To see what was paid or given back since that backup, run: softlaunch check --provider")
    lines.append(
        f"To erase again who was erased since, put the last {ERASED} into DATA_DIR, and run: softlaunch person erase --again"
    )
    lines += other_key(unmatched) or _new_key_told(place, new_key)
    facts = {**_head(manifest), "lacking": lost, "of_another_key": unmatched, "check": facts_of(proved, steering.now)}
    (say if proved.holds else say_no)(as_json, facts, [*lines, *lines_of(proved)])


def _head(manifest: Manifest) -> dict[str, Any]:
    return {
        "version": manifest.version, "made_at": manifest.made_at, "engine": manifest.engine,
        "revision": manifest.revision, "rows": sum(manifest.counts.values()), "files": len(manifest.files),
        "with_key": KEY in manifest.files,
    }  # fmt: skip


def _told(manifest: Manifest) -> str:
    head = _head(manifest)
    return (
        f"Made at {head['made_at']} by softlaunch {head['version']} from {head['engine']}, shape {head['revision']}."
        f" Rows: {head['rows']}. Files: {head['files']}."
    )


def _newest(place: Place) -> list[str]:
    """A backup of an earlier version is brought to this one's shape."""
    with closing(Database(place.database_url)) as database:
        if is_newest(database):
            return []
        migrate(database)
    return [f"The database was brought to shape {shapes()[0]}."]


def _key_told(manifest: Manifest) -> list[str]:
    if KEY not in manifest.files:
        return ["The backup holds no secret key; put the one it was made with into DATA_DIR or SECRET_KEY."]
    if os.environ.get("SOFTLAUNCH_SECRET_KEY"):
        return ["The backup's secret key was put into DATA_DIR; SOFTLAUNCH_SECRET_KEY is used instead."]
    return []


def _makes_key(place: Place) -> bool:
    """Whether whoever asks for the secret key here is given a new one."""
    return not os.environ.get("SOFTLAUNCH_SECRET_KEY") and not (place.data_dir / KEY).exists()


def _new_key_told(place: Place, new_key: bool) -> list[str]:
    if not new_key or not (place.data_dir / ERASED).exists():
        return []
    return [
        f"A new secret key was made, with which nobody on {ERASED} can be found: put the old one into DATA_DIR first."
    ]
