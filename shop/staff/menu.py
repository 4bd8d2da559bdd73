"""The menus of desk and console: a few entries and groups in one row, each shown to those who may go there."""

from dataclasses import dataclass
from typing import Any

from shop.base.i18n import N_, NP_
from shop.staff.arrival import Staff


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the menu leads to, and the act of whoever may see it; `everywhere`: only who may do it in all markets."""

    act: str
    url: str
    label: str
    everywhere: bool = False

    def shown_to(self, staff: Staff) -> bool:
        """Whether this person may go there."""
        return staff.may(self.act, "" if self.everywhere else None)


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one word; who may see only one of them sees that instead."""

    label: str
    entries: tuple[Entry, ...]


DESK_MENU: tuple[Entry | Group, ...] = (
    Entry("queue.see", "/desk", N_("Queue")),
    Entry("queue.see", "/desk/referrals", N_("Referrals")),
    Entry("order.see", "/desk/orders", N_("Orders")),
    Entry("case.see", "/desk/cases", N_("Cases")),
    Entry("incident.see", "/desk/incidents", N_("Incidents")),
    Group(
        NP_("menu", "My work"),
        (
            Entry("week.see", "/desk/week", N_("My weeks")),
            Entry("sop.fill", "/desk/sops", N_("Checklists")),
            Entry("training.sign", "/desk/training", N_("Training")),
            Entry("document.read", "/desk/documents", N_("Documents")),
            Entry("token.manage", "/console/tokens", N_("API")),
        ),
    ),
    Entry("board.see", "/console", N_("Markets")),
)
CONSOLE_MENU: tuple[Entry | Group, ...] = (
    Group(
        N_("Markets"),
        (
            Entry("board.see", "/console", N_("All markets")),
            Entry("coverage.see", "/console/coverage", N_("Coverage")),
            Entry("audit.see", "/console/audit", NP_("of markets", "History")),
        ),
    ),
    Group(
        N_("Workshop"),
        (
            Entry("setup.see", "/console/workshop", NP_("menu", "Everything set up")),
            Entry("setup.see", "/console/catalogue", N_("Catalogue")),
            Entry("policy.see", "/console/policies", N_("Policies")),
            Entry("token.manage", "/console/tokens", N_("API")),
            Entry("webhook.manage", "/console/webhooks", N_("Webhooks")),
            Entry("check.run", "/console/check", NP_("menu", "Check"), everywhere=True),
        ),
    ),
    Group(
        NP_("menu", "Orders and cases"),
        (
            Entry("order.see", "/desk/orders", N_("Orders")),
            Entry("case.see", "/desk/cases", N_("Cases")),
            Entry("recall.see", "/console/recalls", N_("Recalls")),
            Entry("incident.see", "/desk/incidents", N_("Incidents")),
            Entry("personal.handle", "/console/personal-data", N_("Personal data"), everywhere=True),
        ),
    ),
    Group(
        NP_("menu", "Support"),
        (
            Entry("queue.see", "/desk", N_("Queue")),
            Entry("knowledge.see", "/console/knowledge", N_("Knowledge")),
            Entry("mail.see", "/console/mail", N_("Mail"), everywhere=True),
        ),
    ),
    Group(
        NP_("menu", "Team"),
        (
            Entry("roster.see", "/console/roster", N_("Roster")),
            Entry("people.change", "/console/people", NP_("who signs in", "People"), everywhere=True),
        ),
    ),
)


def menu_of(staff: Staff, menu: tuple[Entry | Group, ...], *, current: str) -> list[dict[str, Any]]:
    """The menu as a layout draws it; a group has `entries` and is `current` where the page stands under one of them."""
    drawn = [_drawn(each, staff, current) for each in menu]
    return [each for each in drawn if each]


def places_of(staff: Staff, menu: tuple[Entry | Group, ...]) -> frozenset[str]:
    """Where the menu leads this person."""
    return frozenset(each.url for each in _entries(menu) if each.shown_to(staff))


def home_of(staff: Staff, menu: tuple[Entry | Group, ...]) -> str:
    """Where the menu begins for this person, or their account where it has nothing for them."""
    return next((each.url for each in _entries(menu) if each.shown_to(staff)), "/desk/account")


def _entries(menu: tuple[Entry | Group, ...]) -> list[Entry]:
    return [one for each in menu for one in (each.entries if isinstance(each, Group) else (each,))]


def _drawn(each: Entry | Group, staff: Staff, current: str) -> dict[str, Any] | None:
    say = staff.tongue.say
    if isinstance(each, Entry):
        here = {"label": say(each.label), "url": each.url, "current": each.url == current, "entries": []}
        return here if each.shown_to(staff) else None
    entries = [drawn for one in each.entries if (drawn := _drawn(one, staff, current))]
    if len(entries) < 2:
        return entries[0] if entries else None
    return {"label": say(each.label), "entries": entries, "current": any(one["current"] for one in entries)}
