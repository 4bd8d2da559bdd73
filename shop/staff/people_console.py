"""The exporter's door to the people who sign in: who there is, where each may do what, invitations, and what was done.

It is only for who may do so in every market: whoever sets up people could otherwise give themselves more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.staff import people
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.staff.may import ALL_MARKETS
from shop.staff.models import Person, SignInRule
from shop.staff.people import AddressTaken, PersonChanged
from shop.staff.people_sight import deed_rows, person_rows, person_sheet
from shop.staff.person_form import differences, person_form, read_person
from shop.staff.programs import Programs

URL = "/console/people"
CHANGE = {"act": "people.change"}


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """An exporter at the people of the house, and what lies at hand there. `markets` has the country of each."""

    staff: Staff
    database: Database
    pages: Pages
    languages: Languages
    markets: Mapping[str, str]
    programs: Programs
    now: datetime

    def page(self, name: str, *, status: int = 200, done: str = "", **values: Any) -> Response[str]:
        """A page of the console in the person's tongue, which nobody keeps."""
        values |= {"url": URL}
        return staff_page(self.pages, self.staff, f"console/{name}", current=URL, done=done, status=status, **values)

    def named_markets(self) -> list[tuple[str, str]]:
        """Every market's id and the name of its country."""
        return [(each, self.staff.tongue.territory(country)) for each, country in self.markets.items()]


def provide_people_desk(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    languages: NamedDependency[Languages],
    known_markets: NamedDependency[Mapping[str, str]],
    programs: NamedDependency[Programs],
    now: NamedDependency[datetime],
) -> PeopleDesk:
    """The people as an exporter of all markets finds them; raises NotFound for who is one only here and there."""
    staff.check_market(ALL_MARKETS)
    return PeopleDesk(staff, database, pages, languages, known_markets, programs, now)


AT = {"desk": Provide(provide_people_desk, sync_to_thread=False)}


@get(URL, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def people_page(desk: NamedDependency[PeopleDesk], done: FromQuery[str] = "") -> Response[str]:
    """Everybody who signs in, and what was done about them last."""
    tongue = desk.staff.tongue
    with desk.database.reading() as db:
        rows, deeds, rule = person_rows(db, desk.staff, desk.markets), deed_rows(db, desk.staff), db.get(SignInRule, 1)
    asked = rule is not None and rule.second_factor
    title = tongue.say(N_("People who sign in"))
    return desk.page("people", title=title, done=done, rows=rows, deeds=deeds, asked=asked)


@post(f"{URL}/second-factor", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def rule_taken(form: NamedDependency[Form], desk: NamedDependency[PeopleDesk]) -> Response[Any]:
    """Ask everybody for a second factor, or no longer everybody."""
    with desk.database.writing() as db:
        wanted = form.text("second_factor") == "yes"
        people.ask_everybody(db, second_factor=wanted, by=desk.staff.person.id, now=desk.now)
    return see_other(f"{URL}?done=rule_changed")


@get(f"{URL}/new", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def new_page(desk: NamedDependency[PeopleDesk]) -> Response[str]:
    """The form of somebody new."""
    own = desk.staff.person
    return _form_page(desk, Form({"role": "agent", "language": own.language, "zone": own.zone}), None)


@post(URL, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def person_added(form: NamedDependency[Form], desk: NamedDependency[PeopleDesk]) -> Response[Any]:
    """Add somebody, who is invited by mail to choose a password."""
    facts = read_person(form, desk.staff.tongue, languages=desk.languages.tags, markets=desk.markets)
    if facts is None:
        return _form_page(desk, form, None, status=422)
    try:
        with desk.database.writing() as db:
            person = people.add(db, facts, by=desk.staff.person.id, now=desk.now)
    except AddressTaken:
        return _taken(desk, form, None)
    return see_other(f"{URL}/{person.id}?done=person_added")


@get(f"{URL}/{{person:str}}", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def person_page(person: FromPath[str], desk: NamedDependency[PeopleDesk], done: FromQuery[str] = "") -> Response[str]:
    """One person: what they are, where, their sign-in, and what was done about them."""
    with desk.database.reading() as db:
        row = found(db.get(Person, person))
    return _form_page(desk, person_form(row, desk.markets), row, done=done)


@post(f"{URL}/{{person:str}}", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def person_changed(
    person: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[PeopleDesk]
) -> Response[Any]:
    """Change a person; what somebody else changed meanwhile is shown beside what was entered."""
    with desk.database.reading() as db:
        row = found(db.get(Person, person))
    facts = read_person(form, desk.staff.tongue, languages=desk.languages.tags, markets=desk.markets)
    if facts is None:
        return _form_page(desk, form, row, status=422)
    try:
        with desk.database.writing() as db:
            people.change(db, person, facts, seen=form.values["seen"], by=desk.staff.person.id, now=desk.now)
    except AddressTaken:
        return _taken(desk, form, row)
    except PersonChanged:
        return _stale(desk, form, person)
    return see_other(f"{URL}/{person}?done=person_changed")


@post(f"{URL}/{{person:str}}/{{deed:str}}", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def deed_done(
    person: FromPath[str], deed: FromPath[str], form: NamedDependency[Form], desk: NamedDependency[PeopleDesk]
) -> Response[Any]:
    """One of the deeds that need no more than a tick: invite again, sign out, deactivate, activate, take the factor off."""
    do, done = found(DEEDS.get(deed))
    with desk.database.writing() as db:
        do(db, person, desk.staff.person.id, desk.now)
        if deed == "sign-out" and form.text("tokens") == "yes":
            desk.programs.end(db, person, by=desk.staff.person.id, now=desk.now)
    return see_other(f"{URL}/{person}?done={done}")


def _invite_again(db: Session, id: str, by: str, now: datetime) -> None:
    person = people.locked(db, id)
    if not person.password_hash and not person.deactivated:
        people.invite(db, person, by=by, now=now)


Deed = Callable[[Session, str, str, datetime], object]
DEEDS: dict[str, tuple[Deed, str]] = {
    "invitation": (_invite_again, "person_invited"),
    "sign-out": (lambda db, id, by, now: people.sign_out_everywhere(db, id, by=by, now=now), "person_signed_out"),
    "deactivation": (lambda db, id, by, now: people.deactivate(db, id, by=by, now=now), "person_out"),
    "activation": (lambda db, id, by, now: people.activate(db, id, by=by, now=now), "person_in"),
    "factor-removal": (lambda db, id, by, now: people.take_factor_off(db, id, by=by, now=now), "person_factor_off"),
}


def _taken(desk: PeopleDesk, form: Form, row: Person | None) -> Response[str]:
    form.fail("email", desk.staff.tongue.say(N_("Somebody else signs in with this address.")))
    return _form_page(desk, form, row, status=422)


def _stale(desk: PeopleDesk, form: Form, id: str) -> Response[str]:
    """The form as it was filled in, over the person as they are now: it can be saved knowingly."""
    with desk.database.reading() as db:
        row = found(db.get(Person, id))
    fresh = person_form(row, desk.markets).values
    changed = differences(fresh, form)
    form.values["seen"] = fresh["seen"]
    return _form_page(desk, form, row, status=409, changed=changed)


def _form_page(
    desk: PeopleDesk,
    form: Form,
    row: Person | None,
    *,
    status: int = 200,
    done: str = "",
    changed: list[tuple[str, str, str]] | None = None,
) -> Response[str]:
    tongue, sheet = desk.staff.tongue, None
    if row is not None:
        with desk.database.reading() as db:
            everybody = db.exec(select(Person).order_by(col(Person.id))).all()
            sheet = person_sheet(db, row, desk.staff, names={each.id: each.name for each in everybody}, now=desk.now)
            sheet["tokens"] = desk.programs.words(db, row.id, tongue, now=desk.now)
    languages = sorted((tag, tongue.language_name(tag)) for tag in desk.languages.tags)
    return desk.page(
        "person",
        title=row.name if row is not None else tongue.say(N_("Add somebody")),
        status=status,
        done=done,
        form=form,
        sheet=sheet,
        changed=changed or [],
        further=any(form.values[f"role-{each}"] for each in desk.markets),
        languages=languages,
        markets=desk.named_markets(),
    )


HANDLERS = [
    people_page,
    rule_taken,
    new_page,
    person_added,
    person_page,
    person_changed,
    deed_done,
]
