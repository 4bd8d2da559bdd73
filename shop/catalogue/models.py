"""Products (one row per SKU), their texts, what is listed where and at which price, stock, pictures, and every paper."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint


class Product(SQLModel, table=True):
    """One SKU and its facts. List columns hold words parted by spaces; weights are grams, lengths millimetres."""

    sku: str = Field(primary_key=True)
    kind: str
    family: str = ""
    plate: str
    tax_class: str = "standard"
    return_class: str = "general"
    weight_g: int | None = None
    width_mm: int | None = None
    depth_mm: int | None = None
    height_mm: int | None = None
    hs_code: str = ""
    origin: str = ""
    net_quantity: str = ""
    net_unit: str = ""
    volt_min: int | None = None
    volt_max: int | None = None
    hertz: str = ""
    plugs: str = ""
    power_w: int | None = None
    noise_db: int | None = None
    battery: str = ""
    serial: bool = False
    contains: str = ""
    may_contain: str = ""
    fits: str = ""
    serial_from: str = ""
    replace_months: int | None = None
    label_languages: str = ""
    manual_languages: str = ""
    parent_needed: bool = False


class ProductText(SQLModel, table=True):
    """What a product is called and said to be in one language. Without one it is not sold in that language."""

    __tablename__ = "product_text"
    __table_args__ = (UniqueConstraint("language", "slug"),)
    sku: str = Field(primary_key=True, foreign_key="product.sku")
    language: str = Field(primary_key=True)
    name: str
    slug: str
    summary: str
    description: str = ""
    box: str = ""
    ingredients: str = ""
    care: str = ""
    checked_by: str = ""


class OldSlug(SQLModel, table=True):
    """An address that a product once had in a language; whoever still knows it is sent on to the present one."""

    __tablename__ = "old_slug"
    language: str = Field(primary_key=True)
    slug: str = Field(primary_key=True)
    sku: str = Field(foreign_key="product.sku")


class Listing(SQLModel, table=True):
    """A SKU in a market: its displayed price in minor units of the market's currency, and when it may be seen and bought.

    `allotment` is how many pieces this market may sell in all, `taken` how many of these are held or sold; both limits
    per order and per customer count pieces. `reduced_since` is when a reduction was announced, if the price is one.
    """

    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("taken >= 0 AND (allotment IS NULL OR taken <= allotment)", name="allotment"),
    )
    market: str = Field(primary_key=True, foreign_key="market.id")
    sku: str = Field(primary_key=True, foreign_key="product.sku")
    price: int = Field(sa_type=BigInteger)
    position: int = 0
    visible_from: datetime | None = None
    buyable_from: datetime | None = None
    until: datetime | None = None
    max_per_order: int = 10
    max_per_customer: int | None = None
    allotment: int | None = None
    taken: int = 0
    reduced_since: datetime | None = None


class PriceChange(SQLModel, table=True):
    """A price as it began to hold in a market (minor units, as displayed). Never updated or deleted: reductions cite it."""

    __tablename__ = "price_change"
    market: str = Field(primary_key=True, foreign_key="market.id")
    sku: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)
    price: int = Field(sa_type=BigInteger)


class Stock(SQLModel, table=True):
    """Pieces of a SKU: on hand, of these held for payments under way, and sold but not yet dispatched or delivered."""

    __table_args__ = (CheckConstraint("held >= 0 AND sold >= 0 AND held + sold <= on_hand", name="never_oversold"),)
    sku: str = Field(primary_key=True, foreign_key="product.sku")
    on_hand: int
    held: int = 0
    sold: int = 0


class Picture(SQLModel, table=True):
    """A drawing or photograph of a family of products, addressed by its content; position 1 is the one on cards."""

    __table_args__ = (UniqueConstraint("family", "position"),)
    hash: str = Field(primary_key=True)
    family: str
    position: int = 1
    media_type: str
    data: bytes


class WaitingListEntry(SQLModel, table=True):
    """One address that is to be told, once, when a product of a market can be bought; or, `sku` empty, when it opens.

    `email` is in lower case; `hash` that of the secret in its mails. Nothing but the confirmation is sent before
    `confirmed_at`; an entry that is not confirmed, or has been told, is forgotten after a while.
    """

    __tablename__ = "waiting_list_entry"
    market: str = Field(primary_key=True, foreign_key="market.id")
    sku: str = Field(default="", primary_key=True)
    email: str = Field(primary_key=True)
    language: str
    hash: str = Field(unique=True)
    asked_at: datetime
    confirmed_at: datetime | None = None
    told_at: datetime | None = None


class Paper(SQLModel, table=True):
    """A document that comes with a family of products in one language (Markdown): a manual, a safety sheet, plan terms."""

    family: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    text: str


class Certificate(SQLModel, table=True):
    """A paper the exporter holds for a kind of product in a market."""

    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    mark: str = Field(primary_key=True)
    number: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    holder: str = ""


class Requirement(SQLModel, table=True):
    """A mark that a market asks for on a kind of product."""

    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    mark: str = Field(primary_key=True)


class MarketRule(SQLModel, table=True):
    """A ban or condition of a market on a subject (a kind, a feature or a SKU), in some months or all year."""

    __tablename__ = "market_rule"
    market: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    verdict: str
    months: str = ""


class MainsSupply(SQLModel, table=True):
    """What comes out of the wall in a market."""

    __tablename__ = "mains_supply"
    market: str = Field(primary_key=True)
    volts: str
    hertz: str
    plugs: str


class ResponsiblePerson(SQLModel, table=True):
    """Who answers in a market for a kind of goods; an empty name is asked for and not yet appointed."""

    __tablename__ = "responsible_person"
    market: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    name: str = ""
    address: str = ""
