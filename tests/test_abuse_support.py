"""Abuse of support: files that would run, names that mislead, uploads without end, and mail in somebody else's name."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.base.threads import Threads
from shop.support.requests.attachments import Shelf
from shop.support.requests.files import MOST_BYTES
from shop.support.requests.mail_command import deliver
from shop.support.requests.models import Attachment, Message, Request
from tests.doors import ask, fresh_world, question
from tests.faults.fault import Place
from tests.faults.processes import serving
from tests.pictures import jpeg, png
from tests.world import Browser, World, forms

SHOP = "/de/de/"
SCRIPT = b"<script>alert(1)</script>"
RUNNING_PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>/Names<</EmbeddedFiles 2 0 R>>>>endobj\n"
    b"2 0 obj<</S/Launch/F(cmd.exe)>>endobj\n%%EOF"
)

COULD_RUN = [
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
    ("a.png", b"\n\n<svg onload=alert(1)>", "image/png"),
    ("a.jpg", b"\xef\xbb\xbf<!doctype html>" + SCRIPT, "image/jpeg"),
    ("a.pdf", b"<html>%PDF-1.7" + SCRIPT, "application/pdf"),
    ("a.xhtml", b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "application/xhtml+xml"),
    ("a.zip", b"PK\x03\x04" + b"\0" * 5_000, "application/zip"),
    ("a.gz", b"\x1f\x8b\x08" + b"\0" * 500, "application/gzip"),
    ("a.js", b"alert(1)", "text/javascript"),
    ("a.exe", b"MZ\x90\0", "image/jpeg"),
    ("a.mht", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + SCRIPT, "image/png"),
]
ODD_NAMES = (
    "../../x",
    "..\\..\\x",
    "a\r\nset-cookie: x=1",
    "x" * 300,
    "\u202egpj.exe",
    "a\0b.png",
    "con",
    "nul.png",
    'a"; filename="b.html',
    "%00.svg",
    "\ud7ff.png",
    "",
    ".",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[World]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("support")) as world:
        yield world


def send(world: World, *files: tuple[str, bytes, str], browser: Browser | None = None) -> Any:
    """Ask with files; names and types are the sender's."""
    browser = browser or world.browser("de")
    world.clock.now += timedelta(minutes=15)
    action, given = question_of(browser)
    return browser.post(action, given, files=[("files", each) for each in files])


def question_of(browser: Browser) -> tuple[str, dict[str, str]]:
    """Where the form of the support page is sent, and what is written into it."""
    form = next(each for each in forms(browser.get(f"{SHOP}support").text) if each.action.endswith("/support"))
    eva = {"category": "use", "name": "Eva", "email": "eva@example.com", "question": "Was ist das?"}
    return form.action, {"key": form.fields["key"], **eva}


def attachments(world: World) -> list[Attachment]:
    with world.house.database.reading() as db:
        return list(db.exec(select(Attachment)).all())


@pytest.mark.parametrize(
    ("name", "data", "kind"), [pytest.param(*each, id=f"abuse 31: {each[0]}") for each in COULD_RUN]
)
def test_what_could_run_is_not_taken_whatever_it_is_called(desk: World, name: str, data: bytes, kind: str) -> None:
    before = len(attachments(desk))
    assert send(desk, (name, data, kind)).status_code == 422
    assert len(attachments(desk)) == before


@pytest.mark.parametrize(
    ("data", "kind"),
    [(RUNNING_PDF, "application/pdf"), (png() + SCRIPT, "image/png"), (jpeg() + b"<?php system(0); ?>", "image/jpeg")],
    ids=["abuse 31: a PDF that opens programs", "abuse 31: a picture and a page", "abuse 31: a picture and a program"],
)
def test_what_is_taken_is_only_ever_saved_and_runs_nowhere(desk: World, data: bytes, kind: str) -> None:
    browser = desk.browser("de")
    page = browser.follow(send(desk, ("photo.html", data, "text/html"), browser=browser))
    link = next(part for part in page.text.split('"') if "/files/" in part)
    for who, path in ((browser, link), (desk.signed_in("mere"), link.replace(f"{SHOP}support", "/desk/requests"))):
        answer = ask(desk, "GET", path, cookies=who.cookies)
        assert answer.status == 200 and answer.header("content-type") == kind
        assert answer.header("content-disposition").startswith("attachment") and "sandbox" in answer.header(
            "content-security-policy"
        )
        assert answer.header("x-content-type-options") == "nosniff" and "no-store" in answer.header("cache-control")


@pytest.mark.parametrize(
    "name",
    ODD_NAMES,
    ids=lambda each: f"abuse 32: {each[:9]!r}",
)
def test_a_files_name_reaches_neither_the_disk_nor_a_header(desk: World, name: str) -> None:
    browser = desk.browser("de")
    boundary = "limit"
    sent = name.replace('"', "%22").replace("\r\n", "%0D%0A")
    action, fields = question_of(browser)
    parts = [
        f'--{boundary}\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\ncontent-disposition: form-data; name="files"; filename="{sent}"\r\ncontent-type: image/png\r\n\r\n'
    body = b"".join(parts) + head.encode() + png() + f"\r\n--{boundary}--\r\n".encode()
    desk.clock.now += timedelta(minutes=15)
    answer = ask(
        desk,
        "POST",
        action,
        body=body,
        cookies=browser.cookies,
        headers={"content-type": f"multipart/form-data; boundary={boundary}"},
    )
    assert answer.status in (303, 400, 422)
    for kept in Shelf.of(desk.house.settings.data_dir).folder.rglob("*"):
        assert kept.is_dir() or (len(kept.name) >= 32 and kept.name.isalnum()), kept
    if answer.status == 303 and name:
        newest = attachments(desk)[-1]
        assert newest.name.endswith(".png") and "/" not in newest.name and len(newest.name) < 100
        got = ask(
            desk, "GET", f"/desk/requests/{newest.request}/files/{newest.id}", cookies=desk.signed_in("mere").cookies
        )
        how = got.header("content-disposition")
        assert how.isascii() and "\r" not in how and how.count('"') == 2 and f'filename="{newest.request}-' in how


def test_ten_thousand_parts_and_a_file_too_large_are_refused_at_once(desk: World) -> None:
    head = {"content-type": "multipart/form-data; boundary=x"}
    part = b'--x\r\ncontent-disposition: form-data; name="files"; filename="a.png"\r\n\r\n1\r\n'
    before = len(attachments(desk))
    many = ask(desk, "POST", f"{SHOP}support", body=part * 10_000 + b"--x--\r\n", headers=head)
    large = ask(
        desk, "POST", f"{SHOP}support", body=part[:-3] + b"a" * (6 * MOST_BYTES) + b"\r\n--x--\r\n", headers=head
    )
    claimed = ask(desk, "POST", f"{SHOP}support", body=b"--x--", headers={**head, "content-length": str(10**12)})
    assert many.status == 400 and large.status == 413 and claimed.status in (400, 413)
    assert len(attachments(desk)) == before


def test_who_sends_a_byte_now_and_then_keeps_nobody_waiting(sqlite_place: Place) -> None:
    slow = 200
    with serving(sqlite_place) as shop:
        head = (
            f"POST {SHOP}support HTTP/1.1\r\nHost: x\r\nOrigin: {shop.base}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n"
        )
        lines = [socket.create_connection(("127.0.0.1", shop.port)) for _each in range(slow)]
        try:
            for each in lines:
                each.sendall(head.encode())
            for turn in range(5):
                for each in lines:
                    each.sendall(b"c")
                answers = [
                    _got(shop.port, path) for path in ("/healthz", SHOP, f"{SHOP}cart", f"{SHOP}search?q=mixer{turn}")
                ]
                assert answers == [200] * 4, answers
        finally:
            for each in lines:
                each.close()
        assert _got(shop.port, SHOP) == 200 and "Traceback" not in shop.said() and "fault" not in shop.said()


def _got(port: int, path: str) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return int(line.recv(64).split(b" ")[1])


def test_a_mail_in_the_name_of_an_agent_is_a_customers_mail(desk: World) -> None:
    ref, inbox = question(desk.browser("de"), SHOP), "help@shop.example"
    threads = Threads(desk.house.signer, inbox)
    opened = replace(
        desk.house,
        settings=replace(desk.house.settings, mail_inbox=inbox),
        post=replace(desk.house.post, threads=threads),
    )
    for number, to in enumerate((threads.reply_address(ref), inbox)):
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["Sender"], mail["Reply-To"] = (
            "Lena Brandt <lena@harbourbench.example>",
            "lena@harbourbench.example",
            "eve@example.com",
        )
        mail["To"], mail["Message-ID"], mail["Subject"] = to, f"<forged-{number}@example.com>", f"Re: {ref}"
        mail.set_content("Bitte überweisen Sie auf mein neues Konto.")
        deliver(lambda: opened, BytesIO(mail.as_bytes()), to="")
    desk.work()
    with desk.house.database.reading() as db:
        forged = [each for each in db.exec(select(Message)).all() if "überweisen" in each.text]
        assert forged and {(each.kind, each.person) for each in forged} == {("customer", "")}
        assert db.get_one(Request, ref).first_answered_at is None
    told = [mail for _name, mail in desk.house.mailer.kept()]  # type: ignore[attr-defined]
    assert not [mail for mail in told if mail["To"] == "anna@example.com" and "überweisen" in mail.as_string()]
