"""One customer's data as people and programs handle it: the page at the console, and the commands."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from shop.aftersales.models import Case
from shop.checkout.models import Order
from shop.support.requests.models import Request
from shop.upkeep.models import Erasure
from tests.aftersales import DE, bought
from tests.commands import Softlaunch, softlaunch
from tests.doors import fresh_world
from tests.page_forms import staff_links
from tests.personal import MAIL, NAME, STREET, Left, finish, leave_data, rows
from tests.world import ANNA, World, text

__all__ = ["softlaunch"]  # a fixture

URL = "/console/personal-data"


@pytest.fixture(scope="module")
def left_file(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> tuple[Path, Left]:
    folder = tmp_path_factory.mktemp("left")
    with fresh_world(demo_file, folder) as opened:
        left = leave_data(opened)
        finish(opened, left)
    return folder / "softlaunch.db", left


@pytest.fixture
def left(left_file: tuple[Path, Left]) -> Left:
    return left_file[1]


@pytest.fixture
def house(left_file: tuple[Path, Left], tmp_path: Path) -> Iterator[World]:
    with fresh_world(left_file[0], tmp_path) as opened:
        yield opened


def test_the_page_shows_what_is_kept_what_stays_and_until_when(house: World, left: Left) -> None:
    mere = house.signed_in("mere")
    assert "Whose data" in text(mere.get(URL).text)

    shown = mere.post(URL, {"email": MAIL.upper()})

    words = text(shown.text)
    assert shown.status_code == 200 and NAME not in words and STREET not in words
    assert "Orders 1 Requests 1 Cases 1 Places on waiting lists 1 Files 2" in words
    kept = f"{left.order} Kept until the end of:"
    assert f"{kept} December 31, 2036" in words or f"{kept} 31 December 2036" in words


def test_it_is_handed_out_as_one_file(house: World, left: Left, tmp_path: Path) -> None:
    house.later(minutes=1)
    with house.house.database.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM attachment")  # their bytes lie in another folder here
    mere = house.signed_in("mere")

    answer = mere.post(f"{URL}/export", {"email": MAIL})

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="personal-data.zip"'
    assert answer.headers["cache-control"] == "no-store"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    whole = json.loads(packed.read("data.json"))
    assert whole["data"]["orders"][0]["number"] == left.order
    assert {each["name"] for each in whole["files"]} == set(packed.namelist()) - {"data.json"}


def test_it_is_erased_with_a_ground_and_a_tick_and_then_nothing_is_kept(house: World, left: Left) -> None:
    mere = house.signed_in("mere")
    mere.post(URL, {"email": MAIL})
    refused = mere.submit("/erasure", ground="")
    assert refused.status_code == 422 and "Please choose a reason." in refused.text
    assert "Please confirm that this data may be erased for good." in refused.text and rows(house, Erasure) == []

    done = mere.submit("/erasure", ground="withdrawn", sure="yes")

    assert done.headers["location"] == f"{URL}?done=erased"
    assert "personal data is erased. Invoices are kept" in text(mere.follow(done).text)
    [row] = rows(house, Erasure)
    assert (row.person, row.ground, row.swept_at) == ("mere", "withdrawn", None)
    assert "No data is stored for this e-mail address." in text(mere.post(URL, {"email": MAIL}).text)
    again = mere.post(f"{URL}/erasure", {"email": MAIL, "ground": "asked", "sure": "yes"})
    assert again.status_code == 409 and "No data is stored for this e-mail address." in again.text


def test_what_is_not_finished_is_named_and_there_is_no_button(house: World, left: Left) -> None:
    with house.house.database.writing() as db:
        db.get_one(Order, left.order).state = "paid"
    mere = house.signed_in("mere")

    shown = mere.post(URL, {"email": MAIL}).text

    assert "data cannot be erased yet" in shown
    assert "See that it is delivered, or give the money back." in text(shown)
    assert f"{URL}/erasure" not in shown
    forced = mere.post(f"{URL}/erasure", {"email": MAIL, "ground": "asked", "sure": "yes"})
    assert forced.status_code == 409 and "data cannot be erased yet" in text(forced.text) and rows(house, Erasure) == []


def test_it_asks_again_who_it_is(house: World) -> None:
    mere = house.signed_in("mere")
    house.later(hours=1)
    mere.shows_again = False

    for path in (URL, f"{URL}/export", f"{URL}/erasure"):
        answer = mere.post(path, {"email": MAIL, "ground": "asked", "sure": "yes"})
        assert answer.status_code == 422 and 'action="/sign-in/again"' in answer.text
    assert rows(house, Erasure) == []


@pytest.mark.parametrize("who", ["annika", "lena", "jonas"])
def test_it_is_for_the_exporter_alone(house: World, who: str) -> None:
    browser = house.signed_in(who)

    assert {browser.get(URL).status_code, browser.post(URL, {"email": MAIL}).status_code} <= {403, 404}
    assert URL not in browser.get("/console").text


def test_of_who_has_left_nothing_no_empty_file_is_handed_out(house: World) -> None:
    answer = house.signed_in("mere").post(f"{URL}/export", {"email": "nobody@example.com"})

    assert answer.status_code == 409 and "No data is stored for this e-mail address." in answer.text


def test_no_address_is_told_so(house: World) -> None:
    mere = house.signed_in("mere")
    for path in (URL, f"{URL}/export", f"{URL}/erasure"):
        assert mere.post(path, {"email": "nobody", "ground": "asked", "sure": "yes"}).status_code == 422


@pytest.fixture
def shop(softlaunch: Softlaunch, tmp_path: Path, demo_file: Path) -> Softlaunch:
    """The command in a house in which Anna has bought something, which has arrived."""
    folder = tmp_path / "data"
    folder.mkdir()
    with fresh_world(demo_file, folder) as opened:
        number = bought(opened, opened.browser("de"), DE)
        with opened.house.database.writing() as db:
            order = db.get_one(Order, number)
            order.state, order.delivered_at, order.dispatched_at = "delivered", opened.clock.now, opened.clock.now
    return softlaunch


def _number(folder: Path) -> str:
    with fresh_world(folder / "softlaunch.db", folder.parent) as opened, opened.house.database.reading() as db:
        return str(db.exec(select(Order.number).where(Order.name != "", Order.email == ANNA["email"])).one())


def test_the_commands_hand_out_and_erase(shop: Softlaunch, tmp_path: Path) -> None:
    number = _number(tmp_path / "data")
    said = shop("person", "export", ANNA["email"], str(tmp_path / "out"))
    assert said.code == 0, said.err
    assert json.loads((tmp_path / "out" / "data.json").read_text())["data"]["orders"][0]["number"] == number
    assert shop("person", "export", ANNA["email"], str(tmp_path / "out")).code == 2
    whole = json.loads(shop("person", "export", ANNA["email"], "-").out)
    assert all(each["base64"] for each in whole["files"])

    planned = json.loads(shop("person", "erase", ANNA["email"], "--dry-run", "--json").out)
    assert (planned["erased"], planned["rows"]["orders"]) == (False, 1)
    assert "Nothing was erased. This would be:" in shop("person", "erase", ANNA["email"], "--dry-run").out

    done = shop("person", "erase", ANNA["email"])
    assert done.code == 0 and done.out.startswith("Erased.") and f"{number}: name, address" in done.out
    again = shop("person", "erase", ANNA["email"])
    assert (again.code, again.err) == (1, "No data is stored for this e-mail address.\n")
    assert shop("person", "export", ANNA["email"], "-").code == 1
    assert json.loads(shop("person", "retained", number, "--json").out)["name"] == ANNA["name"]
    assert shop("person", "retained", "DE-26-NOBODY").code == 1
    assert json.loads(shop("person", "erase", "--again", "--json").out) == {
        "erased": 0,
        "swept": True,
        "left": [],
        "of_another_key": 0,
    }
    assert ANNA["email"].encode() not in (tmp_path / "data" / "softlaunch.db").read_bytes()


def test_what_is_not_finished_is_a_no(shop: Softlaunch, tmp_path: Path) -> None:
    with (
        fresh_world(tmp_path / "data" / "softlaunch.db", tmp_path) as opened,
        opened.house.database.writing() as db,
    ):
        order = db.exec(select(Order)).one()
        order.state, order.delivered_at = "dispatched", None
        number = order.number
    (tmp_path / "softlaunch.db").replace(tmp_path / "data" / "softlaunch.db")

    said = shop("person", "erase", ANNA["email"])

    assert said.code == 1 and "Nothing was erased. These have to be finished first:" in said.err
    assert f"{number}: The order is not finished." in said.err
    left = json.loads(shop("person", "erase", ANNA["email"], "--json").out)["left"]
    assert left == [{"what": "order", "number": number}]


@pytest.mark.parametrize("words", [(), (ANNA["email"], "--again"), (ANNA["email"], "--ground", "whim")])
def test_wrong_use_is_told(shop: Softlaunch, words: tuple[str, ...]) -> None:
    assert shop("person", "erase", *words).code == 2


def test_each_thing_to_be_finished_first_leads_to_where_it_is_looked_after(house: World, left: Left) -> None:
    with house.house.database.writing() as db:
        db.get_one(Order, left.order).state = "paid"
        db.get_one(Case, left.case).state = "accepted"
        db.get_one(Request, left.request).state = "assigned"
    mere = house.signed_in("mere")
    shown = mere.post(URL, {"email": MAIL}).text

    pages = [each for each in staff_links(shown) if each.startswith("/desk/")]
    wanted = {f"/desk/orders/{left.order}", f"/desk/cases/{left.case}", f"/desk/requests/{left.request}"}
    assert wanted <= set(pages) and {mere.get(each).status_code for each in wanted} == {200}


@pytest.mark.parametrize(
    ("kept", "asked", "told"),
    [
        ("anna@example.com", "anna+shop@example.com", True),
        ("an.na+old@example.com", "anna@example.com", True),
        ("anna@example.com", "ANNA@example.com", False),
        ("annab@example.com", "anna@example.com", False),
        ("anna@my.example.com", "anna@example.com", False),
    ],
)
def test_whoever_may_be_the_same_is_told_of(house: World, left: Left, kept: str, asked: str, told: bool) -> None:
    with house.house.database.writing() as db:
        db.get_one(Order, left.order).email = kept
    mere = house.signed_in("mere")

    shown = text(mere.post(URL, {"email": asked}).text)

    assert (f"There is also data for: {kept}" in shown) is told


def test_the_command_tells_whoever_may_be_the_same(shop: Softlaunch) -> None:
    assert f"There is also data for: {ANNA['email']}" in shop("person", "erase", "an.na@example.com", "--dry-run").err
    assert json.loads(shop("person", "erase", "an.na@example.com", "--json").out)["similar"] == [ANNA["email"]]


def test_erasing_again_with_another_key_is_a_no_that_says_so(
    shop: Softlaunch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "data" / "softlaunch.db"
    before = file.read_bytes()
    assert shop("person", "erase", ANNA["email"]).code == 0
    file.write_bytes(before)  # as a backup brings her back
    monkeypatch.setenv("SOFTLAUNCH_SECRET_KEY", "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVybyE=")

    said = shop("person", "erase", "--again")

    assert said.code == 1 and "Erased again: 0" in said.err and "erased.jsonl names 1 by a secret key" in said.err
    monkeypatch.delenv("SOFTLAUNCH_SECRET_KEY")
    again = json.loads(shop("person", "erase", "--again", "--json").out)
    assert (again["erased"], again["of_another_key"]) == (1, 0)


@pytest.mark.parametrize("page", ["/console/markets/nz", "/console/markets/de/lessons"])
def test_a_field_whose_words_are_never_erased_says_so(house: World, page: str) -> None:
    assert "this text is kept for good and can never be changed" in text(house.signed_in("mere").get(page).text)
