"""What `softlaunch mail-in` answers to the mail server: kept, refused with a reason, or to be tried again later."""

from collections.abc import Callable
from typing import BinaryIO, Protocol

import structlog

from shop.base.clock import Clock
from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.mail import mailbox_text
from shop.base.post import Post
from shop.base.settings import Settings
from shop.support.requests.attachments import Shelf
from shop.support.requests.inbound import MOST_BYTES, Unreadable, read_mail
from shop.support.requests.receiving import Desk, Refused, receive

KEPT, REFUSED, LATER = 0, 1, 75  # 75 is EX_TEMPFAIL of sysexits.h: mail servers keep the mail and try again


class Rooms(Protocol):
    """The parts of the house that taking in a mail needs."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def languages(self) -> Languages: ...
    @property
    def post(self) -> Post: ...
    @property
    def clock(self) -> Clock: ...


def deliver(enter: Callable[[], Rooms], stream: BinaryIO, *, to: str = "") -> tuple[int, str]:
    """Take in the mail that the stream holds: the exit code, and one line about it.

    Whatever is no judgement of the mail itself (a busy database, a setting that is wrong, a fault of ours) is for later:
    no customer's mail may be lost by it.
    """
    try:
        letter = read_mail(stream.read(MOST_BYTES + 1), to=to)
        house = enter()
        taken = receive(desk_of(house), letter, now=house.clock())
    except (Unreadable, Refused) as refused:
        return REFUSED, f"this mail was not taken: {refused}"
    except (Exception, SystemExit) as fault:  # noqa: BLE001 - see above
        structlog.get_logger().error("mail not taken in, to be tried again", exc_info=fault)
        return LATER, "the mail could not be taken in now; please try again"
    return KEPT, " ".join(filter(None, (taken.how, taken.ref, taken.why)))


def desk_of(house: Rooms) -> Desk:
    """What takes in mail, from the parts of a house."""
    own = frozenset(mailbox_text(each) for each in (house.settings.mail_from, house.settings.mail_inbox) if each)
    shelf = Shelf.of(house.settings.data_dir)
    return Desk(house.database, house.languages, shelf, house.post.threads, own)
