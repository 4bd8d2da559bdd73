"""How many statements a whole purchase sends to the database, step by step: none of these numbers may grow unseen."""

from sqlmodel import select

from shop.base.outbox import Effect
from tests.statements import PRODUCT, SHOP, STEPS, counted, purchase, statements
from tests.world import World

AT_MOST = 42


def test_a_whole_purchase_takes_few_statements(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    browser.get(SHOP), browser.get(PRODUCT)
    taken = purchase(sqlite_world, browser)
    assert taken == STEPS and sum(STEPS.values()) <= AT_MOST
    with sqlite_world.house.database.reading() as db:
        assert [each.kind for each in db.exec(select(Effect)).all()] == ["order mail"]


def test_a_page_of_goods_drawn_anew_takes_few_statements(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    browser.get("/de/en/")
    for page, most in ((SHOP, 3), (PRODUCT, 5)):
        with counted(sqlite_world) as sent:
            assert browser.get(page).status_code == 200
        assert 0 < len(statements(sent)) <= most, page
