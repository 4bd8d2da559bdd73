"""Who sees a market and who may buy there: the table of launch states row by row, and the published percentage."""

import hashlib
from itertools import product

import pytest

from shop.checkout.closed_words import CLOSED, gate_sentence
from shop.markets.gate import (
    REASONS,
    Gate,
    MarketFacts,
    Seeing,
    Visitor,
    bucket,
    in_draw,
    may_buy,
    seeing,
    serves_after_sales,
)

STRANGER, STAFF, INVITED = Visitor(id="v-1"), Visitor(id="v-2", staff=True), Visitor(id="v-3", invited=True)
ADMITTED = Visitor(id="v-4", admitted=True)


def market(state: str, **values: object) -> MarketFacts:
    return MarketFacts(id="jp", country="JP", state=state, **values)  # type: ignore[arg-type]


NOTHING = Seeing("nothing", False, False, False)
PREVIEW = Seeing("page", False, False, False, preview=True)
UNLISTED = Seeing("page", False, False, False)
CHOSEN = Seeing("page", False, True, False)
PUBLIC = Seeing("page", True, True, True)
LISTED_NO_STORE = Seeing("page", True, True, False)
HOLDING = Seeing("holding", False, False, False)
NOTICE = Seeing("notice", False, False, False)

SEEN: list[tuple[MarketFacts, dict[str, Seeing]]] = [
    (market("draft"), {"stranger": NOTHING, "invited": NOTHING, "staff": PREVIEW}),
    (market("ready", audience="invitation"), {"stranger": NOTHING, "invited": NOTHING, "staff": PREVIEW}),
    (market("soft", audience="invitation"), {"stranger": NOTHING, "invited": UNLISTED, "staff": PREVIEW}),
    (market("soft", audience="percentage"), {"stranger": UNLISTED, "invited": UNLISTED, "staff": UNLISTED}),
    (market("soft", audience="percentage", in_chooser=True), {"stranger": CHOSEN, "invited": CHOSEN, "staff": CHOSEN}),
    (market("soft", audience="invitation", in_chooser=True), {"stranger": NOTHING, "invited": UNLISTED}),
    (market("open"), {"stranger": PUBLIC, "invited": PUBLIC, "staff": PUBLIC}),
    (market("paused", pause_mode="sell_stop"), {"stranger": LISTED_NO_STORE, "staff": LISTED_NO_STORE}),
    (market("paused", pause_mode="safety"), {"stranger": LISTED_NO_STORE}),
    (market("paused", pause_mode="hidden"), {"stranger": HOLDING, "invited": HOLDING, "staff": HOLDING}),
    (market("paused", pause_mode="sell_stop", audience="invitation"), {"stranger": NOTHING, "invited": UNLISTED}),
    (market("paused", pause_mode="hidden", audience="invitation"), {"stranger": NOTHING, "invited": HOLDING}),
    (market("paused", pause_mode="sell_stop", audience="percentage"), {"stranger": UNLISTED}),
    (market("paused", pause_mode="sell_stop", audience="percentage", in_chooser=True), {"stranger": CHOSEN}),
    (market("winding_down", audience="invitation"), {"stranger": NOTICE, "invited": NOTICE, "staff": NOTICE}),
    (market("closed"), {"stranger": NOTICE, "staff": NOTICE}),
]
WHO = {"stranger": STRANGER, "invited": INVITED, "staff": STAFF}
SEEN_CASES = [(facts, who, seen) for facts, row in SEEN for who, seen in row.items()]


@pytest.mark.parametrize(
    ("facts", "who", "seen"),
    SEEN_CASES,
    ids=[f"{number}-{each[0].state}-{each[1]}" for number, each in enumerate(SEEN_CASES)],
)
def test_what_is_seen_follows_the_table(facts: MarketFacts, who: str, seen: Seeing) -> None:
    assert seeing(facts, WHO[who]) == seen


def test_only_an_open_market_is_public_and_nothing_before_the_launch_is_listed() -> None:
    states = ("draft", "ready", "soft", "open", "paused", "winding_down", "closed")
    modes, audiences = ("sell_stop", "hidden", "safety"), ("", "invitation", "percentage")
    for state, mode, audience, chooser, who in product(states, modes, audiences, (False, True), WHO.values()):
        seen = seeing(market(state, pause_mode=mode, audience=audience, in_chooser=chooser), who)
        assert seen.public == (state == "open")
        if state in ("draft", "ready", "soft"):
            assert not seen.listed


BUYING: list[tuple[MarketFacts, Visitor, frozenset[str], Gate]] = [
    (market("draft"), STRANGER, frozenset(), Gate(False, "state_draft")),
    (market("draft"), STAFF, frozenset(), Gate(True, "preview", test=True)),
    (market("ready"), INVITED, frozenset(), Gate(False, "state_ready")),
    (market("soft", audience="invitation"), STRANGER, frozenset(), Gate(False, "invite")),
    (market("soft", audience="invitation"), ADMITTED, frozenset(), Gate(False, "invite")),
    (market("soft", audience="invitation"), INVITED, frozenset(), Gate(True, "invite")),
    (market("soft", audience="percentage", percent_bp=0), STRANGER, frozenset(), Gate(False, "percentage")),
    (market("soft", audience="percentage", percent_bp=0), INVITED, frozenset(), Gate(True, "invite")),
    (market("soft", audience="percentage", percent_bp=0), ADMITTED, frozenset(), Gate(True, "admitted")),
    (
        market("soft", audience="percentage", percent_bp=10_000),
        STRANGER,
        frozenset(),
        Gate(True, "percentage", mints=True),
    ),
    (market("open"), STRANGER, frozenset(), Gate(True, "open")),
    (market("paused", pause_mode="sell_stop"), INVITED, frozenset(), Gate(False, "state_paused")),
    (market("paused", pause_mode="safety"), STAFF, frozenset(), Gate(False, "state_paused")),
    (market("winding_down"), STAFF, frozenset(), Gate(False, "state_winding_down")),
    (market("closed"), ADMITTED, frozenset(), Gate(False, "state_closed")),
    (market("open"), Visitor(id="v", ship_to="DE"), frozenset(), Gate(False, "country_not_served")),
    (market("open"), Visitor(id="v", ship_to="JP"), frozenset(), Gate(True, "open")),
    (market("open", stopped=frozenset({"HB-1"})), STRANGER, frozenset({"HB-1", "HB-2"}), Gate(False, "stop_sale")),
    (market("open", stopped=frozenset({"HB-1"})), STRANGER, frozenset({"HB-2"}), Gate(True, "open")),
    (market("open", stopped=frozenset({""})), STAFF, frozenset(), Gate(False, "kill_switch")),
    (market("open", order_cap=3, orders_used=2), STRANGER, frozenset(), Gate(True, "open")),
    (market("open", order_cap=3, orders_used=3), STRANGER, frozenset(), Gate(False, "order_cap")),
    (market("open", order_cap=3, orders_used=4), INVITED, frozenset(), Gate(False, "order_cap")),
    (market("soft", audience="invitation", order_cap=0), STRANGER, frozenset(), Gate(False, "invite")),
    (market("soft", audience="invitation", order_cap=0), INVITED, frozenset(), Gate(False, "order_cap")),
]


DENIED = Visitor(id="v-5", denied=True)
BUYING += [
    (market("open"), DENIED, frozenset(), Gate(False, "denied")),
    (market("draft"), Visitor(id="v", staff=True, denied=True), frozenset(), Gate(True, "preview", test=True)),
    (
        market("soft", audience="invitation"),
        Visitor(id="v", admitted=True, invited=True),
        frozenset(),
        Gate(True, "invite"),
    ),
    (
        market("soft", audience="percentage"),
        Visitor(id="v", admitted=True, invited=True),
        frozenset(),
        Gate(True, "admitted"),
    ),
    (market("open", daily_cap=2, orders_today=1), STRANGER, frozenset(), Gate(True, "open")),
    (market("open", daily_cap=2, orders_today=2), STRANGER, frozenset(), Gate(False, "daily_cap")),
    (market("open", value_cap=100, value_used=99), STRANGER, frozenset(), Gate(True, "open")),
    (market("open", value_cap=100, value_used=100), STRANGER, frozenset(), Gate(False, "value_cap")),
    (market("open", customer_cap=2), Visitor(id="v", orders=1), frozenset(), Gate(True, "open")),
    (market("open", customer_cap=2), Visitor(id="v", orders=2), frozenset(), Gate(False, "customer_cap")),
    (market("open", capacity_left=1), STRANGER, frozenset(), Gate(True, "open")),
    (market("open", capacity_left=0), STRANGER, frozenset(), Gate(False, "support_capacity")),
]


@pytest.mark.parametrize(
    ("facts", "visitor", "skus", "gate"),
    BUYING,
    ids=[f"{number}-{each[0].state}" for number, each in enumerate(BUYING)],
)
def test_who_may_buy(facts: MarketFacts, visitor: Visitor, skus: frozenset[str], gate: Gate) -> None:
    assert may_buy(facts, visitor, skus) == gate


# Everything that can say no, in the order in which it is asked; each closes the gate by itself.
NO: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("kill_switch", {"stopped": frozenset({"", "HB-1"})}, {}),
    ("state_paused", {"state": "paused"}, {}),
    ("country_not_served", {}, {"ship_to": "DE"}),
    ("denied", {}, {"denied": True}),
    ("stop_sale", {"stopped": frozenset({"HB-1"})}, {}),
    ("percentage", {"audience": "percentage"}, {}),
    ("order_cap", {"order_cap": 1, "orders_used": 1}, {}),
    ("daily_cap", {"daily_cap": 1, "orders_today": 1}, {}),
    ("value_cap", {"value_cap": 5, "value_used": 5}, {}),
    ("customer_cap", {"customer_cap": 1}, {"orders": 1}),
    ("stock_cap", {}, {}),
    ("support_capacity", {"capacity_left": 0}, {}),
]
SKU = frozenset({"HB-1"})


@pytest.mark.parametrize("first", range(len(NO)), ids=[each[0] for each in NO])
def test_the_first_rule_that_says_no_is_the_reason(first: int) -> None:
    facts: dict[str, object] = {"state": "soft"}
    visitor: dict[str, object] = {"id": "v-1"}
    for _reason, of_market, of_visitor in reversed(NO[first:]):
        facts, visitor = facts | of_market, visitor | of_visitor
    reasons = [reason for reason, *_more in NO]
    short = SKU if first <= reasons.index("stock_cap") else frozenset[str]()
    assert may_buy(market(**facts), Visitor(**visitor), SKU, short=short).reason == reasons[first]  # type: ignore[arg-type]


def test_a_value_that_is_known_is_refused_when_it_would_cross_the_cap_and_not_before() -> None:
    facts = market("open", value_cap=100, value_used=40)
    assert [may_buy(facts, STRANGER, value=value).open for value in (0, 60, 61)] == [True, True, False]


def test_only_what_is_wanted_and_short_closes_the_gate() -> None:
    asked = [may_buy(market("open"), STRANGER, SKU, short=frozenset({sku})).reason for sku in ("HB-1", "HB-2")]
    assert asked == ["stock_cap", "open"]


def test_every_reason_is_in_the_list_and_has_its_sentence_and_no_sentence_is_without_one() -> None:
    assert set(CLOSED) == set(REASONS) and len(set(REASONS)) == len(REASONS)
    assert gate_sentence("something new") == "Ordering is not possible at the moment."


# SHA-256 taken with sha256sum, its first 16 hexadecimal digits as a number, modulo 10000.
BUCKETS = [
    ("market:jp:v1", "visitor-0001", 9672),
    ("market:jp:v1", "visitor-0002", 1825),
    ("market:jp:v2", "visitor-0001", 2286),
    ("market:jp:v1", "ユーザー-1", 7427),
    ("market:de:v1", "A@example.test", 9871),
    ("market:de:v1", "a@example.test", 3905),
]


@pytest.mark.parametrize(("salt", "key", "number"), BUCKETS)
def test_the_bucket_is_the_published_one(salt: str, key: str, number: int) -> None:
    assert bucket(salt, key) == number
    assert int(hashlib.sha256(f"{salt}:{key}".encode()).hexdigest()[:16], 16) % 10_000 == number


def test_the_percentage_holds_below_the_bucket_and_not_at_it() -> None:
    assert in_draw(market("soft", percent_bp=1826), "visitor-0002")
    assert not in_draw(market("soft", percent_bp=1825), "visitor-0002")


def test_nobody_at_nothing_and_everybody_at_a_hundred_even_without_a_name() -> None:
    assert not in_draw(market("soft", percent_bp=0), "visitor-0002")
    assert not in_draw(market("soft", percent_bp=9_999), "")
    assert in_draw(market("soft", percent_bp=10_000), "")


def test_a_growing_percentage_keeps_everybody_and_ten_percent_is_about_a_tenth() -> None:
    visitors = [f"visitor-{number:05}" for number in range(4_000)]
    tenth = {each for each in visitors if in_draw(market("soft", percent_bp=1_000), each)}
    fifth = {each for each in visitors if in_draw(market("soft", percent_bp=2_000), each)}
    assert tenth < fifth
    assert 340 < len(tenth) < 460


def test_another_draw_lets_other_people_in() -> None:
    assert in_draw(market("soft", percent_bp=2_287, draw=2), "visitor-0001")
    assert not in_draw(market("soft", percent_bp=2_287, draw=1), "visitor-0001")


def test_after_sales_answers_in_every_market_that_ever_sold() -> None:
    assert serves_after_sales(market("closed", ever_sold=True))
    assert not serves_after_sales(market("ready"))
