"""What each role may do, in one table. Every door of the desk and the console names the act it needs (`opt={"act": …}`).

A person has one role in all of their markets, and may have further ones in single markets; what any of them allows in a
market is allowed there.
"""

import re

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
    "document.see": frozenset({EXPORTER, SPECIALIST}),
    "document.print": frozenset({EXPORTER}),
    "document.read": frozenset({EXPORTER, AGENT, PARTNER}),
    "market.change": frozenset({EXPORTER}),
    "change.approve": frozenset({EXPORTER, SPECIALIST}),
    "lesson.write": frozenset({EXPORTER, SPECIALIST}),
    "invitation.make": frozenset({EXPORTER}),
    "sale.stop": frozenset({EXPORTER}),
    "customer.deny": frozenset({EXPORTER}),
    "policy.see": frozenset({EXPORTER, SPECIALIST}),
    "policy.sign": frozenset({SPECIALIST}),
    "policy.write": frozenset({EXPORTER, SPECIALIST}),
    "policy.publish": frozenset({EXPORTER}),
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
    "setup.see": frozenset({EXPORTER, SPECIALIST}),
    "setup.change": frozenset({EXPORTER}),
    "setup.advise": frozenset({EXPORTER, SPECIALIST}),
    "shop.preview": frozenset({EXPORTER, SPECIALIST}),
    "people.change": frozenset({EXPORTER}),
    "token.manage": frozenset({EXPORTER, SPECIALIST, PARTNER}),
    "webhook.manage": frozenset({EXPORTER}),
}

# Acts that ask again who it is when that was shown long ago: the act, and which addresses of its doors (all, when empty).
# Never to pause, to stop a sale, to open an incident or to answer a customer: nobody looks for a password then.
SENSITIVE: dict[str, str] = {
    "account": r"/(second-factor/start|second-factor/removal|recovery-codes)$",
    "people.change": "",
    "market.change": r"/(launch|open|opening|resume|resumption|exposure|second-person|waivers|undo|schedules)$",
    "change.approve": r"/(approval|agreement)$",
    "token.manage": "",
    "webhook.manage": "",
    "policy.publish": "",
}


def is_sensitive(act: str, path: str) -> bool:
    """Whether the door of this act at this address asks again who it is before anything is changed."""
    return act in SENSITIVE and re.search(SENSITIVE[act], path) is not None


def may(role: str, act: str) -> bool:
    """Whether a person of this role may do the act at all (for which markets is the person's own limit)."""
    return role in MATRIX[act]


def may_somewhere(person: Person, act: str) -> bool:
    """Whether one of the person's roles allows the act, in whichever market; nothing is allowed to who is deactivated."""
    return not person.deactivated and any(may(role, act) for role in {person.role, *further_roles(person).values()})


def works_for(person: Person, market: str, act: str = "") -> bool:
    """Whether the market is one of this person's; with an act, whether a role that they have there allows it.

    No list means all markets, and only such a person works for them all (empty). Who is deactivated works for none.
    """
    return any(not act or may(role, act) for role in roles_at(person, market))


def roles_at(person: Person, market: str) -> frozenset[str]:
    """The roles the person has in the market (empty: in all markets); none when they are deactivated."""
    if person.deactivated:
        return frozenset()
    own = {person.role} if not person.markets or market in person.markets.split() else set()
    also = further_roles(person).get(market)
    return frozenset(own | {also} if also else own)


def role_at(person: Person, market: str) -> str:
    """The one of their roles in the market that allows most; what they are elsewhere, where they have none there."""
    there = roles_at(person, market)
    return next((role for role in ROLES if role in there), person.role)


def markets_for(person: Person, act: str) -> frozenset[str]:
    """The markets in which they may do the act; none named means all, for who may do it nowhere is not asked here."""
    own = may(person.role, act)
    if own and not person.markets:
        return frozenset()
    also = {market for market, role in further_roles(person).items() if may(role, act)}
    return frozenset(also.union(person.markets.split()) if own else also)


def further_roles(person: Person) -> dict[str, str]:
    """The roles that the person has besides their own, by market."""
    return dict(each.partition(":")[::2] for each in person.roles.split())
