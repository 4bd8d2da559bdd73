"""A named person's word against the scorecard: given with a reason, kept for ever, and shown for as long as it stands."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from shop.ground.errors import Refusal
from shop.scorecard.models import Override

GO, HOLD, STOP = DECISIONS = ("GO", "HOLD", "STOP")


class NothingToOverride(Refusal):
    """The scorecard recommends just that, or the word is none of GO, HOLD and STOP."""


def override(
    db: Session,
    market: str,
    *,
    recommended: str,
    reasons: list[str],
    decided: str,
    person: str,
    reason: str,
    now: datetime,
) -> Override:
    """Keep the word of `person` (an id) that `decided` holds although the scorecard `recommended` otherwise.

    Raises NothingToOverride. The reason must not be empty; whoever asks sees to that.
    """
    if decided not in DECISIONS or decided == recommended:
        raise NothingToOverride(decided=decided)
    given = Override(
        market=market,
        recommended=recommended,
        decided=decided,
        reasons="\n".join(reasons),
        person=person,
        reason=reason.strip(),
        at=now,
    )
    db.add(given)
    db.flush()
    return given


def standing(latest: Override | None, *, recommended: str, since: datetime | None) -> Override | None:
    """The override if it still stands: given in this epoch, and against what is recommended now.

    What was said against a HOLD says nothing against a STOP.
    """
    if latest is None or since is None or latest.at < since or latest.recommended != recommended:
        return None
    return latest


def latest_overrides(db: Session, markets: Mapping[str, object] | list[str]) -> dict[str, Override]:
    """The last override of each of these markets that has one; one query."""
    query = select(Override).where(col(Override.market).in_(list(markets))).order_by(col(Override.id))
    return {each.market: each for each in db.exec(query).all()}


def overrides(db: Session, market: str) -> list[Override]:
    """All words given against the market's scorecard, the latest first."""
    query = select(Override).where(Override.market == market).order_by(col(Override.id).desc())
    return list(db.exec(query).all())
