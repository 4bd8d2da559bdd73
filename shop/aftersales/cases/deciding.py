"""What the desk may do with a case as it stands, and what it may not refuse. Pure.

A statutory withdrawal in time is never refused (Directive 2011/83/EU art. 9(1)); whatever goes beyond what a customer is
entitled to is goodwill, with a name, a reason and a cost.
"""

from dataclasses import dataclass

from shop.base.i18n import NP_
from shop.ground.errors import Refusal

MONEY = ("refund", "price_reduction", "damages")
REMEDIES = {
    "refund": NP_("remedy", "Money back"),
    "price_reduction": NP_("remedy", "Lower price"),
    "repair": NP_("remedy", "Repair"),
    "replacement": NP_("remedy", "Replacement"),
    "damages": NP_("remedy", "Compensation"),
}
BY_DOOR = {
    "withdrawal": ("refund",),
    "return": ("refund",),
    "exchange": ("replacement", "refund"),
    "claim": ("repair", "replacement", "price_reduction", "refund", "damages"),
}
ENTITLED = ("in_time", "legal", "commercial")  # standings of the doors' verdicts that give the customer a right
SENT_BACK = ("withdrawal", "return")  # doors where goods come back for money


class CaseMoved(Refusal):
    """The case is not in a state in which this can be done; `now_is` says in words how it stands."""


class MustBeAccepted(Refusal):
    """It cannot be refused: a withdrawal in time, by law, or what the accepted rules let be cancelled until it leaves.

    `article` is what it rests on; `cancels` says that it is the second.
    """


class CaseStillOwes(Refusal):
    """The case cannot be closed while money is still to be given back; `left` is how much (a Money)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a case when the desk decides what to do with it."""

    state: str
    door: str
    decision: str = ""
    remedy: str = ""
    verdict: str = ""
    matched: bool = True  # with an order
    pieces: int = 1  # it is about
    back: int = 0  # pieces that have come back
    kept: int = 0  # pieces that were given up before they left
    left_the_house: bool = True  # any of it
    sent_back: bool = False
    bounced: bool = False  # the money last given back was refused by the payment service
    cancels: bool = False  # what had not been sent when it was filed, by the rules accepted with the order
    informed: bool = True  # the customer accepted the rules it rests on
    reimburse: int = 0
    reimbursed: bool = False

    @property
    def entitled(self) -> frozenset[str]:
        """SKUs for which the customer is entitled to it, as noted when it was filed; "*" for all."""
        return _entitled(self.verdict)

    @property
    def beyond(self) -> bool:
        """Whether only goodwill is left: somebody looked at it, and the customer is entitled to nothing."""
        return bool(self.verdict) and not self.entitled

    @property
    def must_be_accepted(self) -> bool:
        """Whether the law, or what was promised, leaves nobody a choice."""
        binding = self.door == "withdrawal" or (self.cancels and not self.left_the_house)
        return binding and bool(self.entitled)


def possible(it: Standing) -> frozenset[str]:
    """What can be done with the case now."""
    known, fresh = it.matched and it.pieces > 0, it.state == "received"
    accepted, coming = it.state in ("accepted", "goods_back"), it.state in ("received", "accepted")
    acts = {
        "match": fresh and not it.matched,
        "pieces": fresh and it.matched and not it.pieces,
        "accept": fresh and known and not it.beyond,
        "refuse": fresh and not it.must_be_accepted,
        "goodwill": it.state in ("received", "refused") and known and not (fresh and it.must_be_accepted),
        "sending": coming and not it.sent_back and it.matched and it.left_the_house,
        "receive": coming and known and it.left_the_house and it.back + it.kept < it.pieces,
        "deduct": accepted and it.door in SENT_BACK and it.back > 0 and it.informed,
        "refund": (accepted or (it.state == "done" and it.bounced)) and it.remedy in MONEY and known,
        "replace": accepted and it.remedy not in MONEY,
        "close": accepted,
        "bear": it.matched and not it.reimbursed and it.state != "taken_back",
        "reimburse": it.reimburse > 0 and not it.reimbursed,
    }
    return frozenset(act for act, can in acts.items() if can)


def after_goods(it: Standing, *, complete: bool) -> str:
    """The state once goods have come in: they end the waiting only where somebody has accepted the case."""
    return "goods_back" if complete and it.state == "accepted" else it.state


def _entitled(verdict: str) -> frozenset[str]:
    if verdict in ENTITLED:
        return frozenset({"*"})
    parted = (each.partition("=") for each in verdict.split())
    return frozenset(sku for sku, _, standing in parted if standing in ENTITLED)
