"""Who stands at the desk for cases and what lies at hand there, so that its handlers ask for one thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency, Provide
from sqlmodel import Session, select

from shop.aftersales.cases.deciding import CaseMoved
from shop.aftersales.cases.views import CaseView, case_view
from shop.aftersales.models import Case
from shop.base.assets import Assets
from shop.base.db import Database
from shop.base.fields import decimal, whole
from shop.base.i18n import N_, NP_, Languages, Tongue
from shop.base.pages import Pages
from shop.base.web import Form
from shop.ground.errors import found
from shop.ground.money import Money, NotMoney, money
from shop.markets.directory import Directory
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page

STATES = {
    "received": NP_("case at the desk", "To be decided"),
    "accepted": NP_("case at the desk", "Accepted"),
    "refused": NP_("case at the desk", "Refused"),
    "goods_back": NP_("case at the desk", "Goods are back"),
    "done": NP_("case at the desk", "Done"),
    "taken_back": NP_("case at the desk", "Taken back by the customer"),
}
MOST_TEXT = 500
MOST_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """A person of the staff at the desk for cases."""

    staff: Staff
    database: Database
    pages: Pages
    assets: Assets
    policies: PolicyLibrary
    languages: Languages
    directory: Directory
    now: datetime

    @property
    def tongue(self) -> Tongue:
        """The tongue of the person at the desk."""
        return self.staff.tongue

    def case(self, db: Session, number: str) -> CaseView:
        """The case with everything about it. Raises NotFound, also for one of a market that is not this person's."""
        case = found(db.get(Case, number))
        self.staff.check_market(case.market)
        return case_view(db, case, self.policies)

    def theirs(self, view: CaseView) -> Tongue:
        """The tongue of the case's customer."""
        return self.languages.tongue(view.case.language, view.market.country)

    @contextmanager
    def changing(self, number: str) -> Iterator[tuple[Session, CaseView]]:
        """One transaction over a case, read only once nobody else changes it."""
        with self.worded(), self.database.writing() as db:
            db.exec(select(Case.number).where(Case.number == number).with_for_update())
            yield db, self.case(db, number)

    @contextmanager
    def worded(self) -> Iterator[None]:
        """A refusal that leaves it says in this person's words how the case stands."""
        try:
            yield
        except CaseMoved as refusal:
            state = refusal.values["now_is"]
            refusal.values["now_is"] = self.tongue.say(STATES[state]) if state in STATES else state
            raise

    def page(
        self, name: str, *, title: str, current: str = "/desk/cases", done: str = "", status: int = 200, **values: Any
    ) -> Response[str]:
        """A page of the desk, which nobody keeps."""
        values |= {"title": title}
        return staff_page(self.pages, self.staff, f"desk/{name}", current=current, done=done, status=status, **values)


def provide_case_desk(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    assets: NamedDependency[Assets],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    directory: NamedDependency[Directory],
    now: NamedDependency[datetime],
) -> CaseDesk:
    """The desk as this person finds it now."""
    return CaseDesk(staff, database, pages, assets, policies, languages, directory, now)


AT_DESK = {"desk": Provide(provide_case_desk, sync_to_thread=True)}


def read_reason(form: Form, name: str, tongue: Tongue, *, needed: bool = True) -> str:
    """A reason in words; one that is missing or too long gets its sentence."""
    text = form.text(name)
    if needed and not text:
        form.fail(name, tongue.say(N_("Please say why, in words. Nothing has been changed yet.")))
    if len(text) > MOST_TEXT:
        form.fail(name, tongue.say(N_("Please use fewer words here. Nothing has been changed yet.")))
    return text


def read_amount(form: Form, name: str, currency: str, tongue: Tongue, *, least: int = 1) -> int:
    """An amount in minor units, written with a point or a comma; what is none gets its sentence."""
    try:
        minor = money(decimal(form.text(name)), currency).minor
    except NotMoney:
        minor = -1
    if not least <= minor <= MOST_MINOR:
        shown = Money(12_50, currency).plain
        said = N_("Please write an amount such as %(example)s. Nothing has been changed yet.")
        form.fail(name, tongue.say(said, example=shown))
        return least
    return minor


def read_pieces(form: Form, name: str, most: int, tongue: Tongue) -> int:
    """How many pieces; nothing written is none, and what is no such number gets its sentence."""
    text = form.text(name)
    number = whole(text or "0", digits=5)
    if number is None or number > most:
        said = N_("Please write a whole number from 0 to %(most)s. Nothing has been changed yet.")
        form.fail(name, tongue.say(said, most=tongue.number(most)))
        return 0
    return number
