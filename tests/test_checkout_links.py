"""A new link by mail: the same answer for everybody, a mail only for whom the order or the question belongs to."""

import pytest
from sqlmodel import select

from shop.base import limits
from shop.base.outbox import Effect
from tests.doors import pay, place, question
from tests.world import ANNA, World, text

SHOP = "/de/de/"
NZ = "/nz/en/"


def link_in(world: World, to: str) -> str:
    """The link in the newest mail to this address."""
    body = world.mails(to)[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return next(word for word in body.split() if "?secret=" in word)


def asked(world: World, number: str, email: str, shop: str = NZ) -> tuple[int, str, str]:
    """What one who asks for a link is answered."""
    browser = world.browser()
    browser.get(f"{shop}link?number={number}")
    answer = browser.submit("/link", email=email)
    page = browser.follow(answer)
    world.work()
    return answer.status_code, answer.headers["location"], text(page.text)


@pytest.fixture
def order(world: World) -> str:
    browser = world.browser("de")
    number = place(browser, SHOP, ANNA)
    pay(world, browser, SHOP, number)
    world.work()
    return number


def test_the_mail_of_an_order_holds_a_fresh_link_and_the_outbox_none(world: World, order: str) -> None:
    stranger, link = world.browser("de"), link_in(world, ANNA["email"])
    assert stranger.follow(stranger.get(link)).status_code == 200
    with world.house.database.reading() as db:
        payloads = [each.payload for each in db.exec(select(Effect)).all()]
    assert payloads and not any("secret" in each or link.partition("=")[2] in each for each in payloads)


def test_who_asks_with_the_right_address_is_sent_a_link_that_opens(world: World, order: str) -> None:
    asked(world, order.lower(), "ANNA@example.com")
    assert len(world.mails(ANNA["email"])) == 2
    mail, stranger = world.mails(ANNA["email"])[-1], world.browser("de")
    assert mail["Content-Language"] == "de-DE" and order in mail["Subject"]
    assert stranger.follow(stranger.get(link_in(world, ANNA["email"]))).status_code == 200


def test_a_number_in_the_wide_letters_of_a_japanese_keyboard_is_read(sqlite_world: World) -> None:
    number = place(sqlite_world.browser("de"), SHOP, ANNA)
    asked(sqlite_world, number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}), ANNA["email"])
    assert number in sqlite_world.mails(ANNA["email"])[-1]["Subject"]


def test_a_question_has_a_new_link_too(sqlite_world: World) -> None:
    ref = question(sqlite_world.browser("de"), SHOP)
    asked(sqlite_world, ref, "anna@example.com")
    stranger = sqlite_world.browser("de")
    assert ref in sqlite_world.mails("anna@example.com")[-1]["Subject"]
    assert stranger.follow(stranger.get(link_in(sqlite_world, "anna@example.com"))).status_code == 200


def test_the_answer_never_tells_whether_there_is_such_an_order(sqlite_world: World) -> None:
    number = place(sqlite_world.browser("de"), SHOP, ANNA)
    answers = {
        asked(sqlite_world, *each)
        for each in ((number, ANNA["email"]), (number, "eve@example.com"), ("DE-26-AAAAAA", ANNA["email"]))
    }
    assert len(answers) == 1
    assert len(sqlite_world.mails(ANNA["email"])) == 1 and sqlite_world.mails("eve@example.com") == []
    with sqlite_world.house.database.reading() as db:
        effects = db.exec(select(Effect).where(Effect.kind == "link mail")).all()
    assert len(effects) == 3 and all(each.done_at for each in effects)
    assert not any("@" in each.payload + each.key for each in effects)


def test_asked_for_again_and_again_it_is_one_mail_until_a_while_has_passed(sqlite_world: World) -> None:
    number = place(sqlite_world.browser("de"), SHOP, ANNA)
    for _again in range(3):
        asked(sqlite_world, number, ANNA["email"])
    assert len(sqlite_world.mails(ANNA["email"])) == 1
    sqlite_world.later(minutes=10)
    asked(sqlite_world, number, ANNA["email"])
    mails = sqlite_world.mails(ANNA["email"])
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == 2


@pytest.mark.parametrize("path", ["orders/{number}", "orders/DE-26-AAAAAA", "support/{ref}", "support/R-AAAAAA"])
@pytest.mark.parametrize("secret", ["", "?secret=wrong"])
def test_a_page_that_is_not_open_says_how_to_get_in(sqlite_world: World, path: str, secret: str) -> None:
    holder = sqlite_world.browser("en")
    path = path.format(
        number=place(holder, NZ, ANNA | {"city": "Nelson", "postal_code": "7010"}), ref=question(holder, NZ)
    )
    stranger = sqlite_world.browser("en")
    page = stranger.get(f"{NZ}{path}{secret}")
    assert page.status_code == 404 and "Have a new link sent" in page.text
    name = path.rpartition("/")[2]
    assert f'href="{NZ}link?number={name}"' in page.text
    form = stranger.get(f"{NZ}link?number={name}")
    assert form.status_code == 200 and f'value="{name}"' in form.text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"number": "", "email": "anna@example.com"},
        {"number": "x" * 41, "email": "a@b.example"},
        {"number": "DE-26-1"},
    ],
)
def test_what_cannot_be_asked_comes_back_with_its_fields(sqlite_world: World, fields: dict[str, str]) -> None:
    answer = sqlite_world.browser().post(f"{NZ}link", fields)
    assert answer.status_code == 422 and fields.get("number", "") in answer.text


def test_who_asks_too_often_waits(sqlite_world: World) -> None:
    browser, fields = sqlite_world.browser(), {"number": "DE-26-AAAAAA", "email": "anna@example.com"}
    statuses = [browser.post(f"{NZ}link", fields).status_code for _ask in range(limits.LINK.times + 1)]
    assert statuses == [303] * limits.LINK.times + [429]
