"""At the catalogue's desk what was just saved can be taken back, by whom it concerns and by nobody else."""

from shop.catalogue.models import Listing
from tests.catalogue_desk import DESK, HERE, KETTLE, TEXT, mere, pictures, row, upload
from tests.page_forms import filled
from tests.pictures import png
from tests.world import Browser, World, forms, text

__all__ = ["mere"]  # a fixture


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
