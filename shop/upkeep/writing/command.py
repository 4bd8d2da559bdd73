"""The command `softlaunch export`: the set-up as a folder that `softlaunch import` takes."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from shop.base.terminal import NO, end, progress, say, say_no
from shop.launches.steering.markets import Steering
from shop.upkeep.writing.folder import FolderInUse, NothingToWrite, export_setup


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to; it may not exist yet, or be empty.")],
    force: Annotated[bool, typer.Option("--force", help="Write it anew over the set-up that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")] = False,
) -> None:
    """Write the whole set-up into a folder; imported into an empty database it is the same again."""
    steering = _opened(context.obj)
    try:
        with progress(f"Writing {folder.name}", shown=not as_json) as told:
            done = export_setup(steering.database, steering.sources.policies, folder, anew=force, told=told)
    except FolderInUse as used:
        says = f"{used} is not empty; with --force the set-up in it is written anew"
        say_no(as_json, {"error": says}, [says])
    except NothingToWrite:
        says = "no set-up has been loaded yet"
        say_no(as_json, {"error": says}, [says])
    except OSError as error:
        end(NO, f"{folder}: {error.strerror}")
    facts = {"exporter": done.exporter, "folder": str(folder), "files": done.files, "bytes": done.size}
    say(as_json, facts, [f"Wrote {done.exporter} to {folder}. Files: {done.files}"])


def _opened(stand: Callable[[], Steering]) -> Steering:
    return stand()
