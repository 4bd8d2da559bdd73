"""Terms are asked for once and again only when they changed; who was shown an old version sees what is new."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shop.policies.acceptance import accepted
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.seen import not_seen, seen_mark
from tests.doors import pay, place, to_review
from tests.launching import policies
from tests.world import ANNA, Browser, World, text

BOX = 'name="accept"'
SHOP = "/de/de/"


def scheduled(world: World, patch: pytest.MonkeyPatch) -> PolicyVersion:
    """A version of the German returns that takes effect tomorrow: ten days more, and one sentence more."""
    library: PolicyLibrary = world.house.policies
    today = world.clock.now.date()
    old = library.in_force("de", "returns", today)
    rules = {**old.rules, "effective": today + timedelta(days=1), "window_days": old.rules["window_days"] + 10}
    texts = {"de": old.texts["de"].replace("\n\n", "\n\nEtwas Neues steht hier.\n\n", 1)}
    new = replace(old, effective=today + timedelta(days=1), rules=rules, texts=texts)
    patch.setitem(library._versions, ("de", "returns"), [*library.versions("de", "returns"), new])
    return new


def known_customer(world: World) -> tuple[Browser, str]:
    """Anna after an order, on the same device; and the order's number."""
    anna = world.browser("de")
    number = place(anna, SHOP, ANNA)
    pay(world, anna, SHOP, number)
    return anna, number


def test_a_mark_names_what_was_shown_and_only_news_is_told() -> None:
    library = policies()
    shown = [library.versions("de", kind)[-1] for kind in ("returns", "warranty")]
    assert not_seen(seen_mark(shown), shown, library) == []
    older = library.versions("nz", "returns")[0]
    newest = library.versions("nz", "returns")[-1]
    assert not_seen(seen_mark([older]), [newest], library) == [(older, newest)]
    for nonsense in ("", "returns=x warranty", "a=b=c returns=../../etc.1", "=" * 5000):
        assert [after for _before, after in not_seen(nonsense, shown, library)] == shown


def test_what_changed_while_checking_is_shown_and_asked_anew(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = sqlite_world.browser("de")
    to_review(anna, SHOP, ANNA)
    new = scheduled(sqlite_world, monkeypatch)
    sqlite_world.clock.now += timedelta(days=1)
    refused = anna.submit("/orders", accept="yes")
    assert refused.status_code == 409
    page = text(refused.text)
    assert str(new.rules["window_days"]) in page and "Etwas Neues steht hier." in page
    again = anna.get(f"{SHOP}checkout/review")
    assert BOX in again.text and "Etwas Neues steht hier." in again.text
    assert anna.submit("/orders", accept="yes").status_code == 303


def test_who_agreed_before_is_not_asked_again(sqlite_world: World) -> None:
    anna, number = known_customer(sqlite_world)
    to_review(anna, SHOP, ANNA)
    page = anna.get(f"{SHOP}checkout/review").text
    assert BOX not in page and number in text(page)
    answer = anna.submit("/orders")
    assert answer.status_code == 303
    placed = next(
        each.removeprefix("order-") for each in anna.cookies if each.startswith("order-") and number not in each
    )
    with sqlite_world.house.database.reading() as db:
        kept = accepted(db, placed)
    assert len(kept) == 3 and all(number in each.acceptance.wording for each in kept)


def test_who_agreed_to_an_older_text_is_asked_again(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, _number = known_customer(sqlite_world)
    scheduled(sqlite_world, monkeypatch)
    sqlite_world.clock.now += timedelta(days=1)
    to_review(anna, SHOP, ANNA)
    assert BOX in anna.get(f"{SHOP}checkout/review").text


@pytest.mark.parametrize("change", [{"email": "other@example.com"}, {}])
def test_another_mailbox_or_another_device_is_asked(sqlite_world: World, change: dict[str, str]) -> None:
    anna, _number = known_customer(sqlite_world)
    browser = anna if change else sqlite_world.browser("de")
    to_review(browser, SHOP, ANNA | change)
    assert BOX in browser.get(f"{SHOP}checkout/review").text
    assert browser.submit("/orders").headers["location"].partition("?")[2] == "unticked=1"
