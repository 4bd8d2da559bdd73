"""The console's door to publishing a draft of a policy, and to taking a published version back before it is in force."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound, Refusal
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.arrival import AT, POLICIES, PolicyConsole
from shop.policies.comparing import KIND_NAMES
from shop.policies.drafts.console import told_of
from shop.policies.drafts.drafting import DraftEnded, is_written, publish, withdraw
from shop.policies.drafts.sight import URL
from shop.policies.library import PolicyVersion

PUBLISH = {"act": "policy.publish"}
VERSION = f"{POLICIES}/{{market:str}}/{{kind:str}}/{{version:str}}"


class NotYetWhole(Refusal):
    """The draft still lacks something, or was changed since it was looked at: it is not published as it stands."""


@get(f"{URL}/{{draft:int}}/publication", dependencies=AT, opt=PUBLISH, sync_to_thread=True)
def publication_page(draft: FromPath[int], console: NamedDependency[PolicyConsole]) -> Response[str]:
    """What publishing means, before it is done."""
    about = console.draft(draft)
    coming = about.coming_to()
    told = told_of(console, about, coming)
    return console.draft_page("policy_publication", about, **told, seen=coming.version.hash)


@post(f"{URL}/{{draft:int}}/publication", dependencies=AT, opt=PUBLISH, sync_to_thread=True)
def publish_draft(
    draft: FromPath[int], console: NamedDependency[PolicyConsole], form: NamedDependency[Form]
) -> Response[Any]:
    """Publish the draft as it was looked at."""
    with console.changing(draft) as (db, seen):
        if seen.draft.ended:
            raise DraftEnded
        coming = seen.coming_to()
        if not coming.ready or coming.version.hash != form.text("seen"):
            raise NotYetWhole
        publish(db, seen.draft, coming.version, person=console.staff.person.id, now=console.now)
    return see_other(f"{POLICIES}/{seen.market.id}/{seen.draft.kind}/{coming.version.name}?done=policy_published")


@get(f"{VERSION}/withdrawal", dependencies=AT, opt=PUBLISH, sync_to_thread=True)
def withdrawal_page(
    market: FromPath[str], kind: FromPath[str], version: FromPath[str], console: NamedDependency[PolicyConsole]
) -> Response[str]:
    """What taking a version back means, before it is done."""
    _place, shown = _written(console, market, kind, version)
    tongue = console.staff.tongue
    title = tongue.say(N_("Take back: %(kind)s"), kind=tongue.say(KIND_NAMES[kind]))
    url = f"{POLICIES}/{market}/{kind}/{version}"
    return console.page("policy_withdrawal", title=title, url=url, day=tongue.date(shown.effective))


@post(f"{VERSION}/withdrawal", dependencies=AT, opt=PUBLISH, sync_to_thread=True)
def withdraw_version(
    market: FromPath[str], kind: FromPath[str], version: FromPath[str], console: NamedDependency[PolicyConsole]
) -> Response[Any]:
    """Take a scheduled version back; its draft goes on."""
    place, shown = _written(console, market, kind, version)
    today, person = day_in(place, console.now), console.staff.person.id
    with console.database.writing() as db:
        draft = withdraw(db, shown, today=today, person=person, now=console.now)
    return see_other(f"{URL}/{draft}?done=policy_taken_back" if draft else f"{POLICIES}?done=policy_taken_back")


def _written(console: PolicyConsole, market: str, kind: str, version: str) -> tuple[Market, PolicyVersion]:
    """The version with its market, where it was written at the console or brought by an import; raises NotFound."""
    place, shown = console.version(market, kind, version)
    with console.database.reading() as db:
        if not is_written(db, shown):
            raise NotFound
    return place, shown


HANDLERS = [publication_page, publish_draft, withdrawal_page, withdraw_version]
