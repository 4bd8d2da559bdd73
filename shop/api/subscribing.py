"""Who is told: setting up an address for announcements, switching it off and on, and its secret."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.api.models import Delivery, Subscription
from shop.api.posting import checked_url, is_loopback_name
from shop.base.announcing import KINDS
from shop.base.db import Database
from shop.base.settings import Settings
from shop.base.tokens import Signer
from shop.ground.errors import Refusal, found
from shop.staff.may import works_for
from shop.staff.models import Person

MOST = 20
LEFT = ("person_gone", "person_elsewhere")  # works here no more; may no longer do this in all of its markets
ACT = "webhook.manage"


class TooManyWebhooks(Refusal):
    """There are as many webhooks as are kept; one has to be removed first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address, of what it is told, and of which markets (none: all)."""

    url: str
    kinds: tuple[str, ...]
    markets: tuple[str, ...] = ()


def may_be_local(settings: Settings) -> bool:
    """Whether receivers on this machine are taken: only where the shop itself has no other address than this machine's."""
    return not settings.secure and is_loopback_name(urlsplit(settings.base_url).hostname or "")


def subscribe(db: Session, wanted: Wanted, *, person: str, local: bool, now: datetime) -> Subscription:
    """Set up an address. Raises BadAddress, or TooManyWebhooks."""
    checked_url(wanted.url, local=local)
    if len(db.exec(select(Subscription.id)).all()) >= MOST:
        raise TooManyWebhooks(most=MOST)
    row = Subscription(
        url=wanted.url,
        kinds=" ".join(kind for kind in KINDS if kind in wanted.kinds),
        markets=" ".join(sorted(wanted.markets)),
        nonce=secrets.token_hex(16),
        person=person,
        created_at=now,
    )
    db.add(row)
    db.flush()
    return row


def secret_of(signer: Signer, subscription: Subscription) -> str:
    """The secret that signs what is sent there, as Standard Webhooks writes one."""
    key = bytes.fromhex(signer.derived(f"webhook {subscription.nonce}"))
    return f"whsec_{base64.b64encode(key).decode()}"


def switch(db: Session, subscription: Subscription, *, active: bool, by: Person) -> None:
    """Send there from now on, or no more. What happens while it is off is not sent later.

    Whoever switches on what was left behind takes it over: from then on it is sent in their name.
    """
    values: dict[str, Any] = {"active": active, "off_because": "" if active else why_off(db, subscription)}
    if active and (subscription.off_because in LEFT or _left(db.get(Person, subscription.person), subscription)):
        values["person"] = by.id
    mine = update(Subscription).where(col(Subscription.id) == subscription.id)
    db.connection().execute(mine.values(values))
    db.refresh(subscription)


def why_off(db: Session, subscription: Subscription) -> str:
    """Why nothing is sent there although nobody switched it off; empty where something is, or somebody did."""
    if subscription.active:
        return _left(db.get(Person, subscription.person), subscription)
    return subscription.off_because


def sent_to(db: Session) -> list[Subscription]:
    """The addresses to which something may be sent now: they are on, and who set them up may still be told."""
    return [each for each, left in _on(db) if not left]


def stop_left_behind(database: Database) -> None:
    """Switch off what was set up by who works here no more, or not there: it stays off until somebody takes it over."""
    with database.reading() as db:  # hardly ever there is one, and this must not take the one place to write
        if not any(left for _each, left in _on(db)):
            return
    with database.writing() as db:
        for each, left in _on(db):
            if left:
                mine = update(Subscription).where(
                    col(Subscription.id) == each.id, col(Subscription.person) == each.person
                )
                db.connection().execute(mine.values(active=False, off_because=left))


def _on(db: Session) -> list[tuple[Subscription, str]]:
    """Those that nobody switched off, each with why nothing is sent there all the same."""
    rows = db.exec(select(Subscription).where(col(Subscription.active).is_(True))).all()
    people = {each.id: each for each in db.exec(select(Person).where(col(Person.id).in_({row.person for row in rows})))}
    return [(each, _left(people.get(each.person), each)) for each in rows]


def _left(person: Person | None, subscription: Subscription) -> str:
    """Why the person can no longer be told what is sent there, as a key of LEFT; empty while they can."""
    if person is None or person.deactivated:
        return "person_gone"
    return "" if covers(person, subscription.markets.split()) else "person_elsewhere"


def unsubscribe(db: Session, subscription: Subscription) -> None:
    """Forget the address and everything that was sent there."""
    for each in db.exec(select(Delivery).where(Delivery.webhook == subscription.id)).all():
        db.delete(each)
    db.flush()
    db.delete(subscription)


def own(db: Session, person: Person, number: int) -> Subscription:
    """The webhook, if the person manages them in all of its markets; raises NotFound."""
    row = found(db.get(Subscription, number))
    return found(row if covers(person, row.markets.split()) else None)


def subscriptions(db: Session, person: Person) -> list[Subscription]:
    """The webhooks that the person manages, the newest first."""
    rows = db.exec(select(Subscription).order_by(col(Subscription.id).desc())).all()
    return [each for each in rows if covers(person, each.markets.split())]


def covers(person: Person, markets: Iterable[str]) -> bool:
    """Whether the person manages webhooks in each of these markets; none named are all."""
    return all(works_for(person, market, ACT) for market in (list(markets) or [""]))
