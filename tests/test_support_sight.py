"""What stands beside a request: its order and what holds today, clocks, handovers, earlier requests, and its files."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from shop.aftersales.models import Case
from shop.checkout.models import OwnedItem
from shop.support.requests.attachments import Shelf, keep
from shop.support.requests.files import File
from shop.support.requests.models import Draft, Handover, Message, Referral, Request, RequestPromise
from tests.aftersales import bought, change_order, withdrawn
from tests.doors import question
from tests.packing import arrive, send
from tests.world import TUESDAY, Browser, World, text

DE = "/de/de/"


@pytest.fixture
def world(sqlite_world: World) -> World:
    return sqlite_world


def change(world: World, ref: str, **values: object) -> None:
    with world.house.database.writing() as db:
        db.connection().execute(update(Request).where(col(Request.ref) == ref).values(**values))


def asked_about(world: World, browser: Browser, number: str, **values: object) -> str:
    ref = question(browser, DE)
    change(world, ref, order_number=number, agent="lena", state="assigned", **values)
    return ref


def seen(world: World, ref: str, who: str = "lena") -> str:
    return text(world.signed_in(who).get(f"/desk/requests/{ref}").text)


def test_what_holds_today_stands_beside_the_request(world: World) -> None:
    browser = world.browser("de")
    number = bought(world, browser)
    mere = world.signed_in("mere")
    assert send(mere, number).status_code == 303
    assert arrive(mere, number).status_code == 303
    ref = asked_about(world, browser, number)
    with world.house.database.reading() as db:
        serial = db.exec(select(OwnedItem.serial)).one()
    shown = seen(world, ref)
    assert number in shown and serial in shown
    assert "Bis 8. Dezember 2026" in shown or "Until 8. Dezember 2026" in shown  # fourteen days to withdraw
    assert "24. November 2028" in shown and "BGB" in shown  # two years of guarantee, with the article
    world.clock.now = TUESDAY + timedelta(days=20)
    later = seen(world, ref)
    assert "Bis 8. Dezember" not in later and "Until 8. Dezember" not in later and "24. November 2028" in later


def test_cases_and_another_address_of_the_order_are_told(world: World) -> None:
    browser = world.browser("de")
    number = bought(world, browser)
    ref = asked_about(world, browser, number)
    assert "another e-mail" not in seen(world, ref, "mere")
    withdrawn(browser, order=number)
    change_order(world, number, email="other@example.com")
    with world.house.database.reading() as db:
        case = db.exec(select(Case.number)).one()
    page = world.signed_in("mere").get(f"/desk/requests/{ref}").text
    assert f'href="/desk/cases/{case}"' in page and f'href="/desk/orders/{number}"' in page
    assert "another e-mail" in page
    assert f'href="/desk/orders/{number}"' not in world.signed_in("lena").get(f"/desk/requests/{ref}").text


@pytest.mark.parametrize(("email", "told"), [("anna@strasse.example", True), ("Anna@XN--STRAE-OQA.example", False)])
def test_an_address_that_only_looks_like_the_orders_is_told_as_another(world: World, email: str, told: bool) -> None:
    browser = world.browser("de")
    number = bought(world, browser)
    ref = asked_about(world, browser, number, email=email)
    change_order(world, number, email="anna@straße.example")
    assert ("another e-mail" in seen(world, ref, "mere")) is told


def test_an_order_of_another_market_is_not_shown(world: World) -> None:
    browser = world.browser("de")
    number = bought(world, browser)
    ref = asked_about(world, browser, number)
    change_order(world, number, market="nz")
    assert "Elbchaussee" not in seen(world, ref) and "Standmixer" not in seen(world, ref)


def test_earlier_requests_are_those_one_may_see(world: World) -> None:
    browser = world.browser("de")
    first, second, other = (question(browser, DE, question=f"Frage {n}") for n in range(3))
    change(world, second, email="ANNA@example.com", order_number="DE-7")
    change(world, first, order_number="DE-7")
    change(world, other, market="nz", language="en", order_number="DE-7", agent=None, state="waiting")
    page = world.signed_in("lena").get(f"/desk/requests/{first}").text
    assert f"/desk/requests/{second}" in page and other not in page
    assert other in world.signed_in("mere").get(f"/desk/requests/{first}").text


def test_clocks_promises_and_details_are_told(world: World) -> None:
    ref = question(world.browser("de"), DE)
    change(world, ref, details='{"serial": "HB-1", "odd": "<b>"}', category="use", serial="HB-1")
    with world.house.database.writing() as db:
        db.connection().execute(update(RequestPromise).values(kept=False))
    page = world.signed_in("mere").get(f"/desk/requests/{ref}").text
    shown = text(page)
    assert "First answer" in shown and "Promise broken" in shown
    assert "HB-1" in shown and "&lt;b&gt;" in page


def test_how_it_went_from_hand_to_hand_is_told(world: World) -> None:
    ref = question(world.browser("de"), DE)
    with world.house.database.writing() as db:
        row = {"request": ref, "from_agent": "lena", "to_agent": "", "reason": "shift_end", "note": "<i>Sie wartet"}
        db.connection().execute(insert(Handover).values(**row, person="lena", at=TUESDAY))
    page = world.signed_in("mere").get(f"/desk/requests/{ref}").text
    assert "The shift ended" in page and "&lt;i&gt;Sie wartet" in page and "Lena" in page


def test_a_referral_that_waits_is_told(world: World) -> None:
    ref = question(world.browser("de"), DE)
    change(world, ref, state="referred")
    with world.house.database.writing() as db:
        row = {"request": ref, "question": "x", "person": "jonas", "draft": "Das wäre so", "key": "k"}
        due = TUESDAY + timedelta(hours=8)
        db.connection().execute(
            insert(Referral).values(**row, why="", asked_at=TUESDAY, due_at=due, answered_by="", answer="", sent=False)
        )
    shown = world.signed_in("jonas").get(f"/desk/requests/{ref}")
    assert shown.status_code == 200 and 'href="/desk/referrals/1"' in shown.text


def test_a_file_is_only_ever_downloaded_and_only_by_who_may_see_the_request(world: World) -> None:
    ref = question(world.browser("de"), DE)
    other = question(world.browser("de"), DE, question="Noch etwas")
    shelf = Shelf.of(world.house.settings.data_dir)
    shelved = shelf.shelve([File("böse<script>.svg", "image/svg+xml", b"<svg onload='x'/>")])
    with world.house.database.writing() as db:
        message = db.exec(select(Message.id).where(Message.request == ref)).one()
        keep(db, ref, message, shelved, now=TUESDAY)
    mere = world.signed_in("mere")
    page = mere.get(f"/desk/requests/{ref}").text
    assert f'href="/desk/requests/{ref}/files/1" download' in page and "böse&lt;script&gt;.svg" in page
    got = mere.get(f"/desk/requests/{ref}/files/1")
    assert got.status_code == 200 and got.headers["content-disposition"].startswith("attachment")
    assert "svg" not in got.headers["content-type"] and got.headers["x-content-type-options"] == "nosniff"
    for path in (f"{other}/files/1", f"{ref}/files/2", f"{ref}/files/99999999999", "R-NOBODY/files/1"):
        assert mere.get(f"/desk/requests/{path}").status_code == 404
    assert world.signed_in("haruka").get(f"/desk/requests/{ref}/files/1").status_code == 404
    assert world.browser().get(f"/desk/requests/{ref}/files/1").status_code == 303


def test_a_draft_of_ones_own_is_in_the_form(world: World) -> None:
    ref = question(world.browser("de"), DE)
    with world.house.database.writing() as db:
        db.add(Draft(request=ref, person="mere", text="Half", since=TUESDAY, at=TUESDAY))
    assert "Half</textarea>" in world.signed_in("mere").get(f"/desk/requests/{ref}").text
