"""What was accepted is kept for ever: which version, in which words, and the very bytes, whatever the files say later."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from shop.base.canonical import canonical
from shop.checkout.placing import PolicyChanged
from shop.policies.acceptance import accept, accepted
from shop.policies.library import PolicyVersion, html
from shop.policies.models import AcceptedText
from tests.buying import BLENDER, buy, ordered, visit, wish
from tests.doors import pay, place
from tests.world import ANNA, World


def versions(world: World, market: str = "de") -> list[PolicyVersion]:
    day = world.clock.now.date()
    return [world.house.policies.in_force(market, kind, day) for kind in ("returns", "warranty", "terms")]


@pytest.mark.parametrize(("market", "language"), [("de", "de"), ("nz", "en"), ("jp", "ja"), ("ae", "ar")])
def test_the_bytes_that_were_shown_are_the_bytes_that_are_kept(sqlite_world: World, market: str, language: str) -> None:
    tongue = visit(sqlite_world, market, language, staff=True).tongue
    with sqlite_world.house.database.writing() as db:
        accept(db, "N-1", versions(sqlite_world, market), tongue, wording="I agree.", now=sqlite_world.clock.now)
    with sqlite_world.house.database.reading() as db:
        kept = accepted(db, "N-1")
    for each, version in zip(kept, versions(sqlite_world, market), strict=True):
        assert each.text.encode() == version.text(tongue).encode() and each.rules == canonical(version.rules)
        told = (each.acceptance.kind, each.acceptance.hash, each.acceptance.version, each.acceptance.language)
        assert told == (version.kind, version.hash, version.name, tongue.tag)
        assert (each.acceptance.wording, each.acceptance.at) == ("I agree.", sqlite_world.clock.now)


def test_a_text_is_kept_once_for_all_who_accept_it(sqlite_world: World) -> None:
    for number in range(3):
        buy(sqlite_world, f"k{number}")
    with sqlite_world.house.database.reading() as db:
        assert len(db.exec(select(AcceptedText)).all()) == 3


def test_an_order_accepts_each_kind_once(sqlite_world: World) -> None:
    tongue = visit(sqlite_world).tongue
    for again in range(2):
        if again:
            with pytest.raises(IntegrityError), sqlite_world.house.database.writing() as db:
                accept(db, "N-1", versions(sqlite_world), tongue, wording="I agree.", now=sqlite_world.clock.now)
        else:
            with sqlite_world.house.database.writing() as db:
                accept(db, "N-1", versions(sqlite_world), tongue, wording="I agree.", now=sqlite_world.clock.now)


def test_page_mail_and_database_hold_the_same_text_after_the_files_have_changed(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sqlite_world.browser("de")
    number = place(browser, "/de/de/", ANNA)
    pay(sqlite_world, browser, "/de/de/", number)
    before = browser.get(f"/de/de/orders/{number}").text
    changed = {
        version.kind: replace(version, texts={"de": "# Alles anders\n\nGar nichts.\n"})
        for version in versions(sqlite_world)
    }
    library = sqlite_world.house.policies
    versions_now = {("de", kind): [each] for kind, each in changed.items()}
    monkeypatch.setattr(library, "_kept", replace(library._read(), versions=versions_now))
    sqlite_world.work()
    assert browser.get(f"/de/de/orders/{number}").text == before
    [mail] = sqlite_world.mails(ANNA["email"])
    sent = [part.get_content().replace("\r\n", "\n") for part in mail.iter_attachments()]
    with sqlite_world.house.database.reading() as db:
        kept = accepted(db, number)
    assert len(sent) == len(kept) and "Alles anders" not in "".join(sent)
    for page, each in zip(sent, kept, strict=True):  # the page that was kept, and what tells the bytes behind it
        assert html(each.text).strip() in page and hashlib.sha256(each.text.encode()).hexdigest() in page
    assert all(len(each.acceptance.hash) == len(hashlib.sha256().hexdigest()) for each in kept)


def test_a_policy_that_takes_effect_between_review_and_order_has_to_be_read_first(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, at = versions(sqlite_world)[0], visit(sqlite_world)
    tomorrow = (sqlite_world.clock.now + timedelta(days=1)).date()
    new = replace(
        old, effective=tomorrow, rules={**old.rules, "effective": tomorrow}, texts={"de": "# Neu\n\nNeues.\n"}
    )
    monkeypatch.setitem(sqlite_world.house.policies._versions, ("de", "returns"), [old, new])
    browser = sqlite_world.browser("de")
    page = browser.get("/de/de/policies/returns").text
    with sqlite_world.house.database.reading() as db:
        wanted = wish(db, sqlite_world, at, "k1", {BLENDER: 1})
    sqlite_world.clock.now += timedelta(days=1)
    assert (
        "Neues." in browser.get("/de/de/policies/returns").text and "Neues." not in page
    )  # the kept page ended with its day
    with pytest.raises(PolicyChanged), sqlite_world.house.database.writing() as db:
        ordered(db, sqlite_world, visit(sqlite_world), wanted)
    assert buy(sqlite_world, "k1")
