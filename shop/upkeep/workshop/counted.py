"""How many rows the files of a set-up hold, counted without writing any of them."""

from collections import Counter

from sqlalchemy import func
from sqlmodel import Session, SQLModel, select

from shop.catalogue.models import (
    Certificate,
    Listing,
    MainsSupply,
    MarketRule,
    PriceChange,
    Product,
    ProductText,
    Requirement,
    ResponsiblePerson,
    Stock,
)
from shop.documents.models import DocumentField
from shop.launches.models import ResearchAnswer, ResearchQuestion, ResearchSignature, Waiver
from shop.markets.models import Exporter, LaunchEvent, Market, ShippingRate, TaxRate
from shop.policies.models import SignOff, WrittenMinimum
from shop.scorecard.models import LandedCost, MarketCost
from shop.staff.models import Person
from shop.support.crisis.models import CrisisCard, CrisisContact, CrisisText, OnCallRotation
from shop.support.known.models import Answer, Question
from shop.support.requests.models import Macro
from shop.support.shifts.models import Agent
from shop.upkeep.models import PriceRate
from shop.upkeep.workshop.column_words import kind_of
from shop.upkeep.workshop.sheet_words import named_for

ROWS: dict[str, type[SQLModel]] = {
    "products": Product, "listings": Listing, "stock": Stock, "prices": PriceChange, "shipping": ShippingRate,
    "tax": TaxRate, "price_rates": PriceRate, "manuals": DocumentField, "landed_costs": LandedCost, "market_costs": MarketCost,
    "exporter": Exporter, "markets": Market, "people": Person, "launches": LaunchEvent, "requirements": Requirement,
    "certificates": Certificate, "rules": MarketRule, "mains": MainsSupply, "responsible_people": ResponsiblePerson,
    "signoffs": SignOff, "agents": Agent, "questions": Question, "crisis": CrisisCard, "contacts": CrisisContact,
    "on_call": OnCallRotation, "research_questions": ResearchQuestion, "research_signatures": ResearchSignature,
    "waivers": Waiver, "minimums": WrittenMinimum,
}  # fmt: skip


def counted(db: Session, files: list[str]) -> dict[str, int]:
    """The rows of each file; files whose rows are counted by nobody are left out."""
    apart = {
        "texts": Counter(db.exec(select(ProductText.language)).all()),
        "answers": Counter(db.exec(select(Answer.language).where(Answer.market == "")).all()),
        "macros": Counter(db.exec(select(Macro.language).where(Macro.market == "")).all()),
        "crisis_texts": Counter(db.exec(select(CrisisText.language)).all()),
        "research": Counter(db.exec(select(ResearchAnswer.market)).all()),
    }
    numbers: dict[str, int] = {}
    for file in files:
        kind = kind_of(file)
        if kind in apart:
            numbers[file] = apart[kind][named_for(file)]
        elif kind in ROWS:
            numbers[file] = db.exec(select(func.count()).select_from(ROWS[kind])).one()
    return numbers
