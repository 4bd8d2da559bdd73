"""Cases of a handover: what becomes of one request at the end of its owner's shift."""

from shop.ground.duty import covers, next_start
from shop.ground.instants import iso
from shop.support.answering.deciding import route
from shop.support.answering.leaving import stays
from shop.support.answering.routing import Ask, Routed
from shop.support.plan_cases import reading as read
from shop.support.plan_cases.given import Answer, Given

STATES = {"open": False, "waiting_on_customer": True}
SEVERITIES = {"normal": False, "urgent": False, "crisis": True}


def answer_handover(case: Given) -> Answer:
    """Keep, reassign or queue: the owner's next duty against when the answer is due, then routing without the owner."""
    now = read.instant(case.need("at_utc"))
    market, ticket = case.need("market"), case.need("ticket")
    people = read.agents(case.need("agents"), now)
    owner = ticket.need("owner").text()
    duty = next((each.duty for each in people if each.id == owner), ())
    if stays(
        waits_for_others=ticket.need("state").one_of(STATES),
        crisis=ticket.get("severity", lambda given: given.one_of(SEVERITIES), False),
        due=ticket.get("response_due_utc", read.instant, None),
        back_at=now if covers(duty, now) else next_start(duty, now),
    ):
        return {"action": "keep"}
    tiers = [read.tier(one) for one in market.need("tiers").members()]
    ask = case.get("request", read.ask, Ask(tiers[0].language if tiers else ""))
    variants = market.get("accept_variants", Given.flag, False)
    others = [each for each in people if each.id != owner]
    return _answer(route(ask, tiers, others, now, accept_variants=variants))


def _answer(routed: Routed) -> Answer:
    if routed.assign_to is not None:
        return {"action": "reassign", "to": routed.assign_to}
    if routed.on_duty_at is None:  # all are full, or nobody is in sight: the queue, and no time to promise
        return {"action": "queue"}
    promise = {"promise_utc": iso(routed.on_duty_at), "promise_agents": list(routed.promise_agents)}
    return {"action": "queue", **promise}
