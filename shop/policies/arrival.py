"""Who stands at the console's pages of policies and what lies at hand there, so that their handlers ask for one thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.ground.errors import found
from shop.markets.directory import Directory
from shop.markets.models import Market
from shop.policies.comparing import KIND_NAMES
from shop.policies.drafts.sight import Sight, sight
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.names import names_of

POLICIES = "/console/policies"


@dataclass(frozen=True, slots=True)
class PolicyConsole:
    """A person of the staff at the policies of their markets."""

    staff: Staff
    database: Database
    directory: Directory
    library: PolicyLibrary
    languages: Languages
    pages: Pages
    now: datetime

    def markets(self) -> list[Market]:
        """The markets that are this person's."""
        return self.staff.own(self.directory.now().markets.values())

    def market(self, market: str) -> Market:
        """The market; raises NotFound also for one that is none of this person's."""
        self.staff.check_market(market)
        return found(self.directory.now().markets.get(market))

    def version(self, market: str, kind: str, name: str) -> tuple[Market, PolicyVersion]:
        """The version with its market; raises NotFound also for a market that is none of this person's."""
        return self.market(market), self.library.version(market, kind, name)

    def name(self, person: str) -> str:
        """What somebody is called; who is gone goes by their id."""
        with self.database.reading() as db:
            return names_of(db, [person]).get(person, person)

    def draft(self, number: int) -> Sight:
        """The draft as it stands; raises NotFound."""
        with self.database.reading() as db:
            return self._sight(db, number)

    @contextmanager
    def changing(self, number: int) -> Iterator[tuple[Session, Sight]]:
        """One transaction with the draft as it stands in it; raises NotFound."""
        with self.database.writing() as db:
            yield db, self._sight(db, number)

    def page(self, name: str, *, title: str, status: int = 200, done: str = "", **values: Any) -> Response[str]:
        """A page of the console about policies, in the person's tongue."""
        values |= {"title": title}
        return staff_page(
            self.pages, self.staff, f"console/{name}", current=POLICIES, done=done, status=status, **values
        )

    def draft_page(self, name: str, about: Sight, *, done: str = "", **values: Any) -> Response[str]:
        """A page about a draft, with its head."""
        tongue = self.staff.tongue
        place = tongue.territory(about.market.country)
        kind = tongue.say(KIND_NAMES[about.draft.kind])
        title = tongue.say(N_("Draft of %(kind)s: %(place)s"), kind=kind, place=place)
        return self.page(name, title=title, done=done, url=about.url, **values)

    def _sight(self, db: Session, number: int) -> Sight:
        return sight(db, number, staff=self.staff, directory=self.directory, library=self.library, now=self.now)


def provide_policy_console(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> PolicyConsole:
    """The policies as this person finds them now."""
    return PolicyConsole(staff, database, directory, policies, languages, pages, now)


AT = {"console": Provide(provide_policy_console, sync_to_thread=True)}
