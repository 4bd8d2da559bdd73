"""The public pages of a market's policies: what is in force, and every earlier version that anybody accepted.

A kind that has ended stays readable for ever and says what replaced it; one to come leads to the one it will replace.
"""

from datetime import date, datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.base.db import Database
from shop.base.pages import Pages, safe
from shop.base.web import see_other
from shop.ground.errors import NotFound
from shop.ground.instants import next_day
from shop.markets.arrival import SERVED
from shop.markets.calendar import day_in
from shop.markets.frame import shop_frame
from shop.markets.visit import Visit
from shop.policies.library import PolicyLibrary, PolicyVersion, html, title
from shop.policies.signing import signatures


@get("/{market:str}/{lang:str}/policies/{kind:str}", dependencies=SERVED, sync_to_thread=True)
def policy(
    kind: FromPath[str],
    visit: NamedDependency[Visit],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The version in force today, or the last of a kind that has ended; tomorrow it may be another."""
    market, today = visit.market, day_in(visit.market, now)
    version = policies.nearest(market.id, kind, today)
    if version.effective <= today:
        return _page(visit, pages, policies, version, database=database, path=f"/policies/{kind}", today=today)
    former = policies.held_by(market.id, kind, today)
    if former == kind:
        raise NotFound
    return see_other(visit.url(f"/policies/{former}"))


@get("/{market:str}/{lang:str}/policies/{kind:str}/{version:str}", dependencies=SERVED, sync_to_thread=True)
def policy_version(
    kind: FromPath[str],
    version: FromPath[str],
    visit: NamedDependency[Visit],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[str]:
    """One version by its date."""
    found, today = policies.version(visit.market.id, kind, version), day_in(visit.market, now)
    path = f"/policies/{kind}/{version}"
    return _page(visit, pages, policies, found, database=database, path=path, today=today)


def _page(
    visit: Visit,
    pages: Pages,
    policies: PolicyLibrary,
    version: PolicyVersion,
    *,
    database: Database,
    path: str,
    today: date,
) -> Response[str]:
    if visit.tongue.language not in version.texts:
        raise NotFound
    text = version.text(visit.tongue)
    draft = visit.staff and not _is_signed(version, visit.tongue.language, database)
    answer = pages.page(
        visit.tongue,
        "policies/policy.html",
        **shop_frame(visit, title=title(text), path=path, paths=dict.fromkeys(version.texts, path)),
        heading=title(text),
        body=safe(html(text)),
        replaced=_replaced(visit, policies, version, today),
        draft=draft,
        form_url=visit.url("/policies/returns/form") if version.rules.get("model_form") else "",
    )
    answer.headers.update(visit.page_headers(until=next_day(visit.now, visit.market.zone)))
    return answer


def _is_signed(version: PolicyVersion, language: str, database: Database) -> bool:
    with database.reading() as db:
        return (version.market, version.kind, version.name, language) in signatures(db, [version])


def _replaced(visit: Visit, policies: PolicyLibrary, version: PolicyVersion, today: date) -> dict[str, Any] | None:
    """When the version's kind ended and the pages that took its place, if any; None while it goes on."""
    if ended := policies.ended_on(version.market, version.kind, today):
        return {"on": ended, "links": []}
    ending = policies.ending(version.market, version.kind)
    if ending is None or ending.on > today:
        return None
    texts = {kind: policies.in_force(version.market, kind, today).text(visit.tongue) for kind in ending.by}
    links = [{"name": title(text), "url": visit.url(f"/policies/{kind}")} for kind, text in texts.items()]
    return {"on": ending.on, "links": links}


HANDLERS = [policy, policy_version]
