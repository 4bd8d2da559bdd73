"""`softlaunch messages check` and `gather`: the words of shop, desk and console in every language."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from shop.base import messages
from shop.base.settings import ROOT
from shop.base.terminal import NO, end, say, say_no

T = TypeVar("T")
MOST_LINES = 60  # of complaints shown to people; programs get them all

messages_app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]


@messages_app.command("check")
def check_messages(as_json: AsJson = False) -> None:
    """Whether every language says everything that code and templates want to say, with the same placeholders."""
    if wrong := _messages(lambda: messages.complaints(ROOT, ROOT / "locales")):
        more = [f"and {len(wrong) - MOST_LINES} more"] if len(wrong) > MOST_LINES else []
        say_no(as_json, {"errors": wrong}, [*wrong[:MOST_LINES], *more, f"Not fresh or not complete: {len(wrong)}"])
    languages = [messages.language_of(file) for file in messages.language_files(ROOT / "locales")]
    say(as_json, {"languages": languages, "errors": []}, [f"Complete: {', '.join(languages)}"])


@messages_app.command("gather")
def gather_messages() -> None:
    """Gather the messages of code and templates into messages.pot and every language's file."""
    number = _messages(lambda: messages.gather(ROOT, ROOT / "locales"))
    typer.echo(f"Messages: {number}")


def _messages(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except messages.NoMessage as error:
        end(NO, str(error))
