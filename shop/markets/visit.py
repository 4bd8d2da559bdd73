"""One visit: which market, in which tongue, by whom, and what is to be seen there. Plain values; no request, no query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shop.base.i18n import Tongue
from shop.base.pagecache import stored
from shop.base.revisions import EVERYWHERE, market_scope
from shop.base.web import NO_INDEX, NO_STORE
from shop.markets.directory import Snapshot
from shop.markets.gate import Seeing, Visitor, seeing
from shop.markets.models import Market

PUBLIC = {"cache-control": "public, max-age=0, must-revalidate"}


@dataclass(frozen=True, slots=True)
class Keeps:
    """What a visitor's cookies keep of one market: who they are, and by which invitation they came."""

    visitor: str
    invitation: int | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor in one market, in one of its languages. `staff` may look at what is not yet to be seen."""

    market: Market
    tongue: Tongue
    snapshot: Snapshot
    seeing: Seeing
    keeps: Keeps
    now: datetime
    staff: bool
    origin: str

    def url(self, path: str = "/") -> str:
        """The address of a page of this market in this language."""
        return f"/{self.market.id}/{self.tongue.language}{path}"

    @property
    def for_safety(self) -> bool:
        """Whether the market is paused for safety."""
        return self.market.state == "paused" and self.market.pause_mode == "safety"

    @property
    def unfit(self) -> frozenset[str]:
        """What the market lists although its rules do not let it be sold there: hidden, save in the preview for staff."""
        return frozenset() if self.seeing.preview else self.snapshot.unfit(self.market, self.now)

    def page_headers(self, *, until: datetime | None = None, besides: Iterable[Market] = ()) -> dict[str, str]:
        """What a catalogue page tells the client, and the marks that let the page cache keep it until `until`.

        `besides` are other markets that the page tells something of.
        """
        told = PUBLIC if self.seeing.public else NO_INDEX if self.market.state != "paused" else NO_STORE
        if self.staff:
            return dict(NO_INDEX)
        until = until if until is None or until > self.now else None  # what is over changes no more
        audience = (
            self.market.id if self.market.audience == "invitation" and self.market.state in ("soft", "paused") else ""
        )
        scopes = {market_scope(each.id) for each in (self.market, *besides)}
        return stored(dict(told), scopes=(*sorted(scopes), EVERYWHERE), until=until, audience=audience)


def anybody(market: Market, tongue: Tongue, snapshot: Snapshot, *, now: datetime, origin: str = "") -> Visit:
    """The visit of one of whom nothing is known."""
    seen = seeing(snapshot.facts(market), Visitor())
    return Visit(market, tongue, snapshot, seen, Keeps("", None), now, staff=False, origin=origin)
