"""Sales stopped and lifted at the console: how far a stop reaches, who may, and what customers read of it."""

import pytest
from sqlalchemy import event
from sqlmodel import select

from shop.base.db import Database, write_last
from shop.base.revisions import EVERYWHERE
from shop.catalogue.models import Listing
from shop.checkout.stopping import stop_sale, texts_of
from shop.markets.models import StopSale, StopSaleText
from shop.staff.may import ALL_MARKETS
from shop.staff.models import Person
from tests.launch_console import at_work, database, hashed, mere, page
from tests.launching import NOW, launched, put, revisions, step
from tests.world import Browser, World, forms, text

__all__ = ["at_work", "database", "mere"]  # fixtures

BOTH = "2 markets are touched: New Zealand and Germany"


def test_a_sale_is_stopped_and_lifted_with_the_shop_following(
    mere: Browser, at_work: World, database: Database
) -> None:
    launched(database)
    step(database, "open")
    customer = at_work.browser()
    assert "Not on sale" not in customer.get("/nz/en/").text
    mere.get("/console/markets/nz")
    with database.reading() as db:
        before = revisions(db)
    assert mere.submit("/stops", sku="HB-1", reason="Jars may break").status_code == 303
    with database.reading() as db:
        assert revisions(db) == {**before, "market:nz": before["market:nz"] + 1}  # other markets' pages stay kept
    assert "Not on sale" in customer.get("/nz/en/").text
    assert "Jars may break" in page(mere, "/console/markets/nz")
    mere.get("/console/markets/nz")
    assert mere.submit("/lifting").status_code == 303
    assert "Not on sale" not in customer.get("/nz/en/").text
    assert mere.post("/console/markets/nz/stops/1/lifting").status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"sku": ""}, "2 products can no longer be bought. 1 market is touched: New Zealand"),
        ({"sku": "HB-1", "everywhere": "yes"}, f"1 product can no longer be bought. {BOTH}"),
        ({"sku": "", "everywhere": "yes"}, f"2 products can no longer be bought. {BOTH}"),
    ],
)  # fmt: skip
def test_a_stop_that_reaches_far_is_shown_before_it_is_taken(
    mere: Browser, database: Database, form: dict[str, str], said: str
) -> None:
    put(database, Listing(market="de", sku="HB-1", price=1_000))
    mere.get("/console/markets/nz")
    given = {"reason": "Jars <may> break", "text-en": "The jar may break.", "link": "/nz/en/recalls", **form}
    shown = mere.submit("/stops", **given)
    assert shown.status_code == 200 and said in text(shown.text)
    assert ("in every market</h1>" in shown.text) == ("everywhere" in form)
    assert stops(database) == []
    fields = next(each.fields for each in forms(shown.text) if each.action.endswith("/stops"))
    assert (
        fields["sku"] == form["sku"] and "The jar may break." in shown.text and "Jars &lt;may&gt; break" in shown.text
    )
    german = {"text-de": "Das Glas kann brechen."} if "everywhere" in form and form["sku"] else {}
    assert ('name="text-de"' in shown.text) == ("everywhere" in form)
    assert mere.submit("/stops", **given, **german).status_code == 303
    [kept] = stops(database)
    assert (kept.sku, kept.market, kept.person) == (form["sku"], "" if "everywhere" in form else "nz", "mere")
    assert (kept.reason, kept.link) == ("Jars <may> break", "/nz/en/recalls")
    with database.reading() as db:
        texts = {each.language: each.text for each in db.exec(select(StopSaleText)).all()}
    assert texts == {"en": "The jar may break.", **({"de": "Das Glas kann brechen."} if german else {})}


def test_a_stop_of_every_market_is_told_everywhere(mere: Browser, database: Database) -> None:
    launched(database)
    with database.writing() as db:
        before = revisions(db)
        stop_sale(db, sku="HB-1", market=ALL_MARKETS, reason="Jars may break", person="mere", now=NOW)
        write_last(db)
        assert revisions(db) == {**before, EVERYWHERE: before[EVERYWHERE] + 1}


def test_the_texts_of_all_stops_are_read_at_once(database: Database) -> None:
    told = ({"en": "The jar may break.", "de": "Das Glas kann brechen."}, {}, {"en": "The seal leaks."})
    with database.writing() as db:
        kept = [stop_sale(db, sku="HB-1", market="nz", reason="x", person="mere", now=NOW, texts=each) for each in told]
        db.flush()
        asked: list[str] = []
        event.listen(db.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
        texts = texts_of(db, kept)
        assert len(asked) == 1
    assert [{each.language: each.text for each in texts[stop.id]} for stop in kept] == list(told)
    assert [each.language for each in texts[kept[0].id]] == ["de", "en"]


def test_the_market_page_shows_what_customers_read_of_a_stop(mere: Browser, database: Database) -> None:
    launched(database)
    mere.get("/console/markets/nz")
    given = {"sku": "HB-1", "reason": "Jars may break", "text-en": "Do not use it.", "link": "https://example.org/r"}
    assert mere.submit("/stops", **given).status_code == 303
    shown = page(mere, "/console/markets/nz")
    assert "What customers read English Do not use it. https://example.org/r" in shown
    assert "In a safety pause the products named by 1 stopped sale show a notice instead." in page(
        mere, "/console/markets/nz/pause"
    )


def test_every_market_is_stopped_only_by_who_works_for_every_market(
    mere: Browser, at_work: World, database: Database
) -> None:
    everywhere = {"sku": "", "reason": "fire", "everywhere": "yes", "confirmed": "yes"}
    assert mere.post("/console/markets/nz/stops", everywhere).status_code == 303
    put(
        database,
        Person(
            id="hemi",
            email="hemi@example.com",
            name="Hemi Ngata",
            role="exporter",
            markets="nz",
            password_hash=hashed(),
        ),
    )
    hemi = at_work.signed_in("hemi")
    shown = hemi.get("/console/markets/nz").text
    assert 'name="everywhere"' not in shown and "/lifting" not in shown
    assert hemi.post("/console/markets/nz/stops", everywhere).status_code == 404
    assert hemi.post("/console/markets/nz/stops/1/lifting").status_code == 404
    here = {"sku": "", "reason": "fire", "confirmed": "yes"}
    assert hemi.post("/console/markets/nz/stops", here).status_code == 303
    assert hemi.post("/console/markets/nz/stops/2/lifting").status_code == 303


@pytest.mark.parametrize(
    "form",
    [
        {"sku": "HB-1", "reason": ""},
        {"sku": "HB-none", "reason": "fire"},
        {"sku": "HB-none", "reason": "fire", "everywhere": "yes", "confirmed": "yes"},
        {"sku": "HB-1", "reason": "fire", "link": "javascript:alert(1)"},
        {"sku": "HB-1", "reason": "fire", "link": "//evil.example"},
        {"sku": "HB-1", "reason": "fire", "text-en": "x" * 2_001},
        {"sku": "", "reason": "", "confirmed": "yes"},
    ],
)
def test_a_stop_that_cannot_be_read_stops_nothing(mere: Browser, database: Database, form: dict[str, str]) -> None:
    assert mere.post("/console/markets/nz/stops", form).status_code == 422
    assert stops(database) == []


def stops(database: Database) -> list[StopSale]:
    with database.reading() as db:
        return list(db.exec(select(StopSale)).all())
