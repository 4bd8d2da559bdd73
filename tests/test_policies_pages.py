"""The policies' pages: an ended kind stays readable and says what replaced it; one to come leads to what still holds."""

from datetime import UTC, datetime

import pytest

from shop.checkout.quote import informing_now, policies_now
from shop.launches.readying.gathering import Sources, gather
from shop.policies.acceptance import accepted
from shop.policies.models import SignOff
from tests.buying import visit
from tests.doors import pay, place, to_review
from tests.world import ANNA, World

BEFORE = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)
EVE = datetime(2026, 11, 14, 22, 59, tzinfo=UTC)  # 23:59 in Hamburg
MIDNIGHT = datetime(2026, 11, 14, 23, 0, tzinfo=UTC)
NEW = ("terms", "privacy", "shipping", "imprint")
MARKETS = [("nz", "en"), ("de", "de"), ("ch", "fr"), ("jp", "ja"), ("ae", "ar"), ("ae", "en")]


@pytest.mark.parametrize(("market", "language"), MARKETS)
def test_an_ended_policy_can_be_read_and_links_what_replaced_it(
    sqlite_world: World, market: str, language: str
) -> None:
    browser = sqlite_world.signed_in("mere")
    base = f"/{market}/{language}/policies"
    for path in (f"{base}/legal", f"{base}/legal/2026-10-01"):
        page = browser.get(path)
        assert page.status_code == 200
        main = page.text.partition("<article")[2].partition("</article>")[0]
        assert all(f'href="{base}/{kind}"' in main for kind in NEW)
        assert "Harbourbench Ltd" in main
    for kind in NEW:
        page = browser.get(f"{base}/{kind}")
        assert page.status_code == 200 and browser.get(f"{base}/{kind}/2026-11-15").status_code == 200
        assert f'href="{base}/{kind}"' in page.text.partition("<footer")[2]


def test_an_ended_policy_names_the_day_it_was_replaced(sqlite_world: World) -> None:
    page = sqlite_world.browser("en").get("/nz/en/policies/legal").text
    assert "Replaced on 15 November 2026 by:" in page
    assert "About us and legal details</a>" in page


def test_until_the_last_minute_the_former_policy_holds_and_the_coming_lead_to_it(sqlite_world: World) -> None:
    sqlite_world.clock.now = EVE
    browser = sqlite_world.browser("de")
    legal = browser.get("/de/de/policies/legal")
    assert legal.status_code == 200 and "/policies/terms" not in legal.text.partition("</article>")[0]
    for kind in NEW:
        answer = browser.get(f"/de/de/policies/{kind}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/de/de/policies/legal")
    sqlite_world.clock.now = MIDNIGHT
    assert "/policies/terms" in browser.get("/de/de/policies/legal").text.partition("</article>")[0]
    assert "Impressum</h1>" in browser.get("/de/de/policies/imprint").text


@pytest.mark.parametrize("path", ["gifts", "terms/2026-10-01", "legal/2026-11-15"])
def test_what_never_was_a_policy_is_not_found(sqlite_world: World, path: str) -> None:
    assert sqlite_world.browser("de").get(f"/de/de/policies/{path}").status_code == 404


def test_an_order_accepts_what_is_in_force_on_its_day(sqlite_world: World) -> None:
    sqlite_world.clock.now = BEFORE
    kinds = [each.kind for each in policies_now(sqlite_world.house.policies, visit(sqlite_world))]
    assert kinds == ["returns", "warranty", "legal"]
    assert informing_now(sqlite_world.house.policies, visit(sqlite_world)) == []
    sqlite_world.clock.now = MIDNIGHT
    kinds = [each.kind for each in policies_now(sqlite_world.house.policies, visit(sqlite_world))]
    assert kinds == ["returns", "warranty", "terms"]
    assert [each.kind for each in informing_now(sqlite_world.house.policies, visit(sqlite_world))] == ["privacy"]


def test_an_order_of_the_last_day_still_shows_what_it_accepted(sqlite_world: World) -> None:
    sqlite_world.clock.now = BEFORE
    browser = sqlite_world.browser("de")
    number = place(browser, "/de/de/", ANNA)
    pay(sqlite_world, browser, "/de/de/", number)
    sqlite_world.at(MIDNIGHT)
    page = browser.get(f"/de/de/orders/{number}").text
    assert "Impressum, AGB und Datenschutz" in page and "2026-10-01" in page
    with sqlite_world.house.database.reading() as db:
        kept = accepted(db, number)
    assert [each.acceptance.kind for each in kept] == ["returns", "warranty", "legal"]
    assert "Der Vertrag kommt zustande" in kept[2].text


def test_the_end_between_review_and_order_asks_to_read_again(sqlite_world: World) -> None:
    sqlite_world.clock.now = EVE
    browser = sqlite_world.browser("de")
    to_review(browser, "/de/de/", ANNA)
    sqlite_world.clock.now = MIDNIGHT
    assert browser.submit("/orders", accept="yes").status_code == 409


def test_the_review_links_privacy_beside_what_is_accepted(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    to_review(browser, "/de/de/", ANNA)
    page = browser.get("/de/de/checkout/review").text.partition("</main>")[0]
    assert 'href="/de/de/policies/privacy/2026-11-15"' in page and "Datenschutzerklärung" in page
    assert "Allgemeine Geschäftsbedingungen" in page and "Versand und Lieferung</" not in page


def test_the_confirmation_carries_what_was_accepted(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = place(browser, "/de/de/", ANNA)
    pay(sqlite_world, browser, "/de/de/", number)
    sqlite_world.work()
    [mail] = sqlite_world.mails(ANNA["email"])
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "returns-2026-11-22.html",
        "warranty-2026-11-22.html",
        "terms-2026-11-15.html",
    ]


@pytest.mark.parametrize("now", [BEFORE, MIDNIGHT])
def test_the_gates_ask_for_the_policies_of_the_day(sqlite_world: World, now: datetime) -> None:
    house = sqlite_world.house
    with house.database.reading() as db:
        found = gather(db, Sources(house.policies, house.languages.tags, house.payments.live), now=now)
    for market in ("nz", "de", "ch", "jp", "ae"):
        facts = found[market]
        assert facts.policies_lacking == facts.unsigned == facts.imprint_lacking == () and facts.tax_number, market


def test_a_sign_off_is_for_the_version_that_counts(sqlite_world: World) -> None:
    """The import signs an ended kind's last version and a coming kind's first, whatever the day."""
    with sqlite_world.house.database.reading() as db:
        for kind, version in (("legal", "2026-10-01"), ("terms", "2026-11-15")):
            signed = db.get_one(SignOff, ("de", kind, version, "de"))
            assert signed.hash == sqlite_world.house.policies.version("de", kind, version).hash
