"""What is known: answers filled by the market's own rules, offered to who asks and to who answers, and the learning log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.settings import ROOT
from shop.catalogue.models import MainsSupply
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary
from shop.support.known.filling import filled, unknown
from shop.support.known.knowledge import Reader, for_agent, offer, open_answers, severity_of, texts_of
from shop.support.known.models import Answer, KnowledgeGap, MayAnswer, Question
from shop.support.requests.models import Request
from tests.support_world import MORNING, asked, support_house
from tests.world import World, text

POLICIES = PolicyLibrary(ROOT / "policies")
LANGUAGES = Languages(ROOT / "locales")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with support_house(tmp_path) as database:
        with database.writing() as db:
            db.add(MainsSupply(market="de", volts="230", hertz="50", plugs="F C"))
            known(db, "plug", 1, "Stecker: {plug}, {voltage} V, {frequency} Hz", "stecker", categories="use")
            known(db, "refund_time", 4, "In {refund_days} Tagen", "geld zurück", categories="returns")
            known(db, "cleaning", 7, "Mit Wasser <b>.\n\nDann trocknen.", "reinige*", categories="use")
            known(db, "fire", 18, "Stecker ziehen.", "rauch", roles="", severity=0)
            known(db, "cafe", 21, "Das sagt der Hersteller.", "im café", roles="")
        yield database


def known(
    db: Session,
    key: str,
    number: int,
    text: str,
    words: str,
    *,
    roles: str = "agent partner",
    language: str = "de",
    **values: Any,
) -> None:
    """A question with one answer."""
    db.add(Question(key=key, number=number, may_answer=roles, **values))
    db.flush()
    db.add(Answer(question=key, language=language, title=f"{key}?", text=text, words=words))


def reader(db: Session, market: str = "de", language: str = "de") -> Reader:
    place = db.get_one(Market, market)
    return Reader(place, LANGUAGES.tongue(language, place.country), POLICIES, MORNING)


def gaps(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as db:
        return [(each.market, each.category, each.words) for each in db.exec(select(KnowledgeGap)).all()]


def test_figures_in_answers_are_the_markets_own(database: Database) -> None:
    with database.reading() as db:
        told = open_answers(db, reader(db))
    assert told["plug"].text == "Stecker: F und C, 230 V, 50 Hz"
    assert told["refund_time"].text == "In 14 Tagen"
    assert told["cleaning"].html == "<p>Mit Wasser &lt;b&gt;.</p><p>Dann trocknen.</p>"


def test_an_answer_without_its_figure_is_not_given(database: Database) -> None:
    with database.reading() as db:
        told = open_answers(db, reader(db, "fr", "de"))
    assert "plug" not in told and "cleaning" in told


def test_only_what_may_be_answered_is_open_and_a_market_may_be_stricter(database: Database) -> None:
    with database.writing() as db:
        db.add(MayAnswer(question="cleaning", market="de", roles=""))
    with database.reading() as db:
        assert list(open_answers(db, reader(db))) == ["plug", "refund_time"]
        assert "cleaning" in open_answers(db, reader(db, "fr", "de"))


def test_a_markets_own_words_come_before_the_general_ones(database: Database) -> None:
    with database.writing() as db:
        db.add(Answer(question="cleaning", market="de", language="de", title="Eigenes?", text="Nur trocken."))
    with database.reading() as db:
        assert open_answers(db, reader(db))["cleaning"].text == "Nur trocken."
        assert texts_of(db, "fr", "de")["cleaning"].market == ""
        assert texts_of(db, "de", "fr") == {}


def test_what_is_offered_fits_the_words_then_the_category(database: Database) -> None:
    with database.reading() as db:
        here = reader(db)
        assert [each.key for each in offer(db, here, "returns", "Wie reinige ich den Stecker?")] == ["plug", "cleaning"]
        assert [each.key for each in offer(db, here, "use", "")] == ["plug", "cleaning"]
        assert [each.key for each in offer(db, here, "use", "", at_most=1)] == ["plug"]
        assert offer(db, here, "other", "Guten Tag") == []
        assert offer(db, here, "use", "Darf ich ihn im Café benutzen?") == []


def test_whoever_writes_of_fire_is_offered_nothing_in_any_language(database: Database) -> None:
    with database.writing() as db:
        db.add(Answer(question="fire", language="ja", title="火", text="止めて", words="やけど"))
    with database.reading() as db:
        assert offer(db, reader(db), "use", "Wie reinige ich ihn? Da war Rauch.") == []
        assert offer(db, reader(db), "use", "Wie reinige ich ihn? やけど") == []
        assert severity_of(db, "use", "やけど", "de") == 0
        assert severity_of(db, "use", "Stecker", "de") == 2


def test_agents_are_offered_also_what_only_the_exporter_answers(database: Database) -> None:
    request = asked(database, now=MORNING, text="Wie reinige ich ihn? Er hat Rauch gemacht.")
    with database.reading() as db:
        found = for_agent(db, reader(db), db.get_one(Request, request.ref))
    assert [(each.key, each.referred) for each in found] == [("fire", True), ("cleaning", False)]


def test_what_nobody_here_can_answer_enters_the_learning_log_once(database: Database) -> None:
    asked(database, now=MORNING, subject="Wie laut?", text="Wie laut ist er nachts?")
    asked(database, now=MORNING, subject="Wie laut?", text="Wie laut ist er nachts?")
    asked(database, now=MORNING, subject="Reinigung", text="Wie reinige ich ihn?")
    assert gaps(database) == [("de", "use", "Wie laut?")]


def test_an_answer_that_is_missing_in_the_language_is_a_gap_too(database: Database) -> None:
    with database.writing() as db:
        db.add(Answer(question="plug", language="en", title="Plug?", text="F", words="plug"))
    asked(database, now=MORNING, language="fr", market="fr", subject="Which plug?", text="Which plug?")
    assert gaps(database) == [("fr", "use", "Which plug?")]


def test_placeholders_are_known_or_named() -> None:
    assert unknown("{plug} {pulg} {} {return_days}") == ["pulg"]
    assert filled("{plug}!", {"plug": "F"}) == "F!"
    assert filled("{plug} {voltage}", {"plug": "F"}) is None
    assert filled("no braces", {}) == "no braces"


def test_the_public_page_tells_the_markets_own_figures_and_no_other_language(sqlite_world: World) -> None:
    browser = sqlite_world.browser()
    page = browser.get("/nz/en/support/answers")
    assert page.status_code == 200 and "public" in page.headers["cache-control"]
    assert "Plug types there: I. Voltage: 230 V at 50 Hz." in text(page.text)
    assert "transformer" not in page.text and "{" not in text(page.text)
    assert "Voltage" not in browser.get("/jp/ja/support/answers").text


def test_the_console_changes_an_answer_and_the_public_page_follows(sqlite_world: World) -> None:
    mere, visitor = sqlite_world.signed_in("mere"), sqlite_world.browser()
    assert "washing-up liquid" in visitor.get("/nz/en/support/answers").text
    assert "How do I clean it" in mere.get("/console/knowledge").text
    url = "/console/knowledge/questions/cleaning"
    mere.get(url)
    assert mere.submit("/answers/en", text="Only {soap}.").status_code == 422
    assert "{soap}" in text(mere.page.text if mere.page else "")
    mere.get(url)
    assert mere.submit("/answers/en", text="Only dry.", words="clean\n  wipe  it ").status_code == 303
    sqlite_world.house.revisions.refresh()
    assert "Only dry." in visitor.get("/nz/en/support/answers").text
    with sqlite_world.house.database.reading() as db:
        answer = db.get_one(Answer, ("cleaning", "", "en"))
    assert (answer.version, answer.words) == (2, "clean\nwipe it")
    assert mere.post(f"{url}/answers/xx", {"title": "a", "text": "b"}).status_code == 404
    assert mere.post("/console/knowledge/questions/nothing/answers/en", {"title": "a", "text": "b"}).status_code == 404


def test_specialists_read_the_knowledge_and_change_nothing(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")
    assert annika.get("/console/knowledge").status_code == 200
    page = annika.get("/console/knowledge/questions/cleaning").text
    assert "<form" not in page.split("<main")[1] and "washing-up liquid" in page
    assert (
        annika.post("/console/knowledge/questions/cleaning/answers/en", {"title": "a", "text": "b"}).status_code == 404
    )


def test_a_gap_is_noted_as_learned_by_the_exporter(sqlite_world: World) -> None:
    database = sqlite_world.house.database
    asked(database, now=MORNING, market="nz", language="en", subject="How loud at night?", text="Loud?")
    mere, annika = sqlite_world.signed_in("mere"), sqlite_world.signed_in("annika")
    assert "How loud at night?" in mere.get("/console/knowledge/gaps").text
    assert "How loud at night?" not in annika.get("/console/knowledge/gaps").text
    assert mere.submit("/learning").status_code == 303
    with database.reading() as db:
        gap = db.exec(select(KnowledgeGap)).one()
    assert gap.learned_on is not None
    assert "/learning" not in mere.get("/console/knowledge/gaps").text
    assert mere.post("/console/knowledge/gaps/999/learning").status_code == 404
    assert mere.post("/console/knowledge/gaps/x/learning").status_code == 404
