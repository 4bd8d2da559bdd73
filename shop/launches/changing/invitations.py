"""Making and revoking invitations to a market. A link is shown once; only its hash is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.revisions import EVERYWHERE, market_scope, raise_revision
from shop.base.tokens import fresh_token, token_hash
from shop.ground.errors import NotFound, found
from shop.markets.exposure_models import Invitation
from shop.markets.history import note_deed
from shop.markets.models import Market

MOST_USES = 500
MOST_DAYS = 180


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh invitation and the secret of its link, which nobody can read again."""

    invitation: Invitation
    token: str

    def link(self, base_url: str) -> str:
        """The address to hand out."""
        return f"{base_url}/invite/{self.token}"


def make_invitation(
    db: Session, market_id: str, *, person: str, uses: int, days: int, note: str, now: datetime
) -> Made:
    """A new invitation to the market for `uses` visitors, valid for `days`. Raises NotFound."""
    market = found(db.get(Market, market_id))
    token = fresh_token()
    invitation = Invitation(
        market=market.id,
        token_hash=token_hash(token),
        note=note,
        person=person,
        created_at=now,
        expires_at=now + timedelta(days=days),
        max_uses=uses,
    )
    db.add(invitation)
    db.flush()
    changed = {"invitation": (None, invitation.id), "uses": (None, uses), "expires": (None, invitation.expires_at)}
    note_deed(db, market.id, "invite", person=person, now=now, reason=note, changed=changed)
    return Made(invitation, token)


def revoke_invitation(db: Session, market_id: str, invitation: int, *, now: datetime, person: str = "") -> None:
    """End an invitation: nobody redeems it again, and who came by it can no longer buy. Raises NotFound."""
    mine = update(Invitation).where(col(Invitation.id) == invitation, col(Invitation.market) == market_id)
    if db.connection().execute(mine.where(col(Invitation.revoked_at).is_(None)).values(revoked_at=now)).rowcount != 1:
        raise NotFound
    note_deed(db, market_id, "revoke", person=person, now=now, changed={"invitation": (invitation, None)})
    raise_revision(db, market_scope(market_id), EVERYWHERE)


def invitations(db: Session, market_id: str) -> list[Invitation]:
    """The market's invitations, newest first."""
    query = select(Invitation).where(Invitation.market == market_id).order_by(col(Invitation.id).desc())
    return list(db.exec(query.limit(100)).all())
