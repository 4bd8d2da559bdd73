"""Who stands at the console's doors to the roster, and which agents they find there: those of their own markets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.base.pages import Pages
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.markets.directory import Directory
from shop.markets.visited import visited
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.may import is_sensitive_cell
from shop.support.shifts.models import Agent

URL = "/console/roster"
SEE: dict[str, Any] = {"act": "roster.see"}
CHANGE: dict[str, Any] = {"act": "roster.change"}
CHANGE_ASKED = CHANGE | {"asked again": True}  # where it depends on what was sent


@dataclass(frozen=True, slots=True)
class RosterDesk:
    """A person at the console's roster, and what lies at hand there."""

    staff: Staff
    database: Database
    pages: Pages
    markets: frozenset[str]
    now: datetime

    @property
    def tongue(self) -> Tongue:
        """The reader's tongue."""
        return self.staff.tongue

    @property
    def may_change(self) -> bool:
        """Whether this person may change the roster."""
        return self.staff.may(CHANGE["act"])

    def agents(self, db: Session) -> list[Agent]:
        """The agents of this person's markets; who answers all markets is everybody's."""
        people = db.exec(select(Agent).order_by(col(Agent.id))).all()
        return [each for each in people if self._sees(each)]

    def agent(self, db: Session, id: str) -> Agent:
        """One of them; raises NotFound."""
        agent = db.get(Agent, id)
        if agent is None or not self._sees(agent):
            raise NotFound
        return agent

    def confirm_markets(self, wanted: Mapping[str, str]) -> None:
        """Before agents (by id) are to answer other markets than now: raises ConfirmFirst where the set-up's file would.

        Hours are daily work and ask nothing. Raises NotFound.
        """
        with self.database.reading() as db:
            moved = any(set(self.agent(db, id).markets.split()) != set(said.split()) for id, said in wanted.items())
            felt = bool(visited(db))
        if moved and felt and is_sensitive_cell("agents.toml", "markets", goes=False):
            self.staff.confirm()

    def calendar(self, db: Session, name: str) -> str:
        """A calendar that one of them has; raises NotFound."""
        if not name or name not in {each.holidays for each in self.agents(db)}:
            raise NotFound
        return name

    def today(self, agent: Agent) -> date:
        """The date on the agent's clock."""
        return local(self.now, agent.zone).date()

    def page(self, name: str, *, title: str, status: int = 200, done: str = "", **values: Any) -> Response[str]:
        """A page of the console in the person's tongue, which nobody keeps."""
        values |= {"title": title, "may_change": self.may_change}
        return staff_page(self.pages, self.staff, f"console/{name}", current=URL, done=done, status=status, **values)

    def _sees(self, agent: Agent) -> bool:
        return not agent.markets or any(self.staff.works_for(each) for each in agent.markets.split())


def provide_desk(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    directory: NamedDependency[Directory],
    now: NamedDependency[datetime],
) -> RosterDesk:
    """The roster as this person finds it now."""
    return RosterDesk(staff, database, pages, frozenset(directory.now().markets), now)


AT = {"desk": Provide(provide_desk, sync_to_thread=True)}
