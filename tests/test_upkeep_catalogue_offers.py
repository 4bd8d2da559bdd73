"""Offers, prices and pieces at the catalogue's desk: what is left of a price, suggestions, and what is sold stays."""

import pytest

from shop.catalogue.models import Listing, Stock
from shop.upkeep.models import PriceRate
from tests.catalogue_desk import DESK, HERE, KETTLE, mere, row
from tests.doors import place
from tests.page_forms import filled
from tests.world import ANNA, Browser, World, text

__all__ = ["mere"]  # a fixture


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
