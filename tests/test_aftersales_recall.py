"""A recall from end to end over HTTP: over three markets and four languages, as a drill and for real, and what is refused."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from shop.aftersales.models import Recall, RecallNotice, RecallReport, RecallText
from shop.aftersales.recalls.clock import CLOCKS, EU, clock_of
from shop.aftersales.recalls.opening import Asked, RecallIncomplete, RecallOpen, Told, open_recall
from shop.aftersales.recalls.scope import Scope
from shop.aftersales.recalls.sight import text_in
from shop.aftersales.recalls.words import softened
from shop.base.outbox import Effect, carry_out_due
from shop.catalogue.models import ProductText
from shop.catalogue.naming import names_of
from shop.checkout.models import PaymentAttempt
from shop.checkout.pay import session_of
from shop.jobs import effects
from shop.markets.models import Market, StopSale, StopSaleText
from tests.buying import BLENDER, at_once, buy, visit
from tests.doors import change_market
from tests.recalling import SCOPE, sold, texts
from tests.serials import serial
from tests.world import TUESDAY, Browser, World, text

LANGUAGES = ("de", "fr", "it", "en")
URL = "/console/recalls"
OPENED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class Sold:
    """Four orders that are concerned, in three markets and four languages, and one that is not."""

    de: str
    fr: str
    it: str
    nz: str
    other: str


def sell(world: World) -> Sold:
    change_market(world, "ch", state="open", audience="", ever_sold=True)
    return Sold(
        de=sold(world, "anna", serial("HBBL2619-00001"), serial("HBBL2619-00002")),
        fr=sold(world, "claire", serial("HBBL2621-02400"), market="ch", language="fr"),
        it=sold(world, "fabio", "", market="ch", language="it"),
        nz=sold(world, "tama", serial("HBBL2618-00001"), market="nz", language="en"),
        other=sold(world, "jonas", serial("HBBL2634-00001")),
    )


@pytest.fixture
def goods(sqlite_world: World) -> Sold:
    found = sell(sqlite_world)
    sqlite_world.work()
    return found


@pytest.fixture
def mere(sqlite_world: World) -> Browser:
    return sqlite_world.signed_in("mere")


def rows(world: World, model: Any) -> list[Any]:
    with world.house.database.reading() as db:
        return list(db.exec(select(model)).all())


def opened(mere: Browser, *languages: str, **changed: str) -> str:
    """The number of the recall that these forms bring about."""
    answer = mere.post(URL, {**SCOPE, **texts(*(languages or LANGUAGES)), **changed})
    assert answer.status_code == 303, text(answer.text)
    return str(answer.headers["location"]).partition("?")[0].rpartition("/")[2]


def page(browser: Browser, url: str, status: int = 200) -> str:
    answer = browser.get(url)
    assert answer.status_code == status, text(answer.text)
    return text(answer.text)


def told(world: World, key: str) -> list[str]:
    return [str(mail["Subject"]) for mail in world.mails(f"{key}@example.com") if "<b>" in str(mail["Subject"])]


def test_the_second_look_counts_by_market_and_language_before_anything_happens(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    mere.get(f"{URL}/new")
    page_of_it = mere.submit("/new", **SCOPE).text
    shown = text(page_of_it)
    assert "Standmixer Tasman 1000" in page_of_it  # the product is named already, in the customers' languages
    assert "Germany 1 order and 2 pieces without delay; here that is a day November 25, 2026, 10:30" in shown
    assert "Switzerland 2 orders, 2 pieces, and serial or lot not known: 1 without delay" in shown
    assert "New Zealand 1 order and 1 piece within 2 working days November 26, 2026, 11:59 PM" in shown
    assert "French (Français) 1 order and 1 piece" in shown
    assert "Texts are still missing in: German (Deutsch), English (English), French (Français)" in shown
    assert "1 product can no longer be bought anywhere." in shown and "4 customers are told by e-mail." in shown
    assert "Stop the sale everywhere and tell all customers it concerns" in shown
    assert not rows(sqlite_world, Recall) and not rows(sqlite_world, StopSale)


def test_a_recall_stops_the_sale_tells_everybody_concerned_in_their_language_and_starts_the_clocks(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    world = sqlite_world
    number = opened(mere)
    [stop] = rows(world, StopSale)
    assert (stop.sku, stop.market, stop.reason) == (BLENDER, "", "recall")
    assert {each.language for each in rows(world, StopSaleText)} == set(LANGUAGES)
    notices = {each.order_number: each for each in rows(world, RecallNotice)}
    assert set(notices) == {goods.de, goods.fr, goods.it, goods.nz}
    assert (notices[goods.de].pieces, notices[goods.it].unknown) == (2, 1)
    reports = {each.market: each for each in rows(world, RecallReport)}
    assert {market: (each.sold, each.due_at) for market, each in reports.items()} == {
        "de": (2, OPENED + timedelta(days=1)),
        "ch": (2, OPENED + timedelta(days=1)),
        "nz": (1, datetime(2026, 11, 26, 10, 59, tzinfo=UTC)),
    }
    assert reports["nz"].source == "FTA s. 31A" and "GPSR" in reports["de"].source

    world.work()
    for key, language in (("anna", "de"), ("claire", "fr"), ("fabio", "it"), ("tama", "en")):
        [subject] = told(world, key)
        assert f"product {language} <b>" in subject
        mail = world.mails(f"{key}@example.com")[-1]
        body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert mail["Content-Language"].partition("-")[0] == language
        assert f"hazard {language} <b>" in body and f"action {language} <b>" in body
        html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert "<b>" not in html and f"hazard {language} &lt;b&gt;" in html
    english = world.mails("tama@example.com")[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert english.startswith("Product safety recall")
    assert serial("HBBL2618-00001") in english and "HBBL2618-00001" in english and "HBBL2621-02400" in english
    assert all(each in english for each in ("A repair kit", "A replacement", "My money back", "+64"))
    assert not told(world, "jonas")
    assert all(each.sent_at == world.clock.now for each in rows(world, RecallNotice))

    for person in ("lena", "jonas", "annika", "tane", "mere"):  # those of the markets, and the exporter
        with world.house.database.reading() as db:
            [email] = [each.payload for each in db.exec(select(Effect)).all() if f"person:{person}" in each.key]
        assert person in email
    assert number in str(world.mails("lena@harbourbench.example")[-1]["Subject"])
    world.work()
    assert len(told(world, "anna")) == 1


def test_a_drill_counts_everything_stops_nothing_and_tells_nobody(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    world = sqlite_world
    mails = len(world.house.mailer.kept())  # type: ignore[attr-defined]
    mere.get(f"{URL}/new")
    shown = text(mere.submit("/new", **SCOPE, drill="yes").text)
    assert "DRILL" in shown and "Stop the sale" not in shown
    number = opened(mere, drill="yes")
    world.work()
    assert not rows(world, StopSale) and len(world.house.mailer.kept()) == mails  # type: ignore[attr-defined]
    assert len(rows(world, RecallNotice)) == 4
    shown = page(mere, f"{URL}/{number}")
    assert "DRILL: nothing was stopped, and nobody was told." in shown and "To be told" in shown
    assert "DRILL" in page(mere, f"{URL}/{number}/reports/de") and "Drill" in page(mere, URL)
    for path, form in (("/reports/de/sending", {}), (f"/notices/{goods.de}/completion", {"remedy": "refund"})):
        assert mere.post(f"{URL}/{number}{path}", form).status_code == 404
    shopper = world.browser()
    assert number not in shopper.get("/nz/en/recalls").text and "/recalls" not in shopper.get("/nz/en/").text
    page(shopper, f"/nz/en/recalls/{number}", 404)
    holder = holding(world, goods.nz)
    assert "recall" not in holder.get(f"/nz/en/orders/{goods.nz}").text.casefold()
    page(holder, f"/nz/en/orders/{goods.nz}/recalls/{number}", 404)
    assert holder.post(f"/nz/en/orders/{goods.nz}/recalls/{number}", {"answer": "refund"}).status_code == 404
    world.later(days=3)
    mere = world.signed_in("mere")
    assert "Overdue" not in page(mere, f"{URL}/{number}") and "overdue" not in page(mere, URL)


def holding(world: World, number: str) -> Browser:
    """The browser of whoever holds the order."""
    browser = world.browser()
    secret = world.house.holders.secret("order", number, now=world.clock.now)
    market = number.partition("-")[0].lower()
    assert browser.get(f"/{market}/en/orders/{number}?secret={secret}").status_code == 303
    return browser


def test_the_customer_answers_from_the_mail_and_may_change_it_until_it_is_done(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    world, browser = sqlite_world, sqlite_world.browser()
    number = opened(mere)
    world.work()
    body = world.mails("tama@example.com")[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"http://127.0.0.1:8000(/nz/en/orders/\S+/recalls/\S+\?secret=\S+)", body)
    assert link
    shown = browser.follow(browser.get(link[1]))
    assert shown.status_code == 200 and "hazard en &lt;b&gt;" in shown.text and serial("HBBL2618-00001") in shown.text
    here = f"/nz/en/orders/{goods.nz}/recalls/{number}"
    assert browser.post(here).status_code == 422
    assert browser.post(here, {"answer": "a pony"}).status_code == 422
    for answer in ("refund", "refund", "repair"):
        assert browser.post(here, {"answer": answer}).status_code == 303
    [notice] = [each for each in rows(world, RecallNotice) if each.order_number == goods.nz]
    assert (notice.answer, notice.answered_at) == ("repair", world.clock.now)
    on_order = page(browser, f"/nz/en/orders/{goods.nz}")
    assert "Product safety recall" in on_order and "Where this recall stands" in on_order
    assert mere.post(f"{URL}/{number}/notices/{goods.nz}/completion", {"remedy": ""}).status_code == 422
    assert mere.post(f"{URL}/{number}/notices/{goods.nz}/completion", {"remedy": "repair"}).status_code == 303
    refused = browser.post(here, {"answer": "refund"})
    assert refused.status_code == 409 and "This has been done already" in text(refused.text)
    assert mere.post(f"{URL}/{number}/notices/{goods.nz}/completion", {"remedy": "refund"}).status_code == 409
    assert "Repair kit sent" in page(browser, here) and "Send my choice" not in page(browser, here)
    stranger = world.browser()
    page(stranger, here, 404)
    assert stranger.post(here, {"answer": "refund"}).status_code == 404
    assert mere.post(f"{URL}/{number}/notices/{goods.other}/completion", {"remedy": "refund"}).status_code == 404


def test_only_what_is_offered_can_be_chosen(sqlite_world: World, goods: Sold, mere: Browser) -> None:
    number = opened(mere, repair="")
    browser, here = holding(sqlite_world, goods.nz), f"/nz/en/orders/{goods.nz}/recalls/{number}"
    assert 'value="repair"' not in browser.get(here).text
    assert browser.post(here, {"answer": "repair"}).status_code == 422
    assert browser.post(here, {"answer": "no_longer"}).status_code == 303


STATES = (
    {"state": "open"},
    {"state": "paused", "pause_mode": "hidden"},
    {"state": "winding_down"},
    {"state": "closed"},
)


@pytest.mark.parametrize("state", STATES)
def test_everybody_reads_of_the_recall_in_every_state_of_the_market(
    sqlite_world: World, mere: Browser, state: dict[str, str]
) -> None:
    browser = sqlite_world.browser()
    change_market(sqlite_world, "nz", **{"pause_mode": "", "audience": "", "ever_sold": True, **state})
    assert "/nz/en/recalls" not in browser.get("/nz/en/").text
    assert "None of our products has been recalled here." in page(browser, "/nz/en/recalls")
    number = opened(mere, "en")
    assert 'href="/nz/en/recalls"' in browser.get("/nz/en/").text
    assert f"/nz/en/recalls/{number}" in browser.get("/nz/en/recalls").text
    shown = page(browser, f"/nz/en/recalls/{number}")
    for part in ("Product safety recall", "product en", "hazard en", "action en", "HBBL2618-00001", "A repair kit"):
        assert part in shown
    assert "How to reach us" in shown
    page(browser, "/nz/en/recalls/RC-NONE", 404)
    page(browser, f"/jp/ja/recalls/{number}", 404)
    if state["state"] == "open":
        notice = page(browser, "/nz/en/products/tasman-1000-stand-blender-230v")
        assert "hazard en" in notice and "Add to cart" not in notice
        assert 'href="/nz/en/recalls"' in browser.get("/nz/en/products/tasman-1000-stand-blender-230v").text


def test_a_reader_of_a_region_is_told_of_a_danger_in_their_language_before_english(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.add(Recall(number="RC-1", skus=BLENDER, reason="glass", person="mere", opened_at=OPENED))
        db.flush()
        for language in ("en", "nl"):
            db.add(RecallText(recall="RC-1", language=language, product="p", hazard=language, action="a"))
            words = {"name": f"Blender {language}", "slug": f"blender-{language}", "summary": "s"}
            db.merge(ProductText(sku=BLENDER, language=language, **words))
    with sqlite_world.house.database.reading() as db:
        told = text_in(db, "RC-1", "nl-BE")
        assert told is not None and told.language == "nl"
        assert names_of(db, {BLENDER}, "nl-BE") == {BLENDER: "Blender nl"}
        assert names_of(db, {BLENDER}, "fi") == {BLENDER: "Blender en"}


def test_a_reader_of_another_language_is_shown_what_there_is(sqlite_world: World, goods: Sold, mere: Browser) -> None:
    number = opened(mere)
    browser = sqlite_world.browser()
    shown = browser.get(f"/ch/de/recalls/{number}").text
    assert "hazard de" in shown
    with sqlite_world.house.database.reading() as db:
        languages = db.get_one(Market, "ae").languages.split()
    assert "ar" in languages
    change_market(sqlite_world, "ae", state="open", audience="", ever_sold=True)
    shown = browser.get(f"/ae/ar/recalls/{number}").text
    assert "hazard en" in shown and 'lang="en" dir="auto"' in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"skus": "HB-NONE"}, "There is no product of this SKU: HB-NONE"),
        ({"skus": " "}, "Please name at least one product by its SKU."),
        ({"serial_from": "HBBL2622-00001"}, "The last serial comes before the first one."),
        ({"serial_to": "HBKE2622-00001"}, "These are serials of two models."),
        ({"skus": f"{BLENDER} HB-KT-230"}, "These serials are of another model than: HB-KT-230."),
        ({"serial_from": "HB"}, "This is not a serial of ours"),
        ({"lots": "soon"}, "This is not a lot of ours: soon"),
        ({"sent_from": "tomorrow"}, "Please enter a day"),
        ({"sent_from": "2026-11-24", "sent_until": "2026-11-23"}, "The last day comes before the first one."),
        ({"repair": "", "refund": ""}, "Please offer at least two remedies"),
        ({"reason": ""}, "Please say why."),
    ],
)
def test_what_cannot_be_recalled_is_said_at_the_field_and_nothing_happens(
    sqlite_world: World, mere: Browser, changed: dict[str, str], said: str
) -> None:
    for url in (f"{URL}/new", URL):
        answer = mere.post(url, {**SCOPE, **texts(*LANGUAGES), **changed})
        assert answer.status_code == 422 and said in text(answer.text), url
    assert not rows(sqlite_world, Recall) and not rows(sqlite_world, StopSale)


def test_a_missing_text_keeps_the_recall_waiting_but_not_the_stop(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    world = sqlite_world
    without = {**SCOPE, **texts("de", "fr", "en"), "product-it": "Frullatore"}
    answer = mere.post(URL, without)
    assert answer.status_code == 422
    assert "The sale is stopped everywhere already." in text(answer.text)
    assert "Customers must be told in: Italian (Italiano)" in text(answer.text)
    assert "hazard de" in answer.text and "Frullatore" in answer.text  # what was written is still there
    world.work()
    assert not rows(world, Recall) and not told(world, "anna")
    [stop] = rows(world, StopSale)
    assert {each.language for each in rows(world, StopSaleText)} == {"de", "fr", "en"}
    assert opened(mere)
    [same] = rows(world, StopSale)
    assert same.id == stop.id and {each.language for each in rows(world, StopSaleText)} == set(LANGUAGES)


def test_a_drill_with_a_missing_text_stops_nothing(sqlite_world: World, goods: Sold, mere: Browser) -> None:
    answer = mere.post(URL, {**SCOPE, **texts("de"), "drill": "yes"})
    assert answer.status_code == 422 and "already" not in text(answer.text)
    assert not rows(sqlite_world, Recall) and not rows(sqlite_world, StopSale)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A voluntary recall"),
        ("en", "This is only a precautionary measure"),
        ("de", "Wir rufen vorsorglich zurück"),
        ("fr", "par précaution"),
        ("it", "richiamo volontario"),
        ("es", "de forma voluntaria"),
        ("pt-BR", "recall voluntário"),
        ("ja", "自主的に回収します"),
    ],
)
def test_no_word_makes_the_danger_sound_smaller(language: str, words: str) -> None:
    assert softened(words, language) and not softened("The coupling may break. Stop using it.", language)


def test_a_softening_text_is_refused_at_its_field(sqlite_world: World, goods: Sold, mere: Browser) -> None:
    answer = mere.post(URL, {**SCOPE, **texts(*LANGUAGES), "hazard-en": "A voluntary measure"})
    assert answer.status_code == 422 and "This makes the danger sound smaller" in text(answer.text)
    assert not rows(sqlite_world, Recall)


def test_the_same_recall_is_open_once_and_may_be_opened_again_after_it_was_closed(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    drill = opened(mere, drill="yes")
    number = opened(mere)  # a drill stands in nobody's way
    again = mere.post(URL, {**SCOPE, **texts(*LANGUAGES), "reason": "other words"})
    assert again.status_code == 409 and number in again.text and "open already" in text(again.text)
    assert {each.number for each in rows(sqlite_world, Recall)} == {drill, number}
    sqlite_world.work()
    assert len(told(sqlite_world, "anna")) == 1
    assert opened(mere, serial_to="HBBL2621-02399") != number
    assert mere.post(f"{URL}/{number}/closing").status_code == 303
    assert "closed" in page(mere, f"{URL}/{number}")
    assert mere.post(f"{URL}/{number}/closing").status_code == 303
    assert opened(mere) != number


def ask(**changed: Any) -> Asked:
    given: dict[str, Any] = {
        "scope": Scope(skus=frozenset({BLENDER})),
        "reason": "It may crack",
        "remedies": ("repair", "refund"),
        "texts": {each: Told("Blender", "It may crack.", "Stop using it.") for each in LANGUAGES},
    }
    return Asked(**given | changed)


def test_two_people_who_open_the_same_recall_at_once_open_one(world: World) -> None:
    sell(world)

    def act(place: int) -> str:
        with world.house.database.writing() as db:
            return open_recall(db, ask(), person=("mere", "ruth")[place], now=world.clock.now).number

    came = at_once(2, act)
    [number] = [each for each in came if isinstance(each, str)]
    [refused] = [each for each in came if isinstance(each, RecallOpen)]
    assert refused.values["number"] == number
    assert len(rows(world, Recall)) == 1 and len(rows(world, RecallNotice)) == 5 and len(rows(world, StopSale)) == 1


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"scope": Scope(skus=frozenset())}, "skus"),
        ({"scope": Scope(skus=frozenset({"HB-NONE"}))}, "skus"),
        ({"remedies": ("repair",)}, "remedies"),
        ({"remedies": ("repair", "repair")}, "remedies"),
        ({"reason": ""}, "reason"),
        ({"texts": {"en": Told("Blender", "", "Stop using it.")}}, "en"),
    ],
)
def test_no_door_but_the_action_itself_refuses_what_is_incomplete(
    sqlite_world: World, changed: dict[str, Any], missing: str
) -> None:
    with pytest.raises(RecallIncomplete) as refused, sqlite_world.house.database.writing() as db:
        open_recall(db, ask(**changed), person="mere", now=TUESDAY)
    assert missing in refused.value.values["missing"]
    assert not rows(sqlite_world, StopSale)


def test_payments_under_way_for_the_product_are_ended(sqlite_world: World, mere: Browser) -> None:
    world = sqlite_world
    browser = world.browser()
    browser.post("/nz/en/cart/lines", {"sku": BLENDER, "quantity": "1"})
    from_recalled = buy(world, "k1")
    other = buy(world, "k2", {"HB-SP-BS": 1}, market="nz", language="en")
    for attempt in (from_recalled, other):
        assert _session(world, attempt)
    assert "1 payment under way is ended." in text(mere.post(f"{URL}/new", SCOPE).text)
    opened(mere, "en")
    carry_out_due(world.house.database, effects(world.house), clock=world.clock)  # no guard pauses the market here
    with world.house.database.reading() as db:
        assert db.get_one(PaymentAttempt, from_recalled.key).state == "expired"
        assert db.get_one(PaymentAttempt, other.key).state == "begun"
    refused = browser.post("/nz/en/cart/lines", {"sku": BLENDER, "quantity": "1"})
    assert refused.status_code == 409


def _session(world: World, attempt: PaymentAttempt) -> str:
    house = world.house
    return session_of(
        house.database, house.payments, attempt, languages=house.languages, base_url=house.settings.base_url
    )


def test_the_authoritys_clock_runs_and_its_report_tells_what_was_done(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    world = sqlite_world
    number = opened(mere)
    world.work()
    assert "24 whole hours left" in page(mere, f"{URL}/{number}")
    world.later(hours=25)
    mere = world.signed_in("mere")
    shown = page(mere, f"{URL}/{number}")
    assert shown.count("Overdue") == 2 and "2 authorities overdue" in page(mere, URL)
    assert mere.post(f"{URL}/{number}/reports/de/sending").status_code == 303
    assert mere.post(f"{URL}/{number}/reports/de/sending").status_code == 303  # sent twice: the first note stays
    assert mere.post(f"{URL}/{number}/reports/jp/sending").status_code == 404
    assert page(mere, f"{URL}/{number}").count("Overdue") == 1
    mere.post(f"{URL}/{number}/notices/{goods.de}/completion", {"remedy": "refund"})
    report = page(mere, f"{URL}/{number}/reports/de")
    for part in ("Product safety recall", "Units sold 2", "Customers told 1", "Cases done 1", "Refunded 1", "GPSR"):
        assert part in report
    page(mere, f"{URL}/{number}/reports/jp", 404)


def test_a_specialist_sees_their_markets_share_and_changes_nothing(
    sqlite_world: World, goods: Sold, mere: Browser
) -> None:
    number = opened(mere)
    annika = sqlite_world.signed_in("annika")  # Germany
    shown = page(annika, f"{URL}/{number}")
    assert goods.de in shown and goods.nz not in shown and "Switzerland" not in shown and "Note as done" not in shown
    assert number in page(annika, URL) and "Open a recall" not in page(annika, URL)
    page(annika, f"{URL}/{number}/reports/de")
    page(annika, f"{URL}/{number}/reports/ch", 404)
    page(annika, f"{URL}/new", 404)
    for path in ("/closing", "/reports/de/sending", f"/notices/{goods.de}/completion"):
        assert annika.post(f"{URL}/{number}{path}", {"remedy": "refund"}).status_code == 404
    kenji = sqlite_world.signed_in("kenji")  # Japan, where this product is not sold
    page(kenji, f"{URL}/{number}", 404)
    assert number not in page(kenji, URL)
    page(sqlite_world.signed_in("lena"), URL, 404)


def test_a_recall_that_concerns_no_order_still_stops_the_sale(sqlite_world: World, mere: Browser) -> None:
    number = opened(mere, "en", "de")
    assert len(rows(sqlite_world, StopSale)) == 1 and not rows(sqlite_world, RecallNotice)
    assert "No order of your markets is concerned." in page(mere, f"{URL}/{number}")


@pytest.mark.parametrize(
    ("country", "number", "unit"),
    [
        ("CA", 2, "days"),
        ("AU", 2, "days"),
        ("US", 24, "hours"),
        ("NZ", 2, "working_days"),
        ("JP", 10, "days"),
        ("BR", 2, "working_days"),
        ("DE", 24, "hours"),
        ("CH", 24, "hours"),
        ("XX", 24, "hours"),
    ],
)
def test_each_countrys_clock_is_the_laws(country: str, number: int, unit: str) -> None:
    assert (clock_of(country).number, clock_of(country).unit) == (number, unit)


def test_every_clock_names_its_rule_and_the_union_is_whole() -> None:
    assert len(EU) == len(set(EU)) == 27
    assert all(each.source for each in CLOCKS.values())


def test_working_days_end_with_the_last_of_them_in_the_market() -> None:
    market = Market(id="nz", country="NZ", currency="NZD", zone="Pacific/Auckland", languages="en")
    friday = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)  # 16:00 in Auckland; the weekend follows
    assert clock_of("NZ").due(market, now=friday) == datetime(2026, 12, 1, 10, 59, tzinfo=UTC)


def test_the_newest_recall_is_the_first_in_the_list(sqlite_world: World, goods: Sold, mere: Browser) -> None:
    first = opened(mere)
    sqlite_world.clock.now += timedelta(minutes=1)
    second = opened(mere, serial_to="HBBL2621-02399")
    shown = page(sqlite_world.browser(), "/nz/en/recalls")
    listed = mere.get(URL).text
    assert shown.count("Product safety recall") == 2 and listed.index(second) < listed.index(first)
    with sqlite_world.house.database.reading() as db:
        assert len(db.exec(select(StopSale).where(col(StopSale.lifted_at).is_(None))).all()) == 1
    assert visit(sqlite_world).snapshot.recalled >= {"de", "nz", "ch"}
