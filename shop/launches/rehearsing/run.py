"""One dry run: as whom, when and of what a market is looked at, and the signed link that carries it.

Nothing about it is kept: the link itself is the dry run, and it ends by itself.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shop.base.tokens import Signer
from shop.launches.changing.imagined import as_changed, as_stepped
from shop.markets.directory import Directory, Snapshot
from shop.markets.models import Market

COOKIE = "dry-run"
LASTS = timedelta(hours=24)
SUPPOSED = ("soft", "open")  # what a market may be taken for that is not that yet


@dataclass(frozen=True, slots=True)
class DryRun:
    """A customer of `market` in `language` at the instant `at`, let in or come by chance, with one `sku` in the cart.

    `state` is the launch state that the market is taken for, empty for the one it has. `reader` is the language of
    who looks; at `until` the dry run is over.
    """

    market: str
    language: str
    at: datetime
    let_in: bool
    sku: str
    state: str
    reader: str
    until: datetime

    @property
    def home(self) -> str:
        """Where the customer would begin."""
        return f"/{self.market}/{self.language}/"

    def covers(self, path: str) -> bool:
        """Whether the path is one of the market that is looked at."""
        return path == f"/{self.market}" or path.startswith(f"/{self.market}/")


def signed(run: DryRun, signer: Signer) -> str:
    """The text that carries the dry run in a link and in a cookie."""
    at, until = int(run.at.timestamp()), int(run.until.timestamp())
    values = [run.market, run.language, at, run.let_in, run.sku, run.state, run.reader, until]
    return signer.signed(COOKIE, values)


def opened(text: str, signer: Signer, *, now: datetime) -> DryRun | None:
    """The dry run behind a link that was signed here and is not over; else None."""
    values: list[Any] | None = signer.opened(COOKIE, text)
    if values is None:
        return None
    market, language, at, let_in, sku, state, reader, until = values
    run = DryRun(market, language, _instant(at), let_in, sku, state, reader, _instant(until))
    return run if now < run.until else None


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def supposed(market: Market, state: str) -> Market:
    """The market as it would be in another of the states SUPPOSED; for an empty one as it is."""
    if not state or state == market.state:
        return market
    return as_changed(as_stepped(market, state), ever_sold=True)


class Supposing(Directory):
    """The directory in which one market is taken for what a dry run says."""

    def __init__(self, directory: Directory, run: DryRun) -> None:
        self._real, self._run = directory, run

    def now(self) -> Snapshot:
        """The markets as they stand, but for that one."""
        snapshot = self._real.now()
        market = snapshot.market(self._run.market)
        taken = supposed(market, self._run.state)
        if taken is market:
            return snapshot
        return replace(snapshot, markets={**snapshot.markets, market.id: taken}, supposed=True)
