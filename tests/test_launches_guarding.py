"""The guard, through the periodic work itself: it pauses at the very order at which the proof is there, and tells once."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from shop import jobs
from shop.aftersales.models import Recall
from shop.base.db import Database
from shop.base.outbox import Effect
from shop.base.payments import PaymentsAway
from shop.catalogue.models import Certificate, Listing
from shop.checkout.models import Dispute
from shop.launches.guarding.watch import carry_out
from shop.launches.models import Waiver
from shop.markets.models import AnswerHours, LaunchEvent, Market
from shop.scorecard.guardrails import Judgement, Pause
from shop.scorecard.reading import readings
from shop.scorecard.stop_lines import Written, proposed, write_lines
from shop.staff.models import Person
from shop.support.crisis.models import Incident
from shop.support.requests.models import Request
from tests.launching import NOW, events, exporter, market, put, sources, step
from tests.scoring import DAY, LONG_AGO, began, order
from tests.selling import counted, sells
from tests.world import TUESDAY, World
from tests.world import world as opened_world

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[World]:
    with exporter(tmp_path) as database, opened_world(tmp_path, f"sqlite:///{tmp_path / 'launching.db'}") as opened:
        with database.writing() as db:
            write_lines(db, "nz", proposed(), person="mere", reason="before the first order", now=NOW)
        sells(database, NOW)
        opened.clock.now = LATER
        yield opened


@pytest.fixture
def database(at_work: World) -> Database:
    return at_work.house.database


def resumed(at_work: World) -> None:
    """Let a person resume a minute from now."""
    at_work.clock.now += timedelta(minutes=1)
    sells(at_work.house.database, at_work.clock.now, before="paused")


def look(at_work: World, job: str = "guard", **span: float) -> None:
    """Let the guard look once more."""
    at_work.clock.now += timedelta(**(span or {"minutes": 2}))
    guard = next(each for each in jobs.JOBS if each.name == job)
    guard.work(at_work.house, at_work.clock.now)


def last_event(database: Database, market_id: str = "nz") -> LaunchEvent:
    with database.reading() as db:
        query = select(LaunchEvent).where(LaunchEvent.market == market_id).order_by(col(LaunchEvent.id).desc())
        return db.exec(query).first() or pytest.fail("no event")


def mails_of(database: Database) -> list[str]:
    with database.reading() as db:
        return sorted(db.exec(select(Effect.key).where(Effect.kind == "guard mail")).all())


def test_nine_disputes_of_300_warn_and_the_tenth_pauses(at_work: World, database: Database) -> None:
    counted(database, "dispute_rate", 9, 300)
    look(at_work)
    assert market(database).state == "soft"
    assert len(mails_of(database)) == 2 and all("warning" in key for key in mails_of(database))
    counted(database, "dispute_rate", 10, 300)
    look(at_work)
    paused = last_event(database)
    assert (market(database).state, market(database).pause_mode) == ("paused", "sell_stop")
    assert (paused.person, paused.rule, paused.action) == ("", "guardrail:dispute_rate", "pause")


@pytest.mark.parametrize(
    ("metric", "bad", "n", "events_needed"),
    [
        ("dispute_rate", 0.0075, 20, 3),
        ("dispute_rate", 0.0075, 50, 4),
        ("dispute_rate", 0.0075, 100, 6),
        ("dispute_rate", 0.0075, 400, 11),
        ("return_rate", 0.12, 20, 8),
        ("return_rate", 0.12, 50, 15),
        ("return_rate", 0.12, 100, 25),
        ("return_rate", 0.20, 20, 11),
        ("return_rate", 0.25, 100, 41),
    ],
)
def test_the_least_events_pause_and_one_fewer_does_not(
    at_work: World, database: Database, metric: str, bad: float, n: int, events_needed: int
) -> None:
    line = Written(metric=metric, ok=bad / 2, bad=bad, n_min=1000, k_min=3, role="pause")
    with database.writing() as db:
        write_lines(db, "nz", [line], person="mere", reason="tried", now=NOW)
    counted(database, metric, events_needed - 1, n)
    look(at_work)
    assert market(database).state == "soft"
    counted(database, metric, events_needed, n)
    look(at_work)
    assert last_event(database).rule == f"guardrail:{metric}"


def test_each_is_told_once_by_mail_in_their_own_language(at_work: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Person, "ruth").language = "de"
    counted(database, "dispute_rate", 10, 300)
    look(at_work)
    look(at_work)
    at_work.work()
    (mere,), (ruth,) = at_work.mails("mere@example.com"), at_work.mails("ruth@example.com")
    body = mere.get_body(("plain",))
    assert body is not None
    assert "Paused by itself: New Zealand" in mere["Subject"]
    assert "Counted: 10 of 300. That is 3.33%." in body.get_content()
    assert "Stop line: 0.75%" in body.get_content()
    assert "Neuseeland" in ruth["Subject"]


def test_counting_begins_anew_when_a_person_resumes(at_work: World, database: Database) -> None:
    counted(database, "dispute_rate", 10, 300)
    look(at_work)
    resumed(at_work)
    look(at_work)
    look(at_work)
    assert market(database).state == "soft"
    counted(database, "dispute_rate", 3, 20)
    look(at_work)
    assert market(database).state == "paused"
    assert [each[0] for each in events(database)][-3:] == ["pause", "resume", "pause"]


def recall(database: Database, at_work: World, *, drill: bool = False) -> None:
    put(
        database,
        Recall(number="RC-1", skus="HB-1", reason="lid", drill=drill, person="mere", opened_at=at_work.clock.now),
    )


def test_a_recall_of_something_on_sale_pauses_at_once_in_safety(at_work: World, database: Database) -> None:
    recall(database, at_work, drill=True)
    look(at_work)
    assert market(database).state == "soft"
    with database.writing() as db:
        db.get_one(Recall, "RC-1").drill = False
    look(at_work)
    assert (market(database).state, market(database).pause_mode) == ("paused", "safety")
    assert last_event(database).rule == "hard:recall_open"


def test_who_resumes_with_the_recall_still_open_is_left_alone(at_work: World, database: Database) -> None:
    recall(database, at_work)
    look(at_work)
    resumed(at_work)
    look(at_work, minutes=10)
    assert market(database).state == "soft"


def test_a_paper_that_ends_pauses_the_day_after(at_work: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Certificate, ("nz", "cosmetic", "group standard")).valid_until = date(2026, 11, 24)
    look(at_work)
    assert market(database).state == "soft"
    look(at_work, hours=2)  # past midnight in Auckland
    assert last_event(database).rule == "hard:certificate_ended"


def test_a_product_without_a_price_pauses(at_work: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Listing, ("nz", "HB-2")).price = 0
    look(at_work)
    assert last_event(database).rule == "hard:price_missing"


def test_two_working_days_without_a_native_speaker_pause_and_a_weekend_does_not(
    at_work: World, database: Database
) -> None:
    friday = NOW + timedelta(days=3)  # 22:30 of the Friday in Auckland
    monday = friday + timedelta(days=2, hours=22)
    with database.writing() as db:
        hours = db.exec(select(AnswerHours)).one()
        db.delete(hours)
        db.flush()
        db.add(
            AnswerHours(
                market="nz", language="en", level="native", starts_at=monday, ends_at=monday + timedelta(hours=8)
            )
        )
    at_work.clock.now = friday
    look(at_work)
    assert market(database).state == "soft"
    with database.writing() as db:
        db.delete(db.exec(select(AnswerHours)).one())
    look(at_work)
    assert last_event(database).rule == "hard:no_native_agent"


def test_the_guard_looks_only_at_markets_that_sell(at_work: World, database: Database) -> None:
    step(database, "pause", mode="hidden", now=at_work.clock.now)
    recall(database, at_work)
    look(at_work)
    assert (market(database).pause_mode, mails_of(database)) == ("hidden", [])
    assert market(database, "de").state == "draft"


def test_the_guard_writes_nothing_when_nothing_is_new(at_work: World, database: Database) -> None:
    counted(database, "dispute_rate", 9, 300)
    look(at_work)
    before = mails_of(database)
    with database.reading() as db:
        version = db.get_one(Market, "nz").version
    look(at_work)
    assert mails_of(database) == before
    with database.reading() as db:
        assert db.get_one(Market, "nz").version == version


def test_real_orders_are_counted_and_the_tenth_disputed_of_300_pauses(world: World) -> None:
    placed = TUESDAY - 70 * DAY
    with world.house.database.writing() as db:
        written = [each for each in proposed() if each.metric == "dispute_rate"]
        write_lines(db, "de", written, person="mere", reason="before the first order", now=LONG_AGO)
        began(db)
        numbers = [order(db, placed).number for _ in range(300)]
        db.add_all(dispute(each) for each in numbers[:9])
    world.work()
    assert state_of(world) == ("open", "")
    with world.house.database.writing() as db:
        db.add(dispute(numbers[9]))
    world.later(minutes=2)
    assert state_of(world) == ("paused", "sell_stop")
    assert last_event(world.house.database, "de").rule == "guardrail:dispute_rate"
    assert any("Germany" in mail["Subject"] for mail in world.mails("mere@harbourbench.example"))


def dispute(order_number: str) -> Dispute:
    return Dispute(provider_id=f"dp_{order_number}", order_number=order_number, minor=119_00, opened_at=TUESDAY - DAY)


def state_of(world: World) -> tuple[str, str]:
    with world.house.database.reading() as db:
        row = db.get_one(Market, "de")
        return row.state, row.pause_mode


def test_nothing_pauses_in_the_demo_as_it_is_loaded(world: World) -> None:
    world.work()
    with world.house.database.reading() as db:
        selling = db.exec(select(Market).where(col(Market.state).in_(("soft", "open")))).all()
        rules = db.exec(select(LaunchEvent.rule).where(LaunchEvent.rule != "")).all()
    assert selling and not rules


def test_a_grave_incident_about_something_on_sale_pauses_in_safety_and_a_drill_does_not(world: World) -> None:
    def report(sku: str, *, drill: bool = False) -> None:
        with world.house.database.writing() as db:
            db.add(Incident(card="fire_shock_injury", market="de", sku=sku, drill=drill, opened_at=world.clock.now))

    report("HB-BL-230", drill=True)
    world.later(minutes=2)
    assert state_of(world)[0] == "open"
    report("HB-BL-230")
    world.later(minutes=2)
    assert state_of(world) == ("paused", "safety")
    assert last_event(world.house.database, "de").rule == "hard:accident"


def test_requests_forgotten_twice_over_in_hours_on_duty_are_a_backlog(at_work: World, database: Database) -> None:
    def ask(number: int, since: timedelta) -> Request:
        promised = LATER - since
        return Request(
            ref=f"R-{number}", market="nz", language="en", category="use", subject="s", name="n", email="e@x.example",
            key=str(number), due_at=promised, promised_at=promised, created_at=promised, updated_at=promised,
        )  # fmt: skip

    put(database, ask(1, timedelta(minutes=50)))
    look(at_work)
    assert mails_of(database) == []  # late, but not yet by as long again as was promised
    put(database, ask(2, timedelta(minutes=64)))
    look(at_work)
    assert [key.rpartition(":")[0] for key in mails_of(database)] == ["guard:warning:nz:1:backlog"] * 2
    assert market(database).state == "soft"
    put(database, ask(3, timedelta(minutes=64)), ask(4, timedelta(minutes=64)))
    look(at_work)
    assert last_event(database).rule == "guardrail:backlog"


def test_who_resumes_has_time_to_answer_what_lies_there(at_work: World, database: Database) -> None:
    promised = LATER - timedelta(minutes=64)
    for number in range(3):
        put(
            database,
            Request(
                ref=f"R-{number}", market="nz", language="en", category="use", subject="s", name="n", email="e@x.example",
                key=str(number), due_at=promised, promised_at=promised, created_at=promised, updated_at=promised,
            ),
        )  # fmt: skip
    look(at_work)
    assert last_event(database).rule == "guardrail:backlog"
    resumed(at_work)
    look(at_work)
    look(at_work, minutes=55)
    assert market(database).state == "soft"
    look(at_work, minutes=10)  # now as long again as was promised, on duty all the while
    assert market(database).state == "paused"


def test_a_pause_told_late_is_told_as_it_was(at_work: World, database: Database) -> None:
    recall(database, at_work)
    look(at_work)
    told = at_work.clock.now
    resumed(at_work)
    at_work.clock.now += timedelta(hours=7)
    at_work.work()
    body = at_work.mails("mere@example.com")[0].get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert "What holds now: Safety: stop selling and end payments under way" in said
    assert f"{told.astimezone(ZoneInfo('Pacific/Auckland')):%-I:%M}" in said


def test_of_two_guards_one_pauses_and_none_undoes_what_a_person_did_meanwhile(
    at_work: World, database: Database
) -> None:
    counted(database, "dispute_rate", 10, 300)
    judged = Judgement(Pause("guardrail:dispute_rate", "sell_stop"))
    with database.reading() as db:
        seen = db.get_one(Market, "nz")
        read = readings(db, [seen], now=LATER)["nz"]

    def act() -> bool:
        return carry_out(database, at_work.house.payments, sources, seen, read, judged, now=LATER)

    assert (act(), act()) == (True, False)
    assert [each[0] for each in events(database)].count("pause") == 1 and len(mails_of(database)) == 2
    resumed(at_work)
    assert not act()
    assert market(database).state == "soft" and len(mails_of(database)) == 2


def test_a_tax_number_that_is_gone_pauses_unless_somebody_waived_it(at_work: World, database: Database) -> None:
    look(at_work)  # the exporter of these tests has none, and the waiver holds
    assert market(database).state == "soft"
    with database.writing() as db:
        db.exec(select(Waiver).where(Waiver.gate == "tax.registration")).one().ended_at = NOW
    look(at_work)
    assert last_event(database).rule == "hard:tax_number_gone"


@pytest.mark.parametrize(("answer", "state"), [(False, "soft"), (True, "paused"), (PaymentsAway(), "soft")])
def test_an_account_that_takes_no_payments_pauses_and_no_answer_does_not(
    at_work: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool | PaymentsAway,
    state: str,
) -> None:
    def restricted() -> bool:
        if isinstance(answer, PaymentsAway):
            raise answer
        return answer

    monkeypatch.setattr(at_work.house.payments, "restricted", restricted)
    look(at_work, job="payment account")
    assert market(database).state == state
    if state == "paused":
        assert last_event(database).rule == "hard:payments_restricted"
        assert len(mails_of(database)) == 2
