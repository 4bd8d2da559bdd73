"""The console's door to publishing a draft of a policy, and to taking a published version back before it is in force."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.db import Database
from shop.base.i18n import N_, Languages
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound, Refusal, found
from shop.markets.calendar import day_in
from shop.markets.directory import Directory
from shop.policies.comparing import KIND_NAMES
from shop.policies.console import URL as POLICIES
from shop.policies.draft_console import draft_answer, told_of
from shop.policies.draft_sight import URL, sight
from shop.policies.drafting import DraftEnded, is_written, publish, withdraw
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page

PUBLISH = {"act": "policy.publish"}


class NotYetWhole(Refusal):
    """The draft still lacks something, or was changed since it was looked at: it is not published as it stands."""


@get(f"{URL}/{{draft:int}}/publication", opt=PUBLISH, sync_to_thread=True)
def publication_page(
    draft: FromPath[int],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What publishing means, before it is done."""
    with database.reading() as db:
        seen = sight(db, draft, staff=staff, directory=directory, library=policies, now=now)
    coming = seen.coming_to()
    told = told_of(seen, coming, staff, languages)
    return draft_answer(pages, staff, "policy_publication", seen, **told, seen=coming.version.hash)


@post(f"{URL}/{{draft:int}}/publication", opt=PUBLISH, sync_to_thread=True)
def publish_draft(
    draft: FromPath[int],
    form: NamedDependency[Form],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Publish the draft as it was looked at."""
    with database.writing() as db:
        seen = sight(db, draft, staff=staff, directory=directory, library=policies, now=now)
        coming = seen.coming_to()
        if seen.draft.ended:
            raise DraftEnded
        if not coming.ready or coming.version.hash != form.text("seen"):
            raise NotYetWhole
        publish(db, seen.draft, coming.version, person=staff.person.id, now=now)
    return see_other(f"{POLICIES}/{seen.market.id}/{seen.draft.kind}/{coming.version.name}?done=policy_published")


@get(f"{POLICIES}/{{market:str}}/{{kind:str}}/{{version:str}}/withdrawal", opt=PUBLISH, sync_to_thread=True)
def withdrawal_page(
    market: FromPath[str],
    kind: FromPath[str],
    version: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What taking a version back means, before it is done."""
    shown = _written(market, kind, version, staff=staff, database=database, policies=policies)
    title = staff.tongue.say(N_("Take back: %(kind)s"), kind=staff.tongue.say(KIND_NAMES[kind]))
    url = f"{POLICIES}/{market}/{kind}/{version}"
    day = staff.tongue.date(shown.effective)
    return staff_page(pages, staff, "console/policy_withdrawal", current=POLICIES, title=title, url=url, day=day)


@post(f"{POLICIES}/{{market:str}}/{{kind:str}}/{{version:str}}/withdrawal", opt=PUBLISH, sync_to_thread=True)
def withdraw_version(
    market: FromPath[str],
    kind: FromPath[str],
    version: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Take a scheduled version back; its draft goes on."""
    shown = _written(market, kind, version, staff=staff, database=database, policies=policies)
    today = day_in(found(directory.now().markets.get(market)), now)
    with database.writing() as db:
        draft = withdraw(db, shown, today=today, person=staff.person.id, now=now)
    return see_other(f"{URL}/{draft}?done=policy_taken_back" if draft else f"{POLICIES}?done=policy_taken_back")


def _written(
    market: str, kind: str, version: str, *, staff: Staff, database: Database, policies: PolicyLibrary
) -> PolicyVersion:
    if not staff.works_for(market):
        raise NotFound
    shown = policies.version(market, kind, version)
    with database.reading() as db:
        if not is_written(db, shown):
            raise NotFound
    return shown


HANDLERS = [publication_page, publish_draft, withdrawal_page, withdraw_version]
