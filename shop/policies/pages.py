"""The public pages of a market's policies: what is in force, and every earlier version that anybody accepted."""

from datetime import datetime, time, timedelta

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from shop.base.pages import Pages, safe
from shop.ground.errors import NotFound
from shop.ground.instants import first_instant, local
from shop.markets.arrival import Visit, provide_served
from shop.markets.frame import shop_frame
from shop.policies.library import PolicyLibrary, PolicyVersion, html, title

SERVED = {"visit": Provide(provide_served, sync_to_thread=True)}


@get("/{market:str}/{lang:str}/policies/{kind:str}", dependencies=SERVED, sync_to_thread=True)
def policy(
    kind: FromPath[str],
    visit: NamedDependency[Visit],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[str]:
    """The version in force today; tomorrow it may be another."""
    zone = visit.market.zone
    today = local(now, zone).date()
    tomorrow = first_instant(datetime.combine(today + timedelta(days=1), time()), zone)
    version = policies.in_force(visit.market.id, kind, today)
    return _page(visit, pages, version, f"/policies/{kind}", until=tomorrow)


@get("/{market:str}/{lang:str}/policies/{kind:str}/{version:str}", dependencies=SERVED, sync_to_thread=True)
def policy_version(
    kind: FromPath[str],
    version: FromPath[str],
    visit: NamedDependency[Visit],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """One version by its date."""
    return _page(visit, pages, policies.version(visit.market.id, kind, version), f"/policies/{kind}/{version}")


def _page(
    visit: Visit, pages: Pages, version: PolicyVersion, path: str, *, until: datetime | None = None
) -> Response[str]:
    if visit.tongue.language not in version.texts:
        raise NotFound
    text = version.text(visit.tongue)
    answer = pages.page(
        visit.tongue,
        "policies/policy.html",
        **shop_frame(visit, title=title(text), path=path),
        heading=title(text),
        body=safe(html(text)),
        version=version,
    )
    answer.headers.update(visit.page_headers(until=until))
    return answer


HANDLERS = [policy, policy_version]
