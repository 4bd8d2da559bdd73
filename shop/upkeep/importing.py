"""Loading an exporter's whole set-up from a folder: all of it or nothing, and every mistake told at once.

The folder is the whole truth about listings, texts, prices, rates, papers and shifts; what has a life of its own is
kept: a market's state, exposure and history, passwords, and the pieces in stock of every SKU known before. A market that was ever
opened never leaves by an import. One installation has one exporter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.catalogue.models import Listing
from shop.checkout.allotment import taken_by_orders
from shop.markets.models import Exporter, Market
from shop.policies.library import PolicyLibrary
from shop.support.shifts import roster
from shop.upkeep.checking import check
from shop.upkeep.checklist_sheets import checklist_notes
from shop.upkeep.crisis_sheets import crisis_notes
from shop.upkeep.knowledge_rows import missing_answers
from shop.upkeep.laying import of_goods
from shop.upkeep.plan_sheets import plan_notes
from shop.upkeep.policy_ends import ENDS, check_ends, ends_that_hold, read_ends
from shop.upkeep.policy_files import PLACE, bringing, check_policies, policies_that_hold, read_policies
from shop.upkeep.reading import BadSetup, Complaint, Folder
from shop.upkeep.resolving import resolve
from shop.upkeep.sheets import Setup, read_setup
from shop.upkeep.storing import STORES
from shop.upkeep.turns import take_turn
from shop.upkeep.wrong import Wrong

Told = Callable[[str, int, int], None]  # what is being done, how many steps are done, of how many


class SetupOfAnother(Exception):
    """The installation belongs to another exporter, whom the message names; one installation has one."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was loaded: the exporter's name, how many rows of which file, and what is still missing."""

    exporter: str
    rows: dict[str, int]
    notes: tuple[str, ...] = ()  # what is still missing, and may be


def import_setup(
    database: Database, path: Path, policies: PolicyLibrary, *, now: datetime, told: Told = lambda *_: None
) -> Imported:
    """Load the folder in one transaction. Raises BadSetup with everything that is wrong, or SetupOfAnother."""
    setup = checked_setup(path, policies, now=now)
    policies = bringing(policies, setup)
    told("read and checked", 1, len(STORES) + 2)
    with database.writing() as db:
        take_turn(db)
        _check_exporter(db, setup)
        check_against(db, setup, policies, now=now)
        for number, (name, store) in enumerate(STORES.items(), 2):
            store(db, setup, policies, now)
            db.flush()
            told(name, number, len(STORES) + 2)
        roster.rebuild(db, now=now)
        raise_revision(db, EVERYWHERE, *map(market_scope, setup.by("markets", "id")))
    told("working hours", len(STORES) + 2, len(STORES) + 2)
    counted = {name: len(rows) for name, rows in setup.rows.items()}
    notes = (
        *missing_answers(setup),
        *crisis_notes(setup.rows),
        *plan_notes(setup["schedules"], now=now),
        *checklist_notes(setup["checklists"], setup["markets"]),
    )
    return Imported(setup.exporter["name"], counted, notes)


def checked_setup(path: Path, policies: PolicyLibrary, *, now: datetime) -> Setup:
    """The folder read and found right in itself; raises BadSetup."""
    if not path.is_dir():
        raise BadSetup([Complaint(str(path), "", Wrong(N_("is no folder")))])
    folder = Folder(path)
    setup = read_setup(folder)
    setup.rows[PLACE], setup.rows[ENDS] = read_policies(folder), read_ends(folder)
    resolve(folder, setup, now=now)
    check_policies(folder, setup, policies)
    check_ends(folder, setup, policies, now=now)
    check(folder, setup, bringing(policies, setup), now=now)
    if folder.complaints:
        raise BadSetup(sorted(folder.complaints, key=_in_reading_order))
    return setup


def _in_reading_order(complaint: Complaint) -> tuple[str, int, str]:
    line = complaint.place.removeprefix("line ")
    return complaint.file, int(line) if line.isdigit() else 0, complaint.place


def _check_exporter(db: Session, setup: Setup) -> None:
    present = db.get(Exporter, 1)
    coming = setup.exporter
    if present is not None and present.name != coming["name"] and present.legal_name != coming["legal_name"]:
        raise SetupOfAnother(present.name)


def check_against(db: Session, setup: Setup, policies: PolicyLibrary, *, now: datetime) -> None:
    """What the database holds already must be able to live with the set-up. Raises BadSetup."""
    held = policies_that_hold(db, setup, policies, now=now)
    ended = ends_that_hold(db, setup, now=now)
    wrong = [*_markets_that_cannot_go(db, setup), *_allotments_gone(db, setup), *held, *ended]
    if wrong:
        raise BadSetup(wrong)


def _markets_that_cannot_go(db: Session, setup: Setup) -> Iterator[Complaint]:
    coming = setup.by("markets", "id")
    for market in db.exec(select(Market).order_by(Market.id)).all():
        if market.id not in coming:
            yield Complaint(
                "markets.toml", market.id, Wrong(N_("is missing; a market is closed, never removed")), (market.id,)
            )
        elif market.ever_sold and coming[market.id]["currency"] != market.currency:
            stays = Wrong(N_("has sold in %(currency)s and must stay so"), currency=market.currency)
            yield Complaint("markets.toml", f"{market.id}.currency", stays, (market.id,), "currency")


def _allotments_gone(db: Session, setup: Setup) -> Iterator[Complaint]:
    """Allotments below what is held or sold of them already, also of what was not offered for a while."""
    limited = {(row["market"], row["sku"]) for row in setup["listings"] if row["allotment"] is not None}
    mine = of_goods(Listing, setup.goods)
    offers = select(Listing.market, Listing.sku, Listing.taken).where(*mine)
    here = {(market, sku): pieces for market, sku, pieces in db.exec(offers)} if limited else {}
    taken = taken_by_orders(db, limited - here.keys()) | here
    for row in setup["listings"]:
        gone = taken.get((row["market"], row["sku"]), 0)
        if row["allotment"] is not None and row["allotment"] < gone:
            given_out = Wrong(N_("held or sold of it already: %(pieces)s"), pieces=gone)
            yield Complaint(row.file, row.place, given_out, row.key, "allotment")
