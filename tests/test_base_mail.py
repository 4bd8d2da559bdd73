"""Mail: to one person, in their language, through a real SMTP server; or kept in the folder that the console shows."""

import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from shop.base.mail import (
    Attachment,
    FolderMailer,
    Mail,
    NotAnAddress,
    SmtpMailer,
    address,
    is_local_name,
    mailbox_text,
    mailer,
    message,
    same_mailbox,
)
from tests.doors import fresh_world, pay, place
from tests.smtp import Post, smtp_server
from tests.world import ANNA, TUESDAY

MAIL = Mail(
    to="yuki@example.com",
    subject="ご注文 JP-26-7KQ2M9",
    text="ありがとうございます。\n",
    html="<p>ありがとうございます。</p>",
    language="ja-JP",
    key="order-JP-26-7KQ2M9-confirmed",
    attachments=(Attachment(name="returns.md", subtype="markdown", text="# 返品\n30日。\n"),),
)
SENDER = "care@harbourbench.example"


def test_a_mail_arrives_as_it_was_written(post: Post) -> None:
    SmtpMailer(post.url, SENDER).send(MAIL, now=TUESDAY)
    [mail] = post.to(MAIL.to)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    assert (mail["Subject"], mail["To"], mail["From"], mail["Content-Language"]) == (
        MAIL.subject,
        MAIL.to,
        SENDER,
        "ja-JP",
    )
    assert text.get_content().replace("\r\n", "\n") == MAIL.text and MAIL.html in html.get_content()
    [attached] = mail.iter_attachments()
    assert (
        attached.get_filename() == "returns.md" and attached.get_content().replace("\r\n", "\n") == "# 返品\n30日。\n"
    )
    assert parsedate_to_datetime(mail["Date"]) == TUESDAY and mail["Auto-Submitted"] == "auto-generated"
    assert MAIL.key in mail["Message-ID"]


@pytest.mark.parametrize(
    "to",
    [
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "A <a@example.com>",
        "a@localhost",
        "a",
        "",
        "@example.com",
        "ä@example.com",
        "a@-exämple.com",
        "a@exämple",
        "a b@example.com",
        "a@example.com ",
        "a" * 250 + "@example.com",
        "a@example.com;b@example.com",
        "a@b@example.com",
        "a\0@example.com",
    ],
)
def test_what_is_not_one_plain_address_is_refused(to: str, post: Post) -> None:
    with pytest.raises(NotAnAddress):
        address(to)
    with pytest.raises(NotAnAddress):
        SmtpMailer(post.url, SENDER).send(replace(MAIL, to=to), now=TUESDAY)
    assert post.mails == []


@pytest.mark.parametrize(
    ("to", "sent"),
    [
        ("müller@bücher.de", None),
        ("mueller@bücher.de", "mueller@xn--bcher-kva.de"),
        ("mueller@BÜCHER.de", "mueller@xn--bcher-kva.de"),
        ("yuki@例え。jp", "yuki@xn--r8jz45g.jp"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
    ],
)
def test_a_host_in_letters_of_its_own_is_written_to_by_its_idna_name(to: str, sent: str | None, post: Post) -> None:
    assert is_local_name(to) is (sent is None)
    if sent is not None:
        SmtpMailer(post.url, SENDER).send(replace(MAIL, to=to), now=TUESDAY)
        assert len(post.to(sent)) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anna@Example.COM", "anna@example.com", True),
        ("anna@straße.example", "Anna@STRASSE.example", False),
        ("anna@straße.example", "anna@xn--strae-oqa.example", True),
        ("anna@BÜCHER.de", "anna@bücher.de", True),
        ("anna@bücher.de", "anna@buecher.de", False),
        ("anna@-straße", "anna@-strasse", False),  # no host, so that there is no IDNA name of it
        ("anna@example.com", "anna@example.org", False),
    ],
)
def test_two_addresses_are_one_mailbox_however_host_and_capitals_are_written(one: str, other: str, same: bool) -> None:
    assert same_mailbox(one, other) is same
    assert (mailbox_text(one) == mailbox_text(other)) is same


def test_line_ends_in_a_subject_make_no_header() -> None:
    made = message(replace(MAIL, subject="a\r\nBcc: eve@example.com"), SENDER, now=TUESDAY)
    assert made["Bcc"] is None and made["Subject"] == "a Bcc: eve@example.com"


def test_a_mailbox_that_is_refused_is_a_failure_to_try_again(post: Post) -> None:
    post.on_recipient = lambda _address: "550 5.1.1 No such mailbox"
    with pytest.raises(smtplib.SMTPException):
        SmtpMailer(post.url, SENDER).send(MAIL, now=TUESDAY)
    post.on_recipient, post.on_mail = (lambda _address: None), (lambda _sender: "451 4.3.0 Later, please")
    with pytest.raises(smtplib.SMTPException):
        SmtpMailer(post.url, SENDER).send(MAIL, now=TUESDAY)
    assert post.mails == []


def test_a_server_that_is_not_there_is_a_failure_to_try_again(post: Post) -> None:
    with smtp_server() as gone:
        url = gone.url
    with pytest.raises(OSError):
        SmtpMailer(url, SENDER).send(MAIL, now=TUESDAY)


def test_a_password_never_goes_out_in_clear() -> None:
    with smtp_server(user="shop", password="p@ss:word/") as post:
        with pytest.raises(smtplib.SMTPException):  # this server offers no encryption
            SmtpMailer(post.url, SENDER).send(MAIL, now=TUESDAY)
        assert post.mails == []


def test_the_folder_keeps_mails_newest_first_and_reads_only_its_own(tmp_path: Path) -> None:
    kept = FolderMailer(tmp_path / "outbox", SENDER)
    assert kept.kept() == []
    for day in range(3):
        kept.send(replace(MAIL, key=f"../{day}", subject=str(day)), now=TUESDAY + timedelta(days=day))
    assert [mail["Subject"] for _name, mail in kept.kept()] == ["2", "1", "0"]
    assert all(file.parent == tmp_path / "outbox" for file in tmp_path.rglob("*.eml"))
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n")
    for name in ("../secret", "secret", "", "/etc/passwd"):
        with pytest.raises(OSError):
            kept.read(name)


@pytest.mark.parametrize("look", [FolderMailer.kept, FolderMailer.heads])
def test_a_mail_that_is_removed_while_others_are_read_is_left_out(
    tmp_path: Path, look: Callable[[FolderMailer], list[tuple[str, EmailMessage]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, names = FolderMailer(tmp_path, SENDER), FolderMailer._names
    for key in ("stays", "goes"):
        kept.send(replace(MAIL, key=key), now=TUESDAY)

    def then_one_goes(mailer: FolderMailer) -> list[str]:
        found = names(mailer)
        next(tmp_path.glob("*goes.eml")).unlink()
        return found

    monkeypatch.setattr(FolderMailer, "_names", then_one_goes)
    assert [name.rpartition("-")[2] for name, _mail in look(kept)] == ["stays"]


def test_only_what_is_shown_of_the_newest_mails_is_read(tmp_path: Path) -> None:
    kept = FolderMailer(tmp_path, SENDER)
    assert kept.heads(5) == []
    for number in range(6):
        kept.send(replace(MAIL, key=str(number), subject=f"ご注文 {number}"), now=TUESDAY + timedelta(days=number))
    next(iter(sorted(tmp_path.glob("*.eml")))).unlink()
    (tmp_path / "00000000-broken.eml").mkdir()  # too old to be looked at
    heads = kept.heads(5)
    assert [mail["Subject"] for _name, mail in heads] == [f"ご注文 {number}" for number in (5, 4, 3, 2, 1)]
    for name, head in heads:
        whole = kept.read(name)
        assert all(head[each] == whole[each] for each in ("To", "Date", "Content-Language")) and head["Date"].datetime
        assert head.get_payload() == ""


def test_the_same_mail_carried_out_twice_is_kept_once(tmp_path: Path) -> None:
    kept = FolderMailer(tmp_path, SENDER)
    for _again in range(2):
        kept.send(MAIL, now=TUESDAY)
    assert len(kept.kept()) == 1


def test_smtp_is_used_where_it_is_set_up(tmp_path: Path) -> None:
    assert isinstance(mailer("smtp://127.0.0.1:25", SENDER, tmp_path), SmtpMailer)
    assert isinstance(mailer("", SENDER, tmp_path), FolderMailer)


def test_an_order_is_confirmed_through_the_server_even_when_it_was_away_at_first(
    tmp_path: Path, demo_file: Path, post: Post
) -> None:
    with fresh_world(demo_file, tmp_path, mail=SmtpMailer(post.url, SENDER)) as world:
        browser = world.browser("de")
        number = place(browser, "/de/de/", ANNA)
        pay(world, browser, "/de/de/", number)
        post.on_mail = lambda _sender: "421 4.3.2 Not now"
        world.work()
        assert post.mails == []
        post.on_mail = lambda _sender: None
        world.later(minutes=1)
        world.later(minutes=1)
        [mail] = post.to(ANNA["email"])
        assert number in mail["Subject"] and mail["Content-Language"] == "de-DE"
        assert len(list(mail.iter_attachments())) == 3


def test_a_mail_that_there_was_no_room_for_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, really = FolderMailer(tmp_path, SENDER), Path.write_bytes

    def half(file: Path, data: bytes) -> int:
        really(file, data[:50])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", half)
        with pytest.raises(OSError, match="No space left"):
            kept.send(MAIL, now=TUESDAY)
    assert not list(tmp_path.iterdir())
    kept.send(MAIL, now=TUESDAY)
    assert len(kept.kept()) == 1
