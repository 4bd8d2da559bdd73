"""The form of a person: what may be said of them, read from what was sent, and filled in from the row."""

from collections.abc import Collection, Iterable, Mapping

from shop.base.fields import one_line, too_long
from shop.base.i18n import N_, Tongue
from shop.base.web import Form, read_email
from shop.ground.instants import UnknownZone, zone
from shop.staff.may import ROLES, as_written, further_roles
from shop.staff.models import Person
from shop.staff.people import PersonFacts, mark_of

LONGEST = 200


def read_person(
    form: Form, tongue: Tongue, *, languages: Collection[str], markets: Collection[str]
) -> PersonFacts | None:
    """What the form says; none, with the sentences at their fields, when it cannot be taken."""
    email = read_email(form, tongue).lower()
    name, title = one_line(form, "name"), one_line(form, "title")
    if not name:
        form.fail("name", tongue.say(N_("Please enter the name.")))
    for field, said in (("name", name), ("title", title)):
        if len(said) > LONGEST:
            form.fail(field, too_long(tongue, LONGEST))
    _check_choice(form, "role", ROLES, tongue)
    _check_choice(form, "language", languages, tongue)
    try:
        zone(form.text("zone"))
    except UnknownZone:
        form.fail("zone", tongue.say(N_("This is no time zone. It is written like this: Europe/Berlin")))
    chosen = [each for each in sorted(markets) if form.text(f"market-{each}") == "yes"]
    everywhere = form.text("everywhere") == "yes"
    if not chosen and not everywhere:
        form.fail("everywhere", tongue.say(N_("Please choose all markets, or at least one.")))
    further = {each: form.text(f"role-{each}") for each in sorted(markets)}
    for each, role in further.items():
        if role and role not in ROLES:
            form.fail(f"role-{each}", tongue.say(N_("Please choose one of these.")))
    if form.errors:
        return None
    return PersonFacts(
        email=email,
        name=name,
        title=title,
        role=form.text("role"),
        language=form.text("language"),
        zone=form.text("zone"),
        markets="" if everywhere else " ".join(chosen),
        roles=as_written({each: role for each, role in further.items() if role and role != form.text("role")}),
        second_factor=form.text("second_factor") == "yes",
    )


def person_form(person: Person, markets: Iterable[str]) -> Form:
    """The form as the person stands now."""
    further = further_roles(person)
    values = {
        "email": person.email,
        "name": person.name,
        "title": person.title,
        "role": person.role,
        "language": person.language,
        "zone": person.zone,
        "everywhere": "" if person.markets else "yes",
        "second_factor": "yes" if person.second_factor else "",
        "seen": mark_of(person),
    }
    chosen = {f"market-{each}": "yes" for each in person.markets.split()}
    return Form(values | chosen | {f"role-{each}": further.get(each, "") for each in markets})


def differences(now_is: Mapping[str, str], form: Form) -> list[tuple[str, str, str]]:
    """The fields whose value in the form is not what now stands there: name, now, in the form."""
    named = [each for each in now_is if each != "seen"]
    return [(each, now_is[each], form.text(each)) for each in named if now_is[each] != form.text(each)]


def _check_choice(form: Form, name: str, choices: Collection[str], tongue: Tongue) -> None:
    if form.text(name) not in choices:
        form.fail(name, tongue.say(N_("Please choose one of these.")))
