"""The console's pages of two people, of undoing and of a market's end, over HTTP."""

from datetime import timedelta

import pytest

from shop import jobs
from shop.base.db import Database
from shop.base.outbox import carry_out_due
from shop.catalogue.models import ProductText
from shop.launches.changing.winding import fates_of
from shop.launches.models import WindDown
from shop.markets.models import Market
from tests.launch_console import at_work, database, mere, page
from tests.launching import NOW, events, launched, market, put, step
from tests.world import Browser, World, text

__all__ = ["at_work", "database", "mere"]  # fixtures


def two(mere: Browser) -> None:
    mere.get("/console/markets/nz/proposals")
    assert mere.submit("/second-person", reason="Two look closer").status_code == 303


def test_a_second_person_agrees_on_their_page_to_what_the_first_one_asked(
    mere: Browser, at_work: World, database: Database
) -> None:
    launched(database)
    two(mere)
    shown = page(mere, "/console/markets/nz/opening")
    assert "A second person has to agree" in shown and "Ruth Alderson" in shown
    answer = mere.submit("/opening", order_cap="", reason="It went <b>well</b>", override="Sold there for years")
    assert answer.headers["location"] == "/console/markets/nz/proposals?done=proposed"
    assert market(database).state == "soft"
    assert "/approval" not in mere.get("/console/markets/nz/proposals").text
    assert mere.post("/console/markets/nz/proposals/1/approval").status_code == 409
    carry_out_due(database, jobs.effects(at_work.house), clock=at_work.clock)
    [asked] = [each for each in at_work.mails("ruth@example.com") if "Open to everybody" in each["Subject"]]
    assert "/console/markets/nz/proposals" in asked.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    ruth = at_work.signed_in("ruth")
    shown = ruth.get("/console/markets/nz/proposals").text
    assert "Sold there for years" in shown and "It went &lt;b&gt;well&lt;/b&gt;" in shown
    assert ruth.submit("/proposals/1/approval").status_code == 303
    assert market(database).state == "open"


def test_a_proposal_is_called_off_and_nothing_changes(mere: Browser, database: Database) -> None:
    launched(database)
    two(mere)
    mere.get("/console/markets/nz/opening")
    mere.submit("/opening", order_cap="", override="Sold there for years")
    mere.get("/console/markets/nz/proposals")
    assert mere.submit("/proposals/1/withdrawal").status_code == 303
    assert "Called off" in page(mere, "/console/markets/nz/proposals")
    assert mere.post("/console/markets/nz/proposals/1/withdrawal").status_code == 409
    assert market(database).state == "soft"


def test_a_specialist_agrees_but_asks_for_nothing(mere: Browser, at_work: World, database: Database) -> None:
    ruth = at_work.signed_in("ruth")
    assert "/second-person" not in ruth.get("/console/markets/nz/proposals").text
    assert ruth.post("/console/markets/nz/second-person", {"version": "1", "reason": "x"}).status_code == 404
    assert ruth.post("/console/markets/nz/undo", {"version": "1", "event": "1"}).status_code == 404
    assert ruth.get("/console/markets/de/proposals").status_code == 404


def test_a_change_is_undone_from_its_page_within_ten_minutes(mere: Browser, at_work: World, database: Database) -> None:
    launched(database)
    step(database, "pause", mode="hidden")
    shown = page(mere, "/console/markets/nz/undo")
    assert "State: Soft launch → Paused" in shown and "nothing has come of it: 10" in shown
    assert mere.submit("/undo", reason="wrong market").status_code == 303
    assert market(database).state == "soft" and events(database)[-1] == ("undo", "paused", "soft")
    assert "There is nothing to undo" in page(mere, "/console/markets/nz/undo")


def test_too_late_the_undo_page_offers_the_honest_way_back(mere: Browser, at_work: World, database: Database) -> None:
    launched(database)
    at_work.clock.now = NOW + timedelta(minutes=11)
    shown = mere.get("/console/markets/nz/undo")
    assert "More than ten minutes have gone by." in text(shown.text)
    assert 'href="/console/markets/nz/pause"' in shown.text and "/undo" not in shown.text.partition("<form")[2]
    refused = mere.post("/console/markets/nz/undo", {"version": "3", "event": "2"})
    assert refused.status_code == 409 and market(database).state == "soft"


END = {
    "last_order_on": "2026-11-30", "contact": "Ruth Alderson", "refund_plan": "From the shop's account",
    "pieces-HB-1": "5", "way-HB-1": "sell", "cost-HB-1": "40.00", "owner-HB-1": "Tane", "pieces-HB-2": "0",
    "reason": "It did not work out",
}  # fmt: skip


def test_a_market_winds_down_from_its_page_and_its_goods_are_seen_to(mere: Browser, database: Database) -> None:
    launched(database)
    assert "Face cream" in page(mere, "/console/markets/nz/winding-down")
    assert mere.submit("/winding-down", **END).status_code == 303
    assert market(database).state == "winding_down"
    shown = page(mere, "/console/markets/nz/winding-down")
    assert "Pieces: 5. Sell them nearby." in shown and "Who sees to it: Tane" in shown and "40.00" in shown
    assert mere.submit("/stock/HB-1").status_code == 303
    assert mere.post("/console/markets/nz/winding-down/stock/HB-1").status_code == 404
    with database.reading() as db:
        assert [(each.fate, each.cost, each.done_by) for each in fates_of(db, "nz")] == [("sell", 40_00, "mere")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last_order_on": "soon"}, "last_order_on"),
        ({"last_order_on": "2026-11-23"}, "last_order_on"),
        ({"contact": " "}, "contact"),
        ({"refund_plan": ""}, "refund_plan"),
        ({"pieces-HB-1": "some"}, "pieces-HB-1"),
        ({"way-HB-1": "give away"}, "way-HB-1"),
        ({"owner-HB-1": ""}, "owner-HB-1"),
        ({"cost-HB-1": "-1"}, "cost-HB-1"),
        ({"cost-HB-1": "1.234"}, "cost-HB-1"),
        ({"reason": ""}, "reason"),
    ],
)
def test_an_end_that_cannot_be_read_ends_nothing(
    mere: Browser, database: Database, wrong: dict[str, str], field: str
) -> None:
    launched(database)
    answer = mere.post("/console/markets/nz/winding-down", {"version": "3", **END, **wrong})
    assert answer.status_code == 422 and f'href="#f-{field}"' in answer.text
    assert "It did not work out" in answer.text or field == "reason"
    assert market(database).state == "soft"
    with database.reading() as db:
        assert db.get(WindDown, "nz") is None


def test_what_is_missing_of_the_end_is_told_with_the_article_in_the_readers_language(
    mere: Browser, database: Database
) -> None:
    launched(database)
    with database.writing() as db:
        db.get_one(Market, "nz").languages = "ja"
    put(database, ProductText(sku="HB-1", language="ja", name="美容クリーム", slug="cream", summary="濃い"))
    assert "美容クリーム" not in page(mere, "/console/markets/nz/winding-down")
    shown = text(mere.submit("/winding-down", **{**END, "owner-HB-1": "", "cost-HB-1": "-1"}).text)
    assert "Face cream: Please say who sees to it." in shown and "Face cream: Please enter an amount." in shown
    assert mere.submit("/winding-down", **END).status_code == 303
    assert "Face cream HB-1 Pieces: 5. Sell them nearby." in page(mere, "/console/markets/nz/winding-down")


def test_a_market_is_closed_from_its_page(mere: Browser, database: Database) -> None:
    launched(database)
    assert mere.get("/console/markets/nz/closure").status_code == 409
    step(database, "wind_down")
    assert "is over" in page(mere, "/console/markets/nz/closure")
    assert mere.submit("/closure", reason="").status_code == 422
    mere.get("/console/markets/nz/closure")
    assert mere.submit("/closure", reason="Nothing is owed any more").status_code == 303
    assert market(database).state == "closed"
    assert page(mere, "/console/markets/nz/winding-down")


def test_a_market_in_draft_has_no_end_to_write_down(mere: Browser) -> None:
    assert mere.get("/console/markets/nz/winding-down").status_code == 409
    assert mere.get("/console/markets/xx/winding-down").status_code == 404
