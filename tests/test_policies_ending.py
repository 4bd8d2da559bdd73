"""Ending a kind of policy: only where no law asks for it, from a day on, for orders to come; and back again."""

import re
from datetime import date, timedelta

import pytest
from sqlmodel import select

from shop.markets.models import LaunchEvent
from shop.policies.acceptance import accepted_rules
from shop.policies.ending import end, obstacle, rules_then
from shop.policies.library import PolicyVersion
from shop.policies.models import PolicyEnd, WrittenPolicy
from shop.policies.written import DayTaken, write
from tests.doors import place
from tests.policy_drafts import begun, keep, publish
from tests.policy_ends import DAY, ENDED, HOLDS, RETURNS, ended
from tests.world import TAMA, World, text


def test_from_its_day_on_orders_are_promised_none_of_it_and_earlier_ones_keep_theirs(world: World) -> None:
    mere, before, after = world.signed_in("mere"), world.browser(), world.browser()
    kept = place(before, "/nz/en/", TAMA)
    page = mere.get(RETURNS)
    assert "Earlier orders keep what they accepted." in text(page.text) and "A version to come begins it anew" in text(
        page.text
    )
    assert ended(mere).headers["location"] == "/console/policies?done=policy_ended"
    library = world.house.policies
    assert "returns" in library.kinds("nz", HOLDS) and "returns" not in library.kinds("nz", ENDED)
    assert library.in_force("nz", "returns", HOLDS) and not library.rules("nz", "returns", ENDED)
    assert not library.complete("nz", ["en"], ENDED)
    world.at(world.clock.now + timedelta(days=9))
    goods = re.search(r'href="(/nz/en/products/[^"/]+)"', after.get("/nz/en/").text)
    assert goods
    page = after.get(goods[1])
    promised = page.text.partition('class="policy-lines"')[2].partition("</ul>")[0]
    assert page.status_code == 200 and "/nz/en/policies/warranty" in promised
    assert "/nz/en/policies/returns" not in promised and "hasMerchantReturnPolicy" not in page.text
    without = place(after, "/nz/en/", TAMA)
    with world.house.database.reading() as db:
        assert accepted_rules(db, kept)["returns"]["window_days"] > 0
        assert "returns" not in accepted_rules(db, without) and "warranty" in accepted_rules(db, without)
    read = after.get("/nz/en/policies/returns")
    assert "Ended on" in text(read.text)
    assert after.get(f"/nz/en/orders/{without}").status_code == 200
    assert before.get(f"/nz/en/orders/{kept}").status_code == 200


def test_an_order_of_a_day_after_the_end_has_no_days_to_send_back_and_one_before_has(sqlite_world: World) -> None:
    ended(sqlite_world.signed_in("mere"))
    library = sqlite_world.house.policies
    assert rules_then(library, "nz", "returns", HOLDS)["window_days"] > 0
    assert rules_then(library, "nz", "returns", ENDED)["window_days"] == 0


def test_the_history_of_the_market_says_who_ended_it_and_why(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    ended(mere)
    with sqlite_world.house.database.reading() as db:
        deed = db.exec(select(LaunchEvent).where(LaunchEvent.action == "end_policy")).one()
    assert (deed.market, deed.person, deed.reason) == ("nz", "mere", "Too few use it") and DAY in deed.details
    assert "End a kind of policy" in text(mere.get("/console/markets/nz/audit").text)


@pytest.mark.parametrize(
    ("market", "kind", "sentence"),
    [
        ("de", "returns", "The law asks for it"),
        ("jp", "returns", "The law asks for it"),
        ("ca", "returns", "The law asks for it"),
        ("nz", "warranty", "The law asks for it"),
        ("nz", "terms", "told before every order"),
        ("nz", "privacy", "told before every order"),
    ],
)
def test_what_a_law_asks_for_does_not_end_and_the_page_says_what_can_be_done(
    sqlite_world: World, market: str, kind: str, sentence: str
) -> None:
    mere, url = sqlite_world.signed_in("mere"), f"/console/policies/{market}/{kind}/end"
    page = mere.get(url)
    assert sentence in text(page.text) and "Write a new version from this one" in text(page.text)
    assert ("its months are 0" in text(page.text)) == (kind == "warranty")
    answer = mere.post(url, {"day": DAY, "reason": "x"})
    assert answer.status_code == 422
    with sqlite_world.house.database.reading() as db:
        assert not db.exec(select(PolicyEnd)).all()


def test_by_the_folders_own_law_only_voluntary_returns_may_end(sqlite_world: World) -> None:
    library = sqlite_world.house.policies
    may = {
        (version.market, version.kind)
        for version in library.all()
        if obstacle(library, version.market, version.kind, date(2026, 12, 15)) is None
    }
    assert may == {(market, "returns") for market in ("ae", "ch", "nz", "us")}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"day": "2026-11-24"}, "too early"),
        ({"day": "2026-11-25"}, "too early"),  # that day has begun in Auckland already
        ({"day": "soon"}, "choose the day"),
        ({"day": "20261201"}, "choose the day"),
        ({"day": ""}, "choose the day"),
        ({"reason": " "}, "say why"),
        ({"reason": "x" * 501}, "too long"),
    ],
)
def test_an_end_has_a_day_to_come_and_a_reason(sqlite_world: World, said: dict[str, str], sentence: str) -> None:
    sqlite_world.at(sqlite_world.clock.now + timedelta(hours=2))  # 00:30 of the 25th in Auckland
    answer = ended(sqlite_world.signed_in("mere"), **said)
    assert answer.status_code == 422 and sentence in text(answer.text)
    assert sqlite_world.house.policies.ends("nz", "returns") == ()


def test_an_end_is_taken_back_until_its_day_and_never_after(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    ended(mere)
    assert ended(mere).status_code == 422
    back = f"{RETURNS}/{DAY}/withdrawal"
    assert back in mere.get("/console/policies").text
    assert mere.post(back).status_code == 303
    assert sqlite_world.house.policies.in_force("nz", "returns", ENDED)
    assert mere.post(back).status_code == 404 and mere.post(f"{RETURNS}/x/withdrawal").status_code == 404
    ended(mere)
    sqlite_world.at(sqlite_world.clock.now + timedelta(days=9))
    mere = sqlite_world.signed_in("mere")
    assert back not in mere.get("/console/policies").text
    assert mere.post(back).status_code == 409


def test_a_new_version_begins_an_ended_kind_anew(sqlite_world: World) -> None:
    mere, library = sqlite_world.signed_in("mere"), sqlite_world.house.policies
    ended(mere)
    last = library.versions("nz", "returns")[-1]
    url = begun(mere, market="nz", source=f"nz/{last.name}")
    refused = mere.follow(keep(sqlite_world, mere, url, day=DAY))
    assert "ends on that day" in text(refused.text)
    keep(sqlite_world, mere, url, day="2026-12-10")
    assert publish(sqlite_world, mere, url).status_code == 303
    assert "returns" not in library.kinds("nz", date(2026, 12, 9))
    assert library.in_force("nz", "returns", date(2026, 12, 10)).name == "2026-12-10"
    sqlite_world.at(sqlite_world.clock.now + timedelta(days=20))
    assert "Ended on" not in text(sqlite_world.browser().get("/nz/en/policies/returns").text)


def test_only_who_may_publish_may_end(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")
    assert annika.get("/console/policies/de/returns/end").status_code == 404
    assert annika.post(RETURNS, {"day": DAY, "reason": "x"}).status_code == 404
    mere = sqlite_world.signed_in("mere")
    for unknown in ("xx/returns", "nz/gifts", "nz/legal"):
        assert mere.get(f"/console/policies/{unknown}/end").status_code == 404


def test_an_end_and_a_version_of_one_day_are_never_both_kept(world: World) -> None:
    mere, library, now = world.signed_in("mere"), world.house.policies, world.clock.now
    holds = library.in_force("nz", "returns", HOLDS)
    version = PolicyVersion("nz", "returns", ENDED, {**holds.rules, "effective": ENDED}, holds.texts)
    ended(mere)
    with pytest.raises(DayTaken), world.house.database.writing() as db:  # whose draft was looked at before the end
        write(db, version, person="ruth", now=now)
    mere.post(f"{RETURNS}/{DAY}/withdrawal")
    with world.house.database.writing() as db:
        write(db, version, person="ruth", now=now)
    late = library.beside(tuple)  # of another process, which has not heard of the version yet
    with pytest.raises(DayTaken), world.house.database.writing() as db:
        end(db, late, "nz", "returns", day=ENDED, reason="x", person="mere", now=now)
    with world.house.database.reading() as db:
        assert not db.exec(select(PolicyEnd)).all() and len(db.exec(select(WrittenPolicy)).all()) == 1
