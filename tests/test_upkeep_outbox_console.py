"""The outbox at the console: what was written, what was given up, and how it is tried again."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from shop.base.db import Database
from shop.base.mail import FolderMailer, Mail
from shop.base.outbox import Effect
from tests.launch_console import at_work, database, mere, page
from tests.launching import NOW, put
from tests.world import Browser, World

__all__ = ["at_work", "database", "mere"]  # fixtures


def test_what_was_given_up_is_seen_and_tried_again(mere: Browser, at_work: World, database: Database) -> None:
    error = "PaymentRefused('<b>')"
    put(
        database,
        Effect(
            kind="refund",
            key="refund:R1",
            payload="{}",
            due_at=NOW,
            created_at=NOW,
            attempts=12,
            dead_at=NOW,
            error=error,
        ),
        Effect(kind="refund", key="refund:R2", payload="{}", due_at=NOW, created_at=NOW),
    )
    assert "1 message or refund could not be carried out." in page(mere, "/console")
    shown = page(mere, "/console/mail")
    assert "refund:R1" in shown and "PaymentRefused(&#39;&lt;b&gt;&#39;)" in shown and "refund:R2" not in shown
    mere.get("/console/mail")
    assert mere.submit("/retry").status_code == 303
    with database.reading() as db:
        again = db.get_one(Effect, 1)
    assert (again.dead_at, again.attempts, again.due_at) == (None, 0, NOW)
    assert "refund:R1" not in page(mere, "/console/mail?done=repeated")
    for number in (1, 2, 3, 10**30):
        assert mere.post(f"/console/effects/{number}/retry").status_code == 404
    assert at_work.signed_in("ruth").post("/console/effects/1/retry").status_code == 404


def test_the_outbox_is_shown_with_links_of_this_shop_only(mere: Browser, at_work: World) -> None:
    mailer = at_work.house.mailer
    assert isinstance(mailer, FolderMailer)
    assert "No mail has been written yet." in page(mere, "/console/mail")
    body = "See http://127.0.0.1:8000/nz/en/orders/R1?secret=s, not http://evil.example/x or <script>."
    mail = Mail(
        to="tama@example.com",
        subject="Order R1",
        text=body,
        html="<p>x</p>",
        language="en-NZ",
        key="order:R1:confirmed",
    )
    mailer.send(mail, now=NOW)
    mailer.send(replace(mail, subject="Later", key="later"), now=NOW + timedelta(minutes=1))
    listed = page(mere, "/console/mail")
    assert listed.index("Later") < listed.index("Order R1")
    [name] = [name for name, kept in mailer.kept() if isinstance(kept, EmailMessage) and kept["Subject"] == "Order R1"]
    shown = mere.get(f"/console/mail/{name}")
    assert 'href="http://127.0.0.1:8000/nz/en/orders/R1?secret=s"' in shown.text
    assert 'href="http://evil.example' not in shown.text
    assert "<script>." not in shown.text


@pytest.mark.parametrize("name", ["none", "%00", "..%2Fsecret-key", "x" * 300])
def test_a_mail_that_is_not_there_is_not_found(mere: Browser, name: str) -> None:
    assert mere.get(f"/console/mail/{name}").status_code == 404
