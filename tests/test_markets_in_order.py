"""The exporter's order of markets, on both engines: it is the same whenever it is asked for."""

from sqlalchemy import update
from sqlmodel import col

from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from tests.world import World


def test_markets_stand_where_the_exporter_put_them_and_those_of_one_place_by_their_ids(world: World) -> None:
    with world.house.database.reading() as db:
        ids = sorted(each.id for each in markets_in_order(db))
    for id in reversed(ids):  # what is written last, PostgreSQL hands out last
        with world.house.database.writing() as db:
            db.connection().execute(update(Market).where(col(Market.id) == id).values(position=int(id == "jp")))
    with world.house.database.reading() as db:
        assert [each.id for each in markets_in_order(db)] == [*(each for each in ids if each != "jp"), "jp"]
        assert [each.id for each in markets_in_order(db, col(Market.country).in_(("NZ", "CH")))] == ["ch", "nz"]
