"""Writing a mail from its templates, in the reader's tongue, and handing it to the mailer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.base.holders import Holders
from shop.base.i18n import Languages, Tongue
from shop.base.mail import Attachment, Mail, Mailer
from shop.base.pages import Pages


@dataclass(frozen=True, slots=True)
class Post:
    """What every mail needs. The templates of a mail are `emails/<name>/subject.txt`, `body.txt` and `body.html`."""

    pages: Pages
    languages: Languages
    mailer: Mailer
    holders: Holders
    base_url: str

    def send(
        self,
        name: str,
        to: str,
        tongue: Tongue,
        *,
        key: str,
        now: datetime,
        attachments: Sequence[Attachment] = (),
        **values: Any,
    ) -> None:
        """Write and send; whatever fails is raised, so that the outbox tries again. `key` tells this mail from all others."""
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
        )
        self.mailer.send(mail, now=now)
