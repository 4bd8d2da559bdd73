"""Mail that comes in: to the request it answers or a new one, once, and whatever it is made of nothing breaks or is lost."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from shop.base.db import Database
from shop.base.settings import BadSetting, from_environment
from shop.base.threads import Threads
from shop.base.tokens import Signer
from shop.ground.errors import Busy
from shop.ground.figures import as_typed
from shop.house import House
from shop.markets.models import Market
from shop.support.requests import receiving
from shop.support.requests.inbound import MOST_BYTES, Unreadable, read_mail
from shop.support.requests.mail_command import KEPT, LATER, REFUSED, deliver
from shop.support.requests.mail_html import from_html
from shop.support.requests.mail_text import LONGEST, shortened, without_history
from shop.support.requests.models import Attachment, InboundMail, Message, Request
from tests.asking import order
from tests.pictures import SECRET, jpeg, png
from tests.support_world import EVENING, MORNING, asked, stored, support_house
from tests.world import World, world

INBOX = "help@shop.example"
GERMAN = "Guten Tag,\n\nwie reinige ich den Mixbehälter? Er ist nicht mehr dicht.\n\nAnna"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    with support_house(tmp_path) as database, world(tmp_path, str(database.engine.url)) as built:
        built.clock.now = MORNING
        settings = replace(built.house.settings, mail_inbox=INBOX)
        post = replace(built.house.post, threads=Threads(built.house.signer, INBOX))
        built.house = replace(built.house, settings=settings, post=post)
        yield built


@pytest.fixture
def database(house: World) -> Database:
    return house.house.database


def mail(text: str = GERMAN, *, html: str = "", files: tuple[tuple[str, bytes], ...] = (), **headers: str) -> bytes:
    """A mail as Anna's program writes it; names of headers with `_` for `-`."""
    made = EmailMessage(policy=policy.SMTP)
    given = {"From": "Anna Beck <anna@example.com>", "To": INBOX, "Subject": "Mixer", "Message_ID": "<1@example.com>"}
    for name, value in (given | headers).items():
        if value:
            made[name.replace("_", "-")] = value
    if text:
        made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html") if text else made.set_content(html, subtype="html")
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def bring(house: World, data: bytes, *, to: str = "") -> tuple[int, str]:
    """What the mail server is told."""
    return deliver(lambda: house.house, io.BytesIO(data), to=to)


def rows(database: Database, table: Any) -> list[Any]:
    with database.reading() as db:
        return list(db.exec(select(table)).all())


def only(database: Database) -> Request:
    [request] = rows(database, Request)
    return request


def answers(house: World) -> EmailMessage:
    """Our last mail to Anna."""
    house.work()
    return house.mails("anna@example.com")[-1]


# A new mail


def test_a_new_mail_is_a_request_routed_promised_and_confirmed(house: World, database: Database) -> None:
    code, said = bring(house, mail(files=(("Foto.JPG", jpeg()),)))
    request = only(database)
    assert (code, said) == (KEPT, f"opened {request.ref}")
    assert (request.via, request.name, request.email, request.subject) == (
        "mail",
        "Anna Beck",
        "anna@example.com",
        "Mixer",
    )
    assert (request.agent, request.promised_at) == ("lena", MORNING + timedelta(hours=1))
    [message] = rows(database, Message)
    assert message.text == GERMAN
    [file] = rows(database, Attachment)
    assert (file.name, file.message) == ("Foto.jpg", message.id)
    assert SECRET not in receiving.Shelf.of(house.house.settings.data_dir).read(file.key)
    receipt = answers(house)
    assert request.ref in receipt["Subject"] and receipt["Reply-To"].startswith("help+r-")


def test_the_same_message_twice_is_one(house: World, database: Database) -> None:
    for _time in range(2):
        assert bring(house, mail())[0] == KEPT
    assert bring(house, mail("Noch einmal, anders zugestellt."))[1].startswith("again R-")
    assert len(rows(database, Request)) == len(rows(database, InboundMail)) == 1


def test_the_same_message_id_from_somebody_else_is_another_mail(house: World, database: Database) -> None:
    bring(house, mail())
    bring(house, mail(From="eve@example.com"))
    assert len(rows(database, Request)) == 2


@pytest.mark.parametrize(
    ("to", "market"),
    [
        (INBOX, "de"),  # nobody says more: the first that answers anybody
        ("help+fr@shop.example", "fr"),
        ("Help+FR@Shop.Example", "fr"),
        ("help+fr.fr@shop.example", "fr"),
        ("help+xx@shop.example", "de"),
        ("help+@shop.example", "de"),
    ],
)
@pytest.mark.parametrize("known_by", ["header", "envelope"])
def test_the_address_says_the_market(house: World, database: Database, to: str, market: str, known_by: str) -> None:
    data = mail(To=to) if known_by == "header" else mail(To="undisclosed-recipients:;")
    assert bring(house, data, to=to if known_by == "envelope" else "")[0] == KEPT
    assert only(database).market == market


def test_who_has_bought_is_known_by_the_order_they_name_and_else_by_their_last(
    house: World, database: Database
) -> None:
    with database.writing() as db:
        db.get_one(Market, "de").position, db.get_one(Market, "fr").position = 2, 1
        db.add(order())
    bring(house, mail(Subject="Bestellung：deー７k２m９q", Message_ID="<a@b>"))
    bring(house, mail("Hallo?", Message_ID="<c@d>"))
    bring(house, mail(From="eve@example.com", Subject="DE-7K2M9Q", Message_ID="<e@f>"))  # of somebody else: not shown
    found = [(each.market, each.order_number, each.language_from) for each in rows(database, Request)]
    assert found == [("de", "DE-7K2M9Q", "detected"), ("de", "", "order"), ("fr", "", "market")]


def test_a_market_that_answers_nobody_is_no_recipient(house: World, database: Database) -> None:
    with database.writing() as db:
        for each in ("de", "fr"):
            db.get_one(Market, each).ever_sold = False
    assert bring(house, mail(To="help+fr@shop.example")) == (
        REFUSED,
        "this mail was not taken: nobody is answered here yet",
    )


def test_a_crisis_told_by_mail_is_promised_like_any_other_request(house: World, database: Database) -> None:
    house.clock.now = EVENING
    bring(house, mail())
    assert only(database).on_duty_at is not None and only(database).waiting_since == EVENING


# An answer


def test_an_answer_to_our_mail_goes_to_its_request_without_what_it_quotes(house: World, database: Database) -> None:
    request = asked(database, now=MORNING)
    ours = answers(house)
    text = "Danke, und wie oft?\n\nAm Di., 24. Nov. 2026 um 10:30 Uhr schrieb Harbourbench <help@shop.example>:\n> Hallo,\n> ja"
    code, said = bring(house, mail(text, To=INBOX, In_Reply_To=ours["Message-ID"], files=(("a.png", png()),)))
    assert (code, said) == (KEPT, f"added {request.ref}")
    assert [each.text for each in rows(database, Message)][-1] == "Danke, und wie oft?"
    assert len(rows(database, Attachment)) == 1 and len(rows(database, Request)) == 1


def test_an_answer_to_a_request_whose_customer_was_erased_is_a_new_request(house: World, database: Database) -> None:
    request = asked(database, now=MORNING)
    ours = answers(house)
    with database.writing() as db:
        db.get_one(Request, request.ref).email = ""

    code, said = bring(house, mail("Noch etwas.", To=INBOX, In_Reply_To=ours["Message-ID"]))

    assert code == KEPT and request.ref not in said and len(rows(database, Request)) == 2


@pytest.mark.parametrize("where", ["To", "Cc", "Delivered_To", "References"])
def test_our_mark_is_found_wherever_programs_keep_it_and_from_any_address(
    house: World, database: Database, where: str
) -> None:
    request = asked(database, now=MORNING)
    ours = answers(house)
    mark = ours["Message-ID"] if where == "References" else str(ours["Reply-To"])
    bring(house, mail("Noch etwas.", From="anna@work.example", Message_ID="<2@x>", **{where: mark}))
    assert [each.request for each in rows(database, Message)] == [request.ref] * 2


@pytest.mark.parametrize(
    ("sender", "added"), [("anna@example.com", True), ("ANNA@Example.com", True), ("eve@example.com", False)]
)
def test_a_number_alone_opens_nothing_but_with_the_customers_address(
    house: World, database: Database, sender: str, added: bool
) -> None:
    request = asked(database, now=MORNING)
    number = as_typed(request.ref)[2]
    _code, said = bring(house, mail(From=sender, Subject=f"Re: 受付番号{number}"))
    assert said.startswith("added") is added
    with database.reading() as db:
        theirs = db.exec(select(Message).where(Message.request == request.ref)).all()
    assert len(theirs) == 1 + added


def test_a_guessed_mark_is_none(house: World, database: Database) -> None:
    request = asked(database, now=MORNING)
    other = Threads(Signer(b"another key"), INBOX).reply_address(request.ref)
    for number, to in enumerate(
        (other, f"help+{request.ref}@shop.example", f"help+{request.ref}.{'0' * 20}@shop.example")
    ):
        bring(house, mail(From="eve@example.com", To=to, In_Reply_To=f"<{to}>", Message_ID=f"<{number}@x>"))
    with database.reading() as db:
        assert len(db.exec(select(Message).where(Message.request == request.ref)).all()) == 1


def test_an_answer_opens_what_was_closed(house: World, database: Database) -> None:
    request = asked(database, now=MORNING)
    ours = answers(house)
    with database.writing() as db:
        db.get_one(Request, request.ref).state = "closed"
    bring(house, mail("Doch nicht.", In_Reply_To=ours["Message-ID"]))
    assert stored(database, request.ref).state in ("waiting", "assigned")


# What is no customer's mail


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<news.example.com>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"X_Failed_Recipients": "x@example.com"},
        {"From": "MAILER-DAEMON@example.com"},
        {"From": "no-reply@example.com"},
        {"From": INBOX},
        {"From": "help+r-222222.00000000000000000000@shop.example"},
        {"From": "care@harbourbench.example"},
    ],
)
def test_what_a_machine_or_this_house_wrote_is_ignored_and_answered_by_nobody(
    house: World, database: Database, headers: dict[str, str]
) -> None:
    code, said = bring(house, mail(**headers))
    assert code == KEPT and said.startswith("ignored")
    house.work()
    assert rows(database, Request) == [] and house.mails("anna@example.com") == []


def test_our_own_mails_do_not_come_back_as_requests(house: World, database: Database) -> None:
    bring(house, mail())
    assert bring(house, bytes(answers(house)))[1].startswith("ignored")
    assert len(rows(database, Request)) == 1


def test_a_delivery_report_is_ignored(house: World, database: Database) -> None:
    data = mail().replace(b"Content-Type: text/plain", b"Content-Type: multipart/report; boundary=x")
    assert bring(house, data)[1].startswith("ignored")


def test_auto_submitted_no_is_a_person(house: World, database: Database) -> None:
    assert bring(house, mail(Auto_Submitted="no"))[1].startswith("opened")


# What mails are made of


def test_files_that_are_not_taken_are_named_and_nothing_else_is_lost(house: World, database: Database) -> None:
    files = (("a.png", png()), ("x.svg", b"<svg/>"), ("y.zip", b"PK\x03\x04"), ("z.html", b"<script>"))
    assert bring(house, mail(files=files))[0] == KEPT
    [message] = rows(database, Message)
    assert message.text.startswith(GERMAN) and "x.svg, y.zip, z.html" in message.text
    assert [each.name for each in rows(database, Attachment)] == ["a.png"]


def test_a_mail_of_files_alone_is_one(house: World, database: Database) -> None:
    bring(house, mail("", files=(("a.png", png()),)))
    assert len(rows(database, Attachment)) == 1 and rows(database, Message)[0].text


def test_a_mail_in_html_alone_is_read_as_text(house: World, database: Database) -> None:
    html = "<style>p{}</style><script>alert(1)</script><p>Wie reinige&nbsp;ich<br>den Becher?</p><p>1 &lt; 2</p>"
    bring(house, mail("", html=html))
    assert rows(database, Message)[0].text == "Wie reinige ich\nden Becher?\n\n1 < 2"


def test_the_plain_text_comes_before_the_html(house: World, database: Database) -> None:
    bring(house, mail(GERMAN, html="<p>something else</p>"))
    assert rows(database, Message)[0].text == GERMAN


@pytest.mark.parametrize(
    ("alphabet", "data", "said"),
    [
        ("utf-8", "Größe?".encode(), "Größe?"),
        ("iso-8859-1", "Größe?".encode("latin-1"), "Größe?"),
        ("iso-2022-jp", "容器".encode("iso-2022-jp"), "容器"),
        ("shift_jis", "容器".encode("shift_jis"), "容器"),
        ("x-nobody-knows", "Größe?".encode(), "Größe?"),
        ("utf-8", b"Gr\xf6\xdfe?", "Gr\ufffd\ufffde?"),
        ("us-ascii", b"\xff\xfe\x00?", "\ufffd\ufffd?"),
        ("=?broken", b"hello", "hello"),
    ],
)
def test_whatever_alphabet_is_said_the_words_are_kept(
    house: World, database: Database, alphabet: str, data: bytes, said: str
) -> None:
    head = f"From: a@example.com\r\nMessage-ID: <1@x>\r\nContent-Type: text/plain; charset={alphabet}\r\n\r\n"
    assert bring(house, head.encode() + data)[0] == KEPT
    assert rows(database, Message)[0].text == said


def test_headers_of_any_bytes_are_read(house: World, database: Database) -> None:
    sender = b"From: =?utf-8?b?5bGx55Sw?= <yuki@example.com>\r\n"
    bring(house, sender + b"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe_=F0=9F=8E=89?= \xff\xe2\x80\xae\r\n\r\nHallo")
    assert (
        only(database).name == "山田"
        and only(database).subject.startswith("Größe 🎉")
        and "\u202e" not in only(database).subject
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff" * 100,
        b"no header at all",
        b"From: \r\n\r\nx",
        b"From: a@example.com, b@example.com\r\n\r\nx",
        b"From: a@example.com\r\n\r\n",
        b"From: not an address\r\n\r\nx",
        b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    ],
)
def test_what_nobody_could_answer_or_read_is_refused_with_a_reason(
    house: World, database: Database, data: bytes
) -> None:
    code, said = bring(house, data)
    assert code == REFUSED and said.startswith("this mail was not taken: ")
    assert rows(database, Request) == []


def test_a_mail_that_is_far_too_large_is_refused(house: World) -> None:
    assert bring(house, mail() + b"x" * MOST_BYTES)[0] == REFUSED


def test_a_megabyte_of_text_is_cut_and_says_so(house: World, database: Database) -> None:
    assert bring(house, mail("Wie? " * 200_000))[0] == KEPT
    [message] = rows(database, Message)
    assert len(message.text) <= LONGEST and message.text.endswith("[…]")


def test_parts_within_parts_without_end_are_no_fault() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(3000))
    with suppress(Unreadable):
        read_mail(b"From: a@example.com\r\n" + deep.encode())


@pytest.mark.parametrize("sign", ["<", "<!--", "<a ", "<a b='", "<head></title>", "</", "<?", '<a b="" c=\'', " "])
def test_what_never_ends_keeps_nobody_busy(sign: str) -> None:
    """The parser of the standard library, and a pattern that begins anew at each blank, would take hours for these."""
    head = b"From: a@example.com\r\nContent-Type: text/" + (b"plain" if sign == " " else b"html") + b"\r\n\r\n"
    read_mail(head + b"Help. " + sign.encode() * 200_000 + b"x")


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA- help",
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800 help",
        b"Content-Type: text/plain; charset=punycode\r\n\r\nhelp-" + b"b" * 400_000,
        b"Content-Disposition: attachment; filename*=utf-7''%2B2AA-\r\nContent-Type: application/x\r\n\r\nhelp",
        b"Content-Disposition: attachment; filename*0*=punycode''%ff\r\nContent-Type: application/x\r\n\r\nhelp",
        b"Subject: =?punycode?q?" + b"a" * 400_000 + b"?=\r\n\r\nhelp",
        b"To: " + b"(" * 9_000 + b"\r\n\r\nhelp",
    ],
)
def test_alphabets_that_hold_no_text_and_headers_without_end_are_no_fault(headers: bytes) -> None:
    try:
        letter = read_mail(b"From: a@example.com\r\n" + headers)
    except Unreadable:
        return
    "".join((letter.text, letter.subject, *letter.left_out)).encode()


def test_a_mail_within_the_mail_is_named_as_not_kept(house: World, database: Database) -> None:
    outer = EmailMessage(policy=policy.SMTP)
    outer["From"], outer["To"], outer["Subject"] = "anna@example.com", INBOX, "Mixer"
    outer.set_content("Siehe unten.")
    inner = EmailMessage()
    inner.set_content("Geheim")
    inner.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename="fremd.jpg")
    outer.add_attachment(inner, filename="Weitergeleitet.eml")
    assert bring(house, outer.as_bytes())[0] == KEPT
    [message] = rows(database, Message)
    assert "Weitergeleitet.eml" in message.text and "Geheim" not in message.text
    assert rows(database, Attachment) == []


@given(st.binary(max_size=400))
def test_no_bytes_are_a_fault(data: bytes) -> None:
    for each in (data, b"From: a@example.com\r\n" + data, b"From: a@example.com\r\nContent-Type: " + data):
        try:
            read_mail(each)
        except Unreadable:
            continue


# The mail server


def test_a_busy_database_is_for_later_and_the_mail_is_then_kept_once(house: World, database: Database) -> None:
    def busy() -> House:
        raise Busy(retry_after=1)

    assert deliver(busy, io.BytesIO(mail()))[0] == LATER
    assert bring(house, mail())[0] == KEPT and len(rows(database, Request)) == 1


def test_a_house_that_cannot_be_entered_loses_no_mail() -> None:
    def closed() -> House:
        raise SystemExit(2)

    assert deliver(closed, io.BytesIO(mail()))[0] == LATER


def test_a_flood_from_one_address_is_refused_and_delays_nobody_else(house: World, database: Database) -> None:
    codes = [bring(house, mail(f"Nr. {number}", Message_ID=f"<{number}@x>"))[0] for number in range(22)]
    assert codes == [KEPT] * 20 + [REFUSED] * 2
    assert bring(house, mail(From="claire@example.com"))[0] == KEPT


def test_a_flood_under_a_customers_address_shuts_none_of_their_answers_out(house: World, database: Database) -> None:
    request = asked(database, now=MORNING)
    for number in range(21):
        bring(house, mail(f"Nr. {number}", Message_ID=f"<{number}@x>"))
    to = house.house.post.threads.reply_address(request.ref)
    assert bring(house, mail("Und jetzt?", To=to, Message_ID="<a@x>")) == (KEPT, f"added {request.ref}")


def test_which_mails_came_is_forgotten_after_two_months(house: World, database: Database) -> None:
    bring(house, mail())
    for days, left in ((59, 1), (61, 0)):
        with database.writing() as db:
            receiving.forget_old_mail(db, now=MORNING + timedelta(days=days))
        assert len(rows(database, InboundMail)) == left


@pytest.mark.parametrize(
    ("inbox", "good"),
    [
        ("help@shop.example", True),
        ("help+jp@shop.example", False),
        ("help", False),
        ("x" * 25 + "@shop.example", False),
    ],
)
def test_an_inbox_must_leave_room_for_what_is_added_to_it(tmp_path: Path, inbox: str, good: bool) -> None:
    given = {"SOFTLAUNCH_DATA_DIR": str(tmp_path), "SOFTLAUNCH_MAIL_INBOX": inbox}
    if good:
        assert from_environment(given).mail_inbox == inbox
    else:
        with pytest.raises(BadSetting, match="SOFTLAUNCH_MAIL_INBOX"):
            from_environment(given)


def test_the_command_reads_standard_input_and_ends_as_mail_servers_understand(tmp_path: Path, demo_file: Path) -> None:
    shutil.copy(demo_file, tmp_path / "softlaunch.db")

    def piped(folder: Path, data: bytes, *, logs: str = "off") -> subprocess.CompletedProcess[bytes]:
        environment = os.environ | {"SOFTLAUNCH_DATA_DIR": str(folder), "SOFTLAUNCH_LOG_FORMAT": logs}
        command = [sys.executable, "-m", "shop", "mail-in", "--to", "help+nz@shop.example"]
        return subprocess.run(command, input=data, env=environment, capture_output=True, timeout=120, check=False)

    kept = piped(tmp_path, mail("How do I clean the jar?"))
    assert kept.returncode == KEPT and kept.stdout.startswith(b"opened R-"), kept.stderr
    refused = piped(tmp_path, b"From: \n\n")
    assert refused.returncode == REFUSED and b"no sender" in refused.stderr
    (tmp_path / "empty").mkdir()
    later = piped(tmp_path / "empty", mail("Der Mixer leckt."), logs="json")  # a database without tables
    assert later.returncode == LATER
    line = json.loads(later.stdout)
    assert line["level"] == "error" and "SystemExit" in line["exception"]
    assert b"anna" not in later.stdout + later.stderr and b"leckt" not in later.stdout + later.stderr


# The words of it


@pytest.mark.parametrize(
    "introduction",
    [
        "On Tue, 24 Nov 2026 at 10:30, Shop <help@shop.example> wrote:",
        "On Tue, 24 Nov 2026 at 10:30, Shop\n<help@shop.example> wrote:",
        "Am Di., 24. Nov. 2026 um 10:30 Uhr schrieb Shop <help@shop.example>:",
        "Le mar. 24 nov. 2026 à 10:30, Shop <help@shop.example> a écrit :",
        "Il giorno mar 24 nov 2026 alle ore 10:30 Shop <help@shop.example> ha scritto:",
        "El mar, 24 nov 2026 a las 10:30, Shop (<help@shop.example>) escribió:",
        "Em ter., 24 de nov. de 2026 às 10:30, Shop <help@shop.example> escreveu:",
        "2026年11月24日(火) 10:30 Shop <help@shop.example> のメール:",
        "-----Original Message-----",
        "----- Ursprüngliche Nachricht -----",
        "________________________________",
    ],
)
def test_history_is_cut_in_every_language(introduction: str) -> None:
    assert without_history(f"Danke!\n\n{introduction}\n> alt\n> älter") == "Danke!"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("> nur Zitat", "> nur Zitat"),
        ("> Wie oft?\nTäglich.\n> Womit?\nMit Wasser.", "Täglich.\nMit Wasser."),
        (
            "Hallo,\n\nAm 24.11. um 10:30 schrieb Shop:\n> alt\n\nMein Kind ist verletzt.",
            "Hallo,\n\n\nMein Kind ist verletzt.",
        ),
        ("Am 24.11. schrieb Shop\n<help@shop.example>:\n\n> alt\nEs brennt.", "Es brennt."),
        ("Danke!\n\nAm 24.11. schrieb Shop:\nalt\nälter\n> uralt\nneuer", "Danke!"),
        ("Danke!\n\nVon: Shop <help@shop.example>\nGesendet: Dienstag, 24. November 2026\nAn: Anna\n\nalt", "Danke!"),
        ("Von: Hamburg\nnach Bremen", "Von: Hamburg\nnach Bremen"),
        ("Danke\n-- \nAnna Beck\nHamburg", "Danke"),
        ("On Monday I wrote: it does not work", "On Monday I wrote: it does not work"),
        ("", ""),
    ],
)
def test_only_the_own_words_stay(text: str, kept: str) -> None:
    assert without_history(text) == kept


def test_html_becomes_words_and_short_stays_short() -> None:
    assert from_html("<ul><li>eins<li>zwei</ul><p hidden>drei") == "eins\nzwei\n\ndrei"
    assert shortened("abc") == "abc"
