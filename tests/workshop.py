"""The workshop's sheets as the exporter works on them: the address of a row, its form, and a spreadsheet that is sent."""

from urllib.parse import urlencode

from sqlmodel import Session, select

from shop.catalogue.models import Listing
from shop.upkeep.models import SetupChange
from tests.page_forms import as_it_stands
from tests.world import Browser, World, text

AT = "/console/workshop/sheets"
OFFERS = f"{AT}/listings"
BLENDER = ("de", "HB-BL-230")


def row(sheet: str, *key: str, page: str = "row") -> str:
    """The address of a row's form."""
    return f"{AT}/{sheet}/{page}?{urlencode([('key', each) for each in key])}"


def keep(browser: Browser, sheet: str, *key: str, **fields: str) -> int:
    """Fill in the form of a row as it stands, with these fields changed."""
    page = browser.get(row(sheet, *key))
    assert page.status_code == 200
    return browser.submit(f"{sheet}/row", **{**as_it_stands(page.text), **fields}).status_code


def listing(world: World, market: str = "de", sku: str = "HB-BL-230") -> Listing:
    """A product's offer in a market, as it is kept."""
    with world.house.database.reading() as db:
        return db.get_one(Listing, (market, sku))


def last_change(db: Session) -> SetupChange:
    """The newest change of the set-up."""
    return db.exec(select(SetupChange).order_by(SetupChange.id.desc())).first()  # type: ignore[union-attr, return-value]


def send(browser: Browser, sheet: str, said: str, **fields: str) -> str:
    """Upload a spreadsheet and come to its page; its text."""
    files = {"file": ("sheet.csv", said.encode(), "text/csv")}
    answer = browser.post(f"{AT}/{sheet}/upload", fields, files=files)
    assert answer.status_code == 303, text(answer.text)
    return text(browser.follow(answer).text)
