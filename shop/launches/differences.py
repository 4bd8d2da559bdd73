"""What a change of a market would make different for customers, told before it is taken: seeing, buying, prices, mails.

Decided by the gate itself on the market as it is and as it would be; only what differs is told as a difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.base.i18n import N_, NN_, Tongue
from shop.catalogue.models import Listing, WaitingListEntry
from shop.checkout.closed_words import gate_sentence
from shop.ground.errors import NotFound
from shop.ground.money import Money
from shop.launches.places_taken import Taken, exposure_words
from shop.markets.calendar import day_in
from shop.markets.directory import facts_of
from shop.markets.gate import SELLING, Visitor, may_buy, seeing
from shop.markets.models import Market, StopSale
from shop.policies.comparing import KIND_NAMES
from shop.policies.library import PolicyLibrary

SEES = {
    "page": N_("the catalogue"),
    "notice": N_("a notice that nothing is sold here any more"),
    "holding": N_("one page that says nothing is sold at the moment"),
    "nothing": N_("nothing, as if there were no such market"),
}
PAGES = (N_("Who comes by chance sees"), N_("Who is invited sees"))
YES, NO = N_("yes"), N_("no")
CAN = N_("can buy")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that customers would find different: what it was, and what it would be."""

    label: str
    before: str
    after: str


def differences(db: Session, before: Market, after: Market, *, taken: Taken, tongue: Tongue) -> list[Difference]:
    """What would differ between the market as it is and as it would be."""
    stops = db.exec(select(StopSale).where(col(StopSale.lifted_at).is_(None))).all()
    told = [
        dict(_told(market, [each for each in stops if each.market in ("", market.id)], taken, tongue))
        for market in (before, after)
    ]
    return [
        Difference(tongue.say(label), was, told[1][label]) for label, was in told[0].items() if was != told[1][label]
    ]


def _told(market: Market, stops: list[StopSale], taken: Taken, tongue: Tongue) -> Iterator[tuple[str, str]]:
    facts = facts_of(
        market, stops, orders_used=taken.orders, orders_today=taken.today, value_used=taken.value,
        capacity_left=taken.orders_left,
    )  # fmt: skip
    seen = seeing(facts, Visitor())
    invited = seeing(facts, Visitor(invited=True))
    yield PAGES[0], tongue.say(SEES[seen.what])
    yield PAGES[1], tongue.say(SEES[invited.what])
    for label, visitor in (
        (N_("Who comes by chance"), Visitor()),
        (N_("Who is invited"), Visitor(invited=True)),
        (N_("Who was let in by the percentage"), Visitor(admitted=True)),
    ):
        gate = may_buy(facts, visitor)
        yield label, tongue.say(CAN if gate.open else gate_sentence(gate.reason))
    yield N_("Named in the list of countries"), tongue.say(YES if seen.chooser else NO)
    yield N_("Found by search engines"), tongue.say(YES if seen.listed else NO)
    yield N_("Who may buy, and how much"), " · ".join(exposure_words(market, taken, tongue))


def stays(
    db: Session, market: Market, after: Market, *, policies: PolicyLibrary, tongue: Tongue, now: datetime
) -> list[str]:
    """Prices and policies, which no step changes: what customers read then, in a sentence each."""
    if after.state not in (*SELLING, "paused"):
        return [tongue.say(N_("Orders keep the prices and policies that were accepted with them."))]
    on_sale = select(func.count(), func.min(Listing.price), func.max(Listing.price)).where(Listing.market == market.id)
    number, least, most = db.exec(on_sale.where(col(Listing.until).is_(None) | (col(Listing.until) > now))).one()
    said = []
    if number:
        low, high = (tongue.money(Money(each, market.currency)) for each in (least, most))
        one_price = NN_("Prices stay: %(num)s product, %(low)s.", "Prices stay: %(num)s products, %(low)s each.")
        several = NN_(
            "Prices stay: %(num)s product, %(low)s to %(high)s.", "Prices stay: %(num)s products, %(low)s to %(high)s."
        )
        same = tongue.count(*one_price, number, low=low)
        said.append(same if least == most else tongue.count(*several, number, low=low, high=high))
    versions = ", ".join(_versions(market, policies, tongue, now=now))
    if versions:
        said.append(tongue.say(N_("Policies stay, in the version of: %(versions)s"), versions=versions))
    return said


def _versions(market: Market, policies: PolicyLibrary, tongue: Tongue, *, now: datetime) -> Iterator[str]:
    day = day_in(market, now)
    for kind in policies.kinds(market.id, day):
        try:
            version = policies.in_force(market.id, kind, day)
        except NotFound:
            continue
        name, since = tongue.say(KIND_NAMES[kind]), tongue.date(version.effective)
        yield tongue.say(N_("%(name)s (%(day)s)"), name=name, day=since)


def mails(db: Session, before: Market, after: Market, tongue: Tongue) -> list[str]:
    """Which mails the change lets go out or holds back; those about orders and requests always go."""
    waiting = db.exec(
        select(func.count()).where(
            WaitingListEntry.market == before.id,
            col(WaitingListEntry.confirmed_at).is_not(None),
            col(WaitingListEntry.told_at).is_(None),
        )
    ).one()
    opens = may_buy(facts_of(after, ()), Visitor()).open and not may_buy(facts_of(before, ()), Visitor()).open
    closes = before.state in SELLING and after.state not in SELLING
    said = []
    if opens and waiting:
        words = NN_(
            "%(num)s person on the waiting list is told that they can buy.",
            "%(num)s people on the waiting list are told that they can buy.",
        )
        said.append(tongue.count(*words, waiting))
    if closes:
        said.append(
            tongue.say(
                N_(
                    "Reminders and waiting-list mails are held back. Mails about orders, returns and requests always go."
                )
            )
        )
    return said or [tongue.say(N_("No mail goes to customers because of this."))]
