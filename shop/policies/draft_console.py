"""The console's door to a draft of a policy: what it holds, what it lacks, what it would change; and to discard it."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.db import Database
from shop.base.i18n import N_, Languages, own_name
from shop.base.pages import Pages
from shop.base.web import see_other
from shop.markets.directory import Directory
from shop.policies.comparing import KIND_NAMES, compare, previous
from shop.policies.console import URL as POLICIES
from shop.policies.draft_sight import URL, Sight, readers, sight
from shop.policies.draft_view import label_of
from shop.policies.drafted import Drafted
from shop.policies.drafting import discard
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page

WRITE = {"act": "policy.write"}
STATES = {
    "": ("wait", "clock", N_("Draft")),
    "published": ("good", "tick", N_("Published")),
    "discarded": ("calm", "square", N_("Discarded")),
}


@get(f"{URL}/{{draft:int}}", opt=WRITE, sync_to_thread=True)
def draft_page(
    draft: FromPath[int],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """What the draft holds, what it lacks, and what it would change."""
    with database.reading() as db:
        seen = sight(db, draft, staff=staff, directory=directory, library=policies, now=now)
    coming = seen.coming_to()
    return draft_answer(pages, staff, "policy_draft", seen, done=done, **told_of(seen, coming, staff, languages))


def told_of(seen: Sight, coming: Drafted, staff: Staff, languages: Languages) -> dict[str, Any]:
    """Everything a page about the draft may show."""
    tongue = staff.tongue
    before = previous(coming.version, seen.library)
    country = tongue.territory(seen.market.country)
    return {
        "chip": _chip(seen.draft.ended, staff),
        "open": not seen.draft.ended,
        "day": tongue.date(coming.day) if coming.day else "",
        "copied": _copied(seen, staff),
        "published_url": f"{POLICIES}/{seen.market.id}/{seen.draft.kind}/{seen.draft.published_as}"
        if seen.draft.published_as
        else "",
        "rules": [
            {"name": label_of(name, tongue), "says": fault.says(tongue), "url": f"{seen.url}/rules#f-{name}"}
            for name, fault in coming.read.faults.items()
        ],
        "texts": [
            {
                "name": own_name(each),
                "language": each,
                "url": f"{seen.url}/texts/{each}",
                "faults": [fault.says(tongue) for fault in faults],
            }
            for each, faults in coming.text_faults.items()
        ],
        "changes": compare(before, coming.version, country, tongue, readers(languages, seen))
        if before and coming.day
        else None,
        "ready": coming.ready,
        "publishes": staff.may("policy.publish", seen.market.id),
    }


def _copied(seen: Sight, staff: Staff) -> str:
    draft, tongue = seen.draft, staff.tongue
    if not draft.copied_market:
        return ""
    version = seen.library.version(draft.copied_market, draft.kind, draft.copied_version)
    place = tongue.territory(draft.copied_market.upper())
    return tongue.say(N_("Copied from: %(place)s, %(day)s"), place=place, day=tongue.date(version.effective))


@post(f"{URL}/{{draft:int}}/discard", opt=WRITE, sync_to_thread=True)
def discard_draft(
    draft: FromPath[int],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """End a draft of which nothing shall come."""
    with database.writing() as db:
        seen = sight(db, draft, staff=staff, directory=directory, library=policies, now=now)
        discard(db, seen.draft)
    return see_other(f"{POLICIES}?done=draft_discarded")


def _chip(state: str, staff: Staff) -> tuple[str, str, str]:
    tone, glyph, word = STATES[state]
    return tone, glyph, staff.tongue.say(word)


def draft_answer(
    pages: Pages, staff: Staff, name: str, about: Sight, *, done: str = "", **values: Any
) -> Response[str]:
    """A page about a draft, with its head."""
    tongue = staff.tongue
    place = tongue.territory(about.market.country)
    title = tongue.say(N_("Draft of %(kind)s: %(place)s"), kind=tongue.say(KIND_NAMES[about.draft.kind]), place=place)
    return staff_page(
        pages, staff, f"console/{name}", current=POLICIES, done=done, title=title, url=about.url, **values
    )


HANDLERS = [draft_page, discard_draft]
