"""The desk: the queue as one may see it, the request with all that belongs beside it, and what agents do with it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.checkout.models import OrderEvent, OrderLine
from shop.policies.acceptance import accept
from shop.policies.library import PolicyLibrary
from shop.staff.models import Person
from shop.support.requests.models import Handover, Message, Request
from shop.support.shifts.models import Agent
from shop.support.workplace.desk import _changes
from tests.support_world import EVENING, MORNING, an_order, asked, desk_house, person, stored
from tests.world import Browser, World, text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    annika = person("annika", "Annika Petersen", role="specialist", markets="de")
    jonas = person("jonas", "Jonas Rieck", role="partner", language="de", markets="de")
    with desk_house(tmp_path, more=[annika, jonas]) as built:
        yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


def answered(browser: Browser, ref: str, **fields: str) -> int:
    browser.get(f"/desk/requests/{ref}")
    return browser.submit("/messages", **({"text": "Mit Wasser.", "kind": "ours"} | fields)).status_code


def test_the_desk_is_for_those_who_signed_in(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    stranger = house.browser()
    for path in ("/desk", f"/desk/requests/{ref}", "/desk/queue/stream"):
        assert stranger.get(path).headers["location"].startswith("/sign-in")
    assert stranger.post(f"/desk/requests/{ref}/messages", {"text": "x", "kind": "ours"}).status_code == 303
    assert house.signed_in("annika").get("/desk").status_code == 404
    assert stored(database, ref).state == "assigned"


def test_the_queue_shows_each_their_own(house: World, database: Database) -> None:
    german, french = asked(database, now=MORNING).ref, asked(database, now=MORNING, market="fr", language="fr").ref
    lena, camille, mere = (house.signed_in(name) for name in ("lena", "camille", "mere"))
    assert (german in lena.get("/desk").text, french in lena.get("/desk").text) == (True, False)
    assert (german in camille.get("/desk").text, french in camille.get("/desk").text) == (False, True)
    assert all(ref in mere.get("/desk").text for ref in (german, french))
    assert (
        lena.get(f"/desk/requests/{french}").status_code == camille.get(f"/desk/requests/{german}").status_code == 404
    )
    assert camille.post(f"/desk/requests/{german}/closing").status_code == 404


def test_the_gravest_stands_on_top_and_pages_follow_one_another(house: World, database: Database) -> None:
    with database.writing() as db:
        db.get_one(Agent, "lena").capacity = 1000
    refs = [asked(database, now=MORNING + timedelta(minutes=n // 2), text=str(n)).ref for n in range(60)]
    lena = house.signed_in("lena")
    first = lena.get("/desk").text
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = lena.get(following).text
    shown = [[ref for ref in refs if ref in page] for page in (first, second)]
    assert (len(shown[0]), len(shown[1])) == (50, 10)
    assert sorted(shown[0] + shown[1]) == sorted(refs)
    assert max(refs.index(ref) for ref in shown[0]) == 49
    assert (
        lena.get("/desk?tab=mine&after=rubbish~x").status_code
        == lena.get("/desk?after=1e999~x&tab=zz").status_code
        == 200
    )


def test_an_answer_reaches_the_customer_by_mail_and_on_the_page(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    lena = house.signed_in("lena")
    assert answered(lena, ref, text="Mit warmem Wasser.\n<b>Nicht</b> in die Maschine.") == 303
    assert stored(database, ref).state == "answered"
    house.work()
    mail = house.mails("anna@example.com")[-1].get_body(("plain",)).get_content()
    assert "Mit warmem Wasser." in mail and "<b>Nicht</b>" in mail and "Lena (Hamburg)" in mail
    assert 'class="chip good"' in lena.get(f"/desk/requests/{ref}").text


def test_a_note_is_for_colleagues_only(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    assert answered(house.signed_in("lena"), ref, text="Kundin ist verärgert.", kind="note") == 303
    assert stored(database, ref).state == "assigned"
    customer = house.browser("de")
    secret = house.house.holders.secret("request", ref, now=house.clock.now)
    shown = customer.follow(customer.get(f"/de/de/support/{ref}?secret={secret}"))
    assert shown.status_code == 200 and "verärgert" not in shown.text
    house.work()
    assert len(house.mails("anna@example.com")) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"text": ""}, 422),
        ({"text": "x" * 5001}, 422),
        ({"kind": "customer"}, 404),
        ({"kind": ""}, 404),
    ],
)
def test_what_cannot_be_sent_is_not(house: World, database: Database, fields: dict[str, str], status: int) -> None:
    ref = asked(database, now=MORNING).ref
    assert answered(house.signed_in("lena"), ref, **fields) == status
    with database.reading() as db:
        assert len(db.exec(select(Message)).all()) == 1


def test_a_colleagues_request_is_taken_first_and_then_answered(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    maricel = house.signed_in("maricel")
    page = maricel.get(f"/desk/requests/{ref}")
    assert 'value="ours"' not in page.text
    refused = maricel.post(f"/desk/requests/{ref}/messages", {"text": "Hallo", "kind": "ours", "key": "k"})
    assert refused.status_code == 409
    maricel.get(f"/desk/requests/{ref}")
    assert maricel.submit("/assignment").status_code == 303
    assert stored(database, ref).agent == "maricel"
    assert maricel.post(f"/desk/requests/{ref}/assignment", {"owner": "lena"}).status_code == 303
    assert house.signed_in("lena").post(f"/desk/requests/{ref}/assignment", {"owner": ""}).status_code == 409
    assert answered(maricel, ref) == 303


def test_a_colleagues_request_is_not_closed_over_their_head(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    maricel = house.signed_in("maricel")
    assert "/closing" not in maricel.get(f"/desk/requests/{ref}").text
    assert maricel.post(f"/desk/requests/{ref}/closing").status_code == 409
    assert stored(database, ref).state == "assigned"
    assert house.signed_in("mere").post(f"/desk/requests/{ref}/closing").status_code == 303


def test_the_live_queue_misses_nothing_between_page_and_stream(house: World, database: Database) -> None:
    page = house.signed_in("lena").get("/desk").text
    drawn = int(re.search(r'data-live="/desk/queue/stream\?since=([0-9]+)"', page)[1])  # type: ignore[index]
    asked(database, now=MORNING)
    house.house.revisions.refresh()

    async def first() -> str:
        return await anext(aiter(_changes(house.house.revisions, drawn)))

    assert int(house.portal.call(first)) > drawn


def test_a_partner_off_the_roster_sees_their_language_but_takes_nothing(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    jonas = house.signed_in("jonas")
    assert jonas.get(f"/desk/requests/{ref}").status_code == 200
    assert jonas.post(f"/desk/requests/{ref}/assignment", {"owner": "lena"}).status_code == 404
    assert jonas.post(f"/desk/requests/{ref}/messages", {"text": "x", "kind": "ours"}).status_code == 409


def test_whoever_comes_back_finds_what_waits(house: World, database: Database) -> None:
    lena, maricel = house.signed_in("lena"), house.signed_in("maricel")
    for agent_there in (lena, maricel):
        assert agent_there.post("/desk/presence", {"presence": "away"}).status_code == 303
    ref = asked(database, now=MORNING).ref
    assert stored(database, ref).state == "waiting"
    lena.get("/desk")
    assert lena.submit("/presence", presence="available").status_code == 303
    assert (stored(database, ref).state, stored(database, ref).agent) == ("assigned", "lena")


@pytest.mark.parametrize(
    ("now", "tone", "following"),
    [
        (MORNING, "good", ""),
        (EVENING, "calm", "morgen, 09:00"),
        (MORNING + timedelta(days=5), "calm", "morgen, 09:00"),  # a Sunday
    ],
)
def test_being_there_is_said_only_while_it_is_ones_shift(
    house: World, now: datetime, tone: str, following: str
) -> None:
    house.clock.now = now
    shown = house.signed_in("lena").get("/desk").text.partition('action="/desk/presence"')[2].partition("</form>")[0]
    assert f'class="chip {tone}"' in shown and 'value="away"' in shown
    assert following in text(shown) and ("09:00" in text(shown)) == bool(following)


def test_closing_ends_it_until_the_customer_writes_again(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    lena = house.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    assert lena.submit("/closing").status_code == 303
    assert stored(database, ref).state == "closed"
    assert lena.get(f"/desk/requests/{ref}").status_code == 200


def test_order_and_accepted_policy_stand_beside_the_request(house: World, database: Database) -> None:
    with database.writing() as db:
        db.add(an_order(goods=34900, tax=5572))
        db.flush()
        db.add(
            OrderLine(
                order_number="DE-1",
                sku="HB-BL-230",
                name="Standmixer",
                quantity=1,
                unit=34900,
                tax_e5=19_000,
                net=29328,
                tax=5572,
                gross=34900,
            )
        )
        db.add(OrderEvent(order_number="DE-1", kind="paid", at=MORNING))
        library: PolicyLibrary = house.house.policies
        versions = [library.in_force("de", kind, MORNING.date()) for kind in ("returns", "warranty", "terms")]
        accept(db, "DE-1", versions, house.house.languages.tongue("de", "DE"), wording="Ich nehme an.", now=MORNING)
    ref = asked(database, now=MORNING, order_number="DE-1").ref
    shown = text(house.signed_in("lena").get(f"/desk/requests/{ref}").text)
    assert all(word in shown for word in ("DE-1", "Standmixer", "349,00", "2026-11-22", "14"))


def test_both_clocks_and_the_reasons_are_shown(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    shown = text(house.signed_in("maricel").get(f"/desk/requests/{ref}").text)
    assert "10:30" in shown and "5:30" in shown  # Hamburg, Manila
    assert "Lena (Hamburg)" in shown


def test_clocks_that_agree_are_said_once(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        db.get_one(Person, "lena").language = "en"
    page = text(house.signed_in("lena").get(f"/desk/requests/{ref}").text)
    assert "Answer promised by 11:30 AM." in page and "11:30 AM their time" not in page
    assert "Their time and yours" in page
    abroad = text(house.signed_in("mere").get(f"/desk/requests/{ref}").text)
    assert "by 10:30 AM your time; that is 11:30 AM their time" in abroad


def test_the_shift_lists_a_request_once_and_says_there_what_it_lacks(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING).ref
    with database.writing() as db:
        db.get_one(Person, "lena").language = "en"
        db.add(Handover(request=ref, from_agent="maricel", to_agent="lena", reason="passed", note="n", at=MORNING))
    house.clock.now = MORNING.replace(hour=11)
    page = house.signed_in("lena").get("/desk/shift").text
    assert page.count(f'href="/desk/requests/{ref}"') == 1
    assert page.count("What belongs here stands above.") == 2  # what is overdue, and what has no note
    assert "No note of this shift yet" in page and "No request is overdue." not in page
    assert "Nothing of yours is open without a note." not in page


def test_a_request_that_vanished_order_and_all_is_still_a_page(house: World, database: Database) -> None:
    ref = asked(database, now=MORNING, order_number="DE-GONE").ref
    assert house.signed_in("lena").get(f"/desk/requests/{ref}").status_code == 200
    with database.writing() as db:
        db.get_one(Request, ref).category = "of an older version"
    assert house.signed_in("lena").get("/desk").status_code == 200
