"""A real SMTP server on loopback for tests: takes mails, can ask for a password, can refuse or put off on demand.

with smtp_server() as post:
    SmtpMailer(post.url, "shop@example.com").send(mail, now=now)
    assert post.mails[0]["Subject"] == ...
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Verdict = Callable[[str], str | None]


@dataclass
class Post:
    """What has arrived, and how the next mails are met. A verdict is an SMTP answer such as `550 No such mailbox`."""

    port: int
    user: str = ""
    password: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    on_recipient: Verdict = field(default=lambda _address: None)
    on_mail: Verdict = field(default=lambda _sender: None)

    @property
    def url(self) -> str:
        """The server's address, as SOFTLAUNCH_SMTP_URL takes it."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        return f"smtp://{who}127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails that arrived for one address, oldest first."""
        return [mail for mail, envelope in zip(self.mails, self.envelopes, strict=True) if address in envelope.rcpt_tos]

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, sender: str, _options: list[str]
    ) -> str:
        """aiosmtpd's door for a sender."""
        if self.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = sender
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """aiosmtpd's door for one recipient."""
        refusal = self.on_recipient(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """aiosmtpd's door for a whole mail."""
        refusal = self.on_mail(str(envelope.mail_from))
        if refusal is None:
            mail = BytesParser(policy=policy.default).parsebytes(envelope.original_content or b"")
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.envelopes.append(envelope)
        return refusal or "250 OK"

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any) -> AuthResult:
        """aiosmtpd's door for a sign-in."""
        right = isinstance(login, LoginPassword) and (login.login, login.password) == (
            self.user.encode(),
            self.password.encode(),
        )
        return AuthResult(success=right, handled=False)


@contextmanager
def smtp_server(*, user: str = "", password: str = "") -> Iterator[Post]:
    """A server that runs while the block does; with `user` it takes mails from nobody who has not signed in."""
    listener = socket.create_server(("127.0.0.1", 0))
    post = Post(port=int(listener.getsockname()[1]), user=user, password=password)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    serving = _serve(listener, post, stop)
    thread = threading.Thread(target=loop.run_until_complete, args=(serving,), name="smtp", daemon=True)
    thread.start()
    try:
        yield post
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)
        loop.close()


@pytest.fixture
def post() -> Iterator[Post]:
    """An SMTP server that takes everything."""
    with smtp_server() as running:
        yield running


async def _serve(listener: socket.socket, post: Post, stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"authenticator": post.knows, "auth_require_tls": False} if post.user else {}
    server = await loop.create_server(
        lambda: SMTP(post, hostname="smtp.test", enable_SMTPUTF8=True, loop=loop, **options), sock=listener
    )
    try:
        await stop.wait()
    finally:
        server.close()
        # Conversations that a test left open end with the server.
        talks = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
