"""The demo's past: what is played into it holds, says GO, HOLD and too few, and leaves at the desk what it promises."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from shop import demo_past
from shop.aftersales.cases.overdue import overdue
from shop.aftersales.models import Case
from shop.base.mail import FolderMailer
from shop.base.outbox import Effect
from shop.catalogue.models import Stock
from shop.checkout.comparing import compare
from shop.checkout.models import Order, PaymentAttempt, Refund
from shop.launches.judging.seeing import seen
from shop.markets.exposure_models import Exposure
from shop.markets.models import Market
from shop.policies.models import Acceptance
from shop.scorecard.reading import Reading
from shop.support.requests.models import OPEN, Referral, Request, RequestPromise
from tests.conftest import ENGINES, world_on
from tests.personal import proved
from tests.world import TUESDAY, World

EXAMPLES = ("@example.com", "@example.org", "@example.net", "@harbourbench.example")


@pytest.fixture(scope="module", params=ENGINES)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The demo with its past, on each engine; the tests of this module only look."""
    with world_on(request, tmp_path_factory.mktemp("played")) as world:
        demo_past.play(world.house, now=TUESDAY, told=lambda *_: None)
        world.house.revisions.refresh()
        yield world


def test_everything_holds_in_it(played: World) -> None:
    assert [each.invariant.key for each in proved(played).findings if each.number] == []


def test_the_tills_ledger_agrees_with_the_shops(played: World) -> None:
    house, since = played.house, TUESDAY - timedelta(days=90)
    compared = compare(house.database, house.payments, since=since, until=TUESDAY, told=lambda *_: None)

    assert compared.agrees and compared.charges > 100 and compared.refunds > 20


def test_switzerland_may_be_opened(played: World) -> None:
    read = reading_of(played, "ch")

    assert (read.recommendation.decision, read.recommendation.reasons) == ("GO", ("all_pass",))


def test_germany_is_held_because_too_much_comes_back(played: World) -> None:
    recommended = reading_of(played, "de").recommendation

    assert recommended.decision == "HOLD"
    assert {"hold:return_rate", "collect:native_answer"} <= set(recommended.reasons)


def test_of_japan_nothing_can_be_said_yet(played: World) -> None:
    recommended = reading_of(played, "jp").recommendation

    assert recommended.decision == "HOLD" and "orders:9<50" in recommended.reasons
    assert not any(each.startswith(("hold:", "breach:")) for each in recommended.reasons)


def test_whoever_waits_at_the_desk_is_promised_an_answer_that_is_not_overdue(played: World) -> None:
    waiting = rows(played, Request, col(Request.state).in_(OPEN))

    assert {each.language for each in waiting} == {"de", "fr", "it", "ja", "en"}
    assert len(waiting) == 7 and all(each.promised_at and each.due_at > TUESDAY for each in waiting)


def test_beside_one_of_lenas_requests_stand_the_order_and_what_was_accepted_with_it(played: World) -> None:
    [about] = [each for each in rows(played, Request, col(Request.state).in_(OPEN)) if each.order_number]
    [order] = rows(played, Order, col(Order.number) == about.order_number)

    assert about.agent == "lena" and (about.email, about.market) == (order.email, order.market)
    accepted = rows(played, Acceptance, col(Acceptance.order_number) == order.number)
    assert "returns" in {each.kind for each in accepted}


def test_one_waits_for_a_distributor_and_one_for_the_exporters_word(played: World) -> None:
    waiting = rows(played, Request, col(Request.state).in_(OPEN))
    referred = rows(played, Referral, col(Referral.answered_at).is_(None))

    assert [each.subject for each in waiting if each.agent == "jonas"] == ["Mixer wird nach dem Sturz laut"]
    assert [each.question for each in referred] == ["commercial_use"]


def test_customers_are_answered_in_their_language_and_some_in_germany_too_late(played: World) -> None:
    broken = rows(played, RequestPromise, col(RequestPromise.kept).is_(False))

    assert {each.market for each in broken} == {"de"} and len(broken) == 5


def test_nothing_is_overdue_or_left_to_be_sent(played: World) -> None:
    with played.house.database.reading() as db:
        assert list(overdue(db, played.house.policies, markets=frozenset(), now=TUESDAY)) == []
    assert rows(played, Effect, col(Effect.done_at).is_(None)) == []


def test_every_order_was_placed_by_accepting_the_policies_and_counts_in_stock_and_caps(played: World) -> None:
    orders = rows(played, Order, col(Order.paid_at).is_not(None))
    accepted = {each.order_number for each in rows(played, Acceptance, col(Acceptance.kind) == "returns")}

    assert {each.number for each in orders} <= accepted
    for market in ("ch", "de", "jp"):
        [exposure] = rows(played, Exposure, col(Exposure.market) == market)
        assert (exposure.held, exposure.paid) == (0, len([each for each in orders if each.market == market]))
    assert all(each.held == 0 and each.on_hand >= each.sold for each in rows(played, Stock))
    assert sum(each.sold for each in rows(played, Stock)) > 0


def test_what_went_wrong_is_there_to_be_seen(played: World) -> None:
    cases = rows(played, Case)

    assert {each.door for each in cases} == {"withdrawal", "return", "claim"}
    assert [(each.market, each.cost, each.state) for each in cases if each.decision == "goodwill"] == [
        ("de", 1500, "done")
    ]
    assert [(each.market, each.door) for each in cases if each.state == "received"] == [("ch", "claim")]
    assert {each.ground for each in rows(played, Refund)} == {"withdrawal", "return", "claim"}
    assert len(rows(played, PaymentAttempt, col(PaymentAttempt.declined_at).is_not(None))) == 6


def test_mails_go_to_example_domains_only_and_bear_their_own_time(played: World) -> None:
    assert isinstance(played.house.mailer, FolderMailer)
    mails = [mail for _name, mail in played.house.mailer.kept()]

    assert mails and all(str(mail["To"]).endswith(EXAMPLES) for mail in mails)
    assert len({str(mail["Date"]) for mail in mails}) > 10


def reading_of(world: World, market: str) -> Reading:
    """The market's scorecard with its gates."""
    house = world.house
    with house.database.reading() as db:
        row = db.get_one(Market, market)
        return seen(db, row, house.sources(), house.languages.tongue("en"), now=TUESDAY).read


def rows(world: World, model: Any, *where: Any) -> list[Any]:
    """The rows of which this holds."""
    with world.house.database.reading() as db:
        return list(db.exec(select(model).where(*where)).all())
