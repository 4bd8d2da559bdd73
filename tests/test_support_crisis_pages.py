"""The bad day through its doors: the customer at night, the page and its secret link, the incident's page, the handbook."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.base.holders import SecretLink
from shop.catalogue.models import Product
from shop.markets.models import StopSale, StopSaleText
from shop.staff.models import Person
from shop.staff.signin import password_hash
from shop.support.crisis.models import CrisisText, Incident, IncidentStep
from shop.support.requests.models import Request
from tests.crisis_world import NIGHT, READ, crisis_house, incidents, kinds, pages
from tests.doors import question
from tests.support_world import asked, person
from tests.world import ORIGIN, PASSWORD, World, text
from tests.world import world as open_world

HASHED = password_hash(PASSWORD)
MINUTES_15 = timedelta(minutes=15)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with crisis_house(tmp_path) as database:
        with database.writing() as db:
            db.add(person("annika", "Annika Petersen", role="specialist", language="en", markets="de"))
            db.add(person("claire", "Claire Dupont", role="agent", language="en", markets="fr"))
            db.add(person("jonas", "Jonas Rieck", role="partner", language="en", markets="de"))
            db.flush()
            for each in db.exec(select(Person)).all():
                each.password_hash = HASHED
        with open_world(tmp_path, str(database.engine.url)) as built:
            built.clock.now = NIGHT
            yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


def seen(answer: Any) -> str:
    """The words of an answered page."""
    assert answer.status_code == 200, answer.text
    return text(answer.text)


def report(database: Database, words: str = "I have a skin rash") -> int:
    number = asked(database, now=NIGHT, text=words).incident
    assert number is not None
    return number


def link_in(house: World, to: str) -> str:
    body = house.mails(to)[-1].get_body(("plain",))
    assert body is not None
    found = re.search(rf"{ORIGIN}(/on-call/\S+)", body.get_content())
    assert found is not None, body.get_content()
    return found[1]


def test_an_allergic_reaction_at_night_from_the_customer_to_the_stop_of_the_sale(world: World) -> None:
    """The whole way with the demo's own handbook: acknowledged at once, paged up to the exporter, taken on, stopped."""
    world.at(world.clock.now.replace(hour=1, minute=0) + timedelta(days=1))
    database = world.house.database
    with database.writing() as db:
        card = db.get_one(CrisisText, ("allergic_reaction", "en")).model_dump()
        for language, read in (("ja", "お知らせいただき\n\n{emergency}"), ("de", READ["de"])):
            if db.get(CrisisText, ("allergic_reaction", language)) is None:
                words = {"ja": "アレルギー反応", "de": "allergische Reaktion"}[language]
                db.add(CrisisText(**(card | {"language": language, "acknowledgement": read, "words": words})))
    world.work()
    anna, yuki = world.browser("de"), world.browser("ja")
    ref = question(anna, "/de/de/", question="Nach der Creme eine allergic reaction, Charge L26341B")
    page = anna.get(f"/de/de/support/{ref}")
    assert "112" in seen(page)
    other = question(yuki, "/jp/ja/", question="クリームで allergic reaction. L26341B", email="yuki@example.com")
    assert "119" in seen(yuki.get(f"/jp/ja/support/{other}"))
    [incident] = incidents(database)
    with database.reading() as db:
        assert {each.incident for each in db.exec(select(Request)).all() if each.ref in (ref, other)} == {incident.id}
    world.work()
    first = pages(database)[0][2]
    assert [str(mail["Subject"]) for mail in world.mails("anna@example.com")] != []
    for _ in range(2):
        world.later(minutes=16)
    paged = [each[2] for each in pages(database)]
    assert paged[:2] == [first, "denise"]
    assert {"mere", "ruth"} <= set(paged)
    mere = world.signed_in("mere")
    mere.get(f"/desk/incidents/{incident.id}")
    assert mere.submit("/acknowledgement").status_code == 303
    known = len(pages(database))
    world.later(minutes=60)
    assert len(pages(database)) == known
    mere.get(f"/desk/incidents/{incident.id}")
    assert mere.submit("/stop", sku="HB-CO-FC", market="all").status_code == 303
    with database.reading() as db:
        [stop] = [each for each in db.exec(select(StopSale)).all() if each.sku == "HB-CO-FC"]
        told = db.exec(select(StopSaleText).where(StopSaleText.stop == stop.id)).all()
    assert (stop.market, stop.person) == ("", "mere")
    assert {"de", "en"} <= {each.language for each in told}


def test_the_customer_reads_the_acknowledgement_and_the_promise_by_mail(house: World, database: Database) -> None:
    report(database)
    house.work()
    [mail] = house.mails("anna@example.com")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Rufen Sie 112 an." in body.get_content()
    assert "Hello Anna Beck" not in body.get_content()
    assert "secret=" in body.get_content()


def test_the_link_of_a_page_shows_first_and_only_its_button_takes_on(house: World, database: Database) -> None:
    report(database)
    house.work()
    link, scanner, ruth = link_in(house, "ruth@example.com"), house.browser(), house.browser()
    assert scanner.get(link).status_code == 303
    shown = ruth.follow(ruth.get(link))
    assert "It is our fault." in seen(shown)
    assert incidents(database)[0].acknowledged_at is None
    assert ruth.submit("/acknowledgement").status_code == 303
    assert incidents(database)[0].acknowledged_by == "ruth"
    house.at(NIGHT + MINUTES_15)
    assert pages(database) == [(0, 0, "ruth")]


def test_the_link_of_a_page_is_a_secret_kept_hashed_and_over_after_a_week(house: World, database: Database) -> None:
    report(database)
    house.work()
    link = link_in(house, "ruth@example.com")
    secret = link.partition("secret=")[2]
    with database.reading() as db:
        kept = [each.hash for each in db.exec(select(SecretLink)).all() if each.subject == "page:1"]
    assert kept and secret not in kept
    stranger = house.browser()
    for guess in ("/on-call/1", "/on-call/1?secret=guess", "/on-call/2?secret=" + secret, "/on-call/0"):
        assert stranger.get(guess).status_code == 404
    assert stranger.post("/on-call/1/acknowledgement").status_code == 404
    house.clock.now = NIGHT + timedelta(days=8)
    assert stranger.get(link).status_code == 404


def test_nobody_is_woken_by_a_mail_for_what_was_taken_on_meanwhile(house: World, database: Database) -> None:
    report(database)
    with database.writing() as db:
        db.exec(select(Incident)).one().acknowledged_at = NIGHT
    house.work()
    # The guard, which pauses this bare market for reasons of its own, may write; nobody is paged.
    bodies = [mail.get_body(("plain",)) for mail in house.mails("ruth@example.com")]
    assert not [body for body in bodies if body is None or "/on-call/" in body.get_content()]


def test_an_incident_is_seen_by_those_of_its_markets_and_by_whoever_was_paged(house: World, database: Database) -> None:
    number = report(database)
    for who in ("mere", "ruth", "lena", "annika", "jonas"):
        assert house.signed_in(who).get(f"/desk/incidents/{number}").status_code == 200, who
    claire = house.signed_in("claire")
    assert claire.get(f"/desk/incidents/{number}").status_code == 404
    assert claire.post(f"/desk/incidents/{number}/acknowledgement").status_code == 404
    assert f"/desk/incidents/{number}" not in claire.get("/desk/incidents").text
    for guess in ("0", "999", "99999999999999999999"):
        assert house.signed_in("mere").get(f"/desk/incidents/{guess}").status_code == 404


def test_a_partner_reads_what_never_to_say_and_does_nothing(house: World, database: Database) -> None:
    number = report(database)
    jonas = house.signed_in("jonas")
    assert "It is our fault." in seen(jonas.get(f"/desk/incidents/{number}"))
    for path in ("acknowledgement", "steps/0", "told", "notes", "stop", "closing"):
        assert jonas.post(f"/desk/incidents/{number}/{path}", {"text": "x"}).status_code == 404
    assert kinds(database, number) == ["opened", "paged"]


def test_steps_calls_and_findings_are_lines_of_the_log_with_who_and_when(house: World, database: Database) -> None:
    number = report(database)
    lena = house.signed_in("lena")
    lena.get(f"/desk/incidents/{number}")
    assert lena.submit("/steps/0", done="yes").status_code == 303
    assert lena.submit("/steps/0", done="yes").status_code == 303
    assert lena.submit("/steps/0", done="no").status_code == 303
    assert lena.post(f"/desk/incidents/{number}/told", {"contact": "Ruth Alderson"}).status_code == 303
    assert lena.post(f"/desk/incidents/{number}/told", {"contact": "Nobody"}).status_code == 422
    assert lena.post(f"/desk/incidents/{number}/steps/7", {"done": "yes"}).status_code == 404
    lena.get(f"/desk/incidents/{number}")
    assert lena.submit("/collection", **{"value-0": "L26341B"}).status_code == 303
    assert lena.submit("/collection", **{"value-0": "L26341B"}).status_code == 303
    assert lena.post(f"/desk/incidents/{number}/notes", {"text": "<b>called</b>"}).status_code == 303
    assert kinds(database, number)[2:] == ["done", "undone", "told", "collected", "note"]
    with database.reading() as db:
        assert {each.person for each in db.exec(select(IncidentStep)).all()} == {"", "ruth", "lena"}
    page = lena.get(f"/desk/incidents/{number}")
    assert "&lt;b&gt;called&lt;/b&gt;" in page.text
    assert "L26341B" in page.text


def test_an_empty_note_is_refused_and_the_page_drawn_again(house: World, database: Database) -> None:
    number = report(database)
    assert house.signed_in("lena").post(f"/desk/incidents/{number}/notes", {"text": " "}).status_code == 422
    assert kinds(database, number) == ["opened", "paged"]


def test_it_is_closed_with_a_lesson_and_then_stands_as_it_is(house: World, database: Database) -> None:
    number = report(database)
    mere = house.signed_in("mere")
    assert mere.post(f"/desk/incidents/{number}/closing", {"lesson": ""}).status_code == 422
    assert mere.post(f"/desk/incidents/{number}/closing", {"lesson": "Ask for the lot first."}).status_code == 303
    assert mere.post(f"/desk/incidents/{number}/steps/0", {"done": "yes"}).status_code == 409
    assert "Ask for the lot first." in seen(mere.get(f"/desk/incidents/{number}"))
    house.at(NIGHT + MINUTES_15)
    assert pages(database) == [(0, 0, "ruth")]


def test_only_the_exporter_stops_a_sale_and_only_a_known_product(house: World, database: Database) -> None:
    number = report(database)
    assert (
        house.signed_in("lena").post(f"/desk/incidents/{number}/stop", {"sku": "X", "market": "de"}).status_code == 404
    )
    mere = house.signed_in("mere")
    for sku in ("", "X"):
        assert mere.post(f"/desk/incidents/{number}/stop", {"sku": sku, "market": "de"}).status_code == 422
    with database.reading() as db:
        assert db.exec(select(StopSale)).all() == []


def test_a_drill_stops_no_sale_and_leads_to_no_recall(house: World, database: Database) -> None:
    with database.writing() as db:
        db.add(Product(sku="HB-BL-230", kind="mains", plate="kitchen"))
    mere = house.signed_in("mere")
    place = mere.post("/console/crisis/rotations/world/drill", {"card": "skin"}).headers["location"].partition("?")[0]
    page = mere.get(place).text
    assert "DRILL" in page and f'action="{place}/stop"' not in page and "/console/recalls/new" not in page
    assert mere.post(f"{place}/stop", {"sku": "HB-BL-230", "market": "all"}).status_code == 404
    with database.reading() as db:
        assert db.exec(select(StopSale)).all() == []


def test_the_page_shows_whose_time_it_is_who_is_to_be_told_and_the_clock_of_the_law(
    house: World, database: Database
) -> None:
    number = report(database)
    shown = seen(house.signed_in("mere").get(f"/desk/incidents/{number}"))
    assert "Hans Deputy" in shown
    assert "It is night there." in shown
    assert "art. 23" in shown
    assert "No contact is kept here" in shown  # nobody is the insurer
    assert "December 14, 2026" in shown


def test_a_reader_without_a_translation_reads_english_marked_as_such(house: World, database: Database) -> None:
    number = report(database)
    with database.writing() as db:
        db.get_one(Person, "mere").language = "ja"
        db.get_one(Person, "ruth").language = "de"
    japanese = house.signed_in("mere").get(f"/desk/incidents/{number}").text
    assert 'lang="en" dir="auto">What if skin?' in japanese
    german = house.signed_in("ruth").get(f"/desk/incidents/{number}").text
    assert "skin in de" in german


def test_an_agent_raises_a_request_by_hand(house: World, database: Database) -> None:
    ref = asked(database, now=NIGHT, text="Es juckt").ref
    lena = house.signed_in("lena")
    answer = lena.post("/desk/incidents", {"request": ref, "card": "skin"})
    assert answer.headers["location"].startswith("/desk/incidents/1")
    assert house.signed_in("claire").post("/desk/incidents", {"request": ref, "card": "skin"}).status_code == 404
    assert lena.post("/desk/incidents", {"request": ref, "card": "nothing"}).status_code == 422
    assert len(incidents(database)) == 1


def test_what_was_learned_elsewhere_is_opened_without_a_request(house: World, database: Database) -> None:
    mere = house.signed_in("mere")
    mere.get("/desk/incidents")
    assert mere.submit("/desk/incidents", card="storm", market="de", title="A video").status_code == 303
    shown = seen(mere.get("/desk/incidents/1"))
    assert "A video" in shown
    assert "asleep" in shown
    assert mere.submit("/notes", posted="yes").status_code == 303
    assert kinds(database, 1) == ["opened", "paged", "posted"]
    assert house.signed_in("lena").post("/desk/incidents", {"card": "storm", "market": "fr"}).status_code == 422


def test_the_handbook_stands_in_the_readers_language_with_every_card(house: World) -> None:
    lena = house.signed_in("lena")  # who reads German
    assert "skin in de" in seen(lena.get("/console/handbook"))
    card = seen(lena.get("/console/handbook/skin"))
    assert "It is our fault." in card and "Ruth Alderson" in card and "112" in card
    assert lena.get("/console/handbook/nothing").status_code == 404
    assert house.browser().get("/console/handbook").status_code == 303


def test_the_request_leads_to_the_form_and_the_incident_to_the_recall_with_what_is_known(
    house: World, database: Database
) -> None:
    ref = asked(database, now=NIGHT, text="Es juckt").ref
    mere = house.signed_in("mere")
    assert f"/desk/incidents?about={ref}" in mere.get(f"/desk/requests/{ref}").text
    mere.get(f"/desk/incidents?about={ref}")
    assert mere.submit("/desk/incidents", card="skin").status_code == 303
    with database.writing() as db:
        incident = db.exec(select(Incident)).one()
        incident.sku, incident.lot = "CREAM", "L26341B"
    shown = mere.get("/desk/incidents/1").text
    assert "/console/recalls/new?skus=CREAM&amp;lots=L26341B" in shown
    form = mere.get("/console/recalls/new?skus=CREAM&lots=L26341B").text
    assert 'value="CREAM"' in form
    assert 'value="L26341B"' in form
    assert "/console/recalls/new" not in house.signed_in("lena").get("/desk/incidents/1").text
