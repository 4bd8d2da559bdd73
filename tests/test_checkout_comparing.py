"""The shop's books against the provider's ledger: they agree, and each way in which they may not is found and named."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select
from typer.testing import CliRunner

from shop import cli
from shop.base.payments import PaymentsAway
from shop.base.settings import ROOT
from shop.base.till import TillRefund, TillSession
from shop.checkout.comparing import KINDS, STRANGER, Compared, compare
from shop.checkout.models import Order, PaymentAttempt, Refund
from shop.checkout.refunds import ask_refund
from tests.aftersales import bought
from tests.stripe_purchase import Purchase, purchase
from tests.world import World

__all__ = ["purchase"]


def paid(purchase: Purchase) -> str:
    """An order that is paid through Stripe; its number."""
    number = purchase.press()
    purchase.stripe.complete(purchase.session)
    assert purchase.notice() == 200
    purchase.world.work()
    return number


def given_back(world: World, number: str, minor: int, key: str = "part") -> None:
    with world.house.database.writing() as db:
        order = db.get_one(Order, number)
        ask_refund(db, order, minor, ground="goodwill", key=key, person="mere", now=world.clock.now)
    world.work()


def compared(world: World, days: int = 7) -> Compared:
    until = world.clock.now + timedelta(minutes=1)
    return compare(world.house.database, world.house.payments, since=until - timedelta(days=days), until=until)


def found(world: World) -> list[tuple[str, str]]:
    return [(each.kind, each.subject) for each in compared(world).differences]


def changed(world: World, statement: Any) -> None:
    with world.house.database.writing() as db:
        assert db.connection().execute(statement).rowcount == 1


def test_what_stripe_took_and_gave_back_is_what_the_orders_say(purchase: Purchase) -> None:
    number = paid(purchase)
    given_back(purchase.world, number, 500)
    made = compared(purchase.world)
    assert made.agrees and made.differences == [] and (made.charges, made.refunds) == (1, 1)
    sums = made.sums["EUR"]
    assert sums.charged_there == sums.paid_here > sums.given_back_there == sums.given_back_here == 500


def test_what_the_till_took_and_gave_back_is_what_the_orders_say(world: World) -> None:
    number, _other = (bought(world, world.browser("de")) for _time in range(2))
    given_back(world, number, 500)
    made = compared(world)
    assert made.differences == [] and (made.charges, made.refunds) == (2, 1)
    assert made.sums["EUR"].charged_there == made.sums["EUR"].paid_here


def test_a_charge_for_an_order_that_is_gone_is_found(purchase: Purchase) -> None:
    paid(purchase)
    kept = purchase.stripe.intents
    kept["pi_2"] = next(iter(kept.values())) | {"id": "pi_2", "metadata": {"order": "DE-GONE"}}
    made = compared(purchase.world)
    assert [(each.kind, each.subject) for each in made.differences] == [("no_order", "DE-GONE")]
    assert not made.agrees and made.differences[0].values["payment"] == "pi_2"


def test_money_that_this_shop_never_asked_for_is_told_and_breaks_nothing(purchase: Purchase) -> None:
    paid(purchase)
    kept = purchase.stripe.intents
    kept["pi_2"] = next(iter(kept.values())) | {"id": "pi_2", "metadata": {}}
    made = compared(purchase.world)
    assert [(each.kind, each.subject) for each in made.differences] == [(STRANGER, "pi_2")] and made.agrees


def test_money_for_an_order_that_is_not_paid_here_is_found(purchase: Purchase) -> None:
    number = purchase.press()
    purchase.stripe.complete(purchase.session)  # and its notice never comes
    assert found(purchase.world) == [("not_paid", number)]


def test_a_second_payment_of_a_paid_order_is_found(purchase: Purchase) -> None:
    number = paid(purchase)
    kept = purchase.stripe.intents
    kept["pi_2"] = next(iter(kept.values())) | {"id": "pi_2"}
    assert found(purchase.world) == [("not_paid", number)]


def test_another_amount_is_found(purchase: Purchase) -> None:
    number = paid(purchase)
    next(iter(purchase.stripe.intents.values()))["amount_received"] -= 100
    (difference,) = compared(purchase.world).differences
    assert (difference.kind, difference.subject) == ("amount", number)
    assert difference.values["there"] != difference.values["here"] and difference.values["here"].endswith(" EUR")


def test_an_order_whose_money_is_not_there_is_found(purchase: Purchase) -> None:
    number = paid(purchase)
    purchase.stripe.sessions.clear()
    purchase.stripe.intents.clear()
    assert found(purchase.world) == [("no_charge", number)]


def test_a_payment_begun_before_those_days_is_asked_for_alone(purchase: Purchase) -> None:
    paid(purchase)
    for each in purchase.stripe.intents.values():
        each["created"] -= int(timedelta(days=30).total_seconds())
    made = compared(purchase.world)
    assert made.differences == [] and made.charges == 1


def test_a_refund_made_at_stripe_itself_is_found(purchase: Purchase) -> None:
    paid(purchase)
    purchase.stripe.refund_by_hand(purchase.session, 300)
    (refund,) = purchase.stripe.refunds
    assert found(purchase.world) == [("unknown_refund", refund)]


def test_a_refund_of_another_amount_is_found(purchase: Purchase) -> None:
    number = paid(purchase)
    given_back(purchase.world, number, 500)
    next(iter(purchase.stripe.refunds.values()))["amount"] = 400
    assert found(purchase.world) == [("refund_amount", number)]


@pytest.mark.parametrize("lost", [False, True])
def test_a_refund_that_is_done_here_and_not_there_is_found(purchase: Purchase, lost: bool) -> None:
    number = paid(purchase)
    given_back(purchase.world, number, 500)
    if lost:
        next(iter(purchase.stripe.refunds.values()))["status"] = "failed"
    else:
        purchase.stripe.refunds.clear()
    assert found(purchase.world) == [("no_refund", number)]


def test_a_refund_made_before_those_days_is_asked_for_alone(purchase: Purchase) -> None:
    given_back(purchase.world, paid(purchase), 500)
    next(iter(purchase.stripe.refunds.values()))["created"] -= int(timedelta(days=30).total_seconds())
    made = compared(purchase.world)
    assert made.differences == [] and made.refunds == 1


def test_the_ledger_is_read_to_its_end(purchase: Purchase) -> None:
    number = paid(purchase)
    kept = purchase.stripe.intents
    first = next(iter(kept.values()))
    for each in range(250):
        kept[f"pi_{each}"] = first | {"id": f"pi_{each}", "metadata": {}}
    made = compared(purchase.world)
    assert made.charges == 251 and {each.kind for each in made.differences} == {STRANGER}
    assert number not in {each.subject for each in made.differences}


def test_what_was_taken_before_or_after_those_days_is_left_out(purchase: Purchase) -> None:
    paid(purchase)
    purchase.world.clock.now += timedelta(days=8)
    assert compared(purchase.world).charges == 0


def test_while_the_provider_is_away_nothing_is_said_to_be_missing(purchase: Purchase) -> None:
    paid(purchase)
    purchase.stripe.away = True
    with pytest.raises(PaymentsAway):
        compared(purchase.world)


def test_the_tills_ledger_is_read_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.base.till.PAGE", 2)
    for _time in range(5):
        bought(world, world.browser("de"))
    assert compared(world).charges == 5


def test_what_is_wrong_at_the_till_is_found(world: World) -> None:
    one, two, three = (bought(world, world.browser("de")) for _time in range(3))
    for number in (one, two):
        given_back(world, number, 500, key=f"part-{number}")
    with world.house.database.reading() as db:
        session = dict(db.exec(select(PaymentAttempt.order_number, PaymentAttempt.session)).all())
    changed(world, update(TillSession).where(col(TillSession.id) == session[three]).values(status="open", payment=None))
    changed(world, delete(TillRefund).where(col(TillRefund.key) == f"part-{one}"))
    changed(world, update(Refund).where(col(Refund.key) == f"part-{two}").values(minor=400))
    assert found(world) == [("no_charge", three), ("refund_amount", two), ("no_refund", one)]


def test_the_command_tells_people_and_programs(sqlite_world: World) -> None:
    world = sqlite_world
    number = bought(world, world.browser("de"))
    world.later(minutes=20)
    settings = world.house.settings
    clock = settings.data_dir / "clock"
    clock.write_text(world.clock.now.isoformat())
    environment = {
        "SOFTLAUNCH_DATABASE_URL": settings.database_url, "SOFTLAUNCH_DATA_DIR": str(settings.data_dir),
        "SOFTLAUNCH_TESTING": "1", "SOFTLAUNCH_TEST_CLOCK_FILE": str(clock),
    }  # fmt: skip
    well = CliRunner().invoke(cli.app, ["check", "--provider"], env=environment)
    assert well.exit_code == 0 and "Ledger: 1 charges, 0 refunds, 0 differences" in well.stdout, well.output
    with world.house.database.writing() as db:
        db.connection().execute(update(TillSession).values(amount=TillSession.amount + 1))
    broken = CliRunner().invoke(cli.app, ["check", "--provider", "--days", "2", "--json"], env=environment)
    told = json.loads(broken.stdout)["provider"]
    assert broken.exit_code == 1 and not told["agrees"]
    assert [(each["kind"], each["subject"]) for each in told["differences"]] == [("amount", number)]
    said = CliRunner().invoke(cli.app, ["check", "--provider"], env=environment)
    assert KINDS["amount"][0] in said.stderr and number in said.stderr
    plain = json.loads(CliRunner().invoke(cli.app, ["check", "--json"], env=environment).stdout)
    assert "provider" not in plain


def test_every_kind_of_difference_is_brought_about_here() -> None:
    here = (ROOT / "tests" / "test_checkout_comparing.py").read_text("utf-8")
    assert [kind for kind in KINDS if kind != STRANGER and f'("{kind}", ' not in here] == []
