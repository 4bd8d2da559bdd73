"""The console's door to beginning a draft of a policy: as a copy of any version of the kind, or with nothing."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound
from shop.markets.directory import Directory
from shop.policies.comparing import KIND_NAMES
from shop.policies.console import URL as POLICIES
from shop.policies.draft_sight import URL
from shop.policies.drafted import languages_of
from shop.policies.drafting import begin
from shop.policies.keys import NEEDED
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.models import PolicyDraft
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page

WRITE = {"act": "policy.write"}
NOTHING = "nothing"


@get(f"{URL}/new", opt=WRITE, sync_to_thread=True)
def new_draft_page(
    staff: NamedDependency[Staff],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    market: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    version: FromQuery[str] = "",
) -> Response[str]:
    """From what a new version begins, and for which market."""
    form = Form({"market": market, "kind": kind, "source": f"{market}/{version}" if version else ""})
    return _new(staff, directory, policies, pages, form)


def _new(
    staff: Staff, directory: Directory, policies: PolicyLibrary, pages: Pages, form: Form, *, status: int = 200
) -> Response[str]:
    kind, tongue, markets = form.text("kind"), staff.tongue, directory.now().markets
    if kind not in NEEDED:
        raise NotFound
    mine = [(each.id, tongue.territory(each.country)) for each in markets.values() if staff.works_for(each.id)]
    versions = [each for each in policies.all() if each.kind == kind]
    told = N_("%(place)s: version of %(day)s")
    sources = [
        (
            f"{each.market}/{each.name}",
            tongue.say(told, place=tongue.territory(each.market.upper()), day=tongue.date(each.effective)),
        )
        for each in sorted(versions, key=lambda each: (each.market != form.text("market"), each.market, each.name))
    ]
    return staff_page(
        pages,
        staff,
        "console/policy_new",
        current=POLICIES,
        title=tongue.say(N_("New version: %(kind)s"), kind=tongue.say(KIND_NAMES[kind])),
        status=status,
        form=form,
        markets=mine,
        sources=[*sources, (NOTHING, tongue.say(N_("Begin with nothing")))],
    )


@post(URL, opt=WRITE, sync_to_thread=True)
def begin_draft(
    form: NamedDependency[Form],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Begin a draft."""
    if (kind := form.text("kind")) not in NEEDED:
        raise NotFound
    market = directory.now().markets.get(form.text("market"))
    if market is None or not staff.works_for(market.id):
        form.fail("market", staff.tongue.say(N_("Please choose a market.")))
    source = _source(form, kind, staff, policies)
    if form.errors or market is None:
        return _new(staff, directory, policies, pages, form, status=422)
    draft = PolicyDraft(market=market.id, kind=kind, person=staff.person.id, at=now)
    languages = languages_of(draft, market.languages.split(), policies)
    with database.writing() as db:
        number = begin(db, market.id, kind, source, languages=languages, person=staff.person.id, now=now)
    return see_other(f"{URL}/{number}")


def _source(form: Form, kind: str, staff: Staff, policies: PolicyLibrary) -> PolicyVersion | None:
    if form.text("source") == NOTHING:
        return None
    market, _, name = form.text("source").partition("/")
    try:
        return policies.version(market, kind, name)
    except NotFound:
        form.fail("source", staff.tongue.say(N_("Please choose the version to begin with.")))
        return None


HANDLERS = [new_draft_page, begin_draft]
