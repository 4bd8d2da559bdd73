"""What orders leave: each cost by hand, nothing counted whose cost nobody knows, and the figure equal to the page."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, select

from shop.aftersales.models import Case, CaseLine
from shop.checkout.models import Dispute, Order, Parcel, Refund
from shop.markets.models import Market
from shop.policies.models import Acceptance, AcceptedText
from shop.scorecard.counting import recount
from shop.scorecard.figures import figures
from shop.scorecard.margins import COSTS, Margin, margin
from shop.scorecard.models import LandedCost, MarketCost
from shop.scorecard.reading import reading
from tests.scoring import DAY, LONG_AGO, began, line, order, request, unpaid
from tests.world import TUESDAY, World

Change = Callable[[Session, Order], None]
THEN = TUESDAY - 60 * DAY
BLENDER = "HB-BL-230"
BEFORE = 100_00 - 31_00 - 11_00 - 3_70  # net, what the piece cost, its parcel, the payment and the exchange


@pytest.fixture
def costed(world: World) -> World:
    """Germany with costs that are easy to reckon with, and no orders."""
    with world.house.database.writing() as db:
        for model in (LandedCost, MarketCost):
            db.connection().execute(delete(model))
        db.connection().execute(update(Market).where(col(Market.id) == "de").values(minutes_per_contact=10))
        db.add(LandedCost(market="de", sku=BLENDER, purchase=25_00, freight=4_00, duty=2_00, as_of=THEN.date()))
        costs = {"fee": 13, "fee_bp": 200, "exchange_bp": 100, "minute": 50}  # 13 + 238 + 119 = 3.70
        db.add(MarketCost(market="de", parcel=11_00, returned=9_00, **costs))
        began(db)
    return world


def reckoned(world: World) -> Margin:
    with world.house.database.writing() as db:
        recount(db, now=TUESDAY)
        return margin(db, "de", LONG_AGO)


def sold(db: Session, **values: Any) -> Order:
    made = order(db, THEN, **values)
    line(db, made)
    return made


def test_an_order_leaves_its_net_price_less_everything_it_cost(costed: World) -> None:
    with costed.house.database.writing() as db:
        sold(db)
        unpaid(db, THEN)
        sold(db, test=True)
    left = reckoned(costed)
    assert {name: getattr(left, name) for name in COSTS} == {
        "goods": 25_00, "freight": 4_00, "duty": 2_00, "shipping": 11_00, "payment": 2_51, "exchange": 1_19,
        "returns": 0, "support": 0, "goodwill": 0, "disputes": 0,
    }  # fmt: skip
    assert (left.orders, left.pending, left.left_out, left.net, left.total) == (1, 0, 0, 100_00, BEFORE)
    assert left.mean == BEFORE and left.deviation == 0 and left.currency == "EUR"


def case(of: Order, **values: Any) -> Case:
    given: dict[str, Any] = {
        "number": f"C-{of.number}", "door": "return", "market": "de", "language": "de", "order_number": of.number,
        "name": "N", "email": "e@example.com", "key": of.number, "content": "c", "state": "done", "filed_at": THEN,
    }  # fmt: skip
    return Case(**(given | values))


def put(db: Session, *rows: SQLModel) -> None:
    for row in rows:
        db.add(row)
        db.flush()


def refund(db: Session, of: Order, minor: int, ground: str = "return", case: str = "", state: str = "done") -> None:
    values: dict[str, Any] = {"case": case, "ground": ground, "minor": minor, "state": state, "asked_at": THEN}
    put(db, Refund(key=f"{of.number}{ground}", order_number=of.number, **values))


def taken_back(db: Session, of: Order) -> None:
    """Half of the price went back; the piece can be sold again, and the seller had promised to pay for its way."""
    rules = '{"window_days": 14, "return_shipping": "seller"}'
    text: dict[str, Any] = {"language": "de", "market": "de", "kind": "returns", "version": "v"}
    put(
        db,
        AcceptedText(hash="fetched", rules=rules, text="t", **text),
        Acceptance(hash="fetched", order_number=of.number, wording="w", at=THEN, **text),
        case(of, goods_back_at=THEN),
        CaseLine(case=f"C-{of.number}", sku=BLENDER, quantity=1, received=1, restocked=1),
    )
    refund(db, of, 59_50)


def kind(db: Session, of: Order) -> None:
    refund(db, of, 11_90, "goodwill")


def named(db: Session, of: Order) -> None:
    """The case says what the goodwill cost; the refund behind it is no second cost."""
    put(db, case(of, door="claim", cost=5_00, bearer="distributor", reimburse=3_00, reimburse_to="exporter"))
    refund(db, of, 11_90, "goodwill", f"C-{of.number}")


def we_owe(db: Session, of: Order) -> None:
    put(db, case(of, door="claim", bearer="exporter", reimburse=7_00, reimburse_to="distributor"))


def asked(db: Session, of: Order) -> None:
    for _ in range(2):
        request(db, THEN, order_number=of.number)


def disputed(db: Session, of: Order, state: str = "lost") -> None:
    put(db, Dispute(provider_id="d", order_number=of.number, state=state, minor=119_00, opened_at=THEN))


def still_disputed(db: Session, of: Order) -> None:
    disputed(db, of, "open")


def won(db: Session, of: Order) -> None:
    disputed(db, of, "won")


def not_given_back(db: Session, of: Order) -> None:
    refund(db, of, 59_50, state="refused")


def being_given_back(db: Session, of: Order) -> None:
    refund(db, of, 59_50, state="asked")


def two_parcels(db: Session, of: Order) -> None:
    days: dict[str, Any] = {"expected_from": THEN.date(), "expected_until": THEN.date(), "dispatched_at": THEN}
    for _ in range(2):
        put(db, Parcel(order_number=of.number, carrier="c", tracking="t", person="p", **days))


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (taken_back, BEFORE - 50_00 + 25_00 - 9_00),
        (kind, BEFORE - 10_00),
        (named, BEFORE - 5_00 + 3_00),
        (we_owe, BEFORE - 7_00),
        (asked, BEFORE - 2 * 10 * 50),
        (disputed, BEFORE - 100_00),
        (still_disputed, BEFORE),
        (won, BEFORE),
        (two_parcels, BEFORE - 11_00),
        (not_given_back, BEFORE),
        (being_given_back, BEFORE - 50_00),
    ],
)
def test_what_follows_an_order_costs_what_it_costs(costed: World, what: Change, left: int) -> None:
    with costed.house.database.writing() as db:
        what(db, sold(db))
    assert reckoned(costed).total == left


def test_an_order_refunded_before_it_left_costs_the_payment_only(costed: World) -> None:
    with costed.house.database.writing() as db:
        gone = order(db, TUESDAY - DAY, state="refunded", dispatched_at=None, delivered_at=None, given_back=119_00)
        line(db, gone, withheld=1)
        refund(db, gone, 119_00, "withdrawal")
    assert (reckoned(costed).total, reckoned(costed).pending) == (-3_70, 0)


def test_parts_and_care_plans_are_told_apart_and_a_service_needs_no_landed_cost(costed: World) -> None:
    with costed.house.database.writing() as db:
        db.add(LandedCost(market="de", sku="HB-SP-CP", purchase=2_00, as_of=THEN.date()))
        made = sold(db)
        line(db, made, "HB-SP-CP", kind="spare", net=10_00, tax=1_90, gross=11_90)
        line(db, made, "HB-SV-MC12", kind="service", net=20_00, tax=3_80, gross=23_80)
    left = reckoned(costed)
    assert (left.parts, left.care_plans, left.goods, left.left_out) == (10_00, 20_00, 27_00, 0)


def test_orders_of_unknown_cost_are_left_out_and_said_so(costed: World) -> None:
    with costed.house.database.writing() as db:
        sold(db)
        line(db, sold(db), "HB-KT-230")
    left = reckoned(costed)
    assert (left.orders, left.left_out, left.without_cost, left.total) == (1, 1, ("HB-KT-230",), BEFORE)
    with costed.house.database.writing() as db:
        db.connection().execute(delete(MarketCost))
    left = reckoned(costed)
    assert (left.orders, left.left_out, left.market_cost, left.total) == (0, 2, False, 0)


def test_the_figure_holds_only_what_can_no_longer_come_back_and_agrees_with_the_page(costed: World) -> None:
    with costed.house.database.writing() as db:
        kind(db, sold(db))
        sold(db)
        young = order(db, TUESDAY - 10 * DAY)
        line(db, young, quantity=2)
    page = reckoned(costed)
    assert (page.orders, page.pending) == (3, 1)
    with costed.house.database.writing() as db:
        db.connection().execute(update(Order).where(col(Order.number) == young.number).values(test=True))
        recount(db, now=TUESDAY)
    page = reckoned(costed)
    with costed.house.database.reading() as db:
        figure = figures(db)["de"]["margin"]
    deviation = sqrt((figure.squares - figure.total**2 / figure.n) / (figure.n - 1))
    assert (figure.n, figure.total, figure.total / figure.n) == (2, page.total, page.mean)
    assert deviation == pytest.approx(page.deviation) and page.deviation == pytest.approx(10_00 / sqrt(2))


def test_the_demo_knows_the_costs_of_everything_it_lists(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        costs = {(each.market, each.sku): each for each in db.exec(select(LandedCost)).all()}
        markets = {each.market for each in db.exec(select(MarketCost)).all()}
        listed = sqlite_world.house.directory.now()
    shelved = {(each.market, each.sku) for each in listed.goods.shelved if not each.sku.startswith("HB-SV-")}
    assert shelved <= costs.keys() and {market for market, _sku in shelved} <= markets
    assert costs["jp", BLENDER.replace("230", "100")].purchase == 9080  # yen have no smaller unit


def test_whether_orders_may_still_be_sent_back_is_known_although_nobody_knows_what_they_cost(costed: World) -> None:
    with costed.house.database.writing() as db:
        sold(db)
        line(db, order(db, THEN), sku="HB-KT-170")
        recount(db, now=TUESDAY)
    with costed.house.database.reading() as db:
        figure = figures(db)["de"]["margin"]
        told = reading(db, db.get_one(Market, "de"), now=TUESDAY)
    assert (figure.k, figure.n, figure.total) == (2, 1, BEFORE)
    assert "returns_open" not in told.recommendation.reasons
    with costed.house.database.writing() as db:
        db.connection().execute(delete(MarketCost))
        recount(db, now=TUESDAY)
        told = reading(db, db.get_one(Market, "de"), now=TUESDAY)
    assert told.orders == 2 and "returns_open" not in told.recommendation.reasons
