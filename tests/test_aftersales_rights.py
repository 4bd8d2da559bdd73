"""What holds at each door: by tables of cases, and for real orders, on which nothing of today's policies may have a say."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from shop.aftersales.entitlement import bought_by
from shop.aftersales.periods import Window
from shop.aftersales.rights import (
    REASONS,
    STANDINGS,
    Item,
    Terms,
    Verdict,
    exchange_right,
    return_right,
    withdrawal_right,
)
from shop.base.settings import ROOT
from shop.catalogue.models import Product
from shop.checkout.models import Order, Parcel, ParcelLine
from shop.policies.keys import CONDITIONS, PRODUCT_CLASSES
from shop.policies.library import PolicyLibrary, PolicyVersion
from tests.aftersales import DE, NZ, arrived, bought, bought_now, change_line, change_order, not_accepted
from tests.doors import BLENDER, fill_cart
from tests.world import TAMA, World

LIBRARY = PolicyLibrary(ROOT / "policies")
IN_FORCE = date(2026, 11, 24)
TODAY = date(2026, 12, 8)
OPEN = Window(date(2026, 11, 25), TODAY, "carrier")
OVER = replace(OPEN, ends=date(2026, 12, 7))
CREAM = "HB-CO-HB"


def terms(market: str, **changed: Any) -> Terms:
    rules = LIBRARY.in_force(market, "returns", IN_FORCE).rules
    return Terms(rules={**rules, **changed}, accepted=True)


def item(return_class: str = "general", window: Window = OPEN, left: int = 1) -> Item:
    return Item(sku=BLENDER, return_class=return_class, bought=1, left=left, window=window)


def codes(verdict: Verdict) -> str:
    return " ".join([verdict.standing, *(each.code for each in verdict.reasons)])


DOORS = {"withdrawal": withdrawal_right, "return": return_right, "exchange": exchange_right}
CASES = [
    # The right to withdraw is the law's where there is one: BGB § 312g, CDC art. 49, Law 39/2014 art. 10
    ("withdrawal", "de", item(), "in_time statutory"),
    ("withdrawal", "br", item(), "in_time statutory"),
    ("withdrawal", "kw", item(), "in_time statutory"),
    # and else there is none: ASCT art. 15-3 with terms shown, OR art. 40a, no federal right, Fair Trading Act
    ("withdrawal", "jp", item(), "not_offered no_right"),
    ("withdrawal", "ch", item(), "not_offered no_right"),
    ("withdrawal", "us", item(), "not_offered no_right"),
    ("withdrawal", "nz", item(), "not_offered no_right"),
    # Where one withdraws by the function of the law, nobody has to ask for a return.
    ("return", "de", item(), "not_offered withdraw_instead"),
    ("return", "br", item(), "not_offered withdraw_instead"),
    ("return", "kw", item(), "in_time statutory"),
    ("return", "nz", item(), "in_time promise"),
    ("return", "jp", item(), "in_time promise"),
    ("exchange", "de", item(), "in_time statutory"),
    ("exchange", "ca", item(), "in_time promise"),
    # After the last day
    ("withdrawal", "de", item(window=OVER), "late over"),
    ("return", "nz", item(window=OVER), "late over"),
    ("exchange", "nz", item(window=OVER), "late over"),
    # What does not go back: BGB § 312g(2) no. 1 and 2; nothing is excluded in Brazil
    ("withdrawal", "de", item("made_to_order"), "excluded made_to_order"),
    ("withdrawal", "de", item("perishable"), "excluded perishable"),
    ("withdrawal", "br", item("perishable"), "in_time statutory"),
    ("withdrawal", "br", item("sealed_hygiene"), "in_time statutory"),
    ("return", "nz", item("perishable"), "excluded perishable"),
    ("exchange", "us", item("made_to_order"), "excluded made_to_order"),
    # What only a look at the goods can tell is a condition: BGB § 312g(2) no. 3, § 356(4) no. 2; shop promises
    ("withdrawal", "de", item("sealed_hygiene"), "in_time statutory sealed"),
    ("withdrawal", "de", item("service"), "in_time statutory not_performed"),
    ("withdrawal", "de", item("cosmetics"), "in_time statutory"),
    ("return", "jp", item("electrical"), "in_time promise sealed"),
    ("return", "nz", item("service"), "in_time promise not_started"),
    # An exclusion is told before the time is: it would not help to have come earlier.
    ("withdrawal", "de", item("perishable", OVER), "excluded perishable"),
    # What has not been sent is cancelled where the rules promise it, goods of every class, as long as anything is left
    ("return", "jp", replace(item("made_to_order"), unsent=True), "in_time unsent"),
    ("return", "jp", replace(item(left=0), unsent=True), "excluded nothing_left"),
    ("return", "nz", replace(item(), unsent=True), "in_time promise"),
    ("return", "de", replace(item(), unsent=True), "not_offered withdraw_instead"),
    # What another case keeps, or was never paid
    ("withdrawal", "de", item(left=0), "excluded nothing_left"),
    ("return", "nz", item(left=0), "excluded nothing_left"),
    # Delivery unknown: the worst case for the seller; not informed: more time
    ("withdrawal", "de", item(window=Window(None, None, "unknown")), "in_time statutory not_begun"),
    ("withdrawal", "de", item(window=replace(OPEN, extended=True)), "in_time statutory not_informed"),
]


@pytest.mark.parametrize(("door", "market", "what", "expected"), CASES)
def test_what_holds_at_a_door(door: str, market: str, what: Item, expected: str) -> None:
    verdict = DOORS[door](terms(market), what, today=TODAY)
    assert codes(verdict).startswith(expected)
    assert verdict.allowed == (verdict.standing == "in_time")
    assert verdict.version == str(LIBRARY.in_force(market, "returns", IN_FORCE).rules["effective"])


def test_a_shop_that_takes_nothing_back_says_so() -> None:
    verdict = return_right(terms("nz", window_days=0), item(), today=TODAY)
    assert codes(verdict) == "not_offered no_returns" and not verdict.allowed


def test_every_reason_names_the_article_it_rests_on() -> None:
    [first, *_rest] = withdrawal_right(terms("de"), item(), today=TODAY).reasons
    assert "BGB" in first.source and "355" in first.source
    [why] = withdrawal_right(terms("de"), item("perishable"), today=TODAY).reasons
    assert why.source == "BGB § 312g(2) no. 2"


def test_every_condition_that_rules_may_name_has_words() -> None:
    for condition in CONDITIONS:
        for each in PRODUCT_CLASSES:
            rules = {"exclusions": [{"class": each, "condition": condition, "source": "law"}]}
            verdict = exchange_right(terms("nz", **rules), item(each), today=TODAY)
            assert verdict.allowed == (condition != "always") and verdict.standing in STANDINGS
            assert all(reason.code in REASONS and reason.words for reason in verdict.reasons)


# Orders as they are kept.


def ends(world: World, number: str, sku: str = BLENDER) -> date | None:
    return bought_now(world, number).items[sku].window.ends


def test_days_are_those_of_the_market_not_of_utc(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    arrived(sqlite_world, number, datetime(2026, 11, 27, 22, 59, tzinfo=UTC))
    assert ends(sqlite_world, number) == date(2026, 12, 11)
    arrived(sqlite_world, number, datetime(2026, 11, 27, 23, 1, tzinfo=UTC))  # Saturday in Hamburg, so it rolls
    assert ends(sqlite_world, number) == date(2026, 12, 14)
    # The night in which the clocks go forward: 00:30 of 28 March, an hour that UTC counts to the day before
    arrived(sqlite_world, number, datetime(2027, 3, 27, 23, 30, tzinfo=UTC))
    assert ends(sqlite_world, number) == date(2027, 4, 12)
    far = bought(sqlite_world, sqlite_world.browser(), NZ, TAMA)
    arrived(sqlite_world, far, datetime(2026, 11, 24, 11, 30, tzinfo=UTC))  # half past midnight in Nelson
    assert ends(sqlite_world, far) == date(2026, 12, 25)


@pytest.mark.parametrize("state", ["paid", "dispatched"])
def test_while_nobody_knows_of_delivery_the_window_is_open(sqlite_world: World, state: str) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    change_order(sqlite_world, number, state=state)
    sqlite_world.later(days=300)
    known = bought_now(sqlite_world, number).items[BLENDER].window
    assert known == Window(None, None, "unknown")


def test_a_day_that_is_assumed_says_so(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    arrived(sqlite_world, number, source="assumed")
    assert bought_now(sqlite_world, number).items[BLENDER].window.source == "assumed"


def in_parcels(world: World, number: str, *parcels: tuple[str | None, dict[str, int]]) -> None:
    """The order left in these parcels: the day each arrived, if it did, and what is in it."""
    with world.house.database.writing() as db:
        for day, inside in parcels:
            at = datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None
            parcel = Parcel(
                order_number=number, carrier="DHL", tracking=str(day), dispatched_at=world.clock.now, person="mere",
                expected_from=IN_FORCE, expected_until=IN_FORCE, delivered_at=at, delivered_source="carrier" if at else "",
            )  # fmt: skip
            db.add(parcel)
            db.flush()
            for sku, pieces in inside.items():
                db.add(ParcelLine(parcel=parcel.id or 0, sku=sku, quantity=pieces))


def both(world: World, shop: str = DE, **person: Any) -> str:
    browser = world.browser("de")
    fill_cart(browser, shop, CREAM)
    number = bought(world, browser, shop, **person)
    change_order(world, number, state="dispatched", dispatched_at=world.clock.now)
    return number


def test_the_last_parcel_of_one_order_counts_for_all_of_it_in_the_union(world: World) -> None:
    """Directive 2011/83/EU art. 9(2)(b)(i): several goods of one order delivered separately, the last good."""
    number = both(world)
    in_parcels(world, number, ("2026-11-25", {BLENDER: 1}), ("2026-12-01", {CREAM: 1}))
    assert ends(world, number, BLENDER) == ends(world, number, CREAM) == date(2026, 12, 15)


def test_one_parcel_under_way_keeps_the_window_open(sqlite_world: World) -> None:
    number = both(sqlite_world)
    in_parcels(sqlite_world, number, ("2026-11-25", {BLENDER: 1}), (None, {CREAM: 1}))
    assert ends(sqlite_world, number, BLENDER) is None


def test_a_piece_that_was_not_packed_yet_keeps_the_window_open(sqlite_world: World) -> None:
    number = both(sqlite_world)
    in_parcels(sqlite_world, number, ("2026-11-25", {BLENDER: 1, CREAM: 1}))
    assert ends(sqlite_world, number) == date(2026, 12, 9)
    change_line(sqlite_world, number, quantity=2)
    assert ends(sqlite_world, number) is None


def test_elsewhere_each_product_has_its_own_time(sqlite_world: World) -> None:
    number = both(sqlite_world, NZ, person=TAMA)
    in_parcels(sqlite_world, number, ("2026-11-25", {BLENDER: 1}), (None, {CREAM: 1}))
    assert ends(sqlite_world, number, BLENDER) == date(2026, 12, 26)  # noon in Greenwich is tomorrow in Nelson
    assert ends(sqlite_world, number, CREAM) is None


def test_who_was_not_told_of_the_right_has_twelve_months_more(world: World) -> None:
    """CRD art. 10(1); BGB § 356(3): the order accepted no returns policy."""
    number = bought(world, world.browser("de"))
    arrived(world, number)
    assert ends(world, number) == date(2026, 12, 8)
    not_accepted(world, number)
    known = bought_now(world, number)
    assert ends(world, number) == date(2027, 12, 8) and not known.terms.accepted
    assert known.items[BLENDER].window.extended


def test_an_order_that_was_not_paid_has_nothing_left_to_send_back(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    assert bought_now(sqlite_world, number).left == {BLENDER: 1}
    for state in ("placed", "cancelled", "refunded"):
        change_order(sqlite_world, number, state=state)
        assert bought_now(sqlite_world, number).left == {}


def test_what_goods_were_when_they_were_bought_stays_whatever_becomes_of_them(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    arrived(sqlite_world, number)
    with sqlite_world.house.database.writing() as db:
        db.get_one(Product, BLENDER).return_class = "perishable"
    assert bought_now(sqlite_world, number).items[BLENDER].return_class == "electrical"
    change_line(sqlite_world, number, sku="HB-GONE")  # not made any more
    assert bought_now(sqlite_world, number).items["HB-GONE"].return_class == "electrical"


class OtherPolicies(PolicyLibrary):
    """The same library after somebody has changed every version of it."""

    def __init__(self, changed: Mapping[str, Any]) -> None:
        super().__init__(ROOT / "policies")
        self._changed = changed

    def nearest(self, market: str, kind: str, day: date) -> PolicyVersion:
        """What is in force, changed."""
        version = super().nearest(market, kind, day)
        return replace(version, rules={**version.rules, **self._changed})


CHANGES = st.fixed_dictionaries(
    {
        "nature": st.sampled_from(["statutory", "voluntary"]),
        "window_days": st.integers(0, 60),
        "day_kind": st.sampled_from(["calendar", "working"]),
        "starts_from": st.sampled_from(["day_after_receipt", "receipt_day_counts"]),
        "extension_if_not_informed_months": st.integers(0, 24),
        "end_rolls_to_working_day": st.booleans(),
        "withdrawal_function": st.booleans(),
        "several_parcels": st.sampled_from(["last", "each"]),
        "effective": st.dates(date(2026, 1, 1), date(2030, 1, 1)),
        "exclusions": st.lists(
            st.fixed_dictionaries(
                {
                    "class": st.sampled_from([*PRODUCT_CLASSES, "general"]),
                    "condition": st.sampled_from(CONDITIONS),
                    "source": st.just("new"),
                }
            ),
            max_size=4,
        ),
    }
)


@pytest.fixture
def past(sqlite_world: World) -> tuple[World, list[str]]:
    """Two orders of the past, with every class of goods among what they hold."""
    numbers = [both(sqlite_world), both(sqlite_world, NZ, person=TAMA)]
    for number in numbers:
        in_parcels(sqlite_world, number, ("2026-11-25", {BLENDER: 1}), ("2026-12-01", {CREAM: 1}))
    return sqlite_world, numbers


def all_verdicts(world: World, policies: PolicyLibrary, numbers: list[str]) -> list[Verdict]:
    found = []
    with world.house.database.reading() as db:
        for number in numbers:
            what = bought_by(db, db.get_one(Order, number), policies)
            found += [
                right(what.terms, each, today=IN_FORCE + timedelta(days=days))
                for right in DOORS.values()
                for each in what.items.values()
                for days in (0, 10, 21, 22, 37, 38, 500)
            ]
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changed=CHANGES)
def test_changing_todays_policies_never_changes_a_past_orders_rights(
    past: tuple[World, list[str]], changed: dict[str, Any]
) -> None:
    world, numbers = past
    other = OtherPolicies(changed)
    assert all_verdicts(world, other, numbers) == all_verdicts(world, world.house.policies, numbers)
    assert other.nearest("de", "returns", IN_FORCE).rules["effective"] == changed["effective"]


def test_the_demo_sells_goods_of_classes_that_the_rules_know(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        classes = set(db.exec(select(Product.return_class)).all())
    assert classes <= {"general", *PRODUCT_CLASSES}
