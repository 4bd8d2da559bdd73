"""The one list that answers why a cart cannot be paid for: each entry names its step, its field, its reason and the way."""

import pytest

from shop.checkout.closed_words import CLOSED
from shop.checkout.requirements import COUNTED, NAMED, Box, Facts, LineFacts, requirements
from shop.ground.money import Money
from tests.tongues import ENGLISH

FINE = LineFacts("A", "Blender")


def codes(**known: object) -> list[tuple[str, str, str, str]]:
    given = {"lines": [FINE], "address_given": True} | known
    return [(each.step, each.field, each.code, each.path) for each in requirements(Facts(**given))]  # type: ignore[arg-type]


def test_nothing_is_required_of_a_cart_that_is_in_order() -> None:
    assert codes() == [] and codes(ticked=frozenset()) == []


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"lines": []}, ("cart", "", "cart.empty", "/")),
        ({"gate": "percentage"}, ("cart", "", "gate.percentage", "/cart")),
        ({"gate": "something_new"}, ("cart", "", "gate.something_new", "/cart")),
        ({"gone": ["B"]}, ("cart", "B", "line.gone", "/cart")),
        ({"lines": [LineFacts("A", "Cup", "sold_out")]}, ("cart", "A", "line.sold_out", "/cart")),
        ({"lines": [LineFacts("A", "Cup", "too_many", 3)]}, ("cart", "A", "line.too_many", "/cart")),
        (
            {"lines": [LineFacts("A", "Cup", "too_many_for_customer", 2)]},
            ("cart", "A", "line.too_many_for_customer", "/cart"),
        ),
        ({"lines": [LineFacts("A", "Cup", "serial_missing")]}, ("cart", "A", "line.serial_missing", "/cart/serials/A")),
        ({"address_given": False}, ("address", "", "address.missing", "/checkout")),
        ({"policies_same": False}, ("review", "policies", "policy.changed", "/checkout/review")),
        ({"new_total": Money(5, "EUR")}, ("review", "money", "price.changed", "/checkout/review")),
        (
            {"new_total": Money(5, "EUR"), "cart_same": False},
            ("review", "money", "cart.changed", "/checkout/review"),
        ),
        (
            {"boxes": [Box("accept", "I agree")], "ticked": frozenset()},
            ("review", "accept", "policy.missing", "/checkout/review"),
        ),
        (
            {"boxes": [Box("consent-age", "I am 18")], "ticked": frozenset({"accept"})},
            ("review", "consent-age", "consent.missing", "/checkout/review"),
        ),
        (
            {"boxes": [Box("terms-SV", "Plan")], "ticked": frozenset()},
            ("review", "terms-SV", "terms.missing", "/checkout/review"),
        ),
    ],
)
def test_each_reason_has_its_place(known: dict[str, object], expected: tuple[str, str, str, str]) -> None:
    assert codes(**known) == [expected]


def test_boxes_are_asked_for_only_once_the_button_was_pressed_and_optional_ones_never() -> None:
    boxes = [Box("accept", "I agree"), Box("consent-news", "News please", required=False)]
    assert codes(boxes=boxes) == []
    assert [code for _step, _field, code, _path in codes(boxes=boxes, ticked=frozenset())] == ["policy.missing"]


def test_everything_is_told_at_once_in_the_order_of_the_steps() -> None:
    known = codes(lines=[LineFacts("A", "Cup", "sold_out")], address_given=False, policies_same=False, gate="invite")
    assert [step for step, *_rest in known] == ["cart", "cart", "address", "review"]


def test_every_reason_is_a_sentence_with_its_figures() -> None:
    lines = [LineFacts("A", "Cup", problem, 2) for problem in (*NAMED, *COUNTED)]
    for gate in ("", *CLOSED):
        facts = Facts(lines=lines, gone=["B"], gate=gate, policies_same=False, new_total=Money(1250, "EUR"))
        said = [each.said(ENGLISH) for each in requirements(facts)]
        assert all(said) and not any("%(" in each for each in said)
    assert any("12.50" in each for each in said) and any("At most 2 pieces per customer" in each for each in said)
