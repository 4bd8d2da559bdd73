"""The catalogue's desk: everything about a product on one page, and its texts side by side."""

import pytest

from shop.catalogue.models import ProductText
from tests.catalogue_desk import DESK, HERE, KETTLE, TEXT, mere, row
from tests.page_forms import filled
from tests.world import Browser, World, text

__all__ = ["mere"]  # a fixture

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
