"""Launch states: which steps lead where, what each asks, that a stale one is refused, and that the history stays."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlmodel import SQLModel, col, select

from shop.aftersales.models import Case, Recall, RecallReport
from shop.base.db import Database
from shop.checkout.models import Order, Refund
from shop.ground.errors import NotFound, StaleForm
from shop.launches.changing.exposure import WrongExposure, change_exposure, widens
from shop.launches.changing.guards import SecondPersonNeeded, StillOwed
from shop.launches.changing.table import STEPS, Exposed, allowed
from shop.launches.changing.transitions import NotReady, ReasonMissing, WrongStep
from shop.launches.models import Waiver
from shop.launches.readying.gathering import gather
from shop.launches.readying.waiving import NotWaivable, waive
from shop.markets.models import LaunchEvent, Market, ShippingRate
from shop.support.requests.models import Request
from tests.launching import (
    BY_INVITATION,
    NOW,
    events,
    exporter,
    launched,
    market,
    put,
    revisions,
    sources,
    step,
    take_out,
)

STATES = ("draft", "ready", "soft", "open", "paused", "winding_down", "closed")
LEADS = {
    "draft": {"ready"},
    "ready": {"redraft", "launch", "open"},
    "soft": {"redraft", "open", "pause", "wind_down"},
    "open": {"redraft", "pause", "wind_down"},
    "paused": {"redraft", "pause", "resume", "wind_down"},
    "winding_down": {"redraft", "close"},
    "closed": {"redraft"},
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with exporter(tmp_path) as opened:
        yield opened


def in_state(database: Database, state: str) -> None:
    with database.writing() as db:
        db.get_one(Market, "nz").state = state
        db.get_one(Market, "nz").audience = "invitation"


@pytest.mark.parametrize("state", STATES)
def test_the_table_says_what_leads_on(state: str) -> None:
    assert {each.action for each in allowed(state)} == LEADS[state]


@pytest.mark.parametrize(("state", "action"), [(state, action) for state in STATES for action in STEPS])
def test_a_step_is_taken_from_its_states_and_refused_from_all_others(
    database: Database, state: str, action: str
) -> None:
    in_state(database, state)
    mode = "safety" if action == "pause" else ""
    if action in LEADS[state]:
        assert step(database, action, mode=mode).from_state == state
        assert events(database)[-1][:2] == (action, state)
    else:
        with pytest.raises(WrongStep):
            step(database, action, mode=mode)
        assert (market(database).state, market(database).version, events(database)) == (state, 1, [])


def test_the_whole_life_of_a_market(database: Database) -> None:
    launched(database)
    assert (
        market(database).state,
        market(database).ever_sold,
        market(database).audience,
        market(database).order_cap,
    ) == ("soft", True, "invitation", 50)
    step(database, "pause", mode="hidden")
    assert (market(database).state, market(database).pause_mode) == ("paused", "hidden")
    step(database, "resume")
    assert (market(database).state, market(database).pause_mode, market(database).audience) == (
        "soft",
        "",
        "invitation",
    )
    step(database, "open", exposed=Exposed("", order_cap=None))
    assert (market(database).state, market(database).audience, market(database).order_cap) == ("open", "", None)
    step(database, "wind_down")
    step(database, "close")
    assert [each[2] for each in events(database)] == [
        "ready",
        "soft",
        "paused",
        "soft",
        "open",
        "winding_down",
        "closed",
    ]
    assert market(database).version == 8


def test_resuming_leads_back_to_where_the_pause_began_through_a_change_of_mode(database: Database) -> None:
    launched(database)
    step(database, "open")
    step(database, "pause", mode="sell_stop")
    step(database, "pause", mode="safety")
    assert market(database).pause_mode == "safety"
    with pytest.raises(SecondPersonNeeded):
        step(database, "resume")
    step(database, "resume", approved_by="ruth")
    assert market(database).state == "open"


def test_pausing_in_the_same_way_twice_is_no_step(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="safety")
    with pytest.raises(WrongStep):
        step(database, "pause", mode="safety")


def test_a_pause_needs_a_known_mode(database: Database) -> None:
    launched(database)
    with pytest.raises(WrongStep):
        step(database, "pause", mode="for a while")


@pytest.mark.parametrize("action", ["pause", "wind_down"])
def test_narrowing_is_kept_with_a_reason(database: Database, action: str) -> None:
    launched(database)
    with pytest.raises(ReasonMissing):
        step(database, action, mode="hidden" if action == "pause" else "", reason="  ")
    assert market(database).state == "soft"


def test_an_unknown_market_or_step_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        step(database, "ready", market="xx", version=1)
    with pytest.raises(NotFound):
        step(database, "explode")


def test_a_step_decided_on_an_older_version_is_refused_and_writes_nothing(database: Database) -> None:
    launched(database)
    step(database, "pause", mode="safety")
    with pytest.raises(StaleForm) as refused:
        step(database, "open", version=3)
    assert refused.value.values["now_is"] == "Paused"
    assert market(database).state == "paused"
    assert len(events(database)) == 3


def test_of_two_who_decide_at_once_one_is_refused(database: Database) -> None:
    launched(database)
    told: list[str] = []
    start = Barrier(2)

    def decide(action: str, mode: str) -> None:
        start.wait()
        try:
            told.append(step(database, action, mode=mode, version=3).action)
        except StaleForm:
            told.append("stale")

    both = [Thread(target=decide, args=each) for each in (("pause", "hidden"), ("open", ""))]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told)[-1] == "stale"
    assert len(events(database)) == 3


def test_widening_waits_for_the_gates_and_names_them(database: Database) -> None:
    take_out(database, ShippingRate, "nz")
    with pytest.raises(NotReady) as refused:
        step(database, "ready")
    assert [each.gate for each in refused.value.values["gates"]] == ["shipping.lane"]
    assert market(database).state == "draft"


@pytest.mark.parametrize("action", ["launch", "open"])
def test_the_gates_are_asked_again_when_the_market_opens(database: Database, action: str) -> None:
    step(database, "ready")
    take_out(database, ShippingRate, "nz")
    with pytest.raises(NotReady):
        step(database, action, exposed=BY_INVITATION)


def test_a_waiver_that_has_run_out_forbids_resuming_but_never_pausing(database: Database) -> None:
    launched(database)
    with database.writing() as db:
        db.exec(select(Waiver).where(Waiver.gate == "payments.live")).one().until = NOW.date() - timedelta(days=1)
    step(database, "pause", mode="sell_stop")
    with pytest.raises(NotReady):
        step(database, "resume")
    step(database, "wind_down")


def test_a_soft_launch_without_a_limit_is_refused(database: Database) -> None:
    step(database, "ready")
    with pytest.raises(NotReady) as refused:
        step(database, "launch", exposed=Exposed("percentage", 10_000))
    assert [each.gate for each in refused.value.values["gates"]] == ["caps.set"]


def test_a_step_tells_the_shop(database: Database) -> None:
    with database.reading() as db:
        before = revisions(db)
    step(database, "ready")
    with database.reading() as db:
        after = revisions(db)
    assert after["market:nz"] > before.get("market:nz", 0)
    assert after["everywhere"] > before.get("everywhere", 0)


def test_an_event_says_who_when_why_and_on_what_it_was_decided(database: Database) -> None:
    step(database, "ready", reason="  papers in place ")
    with database.reading() as db:
        event = db.get_one(LaunchEvent, 1)
    assert (event.person, event.reason, event.at, len(event.snapshot)) == ("mere", "papers in place", NOW, 64)


def test_a_market_is_not_closed_while_an_order_is_owed(database: Database) -> None:
    launched(database)
    owed = Order(
        number="R1",
        market="nz",
        language="en",
        currency="NZD",
        state="paid",
        key="k",
        content="c",
        email="a@example.com",
        name="Tama",
        address="{}",
        goods=100,
        shipping=0,
        net=87,
        tax=13,
        total=100,
        days_min=1,
        days_max=3,
        placed_at=NOW,
        paid_at=NOW,
    )
    with database.writing() as db:
        db.add(owed)
    step(database, "wind_down")
    with pytest.raises(StillOwed) as refused:
        step(database, "close")
    assert refused.value.values == {"orders": 1, "requests": 0, "cases": 0, "refunds": 0, "recalls": 0}
    with database.writing() as db:
        db.get_one(Order, "R1").state = "delivered"
        db.add_all(after_the_sale())
    with pytest.raises(StillOwed) as refused:
        step(database, "close")
    assert refused.value.values == {"orders": 0, "requests": 0, "cases": 1, "refunds": 2, "recalls": 1}
    with database.writing() as db:
        db.get_one(Case, "WD-1").state = "done"
        db.get_one(Recall, "RC-1").closed_at = NOW
        for key in ("asked", "refused"):
            db.get_one(Refund, key).state = "done"
    step(database, "close")


def test_a_market_is_not_closed_while_the_exporter_has_not_answered_what_was_referred(database: Database) -> None:
    launched(database)
    step(database, "wind_down")
    asked = {"language": "en", "category": "use", "subject": "s", "name": "Tama", "email": "tama@example.com"}
    row = Request(
        ref="R-1", market="nz", key="k", state="referred", due_at=NOW, created_at=NOW, updated_at=NOW, **asked
    )
    put(database, row)
    with pytest.raises(StillOwed) as refused:
        step(database, "close")
    assert refused.value.values["requests"] == 1


def after_the_sale() -> list[SQLModel]:
    """An open case, a refund under way, one that was refused since, a recall and a drill."""
    case = {"market": "nz", "language": "en", "name": "Tama", "email": "a@example.com", "filed_at": NOW}
    refund = {"order_number": "R1", "ground": "return", "minor": 1}
    later = NOW + timedelta(minutes=1)
    recall = {"skus": "HB-BL-230", "reason": "r", "person": "mere", "opened_at": NOW}
    report = {"market": "nz", "due_at": NOW, "source": "s"}
    return [
        Case(number="WD-1", door="return", key="c1", content="c", **case),
        Case(number="WD-2", door="return", key="c2", content="c", state="refused", **case),
        Refund(key="asked", state="asked", asked_at=NOW, **refund),
        Refund(key="refused", state="refused", asked_at=later, **refund),
        Recall(number="RC-1", **recall),
        Recall(number="RC-2", drill=True, **recall),
        RecallReport(recall="RC-1", **report),
        RecallReport(recall="RC-2", **report),
    ]


WIDER: list[tuple[Exposed, Exposed, bool]] = [
    (Exposed("percentage", 1_000, 50), Exposed("percentage", 1_000, 50), False),
    (Exposed("percentage", 1_000, 50), Exposed("percentage", 900, 50), False),
    (Exposed("percentage", 1_000, 50), Exposed("percentage", 1_100, 50), True),
    (Exposed("percentage", 1_000, 50), Exposed("percentage", 1_000, 51), True),
    (Exposed("percentage", 1_000, 50), Exposed("percentage", 1_000, None), True),
    (Exposed("percentage", 1_000, None), Exposed("percentage", 1_000, 50), False),
    (Exposed("percentage", 1_000, None), Exposed("percentage", 1_000, None), False),
    (Exposed("invitation", 0, 50), Exposed("percentage", 100, 50), True),
    (Exposed("percentage", 100, 50), Exposed("invitation", 0, 50), False),
    (Exposed("", 10_000, 50), Exposed("", 10_000, 49), False),
]


@pytest.mark.parametrize(("before", "after", "wider"), WIDER)
def test_what_counts_as_wider(before: Exposed, after: Exposed, wider: bool) -> None:
    assert widens(before, after) is wider


def exposed(database: Database, shown: Exposed, version: int = 3) -> LaunchEvent:
    with database.writing() as db:
        return change_exposure(db, "nz", shown, person="mere", reason="", version=version, sources=sources(), now=NOW)


def test_the_exposure_changes_without_the_state(database: Database) -> None:
    launched(database)
    exposed(database, Exposed("percentage", 2_500, 40, in_chooser=True))
    now = market(database)
    assert (now.state, now.audience, now.percent_bp, now.order_cap, now.in_chooser) == (
        "soft",
        "percentage",
        2_500,
        40,
        True,
    )
    assert events(database)[-1] == ("exposure", "soft", "soft")


def test_a_wider_exposure_asks_the_gates_and_a_narrower_one_does_not(database: Database) -> None:
    launched(database)
    take_out(database, ShippingRate, "nz")
    with pytest.raises(NotReady):
        exposed(database, Exposed("invitation", order_cap=60))
    exposed(database, Exposed("invitation", order_cap=10))


def test_a_stale_exposure_is_refused(database: Database) -> None:
    launched(database)
    with pytest.raises(StaleForm):
        exposed(database, Exposed("percentage", 100), version=2)


def test_an_open_market_has_no_audience_and_a_soft_one_must_have_one(database: Database) -> None:
    launched(database)
    with pytest.raises(WrongExposure):
        exposed(database, Exposed(""))
    step(database, "open")
    with pytest.raises(WrongExposure):
        exposed(database, Exposed("invitation"), version=4)
    exposed(database, Exposed("", 10_000, 500, True), version=4)
    assert market(database).order_cap == 500


def test_a_waiver_is_given_again_for_longer_and_noted(database: Database) -> None:
    with database.writing() as db:
        waive(db, "nz", "payments.live", person="mere", reason="till of the demo", until=date(2027, 3, 1), now=NOW)
    with database.reading() as db:
        first, second = db.exec(select(Waiver).where(Waiver.gate == "payments.live").order_by(col(Waiver.id))).all()
        assert (first.until, first.reason, first.ended_at) == (date(2027, 1, 31), "demo", NOW)
        assert (second.until, second.made_at, second.ended_at) == (date(2027, 3, 1), NOW, None)
        assert db.get_one(LaunchEvent, second.event).reason == "payments.live, 2027-03-01: till of the demo"
        assert gather(db, sources(), now=NOW, only="nz")["nz"].waivers["payments.live"].until == date(2027, 3, 1)
    assert events(database) == [("waive", "draft", "draft")]


def test_what_the_law_asks_is_not_waived(database: Database) -> None:
    with database.writing() as db, pytest.raises(NotWaivable):
        waive(db, "nz", "certs.valid", person="mere", reason="soon", until=date(2027, 3, 1), now=NOW)
