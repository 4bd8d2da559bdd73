"""The console over HTTP: the board, a market's page with its gates and history, and who sees what."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.catalogue.models import Listing, Product
from shop.launches.changing import stop_console
from shop.launches.console import HANDLERS
from shop.markets.exposure_models import Exposure
from shop.markets.models import LaunchEvent, MarketLocale
from shop.staff.may import MATRIX, ROLES
from shop.staff.models import Person
from shop.support.known.models import Answer, MustKnow, Question
from shop.support.known.training import hashes, sign_off
from shop.support.shifts.hours import rewrite_hours
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval
from shop.upkeep import console as upkeep
from tests.launch_console import at_work, database, mere, page
from tests.launching import NOW, events, launched, market, put, revisions, step
from tests.world import Browser, World

__all__ = ["at_work", "database", "mere"]  # fixtures


def test_the_board_shows_each_market_with_state_clocks_duty_and_what_is_missing(mere: Browser) -> None:
    board = page(mere, "/console")
    assert "New Zealand" in board and "Germany" in board
    assert "Home: Tue, Nov 24, 10:30" in board
    assert "12 h behind home" in board and "the same time as at home" in board
    assert "Tane (English, native)" in board
    assert "Delivery and returns arranged" in board
    assert "Draft" in board


@pytest.mark.parametrize(
    ("now", "away", "said"),
    [
        (NOW, False, "Tane (English, native)"),
        (NOW + timedelta(hours=6, minutes=59), False, "Tane (English, native)"),
        (NOW + timedelta(hours=7), False, "Hemi (English, native)"),
        (NOW, True, "Nobody now"),
        (NOW - timedelta(hours=2), False, "Nobody now"),
    ],
)
def test_the_board_names_whose_shift_it_is_and_who_has_not_said_away(
    mere: Browser, at_work: World, database: Database, now: datetime, away: bool, said: str
) -> None:
    end = NOW + timedelta(hours=7)
    with database.writing() as db:
        db.add(Person(id="hemi", email="hemi@example.com", name="Hemi Ruru", role="agent", markets="nz"))
        db.flush()
        db.add(Agent(id="hemi", person="hemi", zone="Pacific/Auckland", markets="nz"))
        db.flush()
        db.add(AgentLanguage(agent="hemi", language="en", level="native"))
        db.add(DutyInterval(agent="hemi", starts_at=end, ends_at=end + timedelta(hours=4)))
        db.get_one(Agent, "tane").available = not away
        db.flush()
        rewrite_hours(db, now=NOW)  # customers are told of one window, in which both answer one after the other
    at_work.clock.now = now
    for url in ("/console", "/console/markets/nz"):
        board = page(mere, url)
        assert said in board
        assert [name for name in ("Tane (", "Hemi (") if name in board] == [said[:6]] * (said != "Nobody now")


def test_the_board_names_a_partner_once_they_have_signed_what_they_must_know(mere: Browser, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Person, "tane").role = "partner"
        db.add(Question(key="returns", number=1, may_answer="agent partner"))
        db.flush()
        db.add(Answer(question="returns", language="en", title="Returns?", text="Within 30 days."))
        db.add(MustKnow(market="nz", question="returns"))
    assert "Nobody now" in page(mere, "/console") and "Tane (" not in page(mere, "/console/markets/nz")
    with database.writing() as db:
        tane = db.get_one(Person, "tane")
        seen = hashes(db, "nz", "en")["returns"]
        sign_off(db, tane, "nz", "returns", seen=seen, signature=tane.name, now=NOW)
    assert "Tane (English, native)" in page(mere, "/console")


def test_the_gravest_market_stands_first_and_needs_a_look(mere: Browser, database: Database) -> None:
    launched(database)
    assert page(mere, "/console").index("New Zealand") < page(mere, "/console").index("Germany")
    step(database, "pause", mode="safety")
    assert "Needs a look New Zealand Paused." in page(mere, "/console")


def test_a_market_that_is_nearly_full_needs_a_look(mere: Browser, database: Database) -> None:
    launched(database)
    assert "Orders taken" not in page(mere, "/console")
    put(database, Exposure(market="nz", paid=39, held=1))
    assert "Orders taken: 40 of 50" in page(mere, "/console")


def test_the_market_page_shows_gates_waivers_and_history(mere: Browser, database: Database) -> None:
    launched(database)
    shown = page(mere, "/console/markets/nz?done=changed")
    assert "Done. The shop follows at once." in shown
    assert "Waived by Mere Tauranga until January 31, 2027: demo" in shown
    assert "Launch softly as planned" in shown
    assert "By invitation only" in shown


def test_a_gate_is_waived_under_ones_own_name(mere: Browser, database: Database) -> None:
    mere.get("/console/markets/de")
    assert mere.submit("/waivers", gate="payments.live", reason="demo", until="2026-12-31").status_code == 303
    assert "Waived by Mere Tauranga until December 31, 2026: demo" in page(mere, "/console/markets/de")
    assert "Waive a gate Real payments, until December 31, 2026: demo" in page(mere, "/console/markets/de")
    assert events(database, "de") == [("waive", "draft", "draft")]
    with database.reading() as db:
        assert revisions(db) == {}


def test_only_payments_that_move_money_meet_their_gate(
    mere: Browser, at_work: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Payments are taken for real" not in page(mere, "/console/markets/nz")
    monkeypatch.setattr(at_work.house.payments, "live", True)
    assert "Payments are taken for real" in page(mere, "/console/markets/nz")


@pytest.mark.parametrize(
    "wrong",
    [{"gate": "certs.valid"}, {"until": "2026-11-23"}, {"until": "2028-01-01"}, {"until": "soon"}, {"reason": ""}],
)
def test_a_waiver_of_law_without_a_reason_or_without_an_end_is_not_taken(
    mere: Browser, database: Database, wrong: dict[str, str]
) -> None:
    form = {"gate": "payments.live", "reason": "demo", "until": "2026-12-31", **wrong}
    assert mere.post("/console/markets/de/waivers", form).status_code == 422
    assert events(database, "de") == []


def test_history_is_never_rewritten(mere: Browser, database: Database) -> None:
    launched(database)
    with database.reading() as db:
        before = [each.model_dump() for each in db.exec(select(LaunchEvent)).all()]
    mere.get("/console/markets/nz/pause")
    mere.submit("/pause", mode="hidden", reason="flood")
    with database.reading() as db:
        assert [each.model_dump() for each in db.exec(select(LaunchEvent)).all()][:2] == before


def test_a_specialist_sees_their_own_market_and_changes_nothing(at_work: World, database: Database) -> None:
    ruth = at_work.signed_in("ruth")
    board = page(ruth, "/console")
    assert "New Zealand" in board and "Germany" not in board
    assert page(ruth, "/console/markets/nz")
    assert "<form" not in ruth.get("/console/markets/nz").text.partition("<main")[2]
    page(ruth, "/console/markets/de", 404)
    page(ruth, "/console/markets/nz/declaration", 404)
    assert ruth.post("/console/markets/nz/declaration", {"version": "1"}).status_code == 404
    assert market(database).state == "draft"


def test_an_agent_and_a_stranger_have_no_console(at_work: World) -> None:
    page(at_work.signed_in("tane"), "/console", 404)
    assert at_work.browser().get("/console").headers["location"] == "/sign-in?then=/console"
    assert at_work.browser().post("/console/markets/nz/pause", {}).status_code == 303


def test_every_door_of_the_console_names_an_act_of_the_matrix() -> None:
    acts = {handler.opt["act"] for handler in (*HANDLERS, *stop_console.HANDLERS, *upkeep.HANDLERS)}
    assert acts == {"board.see", "market.change", "invitation.make", "sale.stop", "mail.see"}
    assert all(MATRIX[act] <= set(ROLES) for act in acts)


def test_history_names_the_day_at_home(mere: Browser, database: Database) -> None:
    step(database, "ready", now=NOW + timedelta(hours=3))  # 1:30 of the next day in Auckland
    assert "November 25, 2026" in page(mere, "/console/markets/nz")


def test_an_unfinished_language_is_red_with_its_count(
    mere: Browser, at_work: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(at_work.house.completeness), "__call__", lambda _self: {"de": 12, "ja": 3})
    assert "Messages of the shop that are missing or wrong: German (12)" in page(mere, "/console/markets/de")
    assert "missing or wrong" not in page(mere, "/console/markets/nz")


def test_gates_speak_in_words_not_in_keys(
    mere: Browser, at_work: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(at_work.house.completeness), "__call__", lambda _self: {})
    with database.writing() as db:
        db.get_one(Product, "HB-1").label_languages = "en"
    put(
        database,
        Listing(market="de", sku="HB-1", price=1_000),
        MarketLocale(market="nz", language="de", order_button=""),
    )
    shown = page(mere, "/console/markets/de")
    assert "No words for the button in: German" in shown
    assert "Not signed as they stand now: Returns (German), Guarantee (German)" in shown
    assert "May not be sold here: HB-1: The label is missing in a language (German)" in shown
    assert "No tax rate for: Standard goods" in shown
    assert "Products without a text: HB-1 (German)" in shown
    for key in ("label_language", "returns/de", "HB-1/de", "legal/de", "imprint/de"):
        assert key not in shown
