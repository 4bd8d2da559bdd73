"""One customer's erasure and others who are called nearly the same: they keep every mail, every answer and every word."""

import json

import pytest

from shop.api.models import KeptAnswer
from shop.base.mail import Mail
from shop.checkout.models import Hold, Order
from shop.markets.exposure_models import Denial, Invitation
from shop.support.requests.models import Rating, Request
from shop.support.requests.rating import mark_of
from shop.upkeep.personal.acting import erase_person, export
from shop.upkeep.personal.naming import named
from tests.aftersales import DE, bought
from tests.doors import question
from tests.personal import keeper_of, rows
from tests.world import ANNA, World

ANN = {**ANNA, "email": "ann@example.com", "name": "Japan"}
TWINS = (
    "joann@example.com",
    "ann+shop@example.com",
    "mary.ann@example.com",
    "mary-ann@example.com",
    "o'ann@example.com",
    "ann@example.com.au",
    "ann@example.community",
    "ann@my.example.com",
)


@pytest.mark.parametrize("other", TWINS)
@pytest.mark.parametrize("around", ["{}", "Ask {}.", "<{}>", '"{}"', "\\n{}\\n", "an: {}, eilt"])
def test_an_address_is_found_whole_only(other: str, around: str) -> None:
    assert named(["ann@example.com"]).search(around.format("ANN@example.com"))
    assert not named(["ann@example.com"]).search(around.format(other))


@pytest.mark.parametrize("said", ["/?mail={}", "a=1&mail={}&b=2", "| {} |", "|{}|", "{{{}}}"])
def test_an_address_is_found_in_links_and_tables(said: str) -> None:
    assert named(["ann@example.com"]).search(said.format("ann@example.com"))


@pytest.mark.parametrize(
    ("name", "said", "found"),
    [
        ("Ann Beck", "Ann Beck, again", True),
        ("Ann Beck", "ann\n beck's parcel", True),
        ("Ann Beck", "Joann Beck", False),
        ("Anna Müller", "Anna Müllers Paket", True),
        ("أحمد علي", "الطرد وأحمد علي", True),
        ("أحمد علي", "لأحمد علي طرد", True),
        ("أحمد علي", "سأحمد علي", False),
        ("Ann Beck", "Ann Becker", False),
        ("Ann Beck", "Ann Beck-Smith", False),
        ("Ann Beck", "Mary-Ann Beck", False),
        ("佐藤太郎", "佐藤太郎様が来ない", True),
        ("+4915177788899", "call +4915177788899!", True),
        ("+4915177788899", "call +49151777888990", False),
        ("", "anything", False),
    ],
)
def test_a_name_is_found_whole_only(name: str, said: str, found: bool) -> None:
    assert bool(named([name]).search(said)) is found


@pytest.mark.parametrize(
    ("said", "found"), [("order-R-AAAAAA-late", True), ("R-AAAAAAB", False), ("XR-AAAAAA", False), ("r-aaaaaa.", True)]
)
def test_a_number_is_found_whole_only(said: str, found: bool) -> None:
    assert bool(named([], ["R-AAAAAA"]).search(said)) is found


def _delivered(world: World, who: dict[str, str]) -> str:
    number = bought(world, world.browser("de"), DE, who)
    with world.house.database.writing() as db:
        order = db.get_one(Order, number)
        order.state, order.delivered_at, order.dispatched_at = "delivered", world.clock.now, world.clock.now
    return number


def _erase(world: World, email: str) -> None:
    erase_person(keeper_of(world), email, ground="asked", person="mere", now=world.clock.now)


def test_whoever_is_called_nearly_the_same_loses_nothing(world: World) -> None:
    _delivered(world, ANN)
    world.work()
    keeper, now = keeper_of(world), world.clock.now
    mine = f"{ANN['email'].upper()} asked"
    said = [*(f"{each} from Japan asked" for each in TWINS), mine]
    with world.house.database.writing() as db:
        for number, each in enumerate(said):
            body = json.dumps({"customer": each})
            row = {"fingerprint": "", "mark": "", "at": now, "status": 200}
            db.add(KeptAnswer(person="mere", key=str(number), body=body, **row))
            token = {"token_hash": f"{number:064}", "created_at": now, "expires_at": now}
            db.add(Invitation(market="nz", note=each, person="mere", **token))
            db.add(Rating(market="de", language="de", category="use", score=2, words=each, day=now.date()))
    for number, each in enumerate(said):
        to = each.split(" ")[0] if number < len(TWINS) else "mere@harbourbench.example"
        mail = Mail(to=to, subject="Japan", text=each, html=each, language="en", key=f"twin-{number}")
        keeper.outbox.send(mail, now=now)

    _erase(world, ANN["email"])

    assert [each.note for each in rows(world, Invitation) if "asked" in each.note] == [*said[:-1], "… asked"]
    assert [each.words for each in rows(world, Rating)] == [*said[:-1], "… asked"]
    assert [json.loads(each.body) for each in rows(world, KeptAnswer)] == [
        *({"customer": each} for each in said[:-1]),
        {},
    ]
    kept = {str(mail["To"]) for _name, mail in keeper.outbox.kept() if mail["Subject"] == "Japan"}
    assert kept == set(TWINS)


def test_a_copied_reader_counts_as_one_it_is_to(world: World) -> None:
    _delivered(world, ANN)
    folder = keeper_of(world).outbox.folder
    head = "From: shop@localhost\nDate: Tue, 24 Nov 2026 09:30:00 +0000\nSubject: Hm\n"
    for name, copied in (("a", "Ann <ANN@example.com>"), ("b", "joann@example.com")):
        (folder / f"20261124T093000-{name}.eml").write_text(f"{head}To: lena@example.com\nCc: {copied}\n\nHm\n")

    _erase(world, ANN["email"])

    assert [name for name, mail in keeper_of(world).outbox.kept() if mail["Subject"] == "Hm"] == ["20261124T093000-b"]


def test_a_name_of_one_word_is_blotted_out_only_where_the_row_is_theirs(world: World) -> None:
    number = _delivered(world, ANN)
    with world.house.database.writing() as db:
        mine = db.get_one(Hold, number).customer
        for customer in (mine, "somebody else's keyed hash"):
            why = "Japan never pays, japanese banks do"
            db.add(Denial(market="nz", customer=customer, reason=why, person="mere", at=world.clock.now))

    _erase(world, ANN["email"])

    assert mine and {each.customer == mine: each.reason for each in rows(world, Denial)} == {
        True: "… never pays, japanese banks do",
        False: "Japan never pays, japanese banks do",
    }


def test_what_they_said_of_our_answers_is_handed_out_and_erased_with_them(world: World) -> None:
    _delivered(world, ANN)
    now = world.clock.now
    refs = [question(world.browser("de"), DE, email=each) for each in (ANN["email"], TWINS[0])]
    with world.house.database.writing() as db:
        for ref in refs:
            request = db.get_one(Request, ref)
            request.state, request.closed_at = "closed", now
            row = {"market": "de", "language": "de", "category": "use", "day": now.date()}
            db.add(Rating(score=2, words="My neighbour told you so.", mark=mark_of(request), **row))
    data, _files = export(keeper_of(world), ANN["email"], now=now)
    assert [each["words"] for each in json.loads(data)["data"]["rating"]] == ["My neighbour told you so."]
    world.work()

    _erase(world, ANN["email"])

    left = {(each.score, each.words, bool(each.mark)) for each in rows(world, Rating)}
    assert left == {(2, "", False), (2, "My neighbour told you so.", True)}
