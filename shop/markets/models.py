"""Markets, their languages, and the rows about them that everybody reads."""

import json
from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import CheckConstraint, Field, SQLModel

from shop.ground.duty import Hours


class Exporter(SQLModel, table=True):
    """The one exporter of this installation. `address` is one line per line."""

    id: int = Field(default=1, primary_key=True)
    name: str
    legal_name: str
    brand: str
    home_market: str
    zone: str
    address: str
    email: str
    phone: str
    director: str = ""
    company_number: str = ""
    tax_number: str = ""


class Market(SQLModel, table=True):
    """One country the exporter sells to or tries. `languages` are BCP 47 tags, the first one the market's own.

    `state` repeats the last LaunchEvent and changes only together with one; `version` rises with every change, and a
    change decided on an older version is refused. `percent_bp` is in hundredths of a percent, `draw` the number of the
    draw that the percentage rule hashes with. Waiting limits are minutes a customer may wait before the next best
    speaker answers. Prices are multiples of `price_step` minor units. `business_number` names the check of a business
    customer's tax number (`eu.vat`), empty where none is asked for. `prepayment_percent` is the share of the total
    that may be asked for before delivery; `payment_methods` are the provider's names for those allowed, empty = all.
    Answers and resolutions are promised in minutes of business time, the exporter's answer to a referral in minutes
    of the clock; `waking_from` and `waking_until` are the minutes of the local day between which customers are awake,
    and `uncovered_minutes` is how much of a week's waking hours may be without anybody who speaks their language.
    `announced` names a market that is not yet open as coming, with a waiting list.
    Caps are None where there is none: `order_cap` orders ever, `daily_cap` orders of one local day, `value_cap` minor
    units of orders paid or being paid, `customer_cap` orders of one customer. With `minutes_per_contact` above 0 new
    orders are taken only while native agents have the time for what they will bring. `four_eyes` asks a second person
    for whatever widens. `last_order_at` is until when a payment begun before winding down may still arrive.
    """

    __table_args__ = (
        CheckConstraint("state IN ('draft','ready','soft','open','paused','winding_down','closed')", name="state"),
        CheckConstraint("percent_bp BETWEEN 0 AND 10000", name="percent"),
    )
    id: str = Field(primary_key=True)
    country: str
    currency: str
    zone: str
    languages: str
    position: int = 0
    tax_display: str = "inclusive"
    tax_label: str = "vat"
    price_step: int = 1
    business_number: str = ""
    prepayment_percent: int = 100
    payment_methods: str = ""
    first_answer_minutes: int = 60
    next_answer_minutes: int = 240
    resolution_minutes: int = 2400
    referral_minutes: int = 480
    waking_from: int = 480
    waking_until: int = 1320
    uncovered_minutes: int = 0
    fluent_after_minutes: int = 120
    other_language_after_minutes: int = 480
    other_languages: str = ""
    holidays: str = ""
    specialist: str = ""
    state: str = "draft"
    pause_mode: str = ""
    audience: str = ""
    percent_bp: int = 0
    draw: int = 1
    in_chooser: bool = False
    announced: bool = False
    order_cap: int | None = None
    daily_cap: int | None = None
    value_cap: int | None = Field(default=None, sa_type=BigInteger)
    customer_cap: int | None = None
    minutes_per_contact: int = 0
    four_eyes: bool = False
    last_order_at: datetime | None = None
    ever_sold: bool = False
    version: int = 1

    @property
    def waking(self) -> Hours:
        """When its customers are awake, by their clock."""
        return Hours(self.waking_from, self.waking_until)


class MarketLocale(SQLModel, table=True):
    """What a market says in one of its languages by law or custom: the words on the binding order button."""

    __tablename__ = "market_locale"
    market: str = Field(primary_key=True, foreign_key="market.id")
    language: str = Field(primary_key=True)
    order_button: str


class MarketConsent(SQLModel, table=True):
    """A sentence that a market asks its customers to tick before ordering, in one of its languages."""

    __tablename__ = "market_consent"
    market: str = Field(primary_key=True, foreign_key="market.id")
    key: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    text: str
    required: bool = True


class LaunchEvent(SQLModel, table=True):
    """One change of a market's state, for ever: who, when, why, from what to what. Never updated or deleted.

    `person` is empty where the system acted, and `rule` then names the rule; `approved_by` is the second person where
    two were asked. `details` is a JSON object: what changed -> [old, new]. `undoes` is the event that this one took back.
    """

    __tablename__ = "launch_event"
    id: int | None = Field(default=None, primary_key=True)
    market: str = Field(foreign_key="market.id", index=True)
    at: datetime
    action: str
    from_state: str
    to_state: str
    person: str
    reason: str
    mode: str = ""
    snapshot: str = ""
    rule: str = ""
    approved_by: str = ""
    details: str = "{}"
    undoes: int | None = Field(default=None, foreign_key="launch_event.id")
    version: int = 0  # the market's after it; 0 for what left the market itself as it was
    request: str = ""  # the id of the request that asked for it, as the log has it; empty for jobs and commands


class StopSale(SQLModel, table=True):
    """A product (or everything, sku empty) that may not be sold in a market (or anywhere, market empty) for now.

    `reason` is for the staff; what customers read is StopSaleText, and `link` leads them on: a web address, or a path
    of this site.
    """

    __tablename__ = "stop_sale"
    id: int | None = Field(default=None, primary_key=True)
    market: str = ""
    sku: str = ""
    reason: str
    link: str = ""
    person: str
    since: datetime
    lifted_at: datetime | None = None


class StopSaleText(SQLModel, table=True):
    """What customers are told of a stop in one language: what is the matter, and what to do."""

    __tablename__ = "stop_sale_text"
    stop: int = Field(primary_key=True, foreign_key="stop_sale.id")
    language: str = Field(primary_key=True)
    text: str


class AnswerHours(SQLModel, table=True):
    """When somebody answers a market's customers in a language: UTC windows of the coming days, written by support.

    `names` are those who answer, one a line; `local_names` a JSON object of the same by language of the reader, for
    languages in which a place is written otherwise.
    """

    __tablename__ = "answer_hours"
    market: str = Field(primary_key=True, foreign_key="market.id")
    language: str = Field(primary_key=True)
    level: str = Field(primary_key=True)
    starts_at: datetime = Field(primary_key=True)
    ends_at: datetime
    names: str = ""
    local_names: str = "{}"

    def names_in(self, language: str) -> list[str]:
        """Who answers, as readers of the language are told of them."""
        names: str = json.loads(self.local_names).get(language, self.names)
        return names.split("\n") if names else []


class TaxRate(SQLModel, table=True):
    """A market's tax rate for a class of goods from a day on, in thousandths of a percent (19 % = 19 000).

    `region` is the code of a province or state as addresses there name it; empty for the whole country.
    """

    __tablename__ = "tax_rate"
    market: str = Field(primary_key=True, foreign_key="market.id")
    tax_class: str = Field(primary_key=True)
    region: str = Field(default="", primary_key=True)
    starts_on: date = Field(primary_key=True)
    rate_e5: int


class ShippingRate(SQLModel, table=True):
    """What delivery to a market costs (minor units, as displayed there), when it is free, and how many days it takes."""

    __tablename__ = "shipping_rate"
    market: str = Field(primary_key=True, foreign_key="market.id")
    price: int = Field(sa_type=BigInteger)
    free_from: int | None = Field(default=None, sa_type=BigInteger)
    days_min: int
    days_max: int
    carrier: str
    origin: str = ""
