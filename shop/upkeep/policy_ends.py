"""The ends of kinds of policies that a set-up brings: `policies/<market>/<kind>/<day>/ended.toml`, which says why.

They only ever add: an end that is known stays as it is, and so does one that the set-up does not name.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from shop.base.i18n import N_
from shop.ground.instants import local
from shop.markets.models import Market
from shop.policies.ending import obstacle, write_end
from shop.policies.library import PolicyLibrary
from shop.policies.models import PolicyEnd
from shop.policies.written import ENDED
from shop.upkeep.policy_files import PLACE, bringing
from shop.upkeep.reading import Complaint, Folder, Row
from shop.upkeep.sheets import Setup
from shop.upkeep.wrong import Wrong, shown

ENDS = "policy ends"


def read_ends(folder: Folder) -> list[Row]:
    """The ends that the set-up brings, each a row of `day` and `reason`, by market and kind."""
    return [
        row
        for market in folder.files.names(PLACE)
        for kind in folder.files.names(f"{PLACE}/{market}")
        for day in folder.files.names(f"{PLACE}/{market}/{kind}")
        if (row := _end(folder, market, kind, day)) is not None
    ]


def check_ends(folder: Folder, setup: Setup, policies: PolicyLibrary, *, now: datetime) -> None:
    """Hold the ends to the rule by which the console lets a kind end; what is wrong is noted on the folder.

    One whose day has come is not held to a law that was written down since: its market's gates say what the law asks.
    """
    both, markets = bringing(policies, setup), setup.by("markets", "id")
    for row in setup.rows.get(ENDS, []):
        market, kind, _day = row.key
        if market not in markets:
            folder.complain_of(row.file, Wrong(N_("is of a market that this set-up does not have")))
        elif row["day"] not in policies.ends(market, kind) and (why := obstacle(both, market, kind, row["day"])):
            if why.rules and row["day"] <= local(now, markets[market].get("zone") or "UTC").date():
                continue
            folder.complain_of(row.file, Wrong(why.message, **why.values))


def ends_that_hold(db: Session, setup: Setup, *, now: datetime) -> Iterator[Complaint]:
    """The ends that are new for a day which a market that has sold has behind it."""
    for row in setup.rows.get(ENDS, []):
        market = db.get(Market, row.key[0])
        if market is None or not market.ever_sold or row["day"] > local(now, market.zone).date():
            continue
        if db.get(PolicyEnd, (*row.key[:2], row["day"])) is None:
            yield Complaint(row.file, "", Wrong(N_("would be in force already, in a market that has sold")))


def store_ends(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    """Keep what is new."""
    for row in setup.rows.get(ENDS, []):
        market, kind, _day = row.key
        if db.get(PolicyEnd, (market, kind, row["day"])) is None:
            write_end(db, PolicyEnd(market=market, kind=kind, day=row["day"], reason=row["reason"], at=now))


def _end(folder: Folder, market: str, kind: str, day: str) -> Row | None:
    file = f"{PLACE}/{market}/{kind}/{day}/{ENDED}"
    if not folder.files.has(file) or not (told := _told(folder, file)):
        return None
    try:
        cells = {"day": date.fromisoformat(day), "reason": told["reason"].strip()}
    except ValueError:
        return None  # the reader of versions has said so
    return Row(file, "", cells, (market, kind, day))


def _told(folder: Folder, file: str) -> dict[str, Any] | None:
    """What the file says; None when it cannot be read or does not say why, which is noted."""
    try:
        told = tomllib.loads(folder.files.read(file).decode())
    except (OSError, ValueError) as error:
        folder.complain_of(file, Wrong(N_("cannot be read: %(error)s"), error=shown(str(error))))
        return None
    if told.keys() != {"reason"} or not isinstance(told["reason"], str) or not told["reason"].strip():
        folder.complain_of(file, Wrong(N_("must say `reason`, and nothing else")))
        return None
    return told
