"""Writing a checked set-up into the database, file by file, in the order in which the rows need each other.

Three ways to write: `_kept` rows have a life of their own and are changed in place; `_replaced` rows are what the
folder says and nothing else; histories are written once and never again.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel, select

from shop.catalogue.models import (
    Certificate,
    MainsSupply,
    MarketRule,
    OldSlug,
    Paper,
    Picture,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
    Stock,
)
from shop.launches.changing.exposure import CAPS
from shop.launches.models import Waiver
from shop.launches.readying.waiving import keep_waiver
from shop.markets.exposure_models import Exposure
from shop.markets.models import Exporter, Market, MarketConsent, MarketLocale, ShippingRate, TaxRate
from shop.policies.library import PolicyLibrary
from shop.policies.models import SignOff
from shop.staff.models import SignInRule
from shop.upkeep.checking import version_to_sign
from shop.upkeep.checklist_sheets import store_checklists
from shop.upkeep.cost_sheets import store_costs
from shop.upkeep.crisis_sheets import store_crisis
from shop.upkeep.enclosures import PictureFile
from shop.upkeep.knowledge_rows import store_knowledge, store_macros
from shop.upkeep.launch_rows import store_launches
from shop.upkeep.laying import keep, of_goods, replace
from shop.upkeep.line_sheets import store_lines
from shop.upkeep.listing_rows import store_listings
from shop.upkeep.manual_sheets import store_manuals
from shop.upkeep.minimum_sheets import store_minimums
from shop.upkeep.override_sheets import store_overrides
from shop.upkeep.people_sheets import store_people
from shop.upkeep.plan_sheets import store_plans
from shop.upkeep.policy_ends import store_ends
from shop.upkeep.policy_files import store_policies
from shop.upkeep.rate_sheets import store_rates
from shop.upkeep.reading import Row
from shop.upkeep.research_sheets import store_research
from shop.upkeep.roster_sheets import store_agents, store_calendars
from shop.upkeep.sheets import Setup
from shop.upkeep.stop_sheets import store_stops
from shop.upkeep.winding_sheets import store_winding_down

Store = Callable[[Session, Setup, PolicyLibrary, datetime], None]

# Who may buy is changed at the console once a market has left its draft.
EXPOSURE = ("audience", "percent_bp", "in_chooser", *CAPS, "minutes_per_contact", "four_eyes", "draw")
PROMISED = ("next_answer_minutes", "resolution_minutes", "referral_minutes")  # stay what they are where nothing is said
NOT_OF_MARKET = ("percent", "order_button", "consents")


def _exporter(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    cells = {name: cell for name, cell in setup.exporter.cells.items() if name != "second_factor"}
    _kept(db, Exporter, 1, {"id": 1, **cells})
    if setup.exporter["second_factor"]:
        _kept(db, SignInRule, 1, {"id": 1, "second_factor": True})


def _people(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    store_people(db, setup["people"], now=now)


def _markets(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    for position, row in enumerate(setup["markets"]):
        values = {name: cell for name, cell in row.cells.items() if name not in NOT_OF_MARKET}
        values |= {"position": position, "percent_bp": row["percent"]}
        values = {name: cell for name, cell in values.items() if cell is not None or name not in PROMISED}
        present = db.get(Market, row["id"])
        if present is not None and present.state != "draft":
            values = {name: cell for name, cell in values.items() if name not in EXPOSURE}
        if present is None or any(getattr(present, name) != cell for name, cell in values.items()):
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
    keep(db, Product, (row.cells for row in setup["products"]), where=of_goods(Product, setup.goods))


def _texts(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Write the texts; an address that a product gives up stays known as its old one, unless another takes it."""
    of_texts, of_old = of_goods(ProductText, setup.goods), of_goods(OldSlug, setup.goods)
    addresses = select(ProductText.language, ProductText.slug, ProductText.sku).where(*of_texts)
    before = {(language, slug): sku for language, slug, sku in db.exec(addresses)}
    known = {(each.language, each.slug): each.sku for each in db.exec(select(OldSlug).where(*of_old)).all()}
    replace(db, ProductText, (row.cells for row in setup["texts"]), where=of_texts)
    coming = {(row["language"], row["slug"]) for row in setup["texts"]}
    told = {(row["language"], row["slug"]): row["sku"] for row in setup["old_addresses"]}
    old = {name: sku for name, sku in (told | known | before).items() if name not in coming}
    rows = ({"language": name[0], "slug": name[1], "sku": sku} for name, sku in old.items())
    replace(db, OldSlug, rows, where=of_old)


def _papers(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    _replaced(db, Paper, (asdict(each) for each in setup.papers))


def _pictures(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    _replaced(db, Picture, map(picture_row, setup.pictures))


def picture_row(picture: PictureFile) -> dict[str, Any]:
    """The row of a picture. Family and position are part of its name: two families may share one drawing."""
    content = f"{picture.family}.{picture.position}".encode() + b"\0" + picture.data
    return {"hash": hashlib.sha256(content).hexdigest()[:32], **asdict(picture)}


def _stock(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    """Count the pieces of new SKUs; of a known one, some may have left since the folder was written."""
    known = set(db.exec(select(Stock.sku)).all())
    db.add_all([Stock(**row.cells) for row in setup["stock"] if row["sku"] not in known])


def _listings(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    store_listings(db, setup["listings"], setup["prices"], now=now, goods=setup.goods)


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
            _kept(
                db, SignOff, key, {**row.cells, "version": version.name, "hash": version.hash, "at": row["at"] or now}
            )


def _waivers(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    for row in setup["waivers"]:
        keep_waiver(db, Waiver(**_renamed(row, {"at": "made_at"}) | {"made_at": row["at"] or now}))


def _stop_lines(db: Session, setup: Setup, _policies: PolicyLibrary, now: datetime) -> None:
    store_lines(db, setup["stop_lines"], {row["id"]: row["currency"] for row in setup["markets"]}, now=now)


def _launches(db: Session, setup: Setup, _policies: PolicyLibrary, _now: datetime) -> None:
    store_launches(db, setup["launches"])


STORES: dict[str, Store] = {
    "exporter": _exporter, "people": _people, "markets": _markets, "products": _products, "texts": _texts,
    "pictures": _pictures, "papers": _papers, "stock": _stock, "listings": _listings, "rates": _rates, "demands": _demands,
    "agents": _agents, "knowledge": store_knowledge, "macros": store_macros,
    "minimums": lambda db, setup, _policies, _now: store_minimums(db, setup["minimums"]), "policies": store_policies,
    "policy ends": store_ends,
    "sign-offs": _sign_offs, "waivers": _waivers, "launches": _launches,
    "stop lines": _stop_lines, "costs": lambda db, setup, _policies, _now: store_costs(db, setup.rows, goods=setup.goods),
    "price rates": lambda db, setup, _policies, _now: store_rates(db, setup["price_rates"]),
    "manuals": lambda db, setup, _policies, now: store_manuals(db, setup["manuals"], now=now),
    "crisis": lambda db, setup, _policies, _now: store_crisis(db, setup.rows),
    "checklists": lambda db, setup, _policies, _now: store_checklists(db, setup["checklists"]),
    "stops": lambda db, setup, _policies, _now: store_stops(db, setup["stop_sales"]),
    "on call": lambda db, setup, _policies, _now: store_overrides(db, setup["on_call_overrides"]),
    "winding down": lambda db, setup, _policies, _now: store_winding_down(
        db, setup["winding_down"], setup["stock_fates"]
    ),
    "schedules": lambda db, setup, _policies, now: store_plans(db, setup["schedules"], now=now),
    "research": lambda db, setup, _policies, now: store_research(db, setup.rows, now=now),
}  # fmt: skip


def _kept(db: Session, model: type[SQLModel], key: Any, values: Mapping[str, Any]) -> None:
    row = db.get(model, key)
    if row is None:
        db.add(model(**values))
    else:
        row.sqlmodel_update(dict(values))


def _replaced(db: Session, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    replace(db, model, rows)


def _renamed(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): cell for name, cell in row.cells.items()}
