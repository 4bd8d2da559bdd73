"""What each role may do, in one table. Every door of the desk and the console names the act it needs (`opt={"act": …}`).

A person has one role in all of their markets, and may have further ones in single markets; what any of them allows in a
market is allowed there.
"""

import re
from collections.abc import Mapping

from shop.staff.models import Person, StaffRole

ALL_MARKETS = ""  # where one is named by its id
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
    "check.run": frozenset({EXPORTER}),
    "setup.see": frozenset({EXPORTER, SPECIALIST}),
    "setup.change": frozenset({EXPORTER}),
    "setup.advise": frozenset({EXPORTER, SPECIALIST}),
    "shop.preview": frozenset({EXPORTER, SPECIALIST}),
    "people.change": frozenset({EXPORTER}),
    "personal.handle": frozenset({EXPORTER}),
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
    "personal.handle": "",
    "token.manage": "",
    "webhook.manage": "",
    "policy.publish": "",
}


# What of the set-up asks again likewise, once customers may be in a market that it is about: the file, and which of its
# columns (all, when none is named). Never texts, pictures, pieces or hours, and never to take something out of sale. Other
# doors to the same rows (the roster's) ask for the same columns.
SENSITIVE_SHEETS: dict[str, frozenset[str]] = {
    "exporter.toml": frozenset(),
    "responsible_people.csv": frozenset(),
    "people.csv": frozenset(),
    "agents.toml": frozenset({"person", "markets"}),
    "minimums.csv": frozenset(),
    "tax.csv": frozenset(),
    "listings.csv": frozenset({"sku", "price", "reduced_since"}),
    "shipping.csv": frozenset({"price", "free_from"}),
    "markets.toml": frozenset(
        "currency tax_display tax_label price_step business_number prepayment_percent payment_methods".split()
    ),
}
# Whose rows ask again when they go, too: customers would be left without an answer.
ASKED_TO_GO = frozenset({"agents.toml"})
# The acts of the doors where it depends on what is touched.
MAY_TOUCH_THEM = frozenset({"setup.change", "setup.advise"})


def is_sensitive(act: str, path: str) -> bool:
    """Whether the door of this act at this address asks again who it is before anything is changed."""
    return act in SENSITIVE and re.search(SENSITIVE[act], path) is not None


def is_sensitive_cell(file: str, column: str, *, goes: bool) -> bool:
    """Whether a change of this column asks again who it is; `goes` is of a row that is taken away."""
    columns = SENSITIVE_SHEETS.get(file)
    if columns is None:
        return False
    if goes:
        return not columns or file in ASKED_TO_GO
    return not columns or column in columns or column == "market"


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
    return {each.market: each.role for each in person.further}


def give_further_roles(person: Person, roles: Mapping[str, str]) -> None:
    """Let these be the roles, by market, that the person has besides their own; they count as soon as this is kept."""
    person.further = [StaffRole(person=person.id, market=market, role=role) for market, role in sorted(roles.items())]


def as_written(roles: Mapping[str, str]) -> str:
    """Roles in single markets as a file and the history have them: `ch:agent nz:exporter`."""
    return " ".join(f"{market}:{role}" for market, role in sorted(roles.items()))


def as_read(written: str) -> dict[str, str]:
    """The roles by market that were written like this."""
    return {market: role for market, _, role in (each.partition(":") for each in written.split())}
