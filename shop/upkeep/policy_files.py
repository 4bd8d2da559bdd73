"""A set-up's own policies: `policies/<market>/<kind>/<day>/rules.toml` and `<lang>.md`, as versions beside the software's.

They only ever add: what is in force or accepted stays as it is, and what a set-up does not name stays too. A day with
nothing but an `ended.toml` is the end of a kind (policy_ends.py).
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.ground.instants import as_day, local
from shop.markets.models import Market
from shop.policies.keys import KINDS
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.models import Acceptance, PolicyEnd, WrittenPolicy
from shop.policies.placeholders import text_faults
from shop.policies.rule_checks import check_rules
from shop.policies.written import ENDED, remove, write
from shop.upkeep.minimum_sheets import minimums_of
from shop.upkeep.reading import Complaint, Folder, Row
from shop.upkeep.sheets import Setup
from shop.upkeep.wrong import Wrong, shown

PLACE = "policies"
NOT_TAKEN = N_("is not taken from a set-up: it belongs to the software, which knows the law and when kinds end")


def read_policies(folder: Folder) -> list[Row]:
    """The versions that the set-up brings, each a row of `version` and `rules` (the text of its rules.toml)."""
    return [row for market in folder.files.names(PLACE) for row in _of_market(folder, market)]


def bringing(policies: PolicyLibrary, setup: Setup) -> PolicyLibrary:
    """The library as it will be with what the set-up brings."""
    versions = (row["version"] for row in setup.rows.get(PLACE, []))
    return policies.including(versions, minimums_of(setup["minimums"]))


def check_policies(folder: Folder, setup: Setup, policies: PolicyLibrary) -> None:
    """Hold what is brought to the same rules as the software's own; what is wrong is noted on the folder."""
    markets, both = setup.by("markets", "id"), bringing(policies, setup)
    for row in setup.rows.get(PLACE, []):
        version: PolicyVersion = row["version"]
        for name, what in _wrong(version, both):
            folder.complain_of(f"{row.file}/{name}", what)
        if version.market not in markets:
            folder.complain_of(row.file, Wrong(N_("is of a market that this set-up does not have")))
        ending = policies.ending(version.market, version.kind)
        if ending is not None and version.effective >= ending.on:
            folder.complain_of(row.file, Wrong(N_("is of a kind that has ended by then")))
        versions = both.versions(version.market, version.kind)
        place = [each.name for each in versions].index(version.name)
        if place and (lost := versions[place - 1].texts.keys() - version.texts.keys()):
            said = N_("lacks a language that the version before it had: %(languages)s")
            folder.complain_of(row.file, Wrong(said, languages=", ".join(sorted(lost))))
        own = policies.in_folder(version.market, version.kind, version.name)
        if own is not None and own.hash != version.hash:
            folder.complain_of(row.file, Wrong(N_("is not as the software's own folder of policies has it")))


def policies_that_hold(db: Session, setup: Setup, policies: PolicyLibrary, *, now: datetime) -> Iterator[Complaint]:
    """What is brought otherwise than it is in force or was accepted, or anew for a day that a market has behind it."""
    zones = {row["id"]: row["zone"] for row in setup["markets"]}
    for row in setup.rows.get(PLACE, []):
        version: PolicyVersion = row["version"]
        known = db.get(WrittenPolicy, (version.market, version.kind, version.name))
        if known is None and db.get(PolicyEnd, (version.market, version.kind, version.effective)) is not None:
            yield Complaint(row.file, "", Wrong(N_("is of a kind that has ended by then")))
        begun = version.effective <= local(now, zones[version.market]).date()
        if known is None:
            market = db.get(Market, version.market)
            own = policies.in_folder(version.market, version.kind, version.name)
            if own is None and begun and market is not None and market.ever_sold:
                yield Complaint(row.file, "", Wrong(N_("would be in force already, in a market that has sold")))
            continue
        if known.hash == version.hash:
            continue
        accepted = select(Acceptance.id).where(
            Acceptance.market == version.market, Acceptance.kind == version.kind, col(Acceptance.hash) == known.hash
        )
        if begun or db.exec(accepted.limit(1)).first() is not None:
            yield Complaint(row.file, "", Wrong(N_("is in force or accepted otherwise, and can never change")))


def store_policies(db: Session, setup: Setup, policies: PolicyLibrary, now: datetime) -> None:
    """Keep what is new; a version that the software's folder or the database has already stays as it is there."""
    for row in setup.rows.get(PLACE, []):
        version: PolicyVersion = row["version"]
        if policies.in_folder(version.market, version.kind, version.name) is not None:
            continue
        known = db.get(WrittenPolicy, (version.market, version.kind, version.name))
        if known is not None and known.hash == version.hash:
            continue
        if known is not None:
            db.expunge(known)
            remove(db, version.market, version.kind, version.name)
        write(db, version, person="", now=now, rules=row["rules"])


def _of_market(folder: Folder, market: str) -> Iterator[Row]:
    inside = f"{PLACE}/{market}"
    for kind in folder.files.names(inside):
        if kind not in KINDS:
            folder.complain_of(f"{inside}/{kind}", Wrong(NOT_TAKEN))
            continue
        for day in folder.files.names(f"{inside}/{kind}"):
            if (row := _version(folder, market, kind, day)) is not None:
                yield row


def _version(folder: Folder, market: str, kind: str, day: str) -> Row | None:
    place = f"{PLACE}/{market}/{kind}/{day}"
    effective = as_day(day)
    if effective is None:
        folder.complain_of(place, Wrong(NOT_TAKEN))
        return None
    names = folder.files.names(place)
    if names == [ENDED]:
        return None
    texts = {each.removesuffix(".md"): _text(folder, f"{place}/{each}") for each in names if each.endswith(".md")}
    rules = _text(folder, f"{place}/rules.toml")
    for each in names:
        if not each.endswith(".md") and each != "rules.toml":
            folder.complain_of(f"{place}/{each}", Wrong(N_("is no file of a set-up")))
    read = _toml(folder, f"{place}/rules.toml", rules) if rules else None
    if read is None or not texts or not all(texts.values()):
        if not texts:
            folder.complain_of(place, Wrong(N_("has no text in any language")))
        return None
    version = PolicyVersion(market, kind, effective, read, texts)
    return Row(place, "", {"version": version, "rules": rules}, (market, kind, day))


def _text(folder: Folder, name: str) -> str:
    """The file's text; empty when it cannot be read, which is noted."""
    try:
        text = folder.files.read(name).decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        folder.complain_of(name, Wrong(N_("is missing")))
        return ""
    except (OSError, UnicodeDecodeError) as error:
        folder.complain_of(name, Wrong(N_("cannot be read: %(error)s"), error=shown(str(error))))
        return ""
    if not text.strip() or "\0" in text:
        folder.complain_of(name, Wrong(N_("is empty")))
        return ""
    return text


def _toml(folder: Folder, name: str, text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        folder.complain_of(name, Wrong(N_("cannot be read: %(error)s"), error=shown(str(error))))
        return None


def _wrong(version: PolicyVersion, policies: PolicyLibrary) -> Iterator[tuple[str, Wrong]]:
    """What is wrong with it; worse than the law it is only by the software's minimum and by the one written down.

    For a version may be older than either; what is in force is held against the present minimum by the market's gate.
    """
    kept, told = (
        {(fault.key, fault.message, fault.shown): fault for fault in check_rules(
            version.rules, kind=version.kind, market=version.market, day=version.effective, minimum=minimum
        )}
        for minimum in (library.get(version.market, {}) for library in (policies.folder_minimums, policies.minimums))
    )  # fmt: skip
    for fault in (each for key, each in told.items() if key in kept):
        yield "rules.toml", Wrong(N_("%(key)s: %(says)s"), key=fault.key, says=Wrong(fault.message, **fault.values))
    for language, text in version.texts.items():
        for fault in text_faults(text, version.rules, language):
            yield f"{language}.md", Wrong(fault.message, **fault.values)
