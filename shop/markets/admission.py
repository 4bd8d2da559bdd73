"""Who has been let into a market: invitations redeemed, percentages drawn, and the cookies that remember it.

The invitation cookie is signed and names the invitation and the visitor, so that seeing needs no query; a revoked
invitation is known from the markets' snapshot. Buying always looks into the database as well.
"""

from datetime import datetime
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.tokens import Signer, fresh_token, token_hash
from shop.base.web import Cookies
from shop.ground.errors import Refusal
from shop.markets.directory import Snapshot
from shop.markets.exposure_models import Admission, Invitation
from shop.markets.gate import Gate, Visitor
from shop.markets.models import Market
from shop.markets.visit import Keeps

VISITOR = "visitor"
BY_DRAW = "percentage"
REHEARSED = 0  # in place of an invitation: the cookie of a dry run, which no browser is ever handed
REMEMBERED = 180 * 86_400


class InvitationOver(Refusal):
    """The invitation is unknown, expired, revoked or used up; which of these is not told."""


class AdmissionCookies:
    """Reads and makes the two cookies: `visitor`, and one `admission-<market>` for each invitation."""

    def __init__(self, cookies: Cookies, signer: Signer) -> None:
        self._cookies = cookies
        self._signer = signer

    def keeps(self, request: Request[Any, Any, Any], market: str) -> Keeps:
        """What this request's cookies say; forged or foreign ones say nothing."""
        return self.read(request.cookies, market)

    def read(self, jar: dict[str, str], market: str) -> Keeps:
        """As `keeps`, from cookies already parted."""
        visitor = self._signer.opened(VISITOR, jar.get(self._cookies.name(VISITOR), ""))
        admission = self._signer.opened(f"admission-{market}", jar.get(self._cookies.name(f"admission-{market}"), ""))
        if admission is None:
            return Keeps(visitor or "", None)
        invitation, invited_visitor = admission
        return Keeps(visitor or invited_visitor, invitation)

    def invited(self, jar: dict[str, str], market: str, snapshot: Snapshot) -> bool:
        """Whether the cookies hold an invitation to the market that has not been revoked. Needs no query."""
        invitation = self.read(jar, market).invitation
        return invitation is not None and invitation not in snapshot.revoked

    def visitor(self, visitor: str) -> Cookie:
        """The cookie that makes a browser known again, set only when it first puts something into a cart."""
        return self._cookies.make(VISITOR, self._signer.signed(VISITOR, visitor), seconds=REMEMBERED)

    def admission(self, market: str, invitation: int, visitor: str) -> Cookie:
        """The cookie of a redeemed invitation."""
        value = self._signer.signed(f"admission-{market}", [invitation, visitor])
        return self._cookies.make(f"admission-{market}", value, seconds=REMEMBERED)


def fresh_visitor() -> str:
    """A new visitor's id: random, and nothing else is known by it."""
    return fresh_token()


def open_invitation(db: Session, token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link, while it may still be redeemed; raises InvitationOver."""
    query = select(Invitation).where(Invitation.token_hash == token_hash(token), col(Invitation.revoked_at).is_(None))
    invitation = db.exec(query.where(col(Invitation.expires_at) > now)).first()
    if invitation is None or invitation.used >= invitation.max_uses:
        raise InvitationOver
    return invitation


def redeemed_before(db: Session, token: str, visitor: str) -> Invitation | None:
    """The invitation, when this visitor has redeemed it already and it has not been revoked since."""
    known = select(Invitation).join(Admission, col(Admission.invitation) == col(Invitation.id))
    mine = known.where(Invitation.token_hash == token_hash(token), Admission.visitor == visitor)
    return db.exec(mine.where(col(Invitation.revoked_at).is_(None))).first() if visitor else None


def redeem(db: Session, token: str, visitor: str, *, now: datetime) -> Invitation:
    """Use the invitation once for this visitor; the same visitor again uses nothing more. Raises InvitationOver."""
    mine = redeemed_before(db, token, visitor)
    if mine is not None:
        return mine
    free = (col(Invitation.used) < col(Invitation.max_uses)) & col(Invitation.revoked_at).is_(None)
    take = update(Invitation).where(
        col(Invitation.token_hash) == token_hash(token), free, col(Invitation.expires_at) > now
    )
    taken = db.connection().execute(take.values(used=Invitation.used + 1).returning(col(Invitation.id))).scalar()
    if taken is None:
        raise InvitationOver
    invitation = db.get_one(Invitation, taken)
    row = {"market": invitation.market, "visitor": visitor, "via": "invite", "invitation": invitation.id, "at": now}
    admit = insert(Admission).values(row)
    # Whom the percentage let in before stays in by it, also when the invitation is revoked.
    changed = {"invitation": invitation.id}
    db.connection().execute(admit.on_conflict_do_update(index_elements=["market", "visitor"], set_=changed))
    return invitation


def visitor_for_buying(
    db: Session, market: Market, keeps: Keeps, *, staff: bool, denied: bool = False, orders: int = 0
) -> Visitor:
    """The visitor as the gate must see them before anything is sold: stored admissions, live invitations.

    A cookie of an invitation alone does not do: handed on, it would let in more than the invitation was for.
    """
    admission = db.get(Admission, (market.id, keeps.visitor)) if keeps.visitor else None
    invitation = db.get(Invitation, admission.invitation) if admission and admission.invitation else None
    return Visitor(
        id=keeps.visitor,
        staff=staff,
        invited=keeps.invitation == REHEARSED or (invitation is not None and invitation.revoked_at is None),
        admitted=admission is not None and admission.via == BY_DRAW,
        denied=denied,
        orders=orders,
    )


def keep_draw(db: Session, market: Market, visitor: str, gate: Gate, *, now: datetime) -> None:
    """Store that the percentage let this visitor in, so that a smaller percentage does not put them out again."""
    if gate.mints:
        row = {"market": market.id, "visitor": visitor, "via": BY_DRAW, "invitation": None, "at": now}
        admit = insert(Admission).values(row)  # over a row that rests on a revoked invitation
        db.connection().execute(
            admit.on_conflict_do_update(index_elements=["market", "visitor"], set_={"via": BY_DRAW})
        )
