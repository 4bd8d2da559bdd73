"""Who stands at the console and what lies at hand there, so that its handlers ask for one thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from shop.base.completeness import Completeness
from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.settings import Settings
from shop.ground.errors import NotFound, Refusal
from shop.launches.readying.gathering import Sources
from shop.launches.words import clock, gate_row
from shop.markets.directory import Directory
from shop.markets.models import Exporter
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page

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

    def check(self, market: str) -> None:
        """Raises NotFound for a market that is none of this person's."""
        if not self.staff.works_for(market):
            raise NotFound

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """One transaction; a refusal that leaves it has its gates and states in this person's words."""
        try:
            with self.database.writing() as db:
                yield db
        except Refusal as refusal:
            say, values = self.staff.tongue.say, refusal.values
            values.update({name: say(values[name]) for name in WORDED & values.keys()})
            if "gates" in values:
                values["gates"] = [gate_row(each, self.staff.tongue) for each in values["gates"]]
            raise

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
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    payments: NamedDependency[Any],
    directory: NamedDependency[Directory],
    settings: NamedDependency[Settings],
    completeness: NamedDependency[Completeness],
    now: NamedDependency[datetime],
) -> Console:
    """The console as this person finds it now."""
    sources = Sources(policies, languages.tags, payments.live, completeness())
    return Console(staff, database, pages, sources, directory.now().exporter, settings.base_url, now)


AT = {"console": Provide(provide_console, sync_to_thread=True)}
