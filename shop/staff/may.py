"""What each role may do, in one table. Every door of the desk and the console names the act it needs (`opt={"act": …}`)."""

from shop.staff.models import Person

EXPORTER, SPECIALIST, AGENT, PARTNER = ROLES = ("exporter", "specialist", "agent", "partner")

MATRIX: dict[str, frozenset[str]] = {
    "account": frozenset(ROLES),
    "queue.see": frozenset({EXPORTER, AGENT, PARTNER}),
    "request.answer": frozenset({EXPORTER, AGENT, PARTNER}),
    "referral.answer": frozenset({EXPORTER}),
    "training.sign": frozenset({PARTNER}),
    "week.see": frozenset({AGENT, PARTNER}),
    "sop.fill": frozenset({EXPORTER, AGENT, PARTNER}),
    "knowledge.see": frozenset({EXPORTER, SPECIALIST}),
    "knowledge.change": frozenset({EXPORTER}),
    "order.see": frozenset({EXPORTER, SPECIALIST, PARTNER}),
    "order.dispatch": frozenset({EXPORTER, PARTNER}),
    "board.see": frozenset({EXPORTER, SPECIALIST}),
    "coverage.see": frozenset({EXPORTER, SPECIALIST}),
    "roster.see": frozenset({EXPORTER, SPECIALIST}),
    "roster.change": frozenset({EXPORTER}),
    "audit.see": frozenset({EXPORTER, SPECIALIST}),
    "market.change": frozenset({EXPORTER}),
    "change.approve": frozenset({EXPORTER, SPECIALIST}),
    "lesson.write": frozenset({EXPORTER, SPECIALIST}),
    "invitation.make": frozenset({EXPORTER}),
    "sale.stop": frozenset({EXPORTER}),
    "customer.deny": frozenset({EXPORTER}),
    "policy.see": frozenset({EXPORTER, SPECIALIST}),
    "policy.sign": frozenset({SPECIALIST}),
    "case.see": frozenset(ROLES),
    "case.decide": frozenset({EXPORTER, PARTNER}),
    "case.reckon": frozenset({EXPORTER}),
    "recall.see": frozenset({EXPORTER, SPECIALIST}),
    "recall.open": frozenset({EXPORTER}),
    "incident.see": frozenset(ROLES),
    "incident.open": frozenset(ROLES),
    "incident.act": frozenset({EXPORTER, SPECIALIST, AGENT}),
    "crisis.see": frozenset({EXPORTER, SPECIALIST, AGENT}),
    "crisis.change": frozenset({EXPORTER}),
    "mail.see": frozenset({EXPORTER}),
    "research.write": frozenset({EXPORTER, SPECIALIST}),
    "research.sign": frozenset({EXPORTER, SPECIALIST}),
    "shop.preview": frozenset({EXPORTER, SPECIALIST}),
}


def may(role: str, act: str) -> bool:
    """Whether a person of this role may do the act at all (for which markets is the person's own limit)."""
    return role in MATRIX[act]


def works_for(person: Person, market: str) -> bool:
    """Whether the market is one of this person's; no list means all, and only such a person works for them all (empty)."""
    return not person.markets or market in person.markets.split()
