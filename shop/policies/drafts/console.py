"""The console's door to a draft of a policy: what it holds, what it lacks, what it would change; and to discard it."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_, NP_, own_name
from shop.base.web import see_other
from shop.policies.arrival import AT, POLICIES, PolicyConsole
from shop.policies.comparing import compare, previous
from shop.policies.drafts.drafting import discard
from shop.policies.drafts.outcome import Drafted
from shop.policies.drafts.rules_form import label_of
from shop.policies.drafts.sight import URL, Sight, readers
from shop.staff.arrival import Staff

WRITE = {"act": "policy.write"}
STATES = {
    "": ("wait", "clock", NP_("document", "Draft")),
    "published": ("good", "tick", NP_("draft", "Published")),
    "discarded": ("calm", "square", NP_("draft", "Discarded")),
}


@get(f"{URL}/{{draft:int}}", dependencies=AT, opt=WRITE, sync_to_thread=True)
def draft_page(
    draft: FromPath[int], console: NamedDependency[PolicyConsole], done: FromQuery[str] = ""
) -> Response[str]:
    """What the draft holds, what it lacks, and what it would change."""
    seen = console.draft(draft)
    return console.draft_page("policy_draft", seen, done=done, **told_of(console, seen, seen.coming_to()))


def told_of(console: PolicyConsole, seen: Sight, coming: Drafted) -> dict[str, Any]:
    """Everything a page about the draft may show."""
    staff, tongue = console.staff, console.staff.tongue
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
        "changes": compare(before, coming.version, country, tongue, readers=readers(console.languages, seen))
        if before and coming.day
        else None,
        "ready": coming.ready,
        "publishes": staff.may("policy.publish", seen.market.id),
    }


def _copied(seen: Sight, staff: Staff) -> str:
    """What the draft began as; also where that version is one no more."""
    draft, tongue = seen.draft, staff.tongue
    if not draft.copied_market:
        return ""
    place = tongue.territory(draft.copied_market.upper())
    day = tongue.date(date.fromisoformat(draft.copied_version))
    return tongue.say(N_("Copied from: %(place)s, %(day)s"), place=place, day=day)


@post(f"{URL}/{{draft:int}}/discard", dependencies=AT, opt=WRITE, sync_to_thread=True)
def discard_draft(draft: FromPath[int], console: NamedDependency[PolicyConsole]) -> Response[Any]:
    """End a draft of which nothing shall come."""
    with console.changing(draft) as (db, seen):
        discard(db, seen.draft)
    return see_other(f"{POLICIES}?done=draft_discarded")


def _chip(state: str, staff: Staff) -> tuple[str, str, str]:
    tone, glyph, word = STATES[state]
    return tone, glyph, staff.tongue.say(word)


HANDLERS = [draft_page, discard_draft]
