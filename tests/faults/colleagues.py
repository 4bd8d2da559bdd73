"""People of the staff in browsers of their own: signed in over HTTP, each from an address of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from sqlmodel import Session

from shop.demo.showing import PASSWORD
from shop.staff.models import Person
from shop.support.shifts.models import Agent, AgentLanguage
from tests.faults.browsers import Answer, Browser, expected

DOMAIN = "harbourbench.example"
SEATS = 20_000  # colleagues are numbered apart from customers, for nobody shares an address


@dataclass
class Colleague(Browser):
    """One of the staff, by the id of their person."""

    person: str = ""

    async def signs_in(self, password: str = PASSWORD) -> Answer:
        """Show who they are; whatever the answer is."""
        return await self.insists("POST", "/sign-in", {"email": f"{self.person}@{DOMAIN}", "password": password})

    async def arrives(self) -> None:
        """Sign in. Raises Unexpected where that does not succeed."""
        expected(await self.signs_in(), 303)


def colleague(port: int, person: str, *, seat: int = 0) -> Colleague:
    """The browser of somebody of the demo's people."""
    return Colleague(port, SEATS + seat, person=person)


def more_agents(db: Session, number: int) -> list[str]:
    """So many agents for Germany who have no hours, so that nothing is ever given to them; the ids of their persons."""
    hashed = db.get_one(Person, "lena").password_hash
    ids = [f"agent-{each}" for each in range(number)]
    given = {"role": "agent", "language": "de", "zone": "Europe/Berlin", "markets": "de", "password_hash": hashed}
    db.add_all([Person(id=id, email=f"{id}@{DOMAIN}", name=f"Agent {id}", **given) for id in ids])
    db.flush()
    db.add_all([Agent(id=id, person=id, zone="Europe/Berlin", markets="de") for id in ids])
    db.flush()
    db.add_all([AgentLanguage(agent=id, language="de", level="native") for id in ids])
    return ids


def colleagues(ports: Sequence[int], people: Sequence[str]) -> list[Colleague]:
    """A browser for each of these people, spread over the ports."""
    seats = zip(islice(cycle(ports), len(people)), people, strict=True)
    return [colleague(port, person, seat=seat) for seat, (port, person) in enumerate(seats)]
