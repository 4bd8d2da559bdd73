"""The people who sign in, as the exporter sets them up: adding, changing, inviting, deactivating. Each deed is kept."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.ground.errors import Refusal, found
from shop.staff.adding import free_id
from shop.staff.deeds import note
from shop.staff.last_exporter import somebody_stays
from shop.staff.letters import FACTOR_OFF, INVITATION, drop_links, tell
from shop.staff.may import as_read, as_written, further_roles, give_further_roles
from shop.staff.models import Person, SignedIn, SignInRule
from shop.staff.second_factor import drop_factor, with_factor
from shop.staff.signin import end_sign_ins


class AddressTaken(Refusal):
    """Somebody else signs in with this address."""


class PersonChanged(Refusal):
    """Somebody else has changed the person since the form was drawn; `now_is` is what stands there now, as a form's fields."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a form says of a person. `markets` is written as the row keeps it, `roles` as a file has the further ones."""

    email: str
    name: str
    title: str
    role: str
    language: str
    zone: str
    markets: str
    roles: str
    second_factor: bool


def add(db: Session, facts: PersonFacts, *, by: str, now: datetime) -> Person:
    """A new person, who is invited by mail. Raises AddressTaken."""
    _free(db, facts.email)
    taken = set(db.exec(select(Person.id)).all())
    person = Person(id=free_id(facts.email, taken), email=facts.email, name=facts.name, role=facts.role)
    _take(db, person, facts)
    note(db, "added", person.id, by=by, now=now, detail=facts.email)
    invite(db, person, by=by, now=now)
    return person


def change(db: Session, id: str, facts: PersonFacts, *, seen: str, by: str, now: datetime) -> None:
    """Change the person. Raises AddressTaken, LastExporter, PersonChanged, NotFound."""
    person = locked(db, id)
    if seen != mark_of(person):
        raise PersonChanged
    if facts.email != person.email:
        _free(db, facts.email)
    before = asdict(facts_of(person))
    said = "; ".join(
        f"{name}: {before[name]} -> {value}" for name, value in asdict(facts).items() if before[name] != value
    )
    if not said:
        return
    if facts.email != person.email:  # whoever reads the old mailbox can use no link that was sent there
        drop_links(db, id)
    with somebody_stays(db):
        _take(db, person, facts)
    _ask_for_factor(db)
    note(db, "changed", id, by=by, now=now, detail=said)


def invite(db: Session, person: Person, *, by: str, now: datetime) -> None:
    """Have an invitation sent to who has no password yet; one that was sent before works no more."""
    drop_links(db, person.id)
    tell(db, INVITATION, person.id, key=now.isoformat(), now=now)
    note(db, "invited", person.id, by=by, now=now)


def deactivate(db: Session, id: str, *, by: str, now: datetime) -> None:
    """Take everything from the person but their name in the history: sign-ins, password, second factor. Raises LastExporter."""
    person = locked(db, id)
    if person.deactivated:
        return
    with somebody_stays(db):
        person.deactivated, person.password_hash = True, ""
        db.add(person)
    end_sign_ins(db, id)
    drop_factor(db, id)
    drop_links(db, id)
    note(db, "deactivated", id, by=by, now=now)


def activate(db: Session, id: str, *, by: str, now: datetime) -> None:
    """Let the person work here again; they are invited to choose a new password."""
    person = locked(db, id)
    if not person.deactivated:
        return
    person.deactivated = False
    db.add(person)
    note(db, "activated", id, by=by, now=now)
    invite(db, person, by=by, now=now)


def sign_out_everywhere(db: Session, id: str, *, by: str, now: datetime) -> None:
    """End all of the person's sign-ins."""
    end_sign_ins(db, found(db.get(Person, id)).id)
    note(db, "ended", id, by=by, now=now)


def take_factor_off(db: Session, id: str, *, by: str, now: datetime) -> bool:
    """Take off the second factor of who has lost theirs, and sign them out; says whether there was one."""
    person = found(db.get(Person, id))
    if not drop_factor(db, person.id):
        return False
    end_sign_ins(db, person.id)
    note(db, "factor_off", person.id, by=by, now=now)
    tell(db, FACTOR_OFF, person.id, key=now.isoformat(), now=now)
    return True


def ask_everybody(db: Session, *, second_factor: bool, by: str, now: datetime) -> None:
    """Ask everybody for a second factor, or only whom it is asked of by name."""
    rule = db.get(SignInRule, 1) or SignInRule(id=1)
    if rule.second_factor == second_factor:
        return
    rule.second_factor = second_factor
    db.add(rule)
    db.flush()
    _ask_for_factor(db)
    note(db, "rule_on" if second_factor else "rule_off", "", by=by, now=now)


def mark_of(person: Person) -> str:
    """What a form carries to be known as drawn from the person as they are."""
    return "\x1f".join(str(value) for value in asdict(facts_of(person)).values())


def facts_of(person: Person) -> PersonFacts:
    """What a form would say of the person as they are."""
    own = {each.name: getattr(person, each.name) for each in fields(PersonFacts) if each.name != "roles"}
    return PersonFacts(**own, roles=as_written(further_roles(person)))


def locked(db: Session, id: str) -> Person:
    """The person. Nobody is changed by anybody else meanwhile: all rows are held, always in one order. Raises NotFound."""
    everybody = db.exec(select(Person).order_by(col(Person.id)).with_for_update()).all()
    return found(next((each for each in everybody if each.id == id), None))


def _take(db: Session, person: Person, facts: PersonFacts) -> None:
    person.sqlmodel_update({name: value for name, value in asdict(facts).items() if name != "roles"})
    give_further_roles(person, as_read(facts.roles))
    db.add(person)
    db.flush()


def _free(db: Session, email: str) -> None:
    if db.exec(select(Person.id).where(Person.email == email)).first() is not None:
        raise AddressTaken


def _ask_for_factor(db: Session) -> None:
    """Hold the open sign-ins of whoever is asked for a second factor and has none to setting it up, and free the others."""
    rule = db.get(SignInRule, 1)
    asked = select(Person.id).where(col(Person.id).not_in(with_factor()))
    if rule is None or not rule.second_factor:
        asked = asked.where(col(Person.second_factor).is_(True))
    db.connection().execute(update(SignedIn).values(must_enrol=col(SignedIn.person_id).in_(asked)))
