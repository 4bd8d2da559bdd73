"""What a filled cart becomes in another market: goods, prices, tax, delivery and promises of both, told side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from shop.base.i18n import N_, Languages, Tongue
from shop.catalogue.models import ProductText
from shop.checkout.cart import Cart
from shop.checkout.gathering import line_facts
from shop.checkout.quote import NoDelivery, Quote, quote
from shop.checkout.requirements import Facts, requirements
from shop.ground.errors import NotFound
from shop.ground.money import Money
from shop.markets.calendar import day_in
from shop.markets.gate import Visitor, seeing
from shop.markets.taxes import NoTaxRate
from shop.markets.visit import Visit
from shop.policies.duties import duties_words
from shop.policies.library import PolicyLibrary
from shop.policies.sentences import line

TAX = {"inclusive": N_("Prices include the tax."), "exclusive": N_("Tax is added to the prices.")}
TOLD = {"returns": N_("Returns"), "warranty": N_("Guarantee")}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing in both markets, in words; of a product `why` it cannot be had there, empty where it can."""

    label: str
    here: str
    there: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """Everything that would change, and the lines that can be kept: pieces by SKU."""

    goods: tuple[Change, ...]
    terms: tuple[Change, ...]
    kept: Mapping[str, int]


def seen_from(visit: Visit, market: str, languages: Languages) -> Visit:
    """The same visitor in another market, told of it in the same language."""
    found = visit.snapshot.market(market)
    seen = seeing(visit.snapshot.facts(found), Visitor(staff=visit.staff, invited=True))
    return replace(visit, market=found, tongue=languages.tongue(visit.tongue.language, found.country), seeing=seen)


def switch(db: Session, here: Visit, there: Visit, cart: Cart, *, policies: PolicyLibrary) -> Switch:
    """What the cart of one market would be in the other; told in the tongue of the visit `there`."""
    before, after = _quoted(db, here, cart), _quoted(db, there, cart)
    names, tongue = _names(db, here, there, cart), there.tongue
    had = {each.offer.sku: each for each in before.lines} if before else {}
    offered = {each.offer.sku: each for each in after.lines} if after else {}
    kept = {
        sku: min(pieces, offered[sku].room)
        for sku, pieces in cart.lines.items()
        if sku in offered and offered[sku].offer.standing == "buyable" and offered[sku].room > 0
    }
    why = _why(db, there, after, cart)
    goods = tuple(
        Change(
            names.get(sku, sku),
            tongue.money(had[sku].offer.price) if sku in had else "",
            tongue.money(offered[sku].offer.price) if sku in kept else "",
            "" if kept.get(sku) == pieces else why.get(sku, tongue.say(N_("Not offered there"))),
        )
        for sku, pieces in cart.lines.items()
    )
    return Switch(goods, tuple(_terms(here, there, before, after, policies=policies)), kept)


def _quoted(db: Session, visit: Visit, cart: Cart) -> Quote | None:
    try:
        return quote(db, visit, cart.lines)
    except (NoDelivery, NoTaxRate):
        return None


def _names(db: Session, here: Visit, there: Visit, cart: Cart) -> dict[str, str]:
    """What the products are called: in the language of the page, or where they are not named in it as in their market."""
    languages = [*here.market.languages.split()[:1], there.tongue.language]
    query = select(ProductText.sku, ProductText.language, ProductText.name).where(
        col(ProductText.sku).in_(list(cart.lines)), col(ProductText.language).in_(languages)
    )
    found = sorted(db.exec(query).all(), key=lambda each: languages.index(each[1]))
    return {sku: name for sku, _language, name in found}


def _why(db: Session, there: Visit, after: Quote | None, cart: Cart) -> dict[str, str]:
    """What keeps a line from being taken over as it is, in words."""
    if after is None:
        return {}
    lines = line_facts(db, there, after, cart.serials, who=())
    needs = requirements(Facts(lines=[each for each in lines if each.problem], address_given=True))
    return {each.field: each.said(there.tongue) for each in needs if each.field}


def _terms(
    here: Visit, there: Visit, before: Quote | None, after: Quote | None, *, policies: PolicyLibrary
) -> list[Change]:
    tongue = there.tongue
    own, other = (each.market for each in (here, there))
    names = [tongue.locale.currencies.get(each.currency, each.currency) for each in (own, other)]
    rows = [
        Change(tongue.say(N_("Currency")), *names),
        Change(tongue.say(N_("Tax")), *(tongue.say(TAX[each.tax_display]) for each in (own, other))),
        Change(tongue.say(N_("Delivery")), *(_delivery(each, tongue) for each in (before, after))),
        Change(tongue.say(N_("Import duties")), duties_words(policies, here), duties_words(policies, there)),
    ]
    rows += [
        Change(tongue.say(label), *(_promise(policies, each, kind, tongue) for each in (here, there)))
        for kind, label in TOLD.items()
    ]
    return [each for each in rows if each.here or each.there]


def _delivery(offered: Quote | None, tongue: Tongue) -> str:
    if offered is None:
        return ""
    cost, days = offered.delivery, offered.delivery.days_max
    price = tongue.money(Money(cost.price, offered.currency)) if cost.price else tongue.say(N_("free of charge"))
    return tongue.count(
        "%(price)s, %(first)s to %(num)s working day",
        "%(price)s, %(first)s to %(num)s working days",
        days,
        price=price,
        first=tongue.number(cost.days_min),
    )


def _promise(policies: PolicyLibrary, visit: Visit, kind: str, tongue: Tongue) -> str:
    try:
        version = policies.in_force(visit.market.id, kind, day_in(visit.market, visit.now))
    except NotFound:
        return ""
    return line(version, tongue)
