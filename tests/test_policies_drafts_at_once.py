"""Drafts while the world goes on: others publish, roles end, markets close, midnight passes, texts are odd."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from shop.base.revisions import EVERYWHERE, raise_revision
from shop.markets.models import Market
from shop.policies.drafts.drafting import RULES, parts
from shop.policies.drafts.outcome import LONGEST_TEXT
from shop.policies.models import WrittenPolicy, WrittenText
from shop.policies.written import DayTaken, write
from shop.staff.models import Person
from tests.doors import change_market
from tests.policy_drafts import DAY, DRAFTS, begun, keep, publish, rules
from tests.world import World, text


def number(url: str) -> int:
    return int(url.rpartition("/")[2])


def content(world: World, url: str, part: str) -> str:
    with world.house.database.reading() as db:
        return parts(db, number(url))[part].content


def test_what_is_typed_while_another_publishes_goes_on_in_a_new_draft(world: World) -> None:
    mere, ruth = world.signed_in("mere"), world.signed_in("ruth")
    url = begun(mere)
    keep(world, mere, url, day=DAY)
    typing = rules(world, url)
    assert publish(world, mere, url).status_code == 303
    over = ruth.post(f"{url}/rules", {**typing, "window_days": "21"})
    assert over.status_code == 409 and "This draft has ended" in text(over.text) and 'value="21"' in over.text
    assert rules(world, url)["window_days"] == "14"
    answer = ruth.submit("/successors", **{**typing, "window_days": "21", "day": "2027-02-01"})
    following = str(answer.headers["location"]).removesuffix("/rules")
    assert rules(world, following)["window_days"] == "21"
    assert content(world, following, "de") == content(world, url, "de")
    assert publish(world, mere, following).status_code == 303
    assert world.house.policies.version("de", "returns", "2027-02-01").rules["window_days"] == 21


def test_a_text_typed_into_a_discarded_draft_is_not_lost(sqlite_world: World) -> None:
    mere, ruth = sqlite_world.signed_in("mere"), sqlite_world.signed_in("ruth")
    url = begun(mere)
    assert mere.post(f"{url}/discard").status_code == 303
    over = ruth.post(f"{url}/texts/de", {"number": "1", "text": "# Widerruf\n\nNeu."})
    assert over.status_code == 409 and "Neu." in over.text
    answer = ruth.submit("/successors", text="# Widerruf\n\nNeu.")
    assert answer.status_code == 303
    following = str(answer.headers["location"]).removesuffix("/texts/de")
    assert content(sqlite_world, following, "de") == "# Widerruf\n\nNeu."
    assert content(sqlite_world, following, RULES) == content(sqlite_world, url, RULES)
    assert ruth.post(f"{url}/successors", {"part": "xx", "text": "x"}).status_code == 404


def test_two_drafts_cannot_both_become_the_version_of_one_day(world: World) -> None:
    mere = world.signed_in("mere")
    first, second = begun(mere), begun(mere)
    keep(world, mere, first, day=DAY)
    keep(world, mere, second, day=DAY, window_days="30")
    page = mere.get(f"{second}/publication").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen and publish(world, mere, first).status_code == 303
    assert mere.post(f"{second}/publication", {"seen": seen[1]}).status_code == 409
    version = world.house.policies.version("de", "returns", DAY)
    with pytest.raises(DayTaken), world.house.database.writing() as db:  # as a process does that has not seen it yet
        write(db, version, person="mere", now=world.clock.now)
    with world.house.database.reading() as db:
        assert len(db.exec(select(WrittenPolicy)).all()) == 1


def test_a_draft_outlives_the_version_that_it_was_copied_from(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    source = begun(mere)
    keep(sqlite_world, mere, source, day=DAY)
    assert publish(sqlite_world, mere, source).status_code == 303
    copied = begun(mere, source=f"de/{DAY}")
    assert mere.post(f"/console/policies/de/returns/{DAY}/withdrawal").status_code == 303
    page = mere.get(copied)
    assert page.status_code == 200 and "Copied from: Germany" in text(page.text)
    keep(sqlite_world, mere, copied, day="2027-03-01")
    assert publish(sqlite_world, mere, copied).status_code == 303


def test_a_draft_whose_source_was_changed_by_hand_keeps_what_was_copied(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    source = begun(mere)
    keep(sqlite_world, mere, source, day=DAY)
    publish(sqlite_world, mere, source)
    copied = begun(mere, source=f"de/{DAY}")
    before = rules(sqlite_world, copied), content(sqlite_world, copied, "de")
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(WrittenText).values(text="# Ganz anders\n"))
        raise_revision(db, "policies", EVERYWHERE)
    assert (rules(sqlite_world, copied), content(sqlite_world, copied, "de")) == before
    keep(sqlite_world, mere, copied, day="2027-03-01")
    assert publish(sqlite_world, mere, copied).status_code == 303
    assert "Ganz anders" not in sqlite_world.house.policies.version("de", "returns", "2027-03-01").texts["de"]


def test_who_is_a_specialist_no_more_keeps_nothing_and_the_exporter_goes_on(sqlite_world: World) -> None:
    mere, annika = sqlite_world.signed_in("mere"), sqlite_world.signed_in("annika")
    answer = annika.post(DRAFTS, {"market": "de", "kind": "returns", "source": "nothing"})
    url = str(answer.headers["location"])
    with sqlite_world.house.database.writing() as db:
        db.connection().execute(update(Person).where(col(Person.id) == "annika").values(deactivated=True))
    refused = annika.post(f"{url}/texts/de", {"number": "1", "text": "# Widerruf\n"})
    assert refused.status_code in (303, 404) and content(sqlite_world, url, "de") == ""
    assert mere.post(f"{url}/texts/de", {"number": "1", "text": "# Widerruf\n"}).status_code == 303


@pytest.mark.parametrize("state", ["paused", "winding_down", "closed"])
def test_a_draft_goes_on_when_its_market_closes(sqlite_world: World, state: str) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    change_market(sqlite_world, "de", state=state)
    keep(sqlite_world, mere, url, day=DAY)
    assert mere.get(url).status_code == 200
    assert publish(sqlite_world, mere, url).status_code == 303


@pytest.mark.parametrize(
    ("market", "zone", "instant", "day", "early"),
    [
        ("nz", "Pacific/Auckland", "2026-11-24T10:59:00", "2026-11-25", False),  # 23:59 there
        ("nz", "Pacific/Auckland", "2026-11-24T11:00:00", "2026-11-25", True),  # midnight there
        ("nz", "Pacific/Auckland", "2026-11-24T11:00:00", "2026-11-26", False),
        ("de", "Europe/Berlin", "2027-03-27T22:59:00", "2027-03-28", False),  # the night of the shorter day
        ("de", "Europe/Berlin", "2027-03-27T23:00:00", "2027-03-28", True),
        ("nz", "Pacific/Auckland", "2027-04-03T10:59:00", "2027-04-04", False),  # the longer day begins at +13
        ("nz", "Pacific/Auckland", "2027-04-03T11:00:00", "2027-04-04", True),
    ],
)
def test_a_version_begins_at_the_midnight_of_its_own_market(
    sqlite_world: World, market: str, zone: str, instant: str, day: str, early: bool
) -> None:
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Market, market).zone == zone
    sqlite_world.clock.now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    mere = sqlite_world.signed_in("mere")
    last = sqlite_world.house.policies.versions(market, "returns")[-1]
    url = begun(mere, market=market, source=f"{market}/{last.name}")
    page = mere.follow(keep(sqlite_world, mere, url, day=day))
    assert ("This day is too early" in text(page.text)) == early
    assert publish(sqlite_world, mere, url).status_code == (409 if early else 303)
    if not early:
        assert sqlite_world.house.policies.in_force(market, "returns", date.fromisoformat(day)).name == day


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("{unknown}", "{unknown} is no single value"),
        ("{window_days", "brace that is no placeholder"),
        ("window_days}", "brace that is no placeholder"),
        ("{{window_days}}", "brace that is no placeholder"),
        ("{window_{refund_days}}", "brace that is no placeholder"),
        ("{Window_Days}", "brace that is no placeholder"),
        ("{exclusions}", "{exclusions} is no single value"),
        ("{}", "brace that is no placeholder"),
    ],
)
def test_a_placeholder_that_cannot_be_filled_is_named(sqlite_world: World, written: str, sentence: str) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    page = mere.follow(mere.post(f"{url}/texts/de", {"number": "1", "text": f"# Titel\n\n{written}"}))
    assert page.status_code == 200 and sentence in text(page.text)


def kept_text(world: World, sent: str) -> tuple[Any, str]:
    mere = world.signed_in("mere")
    url = begun(mere)
    answer = mere.post(f"{url}/texts/de", {"number": "1", "text": sent})
    return mere.follow(answer), content(world, url, "de")


@pytest.mark.parametrize("letter", ["a", "漢", "ي", "😀"])
def test_the_longest_text_of_any_script_is_kept_and_a_longer_one_is_told_so(sqlite_world: World, letter: str) -> None:
    whole = "# Titel\n\n" + letter * (LONGEST_TEXT - 9)
    page, kept = kept_text(sqlite_world, whole)
    assert kept == whole and "too long" not in text(page.text)
    page, kept = kept_text(sqlite_world, whole + letter)
    assert kept == whole + letter and "too long" in text(page.text)


def test_marks_that_turn_a_line_around_do_not_reach_the_text_and_those_of_a_script_do(sqlite_world: World) -> None:
    _page, kept = kept_text(sqlite_world, "# \u202eTitel\u202c\n\n\u200fشروط\u200e {window_days}\u2066x\u2069")
    assert kept == "# Titel\n\n\u200fشروط\u200e {window_days}x"
