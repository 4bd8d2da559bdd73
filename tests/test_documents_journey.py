"""A document's life on both engines: printed, changed, printed again, the old one drawn again; and two who print at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import col, select

from shop.documents.models import PrintedFacts
from shop.documents.printing import Writer
from shop.documents.standing import measure_all
from shop.launches.models import DocumentStanding, PrintedDocument
from shop.support.crisis.models import CrisisContact
from tests.world import World, text

URL = "/console/markets/de/documents"
HANDBOOK = f"{URL}/crisis_handbook/de"


def call(shop: World, phone: str) -> None:
    with shop.house.database.writing() as db:
        jonas = db.exec(select(CrisisContact).where(CrisisContact.name == "Jonas Rieck")).one()
        jonas.phone = phone
        db.add(jonas)


def standing(shop: World) -> str:
    house = shop.house
    writer = Writer(house.languages, house.sources(), house.settings.base_url)
    measure_all(house.database, writer, now=shop.clock.now)
    with shop.house.database.reading() as db:
        return db.get_one(DocumentStanding, ("de", "crisis_handbook", "de")).hash


def test_printed_changed_printed_again_and_the_old_one_drawn_again(world: World) -> None:
    mere = world.signed_in("mere")
    assert mere.post(f"{HANDBOOK}/prints").headers["location"] == f"{HANDBOOK}/1"
    first, style, before = (
        mere.get(f"{HANDBOOK}/1").content,
        mere.get(f"{HANDBOOK}/1/margins.css").content,
        standing(world),
    )
    call(world, "+49 40 5550 999")
    assert "Changed since your print" in mere.get(f"{URL}?language=de").text
    assert f'href="{HANDBOOK}/changes"' in mere.get(HANDBOOK).text
    assert f'href="{HANDBOOK}/changes?since=1"' in mere.get(f"{HANDBOOK}/1").text
    told = text(mere.get(f"{HANDBOOK}/changes?since=1").text)
    assert "+49 40 5550 190" in told and "+49 40 5550 999" in told and standing(world) != before
    world.later(hours=3)
    assert mere.post(f"{HANDBOOK}/prints").headers["location"] == f"{HANDBOOK}/2"
    second = mere.get(f"{HANDBOOK}/2").content
    call(world, "+49 40 5550 190")
    assert (
        mere.post(f"{HANDBOOK}/prints").headers["location"] == f"{HANDBOOK}/3"
    )  # the facts of the first, a print of its own
    assert (mere.get(f"{HANDBOOK}/1").content, mere.get(f"{HANDBOOK}/1/margins.css").content) == (first, style)
    assert mere.get(f"{HANDBOOK}/2").content == second != first
    with world.house.database.reading() as db:
        prints = db.exec(select(PrintedDocument).order_by(col(PrintedDocument.version))).all()
        assert [each.version for each in prints] == [1, 2, 3] and prints[0].snapshot == prints[2].snapshot == before
        assert len(db.exec(select(PrintedFacts)).all()) == 2
    jonas = world.signed_in("jonas")
    assert b"5550 190" in jonas.get("/desk/documents/de/crisis_handbook/de").content


@pytest.mark.postgres
def test_of_two_who_print_at_one_moment_both_have_the_same_print(postgres_world: World) -> None:
    house, now, together = postgres_world.house, postgres_world.clock.now, Barrier(2)
    writer = Writer(house.languages, house.sources())

    def once(person: str) -> int:
        together.wait()
        with house.database.writing() as db:
            return writer.print(db, "de", "crisis_handbook", "de", person=person, now=now)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(once, ("mere", "ruth"))) == [1, 1]
    with house.database.reading() as db:
        assert len(db.exec(select(PrintedDocument)).all()) == 1
