"""The form with what is known of an agent: drawn from the facts, and read back into them."""

from shop.base.fields import one_line, whole
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.instants import UnknownZone, zone
from shop.staff.arrival import Staff
from shop.support.shifts.agent_facts import Facts
from shop.support.shifts.calendars import UnknownCalendar, check_calendar
from shop.support.shifts.fields import LEVELS, MOST_CAPACITY, is_language

MOST_LETTERS = 60
LEVEL_WORDS = {"native": N_("native"), "fluent": N_("fluent"), "basic": N_("basic")}


def facts_form(facts: Facts) -> Form:
    """The form as it is drawn first."""
    by_level = {level: " ".join(tag for tag, spoken in facts.languages if spoken == level) for level in LEVELS}
    return Form(
        {
            "zone": facts.zone,
            "holidays": facts.holidays,
            "markets": facts.markets,
            "skills": facts.skills,
            "capacity": str(facts.capacity),
            "place": facts.place,
            "seen": facts.seen,
            **by_level,
        }
    )


def read_facts(form: Form, staff: Staff, markets: frozenset[str]) -> Facts | None:
    """The facts, with markets among those that exist and are this person's; None with the fields' errors."""
    tongue = staff.tongue
    spoken = _languages(form, tongue)
    capacity = whole(form.text("capacity"), digits=4) or 0
    if not 1 <= capacity <= MOST_CAPACITY:
        form.fail("capacity", tongue.say(N_("Please enter a whole number from 1 to 1000.")))
    chosen = one_line(form, "markets").lower().split()
    if not all(each in markets and staff.works_for(each) for each in chosen):
        form.fail("markets", tongue.say(N_("One of these is no market.")))
    if not chosen and staff.markets:
        form.fail("markets", tongue.say(N_("Please name at least one market.")))
    zone_name, calendar = _zone(form, tongue), _calendar(form, tongue)
    place, skills = one_line(form, "place"), one_line(form, "skills").split()
    for name, longest in (("place", len(place)), ("skills", max(map(len, skills), default=0))):
        if longest > MOST_LETTERS:
            form.fail(name, tongue.say(N_("This is too long.")))
    if form.errors:
        return None
    answered, able = (" ".join(dict.fromkeys(each)) for each in (chosen, skills))
    return Facts(zone_name, calendar, answered, able, capacity, place, tuple(sorted(spoken.items())))


def _languages(form: Form, tongue: Tongue) -> dict[str, str]:
    spoken: dict[str, str] = {}
    for level in LEVELS:
        for tag in form.text(level).split():
            if not is_language(tag):
                form.fail(level, tongue.say(N_("Please write language tags such as de, pt-BR or zh-Hans.")))
            if spoken.setdefault(tag, level) != level:
                form.fail(level, tongue.say(N_("A language has one level only.")))
    return spoken


def _zone(form: Form, tongue: Tongue) -> str:
    name = form.text("zone")
    try:
        zone(name)
    except UnknownZone:
        form.fail("zone", tongue.say(N_("This is no time zone such as Europe/Berlin.")))
    return name


def _calendar(form: Form, tongue: Tongue) -> str:
    name = form.text("holidays")
    try:
        if name:
            check_calendar(name)
    except UnknownCalendar:
        form.fail("holidays", tongue.say(N_("This is no holiday calendar, such as DE or DE-HH.")))
    return name
