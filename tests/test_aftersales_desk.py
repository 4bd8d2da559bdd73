"""Cases at the desk: found, read, decided, paid back and closed, once each, by those who may."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.aftersales.models import Case, CaseLine
from shop.base.payments import PaymentRefused
from shop.catalogue.models import Stock
from shop.checkout.dispatch import dispatch
from shop.checkout.models import Order, OwnedItem, Parcel, Refund
from shop.ground.money import Money
from shop.markets.models import Market
from tests.aftersales import (
    DE,
    arrived,
    body,
    bought,
    cases,
    change_case,
    change_order,
    history,
    not_accepted,
    withdrawn,
)
from tests.buying import BLENDER, at_once, stock_of
from tests.world import ANNA, Browser, World, text

TOTAL = 229_00


@pytest.fixture
def filed(sqlite_world: World) -> tuple[World, Browser, str, str]:
    """A blender that arrived and was withdrawn from: the world, Mere's browser, the order and the case."""
    customer = sqlite_world.browser("de")
    order = bought(sqlite_world, customer)
    arrived(sqlite_world, order)
    case = withdrawn(customer, order=order)
    sqlite_world.work()
    return sqlite_world, sqlite_world.signed_in("mere"), order, case


def the_case(world: World, number: str) -> Case:
    with world.house.database.reading() as db:
        return db.get_one(Case, number)


def the_line(world: World, number: str) -> CaseLine:
    with world.house.database.reading() as db:
        return db.exec(select(CaseLine).where(CaseLine.case == number)).one()


def refunds(world: World, case: str) -> list[tuple[str, int, str]]:
    with world.house.database.reading() as db:
        rows = db.exec(
            select(Refund).where(Refund.case == case).order_by(col(Refund.ground), col(Refund.asked_at))
        ).all()
        return [(each.ground, each.minor, each.state) for each in rows]


def act(browser: Browser, case: str, form: str, **fields: str) -> Any:
    browser.get(f"/desk/cases/{case}")
    return browser.post(f"/desk/cases/{case}/{form}", fields)


def give(browser: Browser, case: str, **fields: str) -> Any:
    browser.get(f"/desk/cases/{case}")
    return browser.submit("/refunds", **fields)


def accept(browser: Browser, case: str) -> None:
    assert act(browser, case, "decision", act="accept", remedy="refund").status_code == 303


def test_the_whole_way_from_the_list_to_the_money(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, order, case = filed
    before = stock_of(world)[0]
    listed = text(mere.get("/desk/cases").text)
    assert case in listed and order in listed and "To be decided" in listed and "Withdrawal" in listed
    page = text(mere.get(f"/desk/cases/{case}").text)
    assert "Anna Beck" in page and "In time" in page and "BGB" in page and "Refuse" not in page
    accept(mere, case)
    came = {f"received-{BLENDER}": "1", f"restock-{BLENDER}": "1"}
    assert act(mere, case, "goods", **came).status_code == 303
    assert the_case(world, case).state == "goods_back" and stock_of(world)[0] == before + 1
    page = text(mere.get(f"/desk/cases/{case}").text)
    assert "229.00" in page
    assert give(mere, case).status_code == 303
    world.work()
    assert refunds(world, case) == [("withdrawal", TOTAL, "done")] and the_case(world, case).state == "done"
    with world.house.database.reading() as db:
        assert db.get_one(Order, order).state == "refunded"
    subjects = [mail["Subject"] for mail in world.mails(ANNA["email"])]
    assert sum(order in each for each in subjects) >= 2
    assert history(world, case) == ["filed", "accepted", "came_in", "goods_back", "refunded"]
    assert "Given back" in text(mere.get(f"/desk/cases/{case}").text)
    assert case not in text(mere.get("/desk/cases").text) and case in text(mere.get("/desk/cases?tab=over").text)


def test_a_statutory_withdrawal_in_time_cannot_be_refused(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    answer = act(mere, case, "decision", act="refuse", refuse_reason="We do not like it.")
    assert answer.status_code == 409 and "BGB" in answer.text and the_case(world, case).state == "received"


def test_a_late_one_is_refused_with_a_reason_that_its_customer_reads(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    change_case(world, case, verdict="late")
    assert act(mere, case, "decision", act="accept", remedy="refund").status_code == 409
    missing = act(mere, case, "decision", act="refuse")
    assert missing.status_code == 422 and "say why" in text(missing.text)
    assert (
        act(mere, case, "decision", act="refuse", refuse_reason="Zu spät erklärt.", article="No rule known").status_code
        == 303
    )
    kept = the_case(world, case)
    grounds = "Zu spät erklärt. (No rule known)"  # in English for the staff alone
    assert (kept.state, kept.decision, kept.person, kept.grounds) == ("refused", "refused", "mere", grounds)
    world.work()
    [told] = [body(mail) for mail in world.mails(ANNA["email"]) if "Zu spät erklärt." in body(mail)]
    assert "No rule known" not in told


def test_goodwill_has_a_name_a_reason_and_a_cost(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    change_case(world, case, verdict="late")
    act(mere, case, "decision", act="refuse", refuse_reason="Zu spät.")
    bad = act(mere, case, "decision", act="goodwill", remedy="refund", cost="lots", goodwill_reason="")
    assert bad.status_code == 422 and "say why" in text(bad.text) and "12.50" in text(bad.text)
    granted = {"act": "goodwill", "remedy": "refund", "cost": "50,00", "goodwill_reason": "A loyal customer"}
    assert act(mere, case, "decision", **granted).status_code == 303
    kept = the_case(world, case)
    assert (kept.state, kept.decision, kept.cost, kept.grounds) == ("accepted", "goodwill", 50_00, "A loyal customer")
    assert give(mere, case).status_code == 303
    assert [each[1] for each in refunds(world, case)] == [50_00]


def test_more_than_owed_needs_a_reason_and_is_written_down_as_goodwill(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, order, case = filed
    change_order(world, order, due_later=0)
    accept(mere, case)
    asked = give(mere, case, amount="100.00")
    assert asked.status_code == 422 and "not the proposed amount" in text(asked.text) and refunds(world, case) == []
    assert give(mere, case, amount="100.00", refund_reason="First part").status_code == 303
    change_case(world, case, deduction=30_00)
    over = give(mere, case, amount="129.00", refund_reason="For the trouble")
    assert over.status_code == 303
    assert [each[:2] for each in refunds(world, case)] == [
        ("goodwill", 30_00), ("withdrawal", 100_00), ("withdrawal", 99_00),
    ]  # fmt: skip
    assert the_case(world, case).cost == 30_00


def test_never_more_than_was_paid(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    accept(mere, case)
    answer = give(mere, case, amount="500.00", refund_reason="Too kind")
    assert answer.status_code == 409 and "229.00" in text(answer.text) and refunds(world, case) == []


def test_the_same_press_twice_is_one_refund_and_an_old_page_gives_nothing(
    filed: tuple[World, Browser, str, str],
) -> None:
    world, mere, _order, case = filed
    accept(mere, case)
    page = mere.get(f"/desk/cases/{case}")
    ruth = world.signed_in("ruth")
    ruth.get(f"/desk/cases/{case}")
    assert mere.submit("/refunds", amount="100.00", refund_reason="part").status_code == 303
    mere.page = page
    assert mere.submit("/refunds", amount="100.00", refund_reason="part").status_code == 303
    mere.page = page
    assert mere.submit("/refunds", amount="50.00", refund_reason="part").status_code == 409
    stale = ruth.submit("/refunds", amount="100.00", refund_reason="part")
    assert stale.status_code == 409 and "100.00 EUR" in text(stale.text)
    assert [each[1] for each in refunds(world, case)] == [100_00]


def test_two_people_decide_and_the_second_reads_how_it_stands(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    accept(mere, case)
    again = act(world.signed_in("ruth"), case, "decision", act="accept", remedy="refund")
    assert again.status_code == 409 and "Accepted" in text(again.text)
    assert history(world, case).count("accepted") == 1


def test_goods_come_in_parts_and_only_what_can_be_sold_again_is(sqlite_world: World) -> None:
    world, customer = sqlite_world, sqlite_world.browser("de")
    order = bought(world, customer)
    with world.house.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE order_line SET quantity = 3")
        now = world.clock.now
        day = now.date()
        parcel = Parcel(order_number=order, carrier="DHL", tracking="1", dispatched_at=now, person="mere",
                        expected_from=day, expected_until=day)  # fmt: skip
        db.add(parcel)
        db.flush()
        assert parcel.id is not None
        db.add_all(OwnedItem(order_number=order, parcel=parcel.id, sku=BLENDER, serial=f"S{each}") for each in range(3))
    arrived(world, order)
    case, mere = withdrawn(customer, order=order), world.signed_in("mere")
    before = stock_of(world)[0]
    accept(mere, case)
    bad = act(mere, case, "goods", **{f"received-{BLENDER}": "4", f"restock-{BLENDER}": "1"})
    assert bad.status_code == 422 and "from 0 to 3" in text(bad.text)
    unsaid = act(mere, case, "goods", **{f"received-{BLENDER}": "2", f"restock-{BLENDER}": "1"})
    assert unsaid.status_code == 422  # what cannot be sold again: why?
    came = {f"received-{BLENDER}": "2", f"restock-{BLENDER}": "1", f"condition-{BLENDER}": "One is scratched"}
    assert act(mere, case, "goods", **came).status_code == 303
    line = the_line(world, case)
    assert (line.received, line.restocked, line.condition) == (2, 1, "One is scratched")
    assert the_case(world, case).state == "accepted" and stock_of(world)[0] == before + 1
    with world.house.database.reading() as db:
        back = [each.serial for each in db.exec(select(OwnedItem)).all() if each.returned_at]
    assert back == ["S0", "S1"]
    assert act(mere, case, "goods", last="yes").status_code == 303
    assert the_case(world, case).state == "goods_back"
    assert "152.66" in text(mere.get(f"/desk/cases/{case}").text)  # two of three, of 229.00


def test_a_loss_in_value_is_deducted_once_the_goods_are_here_and_only_from_who_was_told(
    filed: tuple[World, Browser, str, str],
) -> None:
    world, mere, order, case = filed
    accept(mere, case)
    asked = {"deduction": "29.00", "deduction_reason": "Stark zerkratzt"}
    assert act(mere, case, "deduction", **asked).status_code == 409
    act(mere, case, "goods", **{f"received-{BLENDER}": "1", f"condition-{BLENDER}": "scratched"})
    assert act(mere, case, "deduction", deduction="230", deduction_reason="x").status_code == 422
    assert act(mere, case, "deduction", deduction="29.00").status_code == 422
    not_accepted(world, order)
    assert act(mere, case, "deduction", **asked).status_code == 409
    with world.house.database.writing() as db:
        db.connection().execute(update(Case).values(deduction=29_00))
    assert give(mere, case).status_code == 303
    assert [each[1] for each in refunds(world, case)] == [TOTAL - 29_00]


def test_the_deduction_stands_in_what_the_customer_reads(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    accept(mere, case)
    act(mere, case, "goods", **{f"received-{BLENDER}": "1", f"condition-{BLENDER}": "scratched"})
    assert act(mere, case, "deduction", deduction="29", deduction_reason="Stark zerkratzt").status_code == 303
    assert the_case(world, case).deduction == 29_00 and history(world, case)[-1] == "deducted"


def test_proof_of_sending_is_noted_once(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    assert act(mere, case, "proof", proof="").status_code == 422
    assert act(mere, case, "proof", proof="JD0146000123").status_code == 303
    assert the_case(world, case).sent_back_at == world.clock.now
    assert act(mere, case, "proof", proof="JD0146000123").status_code == 409


def test_a_withdrawal_without_an_order_is_matched_and_counts_from_its_day(sqlite_world: World) -> None:
    world, customer = sqlite_world, sqlite_world.browser("de")
    order = bought(world, customer)
    arrived(world, order)
    case = withdrawn(world.browser("de"), email="other@example.com", contract="the blender of last week")
    mere = world.signed_in("mere")
    assert act(mere, case, "decision", act="accept", remedy="refund").status_code == 409
    for wrong in ("DE-26-AAAAAA", ""):
        assert act(mere, case, "matching", order_number=wrong).status_code == 422
    assert act(mere, case, "matching", order_number=order.lower()).status_code == 303
    kept = the_case(world, case)
    assert (kept.order_number, kept.verdict) == (order, "in_time") and kept.refund_due is not None
    assert the_line(world, case).quantity == 1
    assert act(mere, case, "matching", order_number=order).status_code == 409
    accept(mere, case)


def test_goods_named_in_words_are_set_by_hand(sqlite_world: World) -> None:
    world, customer = sqlite_world, sqlite_world.browser("de")
    order = bought(world, customer)
    arrived(world, order)
    case = withdrawn(world.browser("de"), email="other@example.com", contract="my order", goods="the mixer")
    mere = world.signed_in("mere")
    act(mere, case, "matching", order_number=order)
    assert act(mere, case, "pieces").status_code == 422
    assert act(mere, case, "pieces", **{f"pieces-{BLENDER}": "2"}).status_code == 409
    assert act(mere, case, "pieces", **{f"pieces-{BLENDER}": "1"}).status_code == 303
    assert the_line(world, case).quantity == 1


def test_who_bears_it_and_what_is_owed_to_whom(filed: tuple[World, Browser, str, str]) -> None:
    _world, mere, _order, case = filed
    owed = {"bearer": "distributor", "reimburse": "40", "reimburse_to": "distributor", "was": ""}
    assert act(mere, case, "bearer", **owed).status_code == 422
    assert act(mere, case, "bearer", **{**owed, "reimburse_to": "exporter"}).status_code == 303
    assert act(mere, case, "bearer", **{**owed, "bearer": "carrier", "reimburse_to": "exporter"}).status_code == 409
    page = text(mere.get("/desk/reimbursements").text)
    assert case in page and "Distributor owes: Exporter" in page and "€40.00" in page
    assert act(mere, case, "reimbursement").status_code == 303
    assert act(mere, case, "reimbursement").status_code == 409
    assert case not in text(mere.get("/desk/reimbursements").text)
    settled = text(mere.get("/desk/reimbursements?tab=settled").text)
    assert case in settled and "€40.00" in settled


def test_a_case_with_money_owed_cannot_be_closed(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    accept(mere, case)
    answer = act(mere, case, "closing")
    assert answer.status_code == 409 and "229.00" in text(answer.text)
    give(mere, case)
    assert act(mere, case, "closing").status_code == 303 and the_case(world, case).state == "done"
    assert act(mere, case, "closing").status_code == 409


def test_given_back_by_hand_asks_nobody(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, order, case = filed
    accept(mere, case)
    assert give(mere, case, by_hand="yes").status_code == 303
    assert refunds(world, case) == [("withdrawal", TOTAL, "done")]
    with world.house.database.reading() as db:
        assert db.get_one(Order, order).state == "refunded"


@pytest.mark.parametrize("who", ["lena", "annika"])
def test_agents_and_specialists_look_and_do_not_decide(filed: tuple[World, Browser, str, str], who: str) -> None:
    world, _mere, _order, case = filed
    browser = world.signed_in(who)
    page = browser.get(f"/desk/cases/{case}")
    assert page.status_code == 200 and "/decision" not in page.text
    assert browser.post(f"/desk/cases/{case}/decision", {"act": "accept", "remedy": "refund"}).status_code == 404
    assert browser.get("/desk/reimbursements").status_code == 404


def test_a_partner_decides_in_their_market_and_finds_none_of_another(filed: tuple[World, Browser, str, str]) -> None:
    world, _mere, _order, case = filed
    yui = world.signed_in("yui")  # of Japan
    assert yui.get(f"/desk/cases/{case}").status_code == 404 and case not in yui.get("/desk/cases?tab=all").text
    for form in ("decision", "bearer", "goods", "refunds", "closing", "matching"):
        assert yui.post(f"/desk/cases/{case}/{form}", {"act": "accept"}).status_code == 404
    accept(world.signed_in("jonas"), case)  # of Germany


def test_the_list_is_filtered_by_door_state_market_and_order(filed: tuple[World, Browser, str, str]) -> None:
    _world, mere, order, case = filed
    for query, there in (
        ("door=withdrawal", True), ("door=claim", False), ("market=de", True), ("market=jp", False),
        ("tab=over", False), (f"order={order}", True), ("order=DE-26-AAAAAA", False), ("page=7", False),
        ("tab=%00x", None), ("door=%3Cb%3E", True), ("market=%3Cb%3E", True), ("page=99999999999", True),
    ):  # fmt: skip
        answer = mere.get(f"/desk/cases?{query}")
        assert answer.status_code == (400 if there is None else 200), query
        assert there is None or (case in answer.text) is there, query


HOSTILE = ("<script>alert(1)</script>", "-1", "1e99", "٣", "9" * 40, "\u202e", "NaN", "Infinity")


def test_whatever_is_sent_is_answered(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    accept(mere, case)
    for value in HOSTILE:
        _sent(mere, case, value)
    assert mere.get(f"/desk/cases/{case}").status_code == 200 and refunds(world, case) == []


def _sent(mere: Browser, case: str, value: str) -> None:
    sent = dict.fromkeys(
        (f"received-{BLENDER}", f"restock-{BLENDER}", f"condition-{BLENDER}", "amount", "refund_reason", "seen",
         "bearer", "reimburse", "reimburse_to", "deduction", "deduction_reason", "order_number", "proof", "act"), value,
    )  # fmt: skip
    for form in ("goods", "refunds", "bearer", "deduction", "matching", "pieces", "decision", "proof"):
        answer = act(mere, case, form, **{**sent, "key": value})
        assert answer.status_code in (303, 404, 409, 422), (form, answer.status_code)
        assert "<script>alert" not in answer.text


def test_an_unknown_case_is_not_there(filed: tuple[World, Browser, str, str]) -> None:
    _world, mere, _order, _case = filed
    assert mere.get("/desk/cases/WD-AAAAAAAA").status_code == 404
    assert len(cases(_world)) == 1 and DE


@pytest.mark.parametrize(("door", "minor"), [("withdrawal", TOTAL + 4_90), ("return", TOTAL)])
def test_delivery_is_given_back_where_the_law_says_so(
    filed: tuple[World, Browser, str, str], door: str, minor: int
) -> None:
    world, mere, order, case = filed
    with world.house.database.writing() as db:
        kept = db.get_one(Order, order)
        kept.total, kept.net, kept.shipping = kept.total + 4_90, kept.net + 4_90, 4_90
        db.add(kept)
    change_case(world, case, door=door)
    accept(mere, case)
    shown = text(mere.get(f"/desk/cases/{case}").text)
    assert ("Delivery to the customer €4.90" in shown) is (door == "withdrawal")
    assert give(mere, case).status_code == 303
    assert [each[1] for each in refunds(world, case)] == [minor]


def test_what_is_withdrawn_before_it_was_sent_is_paid_back_and_stays_in_the_house(sqlite_world: World) -> None:
    world, customer = sqlite_world, sqlite_world.browser("de")
    before = stock_of(world)
    order = bought(world, customer)
    case, mere = withdrawn(customer, order=order), world.signed_in("mere")
    accept(mere, case)
    assert act(mere, case, "goods", **{f"received-{BLENDER}": "1"}).status_code == 409
    assert give(mere, case).status_code == 303
    world.work()
    assert stock_of(world) == before
    with world.house.database.reading() as db:
        assert db.get_one(Order, order).state == "refunded"


def test_goodwill_is_no_way_round_what_the_law_gives(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, _order, case = filed
    less = {"act": "goodwill", "remedy": "refund", "cost": "0.01", "goodwill_reason": "Be glad"}
    assert act(mere, case, "decision", **less).status_code == 409 and the_case(world, case).state == "received"


def test_money_that_the_payment_service_refused_can_be_given_back_once_more(
    filed: tuple[World, Browser, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, mere, _order, case = filed

    def refuse(payment: str, amount: Money, *, key: str) -> str:
        raise PaymentRefused("the card is closed")

    monkeypatch.setattr(world.house.payments, "refund", refuse)
    accept(mere, case)
    act(mere, case, "goods", **{f"received-{BLENDER}": "1", f"restock-{BLENDER}": "1"})
    assert give(mere, case).status_code == 303 and the_case(world, case).state == "done"
    world.work()
    world.later(minutes=5)
    assert give(mere, case, by_hand="yes").status_code == 303
    assert refunds(world, case) == [("withdrawal", TOTAL, "refused"), ("withdrawal", TOTAL, "done")]
    assert "/refunds" not in mere.get(f"/desk/cases/{case}").text


def test_of_two_who_give_the_same_money_back_at_once_only_one_does(world: World) -> None:
    customer, people = world.browser("de"), [world.signed_in(each) for each in ("mere", "ruth")]
    order = bought(world, customer)
    arrived(world, order)
    case = withdrawn(customer, order=order)
    accept(people[0], case)
    change_case(world, case, deduction=150_00)  # so that what was paid for the order is no limit
    for each in people:
        each.get(f"/desk/cases/{case}")
    came = at_once(2, lambda place: people[place].submit("/refunds").status_code)
    assert sorted(came) == [303, 409] and [each[1] for each in refunds(world, case)] == [TOTAL - 150_00]


def test_the_order_that_brings_the_replacement_is_one_of_the_market(filed: tuple[World, Browser, str, str]) -> None:
    world, mere, order, case = filed
    change_case(world, case, door="exchange", state="accepted", decision="entitled", remedy="replacement")
    for wrong in ("DE-26-AAAAAA", order):
        answer = act(mere, case, "replacement", replacement=wrong)
        assert answer.status_code == 422 and "no other order of this number" in text(answer.text)
    other = bought(world, world.browser("de"))
    assert act(mere, case, "replacement", replacement=other.lower()).status_code == 303
    assert the_case(world, case).replacement == other


def test_of_a_partly_sent_order_only_what_left_can_come_back_and_all_of_it_is_paid_back(sqlite_world: World) -> None:
    world, customer, mere = sqlite_world, sqlite_world.browser("de"), sqlite_world.signed_in("mere")
    order = bought(world, customer)
    with world.house.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE order_line SET quantity = 2")
        db.connection().execute(update(Stock).where(col(Stock.sku) == BLENDER).values(sold=Stock.sold + 1))
    before = stock_of(world)
    with world.house.database.writing() as db:
        kept = db.get_one(Order, order)
        given: dict[str, Any] = {"carrier": "DHL", "tracking": "JD01", "person": "mere", "now": world.clock.now}
        dispatch(db, kept, db.get_one(Market, "de"), pieces={BLENDER: 1}, **given)
    case = withdrawn(customer, order=order)
    too_many = {f"received-{BLENDER}": "2", f"restock-{BLENDER}": "2"}
    assert act(mere, case, "goods", **too_many).status_code == 422  # nobody has decided yet, and one is still here
    accept(mere, case)
    assert act(mere, case, "goods", **too_many).status_code == 422
    assert act(mere, case, "goods", **{f"received-{BLENDER}": "1", f"restock-{BLENDER}": "1"}).status_code == 303
    assert the_case(world, case).state == "goods_back" and stock_of(world) == (before[0], 0, 0)
    assert give(mere, case).status_code == 303
    assert [each[1] for each in refunds(world, case)] == [TOTAL]
