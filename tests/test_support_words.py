"""Words about who answers: places as the reader writes them, one word with two meanings, numbers, and colons."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from shop.base.i18n import NP_, Languages
from shop.base.messages import gathered
from shop.base.settings import ROOT
from shop.markets.answering import moment, who_answers
from shop.markets.models import AnswerHours
from shop.support.requests.words import CUSTOMER_STATES, STATES
from shop.support.shifts.models import Agent
from tests.asking import promise
from tests.support_world import MORNING
from tests.world import World, text

GERMAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgctxt "request"
msgid "Closed"
msgstr "Erledigt"

msgid "Closed"
msgstr "Geschlossen"
"""
# What a translated word may not be joined with outside its message: French parts the colon from it, Japanese has another.
JOINED = re.compile(r'\b_\("[^"]*"\) *~|~ *_\("|\}\} *[:：](?! *//)|~ *": *"')
MESSAGE = re.compile(r"\{% trans\b.*?\{% endtrans %\}", re.DOTALL)
PLURAL = re.compile(r"%\(\w+\)s (?:working )?(?:minute|second|hour|day|month|piece|place|character)s?\b")


@pytest.fixture
def languages(tmp_path: Path) -> Languages:
    """A house that speaks a little German."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(GERMAN)
    return Languages(tmp_path)


def test_a_word_of_two_meanings_is_found_by_its_context(languages: Languages) -> None:
    german, english = languages.tongue("de"), languages.tongue("en")
    assert (german.say(STATES["closed"]), german.say("Closed")) == ("Erledigt", "Geschlossen")
    assert english.say(STATES["closed"]) == english.say(CUSTOMER_STATES["closed"]) == "Closed"
    assert german.say(NP_("tab", "Closed")) == "Closed"  # without its own translation no other meaning slips in


def test_marked_contexts_are_gathered() -> None:
    found = {(each.context, each.id) for each in gathered(ROOT) if each.context}
    assert {("request", "Answered"), ("request", "Closed"), ("tab", "Answered"), ("coming step", "Delivered")} <= found


def test_every_message_with_a_counted_thing_is_plural_aware() -> None:
    single = [each.id for each in gathered(ROOT) if isinstance(each.id, str) and PLURAL.search(each.id)]
    assert single == []


def test_no_template_joins_a_translated_word_outside_its_message() -> None:
    joined = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in sorted((ROOT / "templates").rglob("*.*"))
        for found in JOINED.finditer(MESSAGE.sub("{{ message }}", file.read_text("utf-8")))
    ]
    assert joined == []


def test_a_moment_says_the_day_only_when_it_is_another(languages: Languages) -> None:
    english = languages.tongue("en", "NZ")
    said = [
        moment(english, MORNING + timedelta(hours=ahead), "Europe/Berlin", now=MORNING).replace("\u202f", " ")
        for ahead in (2, 20, 50)
    ]
    assert said[0].startswith("12:30") and said[1].startswith("tomorrow, 6:30") and "26" in said[2]


@pytest.mark.parametrize(
    ("native", "names", "said"),
    [
        (True, ["Lena (Hamburg)"], "Answered in German by a native speaker: Lena (Hamburg)"),
        (False, ["Maricel", "Jonas"], "Answered in German by a fluent speaker: Maricel and Jonas"),
        (True, [], "You are answered in this language: German"),
    ],
)
def test_who_answers(languages: Languages, native: bool, names: list[str], said: str) -> None:
    assert who_answers(languages.tongue("en"), "de", native=native, names=names) == said


def test_a_place_is_written_as_the_reader_writes_it() -> None:
    haruka = Agent(id="haruka", person="haruka", zone="Asia/Tokyo", place="Osaka", places=json.dumps({"ja": "大阪"}))
    assert [haruka.place_in(language) for language in ("ja", "ar", "en")] == ["大阪", "Osaka", "Osaka"]
    assert Agent(id="x", person="x", zone="UTC", place="Kiel").place_in("ja") == "Kiel"
    hours = AnswerHours(names="Haruka (Osaka)\nJo", local_names=json.dumps({"ja": "Haruka (大阪)\nJo"}))
    assert (hours.names_in("ja"), hours.names_in("de")) == (["Haruka (大阪)", "Jo"], ["Haruka (Osaka)", "Jo"])
    assert AnswerHours().names_in("ja") == []


@pytest.mark.parametrize(
    ("shop", "there", "latin"),
    [("/jp/ja", ("大阪", "マニラ"), ("Osaka", "Manila")), ("/ae/ar", ("دبي",), ("Dubai", "Manila"))],
)
def test_pages_in_other_scripts_say_where_somebody_answers_in_their_own(
    sqlite_world: World, shop: str, there: tuple[str, ...], latin: tuple[str, ...]
) -> None:
    seen = ""
    for hour in (2, 10):  # Haruka is there at 11:00 in Osaka, Maricel at 18:00 in Manila, Omar both times
        sqlite_world.clock.now = sqlite_world.clock.now.replace(hour=hour)
        page = sqlite_world.signed_in("mere").get(f"{shop}/support")  # who may look at a market before it opens
        assert page.status_code == 200
        seen += promise(page.text)
    assert all(place in seen for place in there), seen
    assert not any(place in seen for place in latin), seen


def test_the_board_says_places_in_the_language_of_who_reads_it(sqlite_world: World) -> None:
    sqlite_world.clock.now = sqlite_world.clock.now.replace(hour=2)
    assert "Haruka (Osaka)" in text(sqlite_world.signed_in("mere").get("/console").text)


def test_every_demo_agents_place_is_known_in_every_script(sqlite_world: World) -> None:
    with sqlite_world.house.database.reading() as db:
        agents = db.exec(select(Agent)).all()
    assert len(agents) > 5
    for each in agents:
        assert not any(each.place_in(language).isascii() for language in ("ja", "ar")), each.id
        assert each.place_in("de").isascii()


def test_the_mails_that_nobody_wrote_hold_no_word_of_who_asked(sqlite_world: World) -> None:
    browser = sqlite_world.browser("en")
    browser.get("/nz/en/support")
    asked = {
        "category": "use", "name": "Buy at spam.example", "email": "victim@example.com",
        "subject": "Cheap at spam.example", "question": "Visit spam.example now",
    }  # fmt: skip
    assert browser.submit("/support", **asked).status_code == 303
    sqlite_world.work()
    (mail,) = sqlite_world.mails("victim@example.com")
    parts = [mail["Subject"], *(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))]
    assert not any("spam" in part for part in parts)
    assert all("R-" in part for part in parts) and all("How to use it" in part for part in parts[1:])
    for promised in ("body.txt", "body.html"):
        source = (ROOT / "templates" / "emails" / "request_promise" / promised).read_text()
        assert not re.search(r"request\.(name|subject|text)", source)
