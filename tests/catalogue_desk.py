"""The catalogue's desk as the exporter works at it, and what is kept of one product.

A test module that takes the fixture names it in its `__all__`.
"""

from typing import Any

import pytest
from sqlmodel import col, select

from shop.catalogue.models import Picture
from tests.world import Browser, World

DESK = "/console/catalogue"
KETTLE = "HB-KT-230"
HERE = f"{DESK}/products/{KETTLE}"
TEXT = f"{DESK}/texts/de/{KETTLE}"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script><rect width="9" height="9"/></svg>'


@pytest.fixture
def mere(sqlite_world: World) -> Browser:
    """The exporter at the console."""
    return sqlite_world.signed_in("mere")


def row(world: World, model: Any, key: Any) -> Any:
    """A row as it is kept."""
    with world.house.database.reading() as db:
        return db.get(model, key)


def upload(browser: Browser, url: str, data: bytes, **fields: str) -> Any:
    """Send a picture."""
    return browser.post(url, fields, files={"picture": ("x.bin", data, "application/octet-stream")})


def pictures(world: World, family: str = "kettle") -> list[Picture]:
    """Of a family of products, in their order."""
    with world.house.database.reading() as db:
        query = select(Picture).where(Picture.family == family).order_by(col(Picture.position))
        return list(db.exec(query).all())
