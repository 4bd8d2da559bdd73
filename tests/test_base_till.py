"""The demo till behind the same port as Stripe, on a real SQLite file."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from shop.base.db import Database
from shop.base.payments import (
    BadSignature,
    PaymentNotice,
    PaymentRefused,
    Payments,
    PaymentState,
    RefundState,
    SessionAsk,
)
from shop.base.till import DemoTill, TillRefund, TillSession
from shop.ground.money import Money

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOTAL = Money(379_00, "EUR")
ASK = SessionAsk(
    reference="R7K2-M4",
    total=TOTAL,
    lines=(("Handmühle", 1, Money(349_00, "EUR")), ("Versand", 1, Money(30_00, "EUR"))),
    email="lena@example.de",
    language="de-DE",
    return_url="https://shop.example/de/de/pay/R7K2-M4/return",
    cancel_url="https://shop.example/de/de/cart",
    expires_at=NOW + timedelta(minutes=45),
    key="attempt-1",
    metadata={"order": "R7K2-M4"},
)


@dataclass
class Hand:
    """A clock that a test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'till.db'}")
    tables = [SQLModel.metadata.tables[name] for name in ("tillsession", "tillrefund")]
    SQLModel.metadata.create_all(opened.engine, tables=tables)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def till(database: Database, clock: Hand) -> DemoTill:
    return DemoTill(database, "till-secret", "https://shop.example", clock)


def open_through_the_port(till: Payments) -> str:
    return till.open_session(ASK).id


def paid(till: DemoTill) -> str:
    session = open_through_the_port(till)
    till.pay(session, now=NOW)
    return till.state(session).payment


def at_once(act: Callable[[], object], times: int = 8) -> list[object]:
    """What each of several threads got that do the same at once: a result, or the refusal."""
    got: list[object] = []

    def one() -> None:
        try:
            got.append(act())
        except PaymentRefused as refusal:
            got.append(refusal)

    threads = [Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_a_session_has_a_page_that_can_show_it(till: DemoTill) -> None:
    session = till.open_session(ASK)
    assert session.id.startswith("till_")
    assert session.url == f"https://shop.example/till/{session.id}"
    shown = till.shown(session.id)
    assert shown is not None
    assert (shown.total, shown.reference, shown.language) == (TOTAL, "R7K2-M4", "de-DE")
    assert tuple(shown.priced_lines) == ASK.lines
    assert (shown.return_url, shown.cancel_url, shown.expires_at) == (ASK.return_url, ASK.cancel_url, ASK.expires_at)


def test_a_session_nobody_opened_is_not_shown(till: DemoTill) -> None:
    assert till.shown("till_unknown") is None
    for act in (till.state, till.expire):
        with pytest.raises(PaymentRefused):
            act("till_unknown")


def test_a_repeated_ask_is_the_same_session(till: DemoTill, database: Database) -> None:
    assert len(set(at_once(lambda: till.open_session(ASK)))) == 1
    with database.reading() as db:
        assert len(db.exec(select(TillSession)).all()) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ASK, email="else@example.de"),
        replace(ASK, total=Money(1, "EUR")),
        replace(ASK, metadata={}),
        replace(ASK, expires_at=NOW + timedelta(hours=1)),
    ],
)
def test_the_same_key_for_something_else_is_refused(till: DemoTill, other: SessionAsk) -> None:
    till.open_session(ASK)
    with pytest.raises(PaymentRefused, match="same key"):
        till.open_session(other)


def test_a_session_is_open_until_it_is_paid(till: DemoTill) -> None:
    session = till.open_session(ASK).id
    assert till.state(session) == PaymentState(session, "open")
    till.pay(session, now=NOW)
    state = till.state(session)
    assert (state.status, state.amount) == ("paid", TOTAL)
    assert state.payment.startswith("tillpay_")


def test_paying_gives_an_event_that_the_till_itself_believes(till: DemoTill) -> None:
    session = till.open_session(ASK).id
    body, signature = till.pay(session, now=NOW)
    assert json.loads(body)["created"] == int(NOW.timestamp())
    notice = till.notice(body, signature, now=NOW)
    assert notice == PaymentNotice(f"evt_{session}", "checkout.session.completed", session)
    with pytest.raises(BadSignature):
        till.notice(body.replace(b"evt", b"tve"), signature, now=NOW)
    with pytest.raises(BadSignature):
        till.notice(body, signature, now=NOW + timedelta(minutes=6))


def test_a_session_is_paid_once_however_often_the_button_is_pressed(till: DemoTill) -> None:
    session = till.open_session(ASK).id
    got = at_once(lambda: till.pay(session, now=NOW))
    assert sum(not isinstance(one, PaymentRefused) for one in got) == 1


def test_a_session_is_expired_from_its_last_moment_on(till: DemoTill, clock: Hand) -> None:
    session = till.open_session(ASK).id
    clock.now = ASK.expires_at - timedelta(seconds=1)
    assert till.state(session).status == "open"
    clock.now = ASK.expires_at
    assert till.state(session) == PaymentState(session, "expired")
    with pytest.raises(PaymentRefused, match="no longer"):
        till.pay(session, now=clock.now)


def test_a_paid_session_stays_paid_after_its_time(till: DemoTill, clock: Hand) -> None:
    session = till.open_session(ASK).id
    till.pay(session, now=NOW)
    clock.now = ASK.expires_at
    assert till.state(session).status == "paid"


def test_an_open_session_can_be_closed_and_a_paid_one_cannot(till: DemoTill) -> None:
    closed, kept = (till.open_session(replace(ASK, key=key)).id for key in "ab")
    till.pay(kept, now=NOW)
    assert till.expire(closed) == till.expire(closed) == PaymentState(closed, "expired")
    assert till.expire(kept) == till.state(kept)
    assert till.state(kept).status == "paid"
    with pytest.raises(PaymentRefused):
        till.pay(closed, now=NOW)


def test_refunds_are_partial_and_never_more_than_was_paid(till: DemoTill) -> None:
    payment = paid(till)
    first = till.refund(payment, Money(100_00, "EUR"), key="refund-1")
    assert first != till.refund(payment, Money(100_00, "EUR"), key="refund-2")
    with pytest.raises(PaymentRefused, match="more than is left"):
        till.refund(payment, Money(179_01, "EUR"), key="refund-3")
    till.refund(payment, Money(179_00, "EUR"), key="refund-3")  # the refused one left nothing behind


def test_a_refund_happens_once_per_key(till: DemoTill, database: Database) -> None:
    payment = paid(till)
    got = at_once(lambda: till.refund(payment, Money(10_00, "EUR"), key="refund-1"))
    assert len(set(got)) == 1
    with pytest.raises(PaymentRefused, match="same key"):
        till.refund(payment, Money(11_00, "EUR"), key="refund-1")
    with database.reading() as db:
        assert db.exec(select(TillSession.refunded)).one() == 10_00
        assert db.exec(select(TillRefund.minor)).one() == 10_00


def test_every_refund_of_a_payment_is_told_with_its_key(till: DemoTill) -> None:
    payment = paid(till)
    made = till.refund(payment, Money(10_00, "EUR"), key="refund-1")
    assert till.refunds(payment) == (RefundState("refund-1", made, Money(10_00, "EUR"), "done"),)
    assert till.refunds("tillpay_unknown") == ()


def test_refunds_at_once_never_give_back_more_than_was_paid(till: DemoTill) -> None:
    payment, numbers = paid(till), iter(range(100))
    got = at_once(lambda: till.refund(payment, Money(100_00, "EUR"), key=f"refund-{next(numbers)}"))
    assert sum(isinstance(one, str) for one in got) == 3


@pytest.mark.parametrize("amount", [Money(1_00, "USD"), Money(0, "EUR"), Money(-1, "EUR")])
def test_a_refund_in_another_currency_or_of_nothing_is_refused(till: DemoTill, amount: Money) -> None:
    payment = paid(till)
    with pytest.raises(PaymentRefused):
        till.refund(payment, amount, key="refund-1")


def test_a_payment_nobody_made_is_not_refunded(till: DemoTill) -> None:
    till.open_session(ASK)
    for payment in ("tillpay_unknown", ""):
        with pytest.raises(PaymentRefused):
            till.refund(payment, Money(1_00, "EUR"), key="refund-1")


@pytest.mark.parametrize("change", ["refunded = amount + 1", "status = 'lost'", "payment = NULL", "amount = 0"])
def test_the_database_refuses_what_must_never_be(till: DemoTill, database: Database, change: str) -> None:
    payment = paid(till)
    with pytest.raises(IntegrityError), database.writing() as db:
        db.connection().execute(text(f"UPDATE tillsession SET {change}"))  # noqa: S608 - the four changes above
    with database.reading() as db:
        assert db.exec(select(TillSession).where(col(TillSession.payment) == payment)).one().amount == TOTAL.minor
