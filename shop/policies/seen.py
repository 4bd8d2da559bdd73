"""What a customer has seen or agreed to before: told apart from what is in force now, so that only news is asked for."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from shop.ground.errors import NotFound
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.models import Acceptance

Newer = tuple[PolicyVersion | None, PolicyVersion]  # what its reader was shown, if known; what is in force

_KEPT = 16  # letters of a version's hash: enough to tell two texts apart, and the form stays short


def seen_mark(versions: Iterable[PolicyVersion]) -> str:
    """What a form carries to say which versions its reader was shown: `returns=2026-10-01.1a2b… terms=…`."""
    return " ".join(f"{each.kind}={each.name}.{each.hash[:_KEPT]}" for each in versions)


def not_seen(mark: str, versions: Sequence[PolicyVersion], library: PolicyLibrary) -> list[Newer]:
    """The versions that a form's mark does not name, each with the one it names instead, if there is such a one."""
    named = dict(each.split("=", 1) for each in mark[:1000].split() if "=" in each)
    fresh = [each for each in versions if named.get(each.kind) != f"{each.name}.{each.hash[:_KEPT]}"]
    return [(_of_name(library, each, named.get(each.kind, "")), each) for each in fresh]


def _of_name(library: PolicyLibrary, version: PolicyVersion, named: str) -> PolicyVersion | None:
    try:
        return library.version(version.market, version.kind, named.partition(".")[0])
    except NotFound:
        return None


def agreed_before(
    db: Session, orders: Sequence[str], versions: Sequence[PolicyVersion], language: str
) -> tuple[str, datetime] | None:
    """The newest of these orders that accepted exactly these versions in this language, and when; None when none did."""
    wanted = {each.hash for each in versions}
    if not orders or not wanted:
        return None
    query = select(Acceptance).where(col(Acceptance.order_number).in_(orders), col(Acceptance.hash).in_(wanted))
    found: dict[str, dict[str, datetime]] = {}
    for each in db.exec(query.where(Acceptance.language == language)).all():
        found.setdefault(each.order_number, {})[each.hash] = each.at
    whole = [(max(at.values()), order) for order, at in found.items() if at.keys() == wanted]
    return (max(whole)[1], max(whole)[0]) if whole else None
