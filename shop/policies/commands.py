"""What `softlaunch policies` tells: what scheduled versions will change, for whom, and what is less than the law asks."""

from contextlib import closing
from datetime import date
from typing import Annotated

import typer
from sqlalchemy import inspect

from shop.base.clock import system_clock
from shop.base.database_address import sqlite_file
from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import ROOT, database_url
from shop.base.terminal import WRONG_USE, end, say
from shop.policies.comparing import compare, diff_lines, diff_record, previous
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.minimums import written_minimums
from shop.policies.models import PolicyEnd
from shop.policies.rule_checks import check_rules
from shop.policies.written import policy_ends, written_versions

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
    library, languages = with_written(PolicyLibrary(ROOT / "policies")), Languages(ROOT / "locales")
    known = sorted({*library.minimums, *(each.market for each in library.all())})
    if market and market not in known:
        end(WRONG_USE, f"there are no policies of {market!r}; known: {', '.join(known)}")
    since = date.min if every else system_clock().date()
    tongue = languages.tongue(language)
    readers = {each: languages.tongue(each) for each in languages.tags}
    told = [
        compared
        for version in library.all()
        if version.effective > since and market in ("", version.market) and kind in ("", version.kind)
        if (before := previous(version, library)) is not None
        for compared in [compare(before, version, tongue.territory(version.market.upper()), tongue, readers=readers)]
    ]
    lines = [line for each in told for line in diff_lines(each, tongue)]
    say(as_json, {"changes": [diff_record(each) for each in told]}, lines or ["No version is scheduled."])


def below_minimums(library: PolicyLibrary) -> list[str]:
    """What in the versions that hold, or are to, is less than the law asks by the minimums as they are written down now.

    The folder was held against its own when it was read; a row of the database may ask for more.
    """
    today = system_clock().date()
    return [
        f"policies/{version.market}/{version.kind}/{version.name}/rules.toml: {fault}"
        for version in library.all()
        if version == _last_begun(library, version, today) or version.effective > today
        for fault in check_rules(
            version.rules, kind=version.kind, market=version.market, day=version.effective,
            minimum=library.minimums.get(version.market, {}),
        )
    ]  # fmt: skip


def _last_begun(library: PolicyLibrary, version: PolicyVersion, today: date) -> PolicyVersion | None:
    begun = [each for each in library.versions(version.market, version.kind) if each.effective <= today]
    return begun[-1] if begun else None


def with_written(library: PolicyLibrary) -> PolicyLibrary:
    """The library with what was written at the console, where there is a database that can hold it; none is made."""
    url = database_url()
    if (file := sqlite_file(url)) and not file.exists():
        return library
    with closing(Database(url)) as database, database.reading() as db:
        held = inspect(db.connection()).has_table(PolicyEnd.__tablename__)
        return library.including(written_versions(db), written_minimums(db), policy_ends(db)) if held else library
