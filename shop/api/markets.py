"""Operations that tell of markets: their state, their gates, and what has happened to them."""

from sqlmodel import col, select

from shop.api.answering import door
from shop.api.market_shapes import Gate, Happened, MarketLine, Markets, MarketWhole
from shop.api.operations import Call, Operation, Reply, etag
from shop.ground.errors import found
from shop.launches.steering.markets import Steering
from shop.markets.models import LaunchEvent, Market

LATEST = 50


def list_markets(call: Call) -> Reply:
    """Every market of the token's person."""
    told = steering(call).markets()
    return Reply(Markets(items=[MarketLine(**each) for each in told if call.staff.works_for(each["market"])]))


def show_market(call: Call) -> Reply:
    """One market with its gates and history."""
    market_id = call.own_market(call.path["market"])
    told = steering(call).market(market_id)
    with call.hall.database.reading() as db:
        market = found(db.get(Market, market_id))
        query = select(LaunchEvent).where(LaunchEvent.market == market_id).order_by(col(LaunchEvent.id).desc())
        history = [happened(each) for each in db.exec(query.limit(LATEST)).all()]
    gates = [Gate(**each) for each in told.pop("gates")]
    told.pop("history")
    whole = MarketWhole(**told, version=market.version, gates=gates, history=history)
    return Reply(whole, etag=etag("market", market.id, market.version))


def steering(call: Call) -> Steering:
    """The reader of markets that the command line has, too."""
    hall = call.hall
    return Steering(hall.database, hall.payments, hall.sources(), hall.tongue, hall.now)


def happened(event: LaunchEvent) -> Happened:
    """An event as a program reads it."""
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

HANDLERS = [door(each) for each in (LIST, SHOW)]
