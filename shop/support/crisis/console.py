"""The console's doors to who is told and who is on call: contacts, turns with their gaps, who stands in, and drills."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import found, row_id
from shop.ground.instants import UnreadableTime, first_instant, parse_wall
from shop.markets.models import Market
from shop.staff.may import works_for
from shop.staff.models import Person
from shop.staff.names import names_of
from shop.support.crisis.at import AT, CHANGE, CONTACTS, INCIDENTS, KNOW, CrisisDesk
from shop.support.crisis.contacts import contacts_for, ready_for_crisis
from shop.support.crisis.incident_sight import contact_row
from shop.support.crisis.incidents import open_drill
from shop.support.crisis.models import CrisisCard, OnCallOverride, OnCallRotation
from shop.support.crisis.oncall import gaps, on_call, turns
from shop.support.crisis.rotations import overrides_of, still_here, with_overrides
from shop.support.crisis.sheet import sheets
from shop.support.crisis.standing_in import end_override, keep_override
from shop.support.crisis.words import ROLES
from shop.support.severity import CRISIS

SHOWN = timedelta(days=28)
LONGEST = timedelta(days=366)


@get(CONTACTS, dependencies=AT, opt=KNOW, sync_to_thread=True)
def crisis_page(desk: NamedDependency[CrisisDesk], done: FromQuery[str] = "") -> Response[str]:
    """Whom the cards tell, with their time now, and who is on call this week and the next ones."""
    return _draw(desk, {}, done=done)


@post(f"{CONTACTS}/rotations/{{rotation:str}}/overrides", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def override_form(
    rotation: FromPath[str], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]
) -> Response[Any]:
    """Somebody else is on call for a while; the times are those of the rotation's zone."""
    with desk.database.reading() as db:
        row = _rotation(db, desk, rotation)
        person = db.get(Person, form.text("person"))
    if person is None or not _may_stand_in(person, row):
        form.fail("person", desk.staff.tongue.say(N_("Please choose somebody. Nothing has been kept.")))
    start, end = (_wall(desk, form, name, row.zone) for name in ("starts", "ends"))
    if start and end and not (start < end and desk.now < end and end - start <= LONGEST):
        said = N_("The end must lie after the beginning, after now, and within a year. Nothing has been kept.")
        form.fail("ends", desk.staff.tongue.say(said))
    if form.errors or person is None or start is None or end is None:
        return _draw(desk, {rotation: form}, status=422)
    with desk.database.writing() as db:
        keep_override(db, row.id, person.id, start=start, end=end)
    return see_other(f"{CONTACTS}?done=override_kept")


@post(f"{CONTACTS}/overrides/{{number:int}}/ending", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def end_form(number: FromPath[int], desk: NamedDependency[CrisisDesk]) -> Response[Any]:
    """Nobody stands in any more."""
    with desk.database.writing() as db:
        override = found(db.get(OnCallOverride, row_id(number)))
        _rotation(db, desk, override.rotation)
        end_override(override, now=desk.now)
    return see_other(f"{CONTACTS}?done=override_ended")


@post(f"{CONTACTS}/rotations/{{rotation:str}}/drill", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def drill_form(
    rotation: FromPath[str], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]
) -> Response[Any]:
    """Page whoever is on call, as a drill; while one is under way, that one is shown instead."""
    with desk.database.reading() as db:
        _rotation(db, desk, rotation)
        if db.get(CrisisCard, form.text("card")) is None:
            form.fail("card", desk.staff.tongue.say(N_("Please choose a card. Nobody has been paged.")))
    if form.errors:
        return _draw(desk, {rotation: form}, status=422)
    with desk.database.writing() as db:
        row, card = _rotation(db, desk, rotation), db.get_one(CrisisCard, form.text("card"))
        number = open_drill(db, card, row, by=desk.staff.person.id, now=desk.now)
    return see_other(f"{INCIDENTS}/{number}?done=drilled")


def _draw(desk: CrisisDesk, forms: dict[str, Form], *, status: int = 200, done: str = "") -> Response[str]:
    tongue = desk.staff.tongue
    with desk.database.reading() as db:
        cards = sheets(db, tongue)
        grave = set(db.exec(select(CrisisCard.key).where(CrisisCard.severity == CRISIS)).all())
        rotations = db.exec(select(OnCallRotation).order_by(col(OnCallRotation.market), col(OnCallRotation.id))).all()
        seen = [each for each in rotations if not each.market or desk.staff.works_for(each.market)]
        people = db.exec(select(Person).order_by(col(Person.name))).all()
        rows = [_rotation_row(db, desk, each, people=people, form=forms.get(each.id)) for each in seen]
        contacts = _contact_groups(db, desk)
        lacking = _lacking(db, desk)
    return desk.page(
        "console/crisis",
        title=tongue.say(N_("On call and contacts")),
        current=CONTACTS,
        status=status,
        done=done,
        rotations=rows,
        contacts=contacts,
        lacking=lacking,
        cards=[(key, each.title) for key, each in cards.items() if key in grave],
        may_change=desk.staff.may(CHANGE["act"]),
        url=CONTACTS,
    )


def _rotation_row(
    db: Session, desk: CrisisDesk, row: OnCallRotation, *, people: Sequence[Person], form: Form | None
) -> dict[str, Any]:
    tongue, rotation = desk.staff.tongue, with_overrides(db, row)
    coming = turns(rotation, desk.now, desk.now + SHOWN)
    overrides = overrides_of(db, row.id)
    backup = still_here(db, row.backup)
    names = names_of(db, [*(each.user for each in coming), *backup, *(each.person for each in overrides)])
    place = tongue.territory(desk.snapshot.markets[row.market].country) if row.market else tongue.say(N_("All markets"))
    user = on_call(rotation, desk.now)

    def moment(instant: datetime) -> str:
        return tongue.moment(instant, desk.staff.person.zone)

    return {
        "id": row.id,
        "place": place,
        "zone": row.zone,
        "now": names.get(user, user),
        "backup": tongue.list([names.get(each, each) for each in backup]),
        "turns": [
            {"who": names.get(each.user, each.user), "from": moment(each.start), "to": moment(each.end),
             "override": each.override, "gap": not each.user}
            for each in coming
        ],
        "gaps": len(gaps(coming)),
        "overrides": [
            {"id": each.id, "who": names.get(each.person, each.person), "from": moment(each.starts_at),
             "to": moment(each.ends_at)}
            for each in overrides
            if each.ends_at > desk.now
        ],
        "people": [("", "–"), *((each.id, each.name) for each in people if _may_stand_in(each, row))],
        "form": form or Form(),
    }  # fmt: skip


def _contact_groups(db: Session, desk: CrisisDesk) -> list[dict[str, Any]]:
    """The contacts this person may see, by role: those for all, and those of their markets."""
    tongue, reading, mine = desk.staff.tongue, desk.reading(db), list(desk.markets)
    known = contacts_for(db, mine)
    places = {name: tongue.territory(each.country) for name, each in desk.markets.items()}
    return [
        {
            "role": tongue.say(ROLES[role]),
            "people": [
                {**contact_row(reading, each), "place": places.get(each.market, "")}
                for each in known
                if each.role == role
            ],
        }
        for role in ROLES
        if any(each.role == role for each in known)
    ]


def _lacking(db: Session, desk: CrisisDesk) -> list[dict[str, Any]]:
    """The markets with roles that nobody fills, with nobody on call, or with turns of people who have left."""
    tongue = desk.staff.tongue
    return [
        {
            "place": tongue.territory(desk.snapshot.markets[market].country),
            "roles": tongue.list([tongue.say(ROLES[role]) for role in each.lacking]),
            "nobody": not each.on_call,
            "vacant": tongue.list(each.vacant),
        }
        for market, each in ready_for_crisis(db).items()
        if market in desk.markets and (each.lacking or each.vacant or not each.on_call)
    ]


def _rotation(db: Session, desk: CrisisDesk, name: str) -> OnCallRotation:
    row = found(db.get(OnCallRotation, name))
    desk.staff.check_market(row.market)
    if row.market:
        found(db.get(Market, row.market))
    return row


def _may_stand_in(person: Person, row: OnCallRotation) -> bool:
    return works_for(person, row.market, "crisis.see")


def _wall(desk: CrisisDesk, form: Form, name: str, zone: str) -> datetime | None:
    try:
        wall = parse_wall(form.text(name)[:16])
    except UnreadableTime:
        form.fail(name, desk.staff.tongue.say(N_("Please enter a day and a time.")))
        return None
    return first_instant(wall, zone)


HANDLERS = [crisis_page, override_form, end_form, drill_form]
