"""Support in a real Chromium: a question at night in Osaka, a French speaker's consent, an allergic reaction, a partner
who must ask first, and what Omar reads from right to left."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Browser
from sqlmodel import col, select, update

from shop.base.mail import FolderMailer
from shop.support.crisis.models import Incident, Page
from shop.support.requests.models import Referral, Request, RequestPromise
from shop.support.shifts.models import Agent
from tests.browser.serving import DESKTOP, Served, Visitor, served, visitor
from tests.doors import change_market
from tests.support_world import asked
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ASKED = r"/[a-z]{2}/[a-z]{2}/support/R-[^/?]+"
NIGHT_IN_OSAKA = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # Wednesday, two in the morning there
SATURDAY_MORNING = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)  # ten in Lausanne, five in the afternoon in Manila
MONDAY_MORNING = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
NIGHT_IN_HAMBURG = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def shop(demo_file: Path, tmp_path: Path) -> Iterator[Served]:
    """The demo's shop."""
    with served(demo_file, tmp_path) as opened:
        yield opened


def test_a_question_at_two_in_the_morning_in_osaka_is_answered_after_nine(chromium: Browser, shop: Served) -> None:
    at(shop, NIGHT_IN_OSAKA)
    with visitor(chromium, shop, "ja") as yuki, visitor(chromium, shop, "ja", size=DESKTOP) as haruka:
        yuki.goto("/jp/ja/support")
        yuki.look()
        ask(yuki, "use", "お手入れの方法を教えてください。", name="山田 雪", email="yuki@example.com")
        yuki.look()
        promised = yuki.said("main")
        assert "9:00" in promised and "10:00" in promised
        at(shop, NIGHT_IN_OSAKA + timedelta(hours=7, minutes=5))
        haruka.sign_in("haruka")
        haruka.at("/desk")
        haruka.look()
        haruka.page.locator("#queue a[href*='/desk/requests/']").first.click()
        haruka.at("/desk/requests/[^/]+")
        haruka.look()
        haruka.fill(text="ぬるま湯と中性洗剤で洗ってください。")
        haruka.press("/messages", "[value=ours]")
        haruka.at(r"/desk/requests/[^/]+\?done=answered")
        yuki.page.reload()
        yuki.look()
        assert "ぬるま湯" in yuki.said("main")
    request = the_request(shop)
    assert (request.agent, request.state) == ("haruka", "answered")
    with shop.house.database.reading() as db:
        assert [each.kept for each in db.exec(select(RequestPromise)).all()] == [True]


def test_a_french_question_falls_to_a_fluent_speaker(chromium: Browser, shop: Served) -> None:
    swiss(shop, SATURDAY_MORNING)  # Camille in Lyon is back on Monday; Maricel in Manila speaks French too
    with visitor(chromium, shop, "fr") as claire:
        claire.goto("/ch/fr/support")
        assert "Maricel" in claire.said("main")
        ask(claire, "use", "Comment nettoyer le bol ?", name="Claire Favre", email="claire@example.com")
        assert "Maricel" in claire.said("main")
    request = the_request(shop)
    assert (request.agent, request.tier, request.language) == ("maricel", 1, "fr")


@pytest.mark.parametrize(("consents", "agent"), [(False, None), (True, "lena")])
def test_a_french_question_falls_to_english_only_where_the_customer_agrees(
    chromium: Browser, shop: Served, consents: bool, agent: str | None
) -> None:
    swiss(shop, MONDAY_MORNING)
    with shop.house.database.writing() as db:
        away = update(Agent).where(col(Agent.id).in_(("camille", "maricel"))).values(available=False)
        db.connection().execute(away)
    with visitor(chromium, shop, "fr") as claire:
        claire.goto("/ch/fr/support")
        if consents:
            claire.page.check("[name=others]")
        ask(claire, "use", "Comment nettoyer le bol ?", name="Claire Favre", email="claire@example.com")
        assert ("Lena" in claire.said("main")) is consents
    assert the_request(shop).agent == agent


def test_an_allergic_reaction_at_night_pages_until_somebody_takes_it_on(chromium: Browser, shop: Served) -> None:
    at(shop, NIGHT_IN_HAMBURG)
    with visitor(chromium, shop, "de") as anna:
        anna.goto("/de/de/support?category=safety")
        anna.look()
        anna.page.check("[name$=hurt][value=yes]")
        words = "Nach der Gesichtscreme ist mein Gesicht geschwollen."
        ask(anna, "safety", words, name="Anna Beck", email="anna@example.com")
        anna.look()
        said = anna.said("main")
        assert "112" in said and "Unser Team ist gerufen" in said and "Maricel" not in said
    shop.work()
    request = the_request(shop)
    assert (request.severity, request.language) == (0, "de") and request.incident is not None
    for minutes in (16, 32):
        at(shop, NIGHT_IN_HAMBURG + timedelta(minutes=minutes))
    with shop.house.database.reading() as db:
        paged = [(each.rung, each.person) for each in db.exec(select(Page).order_by(col(Page.id))).all()]
    assert [rung for rung, _person in paged][:3] == [0, 1, 2] and "mere" in {person for _rung, person in paged}
    with visitor(chromium, shop, "en") as mere:
        mere.page.goto(link_in_last_mail(shop, "mere@harbourbench.example", r"/on-call/\S+"))
        mere.look()
        mere.press("/acknowledgement")
        mere.page.wait_for_load_state()
        mere.look()
        mere.sign_in("mere")
        mere.goto(f"/desk/incidents/{request.incident}")
        mere.look()
        mere.press("/stop")
        mere.page.wait_for_load_state()
        mere.look()
    with shop.house.database.reading() as db:
        incident = db.get_one(Incident, request.incident)
        assert incident.acknowledged_by == "mere"
        before = len(db.exec(select(Page)).all())
    at(shop, NIGHT_IN_HAMBURG + timedelta(hours=2))
    with shop.house.database.reading() as db:
        assert len(db.exec(select(Page)).all()) == before  # whoever was still asleep is left in peace


def test_a_partner_signs_asks_the_exporter_first_and_says_the_answer_in_german(chromium: Browser, shop: Served) -> None:
    ref = asked(shop.house.database, now=shop.house.clock(), text="Es hat geraucht.", subject="Rauch").ref
    with shop.house.database.writing() as db:
        waiting = update(Request).where(col(Request.ref) == ref).values(agent=None, state="waiting")
        db.connection().execute(waiting)
    with visitor(chromium, shop, "de", size=DESKTOP) as jonas, visitor(chromium, shop, "en") as mere:
        jonas.sign_in("jonas")
        jonas.goto("/desk/training")
        jonas.look()
        while jonas.page.locator("form[action*='/desk/training/'] [name=signature]").count():
            jonas.page.locator("form[action*='/desk/training/'] [name=signature]").first.fill("Jonas Rieck")
            jonas.press("/desk/training/")
            jonas.page.wait_for_load_state()
        jonas.goto(f"/desk/requests/{ref}")
        jonas.press("/assignment")
        jonas.at(r"/desk/requests/[^/]+\?done=taken")
        jonas.look()
        jonas.fill(text="Bitte den Stecker ziehen.")
        jonas.press("/messages", "[value=ours]")
        jonas.at(r"/desk/requests/[^/]+\?done=referred")
        jonas.look()
        mere.sign_in("mere")
        mere.goto("/desk/referrals")
        mere.look()
        mere.page.locator("main a[href*='/desk/referrals/']").first.click()
        mere.at("/desk/referrals/[^/]+")
        mere.look()
        mere.page.locator("[name=answer]").first.fill("Pull the plug and keep the machine.")
        mere.page.click("[name=how][value=to_agent]")
        mere.page.wait_for_load_state()
        jonas.goto(f"/desk/requests/{ref}")
        assert "Pull the plug" in jonas.said("main")
        jonas.fill(text="Bitte ziehen Sie den Stecker und bewahren Sie das Gerät auf.")
        jonas.press("/messages", "[value=ours]")
        jonas.at(r"/desk/requests/[^/]+\?done=answered")
    with shop.house.database.reading() as db:
        assert db.exec(select(Referral)).one().answered_by == "mere"


def test_omar_reads_his_weeks_checklists_and_incidents_from_right_to_left(chromium: Browser, shop: Served) -> None:
    with visitor(chromium, shop, "ar") as omar:
        omar.sign_in("omar")
        for path in ("/desk/week", "/desk/shift", "/desk/sops", "/desk/incidents", "/console/handbook"):
            omar.goto(path)
            omar.look()


def at(shop: Served, instant: datetime) -> None:
    """Set the clock, and do what has become due."""
    cast(Any, shop.house.clock).now = instant
    shop.work()


def swiss(shop: Served, instant: datetime) -> None:
    """Switzerland open to everybody, at that instant."""
    change_market(cast(World, SimpleNamespace(house=shop.house)), "ch", state="open", audience="", ever_sold=True)
    at(shop, instant)


def ask(customer: Visitor, category: str, question: str, *, name: str, email: str) -> None:
    """Fill in the form that stands there and send it."""
    customer.fill(category=category, question=question, name=name, email=email)
    customer.press("/support")
    customer.at(ASKED)


def the_request(shop: Served) -> Request:
    """The only request."""
    with shop.house.database.reading() as db:
        return db.exec(select(Request)).one()


def link_in_last_mail(shop: Served, to: str, pattern: str) -> str:
    """The address of that form in the last mail to somebody."""
    assert isinstance(shop.house.mailer, FolderMailer)
    mails = [mail for _name, mail in shop.house.mailer.kept() if mail["To"] == to]
    for mail in mails:
        body = mail.get_body(("plain",))
        assert body is not None
        if found := re.search(re.escape(shop.origin) + pattern, body.get_content()):
            return found[0]
    raise AssertionError(f"no such link to {to}: {[mail['Subject'] for mail in mails]}")
