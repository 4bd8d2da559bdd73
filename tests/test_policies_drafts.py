"""Policies written at the console: from a copy to a version that holds, and every no on the way."""

import re
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from shop.base.revisions import EVERYWHERE, raise_revision
from shop.ground.errors import NotFound
from shop.markets.models import LaunchEvent, Market
from shop.policies.acceptance import accept
from shop.policies.drafts.drafting import RULES, StaleDraft, begin, draft_of, fields, save
from shop.policies.models import DraftEdition, PolicyDraft, WrittenPolicy
from shop.policies.written import SCOPE, AlreadyHolds, living, take_back, written_policies, written_versions
from tests.policy_drafts import DAY, DRAFTS, LAST, LATER, begun, keep, publish, rules
from tests.world import Browser, World, text


def published(world: World, browser: Browser, day: str = DAY, **changes: str) -> str:
    """A German version of returns that takes effect on the day; its draft's address."""
    url = begun(browser)
    keep(world, browser, url, day=day, **changes)
    answer = publish(world, browser, url)
    assert answer.status_code == 303, text(answer.text)
    return url


def test_a_copy_with_another_day_becomes_a_scheduled_version(world: World) -> None:
    mere = world.signed_in("mere")
    before = world.house.policies.version("de", "returns", LAST)
    published(world, mere, window_days="30")
    version = world.house.policies.version("de", "returns", DAY)
    assert version.rules["window_days"] == 30 and version.texts.keys() == before.texts.keys()
    same = {**version.rules, "window_days": 14, "effective": before.effective}
    assert _told(same) == _told(before.rules)
    assert world.house.policies.in_force("de", "returns", date(2026, 12, 31)) is before
    assert world.house.policies.in_force("de", "returns", date(2027, 1, 1)) is version
    page = mere.get(f"/console/policies/de/returns/{DAY}")
    assert "Scheduled" in page.text and "Take this version back" in page.text and "better for the customer" in page.text
    with world.house.database.reading() as db:
        deed = db.exec(select(LaunchEvent).where(LaunchEvent.action == "publish_policy")).one()
        assert (deed.market, deed.person) == ("de", "mere") and DAY in deed.details


def test_customers_read_it_from_its_day_on_and_the_text_says_what_the_rule_says(sqlite_world: World) -> None:
    published(sqlite_world, sqlite_world.signed_in("mere"), window_days="30")
    anna = sqlite_world.browser("de")
    assert "binnen 14 Tagen" in anna.get("/de/de/policies/returns").text
    sqlite_world.at(sqlite_world.clock.now + timedelta(days=45))
    assert "binnen 30 Tagen" in anna.get("/de/de/policies/returns").text


def test_another_process_sees_a_new_version_once_the_revision_has_risen(world: World) -> None:
    other = living(world.house.policies.beside(tuple), world.house.database, world.house.revisions)
    with pytest.raises(NotFound):
        other.version("de", "returns", DAY)
    before = world.house.revisions.numbers.get(SCOPE, 0)
    published(world, world.signed_in("mere"))
    assert world.house.revisions.numbers[SCOPE] > before
    assert other.version("de", "returns", DAY).rules["window_days"] == 14


def test_the_library_asks_the_database_only_when_something_was_written(sqlite_world: World) -> None:
    asked: list[int] = []
    stand = [0]

    def read() -> list[Any]:
        asked.append(1)
        return []

    library = sqlite_world.house.policies.beside(read, lambda: stand[0])
    for _each in range(5):
        library.version("de", "returns", LAST)
    assert len(asked) == 1
    stand[0] = 1
    library.version("de", "returns", LAST)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"window_days": "7"}, "window_days", "worse for the customer than the minimum 14"),
        ({"window_days": "two weeks"}, "window_days", "whole number"),
        ({"window_days": ""}, "window_days", "missing"),
        ({"window_days": "-3"}, "window_days", "whole number"),
        ({"window_days": "１４"}, "window_days", ""),
        ({"refund_days": "30"}, "refund_days", "worse for the customer than the minimum 14"),
        ({"withdrawal_function": "no"}, "withdrawal_function", "worse for the customer"),
        ({"model_form": ""}, "model_form", "the law asks for it"),
        ({"nature": "generous"}, "nature", "must be one of"),
        ({"day": ""}, "day", "choose the day"),
        ({"day": "1st of May"}, "day", "choose the day"),
        ({"day": "20270501"}, "day", "choose the day"),
        ({"day": "2026-11-24"}, "day", "too early"),
        ({"day": LAST}, "day", "too early"),
        ({"exclude.food": "unsealed"}, "exclude_source.food", "name the law"),
        ({"exclude.food": "sniffed"}, "exclude.food", "must be one of"),
        ({"label.de.confirm": ""}, "label.de.confirm", "both, or neither"),
        ({"seller": "x" * 3000}, "seller", "too long"),
    ],
)
def test_what_is_wrong_is_kept_named_at_its_field_and_not_published(
    sqlite_world: World, changes: dict[str, str], field: str, sentence: str
) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    answer = keep(
        sqlite_world, mere, url, **{"day": DAY, **{key.replace(".", "__"): each for key, each in changes.items()}}
    )
    page = mere.follow(answer)
    if not sentence:  # figures of another script are figures
        assert publish(sqlite_world, mere, url).status_code == 303
        return
    place = page.text.partition(f'id="f-{field}-checked"')[2].partition("</div>")[0]
    assert sentence in text(place)
    assert publish(sqlite_world, mere, url).status_code == 409
    typed = next(iter(changes.values()))
    assert rules(sqlite_world, url).get(next(iter(changes)), "") == typed
    with sqlite_world.house.database.reading() as db:
        assert not written_policies(db)


def test_under_the_minimum_only_with_a_reason_that_the_version_shows(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    published(sqlite_world, mere, window_days="7", reason__window_days="Sold to businesses only")
    assert sqlite_world.house.policies.version("de", "returns", DAY).rules["overrides"] == {
        "window_days": "Sold to businesses only"
    }
    page = mere.get(f"/console/policies/de/returns/{DAY}").text
    assert "Less than the law asks" in page and "Sold to businesses only" in page


def test_the_rules_are_looked_at_while_one_types_and_nothing_is_kept(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    kept = rules(sqlite_world, url)
    answer = mere.post(f"{url}/rules/check", {**kept, "day": DAY, "window_days": "7"})
    place = answer.text.partition('id="f-window_days-checked"')[2].partition("</div>")[0]
    assert answer.status_code == 200 and "BGB §§ 312g, 355" in place
    assert rules(sqlite_world, url) == kept


def test_the_law_stands_beside_its_rule_and_its_own_page_is_linked(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    drawn = mere.get(f"{begun(mere)}/rules").text
    page = text(drawn)
    assert "The law asks for at least 14 (BGB §§ 312g, 355)." in page
    assert "/console/workshop/sheets/minimums?market=de" in drawn
    assert "The law allows at most 14" in page


def test_the_preview_of_a_text_is_filled_from_the_rules_of_the_draft(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    keep(sqlite_world, mere, url, day=DAY, window_days="31")
    sent = {"number": "1", "text": "# Titel\n\nBinnen {window_days} Tagen, {what}. <script>alert(1)</script>"}
    answer = mere.post(f"{url}/texts/de/check", sent)
    assert "Binnen 31 Tagen, {what}" in answer.text and "{what} is no single value" in text(answer.text)
    assert "<script>" not in answer.text
    assert "{window_days}" in mere.get(f"{url}/texts/de").text


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "missing"),
        ("Kein Titel", "begin with its title"),
        ("# Titel\n\n{", "brace"),
        ("# T\n\n{model_form}", "no single value"),
    ],
)
def test_a_text_that_cannot_be_filled_is_kept_but_not_published(
    sqlite_world: World, written: str, sentence: str
) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    keep(sqlite_world, mere, url, day=DAY)
    page = mere.follow(mere.post(f"{url}/texts/de", {"number": "1", "text": written}))
    assert sentence in text(page.text)
    assert publish(sqlite_world, mere, url).status_code == 409


def test_two_who_edit_the_same_rules_are_told_of_each_other_and_lose_nothing(world: World) -> None:
    mere, ruth = world.signed_in("mere"), world.signed_in("ruth")
    url = begun(mere)
    first = rules(world, url)
    assert mere.post(f"{url}/rules", {**first, "window_days": "20"}).status_code == 303
    stale = ruth.post(f"{url}/rules", {**first, "refund_days": "10"})
    assert stale.status_code == 409
    row = text(stale.text.partition('id="stale"')[2].partition("</table>")[0])
    assert (
        "Days to send something back" in row and "20" in row and "10" in row and "Saved by: Mere Tauranga" in stale.text
    )
    assert rules(world, url)["window_days"] == "20" and rules(world, url)["refund_days"] == "14"
    form = {**first, "refund_days": "10", "number": "2"}
    assert f'name="number" value="{form["number"]}"' in stale.text and 'value="10"' in stale.text
    assert ruth.post(f"{url}/rules", form).status_code == 303
    assert rules(world, url)["refund_days"] == "10"
    with world.house.database.reading() as db:
        number = int(url.rpartition("/")[2])
        assert fields(db.get(DraftEdition, (number, RULES, 2)))["window_days"] == "20"


def test_two_who_save_at_once_cannot_both_win(world: World) -> None:
    with world.house.database.writing() as db:
        number = begin(db, "de", "returns", None, languages=["de"], person="mere", now=world.clock.now)
    gate, won, lost = threading.Barrier(2), [], []

    def write(person: str) -> None:
        gate.wait()
        try:
            with world.house.database.writing() as db:
                draft = draft_of(db, number)
                save(db, draft, "de", f"# {person}\n", seen=1, person=person, now=world.clock.now)
            won.append(person)
        except StaleDraft as stale:
            lost.append((person, stale.newest.person))

    threads = [threading.Thread(target=write, args=(person,)) for person in ("mere", "ruth")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(won) == 1 and [theirs for _mine, theirs in lost] == won


def test_the_text_of_one_does_not_stand_in_the_way_of_another(sqlite_world: World) -> None:
    mere, ruth = sqlite_world.signed_in("mere"), sqlite_world.signed_in("ruth")
    url = begun(mere, market="ch", source=f"ch/{LAST}")
    form = rules(sqlite_world, url)
    assert mere.post(f"{url}/texts/fr", {"number": "1", "text": "# Retours\n"}).status_code == 303
    assert ruth.post(f"{url}/rules", form).status_code == 303
    stale = ruth.post(f"{url}/texts/fr", {"number": "1", "text": "# Renvois\n"})
    assert stale.status_code == 409 and "# Retours" in stale.text and "# Renvois" in stale.text


def test_a_draft_that_was_changed_since_it_was_looked_at_is_not_published(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    keep(sqlite_world, mere, url, day=DAY)
    page = mere.get(f"{url}/publication").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    keep(sqlite_world, mere, url, window_days="20")
    assert seen and mere.post(f"{url}/publication", {"seen": seen[1]}).status_code == 409
    assert publish(sqlite_world, mere, url).status_code == 303
    assert publish(sqlite_world, mere, url).status_code == 409
    assert mere.post(f"{url}/rules", {"number": "3"}).status_code == 409


def test_a_scheduled_version_is_taken_back_and_goes_on_as_a_draft(world: World) -> None:
    mere = world.signed_in("mere")
    url = published(world, mere)
    answer = mere.post(f"/console/policies/de/returns/{DAY}/withdrawal")
    assert answer.headers["location"].startswith(url)
    with pytest.raises(NotFound):
        world.house.policies.version("de", "returns", DAY)
    assert keep(world, mere, url, window_days="21").status_code == 303
    assert publish(world, mere, url).status_code == 303
    assert world.house.policies.version("de", "returns", DAY).rules["window_days"] == 21


def test_what_is_in_force_or_of_the_folder_is_never_taken_back(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    published(sqlite_world, mere)
    assert mere.post(f"/console/policies/de/returns/{LAST}/withdrawal").status_code == 404
    sqlite_world.at(sqlite_world.clock.now + timedelta(days=60))
    mere = sqlite_world.signed_in("mere")
    assert mere.post(f"/console/policies/de/returns/{DAY}/withdrawal").status_code == 409
    assert sqlite_world.house.policies.version("de", "returns", DAY)


def test_what_somebody_accepted_is_never_taken_back(world: World) -> None:
    published(world, world.signed_in("mere"))
    version, tongue = world.house.policies.version("de", "returns", DAY), world.house.languages.tongue("de", "DE")
    with world.house.database.writing() as db:
        accept(db, "N-1", [version], tongue, wording="Ja.", now=world.clock.now)
    with pytest.raises(AlreadyHolds), world.house.database.writing() as db:
        take_back(db, "de", "returns", DAY, today=date(2026, 11, 24))
    with world.house.database.reading() as db:
        assert db.get(WrittenPolicy, ("de", "returns", DAY))


def test_a_copy_for_another_market_leaves_that_ones_law_behind(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere, market="nz", source=f"de/{LAST}")
    kept = rules(sqlite_world, url)
    assert kept["window_days"] == "14" and kept["exclude.perishable"] == "always"
    assert not [name for name in kept if name.startswith(("source.", "exclude_source."))]
    page = text(mere.get(url).text)
    assert "Please name the law" in page and "The text in this language is missing." in page


def test_the_sources_that_stay_as_they_are_keep_their_day(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    published(sqlite_world, mere, source__window_days="A new article")
    sources = {
        each["rule"]: each for each in sqlite_world.house.policies.version("de", "returns", DAY).rules["sources"]
    }
    assert sources["refund_days"]["as_of"] == date(2026, 11, 22) and sources["refund_days"]["confidence"] == "high"
    assert sources["window_days"]["source"] == "A new article"


@pytest.mark.parametrize("kind", ["returns", "warranty", "terms", "privacy", "shipping", "imprint"])
@pytest.mark.parametrize("market", ["de", "nz", "jp", "ae", "ca", "ch"])
def test_every_version_comes_out_of_its_own_form_as_it_went_in(sqlite_world: World, market: str, kind: str) -> None:
    library = sqlite_world.house.policies
    last = library.versions(market, kind)[-1]
    mere = sqlite_world.signed_in("mere")
    url = begun(mere, market=market, kind=kind, source=f"{market}/{last.name}")
    keep(sqlite_world, mere, url, day=LATER)
    assert publish(sqlite_world, mere, url).status_code == 303, text(mere.get(url).text)
    again = library.version(market, kind, LATER)
    assert _told(again.rules) == _told(last.rules)
    assert again.texts == last.texts


def _told(rules: Any) -> dict[str, Any]:
    """The rules without what may stand in another order, or be left out, and mean the same."""
    by_rule = sorted(rules.get("sources", []), key=lambda each: (each["rule"], each["source"]))
    classes = sorted(rules.get("exclusions", []), key=lambda each: each["class"])
    with_condition = [{"condition": "always", **each} for each in classes]
    return {**rules, "sources": by_rule, "effective": 0, "exclusions": with_condition}


def test_a_draft_begun_with_nothing_lacks_everything_and_says_so(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere, source="nothing", kind="terms")
    page = text(mere.get(f"{url}/rules").text)
    assert "Please choose the day" in page and "This is missing." in page
    assert publish(sqlite_world, mere, url).status_code == 409


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"market": "xx", "kind": "returns", "source": f"de/{LAST}"}, 422),
        ({"market": "de", "kind": "returns", "source": "de/1999-01-01"}, 422),
        ({"market": "de", "kind": "returns"}, 422),
        ({"market": "de", "kind": "gifts", "source": "nothing"}, 404),
        ({"market": "de", "kind": "legal", "source": "de/2026-10-01"}, 404),
    ],
)
def test_a_draft_begins_only_with_what_there_is(sqlite_world: World, sent: dict[str, str], status: int) -> None:
    answer = sqlite_world.signed_in("mere").post(DRAFTS, sent)
    assert answer.status_code == status
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(PolicyDraft)).first() is None


def test_a_specialist_writes_for_their_own_market_and_does_not_publish(sqlite_world: World) -> None:
    mere, annika = sqlite_world.signed_in("mere"), sqlite_world.signed_in("annika")
    url, foreign = begun(mere), begun(mere, market="nz", source=f"nz/{LAST}")
    assert keep(sqlite_world, annika, url, day=DAY).status_code == 303
    assert "Die Exportfirma kann die Fassung jetzt veröffentlichen." in annika.get(url).text
    assert annika.get(f"{url}/publication").status_code == annika.post(f"{url}/publication").status_code == 404
    for path in ("", "/rules", "/texts/en"):
        assert annika.get(f"{foreign}{path}").status_code == 404
    assert annika.post(f"{foreign}/rules", {"number": "1"}).status_code == 404
    assert mere.get(f"{url}/texts/fr").status_code == 404 and mere.get(f"{DRAFTS}/999").status_code == 404


def test_a_discarded_draft_is_listed_no_more(sqlite_world: World) -> None:
    mere = sqlite_world.signed_in("mere")
    url = begun(mere)
    assert url in mere.get("/console/policies").text
    assert mere.post(f"{url}/discard").status_code == 303
    assert url not in mere.get("/console/policies").text
    assert mere.post(f"{url}/discard").status_code == 409 and keep(sqlite_world, mere, url).status_code == 409


def test_a_market_that_never_sold_may_have_a_version_of_today(sqlite_world: World) -> None:
    with sqlite_world.house.database.writing() as db:
        db.get_one(Market, "de").ever_sold = False
        raise_revision(db, EVERYWHERE)
    published(sqlite_world, sqlite_world.signed_in("mere"), day="2026-11-24")
    assert sqlite_world.house.policies.in_force("de", "returns", date(2026, 11, 24)).name == "2026-11-24"


def test_a_written_version_is_read_as_the_file_it_is_written_as(world: World) -> None:
    published(world, world.signed_in("mere"), window_days="30")
    with world.house.database.reading() as db:
        files, [version] = written_policies(db), written_versions(db)
    assert set(files) == {f"policies/de/returns/{DAY}/{name}" for name in ("rules.toml", "de.md")}
    assert version.texts["de"].encode() == files[f"policies/de/returns/{DAY}/de.md"]
