"""The console over HTTP: who sees what, every step and form, and that the shop follows at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import select

from shop.base.db import Database, write_last
from shop.base.mail import FolderMailer, Mail
from shop.base.outbox import Effect
from shop.base.payments import PaymentRefused
from shop.base.revisions import EVERYWHERE
from shop.catalogue.models import Listing, Product
from shop.checkout.models import Hold, Order, PaymentAttempt
from shop.checkout.stopping import ALL_MARKETS, stop_sale, texts_of
from shop.launches.changing import stop_console
from shop.launches.changing.safety import end_payments
from shop.launches.console import HANDLERS
from shop.markets.exposure_models import Exposure, Invitation
from shop.markets.models import LaunchEvent, MarketLocale, ShippingRate, StopSale, StopSaleText
from shop.staff.may import MATRIX, ROLES
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.known.models import Answer, MustKnow, Question
from shop.support.known.training import hashes, sign_off
from shop.support.shifts.hours import rewrite_hours
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval
from shop.upkeep import console as upkeep
from tests.launching import NOW, events, exporter, launched, market, put, revisions, step, take_out
from tests.world import PASSWORD, Browser, World, forms, text, world

BOTH = "2 markets are touched: New Zealand and Germany"


@cache
def hashed() -> str:
    return password_hash(PASSWORD)


def give_passwords(database: Database) -> None:
    with database.writing() as db:
        for person in db.exec(select(Person)).all():
            person.password_hash = hashed()


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[World]:
    with exporter(tmp_path), world(tmp_path, f"sqlite:///{tmp_path / 'launching.db'}") as opened:
        opened.clock.now = NOW
        give_passwords(opened.house.database)
        yield opened


@pytest.fixture
def database(at_work: World) -> Database:
    return at_work.house.database


@pytest.fixture
def mere(at_work: World) -> Browser:
    return at_work.signed_in("mere")


def page(browser: Browser, url: str, status: int = 200) -> str:
    answer = browser.get(url)
    assert answer.status_code == status, text(answer.text)
    return text(answer.text)


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


def test_a_market_is_launched_from_its_pages(mere: Browser, at_work: World, database: Database) -> None:
    mere.get("/console/markets/nz/declaration")
    assert mere.submit("/declaration", reason="signed").status_code == 303
    assert at_work.browser().get("/nz/en/").status_code == 404
    mere.get("/console/markets/nz/launch")
    assert mere.submit("/launch", audience="percentage", percent="12,5", order_cap="40").status_code == 303
    now = market(database)
    assert (now.state, now.audience, now.percent_bp, now.order_cap) == ("soft", "percentage", 1_250, 40)
    assert at_work.browser().get("/nz/en/").status_code == 200
    assert "The scorecard does not say GO" in page(mere, "/console/markets/nz/opening")
    assert mere.submit("/opening", order_cap="").status_code == 409
    mere.get("/console/markets/nz/opening")
    assert mere.submit("/opening", order_cap="", override="Sold there for years").status_code == 303
    assert market(database).order_cap is None
    assert at_work.browser().get("/nz/en/").headers["cache-control"].startswith("public")


def test_a_pause_is_told_by_the_shop_at_once_and_taken_back(mere: Browser, at_work: World, database: Database) -> None:
    launched(database)
    step(database, "open")
    customer = at_work.browser()
    assert customer.get("/nz/en/").status_code == 200
    mere.get("/console/markets/nz/pause")
    assert mere.submit("/pause", mode="sell_stop", reason="The carrier is on strike").status_code == 303
    paused = customer.get("/nz/en/")
    assert "We are not taking orders here at the moment." in paused.text
    assert "no-store" in paused.headers["cache-control"]
    mere.get("/console/markets/nz/resumption")
    assert mere.submit("/resumption", reason="The strike is over").status_code == 303
    assert "We are not taking orders" not in customer.get("/nz/en/").text


def test_a_pause_without_a_reason_is_asked_again_with_what_was_chosen(mere: Browser, database: Database) -> None:
    launched(database)
    mere.get("/console/markets/nz/pause")
    answer = mere.submit("/pause", mode="hidden", reason=" ")
    assert answer.status_code == 422
    assert "Please say why." in text(answer.text)
    assert 'value="hidden" checked' in answer.text
    assert market(database).state == "soft"


def test_the_confirm_page_says_what_is_under_way(mere: Browser, database: Database) -> None:
    launched(database)
    being_paid(database)
    shown = page(mere, "/console/markets/nz/pause")
    assert "1 payment is under way." in shown
    assert "1 order holds goods until it is paid." in shown


def test_a_safety_pause_ends_the_payments_under_way(mere: Browser, at_work: World, database: Database) -> None:
    launched(database)
    being_paid(database)
    ended: list[str] = []
    at_work.house.payments.expire = lambda session: ended.append(session)  # type: ignore[method-assign, assignment, return-value]
    mere.get("/console/markets/nz/pause")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shop.checkout.ending.settle_by_session", lambda *_given, **_named: True)
        assert mere.submit("/pause", mode="sell_stop", reason="strike").status_code == 303
        assert ended == []
        mere.get("/console/markets/nz/pause")
        assert mere.submit("/pause", mode="safety", reason="accident").status_code == 303
    assert ended == ["session-1"]


def test_a_form_decided_on_an_older_state_is_refused_in_words(mere: Browser, database: Database) -> None:
    launched(database)
    mere.get("/console/markets/nz/opening")
    step(database, "pause", mode="safety")
    answer = mere.submit("/opening")
    assert answer.status_code == 409
    assert "Paused" in text(answer.text)
    assert market(database).state == "paused"


def test_a_step_that_does_not_lead_on_is_refused_in_words(mere: Browser) -> None:
    assert "Its state is: Draft" in page(mere, "/console/markets/nz/pause", 409)
    answer = mere.post("/console/markets/nz/closure", {"version": "1", "reason": "enough"})
    assert answer.status_code == 409


def test_a_market_that_is_not_ready_is_told_why(mere: Browser, database: Database) -> None:
    mere.get("/console/markets/nz/declaration")
    take_out(database, ShippingRate, "nz")
    answer = mere.submit("/declaration")
    assert answer.status_code == 409
    assert "Delivery and returns arranged No delivery is set" in text(answer.text)
    shown = page(mere, "/console/markets/nz/declaration")
    assert "These gates are in the way" in shown


def test_a_safety_pause_goes_on_after_a_payment_that_cannot_be_ended(database: Database) -> None:
    launched(database)
    being_paid(database)
    later = NOW + timedelta(minutes=30)
    put(
        database,
        PaymentAttempt(
            key="b",
            order_number="R1",
            provider="till",
            session="session-2",
            expires_at=later,
            ask_at=later,
            created_at=NOW,
        ),
    )
    asked: list[str] = []

    class Unwilling:
        def expire(self, session: str) -> None:
            asked.append(session)
            raise PaymentRefused(session)

    assert end_payments(database, Unwilling(), "nz", now=NOW) == 0  # type: ignore[arg-type]
    assert sorted(asked) == ["session-1", "session-2"]


def test_an_unknown_market_step_or_number_is_not_found(mere: Browser) -> None:
    for url in (
        "/console/markets/xx",
        "/console/markets/nz/explosion",
        "/console/markets/xx/pause",
        "/console/mail/none",
    ):
        page(mere, url, 404)
    for url in (
        "nz/explosion",
        "xx/pause",
        "xx/invitations",
        f"nz/invitations/{10**30}/revocation",
        "nz/stops/7/lifting",
    ):
        answer = mere.post(
            f"/console/markets/{url}", {"version": "1", "mode": "safety", "reason": "x", "max_uses": "1", "days": "1"}
        )
        assert answer.status_code == 404, url


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"audience": "percentage", "percent": "101"}, "percent"),
        ({"audience": "percentage", "percent": "1.234"}, "percent"),
        ({"audience": "percentage", "percent": "nan"}, "percent"),
        ({"audience": "percentage", "percent": "-1"}, "percent"),
        ({"audience": "everybody"}, "audience"),
        ({}, "audience"),
        ({"audience": "invitation", "order_cap": "0"}, "order_cap"),
        ({"audience": "invitation", "order_cap": "many"}, "order_cap"),
    ],
)
def test_an_exposure_that_cannot_be_read_changes_nothing(
    mere: Browser, database: Database, form: dict[str, str], field: str
) -> None:
    launched(database)
    answer = mere.post("/console/markets/nz/exposure", {"version": "3", **form})
    assert answer.status_code == 422
    assert f'href="#exposure-{field}"' in answer.text
    assert market(database).version == 3


def test_the_exposure_is_changed_in_digits_of_any_script(mere: Browser, database: Database) -> None:
    launched(database)
    mere.get("/console/markets/nz")
    shown = mere.submit("/exposure-preview", audience="percentage", percent="١٢٫٥", order_cap="٤٠")
    assert "Who comes by chance sees nothing, as if there were no such market the catalogue" in text(shown.text)
    assert mere.submit("/exposure").status_code == 303
    assert (market(database).percent_bp, market(database).order_cap) == (1_250, 40)


def test_an_invitation_is_shown_once_redeemed_and_revoked(mere: Browser, at_work: World, database: Database) -> None:
    launched(database)
    mere.get("/console/markets/nz")
    answer = mere.submit("/invitations", note="<b>Tama</b>", max_uses="2", days="7")
    assert answer.status_code == 201
    link = next(word for word in text(answer.text).split() if "/invite/" in word)
    guest = at_work.browser()
    assert guest.get("/nz/en/").status_code == 404
    guest.get(link)
    assert guest.follow(guest.submit(link.partition("8000")[2])).status_code == 200
    shown = mere.get("/console/markets/nz").text
    assert "&lt;b&gt;Tama&lt;/b&gt;" in shown and link not in shown
    assert "1 of 2" in text(shown)
    assert mere.post("/console/markets/nz/invitations/1/revocation").status_code == 303
    assert guest.get("/nz/en/").status_code == 404
    assert mere.post("/console/markets/nz/invitations/1/revocation").status_code == 404


@pytest.mark.parametrize(
    "form", [{"max_uses": "0", "days": "7"}, {"max_uses": "1", "days": "181"}, {"max_uses": "x", "days": ""}]
)
def test_an_invitation_beyond_bounds_is_not_made(mere: Browser, database: Database, form: dict[str, str]) -> None:
    assert mere.post("/console/markets/nz/invitations", form).status_code == 422
    with database.reading() as db:
        assert db.exec(select(Invitation)).all() == []


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


def test_what_was_given_up_is_seen_and_tried_again(mere: Browser, at_work: World, database: Database) -> None:
    error = "PaymentRefused('<b>')"
    put(
        database,
        Effect(
            kind="refund",
            key="refund:R1",
            payload="{}",
            due_at=NOW,
            created_at=NOW,
            attempts=12,
            dead_at=NOW,
            error=error,
        ),
        Effect(kind="refund", key="refund:R2", payload="{}", due_at=NOW, created_at=NOW),
    )
    assert "1 message or refund could not be carried out." in page(mere, "/console")
    shown = page(mere, "/console/mail")
    assert "refund:R1" in shown and "PaymentRefused(&#39;&lt;b&gt;&#39;)" in shown and "refund:R2" not in shown
    mere.get("/console/mail")
    assert mere.submit("/retry").status_code == 303
    with database.reading() as db:
        again = db.get_one(Effect, 1)
    assert (again.dead_at, again.attempts, again.due_at) == (None, 0, NOW)
    assert "refund:R1" not in page(mere, "/console/mail?done=repeated")
    for number in (1, 2, 3, 10**30):
        assert mere.post(f"/console/effects/{number}/retry").status_code == 404
    assert at_work.signed_in("ruth").post("/console/effects/1/retry").status_code == 404


def test_history_names_the_day_at_home(mere: Browser, database: Database) -> None:
    step(database, "ready", now=NOW + timedelta(hours=3))  # 1:30 of the next day in Auckland
    assert "November 25, 2026" in page(mere, "/console/markets/nz")


def test_the_outbox_is_shown_with_links_of_this_shop_only(mere: Browser, at_work: World) -> None:
    mailer = at_work.house.mailer
    assert isinstance(mailer, FolderMailer)
    assert "No mail has been written yet." in page(mere, "/console/mail")
    body = "See http://127.0.0.1:8000/nz/en/orders/R1?secret=s, not http://evil.example/x or <script>."
    mail = Mail(
        to="tama@example.com",
        subject="Order R1",
        text=body,
        html="<p>x</p>",
        language="en-NZ",
        key="order:R1:confirmed",
    )
    mailer.send(mail, now=NOW)
    mailer.send(replace(mail, subject="Later", key="later"), now=NOW + timedelta(minutes=1))
    listed = page(mere, "/console/mail")
    assert listed.index("Later") < listed.index("Order R1")
    [name] = [name for name, kept in mailer.kept() if isinstance(kept, EmailMessage) and kept["Subject"] == "Order R1"]
    shown = mere.get(f"/console/mail/{name}")
    assert 'href="http://127.0.0.1:8000/nz/en/orders/R1?secret=s"' in shown.text
    assert 'href="http://evil.example' not in shown.text
    assert "<script>." not in shown.text


@pytest.mark.parametrize("name", ["none", "%00", "..%2Fsecret-key", "x" * 300])
def test_a_mail_that_is_not_there_is_not_found(mere: Browser, name: str) -> None:
    assert mere.get(f"/console/mail/{name}").status_code == 404


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


def stops(database: Database) -> list[StopSale]:
    with database.reading() as db:
        return list(db.exec(select(StopSale)).all())


def being_paid(database: Database) -> None:
    order = Order(
        number="R1",
        market="nz",
        language="en",
        currency="NZD",
        key="k",
        content="c",
        email="a@example.com",
        name="Tama",
        address="{}",
        goods=100,
        shipping=0,
        net=87,
        tax=13,
        total=100,
        days_min=1,
        days_max=3,
        placed_at=NOW,
    )
    put(database, order)
    later = NOW + timedelta(minutes=30)
    attempt = PaymentAttempt(
        key="a", order_number="R1", provider="till", session="session-1", expires_at=later, ask_at=later, created_at=NOW
    )
    put(database, Hold(order_number="R1", expires_at=later), attempt)
