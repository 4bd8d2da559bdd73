"""A streaming replica draws public pages while it is fit; a page kept under a new revision never shows what was before it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import InternalError
from sqlmodel import Session, col, select

from shop.base import replica as replica_module
from shop.base.db import Busy
from shop.base.replica import Replica
from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.base.settings import ROOT
from shop.markets.models import Market
from shop.staff.models import Person
from tests.conftest import prepare
from tests.postgres_pair import Pair
from tests.world import World
from tests.world import world as open_world

pytestmark = pytest.mark.postgres
SHOP = "/nz/en/"
FEED = "/feeds/nz/en.xml"
# The doors that anybody may open and that are true a second later; an order, the desk and the console never are.
SHOWING = {
    "shop/catalogue/pages.py",
    "shop/catalogue/paper_pages.py",
    "shop/catalogue/search_pages.py",
    "shop/catalogue/feeds.py",
    "shop/catalogue/sitemap.py",
    "shop/support/known/pages.py",
}


@pytest.fixture(scope="module")
def shop(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    pair.primary.do("CREATE DATABASE shop")
    url = pair.primary.server.url("shop").replace("postgresql:", "postgresql+psycopg:")
    prepare(url)
    pair.caught_up()
    read_url = pair.standby.server.url("shop").replace("postgresql:", "postgresql+psycopg:")
    with open_world(tmp_path_factory.mktemp("replica"), url, database_read_url=read_url) as world:
        yield world
        the(world).stop()


@pytest.fixture(autouse=True)
def replaying(pair: Pair, shop: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins with a replica that has caught up, and was looked at less than `OLDEST_SECONDS` ago."""
    monkeypatch.setattr(replica_module, "OLDEST_SECONDS", 600)
    pair.caught_up()
    the(shop).look()
    yield
    if pair.standby.alive:
        pair.resume()


def the(world: World) -> Replica:
    assert world.house.replica is not None
    return world.house.replica


def drawn_by(world: World, path: str = SHOP) -> str:
    """Which server drew the page, which is drawn anew."""
    before = dict(the(world).drew)
    world.clock.now += timedelta(days=1)  # what was kept of it has ended: it names the hours of a day
    answer = world.browser().get(path)
    assert answer.status_code == 200, answer.text
    return ", ".join(server for server, number in the(world).drew.items() if number > before[server])


def rename(world: World, name: str) -> None:
    """A change of something shown."""
    with world.house.database.writing() as db:
        product = "UPDATE product_text SET name = :name WHERE sku = 'HB-BL-230' AND language = 'en'"
        db.connection().execute(text(product), {"name": name})
        raise_revision(db, market_scope("nz"))


def test_a_replica_that_has_caught_up_draws_the_public_pages(shop: World) -> None:
    paths = (SHOP, FEED, "/sitemap.xml", f"{SHOP}search?q=kettle", f"{SHOP}support/answers")

    assert {path: drawn_by(shop, path) for path in paths} == dict.fromkeys(paths, "replica")


def test_nothing_is_written_on_a_replica(shop: World) -> None:
    with pytest.raises(InternalError), shop.house.database.showing() as db:
        db.connection().execute(text("UPDATE market SET position = 9"))


def test_whoever_writes_reads_it_and_what_is_kept_under_the_new_revision_is_new(shop: World, pair: Pair) -> None:
    pair.pause()
    rename(shop, "Blender of the day")

    first = shop.browser().get(SHOP).text
    kept = shop.browser().get(SHOP).text

    assert "Blender of the day" in first and kept == first
    with shop.house.database.showing() as db:
        assert not _on_replica(db)
    pair.resume()
    pair.caught_up()
    assert "Blender of the day" in shop.browser().get(SHOP).text


def test_another_process_hears_of_a_revision_before_its_replica_does(shop: World, pair: Pair) -> None:
    pair.pause()
    raised = "UPDATE revision SET number = number + 1 WHERE scope = 'everywhere'"
    with shop.house.database.engine.begin() as elsewhere:
        elsewhere.execute(text(raised))

    assert drawn_by(shop) == "replica"  # nobody here knows yet, as it is with every process for half a second

    shop.house.revisions.refresh()
    assert drawn_by(shop) == "primary"


def test_a_replica_that_is_behind_is_not_asked_though_no_revision_says_so(shop: World, pair: Pair) -> None:
    pair.pause()
    with shop.house.database.writing() as db:
        db.connection().execute(update(Person).values(name=Person.name))
    assert drawn_by(shop) == "replica"  # what was written by the last look is there: it is less than a second old

    the(shop).look()
    assert drawn_by(shop) == "primary"
    pair.resume()
    pair.caught_up()
    assert drawn_by(shop) == "replica"


def test_one_that_nobody_has_looked_at_for_a_second_is_not_asked(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn_by(shop) == "replica"
    monkeypatch.setattr(replica_module, "OLDEST_SECONDS", 0)
    assert drawn_by(shop) == "primary"


def test_a_server_that_replays_nothing_is_no_replica(shop: World, pair: Pair) -> None:
    url = pair.primary.server.url("shop").replace("postgresql:", "postgresql+psycopg:")
    other = Replica(shop.house.database, url, dict)
    other.look()
    with other.showing() as session:
        assert session is None
    other.stop()


def test_the_replica_s_server_shows_one_snapshot_for_a_whole_page(shop: World, pair: Pair) -> None:
    with shop.house.database.showing() as db:
        assert _on_replica(db)
        before = db.exec(select(Market.position).where(col(Market.id) == "nz")).one()
        with shop.house.database.writing() as other:
            other.connection().execute(update(Market).where(col(Market.id) == "nz").values(position=before + 1))
            raise_revision(other, EVERYWHERE)
        pair.caught_up()
        assert db.exec(select(Market.position).where(col(Market.id) == "nz")).one() == before


def test_metrics_tell_who_was_asked(shop: World) -> None:
    drawn_by(shop)
    told = shop.browser().get("/metrics").text
    assert re.search(r'^softlaunch_shown_total\{server="replica"\} [1-9]', told, re.MULTILINE)


def test_only_pages_that_anybody_may_see_are_shown_from_a_replica() -> None:
    asking = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "shop").rglob("*.py")
        if ".showing()" in file.read_text("utf-8")
    }
    assert asking - {"shop/base/db.py"} == SHOWING


def test_a_replica_that_is_killed_costs_nobody_more_than_a_repeated_request(shop: World, pair: Pair) -> None:
    assert drawn_by(shop) == "replica"
    with pytest.raises(Busy), shop.house.database.showing() as db:
        pair.standby.kill()
        db.exec(select(Market)).all()
    pair.primary.do("ALTER SYSTEM RESET synchronous_standby_names")
    pair.primary.do("SELECT pg_reload_conf()")

    assert drawn_by(shop) == "primary"
    with pytest.raises(Exception, match="connection"):
        the(shop).look()
    assert drawn_by(shop) == "primary"


def _on_replica(db: Session) -> bool:
    return bool(db.connection().exec_driver_sql("SELECT pg_is_in_recovery()").scalar())
