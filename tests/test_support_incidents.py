"""Incidents: a crisis request is acknowledged, promised, grouped and paged at once; other cards only make it urgent."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.base.db import Database
from shop.markets.models import Market
from shop.support.answering.board import Board
from shop.support.answering.sla import clocks
from shop.support.answering.team import what_is_asked
from shop.support.crisis.incidents import Matter, first_answer_due, heed, raise_incident
from shop.support.crisis.legal_clocks import deadlines, is_awake, next_post
from shop.support.crisis.models import CrisisCard, Incident, OnCallRotation
from shop.support.requests.models import Message, Request, RequestPromise
from tests.crisis_world import NIGHT, crisis_house, incidents, kinds, pages
from tests.support_world import asked, effects, stored

HOUR = timedelta(hours=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with crisis_house(tmp_path) as made:
        yield made


def reported(database: Database, text: str = "I have a skin rash", **values: Any) -> Request:
    return asked(database, now=values.pop("now", NIGHT), text=text, **values)


def ours(database: Database, ref: str) -> list[Message]:
    with database.reading() as db:
        return list(db.exec(select(Message).where(Message.request == ref, Message.kind == "ours")).all())


def test_a_report_at_night_is_acknowledged_in_the_customers_language_promised_and_paged(database: Database) -> None:
    request = reported(database)
    [incident] = incidents(database)
    assert (request.severity, request.incident) == (0, incident.id)
    assert request.promised_at == NIGHT + HOUR
    [message] = ours(database, request.ref)
    assert message.text == "Wir haben es gelesen.\n\nRufen Sie 112 an.\n\nBewahren Sie die Dose auf."
    assert (message.language, message.person) == ("de", "")
    assert pages(database) == [(0, 0, "ruth")]
    assert effects(database) == ["page:1", f"request:{request.ref}:crisis:{message.id}"]


def test_promise_clock_and_outlook_of_a_crisis_go_by_the_rotations_own_minutes(database: Database) -> None:
    with database.writing() as db:
        db.get_one(OnCallRotation, "world").promise_minutes = 20
    request = reported(database)
    with database.reading() as db:
        place, again = db.get_one(Market, "de"), db.get_one(Request, request.ref)
        seen = Board(db, now=NIGHT).outlook(what_is_asked(again, place))
        clock = clocks(db, again, place, now=NIGHT).first
    assert {request.promised_at, seen.promised_at, clock.due} == {NIGHT + timedelta(minutes=20)}


def test_the_promise_of_the_hour_stands_in_place_of_the_ordinary_one(database: Database) -> None:
    request = reported(database)
    with database.reading() as db:
        given = db.exec(select(RequestPromise).where(RequestPromise.request == request.ref)).all()
    assert [each.promised_at for each in given] == [NIGHT + HOUR]


def test_the_acknowledgement_leaves_out_an_emergency_number_that_is_not_known(database: Database) -> None:
    request = reported(database, market="fr", language="fr")
    [message] = ours(database, request.ref)
    assert message.text == "We have read it.\n\nKeep the jar."
    assert message.language == "en"


def test_the_acknowledgement_is_no_answer(database: Database) -> None:
    request = stored(database, reported(database).ref)
    assert request.first_answered_at is None
    assert request.state in ("waiting", "assigned")


def test_the_same_form_sent_again_is_one_incident_one_page_and_one_acknowledgement(database: Database) -> None:
    first, second = reported(database), reported(database)
    assert first.ref == second.ref
    assert len(incidents(database)) == len(pages(database)) == len(ours(database, first.ref)) == 1


def test_a_second_report_of_the_day_joins_and_whoever_took_it_on_is_told(database: Database) -> None:
    first = reported(database)
    with database.writing() as db:
        incident = db.exec(select(Incident)).one()
        incident.acknowledged_at, incident.acknowledged_by = NIGHT, "ruth"
    second = reported(database, "My skin rash is back", email="bea@example.com", now=NIGHT + HOUR)
    assert second.incident == first.incident
    assert len(pages(database)) == 1
    assert kinds(database, 1)[-1] == "joined"
    assert f"incident:1:joined:{second.ref}" in effects(database)


def test_two_lots_are_two_incidents_and_the_same_lot_joins_across_markets(database: Database) -> None:
    first = reported(database, "skin rash, lot L26341B")
    other = reported(database, "skin rash, lot L26001A", now=NIGHT + HOUR)
    same = reported(database, "skin rash,製造番号Ｌ２６３４１Ｂ on the jar", market="ch", now=NIGHT + 5 * 24 * HOUR)
    assert first.incident != other.incident
    assert same.incident == first.incident


@pytest.mark.parametrize(
    ("matter", "after", "same"),
    [
        (Matter("de", "CREAM", "L1"), HOUR, True),
        (Matter("ch", "CREAM", "L1"), HOUR, True),
        (Matter("de", "CREAM", "L2"), HOUR, False),
        (Matter("ch", "CREAM"), HOUR, True),
        (Matter("de", "SOAP"), HOUR, False),
        (Matter("de"), HOUR, True),
        (Matter("ch"), HOUR, False),
        (Matter("de"), timedelta(days=2), False),
        (Matter("de", "CREAM", "L1"), timedelta(days=31), False),
    ],
)
def test_what_is_the_same_matter(matter: Matter, after: timedelta, same: bool) -> None:
    incident = Incident(card="skin", market="de", sku="CREAM", lot="L1", opened_at=NIGHT)
    assert matter.same(incident, now=NIGHT + after) is same


def test_a_closed_incident_is_not_joined(database: Database) -> None:
    first = reported(database)
    with database.writing() as db:
        db.exec(select(Incident)).one().closed_at = NIGHT
    second = reported(database, "skin rash again", now=NIGHT + HOUR)
    assert second.incident != first.incident


def test_a_drill_is_not_joined(database: Database) -> None:
    first = reported(database)
    with database.writing() as db:
        db.exec(select(Incident)).one().drill = True
    assert reported(database, "skin rash again", now=NIGHT + HOUR).incident != first.incident


def test_a_lighter_card_makes_it_urgent_and_pages_nobody(database: Database) -> None:
    request = reported(database, "It came dented")
    assert (request.severity, request.incident) == (1, None)
    assert pages(database) == []
    assert f"request:{request.ref}:received" in effects(database)


def test_an_unknown_card_changes_nothing(database: Database) -> None:
    request = reported(database, "How do I clean it?")
    with database.writing() as db:
        assert raise_incident(db, db.get_one(Request, request.ref), "no-such-card", now=NIGHT) is None
    assert stored(database, request.ref).severity == 2


def test_words_that_come_later_raise_the_request_as_well(database: Database) -> None:
    request = reported(database, "How do I clean it?")
    with database.writing() as db:
        heed(db, db.get_one(Request, request.ref), "Now I have a SKIN RASH", now=NIGHT + HOUR)
    raised = stored(database, request.ref)
    assert raised.severity == 0
    assert raised.promised_at == NIGHT + 2 * HOUR
    with database.writing() as db:
        heed(db, db.get_one(Request, request.ref), "the skin rash is worse", now=NIGHT + 2 * HOUR)
    assert len(incidents(database)) == 1
    assert len(ours(database, request.ref)) == 1


def test_a_new_report_after_the_incident_was_closed_pages_again_and_a_word_of_thanks_does_not(
    database: Database,
) -> None:
    with database.writing() as db:
        db.get_one(CrisisCard, "skin").categories = '["use"]'
    request = reported(database)
    with database.writing() as db:
        db.exec(select(Incident)).one().closed_at = NIGHT
    for text, opened in (("Thank you, all is well.", 1), ("My SKIN RASH is back and worse", 2)):
        with database.writing() as db:
            heed(db, db.get_one(Request, request.ref), text, now=NIGHT + HOUR)
        assert len(incidents(database)) == opened
    again = stored(database, request.ref)
    assert (again.incident, again.promised_at) == (2, NIGHT + 2 * HOUR)
    assert len(pages(database)) == len(ours(database, request.ref)) == 2


def test_another_grave_matter_in_an_open_incident_is_told_to_who_took_it_on(database: Database) -> None:
    request = reported(database)
    with database.writing() as db:
        db.exec(select(Incident)).one().acknowledged_at = NIGHT
    for _time in range(2):
        with database.writing() as db:
            heed(db, db.get_one(Request, request.ref), "This is going viral", now=NIGHT + HOUR)
    assert len(incidents(database)) == 1
    assert effects(database)[2:] == [f"incident:1:joined:{request.ref}:storm"]


def test_a_storm_is_answered_in_the_waking_hours_of_its_market(database: Database) -> None:
    with database.reading() as db:
        card, place = db.get_one(CrisisCard, "storm"), db.get_one(Market, "de")
        due = first_answer_due(card, place, now=NIGHT)
    assert due == NIGHT + 8 * HOUR  # 02:00 there; the day begins at eight, and two hours of it are the answer's


def test_clocks_of_the_law_run_from_the_moment_it_was_learned(database: Database) -> None:
    with database.reading() as db:
        card, markets = db.get_one(CrisisCard, "skin"), db.exec(select(Market)).all()
        [*found] = deadlines(card, markets, NIGHT)
    assert {each.market.id for each in found} == {"de", "fr"}
    assert all(each.due == NIGHT + timedelta(days=20) for each in found)


def test_the_next_factual_text_is_due_a_day_later_by_day(database: Database) -> None:
    with database.reading() as db:
        place = db.get_one(Market, "de")
    assert next_post(place, [], NIGHT) == NIGHT
    assert next_post(place, [NIGHT], NIGHT) == NIGHT + timedelta(days=1, hours=6)
    assert not is_awake(place, NIGHT)
    assert is_awake(place, NIGHT + 6 * HOUR)


def test_the_automatic_word_stops_no_clock_of_the_first_answer(database: Database) -> None:
    request = reported(database)
    with database.reading() as db:
        seen = clocks(db, db.get_one(Request, request.ref), db.get_one(Market, "de"), now=NIGHT + HOUR / 2)
    assert seen.first.done_at is None
