"""Asking in the demo's own house: answers offered before sending, a crisis raised at once, a Swiss question in French."""

import pytest
from sqlmodel import select

from shop.support.crisis.models import Incident, Page
from shop.support.known.models import KnowledgeGap
from shop.support.requests.models import Message, Request
from tests.world import World, path_of, text

ASKED = {"category": "use", "name": "Claire Favre", "email": "claire@example.com"}


def asked(world: World, page: str, **values: str) -> tuple[str, Request]:
    """The request's page as the customer first sees it, and the request."""
    browser = world.browser(page.split("/")[2])
    browser.get(page)
    sent = browser.submit("/support", **(ASKED | values))
    assert sent.status_code == 303, text(sent.text)
    shown = browser.follow(sent)
    with world.house.database.reading() as db:
        return shown.text, db.get_one(Request, path_of(str(shown.url)).rpartition("/")[2])


def test_answers_are_offered_before_sending_by_category_and_by_words(sqlite_world: World) -> None:
    browser = sqlite_world.browser("en")
    by_category = browser.get("/nz/en/support?category=use")
    assert 'id="answers"' in by_category.text
    by_words = browser.submit("/support", category="spare_parts", question="How long does the refund take?", look="1")
    offered = by_words.text.partition('id="answers"')[2].partition("</section>")[0]
    assert "refund" in offered.lower() and by_words.status_code == 200


def test_whoever_writes_of_an_illness_is_offered_nothing_but_to_send_it(sqlite_world: World) -> None:
    browser = sqlite_world.browser("en")
    browser.get("/nz/en/support")
    page = browser.submit("/support", category="use", question="I had an allergic reaction to the cream", look="1")
    assert 'id="answers"' not in page.text


@pytest.mark.parametrize("category", ["safety", "other"])
def test_an_allergic_reaction_is_a_crisis_acknowledged_at_once_on_the_page_and_by_mail(
    sqlite_world: World, category: str
) -> None:
    said = "I had a severe allergic reaction to the face cream and went to hospital."
    shown, request = asked(sqlite_world, "/nz/en/support", category=category, question=said)
    assert request.severity == 0 and request.incident is not None and request.waiting_since is not None
    with sqlite_world.house.database.reading() as db:
        ours = db.exec(select(Message).where(Message.request == request.ref, Message.kind == "ours")).one()
        assert db.exec(select(Incident)).one().card and db.exec(select(Page)).first() is not None
    assert ours.text.split("\n")[0] in shown.replace("&#39;", "'")
    sqlite_world.work()
    bodies = [each.get_body(("plain",)).get_content() for each in sqlite_world.mails("claire@example.com")]
    assert any(ours.text.split("\n")[0] in each for each in bodies)


def test_a_crisis_is_noticed_in_a_later_message_too(sqlite_world: World) -> None:
    _shown, request = asked(sqlite_world, "/nz/en/support", question="How do I clean it?")
    assert request.severity == 2 and request.incident is None
    browser = sqlite_world.browser("en")
    cookie = sqlite_world.house.holders.cookie("request", request.ref, now=sqlite_world.clock.now)
    browser.cookies.set(cookie.key, cookie.value)
    browser.get(f"/nz/en/support/{request.ref}")
    assert browser.submit("/messages", text="Now the plug gave my child an electric shock!").status_code == 303
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Request, request.ref).severity == 0


def test_a_swiss_question_in_french_is_answered_in_french_or_in_english_only_with_consent(sqlite_world: World) -> None:
    _shown, alone = asked(sqlite_world, "/ch/fr/support", question="Comment nettoyer le bol de mon mixeur ?")
    assert (alone.language, alone.other_languages) == ("fr", False) and alone.tier in (0, 1)
    _shown, agreed = asked(sqlite_world, "/ch/fr/support", question="Et le joint ?", others="yes")
    assert (agreed.language, agreed.other_languages) == ("fr", True)


def test_what_nobody_has_written_an_answer_to_feeds_the_learning_log(sqlite_world: World) -> None:
    _shown, request = asked(
        sqlite_world, "/nz/en/support", category="other", question="Do you sponsor our football club?"
    )
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(KnowledgeGap.request)).all() == [request.ref]
