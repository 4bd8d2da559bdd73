"""Writing a checked set-up into the database, file by file, in the order in which the rows need each other.

Three ways to write: `_kept` rows have a life of their own and are changed in place; `_replaced` rows are what the
folder says and nothing else; histories are written once and never again.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel, col, select

from shop.catalogue.models import (
    Certificate,
    Listing,
    MainsSupply,
    MarketRule,
    OldSlug,
    Paper,
    Picture,
    PriceChange,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
    Stock,
)
from shop.catalogue.price_history import note_price
from shop.launches.changing.exposure import CAPS
from shop.launches.models import Waiver
from shop.launches.readying.waiving import keep_waiver
from shop.markets.exposure_models import Exposure
from shop.markets.gate import SELLING
from shop.markets.models import Exporter, LaunchEvent, Market, MarketConsent, MarketLocale, ShippingRate, TaxRate
from shop.policies.library import PolicyLibrary
from shop.policies.models import SignOff
from shop.staff.models import Person
from shop.upkeep.checking import version_to_sign
from shop.upkeep.cost_sheets import store_costs
from shop.upkeep.crisis_sheets import store_crisis
from shop.upkeep.enclosures import PictureFile
from shop.upkeep.knowledge_rows import store_knowledge, store_macros
from shop.upkeep.line_sheets import store_lines
from shop.upkeep.reading import Row
from shop.upkeep.research_sheets import store_research
from shop.upkeep.roster_sheets import store_agents, store_calendars
from shop.upkeep.sheets import Setup

Store = Callable[[Session, Setup, PolicyLibrary, datetime], None]

# Who may buy is changed at the console once a market has left its draft.
EXPOSURE = ("audience", "percent_bp", "in_chooser", *CAPS, "minutes_per_contact")
NOT_OF_MARKET = ("percent", "order_button", "consents")


def _exporter(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    _kept(db, Exporter, 1, {"id": 1, **setup.exporter.cells})


def _people(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    for row in setup["people"]:
        _kept(db, Person, row["id"], row.cells)


def _markets(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    for position, row in enumerate(setup["markets"]):
        values = {name: cell for name, cell in row.cells.items() if name not in NOT_OF_MARKET}
        values |= {"position": position, "percent_bp": row["percent"]}
        present = db.get(Market, row["id"])
        if present is not None and present.state != "draft":
            values = {name: cell for name, cell in values.items() if name not in EXPOSURE}
        _kept(db, Market, row["id"], {**values, "version": present.version + 1 if present else 1})
        count = insert(Exposure).values(market=row["id"], held=0, paid=0)
        db.flush()
        db.connection().execute(count.on_conflict_do_nothing(index_elements=["market"]))
    _replaced(
        db,
        MarketLocale,
        (
            {"market": row["id"], "language": language, "order_button": said}
            for row in setup["markets"]
            for language, said in row["order_button"].items()
        ),
    )
    _replaced(
        db,
        MarketConsent,
        (
            {"market": row["id"], "key": key, "language": language, "text": said, "required": each["required"]}
            for row in setup["markets"]
            for key, each in row["consents"].items()
            for language, said in each["texts"].items()
        ),
    )


def _products(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    for row in setup["products"]:
        _kept(db, Product, row["sku"], row.cells)


def _texts(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Write the texts; an address that a product gives up stays known as its old one, unless another takes it."""
    before = {(each.language, each.slug): each.sku for each in db.exec(select(ProductText)).all()}
    known = {(each.language, each.slug): each.sku for each in db.exec(select(OldSlug)).all()}
    _replaced(db, ProductText, (row.cells for row in setup["texts"]))
    coming = {(row["language"], row["slug"]) for row in setup["texts"]}
    old = {name: sku for name, sku in (known | before).items() if name not in coming}
    _replaced(db, OldSlug, ({"language": name[0], "slug": name[1], "sku": sku} for name, sku in old.items()))


def _papers(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    _replaced(db, Paper, (asdict(each) for each in setup.papers))


def _pictures(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    _replaced(db, Picture, ({"hash": _picture_name(each), **asdict(each)} for each in setup.pictures))


def _picture_name(picture: PictureFile) -> str:
    """Family and position are part of it: two families may share one drawing."""
    content = f"{picture.family}.{picture.position}".encode() + b"\0" + picture.data
    return hashlib.sha256(content).hexdigest()[:32]


def _stock(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Count the pieces of new SKUs; of a known one, some may have left since the folder was written."""
    known = set(db.exec(select(Stock.sku)).all())
    db.add_all([Stock(**row.cells) for row in setup["stock"] if row["sku"] not in known])


def _listings(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    """Write what is listed; what was taken from an allotment stays taken, and every new price enters the history."""
    coming = {(row["market"], row["sku"]) for row in setup["listings"]}
    for gone in db.exec(select(Listing)).all():
        if (gone.market, gone.sku) not in coming:
            db.delete(gone)
    for position, row in enumerate(setup["listings"]):
        _kept(db, Listing, (row["market"], row["sku"]), {**row.cells, "position": position})
    for row in setup["prices"]:
        if db.get(PriceChange, (row["market"], row["sku"], row["at"])) is None:
            db.add(PriceChange(**row.cells))
    db.flush()
    for row in setup["listings"]:
        note_price(db, row["market"], row["sku"], row["price"], at=_price_since(db, row, now))


def _price_since(db: Session, row: Row, now: datetime) -> datetime:
    """A price comes into force with this import, or, as the first of its listing, with the listing."""
    begun = row["visible_from"] or now
    known = select(PriceChange.at).where(
        PriceChange.market == row["market"], PriceChange.sku == row["sku"], col(PriceChange.at) >= begun
    )
    return now if db.exec(known).first() else begun


def _rates(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    rates = (_renamed(row, {"from": "starts_on", "percent": "rate_e5"}) for row in setup["tax"])
    _replaced(db, TaxRate, rates)
    _replaced(db, ShippingRate, (row.cells for row in setup["shipping"]))


def _demands(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Write what markets ask of goods, and what the exporter holds for it."""
    for model, name in DEMANDS:
        _replaced(db, model, (row.cells for row in setup[name]))


DEMANDS: tuple[tuple[type[SQLModel], str], ...] = (
    (Requirement, "requirements"), (Certificate, "certificates"), (MarketRule, "rules"), (MainsSupply, "mains"),
    (ResponsiblePerson, "responsible_people"),
)  # fmt: skip


def _agents(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    store_agents(db, setup["agents"], now=now)
    store_calendars(db, setup["calendars"])


def _sign_offs(db: Session, setup: Setup, policies: PolicyLibrary, now: datetime) -> None:
    markets = setup.by("markets", "id")
    for row in setup["signoffs"]:
        version = version_to_sign(row, markets[row["market"]], policies, now=now)
        key = (row["market"], row["kind"], version.name, row["language"])
        if (signed := db.get(SignOff, key)) is None or signed.hash != version.hash:
            _kept(db, SignOff, key, {**row.cells, "version": version.name, "hash": version.hash, "at": now})


def _waivers(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    for row in setup["waivers"]:
        keep_waiver(db, Waiver(**row.cells, made_at=now))


def _stop_lines(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    store_lines(db, setup["stop_lines"], {row["id"]: row["currency"] for row in setup["markets"]}, now=now)


def _launches(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Tell the history of the markets that have none yet."""
    told = set(db.exec(select(LaunchEvent.market).distinct()).all())
    for row in sorted(setup["launches"], key=lambda each: each["at"]):
        if row["market"] not in told:
            mode = "sell_stop" if row["to"] == "paused" else ""
            values = _renamed(row, {"from": "from_state", "to": "to_state"})
            db.add(LaunchEvent(**values, mode=mode))
            market = db.get_one(Market, row["market"])
            market.state, market.pause_mode = row["to"], mode
            market.ever_sold = market.ever_sold or row["to"] in SELLING
            if row["to"] == "open":
                market.audience, market.percent_bp, market.in_chooser = "", 10_000, True


STORES: dict[str, Store] = {
    "exporter": _exporter, "people": _people, "markets": _markets, "products": _products, "texts": _texts,
    "pictures": _pictures, "papers": _papers, "stock": _stock, "listings": _listings, "rates": _rates, "demands": _demands,
    "agents": _agents, "knowledge": store_knowledge, "macros": store_macros, "sign-offs": _sign_offs, "waivers": _waivers,
    "launches": _launches,
    "stop lines": _stop_lines, "costs": lambda db, setup, _policies, _now: store_costs(db, setup.rows),
    "crisis": lambda db, setup, _policies, _now: store_crisis(db, setup.rows),
    "research": lambda db, setup, _policies, now: store_research(db, setup.rows, now=now),
}  # fmt: skip


def _kept(db: Session, model: type[SQLModel], key: Any, values: Mapping[str, Any]) -> None:
    row = db.get(model, key)
    if row is None:
        db.add(model(**values))
    else:
        row.sqlmodel_update(dict(values))


def _replaced(db: Session, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    db.connection().execute(delete(model))
    db.add_all([model(**row) for row in rows])


def _renamed(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): cell for name, cell in row.cells.items()}
