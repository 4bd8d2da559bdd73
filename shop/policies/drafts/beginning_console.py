"""The console's door to beginning a draft of a policy: as a copy of any version of the kind, or with nothing."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound
from shop.policies.arrival import AT, PolicyConsole
from shop.policies.comparing import KIND_NAMES
from shop.policies.drafts.drafting import begin
from shop.policies.drafts.outcome import languages_of
from shop.policies.drafts.sight import URL
from shop.policies.keys import NEEDED
from shop.policies.library import PolicyVersion

WRITE = {"act": "policy.write"}
NOTHING = "nothing"


@get(f"{URL}/new", dependencies=AT, opt=WRITE, sync_to_thread=True)
def new_draft_page(
    console: NamedDependency[PolicyConsole],
    market: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    version: FromQuery[str] = "",
) -> Response[str]:
    """From what a new version begins, and for which market."""
    form = Form({"market": market, "kind": kind, "source": f"{market}/{version}" if version else ""})
    return _new(console, form)


def _new(console: PolicyConsole, form: Form) -> Response[str]:
    kind, tongue = form.text("kind"), console.staff.tongue
    if kind not in NEEDED:
        raise NotFound
    versions = [each for each in console.library.all() if each.kind == kind]
    told = N_("%(place)s: version of %(day)s")
    sources = [
        (
            f"{each.market}/{each.name}",
            tongue.say(told, place=tongue.territory(each.market.upper()), day=tongue.date(each.effective)),
        )
        for each in sorted(versions, key=lambda each: (each.market != form.text("market"), each.market, each.name))
    ]
    return console.page(
        "policy_new",
        title=tongue.say(N_("New version: %(kind)s"), kind=tongue.say(KIND_NAMES[kind])),
        status=422 if form.errors else 200,
        form=form,
        markets=[(each.id, tongue.territory(each.country)) for each in console.markets()],
        sources=[*sources, (NOTHING, tongue.say(N_("Begin with nothing")))],
    )


@post(URL, dependencies=AT, opt=WRITE, sync_to_thread=True)
def begin_draft(console: NamedDependency[PolicyConsole], form: NamedDependency[Form]) -> Response[Any]:
    """Begin a draft."""
    if (kind := form.text("kind")) not in NEEDED:
        raise NotFound
    market = next((each for each in console.markets() if each.id == form.text("market")), None)
    if market is None:
        form.fail("market", console.staff.tongue.say(N_("Please choose a market.")))
    source = _source(form, kind, console)
    if form.errors or market is None:
        return _new(console, form)
    languages = languages_of(market.id, kind, market.languages.split(), console.library)
    person = console.staff.person.id
    with console.database.writing() as db:
        number = begin(db, market.id, kind, source, languages=languages, person=person, now=console.now)
    return see_other(f"{URL}/{number}")


def _source(form: Form, kind: str, console: PolicyConsole) -> PolicyVersion | None:
    if form.text("source") == NOTHING:
        return None
    market, _, name = form.text("source").partition("/")
    try:
        return console.library.version(market, kind, name)
    except NotFound:
        form.fail("source", console.staff.tongue.say(N_("Please choose the version to begin with.")))
        return None


HANDLERS = [new_draft_page, begin_draft]
