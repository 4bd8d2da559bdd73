"""Reading the console's forms: each field into a plain value, or a sentence that says what can be taken."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from shop.aftersales.cases.at_desk import read_amount
from shop.base.fields import decimal, whole
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.instants import as_day
from shop.launches.changing.invitations import MOST_DAYS, MOST_USES
from shop.launches.changing.table import AUDIENCES, Exposed
from shop.launches.readying.readiness import WAIVABLE
from shop.markets.links import is_link

MOST_ORDERS = 1_000_000
MOST_MINUTES = 600
MOST_VERSIONS = 10**9
LONGEST_WAIVER = timedelta(days=366)
LONGEST_TEXT = 500
LONGEST_NOTICE = 2_000


def read_number(form: Form, name: str, *, at_most: int, tongue: Tongue, at_least: int = 1) -> int | None:
    """A whole number, in digits of any script; None with the field's error when it is none."""
    number = whole(form.text(name), digits=12)
    if number is not None and at_least <= number <= at_most:
        return number
    form.fail(
        name,
        tongue.say(
            N_("Please enter a whole number from %(least)s to %(most)s."),
            least=tongue.number(at_least),
            most=tongue.number(at_most),
        ),
    )
    return None


def read_version(form: Form, tongue: Tongue) -> int | None:
    """The version of the market that the form was drawn on."""
    return read_number(form, "version", at_most=MOST_VERSIONS, tongue=tongue)


def read_reason(form: Form, tongue: Tongue, *, needed: bool) -> str:
    """The reason, at most 500 letters of it."""
    reason = form.text("reason")[:LONGEST_TEXT]
    if needed and not reason:
        form.fail("reason", tongue.say(N_("Please say why. It is kept with your name.")))
    return reason


def read_exposed(form: Form, tongue: Tongue, *, everybody: bool, currency: str) -> Exposed:
    """Audience, percentage and caps; what cannot be taken is noted on the form. `currency` is that of the value cap."""
    audience = "" if everybody else form.text("audience")
    if not everybody and audience not in AUDIENCES:
        form.fail("audience", tongue.say(N_("Please choose who may buy.")))
    percent = _percent(form, tongue) if audience == "percentage" else 0
    return Exposed(
        audience,
        10_000 if everybody else percent,
        _cap(form, "order_cap", tongue),
        everybody or (audience == "percentage" and form.text("in_chooser") == "yes"),
        _cap(form, "daily_cap", tongue),
        read_amount(form, "value_cap", currency, tongue) if form.text("value_cap") else None,
        _cap(form, "customer_cap", tongue),
        _cap(form, "minutes_per_contact", tongue, at_most=MOST_MINUTES) or 0,
    )


def _cap(form: Form, name: str, tongue: Tongue, *, at_most: int = MOST_ORDERS) -> int | None:
    """A cap, or None where the field is empty."""
    return read_number(form, name, at_most=at_most, tongue=tongue) if form.text(name) else None


def read_waiver(form: Form, tongue: Tongue, *, today: date) -> tuple[str, str, date | None]:
    """Gate, reason and last day of a waiver."""
    gate, reason = form.text("gate"), read_reason(form, tongue, needed=True)
    if gate not in WAIVABLE:
        form.fail("gate", tongue.say(N_("Please choose a gate that may be waived.")))
    until = as_day(form.text("until"))
    if until is None or not today <= until <= today + LONGEST_WAIVER:
        form.fail("until", tongue.say(N_("Please enter a day within a year from today.")))
        return gate, reason, None
    return gate, reason, until


def read_invitation(form: Form, tongue: Tongue) -> tuple[int | None, int | None, str]:
    """How many visitors, how many days, and the note of an invitation."""
    uses = read_number(form, "max_uses", at_most=MOST_USES, tongue=tongue)
    return uses, read_number(form, "days", at_most=MOST_DAYS, tongue=tongue), form.text("note")[:LONGEST_TEXT]


def read_link(form: Form, tongue: Tongue) -> str:
    """An address customers are led to, or an empty text."""
    link = form.text("link")
    if link and not is_link(link):
        form.fail(
            "link", tongue.say(N_("Please enter an address that begins with https:// or a path that begins with /."))
        )
    return link


def read_notice(form: Form, tongue: Tongue, languages: Sequence[str]) -> dict[str, str]:
    """What customers are told, by language. A stop never waits for a translation: elsewhere a general sentence stands."""
    texts = {each: form.text(f"text-{each}") for each in languages}
    for language, text in texts.items():
        if len(text) > LONGEST_NOTICE:
            most = tongue.number(LONGEST_NOTICE)
            form.fail(f"text-{language}", tongue.say(N_("Please write at most %(most)s letters."), most=most))
    return {language: text for language, text in texts.items() if text}


def _percent(form: Form, tongue: Tongue) -> int:
    """A percentage with up to two decimals as hundredths of a percent."""
    try:
        points = Decimal(decimal(form.text("percent"))).scaleb(2)
        fine = points.is_finite() and points == points.to_integral_value() and 0 <= points <= 10_000
    except (ArithmeticError, ValueError):
        points, fine = Decimal(0), False
    if not fine:
        form.fail("percent", tongue.say(N_("Please enter a percentage from 0 to 100, with at most two decimals.")))
        return 0
    return int(points)
