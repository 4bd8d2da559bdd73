"""A product's page in every standing, and what it says of the box, safety, parts and papers in each market."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlmodel import col

from shop.base.revisions import EVERYWHERE, raise_revision
from shop.catalogue.browsing import offers
from shop.catalogue.models import Certificate, Listing, Paper, Picture
from shop.checkout.stopping import stop_sale
from tests.buying import BLENDER, set_stock, visit
from tests.doors import ask, change_market
from tests.world import TUESDAY, World, text

HOUR = timedelta(hours=1)
SLUGS = {"de": "tasman-1000-standmixer-230v", "en": "tasman-1000-stand-blender-230v"}


def change(world: World, statement: Any) -> None:
    with world.house.database.writing() as db:
        db.connection().execute(statement)
        raise_revision(db, EVERYWHERE)


def relist(world: World, market: str = "de", sku: str = BLENDER, **values: Any) -> None:
    change(world, update(Listing).where(col(Listing.market) == market, col(Listing.sku) == sku).values(**values))


def expire(world: World, market: str, kind: str) -> None:
    held = update(Certificate).where(col(Certificate.market) == market, col(Certificate.kind) == kind)
    change(world, held.values(valid_until=TUESDAY.date() - timedelta(days=1)))


def slug(world: World, sku: str, market: str, language: str) -> str:
    with world.house.database.reading() as db:
        [offer] = offers(db, visit(world, market, language, staff=True), [sku])
        return offer.text.slug


def page(world: World, sku: str, market: str, language: str, **who: Any) -> str:
    browser = world.signed_in("mere") if who.get("staff") else world.browser(language)
    answer = browser.get(f"/{market}/{language}/products/{slug(world, sku, market, language)}")
    assert answer.status_code == 200
    return answer.text


def test_what_is_withdrawn_keeps_an_honest_page_that_sells_nothing_and_is_not_indexed(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="open", audience="")
    browser, at = sqlite_world.browser(), f"/nz/en/products/{SLUGS['en']}"
    relist(sqlite_world, "nz", until=TUESDAY)
    answer = browser.get(at)
    assert answer.status_code == 200 and answer.headers["x-robots-tag"] == "noindex"
    assert "We no longer sell this product here" in answer.text and 'hreflang="x-default"' not in answer.text
    assert "/cart/lines" not in answer.text and "$349.00" not in answer.text
    for remains in ("/nz/en/policies/warranty", "/nz/en/support", f"{at}/papers/manual", "Blade and seal kit"):
        assert remains in answer.text, remains
    assert SLUGS["en"] not in browser.get("/nz/en/").text
    assert browser.post("/nz/en/cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code != 303


@pytest.mark.parametrize(
    ("values", "on_hand", "said", "buyable"),
    [
        ({"until": None}, 1, "Add to cart", True),
        ({"allotment": 5, "taken": 5}, 9, "This product is sold out at the moment.", False),
        ({"until": None}, 0, "This product is sold out at the moment.", False),
        ({"buyable_from": TUESDAY + 30 * HOUR}, 9, "You can look at it already, but not order it yet.", False),
    ],
)
def test_each_standing_says_what_can_be_done(
    sqlite_world: World, values: dict[str, Any], on_hand: int, said: str, buyable: bool
) -> None:
    change_market(sqlite_world, "nz", state="open", audience="")
    set_stock(sqlite_world, on_hand)
    relist(sqlite_world, "nz", **values)
    shown = page(sqlite_world, BLENDER, "nz", "en")
    assert said in shown and ("/cart/lines" in shown) == buyable


def test_a_recall_says_so_and_leads_where_its_stop_leads(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="open", audience="")
    with sqlite_world.house.database.writing() as db:
        stop_sale(
            db, sku=BLENDER, market="nz", reason="recall", person="mere", now=TUESDAY, link="https://example.org/r"
        )
    shown = page(sqlite_world, BLENDER, "nz", "en")
    assert "Recall" in shown and "https://example.org/r" in shown and "/cart/lines" not in shown
    with sqlite_world.house.database.reading() as db:
        told = sqlite_world.browser().get("/nz/en/").text
    assert "Recall" in told


def test_what_may_not_be_sold_in_a_market_is_not_offered_there_whatever_is_listed(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", state="open", audience="")
    browser, at = sqlite_world.browser("de"), f"/de/de/products/{SLUGS['de']}"
    assert "/cart/lines" in browser.get(at).text
    expire(sqlite_world, "de", "mains")
    assert SLUGS["de"] not in browser.get("/de/de/").text and SLUGS["de"] not in browser.get("/sitemap.xml").text
    assert browser.post("/de/de/cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code != 303
    left = browser.get(at)
    assert left.status_code == 200 and left.headers["x-robots-tag"] == "noindex" and "/cart/lines" not in left.text
    change_market(sqlite_world, "de", ever_sold=False)
    assert browser.get(at).status_code == 404


def test_a_paper_that_ends_takes_its_goods_off_the_shelf_at_midnight_there(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", state="open", audience="")
    held = update(Certificate).where(col(Certificate.market) == "de", col(Certificate.kind) == "mains")
    change(sqlite_world, held.values(valid_until=TUESDAY.date()))
    browser = sqlite_world.browser("de")
    sqlite_world.clock.now = TUESDAY.replace(hour=22, minute=59)
    assert SLUGS["de"] in browser.get("/de/de/").text
    sqlite_world.clock.now = TUESDAY.replace(hour=23, minute=0)
    assert SLUGS["de"] not in browser.get("/de/de/").text


def test_staff_see_what_may_not_be_sold_yet_in_a_preview_with_the_reason_at_hand(sqlite_world: World) -> None:
    shown = page(sqlite_world, BLENDER, "kw", "en", staff=True)
    assert "may not be sold here yet" in shown and "KWD" in shown


def test_a_part_stays_when_its_parent_is_withdrawn_but_never_comes_before_it(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", state="open", audience="")
    relist(sqlite_world, until=TUESDAY - HOUR)
    kit = "HB-SP-BS"
    with sqlite_world.house.database.reading() as db:
        assert [each.sku for each in offers(db, visit(sqlite_world), [kit])] == [kit]
    relist(sqlite_world, until=None, visible_from=TUESDAY + 48 * HOUR)
    with sqlite_world.house.database.reading() as db:
        assert offers(db, visit(sqlite_world), [kit]) == []


def test_what_has_no_text_in_a_language_is_not_sold_in_it_and_never_shown_in_another(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", state="open", audience="")
    french = slug(sqlite_world, BLENDER, "ch", "fr")
    with sqlite_world.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM product_text WHERE sku = 'HB-BL-230' AND language = 'fr'")
        raise_revision(db, EVERYWHERE)
    browser = sqlite_world.browser("fr")
    assert browser.get(f"/ch/fr/products/{french}").status_code == 404
    assert "Tasman 1000" not in browser.get("/ch/fr/").text
    assert browser.post("/ch/fr/cart/lines", {"sku": BLENDER, "quantity": "1"}).status_code != 303
    german = browser.get(f"/ch/de/products/{SLUGS['de']}").text
    assert "/ch/fr/products/" not in german.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("sku", "market", "language", "words"),
    [
        (BLENDER, "de", "de", ("1.000 W", "220–240 V", "21 × 24 × 43 cm", "4,2 kg", "68 dB")),
        ("HB-BL-120", "us", "en", ("8.3 × 9.4 × 16.9 in (21 × 24 × 43 cm)", "9.3 lb (4.2 kg)")),
        ("HB-BL-120", "ca", "fr", ("21 × 24 × 43 cm (8,3 × 9,4 × 16,9 po)", "4,2 kg (9,3 lb)")),
        ("HB-BL-100", "jp", "ja", ("800 W", "100 V", "50/60 Hz")),
        (BLENDER, "ae", "ar", ("\u206621 × 24 × 43\u2069", "سم", "كغم")),
        ("HB-FD-GR", "nz", "en", ("400 g", "New Zealand")),
        ("HB-CN-FL", "ch", "de", ("3", "Neuseeland")),
    ],
)
def test_facts_are_told_in_the_markets_own_units(
    sqlite_world: World, sku: str, market: str, language: str, words: tuple[str, ...]
) -> None:
    change_market(sqlite_world, market, state="open", audience="")
    shown = text(page(sqlite_world, sku, market, language)).replace("\u00a0", " ")
    for each in words:
        assert each in shown, each


@pytest.mark.parametrize(
    ("sku", "market", "language", "plug", "country"),
    [
        (BLENDER, "nz", "en", "I", "New Zealand"),
        ("HB-BL-120", "us", "en", "A", "United States"),
        (BLENDER, "ae", "en", "G", "United Arab Emirates"),
    ],
)
def test_the_box_holds_the_plug_and_the_manual_of_the_market(
    sqlite_world: World, sku: str, market: str, language: str, plug: str, country: str
) -> None:
    change_market(sqlite_world, market, state="open", audience="")
    shown = page(sqlite_world, sku, market, language)
    assert f"Plug: type {plug}, fits the sockets here ({country})." in shown
    assert "Manual in: " in shown and "English" in shown.partition("Manual in: ")[2][:40]


def test_who_answers_for_a_product_is_named_where_the_law_wants_it(sqlite_world: World) -> None:
    change_market(sqlite_world, "de", state="open", audience="")
    change_market(sqlite_world, "jp", state="open", audience="")
    german = page(sqlite_world, BLENDER, "de", "de")
    assert "Maasbrug Compliance B.V." in german and "Harbourbench Ltd" in german and 'lang="en"' in german
    assert 'lang="ja"' in page(sqlite_world, "HB-BL-100", "jp", "ja").partition("ヨドガワ")[0][-120:]
    assert 'id="safety"' not in page(sqlite_world, BLENDER, "nz", "en")
    assert "two hours" in page(sqlite_world, "HB-TM-CC", "nz", "en")


def test_allergens_stand_out_of_the_ingredients(sqlite_world: World) -> None:
    shown = page(sqlite_world, "HB-FD-GR", "nz", "en")
    assert "<strong>CASHEW</strong>" in shown and "May contain traces of: <strong>sesame</strong>" in shown
    assert "best-before date" in shown


def test_a_product_names_its_parts_and_a_part_what_it_fits(sqlite_world: World) -> None:
    machine = page(sqlite_world, BLENDER, "nz", "en")
    parts = machine.partition('id="parts"')[2].partition("</section>")[0]
    assert "Blade and seal kit" in parts and "To be replaced: every 12 months" in parts and "10 years" in parts
    assert "kettle" not in parts
    part = page(sqlite_world, "HB-SP-CP", "nz", "en")
    assert f"/nz/en/products/{SLUGS['en']}" in part and "HBBL2610" in part


def test_papers_are_read_in_the_languages_of_the_market_and_in_no_other(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", state="open", audience="")
    browser = sqlite_world.browser("fr")
    french = slug(sqlite_world, BLENDER, "ch", "fr")
    shown = browser.get(f"/ch/fr/products/{french}").text
    for language in ("de", "fr", "it"):
        at = f"/ch/{language}/products/{slug(sqlite_world, BLENDER, 'ch', language)}/papers/manual"
        assert f'href="{at}"' in shown and browser.get(at).status_code == 200, language
    paper = browser.get(f"/ch/fr/products/{french}/papers/manual").text
    assert "<h1>Notice d’utilisation" in paper and "<script>" not in paper and "Bedienungsanleitung" not in paper
    assert "/ch/en/" not in shown and browser.get(f"/ch/fr/products/{french}/papers/terms").status_code == 404
    change(sqlite_world, Paper.__table__.delete().where(col(Paper.language) == "fr"))  # type: ignore[attr-defined]
    assert browser.get(f"/ch/fr/products/{french}/papers/manual").status_code == 404


def policy_lines(page: str) -> str:
    return page.partition('class="policy-lines"')[2].partition("</ul>")[0]


def test_a_service_promises_what_its_own_terms_say_and_no_guarantee_of_goods(sqlite_world: World) -> None:
    plan, goods = (policy_lines(page(sqlite_world, sku, "nz", "en")) for sku in ("HB-SV-MC12", BLENDER))
    terms = f"/nz/en/products/{slug(sqlite_world, 'HB-SV-MC12', 'nz', 'en')}/papers/terms"
    assert f'href="{terms}"' in plan and "/policies/warranty" not in plan and "/policies/returns" in plan
    assert "/policies/warranty" in goods and "/papers/" not in goods
    relist(sqlite_world, "nz", "HB-SV-MC12", until=TUESDAY)
    shown = sqlite_world.browser().get(terms.removesuffix("/papers/terms"))
    assert "We no longer sell" in shown.text and f'href="{terms}"' in policy_lines(shown.text)
    assert "/policies/warranty" not in policy_lines(shown.text)


def test_the_country_of_an_address_is_named_in_the_readers_language(sqlite_world: World) -> None:
    shown = text(page(sqlite_world, BLENDER, "de", "de"))
    assert "Nelson 7010 Neuseeland" in shown and "3011 Rotterdam, Niederlande" in shown
    assert "New Zealand" not in shown


@pytest.mark.parametrize("market", [{"state": "open"}, {"state": "paused", "pause_mode": "sell_stop"}])
def test_everything_that_is_said_stands_in_a_landmark(sqlite_world: World, market: dict[str, str]) -> None:
    change_market(sqlite_world, "nz", audience="", **market)
    shown = sqlite_world.browser().get(f"/nz/en/products/{SLUGS['en']}").text
    banner = '<section class="banner wait" aria-label="Important notice">'
    assert (banner in shown) == (market["state"] == "paused")
    assert shown.partition("</header>")[2].lstrip().startswith(banner if market["state"] == "paused" else "<main")


def test_a_paper_cannot_act(sqlite_world: World) -> None:
    change(
        sqlite_world, update(Paper).values(text="# Title\n\n<script>x</script> [a](javascript:x) <b onclick=x>b</b>")
    )
    shown = sqlite_world.browser().get(f"/nz/en/products/{SLUGS['en']}/papers/manual").text
    main = shown.partition("<main")[2].partition("</main>")[0]
    assert "<script" not in main and "<b " not in main and 'href="javascript' not in main


def test_papers_stay_for_owners_when_nothing_is_sold_any_more(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="closed")
    assert sqlite_world.browser().get(f"/nz/en/products/{SLUGS['en']}/papers/safety").status_code == 200
    assert sqlite_world.browser().get(f"/br/pt-BR/products/{SLUGS['en']}/papers/safety").status_code == 404


def test_several_pictures_are_looked_at_and_opened_without_script(sqlite_world: World) -> None:
    change_market(sqlite_world, "nz", state="open", audience="")
    with sqlite_world.house.database.writing() as db:
        db.add(Picture(hash="f" * 64, family="granola", position=2, media_type="image/svg+xml", data=b"<svg/>"))
        raise_revision(db, EVERYWHERE)
    shown = page(sqlite_world, "HB-FD-GR", "nz", "en")
    assert 'href="#picture-2"' in shown and 'id="picture-2"' in shown and f'href="/pictures/{"f" * 64}"' in shown
    assert "#picture-" not in page(sqlite_world, "HB-CO-FC", "nz", "en")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/nz/en/", 3),
        ("/nz/en/categories/kitchen", 3),
        (f"/nz/en/products/{SLUGS['en']}", 6),
        (f"/nz/en/products/{SLUGS['en']}/papers/manual", 2),
    ],
)
def test_a_page_asks_few_questions_cold_and_none_warm(sqlite_world: World, path: str, most: int) -> None:
    change_market(sqlite_world, "nz", state="open", audience="")
    sqlite_world.house.directory.now()
    for allowed in (most, 0):
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any, sent: list[str] = sent) -> None:
            sent.extend([statement] if statement != "BEGIN" else [])

        event.listen(sqlite_world.house.database.engine, "before_cursor_execute", note)
        try:
            assert ask(sqlite_world, "GET", path).status == 200
        finally:
            event.remove(sqlite_world.house.database.engine, "before_cursor_execute", note)
        assert len(sent) <= allowed, "\n".join(sent)


def test_net_quantities_are_told_with_their_unit(sqlite_world: World) -> None:
    change_market(sqlite_world, "ch", state="open", audience="")
    assert "3 Stück" in page(sqlite_world, "HB-CN-FL", "ch", "de") or "3 pieces" in page(
        sqlite_world, "HB-CN-FL", "ch", "de"
    )


def test_the_day_of_arrival_is_told_before_the_cart(sqlite_world: World) -> None:
    assert "If you order today:" in page(sqlite_world, BLENDER, "nz", "en")


def test_every_product_of_the_demo_has_a_page_in_each_language_it_is_listed_in(sqlite_world: World) -> None:
    for market, languages in (("nz", "en"), ("ch", "de fr it"), ("ca", "en fr")):
        change_market(sqlite_world, market, state="open", audience="")
        for language in languages.split():
            with sqlite_world.house.database.reading() as db:
                offered = offers(db, visit(sqlite_world, market, language))
            assert len(offered) > 5
            for each in offered:
                at = f"/{market}/{language}/products/{each.text.slug}"
                assert ask(sqlite_world, "GET", at).status == 200, at


def test_a_service_comes_in_no_parcel_and_over_no_border(sqlite_world: World) -> None:
    shown = page(sqlite_world, "HB-SV-MC12", "nz", "en")
    assert 'class="delivery"' not in shown and "shippingDetails" not in shown
    assert 'class="delivery"' in page(sqlite_world, BLENDER, "nz", "en")
