"""Writing a mail from its templates, in the reader's tongue, and handing it to the mailer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.base.holders import Holders
from shop.base.i18n import Languages, Tongue
from shop.base.mail import Attachment, Mail, Mailer
from shop.base.pages import Pages
from shop.base.threads import Threads


@dataclass(frozen=True, slots=True)
class Post:
    """What every mail needs. The templates of a mail are `emails/<name>/subject.txt`, `body.txt` and `body.html`."""

    pages: Pages
    languages: Languages
    mailer: Mailer
    holders: Holders
    base_url: str
    threads: Threads

    def send(
        self,
        name: str,
        to: str,
        tongue: Tongue,
        *,
        key: str,
        now: datetime,
        attachments: Sequence[Attachment] = (),
        about: str = "",
        **values: Any,
    ) -> None:
        """Write and send; whatever fails is raised, so that the outbox tries again. `key` tells this mail from all others.

        `about` names the thing to which answers to this mail belong; the templates are told whether one may answer.
        To nobody (a customer whose data was erased has no address any more) nothing is sent.
        """
        if not to:
            return
        values["may_reply"] = bool(about and self.threads.inbox)
        subject, text = (
            self.pages.text(tongue, f"emails/{name}/{part}.txt", **values).strip() for part in ("subject", "body")
        )
        html = self.pages.draw(tongue, f"emails/{name}/body.html", subject=subject, **values)
        mail = Mail(
            to=to,
            subject=subject,
            text=f"{text}\n",
            html=html,
            language=tongue.tag,
            key=key,
            attachments=tuple(attachments),
            mark=self.threads.mark(about) if about else "",
            reply_to=self.threads.reply_address(about) if about else "",
        )
        self.mailer.send(mail, now=now)
