"""Who stands at the doors of the bad day, and the pages drawn for them. A person sees only their own markets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.ground.errors import row_id
from shop.markets.directory import Directory, Snapshot
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.may import ALL_MARKETS
from shop.support.crisis.incident_sight import Reading, incident_of
from shop.support.crisis.models import Incident
from shop.support.workplace.sight import clock

INCIDENTS, HANDBOOK, CONTACTS = "/desk/incidents", "/console/handbook", "/console/crisis"
SEE, ACT, OPEN, STOP = ({"act": act} for act in ("incident.see", "incident.act", "incident.open", "sale.stop"))
KNOW, CHANGE = ({"act": act} for act in ("crisis.see", "crisis.change"))
ROOMS = (
    ("incident.see", INCIDENTS, N_("Incidents")),
    ("crisis.see", CONTACTS, N_("On call")),
    ("incident.see", HANDBOOK, N_("Handbook")),
)


@dataclass(frozen=True, slots=True)
class CrisisDesk:
    """A person at these doors, and what lies at hand there."""

    staff: Staff
    database: Database
    pages: Pages
    snapshot: Snapshot
    now: datetime

    @property
    def markets(self) -> dict[str, Market]:
        """The markets this person works for, in the exporter's order."""
        return {each.id: each for each in self.staff.own(self.snapshot.markets.values())}

    def reading(self, db: Session) -> Reading:
        """This person as a reader."""
        return Reading(db, self.staff, self.now)

    def incident(self, db: Session, number: int) -> Incident:
        """The incident, if this person may see it; raises NotFound."""
        return incident_of(db, self.staff, row_id(number))

    def places(self, markets: Iterable[str]) -> list[tuple[str, str]]:
        """Markets to choose from, with their names; those for all of them begin with all."""
        named = [(each, self.staff.tongue.territory(self.snapshot.markets[each].country)) for each in markets]
        if not self.staff.works_for(ALL_MARKETS):
            return named
        return [(ALL_MARKETS, self.staff.tongue.say(N_("All markets"))), *named]

    def page(
        self, name: str, *, title: str, current: str, status: int = 200, done: str = "", **values: Any
    ) -> Response[str]:
        """A page in the person's tongue, which nobody keeps; `name` begins with the door it belongs to."""
        values |= {"title": title, "rooms": self._rooms(current), "staff_clock": clock(self.staff, self.now)}
        return staff_page(self.pages, self.staff, name, current=INCIDENTS, done=done, status=status, **values)

    def _rooms(self, current: str) -> list[dict[str, Any]]:
        """The pages of the bad day that this person may see, as tabs."""
        return [
            {"label": self.staff.tongue.say(label), "url": url, "current": url == current, "count": None}
            for act, url, label in ROOMS
            if self.staff.may(act)
        ]


def provide_desk(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    directory: NamedDependency[Directory],
    now: NamedDependency[datetime],
) -> CrisisDesk:
    """The bad day as this person finds it."""
    return CrisisDesk(staff, database, pages, directory.now(), now)


AT = {"desk": Provide(provide_desk, sync_to_thread=True)}
