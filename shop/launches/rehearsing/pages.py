"""Entering and leaving a dry run: the link puts it into a cookie of this browser, and ending it takes it out."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.tokens import Signer
from shop.base.web import Cookies, see_other
from shop.ground.errors import Refusal
from shop.launches.rehearsing.run import COOKIE, LASTS, opened
from shop.markets.directory import Directory


class DryRunOver(Refusal):
    """The link of a dry run that has ended, or that was never made here."""


@get("/dry-run/{token:str}", sync_to_thread=True)
def enter(
    token: FromPath[str],
    jar: NamedDependency[Cookies],
    signer: NamedDependency[Signer],
    directory: NamedDependency[Directory],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Begin to look, from the market's first page. Raises DryRunOver."""
    run = opened(token, signer, now=now)
    if run is None or run.market not in directory.now().markets:
        raise DryRunOver
    seconds = min(int((run.until - now).total_seconds()), int(LASTS.total_seconds()))
    return see_other(run.home, jar.make(COOKIE, token, seconds=seconds))


@post("/dry-run", sync_to_thread=True)
def leave(jar: NamedDependency[Cookies]) -> Response[Any]:
    """End it for this browser; the link stays good for others until its day is over."""
    return see_other("/", jar.drop(COOKIE))


HANDLERS = [enter, leave]
