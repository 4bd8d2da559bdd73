"""Every figure from real rows: what counts, from when on, what is too young, on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from shop.aftersales.models import Case, CaseLine
from shop.checkout.models import Dispute, OrderEvent, Parcel, Refund
from shop.markets.models import LaunchEvent
from shop.policies.models import Acceptance, AcceptedText
from shop.scorecard.counting import MEASURES, recount, recount_due
from shop.scorecard.epochs import epochs
from shop.scorecard.figures import figures
from shop.scorecard.metrics import METRICS, ORDERS
from shop.scorecard.models import Figure, StepCount
from shop.support.crisis.models import CrisisCard, Incident
from shop.support.requests.models import Message, Rating, RequestPromise
from shop.support.shifts.models import Agent
from tests.scoring import DAY, LONG_AGO, attempt, began, counted, line, order, put, request, unpaid
from tests.world import TUESDAY, World

HOUR = timedelta(hours=1)


def case(number: str, of: str, door: str = "return", **values: Any) -> Case:
    given: dict[str, Any] = {
        "number": number, "door": door, "market": "de", "language": "de", "order_number": of, "name": "N",
        "email": "e@example.com", "key": number, "content": "c", "state": "done", "filed_at": TUESDAY - 30 * DAY,
    }  # fmt: skip
    return Case(**(given | values))


def test_every_metric_of_the_table_is_counted_and_nothing_else() -> None:
    assert set(MEASURES) == {*METRICS, ORDERS}


def test_an_epoch_begins_with_selling_and_goes_on_from_soft_to_open(world: World) -> None:
    with world.house.database.reading() as db:
        known = epochs(db)
    assert known["de"].number == 2 and (TUESDAY - known["de"].since).days == 72  # since it was resumed, not opened
    assert known["nz"].number == 1 and "ae" not in known and "fr" not in known
    with world.house.database.reading() as db:
        assert epochs(db, ["ae", "de"]) == {"de": known["de"]}


def test_taking_a_pause_back_begins_no_epoch_and_changes_of_exposure_neither(world: World) -> None:
    with world.house.database.writing() as db:
        began(db, TUESDAY - 10 * DAY)
        step: dict[str, Any] = {"market": "de", "person": "mere", "reason": "r"}
        for action, before, after, undoes in (
            ("expose", "soft", "soft", None), ("pause", "soft", "paused", None), ("undo", "paused", "soft", 1),
        ):  # fmt: skip
            db.add(LaunchEvent(at=TUESDAY, action=action, from_state=before, to_state=after, undoes=undoes, **step))
            db.flush()
        known = epochs(db)
    assert known["de"].since == TUESDAY - 10 * DAY


def test_orders_count_from_the_epoch_on_and_tests_never(world: World) -> None:
    with world.house.database.writing() as db:
        began(db, TUESDAY - 10 * DAY)
        order(db, TUESDAY - 11 * DAY)
        order(db, TUESDAY - 9 * DAY)
        order(db, TUESDAY - DAY, delivered_at=None, state="paid")
        order(db, TUESDAY - DAY, test=True)
        unpaid(db)
    assert counted(world, ORDERS) == (1, 2)


def test_a_resumed_market_is_counted_anew_and_one_that_never_sold_has_no_figures(world: World) -> None:
    with world.house.database.writing() as db:
        began(db)
        order(db, TUESDAY - 9 * DAY)
    assert counted(world, ORDERS) == (1, 1)
    with world.house.database.writing() as db:
        began(db, TUESDAY - DAY)
    assert counted(world, ORDERS) == (0, 0)
    with world.house.database.reading() as db:
        kept = figures(db)
    assert kept["de"][ORDERS].since == TUESDAY - DAY and "ae" not in kept and "nz" in kept


def test_visits_become_orders_on_whole_days_of_the_markets_calendar(world: World) -> None:
    with world.house.database.writing() as db:
        began(db, datetime(2026, 11, 20, 12, tzinfo=UTC))
        order(db, datetime(2026, 11, 19, 23, 30, tzinfo=UTC))  # already the 20th in Hamburg
        order(db, datetime(2026, 11, 22, 22, 59, tzinfo=UTC))
        order(db, datetime(2026, 11, 22, 23, 1, tzinfo=UTC))  # the 23rd: not over for a day yet
        for day, number in ((19, 1000), (20, 40), (22, 60), (23, 7), (24, 5)):
            db.add(StepCount(market="de", day=datetime(2026, 11, day).date(), step="visit", number=number))
        db.add(StepCount(market="de", day=datetime(2026, 11, 20).date(), step="view", number=900))
    assert counted(world, "conversion", now=datetime(2026, 11, 23, 22, 0, tzinfo=UTC)) == (2, 100)


def test_a_declined_payer_failed_unless_they_succeed_within_a_day(world: World) -> None:
    then = TUESDAY - 10 * DAY
    with world.house.database.writing() as db:
        began(db)
        attempt(db, order(db, then))  # at once
        attempt(db, order(db, then, paid_at=then + HOUR), declined_at=then)  # declined, then paid
        lost = {"email": "lost@example.com"}
        attempt(db, unpaid(db, then, **lost), state="expired", declined_at=then)
        attempt(db, unpaid(db, then + DAY, **lost), state="expired", declined_at=then + DAY)  # the same payer once more
        late = {"email": "Late@example.com"}
        attempt(db, unpaid(db, then, **late), state="expired", declined_at=then)
        attempt(db, order(db, then + 2 * DAY, **late | {"email": "late@example.com"}))
        again = {"email": "again@example.com"}
        attempt(db, unpaid(db, then, **again), state="expired", declined_at=then)
        attempt(db, order(db, then + 2 * HOUR, **again))
        attempt(db, unpaid(db, then), state="expired")  # never tried
        attempt(db, unpaid(db, TUESDAY - HOUR), state="expired", declined_at=TUESDAY - HOUR)  # may still succeed
    assert counted(world, "payment_failure") == (2, 5)


def accepted(of: str, hash: str) -> Acceptance:
    return Acceptance(
        order_number=of, market="de", kind="returns", version="v", hash=hash, language="de", wording="w", at=TUESDAY
    )


def test_goods_count_as_kept_only_when_the_time_of_their_own_policy_is_over(world: World) -> None:
    rules = '{"window_days": 30, "return_shipping": "seller"}'
    put(
        world,
        AcceptedText(hash="h30", language="de", market="de", kind="returns", version="v", rules=rules, text="t"),
    )
    with world.house.database.writing() as db:
        began(db)
        short, long = (order(db, TUESDAY - 30 * DAY, delivered_at=TUESDAY - 28 * DAY) for _ in range(2))
        line(db, short, quantity=3, withheld=1)
        line(db, short, "HB-SV-MC12", kind="service")
        line(db, long, quantity=4)
        db.add(accepted(long.number, "h30"))
        db.add(case("C1", short.number))
        db.add(case("C2", short.number, state="taken_back"))
        db.flush()
        db.add(CaseLine(case="C1", sku="HB-BL-230", quantity=1, received=1))
        db.add(CaseLine(case="C2", sku="HB-BL-230", quantity=2))
    assert counted(world, "return_rate") == (1, 2)
    assert counted(world, "return_rate", now=TUESDAY + 11 * DAY) == (1, 6)


def test_a_refund_is_late_after_its_day_in_the_markets_calendar(world: World) -> None:
    due = (TUESDAY - 5 * DAY).date()
    end_of_day = datetime(2026, 11, 19, 22, 59, tzinfo=UTC)  # 23:59 in Hamburg
    with world.house.database.writing() as db:
        began(db)
        of = order(db).number
        for number, done in (("C1", end_of_day), ("C2", end_of_day + timedelta(minutes=2)), ("C3", None)):
            db.add(case(number, of, refund_due=due))
            db.flush()
            if done:
                paid: dict[str, Any] = {"state": "done", "asked_at": done, "done_at": done}
                db.add(Refund(key=number, order_number=of, case=number, ground="return", minor=1, **paid))
        back = TUESDAY - 9 * DAY
        db.add(case("C4", of, refund_due=due, state="goods_back", goods_back_at=back))
        db.add(case("C5", of, refund_due=due, state="accepted"))  # waits for the goods
        db.add(case("C6", of, refund_due=due + 30 * DAY, state="goods_back", goods_back_at=back))
    assert counted(world, "refund_late") == (2, 3)


def test_questions_about_mature_orders_or_about_none_are_counted_per_order(world: World) -> None:
    with world.house.database.writing() as db:
        began(db)
        old = order(db, TUESDAY - 40 * DAY)
        young = order(db, TUESDAY - DAY)
        request(db, TUESDAY - 39 * DAY, order_number=old.number)
        request(db, TUESDAY - 2 * DAY, order_number=old.number)  # more than 30 days after
        request(db, TUESDAY, order_number=young.number)
        request(db, TUESDAY - 20 * DAY)
        request(db, TUESDAY - HOUR)
    assert counted(world, "contacts_per_order") == (2, 1)


def answered(world: World, person: str, *, kept: bool | None = True, language: str = "de") -> None:
    with world.house.database.writing() as db:
        at = TUESDAY - DAY
        asked = request(db, at, first_answered_at=at + HOUR, state="closed")
        promise: dict[str, Any] = {"given_at": at, "on_duty_at": at, "promised_at": at + HOUR, "kept": kept}
        db.add(RequestPromise(request=asked.ref, **promise))
        said: dict[str, Any] = {"kind": "ours", "author": "a", "text": "t", "at": at}
        db.add(Message(request=asked.ref, person="", language="en", **said))  # the receipt
        db.add(Message(request=asked.ref, person=person, language=language, **said))


def test_an_answer_counts_when_a_native_speaker_gave_it_in_time(world: World) -> None:
    with world.house.database.writing() as db:
        began(db)
        lena = db.exec(select(Agent.person).where(Agent.id == "lena")).one()
        foreign = db.exec(select(Agent.person).where(Agent.id == "haruka")).one()
        request(db, TUESDAY)  # young, nothing promised
        request(db, TUESDAY - 2 * DAY)  # nobody could promise anything
    answered(world, lena)
    answered(world, lena, kept=False)
    answered(world, foreign)
    assert counted(world, "native_answer") == (1, 4)
    answered(world, lena, language="en")
    assert counted(world, "native_share") == (3, 4)


def test_questions_asked_when_nobody_was_there_are_known_from_when_they_came(world: World) -> None:
    with world.house.database.writing() as db:
        began(db)
        then = TUESDAY - 20 * DAY
        for there in (True, True, False, None):
            request(db, then, native_there=there)
        request(db, TUESDAY - DAY, native_there=False)
    assert counted(world, "uncovered_contacts") == (1, 3)


def test_disputes_count_by_the_order_and_claims_beside_them_as_defects(world: World) -> None:
    then = TUESDAY - 70 * DAY
    with world.house.database.writing() as db:
        began(db)
        disputed, claimed, both, fine = (order(db, then) for _ in range(4))
        order(db, TUESDAY - 59 * DAY)
        for number, of in enumerate((disputed, both, both)):
            db.add(Dispute(provider_id=f"d{number}", order_number=of.number, minor=1, opened_at=TUESDAY))
        for number, of in enumerate((claimed, both)):
            db.add(case(f"C{number}", of.number, "claim", kind="defect"))
        db.add(case("C9", fine.number, "claim", kind="defect", state="refused"))
    assert counted(world, "dispute_rate") == (2, 4)
    assert counted(world, "defects") == (3, 5)


def test_orders_leave_late_when_what_was_promised_can_no_longer_be_kept(world: World) -> None:
    thursday = datetime(2026, 11, 12, 9, tzinfo=UTC)  # three working days on is Tuesday the 17th
    sent: dict[str, Any] = {"delivered_at": None, "state": "dispatched"}
    with world.house.database.writing() as db:
        began(db)
        order(db, thursday, **sent)
        order(db, thursday, **sent | {"dispatched_at": datetime(2026, 11, 16, 22, 30, tzinfo=UTC)})  # late on Monday
        order(db, thursday, **sent | {"dispatched_at": datetime(2026, 11, 16, 23, 30, tzinfo=UTC)})  # on Tuesday
        order(db, thursday, **sent | {"dispatched_at": None, "state": "paid"})
        order(db, TUESDAY - DAY, **sent | {"dispatched_at": None, "state": "paid"})  # has time
        order(db, thursday, **sent | {"dispatched_at": None, "state": "refunded"})
        order(db, thursday, parcel=False, dispatched_at=None)
    assert counted(world, "late_dispatch") == (2, 4)


def test_we_cancelled_what_was_paid_never_left_and_nobody_withdrew_from(world: World) -> None:
    never_left: dict[str, Any] = {"state": "refunded", "dispatched_at": None, "delivered_at": None}
    with world.house.database.writing() as db:
        began(db)
        order(db, **never_left)
        withdrawn = order(db, **never_left)
        order(db, **never_left, parcel=False)
        order(db, state="refunded")
        db.add(case("C1", withdrawn.number, "withdrawal"))
    assert counted(world, "cancelled_by_us") == (1, 4)


def test_parcels_that_nobody_saw_arrive_in_three_weeks_have_failed(world: World) -> None:
    def parcel(of: str, days: int, arrived: bool) -> Parcel:
        at = TUESDAY - days * DAY
        given: dict[str, Any] = {
            "carrier": "DHL",
            "tracking": "1",
            "person": "p",
            "expected_from": at.date(),
            "expected_until": at.date(),
        }
        return Parcel(order_number=of, dispatched_at=at, delivered_at=at + DAY if arrived else None, **given)

    with world.house.database.writing() as db:
        began(db)
        fine, lost, missed, young = (order(db, TUESDAY - 30 * DAY) for _ in range(4))
        for of, days, arrived in (
            (fine, 25, True),
            (fine, 22, True),
            (lost, 25, False),
            (missed, 25, True),
            (young, 20, False),
        ):
            db.add(parcel(of.number, days, arrived))
        db.add(case("C1", missed.number, "claim", kind="missing", state="accepted"))
    assert counted(world, "delivery_failure") == (2, 4)


def test_ratings_and_reports_of_harm(world: World) -> None:
    with world.house.database.writing() as db:
        began(db, TUESDAY - 5 * DAY)
        card = db.exec(select(CrisisCard.key).where(CrisisCard.severity == 0, CrisisCard.stop_sale)).first()
        assert card is not None
        incidents = [Incident(card=card, opened_at=TUESDAY, drill=drill) for drill in (False, True)]
        db.add_all(incidents)
        db.flush()
        for incident in (*incidents, None):
            request(db, incident=incident.id if incident else None)
        for score, days in ((5, 0), (4, 5), (3, 1), (5, 6)):
            day = (TUESDAY - days * DAY).date()
            db.add(Rating(market="de", language="de", category="use", score=score, day=day))
    assert counted(world, "csat") == (2, 3)
    assert counted(world, "safety_contacts") == (1, 3)


def test_one_market_is_never_counted_into_another(world: World) -> None:
    with world.house.database.writing() as db:
        began(db, market="nz")
        order(db, TUESDAY - 90 * DAY, market="nz", currency="NZD")
    for metric in MEASURES:
        assert counted(world, metric, "ch") == (0, 0), metric


def test_nothing_is_written_where_nothing_has_changed_until_the_hour_is_over(world: World) -> None:
    assert recount_due(world.house.database, now=TUESDAY) > 0
    with world.house.database.writing() as db:
        order(db, TUESDAY - HOUR)  # without any entry in a log: nobody looks
    assert recount_due(world.house.database, now=TUESDAY + timedelta(minutes=1)) == 0
    assert recount_due(world.house.database, now=TUESDAY + HOUR) > 0
    assert recount_due(world.house.database, now=TUESDAY + HOUR) == 0


def test_a_house_of_very_many_orders_counts_less_often(sqlite_world: World) -> None:
    database = sqlite_world.house.database
    recount_due(database, now=TUESDAY)
    with database.writing() as db:
        db.get_one(Figure, ("de", ORDERS)).n = 1_000_000
        db.add(OrderEvent(order_number=order(db).number, kind="paid", at=TUESDAY))
    assert recount_due(database, now=TUESDAY + timedelta(minutes=12)) == 0
    assert recount_due(database, now=TUESDAY + timedelta(minutes=13)) > 0


def test_a_recount_of_one_market_leaves_the_others_alone(world: World) -> None:
    with world.house.database.writing() as db:
        assert recount(db, now=TUESDAY, only=["de"]) == len(MEASURES)
    with world.house.database.reading() as db:
        assert {each.market for each in db.exec(select(Figure)).all()} == {"de"}


@pytest.mark.parametrize("metric", sorted(MEASURES))
def test_an_empty_market_has_every_figure_and_all_are_nothing(sqlite_world: World, metric: str) -> None:
    assert counted(sqlite_world, metric, "jp") == (0, 0)
    assert LONG_AGO < TUESDAY
