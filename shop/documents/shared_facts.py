"""What every document of a market rests on: exporter, market, people, whom to ring up, who is on call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.i18n import Tongue, nearest, tags_near
from shop.catalogue.models import Listing, Product, ProductText
from shop.documents.models import DocumentField
from shop.launches.readying.gathering import Sources
from shop.markets.calendar import day_in
from shop.markets.models import Exporter, Market
from shop.policies.library import PolicyLibrary
from shop.staff.may import AGENT, ALL_MARKETS, EXPORTER, PARTNER, SPECIALIST, role_at, works_for
from shop.staff.models import Person
from shop.staff.names import names_of
from shop.support.crisis.contacts import EMERGENCY, contacts_for
from shop.support.crisis.models import CrisisContact
from shop.support.crisis.rotations import rotation_of, still_here

SELLER = ("name", "legal_name", "brand", "zone", "address", "email", "phone")
PLACE = (
    "id", "country", "currency", "zone", "waking_from", "waking_until", "first_answer_minutes",
    "next_answer_minutes", "referral_minutes", "holidays",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """From where facts are gathered: one market, for readers of one tongue, as things stand now."""

    db: Session
    market: Market
    tongue: Tongue
    sources: Sources
    now: datetime
    base_url: str = ""  # where the shop is on the web

    @property
    def policies(self) -> PolicyLibrary:
        """The policies that apply."""
        return self.sources.policies

    @property
    def language(self) -> str:
        """The language of the document."""
        return self.tongue.language

    @property
    def today(self) -> date:
        """The market's own day."""
        return day_in(self.market, self.now)


def shared(source: Source) -> dict[str, Any]:
    """The facts that stand in every document."""
    exporter, market = source.db.get_one(Exporter, 1), source.market
    return {
        "language": source.language,
        "exporter": {name: getattr(exporter, name) for name in SELLER},
        "market": {name: getattr(market, name) for name in PLACE} | {"languages": market.languages.split()},
        "people": people(source),
        "contacts": contacts(source),
        "emergency": _emergency(source),
        "on_call": on_call(source),
    }


def web(source: Source) -> dict[str, str]:
    """Where the shop of the market and the desk are on the web; empty where nobody said where the shop is."""
    if not source.base_url:
        return {}
    languages = source.market.languages.split()
    language = source.language if source.language in languages else languages[0]
    there = f"{source.base_url}/{source.market.id}/{language}"
    return {
        "shop": f"{there}/",
        "support": f"{there}/support",
        "policies": f"{there}/policies",
        "desk": f"{source.base_url}/desk",
    }


def people(source: Source) -> dict[str, list[dict[str, str]]]:
    """Who works for the market, by their role in it; agents and partners only where the market is named as theirs."""
    market = source.market
    here = [(each, role_at(each, market.id)) for each in _everybody(source.db) if works_for(each, market.id)]
    return {
        EXPORTER: [_person(each) for each, role in here if role == EXPORTER],
        SPECIALIST: [
            _person(each)
            for each, role in here
            if each.id == market.specialist or (role == SPECIALIST and not works_for(each, ALL_MARKETS))
        ],
        AGENT: [_person(each) for each, role in here if role == AGENT],
        PARTNER: [_person(each) for each in partners_of(source.db, market.id)],
    }


def partners_of(db: Session, market: str) -> list[Person]:
    """The distributor's people in the market; who is a partner without a list of markets is nobody's."""
    return [
        each
        for each in _everybody(db)
        if not works_for(each, ALL_MARKETS) and works_for(each, market) and role_at(each, market) == PARTNER
    ]


def _everybody(db: Session) -> Sequence[Person]:
    return db.exec(select(Person).order_by(col(Person.name), col(Person.id))).all()


def contacts(source: Source) -> list[dict[str, Any]]:
    """Whom to tell on the bad day, in their order; the market's own take the place of those for all."""
    known = [each for each in contacts_for(source.db, [source.market.id]) if each.role != EMERGENCY]
    own = {each.role for each in known if each.market}
    return [_contact(each) for each in known if each.market or each.role not in own]


def on_call(source: Source) -> dict[str, Any]:
    """Who is on call in turn; empty where nobody is. `vacant` are those in turn who left, where there are any."""
    row = rotation_of(source.db, source.market.id)
    if row is None:
        return {}
    names = names_of(source.db, [*row.people.split(), *row.backup.split()])
    here, backup = still_here(source.db, row.people), still_here(source.db, row.backup)
    vacant = [each for each in row.people.split() if each not in here]
    return {
        "zone": row.zone,
        "handoff": row.handoff,
        "period_days": row.period_days,
        "people": [names.get(each, each) for each in here],
        "backup": [names.get(each, each) for each in backup],
        **({"vacant": [names.get(each, each) for each in vacant]} if vacant else {}),
        "acknowledge_minutes": row.acknowledge_minutes,
        "promise_minutes": row.promise_minutes,
    }


def listed(source: Source) -> list[tuple[Product, ProductText | None]]:
    """What the market sells now or will, each with its text in the document's language, else in English."""
    query = (
        select(Product)
        .join(Listing, col(Listing.sku) == col(Product.sku))
        .where(Listing.market == source.market.id, col(Listing.until).is_(None) | (col(Listing.until) > source.now))
        .order_by(col(Product.sku))
    )
    products = source.db.exec(query).all()
    written = select(ProductText).where(
        col(ProductText.sku).in_([each.sku for each in products]),
        col(ProductText.language).in_(tags_near(source.language)),
    )
    texts: dict[str, dict[str, ProductText]] = {each.sku: {} for each in products}
    for each in source.db.exec(written).all():
        texts[each.sku][each.language] = each
    return [(each, nearest(texts[each.sku], source.language)) for each in products]


def filled(source: Source) -> dict[str, str]:
    """What the exporter filled in for the market: what needs no language, and what is in the document's."""
    query = select(DocumentField).where(
        DocumentField.market == source.market.id, col(DocumentField.language).in_(("", source.language))
    )
    return {each.key: each.text for each in source.db.exec(query).all()}


def _emergency(source: Source) -> str:
    known = contacts_for(source.db, [source.market.id])
    return next((each.phone for each in known if each.role == EMERGENCY and each.market), "")


def _person(person: Person) -> dict[str, str]:
    return {name: getattr(person, name) for name in ("id", "name", "title", "email", "language", "zone")}


def _contact(contact: CrisisContact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in ("role", "name", "email", "phone", "zone", "language", "deputy")}
