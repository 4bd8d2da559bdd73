"""The catalogue's desk: texts side by side, pictures, papers, offers with what they leave, suggested prices, pieces."""

import re
from typing import Any

import pytest
from sqlmodel import col, select

from shop.catalogue.models import Listing, Paper, Picture, ProductText, Stock
from shop.upkeep.models import PriceRate
from tests.doors import place
from tests.pictures import SECRET, png
from tests.world import ANNA, Browser, World, forms, text

DESK = "/console/catalogue"
KETTLE = "HB-KT-230"
HERE = f"{DESK}/products/{KETTLE}"
TEXT = f"{DESK}/texts/de/{KETTLE}"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script><rect width="9" height="9"/></svg>'


@pytest.fixture
def mere(sqlite_world: World) -> Browser:
    """The exporter at the console."""
    return sqlite_world.signed_in("mere")


def filled(browser: Browser, action: str) -> dict[str, str]:
    """What the form of the present page would send, with its text areas and choices as they stand."""
    assert browser.page is not None
    html = browser.page.text
    values = max((each.fields for each in forms(html) if each.action.endswith(action)), key=len)
    body = html[html.index(f'method="post" action="{action}"') :]
    body = body[: body.index("</form>")]
    for name, said in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', body, re.S):
        values[name] = said.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


def row(world: World, model: Any, key: Any) -> Any:
    with world.house.database.reading() as db:
        return db.get(model, key)


def upload(browser: Browser, url: str, data: bytes, **fields: str) -> Any:
    return browser.post(url, fields, files={"picture": ("x.bin", data, "application/octet-stream")})


def pictures(world: World, family: str = "kettle") -> list[Picture]:
    with world.house.database.reading() as db:
        query = select(Picture).where(Picture.family == family).order_by(col(Picture.position))
        return list(db.exec(query).all())


# Products


@pytest.mark.parametrize(
    "path", ["", "?q=wasserkocher", "/texts", "/prices", "/prices/de", "/stock?q=kettle", "/texts/ar"]
)
def test_every_overview_is_there(mere: Browser, path: str) -> None:
    assert mere.get(DESK + path).status_code == 200


def test_everything_about_a_product_is_on_one_page(mere: Browser) -> None:
    said = text(mere.get(HERE).text)
    for each in (
        "Germany",
        "€119.00",
        "Sold from",
        "Not offered there",
        "Deutsch",
        "100%",
        "Free to be sold 34",
        "Manual",
    ):
        assert each in said


@pytest.mark.parametrize(
    "path",
    ["/products/NO", "/products/NO/pictures", "/products/NO/markets/de", "/products/NO/papers/manual",
     f"/products/{KETTLE}/papers/novel", f"/products/{KETTLE}/papers/manual/xx", f"/products/{KETTLE}/markets/xx",
     "/texts/xx", f"/texts/xx/{KETTLE}", "/texts/de/NO", "/prices/xx"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(mere: Browser, path: str) -> None:
    assert mere.get(DESK + path).status_code == 404


def test_a_search_that_finds_nothing_says_so(mere: Browser) -> None:
    assert "Nothing is called so." in mere.get(f"{DESK}?q=%3Cscript%3E").text


def test_a_specialist_reads_everything_but_writes_only_their_language(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")
    assert "Text speichern" in annika.get(TEXT).text
    fields = filled(annika, TEXT)
    assert annika.post(TEXT, fields | {"summary": "Heiß in zwei Minuten."}).status_code == 303
    assert "Text speichern" not in annika.get(f"{DESK}/texts/ja/{KETTLE}").text
    assert annika.post(f"{DESK}/texts/ja/{KETTLE}", fields).status_code == 404
    assert annika.get(f"{DESK}/prices/jp").status_code == 404
    for path in (f"{DESK}/prices/de?by=cost", f"{HERE}/markets/de"):
        shown = annika.get(path)
        assert (
            shown.status_code == 200 and "Leaves" not in shown.text and "Übrig" not in shown.text
        )  # what goods cost is private
    for path in (f"{HERE}/pictures", f"{DESK}/stock", f"{DESK}/prices/de", f"{HERE}/markets/de"):
        assert annika.post(path).status_code == 404
    assert row(sqlite_world, ProductText, (KETTLE, "de")).summary == "Heiß in zwei Minuten."


def test_an_agent_is_not_let_in(sqlite_world: World) -> None:
    assert sqlite_world.signed_in("lena").get(DESK).status_code == 404


# Texts


def test_a_text_is_saved_and_its_old_address_sent_on(sqlite_world: World, mere: Browser) -> None:
    mere.get(TEXT)
    answer = mere.post(TEXT, filled(mere, TEXT) | {"name": "Kocher", "slug": "kocher"})
    assert answer.status_code == 303 and "The text is saved" in mere.follow(answer).text
    assert "maitai-wasserkocher-230v" in mere.get(TEXT).text
    shop = sqlite_world.browser("de")
    assert "Kocher" in shop.get("/de/de/products/kocher").text
    assert shop.get("/de/de/products/maitai-wasserkocher-230v").headers["location"].endswith("/products/kocher")


def test_an_address_is_made_from_the_name(sqlite_world: World, mere: Browser) -> None:
    mere.get(TEXT)
    assert mere.post(TEXT, filled(mere, TEXT) | {"name": " Große  Kanne (2 l)!", "slug": ""}).status_code == 303
    assert row(sqlite_world, ProductText, (KETTLE, "de")).slug == "große-kanne-2-l"


def test_a_bad_text_comes_back_with_everything_that_was_written(sqlite_world: World, mere: Browser) -> None:
    mere.get(TEXT)
    wrong = {"name": "", "slug": "Not A Slug", "summary": "<b>Neu</b>", "description": "x" * 5000}
    answer = mere.post(TEXT, filled(mere, TEXT) | wrong)
    assert answer.status_code == 422 and "Nothing has been changed" in answer.text
    for each in ("f-name-error", "f-slug-error", "f-description-error", "&lt;b&gt;Neu&lt;/b&gt;", "Not A Slug"):
        assert each in answer.text
    assert row(sqlite_world, ProductText, (KETTLE, "de")).name.startswith("Wasserkocher")


def test_an_address_of_another_product_is_refused(mere: Browser) -> None:
    mere.get(TEXT)
    answer = mere.post(TEXT, filled(mere, TEXT) | {"slug": "tasman-1000-standmixer-230v"})
    assert answer.status_code == 422 and "f-slug-error" in answer.text


def test_who_saves_over_a_newer_text_is_shown_the_difference_first(sqlite_world: World, mere: Browser) -> None:
    mere.get(TEXT)
    mine, theirs = filled(mere, TEXT), sqlite_world.signed_in("annika")
    theirs.get(TEXT)
    assert theirs.post(TEXT, filled(theirs, TEXT) | {"name": "Ihrer"}).status_code == 303
    answer = mere.post(TEXT, mine | {"name": "Meiner", "care": "Neu"})
    assert answer.status_code == 409
    for each in ("Somebody has changed this", "Wasserkocher Maitai", "Ihrer", "Meiner"):
        assert each in answer.text
    assert row(sqlite_world, ProductText, (KETTLE, "de")).name == "Ihrer"
    assert mere.post(TEXT, filled(mere, TEXT)).status_code == 303
    kept = row(sqlite_world, ProductText, (KETTLE, "de"))
    assert (kept.name, kept.care) == ("Meiner", "Neu")


def test_a_first_text_in_a_language_is_added(sqlite_world: World, mere: Browser) -> None:
    with sqlite_world.house.database.writing() as db:
        db.delete(db.get_one(ProductText, (KETTLE, "it")))
    assert "Italiano" in mere.get(f"{DESK}/texts").text and "1 article incomplete" in text(mere.page.text)  # type: ignore[union-attr]
    url = f"{DESK}/texts/it/{KETTLE}"
    mere.get(url)
    answer = mere.post(url, filled(mere, url) | {"name": "Bollitore", "summary": "Acqua calda."})
    assert answer.status_code == 303, text(answer.text)
    assert row(sqlite_world, ProductText, (KETTLE, "it")).slug == "bollitore"
    listed = text(mere.get(f"{DESK}/texts/it?only=missing").text)
    assert "Bollitore" not in listed or "Description" in listed


# Pictures


def test_a_picture_is_added_cleaned_and_shown_in_the_shop(sqlite_world: World, mere: Browser) -> None:
    answer = upload(mere, f"{HERE}/pictures", SVG)
    assert answer.status_code == 303, text(answer.text)
    assert "left" not in answer.headers["location"] and "&lt;script&gt;" in mere.follow(answer).text
    hung = pictures(sqlite_world)
    assert len(hung) == 3 and b"script" not in hung[2].data and b"<rect" in hung[2].data
    assert hung[2].hash in sqlite_world.browser("de").get("/de/de/products/maitai-wasserkocher-230v").text


def test_a_picture_is_replaced_by_one_of_another_kind(sqlite_world: World, mere: Browser) -> None:
    before = pictures(sqlite_world)
    assert upload(mere, f"{HERE}/pictures", png(), at=before[0].hash).status_code == 303
    after = pictures(sqlite_world)
    assert [each.media_type for each in after] == ["image/png", before[1].media_type]
    assert SECRET not in after[0].data and after[1].hash == before[1].hash


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "choose a file"),
        (b"GIF89a", "no picture that every browser"),
        (b"x" * 600_000, "500 KB"),
        (png()[:50], "broken"),
    ],
)
def test_a_file_that_is_no_picture_changes_nothing_and_says_why(
    sqlite_world: World, mere: Browser, data: bytes, says: str
) -> None:
    before = [each.hash for each in pictures(sqlite_world)]
    answer = upload(mere, f"{HERE}/pictures", data)
    assert answer.status_code == 422 and says in answer.text
    answer = upload(mere, f"{HERE}/pictures", data, at=before[1])
    assert answer.status_code == 422 and f"f-picture-{before[1]}-error" in answer.text
    assert [each.hash for each in pictures(sqlite_world)] == before


def test_pictures_are_put_in_another_order_and_taken_away(sqlite_world: World, mere: Browser) -> None:
    first, second = pictures(sqlite_world)
    assert mere.post(f"{HERE}/pictures/2/place", {"to": "up", "at": second.hash}).status_code == 303
    assert [each.data for each in pictures(sqlite_world)] == [second.data, first.data]
    now = pictures(sqlite_world)[0]
    assert mere.post(f"{HERE}/pictures/1/removal", {"at": now.hash}).status_code == 303
    assert [(each.data, each.position) for each in pictures(sqlite_world)] == [(first.data, 1)]
    assert mere.post(f"{HERE}/pictures/1/removal", {"at": now.hash}).status_code == 409


def test_there_are_only_so_many_pictures(sqlite_world: World, mere: Browser) -> None:
    for number in range(4):
        data = SVG.replace(b'width="9"', f'width="{number + 1}"'.encode())
        assert upload(mere, f"{HERE}/pictures", data).status_code == 303
    assert upload(mere, f"{HERE}/pictures", SVG).status_code == 422
    assert len(pictures(sqlite_world)) == 6


# Papers


def test_a_paper_is_looked_at_kept_and_taken_away(sqlite_world: World, mere: Browser) -> None:
    url = f"{HERE}/papers/safety/de"
    mere.get(url)
    written = {"text": "# Sicherheit\n\n## Vorsicht\n\n- **Heiß** <script>x</script>"}
    looked = mere.post(url, filled(mere, url) | written | {"do": "look"})
    assert looked.status_code == 200 and "<strong>Heiß</strong>" in looked.text and "<script>x" not in looked.text
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")) is None
    assert mere.post(url, filled(mere, url) | {"do": "save"}).status_code == 303
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")).text.startswith("# Sicherheit")
    mere.get(url)
    assert mere.post(url, filled(mere, url) | {"text": "", "do": "save"}).status_code == 303
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")) is None


@pytest.mark.parametrize("said", ["", "without a title", "# " + "x" * 100_001])
def test_a_bad_paper_is_refused_and_nothing_is_lost(sqlite_world: World, mere: Browser, said: str) -> None:
    url = f"{HERE}/papers/safety/de"
    mere.get(url)
    answer = mere.post(url, filled(mere, url) | {"text": said, "do": "save"})
    assert answer.status_code == 422 and "f-text-error" in answer.text and said[:100_000] in answer.text
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")) is None


# Offers


def test_a_price_is_worked_out_before_it_is_saved(sqlite_world: World, mere: Browser) -> None:
    url = f"{HERE}/markets/de"
    said = text(mere.get(url).text)
    assert "Price without tax €100.00" in said and "Left of one piece sent alone" in said
    looked = mere.post(url, filled(mere, url) | {"price": "20,00", "do": "look"})
    assert looked.status_code == 200 and "Loses" in looked.text and 'value="20,00"' in looked.text
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 11900
    assert mere.post(url, filled(mere, url) | {"price": "129,90", "do": "save"}).status_code == 303
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 12990
    shop = sqlite_world.browser("de").get("/de/de/products/maitai-wasserkocher-230v").text
    assert "129,90" in text(shop)


@pytest.mark.parametrize(
    ("name", "value"),
    [("price", "free"), ("price", "-1"), ("price", ""), ("price", "1.999"), ("max_per_order", "0"), ("max_per_order", ""),
     ("allotment", "-3"), ("visible_from", "soon"), ("until", "2026-02-30"), ("max_per_customer", "<script>")],
)  # fmt: skip
def test_a_bad_offer_comes_back_with_its_error_at_the_field(
    sqlite_world: World, mere: Browser, name: str, value: str
) -> None:
    url = f"{HERE}/markets/de"
    mere.get(url)
    answer = mere.post(url, filled(mere, url) | {name: value, "do": "save"})
    assert answer.status_code == 422 and f"f-{name}-error" in answer.text and "<script>" not in answer.text
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 11900


def test_a_price_keeps_to_the_markets_step(mere: Browser) -> None:
    url = f"{HERE}/markets/ch"
    mere.get(url)
    assert "f-price-error" in mere.post(url, filled(mere, url) | {"price": "129.99", "do": "save"}).text


def test_a_product_is_offered_in_another_market_and_taken_out_again(sqlite_world: World, mere: Browser) -> None:
    url = f"{HERE}/markets/br"
    assert "not offered there yet" in mere.get(url).text
    answer = mere.post(url, filled(mere, url) | {"price": "899.00", "do": "save", "visible_from": "2026-12-01T00:00"})
    assert answer.status_code == 303, text(answer.text)
    assert row(sqlite_world, Listing, ("br", KETTLE)).price == 89900
    assert "Take it out of this market?" in mere.post(f"{url}/removal").text
    assert row(sqlite_world, Listing, ("br", KETTLE)) is not None
    assert mere.submit("/removal").status_code == 303
    assert row(sqlite_world, Listing, ("br", KETTLE)) is None


def test_without_costs_nothing_is_said_about_what_is_left(mere: Browser) -> None:
    url = f"{HERE}/markets/us"
    mere.get(url)
    looked = mere.post(url, filled(mere, url) | {"price": "99.00", "do": "look"})
    assert looked.status_code == 200, text(looked.text)
    assert "Nobody has written down what this costs there" in looked.text


# Prices of a market


def test_a_typed_rate_suggests_and_a_taken_suggestion_becomes_a_price(sqlite_world: World, mere: Browser) -> None:
    url = f"{DESK}/prices/de"
    assert "Type in a rate first" in mere.get(f"{url}?by=nz").text
    rate = {"rate": "0,55", "as_of": "2026-11-20", "source": "Bank", "markup": "5", "ending": ".90"}
    answer = mere.post(f"{url}/rate", filled(mere, f"{url}/rate") | rate)
    assert answer.status_code == 303, text(answer.text)
    kept = row(sqlite_world, PriceRate, ("de", "NZD"))
    assert (kept.rate, str(kept.as_of), kept.markup_bp, kept.ending) == ("0.55", "2026-11-20", 500, ".90")
    said = text(mere.follow(answer).text)
    assert "€112.90" in said  # 189.00 NZD less 15 % tax, times 0.55, 5 % dearer, with 19 % tax: 112.95
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 11900
    taken = filled(mere, url) | {f"take-{KETTLE}": "yes", "do": "look"}
    assert "1 price would change" in text(mere.post(url, taken).text)
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 11900
    assert mere.post(url, filled(mere, url) | {"do": "save"}).status_code == 303
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 11290


@pytest.mark.parametrize(
    ("name", "value"), [("rate", "x"), ("rate", ""), ("as_of", "yesterday"), ("markup", "500"), ("ending", ".9")]
)
def test_a_bad_rate_is_refused(sqlite_world: World, mere: Browser, name: str, value: str) -> None:
    url = f"{DESK}/prices/de"
    mere.get(f"{url}?by=nz")
    sent = filled(mere, f"{url}/rate") | {"rate": "0.55", "as_of": "2026-11-20"} | {name: value}
    answer = mere.post(f"{url}/rate", sent)
    assert answer.status_code == 422 and f"f-{name}-error" in answer.text
    assert row(sqlite_world, PriceRate, ("de", "NZD")) is None


def test_costs_suggest_a_price_with_the_margin_asked_for(mere: Browser) -> None:
    said = text(mere.get(f"{DESK}/prices/jp?by=cost&margin=30&ending=80").text)
    assert "(30%)" in said or "(29." in said or "(30." in said
    wrong = mere.get(f"{DESK}/prices/ch?by=cost&margin=many&ending=.99").text
    assert "f-margin-error" in wrong
    assert "f-ending-error" in mere.get(f"{DESK}/prices/ch?by=cost&margin=30&ending=.99").text


def test_a_bad_price_among_many_changes_none(sqlite_world: World, mere: Browser) -> None:
    url = f"{DESK}/prices/de"
    mere.get(url)
    answer = mere.post(url, filled(mere, url) | {f"price-{KETTLE}": "120.00", "price-HB-BL-230": "dear", "do": "save"})
    assert answer.status_code == 422 and "f-price-HB-BL-230-error" in answer.text and 'value="120.00"' in answer.text
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 11900


# Pieces


def test_pieces_are_changed_and_what_is_held_or_sold_stays(world: World) -> None:
    with world.house.database.writing() as db:
        stock = db.get_one(Stock, KETTLE)
        stock.held, stock.sold = 2, 3
    mere = world.signed_in("mere")
    mere.get(f"{DESK}/stock?q=kettle")
    field = f"on_hand-{KETTLE}"
    answer = mere.post(f"{DESK}/stock", filled(mere, f"{DESK}/stock") | {field: "50"})
    assert answer.status_code == 303, text(answer.text)
    kept = row(world, Stock, KETTLE)
    assert (kept.on_hand, kept.held, kept.sold) == (50, 2, 3)
    mere.get(f"{DESK}/stock?q=kettle")
    answer = mere.post(f"{DESK}/stock", filled(mere, f"{DESK}/stock") | {field: "4"})
    assert answer.status_code == 422 and f"f-{field}-error" in answer.text
    assert row(world, Stock, KETTLE).on_hand == 50


@pytest.mark.parametrize("said", ["", "-1", "many", "<script>", "9" * 12])
def test_bad_pieces_are_refused(sqlite_world: World, mere: Browser, said: str) -> None:
    mere.get(f"{DESK}/stock?q={KETTLE}")
    answer = mere.post(f"{DESK}/stock", filled(mere, f"{DESK}/stock") | {f"on_hand-{KETTLE}": said})
    assert answer.status_code == 422 and f"f-on_hand-{KETTLE}-error" in answer.text
    assert row(sqlite_world, Stock, KETTLE).on_hand == 34


def test_pieces_of_nothing_are_refused(mere: Browser) -> None:
    assert mere.post(f"{DESK}/stock", {"on_hand-NO": "3"}).status_code in (404, 422)


def test_pieces_counted_meanwhile_by_another_are_shown(sqlite_world: World, mere: Browser) -> None:
    url, field = f"{DESK}/stock", f"on_hand-{KETTLE}"
    mere.get(f"{url}?q={KETTLE}")
    mine = filled(mere, url)
    other = sqlite_world.signed_in("mere")
    other.get(f"{url}?q={KETTLE}")
    assert other.post(url, filled(other, url) | {field: "40"}).status_code == 303
    answer = mere.post(url, mine | {field: "30"})
    assert answer.status_code == 409 and "Somebody has changed this" in answer.text and 'value="30"' in answer.text
    assert mere.post(url, filled(mere, url)).status_code == 303
    assert row(sqlite_world, Stock, KETTLE).on_hand == 30


def test_nothing_changed_is_nothing_saved(sqlite_world: World, mere: Browser) -> None:
    mere.get(f"{DESK}/stock")
    assert mere.post(f"{DESK}/stock", filled(mere, f"{DESK}/stock")).status_code == 303
    assert row(sqlite_world, Stock, KETTLE).on_hand == 34


def test_keeping_one_price_or_count_puts_no_other_back(sqlite_world: World, mere: Browser) -> None:
    ruth = sqlite_world.signed_in("ruth")
    for page, name, key, changed in (
        (f"{DESK}/prices/de", "price-", ("231.00", "235.00"), "131.00"),
        (f"{DESK}/stock", "on_hand-", ("50", "55"), "41"),
    ):
        mere.get(page)
        sent = filled(mere, page) | {f"{name}HB-BL-230": key[1]}
        ruth.get(page)
        theirs = filled(ruth, page) | {f"{name}HB-BL-230": key[0], f"{name}{KETTLE}": changed}
        assert ruth.post(page, theirs).status_code == 303
        assert mere.post(page, sent).status_code == 409
        assert mere.post(page, filled(mere, page)).status_code == 303  # knowingly, as far as it was typed
    assert row(sqlite_world, Listing, ("de", "HB-BL-230")).price == 23500
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 13100
    assert (row(sqlite_world, Stock, "HB-BL-230").on_hand, row(sqlite_world, Stock, KETTLE).on_hand) == (55, 41)


def test_an_offer_that_comes_back_counts_what_was_sold_of_it(world: World) -> None:
    mere, shop, offer = world.signed_in("mere"), "/de/de/", f"{DESK}/products/HB-BL-230/markets/de"
    place(world.browser("de"), shop, ANNA)
    mere.get(offer)
    as_it_was = filled(mere, offer)
    mere.post(f"{offer}/removal")
    assert mere.submit("/removal").status_code == 303
    mere.get(offer)
    again = as_it_was | {"seen": ""}
    none = mere.post(offer, again | {"allotment": "0"})
    assert none.status_code == 422 and 'id="f-allotment-error"' in none.text
    assert mere.post(offer, again | {"allotment": "1"}).status_code == 303
    assert row(world, Listing, ("de", "HB-BL-230")).taken == 1
    world.later(hours=48)
    assert row(world, Listing, ("de", "HB-BL-230")).taken == 0


# Taking back


def undo_button(browser: Browser) -> str:
    """Where the button beside the sentence leads; empty where there is none."""
    assert browser.page is not None
    return next((each.action for each in forms(browser.page.text) if each.action.endswith("/undo")), "")


def test_what_was_just_saved_is_taken_back_from_the_page_itself(sqlite_world: World, mere: Browser) -> None:
    mere.get(f"{HERE}/markets/de")
    answer = mere.post(f"{HERE}/markets/de", filled(mere, f"{HERE}/markets/de") | {"price": "125.00", "do": "save"})
    mere.follow(answer)
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 12500

    page = mere.follow(mere.submit(undo_button(mere)))

    assert "It is taken back." in page.text
    assert row(sqlite_world, Listing, ("de", KETTLE)).price == 11900
    assert undo_button(mere)  # of the change that took it back
    mere.get(str(answer.headers["location"]))
    assert undo_button(mere) == ""  # once is enough


def test_every_page_of_the_desk_offers_to_take_back_what_it_saved(sqlite_world: World, mere: Browser) -> None:
    mere.get(TEXT)
    mere.follow(mere.post(TEXT, filled(mere, TEXT) | {"summary": "Anders."}))
    assert undo_button(mere)
    mere.follow(upload(mere, f"{HERE}/pictures", png()))
    assert undo_button(mere)
    mere.get(f"{DESK}/stock?q={KETTLE}")
    mere.follow(mere.post(f"{DESK}/stock", filled(mere, f"{DESK}/stock") | {f"on_hand-{KETTLE}": "77"}))
    assert undo_button(mere)
    mere.get(f"{DESK}/prices/de")
    mere.follow(mere.post(f"{DESK}/prices/de", filled(mere, f"{DESK}/prices/de") | {f"price-{KETTLE}": "121.00"}))
    assert undo_button(mere)
    mere.get(f"{HERE}/papers/manual/de")
    mere.follow(mere.post(f"{HERE}/papers/manual/de", filled(mere, f"{HERE}/papers/manual/de") | {"text": "# Neu"}))
    assert undo_button(mere)
    mere.get(f"{HERE}/markets/de")
    mere.follow(mere.post(f"{HERE}/markets/de/removal", {"sure": "yes", "seen": mere_seen(mere)}))
    assert undo_button(mere)


def mere_seen(browser: Browser) -> str:
    """The version that the form of the present page was drawn from."""
    assert browser.page is not None
    return next(each.fields["seen"] for each in forms(browser.page.text) if "seen" in each.fields)


def test_nobody_is_led_to_take_back_what_another_did(sqlite_world: World, mere: Browser) -> None:
    annika = sqlite_world.signed_in("annika")
    annika.get(TEXT)
    annika.follow(annika.post(TEXT, filled(annika, TEXT) | {"summary": "Anders."}))
    assert undo_button(annika)
    number = undo_button(annika).split("/")[-2]
    mere.get(f"{TEXT}?done=text_kept&change={number}")
    assert "The text is saved" in mere.page.text if mere.page else False
    assert undo_button(mere) == ""
    for wrong in ("0", "-1", "x", "99999999999", "²"):
        assert mere.get(TEXT, params={"done": "text_kept", "change": wrong}).status_code == 200
        assert undo_button(mere) == ""


def test_a_product_tells_its_last_changes_to_those_whom_they_concern(sqlite_world: World, mere: Browser) -> None:
    assert "What was changed here" not in mere.get(HERE).text
    for market, price in (("de", "125.00"), ("nz", "191.00")):
        mere.get(f"{HERE}/markets/{market}")
        mere.post(f"{HERE}/markets/{market}", filled(mere, f"{HERE}/markets/{market}") | {"price": price, "do": "save"})
    mere.get(f"{DESK}/products/HB-BL-230/markets/de")
    other = f"{DESK}/products/HB-BL-230/markets/de"
    mere.post(other, filled(mere, other) | {"price": "231.00", "do": "save"})

    said = mere.get(HERE).text
    assert "What was changed here" in said
    assert "/workshop/changes/1" in said and "/workshop/changes/2" in said and "/workshop/changes/3" not in said
    theirs = sqlite_world.signed_in("annika").get(HERE).text
    assert "/workshop/changes/1" in theirs and "/workshop/changes/2" not in theirs


def test_who_may_not_change_is_shown_figures_and_no_fields(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")
    for path in (f"{HERE}/markets/de", f"{DESK}/prices/de", f"{DESK}/stock?q={KETTLE}"):
        page = annika.get(path)
        main = page.text[page.text.index("<main") :]
        assert 'inputmode="' not in main and 'name="price' not in main, path
    assert "119,00\xa0€" in annika.get(f"{HERE}/markets/de").text
    assert "119,00\xa0€" in annika.get(f"{DESK}/prices/de").text


def test_pictures_and_papers_stand_in_the_history_and_can_be_taken_back(sqlite_world: World, mere: Browser) -> None:
    hung = [each.hash for each in pictures(sqlite_world)]
    mere.follow(upload(mere, f"{HERE}/pictures", png()))
    paper = f"{HERE}/papers/manual/de"
    mere.get(paper)
    mere.follow(mere.post(paper, filled(mere, paper) | {"text": "# Ganz neu"}))

    said = text(mere.get("/console/workshop/changes").text)
    assert "Pictures (kettle." in said and "Papers (kettle.manual.de.md)" in said
    assert "# Ganz neu" in mere.get("/console/workshop/changes/2").text
    for number in (2, 1):
        assert mere.get(f"/console/workshop/changes/{number}").status_code == 200
        assert "It is taken back." in mere.follow(mere.submit("/undo")).text
    assert [each.hash for each in pictures(sqlite_world)] == hung
    annika = sqlite_world.signed_in("annika")
    assert annika.get("/console/workshop/changes/2").status_code == 200
    assert annika.post("/console/workshop/changes/1/undo").status_code == 404
