"""What command and console do with a customer's data: look, hand out, erase, and erase anew what a backup brought back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from shop.base.db import Database
from shop.base.mail import OUTBOX, FolderMailer
from shop.base.tokens import Signer
from shop.policies.library import PolicyLibrary
from shop.support.requests.attachments import Shelf
from shop.upkeep.models import Erasure
from shop.upkeep.personal.emptying import empty_again
from shop.upkeep.personal.erased_list import NAME, fingerprint, key_check, of_another_key, returned, write_down
from shop.upkeep.personal.erasing import NotFinished, NothingKept, Plan, erase, planned
from shop.upkeep.personal.exporting import gathered
from shop.upkeep.personal.files import PersonalFile, kept_mails, keys_of, left_over, remove_mails
from shop.upkeep.personal.finding import Subject, find, similar
from shop.upkeep.personal.holding import hold_things
from shop.upkeep.personal.obstacles import Obstacle, obstacles, signs_in
from shop.upkeep.personal.sweeping import drop_left_mails, sweep, work_due


@dataclass(frozen=True, slots=True)
class Keeper:
    """What these need of the house."""

    database: Database
    policies: PolicyLibrary
    signer: Signer
    data_dir: Path

    @property
    def shelf(self) -> Shelf:
        """Where what customers sent along lies."""
        return Shelf.of(self.data_dir)

    @property
    def outbox(self) -> FolderMailer:
        """The mails that were kept here instead of sent, also if they are sent by now."""
        return FolderMailer(self.data_dir / OUTBOX, "")

    def left_mails(self, db: Session) -> Iterator[str]:
        """The names of kept mails to whoever is erased."""
        return left_over(db, self.outbox, self.signer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is kept of a customer, what an erasure would do, and what is in its way; `staff`: they sign in here, too.

    `similar` are addresses of which something is kept as well, and that may be the same person's.
    """

    subject: Subject
    plan: Plan
    obstacles: tuple[Obstacle, ...]
    mails: int
    staff: bool
    similar: tuple[str, ...]


def look(keeper: Keeper, email: str, *, now: datetime) -> Looked:
    """Look only."""
    with keeper.database.reading() as db:
        subject = find(db, email)
        return Looked(
            subject=subject,
            plan=planned(db, keeper.policies, subject, now=now),
            obstacles=tuple(obstacles(db, subject, now=now)),
            mails=sum(1 for _each in kept_mails(db, keeper.outbox, subject)),
            staff=signs_in(db, email),
            similar=similar(db, subject),
        )


def export(keeper: Keeper, email: str, *, now: datetime) -> tuple[bytes, list[PersonalFile]]:
    """The document and the files of this address. Raises NothingKept."""
    with keeper.database.reading() as db:
        subject = find(db, email)
        if subject.nothing:
            raise NothingKept
        return gathered(db, subject, keeper.shelf, keeper.outbox, now=now)


def erase_person(
    keeper: Keeper, email: str, *, ground: str, person: str, now: datetime, before: datetime | None = None
) -> None:
    """Erase them, files and kept mails too. Raises NothingKept or NotFinished, and nothing is done then.

    With `before`, only what had come by then. The database is still to be swept.
    """
    erasure = Erasure(fingerprint=fingerprint(keeper.signer, email), at=before or now, person=person, ground=ground)
    with keeper.database.writing() as db:
        hold_things(db, find(db, email, before=before))
        subject = find(db, email, before=before)
        keys = keys_of(db, subject)
        mails = [name for name, _mail in kept_mails(db, keeper.outbox, subject, before=before)]
        erase(db, keeper.policies, subject, erasure, now=now)
        # Before it is done for good: whoever is killed after it leaves nothing but bytes that no row names any more.
        write_down(keeper.data_dir, erasure, key=key_check(keeper.signer))
        remove_mails(keeper.outbox, mails)
    keeper.shelf.remove(keys)


def erase_again(keeper: Keeper, *, now: datetime) -> tuple[int, list[Obstacle]]:
    """Erase whoever is on the list and is back by a restored backup: how many, and what was in the way of others.

    Whatever came back into rows that were emptied before counts as one more.
    """
    drop_left_mails(keeper.database, keeper.outbox, keeper.signer)
    with keeper.database.writing() as db:
        again = empty_again(db)
    with keeper.database.reading() as db:
        back = list(returned(db, keeper.signer, keeper.data_dir / NAME))
    done, left = int(again > 0), []
    for address, erased in back:
        with keeper.database.reading() as db:
            subject = find(db, address, before=erased.at)
        if subject.nothing:
            continue
        try:
            erase_person(keeper, address, ground=erased.ground, person="", now=now, before=erased.at)
            done += 1
        except NotFinished as refusal:
            left.append(Obstacle(refusal.values["what"], refusal.values["number"]))
    return done, left


def unmatched(keeper: Keeper) -> int:
    """How many lines of the list of the erased were made with another key than the house has now."""
    return of_another_key(keeper.signer, keeper.data_dir / NAME)


def sweep_after(keeper: Keeper, *, now: datetime) -> None:
    """Have the database forget the bytes; raises Busy, and then the periodic work does it."""
    sweep(keeper.database, keeper.shelf, keeper.outbox, keeper.signer, now=now)


def sweep_due(keeper: Keeper, *, now: datetime) -> None:
    """The periodic work after erasures."""
    work_due(keeper.database, keeper.shelf, keeper.outbox, keeper.signer, now=now)
