"""What an order's goods and policies are called at the desk: in the reader's language, and as the customer knows them."""

from sqlmodel import Session, col, select

from shop.catalogue.models import ProductText
from shop.checkout.models import OrderLine
from shop.checkout.order_names import Called, called
from shop.checkout.orders import order_view
from tests.aftersales import bought
from tests.doors import question
from tests.world import TAMA, World


def names(db: Session, number: str) -> dict[str, str]:
    """What the one product of the order is called, by language."""
    sku = db.exec(select(OrderLine.sku).where(OrderLine.order_number == number)).one()
    return dict(db.exec(select(ProductText.language, ProductText.name).where(ProductText.sku == sku)).all())


def test_staff_read_names_in_their_language_with_the_customers_beside(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser)
    with sqlite_world.house.database.reading() as db:
        known = names(db, number)
    assert known["en"] != known["de"]
    page = sqlite_world.signed_in("mere").get(f"/desk/orders/{number}").text
    for name in ("Withdrawal and returns", known["en"]):
        assert name in page
    assert f'lang="de" dir="auto">{known["de"]}</' in page
    assert page.count(known["de"]) == page.count(f'lang="de" dir="auto">{known["de"]}</')


def test_beside_a_request_names_stand_in_both_languages(sqlite_world: World) -> None:
    browser = sqlite_world.browser("de")
    number = bought(sqlite_world, browser)
    ref = question(browser, "/de/de/", order=number)
    with sqlite_world.house.database.reading() as db:
        known = names(db, number)
    page = sqlite_world.signed_in("mere").get(f"/desk/requests/{ref}").text
    assert "Withdrawal and returns" in page and known["en"] in page
    assert page.count(known["de"]) == page.count(f'lang="de" dir="auto">{known["de"]}</') > 0
    theirs = sqlite_world.signed_in("lena").get(f"/desk/requests/{ref}").text
    assert known["de"] in theirs and known["en"] not in theirs and "Withdrawal and returns" not in theirs


def test_a_name_that_the_catalogue_lacks_is_the_customers_and_says_its_language(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    with sqlite_world.house.database.writing() as db:
        for each in db.exec(select(ProductText).where(col(ProductText.language) == "en")).all():
            db.delete(each)
    tongue = sqlite_world.house.languages.tongue("en", "NZ")
    with sqlite_world.house.database.reading() as db:
        view = order_view(db, number)
        line = view.lines[0]
        assert called(db, view, tongue)[line.sku] == Called(line.name, "de")


def test_an_english_name_says_that_it_is_english_to_who_reads_another_language(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser("de"))
    french, english = (sqlite_world.house.languages.tongue(each, "CA") for each in ("fr", "en"))
    with sqlite_world.house.database.writing() as db:
        for each in db.exec(select(ProductText).where(col(ProductText.language).startswith("fr"))).all():
            db.delete(each)
    with sqlite_world.house.database.reading() as db:
        view, known = order_view(db, number), names(db, number)
        sku = view.lines[0].sku
        assert called(db, view, french)[sku] == Called(known["en"], "en", known["de"], "de")
        assert called(db, view, english)[sku] == Called(known["en"], "", known["de"], "de")


def test_a_name_that_is_the_same_in_english_says_so_too(sqlite_world: World) -> None:
    number = bought(sqlite_world, sqlite_world.browser(), "/nz/en/", TAMA)
    with sqlite_world.house.database.writing() as db:
        for each in db.exec(select(ProductText).where(col(ProductText.language).startswith("fr"))).all():
            db.delete(each)
    french = sqlite_world.house.languages.tongue("fr", "CA")
    with sqlite_world.house.database.reading() as db:
        view = order_view(db, number)
        assert called(db, view, french)[view.lines[0].sku] == Called(view.lines[0].name, "en")
