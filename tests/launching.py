"""A small exporter with one market in draft that has everything a launch needs, and one that has nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from shop.base.db import Database
from shop.base.revisions import Revision
from shop.catalogue.models import Certificate, Listing, Product, ProductText, Requirement, Stock
from shop.checkout.models import Order
from shop.launches.changing.table import Exposed
from shop.launches.changing.transitions import change_state
from shop.launches.changing.undoing import take_back, undo_of
from shop.launches.changing.winding import Fate, Winding
from shop.launches.models import ResearchAnswer, ResearchSignature, Waiver
from shop.launches.readying.gathering import Sources
from shop.launches.readying.research import TOPICS, research_hash
from shop.markets.models import AnswerHours, Exporter, LaunchEvent, Market, MarketLocale, ShippingRate, TaxRate
from shop.policies.library import PolicyLibrary
from shop.policies.models import SignOff
from shop.scorecard.models import LandedCost
from shop.scorecard.stop_lines import proposed, write_lines
from shop.staff.models import Person
from shop.support.crisis.models import CrisisCard, CrisisText
from shop.support.requests.models import Macro
from shop.support.shifts.models import Agent, AgentLanguage, DutyInterval
from tests.compiled import with_tables

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday; 22:30 in Auckland
SOON = NOW + timedelta(minutes=9)  # a change may still be taken back
BY_INVITATION = Exposed("invitation", order_cap=50)
ENDING = Winding(
    date(2026, 11, 30),
    "Ruth Alderson",
    "From the shop's account",
    (Fate("HB-1", 5, "return", 40_00, "Tane"), Fate("HB-2", 0)),
)
ASKED: dict[str, dict[str, Any]] = {
    "open": {"override": "known from elsewhere"},
    "wind_down": {"winding": ENDING},
    "close": {"handover": "Boulder Bank Traders"},
}  # what a step asks besides, unless a test gives it
WAIVED = ("tax.registration", "test_order", "crisis.contacts", "payments.live", "docs.printed")


@cache
def policies() -> PolicyLibrary:
    """The policies of the house, read once."""
    return PolicyLibrary(Path(__file__).resolve().parents[1] / "policies")


def sources() -> Sources:
    """What readiness asks besides the database, with English finished and no real payments."""
    return Sources(policies(), ("en",), live_payments=False)


@contextmanager
def exporter(folder: Path) -> Iterator[Database]:
    """A database with the exporter's two markets: `nz` is ready but for its state, `de` has nothing."""
    database = with_tables(folder / "launching.db")
    with database.writing() as db:
        db.add_all(_people())
        db.add_all(_markets())
        db.flush()
        db.add_all(_goods())
        db.flush()
        db.add_all(_nz())
        db.flush()
        db.add_all(_known())
        write_lines(db, "nz", proposed(), person="mere", reason="", now=NOW)
        db.add(AgentLanguage(agent="tane", language="en", level="native"))
        db.add(DutyInterval(agent="tane", starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=7)))
    yield database
    database.close()


def step(
    database: Database, action: str, *, market: str = "nz", version: int | None = None, **values: Any
) -> LaunchEvent:
    """Take a step as Mere, on the market's present version unless another is given."""
    with database.writing() as db:
        decided = db.get_one(Market, market).version if version is None else version
        asked = {"reason": "as planned", "person": "mere", "sources": sources(), "now": NOW, **ASKED.get(action, {})}
        return change_state(db, market, action, version=decided, **{**asked, **values})


def undo(database: Database, *, now: datetime = SOON, **values: Any) -> LaunchEvent:
    """Take the last change of `nz` back, as Mere and soon after it unless told otherwise."""
    with database.writing() as db:
        row = db.get_one(Market, "nz")
        last = undo_of(db, row, now=now)
        assert last is not None
        asked = {"person": "mere", "reason": "", "version": row.version, "sources": sources(), "now": now, **values}
        return take_back(db, "nz", last.event.id or 0, **asked)


def launched(database: Database, exposed: Exposed = BY_INVITATION) -> None:
    """The market in its soft launch."""
    step(database, "ready")
    step(database, "launch", exposed=exposed)


def market(database: Database, market_id: str = "nz") -> Market:
    """The market as it stands."""
    with database.reading() as db:
        return db.get_one(Market, market_id)


def events(database: Database, market_id: str = "nz") -> list[tuple[str, str, str]]:
    """The market's history as (action, from, to), the oldest first."""
    with database.reading() as db:
        rows = db.exec(select(LaunchEvent).where(LaunchEvent.market == market_id).order_by(col(LaunchEvent.id))).all()
        return [(each.action, each.from_state, each.to_state) for each in rows]


def put(database: Database, *rows: SQLModel) -> None:
    """Store rows."""
    with database.writing() as db:
        db.add_all(rows)


def take_out(database: Database, model: type[SQLModel], key: Any) -> None:
    """Remove a row."""
    with database.writing() as db:
        db.delete(db.get_one(model, key))


def _people() -> list[SQLModel]:
    return [
        Person(id="mere", email="mere@example.com", name="Mere Tauranga", role="exporter", zone="Pacific/Auckland"),
        Person(id="ruth", email="ruth@example.com", name="Ruth Alderson", role="specialist", markets="nz"),
        Person(id="tane", email="tane@example.com", name="Tane Parata", role="agent", markets="nz"),
        Exporter(
            name="Harbourbench",
            legal_name="Harbourbench Ltd",
            brand="Harbourbench",
            home_market="nz",
            zone="Pacific/Auckland",
            address="12 Boathouse Lane",
            email="care@example.com",
            phone="+64",
        ),
    ]


def _markets() -> list[SQLModel]:
    return [
        Market(
            id="nz",
            country="NZ",
            currency="NZD",
            zone="Pacific/Auckland",
            languages="en",
            tax_label="gst",
            specialist="ruth",
            uncovered_minutes=7 * 14 * 60,
        ),
        Market(id="de", country="DE", currency="EUR", zone="Europe/Berlin", languages="de", position=1),
    ]


def _goods() -> list[SQLModel]:
    return [
        Product(sku="HB-1", kind="cosmetic", plate="skin", label_languages="en de", hs_code="330499"),
        Product(sku="HB-2", kind="spare", plate="parts", label_languages="en de", hs_code="850990"),
    ]


def _nz() -> list[SQLModel]:
    signed = [
        SignOff(
            market="nz",
            kind=kind,
            version=version.name,
            language="en",
            person="ruth",
            at=NOW,
            hash=version.hash,
        )
        for kind in policies().kinds("nz", NOW.date())
        for version in [policies().in_force("nz", kind, NOW.date())]
    ]
    waived = [
        Waiver(market="nz", gate=gate, person="mere", reason="demo", until=date(2027, 1, 31), made_at=NOW)
        for gate in WAIVED
    ]
    hours = AnswerHours(
        market="nz",
        language="en",
        level="native",
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(hours=7),
        names="Tane Parata",
    )
    return [
        *signed,
        *waived,
        hours,
        Agent(id="tane", person="tane", zone="Pacific/Auckland", markets="nz"),
        MarketLocale(market="nz", language="en", order_button="Place order"),
        Listing(market="nz", sku="HB-1", price=29_00),
        Listing(market="nz", sku="HB-2", price=9_00, position=1),
        ProductText(sku="HB-1", language="en", name="Face cream", slug="face-cream", summary="Rich"),
        ProductText(sku="HB-2", language="en", name="Coupling", slug="coupling", summary="Fits"),
        Stock(sku="HB-1", on_hand=5),
        Stock(sku="HB-2", on_hand=0),
        Requirement(market="nz", kind="cosmetic", mark="group standard"),
        Certificate(market="nz", kind="cosmetic", mark="group standard", valid_until=date(2027, 6, 30)),
        TaxRate(market="nz", tax_class="standard", starts_on=date(2010, 10, 1), rate_e5=15_000),
        ShippingRate(market="nz", price=7_00, days_min=1, days_max=3, carrier="Boulder Bank Couriers"),
    ]


def researched(market_id: str = "nz") -> list[ResearchAnswer]:
    """An answer to every topic of a market's research."""
    return [
        ResearchAnswer(
            market=market_id, topic=topic, text=f"About {topic}", source="asked there", as_of=NOW.date(), person="ruth"
        )
        for topic in TOPICS
    ]


def _known() -> list[SQLModel]:
    """What somebody found out, wrote and signed: research, costs, texts to begin with, the card of a recall."""
    answers = researched()
    signature = ResearchSignature(market="nz", hash=research_hash(answers), person="ruth", at=NOW)
    costs = [LandedCost(market="nz", sku=sku, purchase=9_00, as_of=NOW.date()) for sku in ("HB-1", "HB-2")]
    recall = [
        CrisisCard(key="recall", number=7, severity=1, first_answer_minutes=60, recall=True),
        CrisisText(card="recall", language="en", title="Recall", what_if="a recall is needed", acknowledgement="Stop."),
    ]
    return [*answers, signature, *costs, *recall, Macro(key="hello", language="en", title="Hello", text="Hello")]


def revisions(db: Session) -> dict[str, int]:
    """The revision counters."""
    return {each.scope: each.number for each in db.exec(select(Revision)).all()}


def ordered(**values: Any) -> Order:
    """Tama's order, an hour old, with these values instead."""
    whole = {
        "number": "R1", "market": "nz", "language": "en", "currency": "NZD", "key": "k", "content": "c",
        "email": "a@example.com", "name": "Tama", "address": "{}", "goods": 100, "shipping": 0, "net": 87, "tax": 13,
        "total": 100, "days_min": 1, "days_max": 3, "placed_at": NOW - timedelta(hours=1),
    }  # fmt: skip
    return Order(**{**whole, **values})
