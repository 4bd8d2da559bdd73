"""After-sales cases with their lines, photos and history, care reminders, and recalls with every answer to them."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import CheckConstraint, Field, Index, SQLModel, UniqueConstraint, text

NOT_STANDING = ("refused", "taken_back")  # the states of a case from which nothing follows
_OWED = text("reimburse > 0")


class Case(SQLModel, table=True):
    """What a customer declared or asked for at one of the four doors, and what became of it.

    `door` is withdrawal, return, claim or exchange; `kind` says more of a claim: damaged, missing, wrong_item or
    defect. `order_number` is empty while a withdrawal could not be matched with an order: it is kept all the same, as
    it was declared (`contract`). `statement` are the customer's own words, `wish` the remedy or the SKU asked for.

    `state` is received, accepted, refused, goods_back, done, or taken_back by the customer. `decision` is entitled,
    goodwill or refused; `grounds` the reason in words, with the article or rule it rests on. Dates are days of the
    market's calendar: `window_ends` the last day in time, `refund_due` the last day to give the money back.
    `deduction` is what is given back less for goods that lost in value.
    `bearer` is who bears it (exporter, distributor, carrier); `cost` and `reimburse` are minor units of the order's
    currency: what goodwill cost, and what the bearer owes whom (`reimburse_to`).
    """

    __tablename__ = "after_sales_case"
    __table_args__ = (
        CheckConstraint("door IN ('withdrawal','return','claim','exchange')", name="door"),
        CheckConstraint("state IN ('received','accepted','refused','goods_back','done','taken_back')", name="state"),
        CheckConstraint("decision IN ('','entitled','goodwill','refused')", name="decision"),
        # Few cases leave somebody owing: who settles them looks through no others.
        Index("ix_after_sales_case_owed", "market", "filed_at", sqlite_where=_OWED, postgresql_where=_OWED),
    )
    number: str = Field(primary_key=True)
    door: str
    kind: str = ""
    market: str = Field(foreign_key="market.id", index=True)
    language: str
    order_number: str = Field(default="", index=True)
    contract: str = ""
    name: str
    email: str
    statement: str = ""
    wish: str = ""
    key: str = Field(unique=True)
    content: str
    state: str = Field(default="received", index=True)
    verdict: str = ""
    window_ends: date | None = None
    decision: str = ""
    grounds: str = ""
    remedy: str = ""
    person: str = ""
    decided_at: datetime | None = None
    sent_back_at: datetime | None = None
    goods_back_at: datetime | None = None
    refund_due: date | None = Field(default=None, index=True)
    bearer: str = ""
    cost: int = Field(default=0, sa_type=BigInteger)
    deduction: int = Field(default=0, sa_type=BigInteger)
    reimburse: int = Field(default=0, sa_type=BigInteger)
    reimburse_to: str = ""
    reimbursed_at: datetime | None = None
    replacement: str = ""  # the order that brings the replacement or the exchanged goods
    filed_at: datetime = Field(index=True)


class CaseLine(SQLModel, table=True):
    """Pieces of one SKU of the order that a case is about.

    `received` of them have come back, `restocked` of these can be sold again; `withheld` of them never left the house.
    """

    __tablename__ = "after_sales_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("restocked BETWEEN 0 AND received AND received + withheld <= quantity", name="received"),
    )
    case: str = Field(primary_key=True, foreign_key="after_sales_case.number")
    sku: str = Field(primary_key=True)
    quantity: int
    serial: str = ""
    received: int = 0
    restocked: int = 0
    withheld: int = 0
    condition: str = ""


class CasePhoto(SQLModel, table=True):
    """A photo a customer sent with a claim, without what tells where it was taken; only they and staff of the market see it."""

    __tablename__ = "after_sales_photo"
    case: str = Field(primary_key=True, foreign_key="after_sales_case.number")
    hash: str = Field(primary_key=True)
    media_type: str
    data: bytes
    at: datetime


class PhotoDraft(SQLModel, table=True):
    """A photo that came with a claim's form (`key` is the hash of the form's) which could not be taken yet; kept for a day."""

    __tablename__ = "after_sales_photo_draft"
    order_number: str = Field(primary_key=True, foreign_key="orders.number")
    hash: str = Field(primary_key=True)
    key: str
    media_type: str
    data: bytes
    at: datetime = Field(index=True)


class CaseEvent(SQLModel, table=True):
    """What happened to a case, for ever: by whom, when. `note` is for the staff, `told` what the customer reads of it."""

    __tablename__ = "after_sales_event"
    id: int | None = Field(default=None, primary_key=True)
    case: str = Field(foreign_key="after_sales_case.number", index=True)
    kind: str
    at: datetime
    person: str = ""
    note: str = ""
    told: str = ""


class CareReminder(SQLModel, table=True):
    """A yearly check or a worn part that a customer asked to be reminded of, until they end it."""

    __tablename__ = "care_reminder"
    __table_args__ = (UniqueConstraint("order_number", "sku", "part"),)
    id: int | None = Field(default=None, primary_key=True)
    order_number: str = Field(foreign_key="orders.number", index=True)
    sku: str
    part: str = ""  # the SKU to be replaced; empty for the plan's yearly check
    every_months: int
    next_on: date = Field(index=True)
    asked_at: datetime
    ended_at: datetime | None = None


class Recall(SQLModel, table=True):
    """A recall of what was sold: which products, which of them (all given bounds must hold), why, and how it stands.

    List columns hold words parted by spaces. `drill` is a rehearsal: nobody outside is told, and no sale is stopped.
    `content` fingerprints what is recalled while the recall is open, so that the same one is not opened twice.
    """

    number: str = Field(primary_key=True)
    skus: str
    serial_from: str = ""
    serial_to: str = ""
    lots: str = ""
    sent_from: date | None = None
    sent_until: date | None = None
    reason: str  # for the staff
    remedies: str = "repair replacement refund"
    drill: bool = False
    content: str | None = Field(default=None, unique=True)
    person: str
    opened_at: datetime
    closed_at: datetime | None = None


class RecallText(SQLModel, table=True):
    """What customers are told of a recall in one language: the hazard, and what to do at once."""

    __tablename__ = "recall_text"
    recall: str = Field(primary_key=True, foreign_key="recall.number")
    language: str = Field(primary_key=True)
    product: str
    hazard: str
    action: str


class RecallNotice(SQLModel, table=True):
    """One affected order of a recall: told when, answered what, done when. `items` are its serials or lots, or SKUs.

    Of `unknown` of its pieces nobody can say whether they are concerned. `remedy` is what was done in the end.
    """

    __tablename__ = "recall_notice"
    __table_args__ = (CheckConstraint("answer IN ('','repair','replacement','refund','no_longer')", name="answer"),)
    recall: str = Field(primary_key=True, foreign_key="recall.number")
    order_number: str = Field(primary_key=True, foreign_key="orders.number")
    market: str
    language: str
    items: str
    pieces: int
    unknown: int = 0
    sent_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    remedy: str = ""
    done_at: datetime | None = None
    person: str = ""


class RecallReport(SQLModel, table=True):
    """A market's duty to tell its authority of a recall: by when, resting on which rule, and who did it.

    `sold` counts the pieces sent to the market that are, or may be, concerned; also those that have come back since.
    """

    __tablename__ = "recall_report"
    recall: str = Field(primary_key=True, foreign_key="recall.number")
    market: str = Field(primary_key=True, foreign_key="market.id")
    sold: int = 0
    due_at: datetime
    source: str
    sent_at: datetime | None = None
    person: str = ""
