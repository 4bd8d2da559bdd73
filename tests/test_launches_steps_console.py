"""A market's steps at the console: each form and its noes, what is under way, exposure and invitations."""

from datetime import timedelta

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.payments import PaymentRefused
from shop.checkout.models import PaymentAttempt
from shop.launches.changing.safety import end_payments
from shop.markets.exposure_models import Invitation
from shop.markets.models import ShippingRate
from tests.launch_console import at_work, being_paid, database, mere, page
from tests.launching import NOW, launched, market, put, step, take_out
from tests.world import Browser, World, text

__all__ = ["at_work", "database", "mere"]  # fixtures


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
