"""The console's door to ending a kind of policy in a market, where no law asks for it, and to taking the end back."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound
from shop.ground.instants import as_day
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.arrival import AT, POLICIES, PolicyConsole
from shop.policies.comparing import KIND_NAMES
from shop.policies.drafts.outcome import earliest
from shop.policies.drafts.sight import URL as DRAFTS
from shop.policies.ending import against, end, go_on, obstacle
from shop.policies.keys import NEEDED
from shop.policies.rule_words import rule_name

PUBLISH = {"act": "policy.publish"}
KIND = f"{POLICIES}/{{market:str}}/{{kind:str}}/end"
LONGEST_REASON = 500


@get(KIND, dependencies=AT, opt=PUBLISH, sync_to_thread=True)
def end_page(market: FromPath[str], kind: FromPath[str], console: NamedDependency[PolicyConsole]) -> Response[str]:
    """What ending the kind means, or why it cannot end and what can be done instead."""
    place = console.market(market)
    day = earliest(day_in(place, console.now), ever_sold=place.ever_sold)
    return _draw(console, place, kind, Form({"day": day.isoformat()}))


@post(KIND, dependencies=AT, opt=PUBLISH, sync_to_thread=True)
def end_kind(
    market: FromPath[str],
    kind: FromPath[str],
    console: NamedDependency[PolicyConsole],
    form: NamedDependency[Form],
) -> Response[Any]:
    """End the kind from the day on; or draw the form again with what is wrong."""
    place = console.market(market)
    day = _day(console, place, kind, form)
    reason = form.text("reason")
    if not reason:
        form.fail("reason", console.staff.tongue.say(N_("Please say why; the history keeps it.")))
    elif len(reason) > LONGEST_REASON:
        form.fail("reason", console.staff.tongue.say(N_("This is too long.")))
    if form.errors or day is None:
        return _draw(console, place, kind, form)
    person = console.staff.person.id
    with console.database.writing() as db:
        end(db, console.library, place.id, kind, day=day, reason=reason, person=person, now=console.now)
    return see_other(f"{POLICIES}?done=policy_ended")


@post(f"{KIND}/{{day:str}}/withdrawal", dependencies=AT, opt=PUBLISH, sync_to_thread=True)
def take_end_back(
    market: FromPath[str], kind: FromPath[str], day: FromPath[str], console: NamedDependency[PolicyConsole]
) -> Response[Any]:
    """Take an end back before its day."""
    place, told = console.market(market), as_day(day)
    if told is None:
        raise NotFound
    today, person = day_in(place, console.now), console.staff.person.id
    with console.database.writing() as db:
        go_on(db, place.id, kind, told, today=today, person=person, now=console.now)
    return see_other(f"{POLICIES}?done=policy_goes_on")


def _day(console: PolicyConsole, place: Market, kind: str, form: Form) -> date | None:
    """The day that the form names; what is wrong with it is noted."""
    tongue, day = console.staff.tongue, as_day(form.text("day"))
    if day is None:
        form.fail("day", tongue.say(N_("Please choose the day from which nobody is promised it any more.")))
    elif day < earliest(day_in(place, console.now), ever_sold=place.ever_sold):
        said = N_("This day is too early: what customers were promised until then stays as it was.")
        form.fail("day", tongue.say(said))
    elif no := obstacle(console.library, place.id, kind, day):
        form.fail("day", tongue.say(no.message, **no.values))
    return day


def _draw(console: PolicyConsole, place: Market, kind: str, form: Form) -> Response[str]:
    library, tongue, today = console.library, console.staff.tongue, day_in(place, console.now)
    if kind not in NEEDED or not (versions := library.versions(place.id, kind)):
        raise NotFound
    latest = library.nearest(place.id, kind, today)
    no, country = against(library, place.id, kind, latest.rules), tongue.territory(place.country)
    return console.page(
        "policy_end",
        title=tongue.say(N_("End: %(kind)s, %(place)s"), kind=tongue.say(KIND_NAMES[kind]), place=country),
        status=422 if form.errors else 200,
        form=form,
        url=f"{POLICIES}/{place.id}/{kind}/end",
        against=tongue.say(no.message, **no.values) if no else "",
        rules=[rule_name(each, tongue) for each in no.rules] if no else [],
        law_url=f"/console/workshop/sheets/minimums?market={place.id}",
        copy_url=f"{DRAFTS}/new?market={place.id}&kind={kind}&version={latest.name}",
        own_guarantee=kind == "warranty",
        coming=[tongue.date(each.effective) for each in versions if each.effective > today],
    )


HANDLERS = [end_page, end_kind, take_end_back]
