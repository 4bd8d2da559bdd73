"""Who of the house reads a mail: whoever works here, in their own language, and the exporter's mailbox for who is gone."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from shop.aftersales.models import Recall
from shop.base.mail import FolderMailer
from shop.jobs import effects
from shop.launches.models import Proposal, Schedule
from shop.markets.models import Exporter, LaunchEvent
from shop.markets.readers import reader_of, readers
from shop.staff.models import Person
from shop.support.crisis.models import CrisisCard, Incident, Page
from shop.support.requests.models import Referral, Request
from tests.support_world import asked
from tests.world import TUESDAY, World

WHO, MAILBOX = "lena", "care@harbourbench.example"
SOON = TUESDAY + timedelta(hours=1)
Waiting = tuple[str, dict[str, Any]]  # what an effect of the outbox is, and what it carries


def kept(world: World, row: SQLModel) -> Any:
    """The row as it is stored."""
    with world.house.database.writing() as db:
        db.add(row)
        db.flush()
        db.refresh(row)
    return row


def overdue(world: World) -> Waiting:
    ref = asked(world.house.database, now=TUESDAY).ref
    return "overdue mail", {"ref": ref, "person": WHO, "promised": TUESDAY.isoformat(), "at": 1}


def answered(world: World) -> Waiting:
    ref = asked(world.house.database, now=TUESDAY).ref
    with world.house.database.writing() as db:
        db.get_one(Request, ref).agent = None
    row = Referral(request=ref, question="x", person=WHO, draft="d", key="k", asked_at=TUESDAY, due_at=SOON)
    return "referral mail", {"mail": "answered", "referral": kept(world, row).id}


def planned(what: str, **times: str) -> Callable[[World], Waiting]:
    def waiting(world: World) -> Waiting:
        wall = {"wall": "2026-11-26T18:30", "zone": "Asia/Tokyo", "due_at": SOON}
        row = kept(world, Schedule(market="jp", action="open", person=WHO, made_at=TUESDAY, **wall))
        return "schedule mail", {"plan": row.id, "what": what, "person": WHO, **times}

    return waiting


def fallen(world: World) -> Waiting:
    states = {"from_state": "ready", "to_state": "draft", "rule": "snapshot"}
    row = kept(world, LaunchEvent(market="jp", at=TUESDAY, action="redraft", person="", reason="", **states))
    return "market mail", {"mail": "market_fallen", "number": row.id, "person": WHO}


def proposed(world: World) -> Waiting:
    row = kept(world, Proposal(market="jp", action="open", version=1, person="mere", at=TUESDAY))
    return "market mail", {"mail": "market_proposed", "number": row.id, "person": WHO}


def paused(world: World) -> Waiting:
    return "guard mail", {"market": "de", "person": WHO, "rule": "hard:recall", "about": "", "key": "guard:1"}


def warned(world: World) -> Waiting:
    return "guard mail", {"market": "de", "person": WHO, "warning": "payment_failure", "key": "guard:2"}


def incident(world: World, **values: Any) -> Incident:
    with world.house.database.reading() as db:
        card = db.exec(select(CrisisCard.key).order_by(CrisisCard.number)).first()
    made: Incident = kept(world, Incident(card=card, market="de", opened_at=TUESDAY, **values))
    return made


def paged(world: World) -> Waiting:
    row = Page(incident=incident(world).id, rung=0, person=WHO, paged_at=TUESDAY, due_at=SOON)
    return "on call page", {"page": kept(world, row).id}


def joined(world: World) -> Waiting:
    taken = incident(world, acknowledged_at=TUESDAY, acknowledged_by=WHO)
    return "crisis mail", {"mail": "joined", "incident": taken.id, "about": "R-1", "ref": "R-1"}


MAILS: dict[str, Callable[[World], Waiting]] = {
    "request_overdue": overdue,
    "referral_answered": answered,
    "schedule_done": planned("done"),
    "schedule_failed": planned("failed"),
    "schedule_moved": planned("moved", was=TUESDAY.isoformat(), due=SOON.isoformat()),
    "market_fallen": fallen,
    "market_proposed": proposed,
    "guard_paused": paused,
    "guard_warned": warned,
    "on_call_page": paged,
    "crisis_joined": joined,
}


def sent(world: World, waiting: Waiting) -> list[EmailMessage]:
    """The mails that carrying it out sends."""
    kind, payload = waiting
    assert isinstance(world.house.mailer, FolderMailer)
    before = {name for name, _mail in world.house.mailer.kept()}
    effects(world.house)[kind](payload, world.clock.now)
    return [mail for name, mail in world.house.mailer.kept() if name not in before]


def gone(world: World, *people: str) -> None:
    """These people have left; the exporter's mailbox is read by somebody in Japan."""
    with world.house.database.writing() as db:
        db.add(Person(id="care", email=MAILBOX, name="Care", role="exporter", language="ja", zone="Asia/Tokyo"))
        for each in people:
            db.get_one(Person, each).deactivated = True


@pytest.mark.parametrize("mail", MAILS)
def test_whoever_works_here_reads_it_in_their_own_language(sqlite_world: World, mail: str) -> None:
    (told,) = sent(sqlite_world, MAILS[mail](sqlite_world))
    assert (told["To"], told["Content-Language"]) == ("lena@harbourbench.example", "de")


@pytest.mark.parametrize("mail", MAILS)
def test_in_place_of_who_is_gone_the_exporters_mailbox_is_told_in_its_language(sqlite_world: World, mail: str) -> None:
    waiting = MAILS[mail](sqlite_world)
    gone(sqlite_world, WHO)
    (told,) = sent(sqlite_world, waiting)
    assert (told["To"], told["Content-Language"]) == (MAILBOX, "ja")


@pytest.mark.parametrize(("left", "told"), [((), ["lena@harbourbench.example"]), ((WHO,), [])])
def test_of_a_recall_nobody_is_told_in_place_of_who_is_gone(
    sqlite_world: World, left: tuple[str, ...], told: list[str]
) -> None:
    row = Recall(number="RC-1", skus="HB-BL-230", reason="glass", person="mere", opened_at=TUESDAY)
    word = {"recall": kept(sqlite_world, row).number, "person": WHO}
    gone(sqlite_world, *left)
    assert [each["To"] for each in sent(sqlite_world, ("recall mail", word))] == told


def test_a_mailbox_that_nobody_signs_in_with_is_written_to_in_english_by_the_exporters_clock(
    sqlite_world: World,
) -> None:
    with sqlite_world.house.database.reading() as db:
        mailbox = reader_of(db, "", db.get_one(Exporter, 1))
    assert (mailbox.email, mailbox.language, mailbox.zone) == (MAILBOX, "en", "Pacific/Auckland")


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (("lena", "annika", "lena", ""), ["annika", "lena", ""]),
        (("lena", "ruth"), ["lena", ""]),
        (("care",), [""]),
        (("nobody",), [""]),
        ((), [""]),
    ],
)
def test_who_has_left_is_not_asked_for_and_the_mailbox_is_told_once(
    sqlite_world: World, wanted: tuple[str, ...], told: list[str]
) -> None:
    gone(sqlite_world, "ruth")
    with sqlite_world.house.database.reading() as db:
        assert readers(db, wanted, db.get_one(Exporter, 1)) == told
