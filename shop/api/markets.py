"""Operations on markets: their state and gates, and the steps that the console takes too, through the same function."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from shop.api.answering import door
from shop.api.market_shapes import Gate, Happened, MarketLine, Markets, MarketWhole, StepAsked, Stepped
from shop.api.operations import Call, Operation, Reply, etag
from shop.api.problems import Problem
from shop.ground.errors import found
from shop.launches.changing.proposals import act
from shop.launches.changing.safety import follow_up
from shop.launches.changing.table import STEPS, exposure_of
from shop.launches.changing.transitions import Asked, NotReady, ReasonMissing
from shop.launches.models import Proposal
from shop.markets.models import LaunchEvent, Market
from shop.upkeep.steering import Steering

LATEST = 50


def list_markets(call: Call) -> Reply:
    """Every market of the token's person."""
    told = _steering(call).markets()
    return Reply(Markets(items=[MarketLine(**each) for each in told if call.may_in(each["market"])]))


def show_market(call: Call) -> Reply:
    """One market with its gates and history."""
    market_id = call.own_market(call.path["market"])
    told = _steering(call).market(market_id)
    with call.hall.database.reading() as db:
        market = found(db.get(Market, market_id))
        query = select(LaunchEvent).where(LaunchEvent.market == market_id).order_by(col(LaunchEvent.id).desc())
        history = [_happened(each) for each in db.exec(query.limit(LATEST)).all()]
    gates = [Gate(**each) for each in told.pop("gates")]
    told.pop("history")
    whole = MarketWhole(**told, version=market.version, gates=gates, history=history)
    return Reply(whole, etag=etag("market", market.id, market.version))


def take_step(call: Call, db: Session) -> Reply:
    """Take a step, or propose it where a second person has to agree."""
    market_id, asked = call.own_market(call.path["market"]), call.body
    market = found(db.get(Market, market_id))
    call.match(etag("market", market.id, market.version), must=STEPS[asked.action].widens)
    if STEPS[asked.action].reasoned and not asked.reason.strip():
        raise ReasonMissing(action=asked.action)
    try:
        done = act(
            db, market_id, asked.action, _asked(market, asked), person=call.staff.person.id, reason=asked.reason,
            version=market.version, sources=call.hall.sources, now=call.now,
        )  # fmt: skip
    except NotReady as refusal:
        gates = [_steering(call).gate(each) for each in refusal.values["gates"]]
        raise Problem("not_ready", gates=gates) from None
    if isinstance(done, Proposal):
        stepped = Stepped(market=market_id, outcome="waits_for_second_person", event=None, proposal=done.id)
        return Reply(stepped, status=202)
    hall = call.hall
    return Reply(
        Stepped(market=market_id, outcome="done", event=_happened(done), proposal=None),
        etag=etag("market", market_id, done.version),
        after=lambda: follow_up(hall.database, hall.payments, done, now=hall.now),
    )


def _asked(market: Market, asked: StepAsked) -> Asked:
    shown = exposure_of(market)
    if asked.action in ("launch", "open"):
        given: dict[str, Any] = {"audience": asked.audience, "order_cap": asked.order_cap}
        given["percent_bp"] = None if asked.percent is None else round(asked.percent * 100)
        shown = replace(shown, **{name: each for name, each in given.items() if each is not None})
    mode = asked.mode if asked.action == "pause" else ""
    return Asked(mode=mode, exposed=shown, override=asked.override, handover=asked.handover)


def _steering(call: Call) -> Steering:
    hall = call.hall
    return Steering(hall.database, hall.payments, hall.sources, hall.tongue, hall.now)


def _happened(event: LaunchEvent) -> Happened:
    return Happened(
        at=event.at, action=event.action, before=event.from_state, after=event.to_state, person=event.person,
        reason=event.reason, mode=event.mode, approved_by=event.approved_by, rule=event.rule,
    )  # fmt: skip


LIST = Operation(
    method="GET", path="/markets", name="listMarkets", scope="markets:read", summary="The markets and their state.",
    act=list_markets, gives=Markets, session="own",
)  # fmt: skip
SHOW = Operation(
    method="GET", path="/markets/{market}", name="getMarket", scope="markets:read", act=show_market, gives=MarketWhole,
    summary="One market with its gates, the steps that lead on, and its history.", session="own", etag=True,
)  # fmt: skip
STEP = Operation(
    method="POST", path="/markets/{market}/steps", name="takeStep", scope="markets:write", act=take_step, gives=Stepped,
    summary="Take a step: ready, redraft, launch, open, pause, resume, close. Winding down is for the console.",
    reads=StepAsked, session="writing", etag=True, if_match="may",
    also={202: "It waits for a second person.", 409: "The market's state, its gates or its guards do not allow it."},
    example={"action": "pause", "mode": "sell_stop", "reason": "The warehouse is flooded."},
)  # fmt: skip

HANDLERS = [door(each) for each in (LIST, SHOW, STEP)]
