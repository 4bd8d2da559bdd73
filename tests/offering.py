"""What a market offers to a visitor, and a listing of it changed."""

from typing import Any

from sqlalchemy import update
from sqlmodel import col

from shop.catalogue.browsing import Offer, offers
from shop.catalogue.models import Listing
from tests.buying import BLENDER, visit
from tests.world import World


def offered(world: World, market: str = "de", language: str = "de", skus: list[str] | None = None) -> list[Offer]:
    """What a market offers in a language to one of the staff, all of it or these."""
    at = visit(world, market, language, staff=True)
    with world.house.database.reading() as db:
        return offers(db, at, skus)


def one(world: World, sku: str = BLENDER, market: str = "de", language: str = "de") -> Offer:
    """One product as it is offered."""
    [found] = offered(world, market, language, [sku])
    return found


def relist(world: World, sku: str = BLENDER, market: str = "de", **values: Any) -> None:
    """Change a listing."""
    with world.house.database.writing() as db:
        mine = update(Listing).where(col(Listing.market) == market, col(Listing.sku) == sku)
        db.connection().execute(mine.values(**values))
