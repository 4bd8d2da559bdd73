"""Who stands at the console and what lies at hand there, so that its handlers ask for one thing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.base.db import Database
from shop.base.guard import REQUEST_ID
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.settings import Settings
from shop.ground.errors import Refusal, found
from shop.launches.changing.change_words import change_rows
from shop.launches.readying.gathering import Sources
from shop.launches.words import clock, gate_row
from shop.markets.directory import Directory
from shop.markets.history import REQUEST
from shop.markets.models import Exporter, LaunchEvent, Market
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.names import names_of

WORDED = {"state", "now_is"}  # values of refusals that are messages to be translated


@dataclass(frozen=True, slots=True)
class Console:
    """A person of the staff at the console. `exporter` tells which clock is the one at home."""

    staff: Staff
    database: Database
    pages: Pages
    sources: Sources
    exporter: Exporter
    base_url: str
    now: datetime
    request: str = ""  # the id under which the log knows what is asked

    def check(self, market: str) -> None:
        """Raises NotFound for a market that is none of this person's."""
        self.staff.check_market(market)

    def market(self, market: str) -> Market:
        """The market as it stands; raises NotFound also for one that is none of this person's."""
        self.check(market)
        with self.database.reading() as db:
            return found(db.get(Market, market))

    def head(self, market: Market) -> dict[str, Any]:
        """What every page about one market begins with: its row, what it is called, where its own page stands."""
        place = self.staff.tongue.territory(market.country)
        return {"market": market, "place": place, "url": f"/console/markets/{market.id}"}

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """One transaction; a refusal that leaves it has its gates and states in this person's words."""
        try:
            with self.database.writing() as db:
                db.info[REQUEST] = self.request
                yield db
        except Refusal as refusal:
            say, values = self.staff.tongue.say, refusal.values
            values.update({name: say(values[name]) for name in WORDED & values.keys()})
            if "gates" in values:
                values["gates"] = [gate_row(each, self.staff.tongue) for each in values["gates"]]
            if "changes" in values:
                values["changes"] = self._told(values["changes"])
            raise

    def _told(self, events: Sequence[LaunchEvent]) -> list[dict[str, Any]]:
        """The events of one market that came between, as its people read them."""
        if not events:
            return []
        with self.database.reading() as db:
            market, names = db.get_one(Market, events[0].market), names_of(db)
        return change_rows(events, market, names=names, zone=self.exporter.zone, tongue=self.staff.tongue)

    def page(
        self, name: str, *, title: str, status: int = 200, done: str = "", current: str = "/console", **values: Any
    ) -> Response[str]:
        """A page of the console in the person's tongue, which nobody keeps."""
        home = self.staff.tongue.say(
            N_("Home: %(moment)s"), moment=clock(self.now, self.exporter.zone, self.staff.tongue)
        )
        values |= {"title": title, "staff_clock": home}
        return staff_page(
            self.pages, self.staff, f"console/{name}", current=current, done=done, status=status, **values
        )


def provide_console(
    request: Request[Any, Any, Any],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    sources: NamedDependency[Callable[[], Sources]],
    directory: NamedDependency[Directory],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Console:
    """The console as this person finds it now."""
    asked = request.scope["state"].get(REQUEST_ID, "")
    return Console(staff, database, pages, sources(), directory.now().exporter, settings.base_url, now, asked)


AT = {"console": Provide(provide_console, sync_to_thread=True)}
