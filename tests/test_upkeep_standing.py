"""How complete a language is: measured by the source language, and read by a native or not."""

from shop.upkeep.workshop.standing import standing, whole

SOURCE = {"name": "Kettle", "slug": "kettle", "summary": "Hot.", "description": "2 kW", "box": "", "care": "Descale."}


def test_a_text_needs_what_the_source_language_says() -> None:
    found = standing({"name": "Kocher", "slug": "kocher", "summary": "", "checked_by": "annika"}, SOURCE)
    assert found.needed == ("name", "slug", "summary", "description", "care")
    assert found.missing == ("summary", "description", "care")
    assert (found.done, found.begun, found.checked) == (2, True, True)


def test_what_the_source_does_not_say_is_not_missing() -> None:
    assert standing({**SOURCE, "box": "Kettle"}, {**SOURCE, "box": ""}).missing == ()
    assert standing(None, None).missing == ("name", "slug", "summary")
    assert not standing(None, SOURCE).begun


def test_a_language_is_whole_only_when_nothing_is_missing() -> None:
    full, half = standing(SOURCE, SOURCE), standing({**SOURCE, "care": ""}, SOURCE)
    assert whole({"A": full}).percent == 100
    almost = whole({f"S{each}": full for each in range(300)} | {"B": half})
    assert (almost.percent, almost.incomplete) == (99, ("B",))
    assert whole({"A": full, "B": half, "C": standing(None, SOURCE)}).unchecked == ("A", "B")
    assert whole({}).percent == 100
