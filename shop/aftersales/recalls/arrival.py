"""Who stands at the console's doors to recalls, and the pages drawn for them. A person sees only their own markets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.aftersales.models import Recall
from shop.aftersales.recalls.sight import recalls_for
from shop.base.db import Database
from shop.base.pages import Pages
from shop.ground.errors import NotFound
from shop.markets.directory import Directory, Snapshot
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.may import ALL_MARKETS

URL = "/console/recalls"
SEE, OPEN = ({"act": act} for act in ("recall.see", "recall.open"))


@dataclass(frozen=True, slots=True)
class RecallDesk:
    """A person at the console's recalls, and what lies at hand there."""

    staff: Staff
    database: Database
    pages: Pages
    snapshot: Snapshot
    now: datetime

    @property
    def markets(self) -> dict[str, Market]:
        """The markets this person works for, in the exporter's order."""
        return {each.id: each for each in self.staff.own(self.snapshot.markets.values())}

    @property
    def may_open(self) -> bool:
        """Whether this person may open recalls, which reach every market, and see them through."""
        return self.staff.may(OPEN["act"]) and self.staff.works_for(ALL_MARKETS)

    def recall(self, db: Session, number: str) -> Recall:
        """The recall, if it concerns one of this person's markets; raises NotFound."""
        for each in recalls_for(db, self.staff):
            if each.number == number:
                return each
        raise NotFound

    def moment(self, instant: datetime) -> str:
        """An instant in words, in this person's own zone."""
        return self.staff.tongue.moment(instant, self.staff.person.zone)

    def page(self, name: str, *, title: str, status: int = 200, done: str = "", **values: Any) -> Response[str]:
        """A page of the console in the person's tongue, which nobody keeps."""
        values |= {"title": title, "url": URL}
        return staff_page(self.pages, self.staff, f"console/{name}", current=URL, done=done, status=status, **values)


def provide_desk(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    directory: NamedDependency[Directory],
    now: NamedDependency[datetime],
) -> RecallDesk:
    """The console's recalls as this person finds them."""
    return RecallDesk(staff, database, pages, directory.now(), now)


AT = {"desk": Provide(provide_desk, sync_to_thread=True)}
