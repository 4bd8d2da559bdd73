"""Files of a request: known by their bytes, chosen once, only ever downloaded, and only by who may."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shop.support.requests import attachments
from shop.support.requests.attachments import Shelf
from shop.support.requests.files import MOST_BYTES, MOST_TOGETHER, NotTaken, TooHeavy, checked, shown_name
from shop.support.requests.models import Attachment, AttachmentDraft, Request
from tests.asking import ASK, PAGE, send
from tests.pictures import SECRET, heic, jpeg, png, webp
from tests.support_world import MORNING, support_house
from tests.world import Browser, World, forms, path_of, text, world

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF"
REFUSED = [
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"<?xml version='1.0'?><svg/>",
    b"<!doctype html><script>alert(1)</script>",
    b"PK\x03\x04zip",
    b"MZ\x90\x00",
    b"GIF89a",
    b"\x89PNG\r\n\x1a\nbroken",
    b"just words",
]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database, world(tmp_path, str(database.engine.url)) as built:
        built.clock.now = MORNING
        yield built


def again(browser: Browser, answer: Any, *files: bytes, **fields: str) -> Any:
    """Send the form that came back once more."""
    shown = next(each for each in forms(answer.text) if "key" in each.fields)
    sent = [("files", ("next.jpg", each, "image/jpeg")) for each in files]
    given = {"key": shown.fields["key"], **ASK, **fields}
    return browser.post(shown.action, given, files=sent) if sent else browser.post(shown.action, given)


def rows(house: World, table: Any) -> list[Any]:
    with house.house.database.reading() as db:
        return list(db.exec(select(table)).all())


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (jpeg(), "image/jpeg"),
        (png(), "image/png"),
        (webp(), "image/webp"),
        (heic(), "image/heic"),
        (PDF, "application/pdf"),
    ],
)
def test_photos_and_pdf_are_kept_without_the_place_and_handed_out_as_files(
    house: World, data: bytes, kind: str
) -> None:
    browser = house.browser("de")
    page = browser.follow(send(browser, data, name="../../Küche <b>.php"))
    [link] = [part for part in page.text.split('"') if "/files/" in part]
    answer = browser.get(link)
    assert answer.headers["content-type"].startswith(kind)
    assert SECRET not in answer.content and answer.content
    assert answer.headers["content-disposition"].startswith('attachment; filename="R-')
    assert answer.headers["x-content-type-options"] == "nosniff" and "no-store" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "<b>" not in page.text.partition("thread")[2] and "Küche" in page.text


@pytest.mark.parametrize("data", REFUSED)
def test_anything_else_is_refused_in_a_sentence_and_all_the_rest_is_kept(house: World, data: bytes) -> None:
    browser = house.browser("de")
    answer = send(browser, png(), data)
    assert answer.status_code == 422 and "SVG" in text(answer.text)
    assert ASK["question"] in answer.text and "photo.png" in answer.text
    assert rows(house, Request) == [] and len(rows(house, AttachmentDraft)) == 1
    assert again(browser, answer).status_code == 303
    assert [each.media_type for each in rows(house, Attachment)] == ["image/png"]
    assert rows(house, AttachmentDraft) == []


def test_a_file_that_is_too_large_and_one_too_many_are_told_and_the_first_are_kept(house: World) -> None:
    browser = house.browser("de")
    large = send(browser, PDF + b" " * MOST_BYTES)
    assert large.status_code == 422 and "größer als 8 Megabyte" in text(large.text)
    many = send(browser, *(PDF + bytes([65 + number]) for number in range(6)))
    assert (
        many.status_code == 422 and "höchstens 5 Dateien" in text(many.text) and len(rows(house, AttachmentDraft)) == 5
    )


def test_together_they_may_not_be_too_heavy(house: World) -> None:
    third = MOST_TOGETHER // 3 + 1
    answer = send(house.browser("de"), *(PDF + bytes([65 + number]) * third for number in range(3)))
    assert answer.status_code == 422 and len(rows(house, AttachmentDraft)) == 2


def test_files_of_a_form_that_lacked_something_need_not_be_chosen_again(house: World) -> None:
    browser = house.browser("de")
    first = send(browser, jpeg(), email="nobody")
    assert first.status_code == 422 and "photo.jpg" in first.text
    assert again(browser, first, PDF).status_code == 303
    assert sorted(each.media_type for each in rows(house, Attachment)) == ["application/pdf", "image/jpeg"]


def test_files_that_were_kept_can_be_left_out(house: World) -> None:
    browser = house.browser("de")
    first = send(browser, jpeg(), email="nobody")
    assert again(browser, first, without="yes").status_code == 303
    assert rows(house, Attachment) == [] == rows(house, AttachmentDraft)


def test_what_another_form_keeps_is_not_shown(house: World) -> None:
    send(house.browser("de"), jpeg(), email="nobody")
    answer = house.browser("de").post(PAGE, ASK | {"email": "nobody", "key": "guessed"})
    assert "photo.jpg" not in answer.text


def test_sent_twice_the_files_are_there_once(house: World) -> None:
    browser = house.browser("de")
    fields = {"key": "form-1"}
    for _press in range(2):
        assert send(browser, jpeg(), **fields).status_code == 303
    assert len(rows(house, Request)) == len(rows(house, Attachment)) == 1


def test_a_photo_that_was_forgotten_may_be_added_by_sending_the_same_form_again(house: World) -> None:
    browser = house.browser("de")
    for files in ((), (jpeg(),), (jpeg(),)):
        path = path_of(browser.follow(send(browser, *files, key="form-1")).url.path)
    [only] = rows(house, Attachment)
    assert len(rows(house, Request)) == 1 and f"/files/{only.id}" in browser.get(path).text
    for files in ((), (png(),), (png(),)):
        send(browser, *files, page=path, text="Und hier?", key="form-2")
    assert [each.message for each in rows(house, Attachment)] == [1, 2]


def test_files_come_with_a_later_message_too_and_a_refused_one_loses_no_word(house: World) -> None:
    browser = house.browser("de")
    path = path_of(browser.follow(send(browser)).url.path)
    refused = send(browser, b"<svg/>", page=path, text="Hier ist das Foto.")
    assert refused.status_code == 422 and "Hier ist das Foto." in refused.text
    assert send(browser, png(), page=path, text="Hier ist das Foto.").status_code == 303
    assert "photo.png" in browser.get(path).text


def test_another_customers_file_is_not_there(house: World) -> None:
    owner, other = house.browser("de"), house.browser("de")
    send(owner, jpeg())
    [mine] = rows(house, Attachment)
    theirs = path_of(other.follow(send(other, text="x", email="b@example.com")).url.path)
    path = f"{PAGE}/{mine.request}/files/{mine.id}"
    assert owner.get(path).status_code == 200
    for guess in (path, f"{theirs}/files/{mine.id}", f"{theirs}/files/999", f"{theirs}/files/99999999999999999999"):
        assert other.get(guess).status_code == 404
    assert house.browser("de").post(f"{PAGE}/{mine.request}/messages", {"text": "x"}).status_code == 404


def test_what_nobody_came_back_for_and_what_no_row_speaks_of_is_swept_after_a_day(house: World) -> None:
    browser, shelf = house.browser("de"), Shelf.of(house.house.settings.data_dir)
    send(browser, jpeg())  # stays
    send(browser, png(), email="nobody")  # forgotten
    [lost] = shelf.shelve([checked("x", PDF)])  # its transaction was rolled back
    files = list(shelf.folder.glob("??/*"))
    for each in files:
        os.utime(each, (MORNING.timestamp(), MORNING.timestamp()))
    assert len(files) == 3 and attachments.sweep(house.house.database, shelf, now=MORNING) == 0
    assert attachments.sweep(house.house.database, shelf, now=MORNING + timedelta(days=1, minutes=1)) == 2
    [kept] = rows(house, Attachment)
    assert shelf.read(kept.key) and rows(house, AttachmentDraft) == []
    with pytest.raises(FileNotFoundError):
        shelf.read(lost.key)


def test_strangers_cannot_fill_the_disk_with_forms_they_never_send(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_DRAFTS", 10)
    answer = send(house.browser("de"), jpeg(), email="nobody")
    assert answer.status_code == 422 and "photo.jpg" not in answer.text and rows(house, AttachmentDraft) == []
    assert [*Shelf.of(house.house.settings.data_dir).folder.glob("??/*")] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Foto.JPG", "Foto.jpg"),
        ("C:\\Users\\anna\\bild.png", "bild.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.jpg"),
        ("写真.jpeg.exe", "写真.jpg"),
        ("", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("a\r\nb", "ab.jpg"),
        ("x" * 500, "x" * 80 + ".jpg"),
        ('"<script>".jpg', "__script__.jpg"),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(name: str, shown: str) -> None:
    assert shown_name(name, "image/jpeg") == shown


def test_a_file_says_why_it_is_not_taken() -> None:
    with pytest.raises(NotTaken):
        checked("x.svg", b"<svg/>")
    with pytest.raises(TooHeavy):
        checked("x.pdf", PDF + b" " * MOST_BYTES)


def test_without_room_for_a_file_the_form_is_put_off_and_nothing_is_half_written(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    browser = house.browser("de")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        refused = send(browser, jpeg())
    assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0
    assert not rows(house, Request) and not list((house.house.settings.data_dir / "attachments").glob("??/*"))
    assert send(browser, jpeg()).status_code == 303 and len(rows(house, Attachment)) == 1
