"""What the API keeps: tokens, answers that may be asked for again, and who is told of what with every delivery."""

from datetime import datetime

from sqlmodel import CheckConstraint, Field, Index, SQLModel, UniqueConstraint, text

_WAITING = text("state = 'waiting'")


class ApiToken(SQLModel, table=True):
    """A token by which a program acts for a person, within these scopes (words parted by blanks). Its text is not kept."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.id", index=True)
    name: str
    prefix: str  # how it begins, to know it by
    hash: str = Field(unique=True)
    scopes: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str = ""


class KeptAnswer(SQLModel, table=True):
    """The answer to a request that carried an idempotency key; no `status` yet while it is under way.

    `fingerprint` is that of what was asked; `mark` that of who is carrying it out.
    """

    __tablename__ = "api_kept_answer"
    person: str = Field(primary_key=True, foreign_key="person.id")
    key: str = Field(primary_key=True)
    fingerprint: str
    mark: str
    at: datetime = Field(index=True)
    status: int | None = None
    headers: str = "{}"
    body: str = ""


class Subscription(SQLModel, table=True):
    """An address that is told of some kinds of announcements, of some markets (empty: all).

    The secret that signs what is sent is made from `nonce` and the house's own key, and stands nowhere.
    """

    __tablename__ = "webhook"
    id: int | None = Field(default=None, primary_key=True)
    url: str
    kinds: str  # words parted by blanks
    markets: str = ""
    nonce: str
    active: bool = True
    person: str = Field(foreign_key="person.id")
    created_at: datetime
    off_because: str = ""  # the answer that switched it off by itself


class Delivery(SQLModel, table=True):
    """One announcement on its way to one address: how often it was tried, what was answered, when it is tried next."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook", "announcement"),
        CheckConstraint("state IN ('waiting','delivered','given_up')", name="state"),
        Index("ix_webhook_delivery_due", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )
    id: int | None = Field(default=None, primary_key=True)
    webhook: int = Field(foreign_key="webhook.id", index=True)
    announcement: str = Field(foreign_key="announcement.id", index=True)
    state: str = "waiting"
    tries: int = 0
    due_at: datetime
    give_up_at: datetime
    leased_until: datetime | None = None
    tried_at: datetime | None = None
    done_at: datetime | None = None
    status: int | None = None  # what was answered last
    answer: str = ""  # the beginning of it, or why there was none
