"""Operations that only tell: how the waking hours are covered, and which policies hold."""

from sqlmodel import Session

from shop.api.answering import door
from shop.api.market_shapes import Coverage, CoverageAsked, Coverages, Interval, Policies, Policy
from shop.api.operations import Call, Operation, Reply
from shop.ground.errors import NotFound, found
from shop.markets.calendar import day_in
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from shop.policies.library import PolicyVersion
from shop.support.staffed.facts import Heard, heard


def coverage(call: Call, db: Session) -> Reply:
    """Coverage of the coming weeks, market by market and language by language."""
    asked: CoverageAsked = call.query
    own = [each for each in call.staff.own(markets_in_order(db)) if asked.market in ("", each.id)]
    if asked.market and not own:
        raise NotFound
    told = heard(db, own, weeks=asked.weeks, now=call.now)
    return Reply(Coverages(weeks=asked.weeks, items=[_coverage(each) for each in told]))


def policies(call: Call, db: Session) -> Reply:
    """What holds in a market today."""
    market = found(db.get(Market, call.own_market(call.path["market"])))
    library, day = call.hall.policies, day_in(market, call.now)
    items = []
    for kind in library.kinds(market.id, day):
        try:
            version = library.in_force(market.id, kind, day)
        except NotFound:  # it is to come
            continue
        scheduled = [each.name for each in library.scheduled(market.id, kind, day)]
        items.append(_policy(version, scheduled, call.hall.settings.base_url))
    return Reply(Policies(market=market.id, day=day, items=items))


def _policy(version: PolicyVersion, scheduled: list[str], base_url: str) -> Policy:
    return Policy(
        kind=version.kind,
        version=version.name,
        effective=version.effective,
        hash=version.hash,
        languages=sorted(version.texts),
        urls={
            language: f"{base_url}/{version.market}/{language}/policies/{version.kind}/{version.name}"
            for language in sorted(version.texts)
        },
        rules=dict(version.rules),
        scheduled=scheduled,
    )


def _coverage(each: Heard) -> Coverage:
    parts = {part: round(found) for part, found in each.minutes.items()}
    return Coverage(
        market=each.market.id,
        language=each.language,
        zone=each.market.zone,
        first_day=each.span.first,
        days=each.span.days,
        waking_minutes=parts["waking"],
        native_minutes=parts["native"],
        fluent_minutes=parts["fluent"],
        uncovered_minutes=parts["holes"],
        uncovered_by_week=[round(week) for week in each.uncovered_by_week],
        allowed_by_week=each.market.uncovered_minutes,
        in_bounds=each.in_bounds,
        holes=[Interval(start=hole.start, end=hole.end) for hole in each.covered.holes],
    )


COVERAGE = Operation(
    method="GET", path="/coverage", name="getCoverage", scope="coverage:read", act=coverage, gives=Coverages,
    asks=CoverageAsked, summary="How much of the hours in which customers are awake somebody is there for.",
)  # fmt: skip
POLICIES = Operation(
    method="GET", path="/markets/{market}/policies", name="listPolicies", scope="policies:read", act=policies,
    gives=Policies, summary="The policies in force in a market, and what of them is scheduled.",
)  # fmt: skip

HANDLERS = [door(each) for each in (COVERAGE, POLICIES)]
