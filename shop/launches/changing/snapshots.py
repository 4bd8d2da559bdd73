"""What a market was found ready on, frozen: its catalogue, prices, policies, rates, papers and promises under one hash.

What changes by itself from hour to hour (the minutes of the coming week, pieces in stock, how much of an allotment is
taken) is no part of it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel, col, select

from shop.base.canonical import canonical
from shop.catalogue.models import (
    Certificate,
    Listing,
    MainsSupply,
    MarketRule,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
)
from shop.ground.errors import NotFound
from shop.launches.models import Snapshot
from shop.launches.readying.gathering import Sources
from shop.markets.calendar import day_in
from shop.markets.models import Market, MarketConsent, MarketLocale, ShippingRate, TaxRate

Content = dict[str, dict[str, Any]]

SET_UP = (
    "country", "currency", "zone", "languages", "tax_display", "tax_label", "price_step", "business_number",
    "prepayment_percent", "payment_methods", "first_answer_minutes", "next_answer_minutes", "resolution_minutes",
    "referral_minutes", "waking_from", "waking_until", "uncovered_minutes", "specialist",
)  # fmt: skip
VOLATILE = {"taken", "position", "market"}
KEPT: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Listing, ("sku",)),
    (MarketLocale, ("language",)),
    (MarketConsent, ("key", "language")),
    (TaxRate, ("tax_class", "region", "starts_on")),
    (ShippingRate, ("carrier",)),
    (Requirement, ("kind", "mark")),
    (Certificate, ("kind", "mark")),
    (MarketRule, ("subject", "reason")),
    (MainsSupply, ("market",)),
    (ResponsiblePerson, ("kind",)),
)


def frozen(db: Session, market: Market, sources: Sources, *, now: datetime) -> Content:
    """The market's gated facts as they stand, by kind and then by name."""
    content: Content = {"market": {name: getattr(market, name) for name in SET_UP}}
    for model, names in KEPT:
        rows = db.exec(select(model).where(model.market == market.id)).all()  # type: ignore[attr-defined]
        content[str(model.__tablename__)] = {_name(each, names): _values(each) for each in rows}
    skus = list(content["listing"])
    goods = db.exec(select(Product).where(col(Product.sku).in_(skus))).all()
    content["product"] = {each.sku: _digest(_values(each)) for each in goods}
    texts = select(ProductText).where(
        col(ProductText.sku).in_(skus), col(ProductText.language).in_(market.languages.split())
    )
    content["text"] = {f"{each.sku} {each.language}": _digest(_values(each)) for each in db.exec(texts).all()}
    content["policy"] = dict(_policies(market, sources, day_in(market, now)))
    loaded: Content = json.loads(canonical(content))  # as it will be read again, so that the two can be compared
    return loaded


def keep_snapshot(db: Session, market: str, content: Content, *, now: datetime) -> str:
    """Store the content once, and hand out its hash."""
    text = canonical({"id": market, **content})
    hashed = hashlib.sha256(text.encode()).hexdigest()
    row = {"hash": hashed, "market": market, "content": text, "at": now}
    db.connection().execute(insert(Snapshot).values(row).on_conflict_do_nothing(index_elements=["hash"]))
    return hashed


def kept(db: Session, hashed: str) -> Content | None:
    """The content behind a hash; None for one that is not kept."""
    snapshot = db.get(Snapshot, hashed)
    if snapshot is None:
        return None
    content: Content = json.loads(snapshot.content)
    content.pop("id", None)
    return content


def differences(before: Content, after: Content) -> dict[str, list[Any]]:
    """What differs, as `kind.name[.field]` -> [old, new]; None where there was or is none."""
    return {
        path: [old, new]
        for kind in sorted(before.keys() | after.keys())
        for path, old, new in _differing(kind, before.get(kind, {}), after.get(kind, {}))
    }


def _differing(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            yield from _differing(f"{path}.{name}", before.get(name), after.get(name))
    elif before != after:
        yield path, before, after


def _policies(market: Market, sources: Sources, today: date) -> Iterator[tuple[str, list[str]]]:
    for kind in sources.policies.kinds(market.id, today):
        try:
            version = sources.policies.in_force(market.id, kind, today)
        except NotFound:
            continue
        yield kind, [version.name, version.hash]


def _name(row: SQLModel, names: tuple[str, ...]) -> str:
    return " ".join(str(getattr(row, each)) for each in names).strip()


def _values(row: SQLModel) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump(mode="json").items() if name not in VOLATILE}


def _digest(values: Any) -> str:
    return hashlib.sha256(canonical(values).encode()).hexdigest()[:16]
