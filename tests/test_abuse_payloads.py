"""Hostile words in every field that takes words: on every page, in every mail, sheet and document they are words.

The fields are those of the pages' own forms, of the API's own description and of mail that comes in; each is filled in
alone, with what its form held before in all others, so that what can be kept is kept. Then everything is read back.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest

from shop.base.threads import Threads
from shop.support.requests.mail_command import KEPT, deliver
from tests.doors import Answer, ask, doors, fresh_world, pay
from tests.faults.well_formed import sample
from tests.live_markup import MARK, PAYLOADS, inline, is_hostile, live, reckoning_cells, wrong_in_mail
from tests.page_forms import WholeForm, links, whole_forms
from tests.town import STREAM, Town
from tests.world import ANNA, ORIGIN, Browser

INBOX = "help@shop.example"
ENDS = ("/sign-out", "/sign-in", "/desk/account", "/forgotten", "/new-password")  # would end the senders' own sign-ins
MOST_PAGES = 250  # of each who reads back
SHOP = "/de/de/"
DOORS_OF = {"agent": ("/desk",), "exporter": ("/desk", "/console")}
_A_WHILE = timedelta(seconds=20)  # between two forms, so that no limit hides what comes behind it


@dataclass
class Walk:
    """A town into which every payload was brought, and everything it says afterwards."""

    town: Town
    browsers: dict[str, Browser]
    sent: Counter[str] = field(default_factory=Counter)
    fields: set[tuple[str, str]] = field(default_factory=set)
    answers: list[tuple[str, Answer]] = field(default_factory=list)

    def look(self, who: str, path: str) -> Answer:
        """Ask as somebody, and keep what is answered."""
        answer = ask(
            self.town.world, "GET", quote(path, safe="/?&=%~:+,;@!$'()*-._"), cookies=self.browsers[who].cookies
        )
        self.answers.append((f"{who} {path}", answer))
        return answer


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Walk]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("payloads")) as world:
        town = Town(world)
        found = Walk(town, {"holder": town.holder, "agent": world.signed_in("lena"), "exporter": town.mere})
        _order_and_ask(found)
        _fill_in_forms(found)
        _ask_the_api(found)
        _write_mails(found)
        world.work()
        found.browsers |= {"agent": world.signed_in("lena"), "exporter": world.signed_in("mere")}
        _read_back(found)
        yield found


def _order_and_ask(walk: Walk) -> None:
    """What customers tell of themselves, with each payload in turn."""
    world = walk.town.world
    for number, payload in enumerate(PAYLOADS):
        world.clock.now += timedelta(minutes=10)
        browser, email = world.browser("de"), f"n{number}@example.com"
        browser.post(f"{SHOP}cart/lines", {"sku": "HB-BL-230", "quantity": "1"})
        answer = browser.follow(browser.post(f"{SHOP}checkout", {**ANNA, "email": email, "name": payload}))
        if str(answer.url).endswith("/review") and browser.submit("/orders", accept="yes").status_code == 303:
            order = next(name.removeprefix("order-") for name in browser.cookies if name.startswith("order-"))
            pay(world, browser, SHOP, order)
            walk.sent["orders"] += 1
        browser.get(f"{SHOP}support")
        told = {"category": "use", "name": payload[:80], "email": email, "question": payload}
        walk.sent["questions"] += browser.submit("/support", **told).status_code == 303


def _fill_in_forms(walk: Walk) -> None:
    turn = 0
    for who in ("holder", "agent", "exporter"):
        for action, (page, form) in _forms(walk, who).items():
            for name in form.words():
                turn += 1
                walk.fields.add((re.sub(r"\d+|[A-Z]{2}-[\w-]+", "*", action), name))
                target = urljoin(page, action)
                fields = {**form.sent(), name: PAYLOADS[turn % len(PAYLOADS)]}
                browser = walk.browsers[who]
                sent = {"files": [("none", ("", b""))]} if form.multipart else {}
                answer = browser.post(target, fields, **sent)
                walk.town.world.clock.now += _A_WHILE
                walk.sent[f"{who} {answer.status_code}"] += 1
                headers = [(key.lower(), value) for key, value in answer.headers.items()]
                walk.answers.append(
                    (f"{who} POST {target} {name}", Answer(answer.status_code, headers, answer.content))
                )
                if answer.is_redirect:  # what was shown before is no longer what there is
                    form = _forms(walk, who, page).get(action, (page, form))[1]


def _forms(walk: Walk, who: str, *pages: str) -> dict[str, tuple[str, WholeForm]]:
    """Every form with words that somebody finds on these pages, or on all of theirs, by where it leads."""
    found: dict[str, tuple[str, WholeForm]] = {}
    for page in pages or _pages(walk, who):
        answer = ask(walk.town.world, "GET", page, cookies=walk.browsers[who].cookies)
        if answer.status == 200 and "html" in answer.header("content-type"):
            for form in whole_forms(answer.text):
                action = form.action or page
                if form.method == "post" and form.words() and not action.startswith(ENDS):
                    found.setdefault(action, (page, form))
    return found


def _pages(walk: Walk, who: str) -> list[str]:
    """The addresses of the doors at which somebody of this kind stands."""
    paths = [walk.town.url(door) for door in doors(walk.town.world) if door.method == "GET"]
    return [path for path in paths if _is_of(who, path)]


def _is_of(who: str, path: str) -> bool:
    if path.startswith((STREAM, "/static/")):
        return False
    return path.startswith(DOORS_OF[who]) if who in DOORS_OF else not path.startswith(("/desk", "/console"))


def _ask_the_api(walk: Walk) -> None:
    shapes = json.loads(ask(walk.town.world, "GET", "/openapi.json").text)
    writing = [
        door for door in doors(walk.town.world) if door.path.startswith("/api/v1/") and door.method in ("POST", "PATCH")
    ]
    for turn, door in enumerate(writing):
        path = re.sub(r":\w+}", "}", door.path)
        content = shapes["paths"][path][door.method.lower()].get("requestBody", {}).get("content", {})
        body = sample(next(iter(content.values()), {}).get("schema", {}), shapes)
        for payload in (PAYLOADS[turn % len(PAYLOADS)], PAYLOADS[(turn * 7 + 3) % len(PAYLOADS)]):
            for hostile in _each_text(body, payload):
                headers = {"content-type": "application/json", "idempotency-key": f"{turn}-{len(walk.answers)}"}
                answer = walk.town.ask(door, form=False, headers=headers, body=json.dumps(hostile).encode())
                walk.sent[f"program {answer.status}"] += 1
                walk.answers.append((f"program {door.method} {door.path}", answer))


def _each_text(body: Any, payload: str) -> Iterator[Any]:
    """The body with the payload in one of its texts, for each of them."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from ({**body, name: each} for each in _each_text(value, payload))
    elif isinstance(body, list):
        for each in body[:1]:
            yield from ([hostile] for hostile in _each_text(each, payload))
    elif isinstance(body, str):
        yield payload


def _write_mails(walk: Walk) -> None:
    house = walk.town.world.house
    threads = Threads(house.signer, INBOX)
    opened = replace(
        house, settings=replace(house.settings, mail_inbox=INBOX), post=replace(house.post, threads=threads)
    )
    for number, payload in enumerate(PAYLOADS):
        line = " ".join(payload.split()) or "x"
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = f"n{number}@example.com"
        mail["To"], mail["Message-ID"], mail["Subject"] = INBOX, f"<{number}@example.com>", line
        mail.set_content(payload)
        mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="svg+xml", filename=line)
        walk.sent["mails"] += deliver(lambda: opened, io.BytesIO(mail.as_bytes()), to="")[0] == KEPT


def _read_back(walk: Walk) -> None:
    for door in doors(walk.town.world):
        if door.path.startswith("/api/v1/") and door.method == "GET":
            walk.answers.append((f"program {door.path}", walk.town.ask(door)))
    for who in walk.browsers:
        waiting, seen = _pages(walk, who), set[str]()
        while waiting and len(seen) < MOST_PAGES:
            path = waiting.pop(0)
            if path in seen or not _is_of(who, path):
                continue
            seen.add(path)
            answer = walk.look(who, path)
            if answer.status == 200 and "html" in answer.header("content-type"):
                waiting += [each for each in links(answer.text) if each not in seen]


def test_the_walk_fills_in_much_and_reads_much_back(walk: Walk) -> None:
    taken = sum(number for what, number in walk.sent.items() if what.endswith(" 303"))
    pages = [where for where, answer in walk.answers if MARK in answer.body.decode("utf-8", "replace")]
    told = {where.partition("?")[0] for where in pages if " POST " not in where}
    assert len(walk.fields) > 250 and taken > 60, (len(walk.fields), walk.sent)
    assert walk.sent["mails"] == len(PAYLOADS) == walk.sent["questions"] and walk.sent["orders"] > 8, walk.sent
    assert len(told) > 60, sorted(told)


def test_no_answer_to_hostile_words_is_a_fault(walk: Walk) -> None:
    assert [(where, answer.status) for where, answer in walk.answers if answer.status >= 500] == []


def test_on_every_page_hostile_words_are_words(walk: Walk) -> None:
    pages = {answer.body: where for where, answer in walk.answers if "html" in answer.header("content-type")}
    found = {where: live(page.decode())[:3] for page, where in pages.items() if MARK.encode() in page}
    assert len(found) > 100 and {where: alive for where, alive in found.items() if alive} == {}


def test_no_page_holds_anything_inline_and_each_has_the_strict_policy(walk: Walk) -> None:
    pages = [(where, answer) for where, answer in walk.answers if "html" in answer.header("content-type")]
    assert len(pages) > 600
    wrong = {
        where: inline(page.decode())[:3] for page, where in {answer.body: where for where, answer in pages}.items()
    }
    assert {where: found for where, found in wrong.items() if found} == {}
    policies = {answer.header("content-security-policy") for _where, answer in pages}
    assert [each for each in policies if "unsafe" in each or "default-src 'none'" not in each] == []


def test_no_header_holds_hostile_words(walk: Walk) -> None:
    found = [
        (where, name, value)
        for where, answer in walk.answers
        for name, value in answer.headers
        if MARK in name or (MARK in value and name not in ("location", "set-cookie", "content-disposition"))
        or (name == "set-cookie" and value.startswith(MARK)) or "\n" in value or "\r" in value
    ]  # fmt: skip
    assert found == []


def test_no_redirect_leads_away(walk: Walk) -> None:
    led = [answer.header("location") for _where, answer in walk.answers if answer.header("location")]
    own = [each.removeprefix(ORIGIN) for each in led]
    assert len(led) > 40 and [each for each in own if not each.startswith("/") or each.startswith("//")] == []


def test_no_sheet_reckons_with_hostile_words(walk: Walk) -> None:
    sheets = [(where, answer) for where, answer in walk.answers if "csv" in answer.header("content-type")]
    assert sheets
    assert {where: cells for where, answer in sheets if (cells := reckoning_cells(answer.text))} == {}


def test_every_mail_is_to_one_person_and_holds_only_words(walk: Walk) -> None:
    mails = walk.town.world.house.mailer.kept()  # type: ignore[attr-defined]
    assert len(mails) > 40 and len([mail for _name, mail in mails if is_hostile(mail)]) > 1
    assert {str(mail["Subject"]): wrong for _name, mail in mails if (wrong := list(wrong_in_mail(mail)))} == {}


def test_an_answer_for_programs_is_never_read_as_a_page(walk: Walk) -> None:
    told = [(where, answer) for where, answer in walk.answers if "/api/v1/" in where and MARK.encode() in answer.body]
    assert told
    for where, answer in told:
        assert "json" in answer.header("content-type") and answer.header("x-content-type-options") == "nosniff", where
