"""The command `softlaunch policies diff`: what scheduled versions will change, for whom, in words."""

from datetime import date
from typing import Annotated

import typer

from shop.base.clock import system_clock
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.base.terminal import WRONG_USE, end, say
from shop.policies.comparing import compare, diff_lines, diff_record, previous
from shop.policies.library import PolicyLibrary

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]

policies_app = typer.Typer(no_args_is_help=True)


@policies_app.command("diff")
def diff_policies(
    market: Annotated[str, typer.Argument(help="A market's id; none means all.")] = "",
    kind: Annotated[str, typer.Option(help="returns, warranty, terms, ...; none means all.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every version so far, not only those to come.")] = False,
    language: Annotated[str, typer.Option(help="The language to tell it in.")] = "en",
    as_json: AsJson = False,
) -> None:
    """What scheduled versions of policies will change, for whom, in words."""
    library, languages = PolicyLibrary(ROOT / "policies"), Languages(ROOT / "locales")
    if market and market not in library.minimums:
        end(WRONG_USE, f"there are no policies of {market!r}; known: {', '.join(library.minimums)}")
    since = date.min if every else system_clock().date()
    tongue = languages.tongue(language)
    readers = {each: languages.tongue(each) for each in languages.tags}
    told = [
        compared
        for version in library.all()
        if version.effective > since and market in ("", version.market) and kind in ("", version.kind)
        if (before := previous(version, library)) is not None
        for compared in [compare(before, version, tongue.territory(version.market.upper()), tongue, readers)]
    ]
    lines = [line for each in told for line in diff_lines(each, tongue)]
    say(as_json, {"changes": [diff_record(each) for each in told]}, lines or ["No version is scheduled."])
