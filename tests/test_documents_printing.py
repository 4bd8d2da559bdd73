"""Printing a market's documents over HTTP: kept by their facts, drawn again byte by byte, compared, filled in, and gated."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.i18n import Tongue
from shop.documents import standing
from shop.documents.fields import KEEP
from shop.documents.kinds import KINDS
from shop.documents.models import DocumentField, PrintedFacts
from shop.documents.printing import Writer
from shop.documents.standing import measure_all, needed
from shop.launches.models import DocumentStanding, PrintedDocument, Waiver
from shop.launches.readying.gathering import Sources, gates_of, gather
from shop.markets.models import LaunchEvent, Market
from shop.staff.models import Person
from shop.support.crisis.models import CrisisContact, CrisisText
from shop.support.known.models import Answer, Question
from tests.doors import fresh_world
from tests.world import Browser, World, text

URL = "/console/markets/de/documents"
HANDBOOK, MANUAL = f"{URL}/crisis_handbook/de", f"{URL}/distributor_manual/de"
COMMON = {"company": "Elbufer GmbH", "address": "Kai 9\n20457 Hamburg", "phone": "+49 40 1"}
BEARS = {f"bears_{each}": "exporter" for each in ("fault", "transport", "return", "goodwill", "store")}
SPOKEN = {"territory": "ohne Inseln", "money": "am Monatsende", "reports": "montags", "brand": "wie im Shop"}


@pytest.fixture
def shop(tmp_path: Path, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path) as opened:
        yield opened


@pytest.fixture
def database(shop: World) -> Database:
    return shop.house.database


@pytest.fixture
def mere(shop: World) -> Browser:
    return shop.signed_in("mere")


def writer(shop: World) -> Writer:
    return Writer(shop.house.languages, shop.house.sources())


def measured(shop: World) -> int:
    return measure_all(shop.house.database, writer(shop), now=shop.clock.now)


def gate(shop: World) -> tuple[str, tuple[object, ...]]:
    sources = Sources(shop.house.policies, shop.house.languages.tags, live_payments=False)
    with shop.house.database.reading() as db:
        market = db.get_one(Market, "de")
        facts = gather(db, sources, now=shop.clock.now, only="de")["de"]
        found = next(each for each in gates_of(market, facts, now=shop.clock.now) if each.gate == "docs.printed")
    return found.code, found.values.get("items", ())  # type: ignore[return-value]


def prints(database: Database) -> list[tuple[str, str, int]]:
    with database.reading() as db:
        rows = db.exec(select(PrintedDocument).order_by(col(PrintedDocument.id))).all()
        return [(each.kind, each.language, each.version) for each in rows]


def call(database: Database, phone: str) -> None:
    with database.writing() as db:
        jonas = db.exec(select(CrisisContact).where(CrisisContact.name == "Jonas Rieck")).one()
        jonas.phone = phone
        db.add(jonas)


def parts(browser: Browser) -> dict[str, str]:
    assert browser.page is not None
    return {name: "4" for name in set(browser.page.text.split('"')) if name.startswith(KEEP)}


def test_every_document_is_drawn_in_every_language_of_the_shop(shop: World, mere: Browser) -> None:
    for market in ("de", "kw"):
        for language in shop.house.languages.tags:
            for kind in KINDS:
                page = mere.get(f"/console/markets/{market}/documents/{kind}/{language}")
                assert page.status_code == 200, (market, kind, language)
                tag = shop.house.languages.tongue(language, market.upper()).tag
                assert f'<html lang="{tag}"' in page.text


def test_the_same_facts_are_the_same_bytes(shop: World, database: Database) -> None:
    with database.reading() as db:
        market, write = db.get_one(Market, "de"), writer(shop)
        for kind in KINDS:
            first, later = (
                write.draft(db, market, kind, "de", now=shop.clock.now + timedelta(hours=each)) for each in (0, 5)
            )
            assert first.content == later.content, kind
            assert json.dumps(json.loads(first.content), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == (
                first.content
            )


def test_a_print_is_drawn_again_as_it_was_whatever_has_changed_since(mere: Browser, database: Database) -> None:
    mere.get(f"{URL}?language=de")
    answer = mere.submit("/crisis_handbook/de/prints")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HANDBOOK}/1")
    first, style = mere.get(f"{HANDBOOK}/1").content, mere.get(f"{HANDBOOK}/1/margins.css").text
    assert "Fassung 1" in style.replace("Version", "Fassung") and "counter(pages)" in style
    call(database, "+49 40 5550 999")
    with database.writing() as db:
        words = db.get_one(CrisisText, ("part_failure", "de"))
        words.title = "Anders"
        db.add(words)
    assert mere.get(f"{HANDBOOK}/1").content == first
    assert b"5550 190" in first and b"Anders" in mere.get(HANDBOOK).content


def test_printing_again_what_has_not_changed_is_the_same_print(mere: Browser, database: Database) -> None:
    for _twice in range(2):
        assert mere.post(f"{HANDBOOK}/prints").headers["location"] == f"{HANDBOOK}/1"
    call(database, "+49 40 5550 999")
    assert mere.post(f"{HANDBOOK}/prints").headers["location"] == f"{HANDBOOK}/2"
    assert prints(database) == [("crisis_handbook", "de", 1), ("crisis_handbook", "de", 2)]
    with database.reading() as db:
        assert len(db.exec(select(PrintedFacts)).all()) == 2
        told = db.exec(select(LaunchEvent.reason).where(LaunchEvent.action == "printed")).all()
    assert told == ["crisis_handbook de 1", "crisis_handbook de 2"]


def test_what_has_changed_since_the_print_is_told_line_by_line(mere: Browser, database: Database) -> None:
    mere.post(f"{HANDBOOK}/prints")
    assert "Nothing. The print still says what holds." in mere.get(f"{HANDBOOK}/changes").text
    call(database, "+49 40 5550 999")
    said = text(mere.get(f"{HANDBOOK}/changes").text)
    assert "+49 40 5550 190" in said and "+49 40 5550 999" in said and "Jonas Rieck" in said
    assert "Rettungsdienst" not in said
    page = mere.get(f"{URL}?language=de").text
    assert "Changed since your print" in page and f"{HANDBOOK}/changes" in page
    mere.post(f"{HANDBOOK}/prints")
    between = text(mere.get(f"{HANDBOOK}/changes?since=1&until=2").text)
    assert "+49 40 5550 999" in between
    assert mere.get(f"{HANDBOOK}/changes?since=7").status_code == 404


def test_a_document_that_was_never_printed_has_no_changes(mere: Browser) -> None:
    assert mere.get(f"{HANDBOOK}/changes").status_code == 404


def test_a_blank_prints_visibly_and_is_counted(shop: World, mere: Browser) -> None:
    said = mere.get(f"{URL}/distributor_manual/en").text
    with shop.house.database.reading() as db:
        draft = writer(shop).draft(db, db.get_one(Market, "de"), "distributor_manual", "en", now=shop.clock.now)
    assert said.count('<span class="fill">TO FILL</span>') == draft.sheets.blanks > 1
    assert f"{draft.sheets.blanks} things are still to be filled in." in said


def test_the_manual_is_filled_in_by_a_form_that_loses_nothing(shop: World, mere: Browser, database: Database) -> None:
    mere.get(f"{URL}/fields?language=de")
    wrong = {**COMMON, **BEARS, **SPOKEN, **parts(mere), "bears_fault": "the moon", "company": "x" * 300}
    refused = mere.submit("/fields/de", **wrong)
    assert refused.status_code == 422 and "x" * 300 in refused.text and "montags" in refused.text
    assert "Please choose one of these." in refused.text
    answer = mere.submit("/fields/de", **{**wrong, **BEARS, **COMMON})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{URL}?language=de&done=filled_in")
    with database.reading() as db:
        assert db.get_one(DocumentField, ("de", "company", "")).text == "Elbufer GmbH"
        assert db.get_one(DocumentField, ("de", "brand", "de")).text == "wie im Shop"
        draft = writer(shop).draft(db, db.get_one(Market, "de"), "distributor_manual", "de", now=shop.clock.now)
    assert draft.sheets.blanks == 0 and "fill" not in mere.get(MANUAL).text.partition("</head>")[2]
    emptied = mere.get(f"{URL}/fields?language=de")
    assert emptied.status_code == 200 and mere.submit("/fields/de", company="").status_code == 303
    with database.reading() as db:
        assert db.get(DocumentField, ("de", "company", "")) is None


def test_two_who_fill_in_at_once_do_not_write_over_each_other(shop: World, mere: Browser, database: Database) -> None:
    ruth = shop.signed_in("ruth")
    mere.get(f"{URL}/fields?language=de")
    ruth.get(f"{URL}/fields?language=de")
    assert ruth.submit("/fields/de", company="Ruths GmbH").status_code == 303
    stale = mere.submit("/fields/de", company="Meres GmbH", phone="+49 1")
    assert stale.status_code == 409
    said = text(stale.text)
    assert "Somebody has changed this meanwhile" in said and "Ruths GmbH" in said
    assert 'value="Meres GmbH"' in stale.text and 'value="+49 1"' in stale.text
    assert mere.submit("/fields/de", company="Meres GmbH").status_code == 303
    with database.reading() as db:
        assert db.get_one(DocumentField, ("de", "company", "")).text == "Meres GmbH"


def test_the_gate_asks_for_what_is_filled_in_printed_and_true(shop: World, mere: Browser, database: Database) -> None:
    with database.writing() as db:
        for each in db.exec(select(Waiver).where(Waiver.gate == "docs.printed")).all():
            db.delete(each)
    assert gate(shop)[0] == "documents_lacking"
    assert measured(shop) > 5 and measured(shop) == 0
    assert gate(shop)[0] == "documents_blank"
    mere.get(f"{URL}/fields?language=de")
    assert mere.submit("/fields/de", **COMMON, **BEARS, **SPOKEN, **parts(mere)).status_code == 303
    assert gate(shop)[0] == "documents_lacking"
    for url in (HANDBOOK, MANUAL):
        assert mere.post(f"{url}/prints").status_code == 303
    assert gate(shop) == ("documents_printed", ())
    call(database, "+49 40 5550 999")
    assert measured(shop) == 1
    code, items = gate(shop)
    assert (code, len(items)) == ("documents_old", 2)
    for url in (HANDBOOK, MANUAL):
        mere.post(f"{url}/prints")
    assert gate(shop)[0] == "documents_printed"


def test_without_a_distributor_no_manual_is_asked_for(shop: World, mere: Browser, database: Database) -> None:
    measured(shop)
    mere.get(f"{URL}/fields?language=de")
    assert mere.submit("/fields/de", no_distributor="yes").status_code == 303
    with database.reading() as db:
        rows = db.exec(select(DocumentStanding).where(DocumentStanding.market == "de")).all()
    assert [(each.kind, each.language) for each in rows] == [("crisis_handbook", "de")]


def test_the_desk_reads_the_latest_prints_of_its_markets_only(shop: World, mere: Browser) -> None:
    jonas = shop.signed_in("jonas")
    assert "noch nichts gedruckt" in jonas.get("/desk/documents").text
    mere.post(f"{HANDBOOK}/prints")
    mere.post("/console/markets/jp/documents/crisis_handbook/ja/prints")
    mere.post(f"{URL}/launch_checklist/de/prints")
    listed = jonas.get("/desk/documents").text
    assert "/desk/documents/de/crisis_handbook/de" in listed
    assert "/jp/" not in listed and "launch_checklist" not in listed
    assert jonas.get("/desk/documents/de/crisis_handbook/de").status_code == 200
    assert jonas.get("/desk/documents/de/crisis_handbook/de/margins.css").status_code == 200
    for other in ("jp/crisis_handbook/ja", "de/launch_checklist/de", "de/distributor_manual/de", "de/nothing/de"):
        assert jonas.get(f"/desk/documents/{other}").status_code == 404
        assert jonas.get(f"/desk/documents/{other}/pdf").status_code == 404


def test_the_addresses_on_the_web_are_printed_for_whoever_reads_on_paper(shop: World, mere: Browser) -> None:
    base = shop.house.settings.base_url
    told = text(mere.get(f"{URL}/distributor_manual/de").text)
    for address in ("de/de/", "de/de/support", "de/de/policies/returns/", "de/de/policies/warranty/", "desk"):
        assert f"{base}/{address}" in told
    elsewhere = text(mere.get(f"{URL}/distributor_manual/ja").text)
    assert f"{base}/de/de/support" in elsewhere  # Japanese is no language of the market
    assert f"{base}/desk" in text(mere.get(HANDBOOK).text)


def test_a_print_from_before_the_addresses_were_told_is_drawn_without_them(shop: World, mere: Browser) -> None:
    with shop.house.database.reading() as db:
        market, write = db.get_one(Market, "de"), writer(shop)
        facts = {**write.facts(db, market, "distributor_manual", "de", now=shop.clock.now)}
        assert facts.pop("web") == {}
        drawn = write.drawn(market, "distributor_manual", "de", facts, at=shop.clock.now)
    assert not any("://" in line.says for line in drawn.laid_flat().values())


@pytest.mark.parametrize(
    "path",
    ["nothing/de", "crisis_handbook/xx", "crisis_handbook/de/9", "crisis_handbook/de/9/pdf", "nothing/de/changes"],
)
def test_what_there_is_not_is_not_found(mere: Browser, path: str) -> None:
    assert mere.get(f"{URL}/{path}").status_code == 404


def test_printing_an_unknown_document_is_not_found_and_writes_nothing(mere: Browser, database: Database) -> None:
    for path in ("nothing/de", "crisis_handbook/xx"):
        assert mere.post(f"{URL}/{path}/prints").status_code == 404
    assert prints(database) == []


def manuals(shop: World) -> list[str]:
    with shop.house.database.reading() as db:
        asked = needed(db, db.get_one(Market, "de"), writer(shop))
    return [language for kind, language in asked if kind == "distributor_manual"]


def test_the_manual_is_asked_for_in_the_languages_of_the_distributors(shop: World, database: Database) -> None:
    assert manuals(shop) == ["de"]
    for language, asked in (("fr", ["fr"]), ("nl", ["de"])):  # the shop does not speak Dutch
        with database.writing() as db:
            db.get_one(Person, "jonas").language = language
        assert manuals(shop) == asked
    measured(shop)
    page = shop.signed_in("mere").get(f"{URL}/distributor_manual/fr").text
    assert '<html lang="fr' in page and "Jonas Rieck" in page


def test_a_distributor_who_left_is_asked_nothing_and_stands_in_no_manual(shop: World, database: Database) -> None:
    with database.writing() as db:
        jonas = db.get_one(Person, "jonas")
        jonas.language, jonas.deactivated = "fr", True
    assert manuals(shop) == ["de"]
    with database.reading() as db:
        facts = writer(shop).facts(db, db.get_one(Market, "de"), "distributor_manual", "de", now=shop.clock.now)
    assert facts["people"]["partner"] == []


def test_a_question_of_another_market_stands_in_the_manual_until_it_has_an_answer_here(
    shop: World, database: Database
) -> None:
    def told() -> list[tuple[str, list[str]]]:
        with database.reading() as db:
            facts = writer(shop).facts(db, db.get_one(Market, "de"), "distributor_manual", "de", now=shop.clock.now)
        return [(each["title"], each["countries"]) for each in facts["elsewhere"]]

    with database.writing() as db:
        db.add(Question(key="earthquake", number=99))
        db.flush()
        for market in ("jp", "nz"):
            db.add(Answer(question="earthquake", market=market, language="en", title="Earthquake?", text="Unplug it."))
        db.add(Answer(question="earthquake", market="nz", language="de", title="Erdbeben?", text="Stecker ziehen."))
    assert told() == [("Erdbeben?", ["JP", "NZ"])]
    said = text(shop.signed_in("mere").get(f"{URL}/distributor_manual/de").text)
    assert "Erdbeben?" in said and "Japan" in said and "Stecker ziehen." not in said
    with database.writing() as db:
        db.add(Answer(question="earthquake", market="de", language="de", title="Erdbeben?", text="Selten."))
    assert told() == []


def test_while_documents_are_drawn_nobody_is_kept_from_writing(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def blanks(kind: str, _content: str, _tongue: Tongue) -> int:
        assert not shop.house.database.engine.pool.checkedout()  # type: ignore[attr-defined] # QueuePool's
        drawn.append(kind)
        return 0

    monkeypatch.setattr(standing, "_blanks", blanks)
    assert measured(shop) > 0 and len(set(drawn)) == 2
