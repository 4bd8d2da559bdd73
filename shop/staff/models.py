"""People who sign in, and their open sign-ins."""

from datetime import datetime

from sqlmodel import Field, Relationship, SQLModel


class StaffRole(SQLModel, table=True):
    """A role that a person has in one market, besides the one that they have in all of theirs."""

    __tablename__ = "staff_role"
    person: str = Field(primary_key=True, foreign_key="person.id")
    market: str = Field(primary_key=True)
    role: str


class Person(SQLModel, table=True):
    """An exporter, specialist, agent or partner (a distributor's person). `markets` limits whom they work for; empty is all.

    `further` are their roles in single markets; they are read with the person, for every right depends on them. Who is
    deactivated may do nothing at all. `second_factor` asks them for one; whether they have one is a row of SecondFactor.
    """

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: str
    title: str = ""
    language: str = "en"
    zone: str = "UTC"
    markets: str = ""
    second_factor: bool = False
    deactivated: bool = False
    password_hash: str = ""
    signed_in_at: datetime | None = None
    further: list[StaffRole] = Relationship(
        sa_relationship_kwargs={"lazy": "selectin", "order_by": StaffRole.market, "cascade": "all, delete-orphan"}
    )


class SignedIn(SQLModel, table=True):
    """One open sign-in. The token itself lives only in the browser's cookie."""

    __tablename__ = "signed_in"
    token_hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None  # when they last showed that it is they; none is as long ago as the sign-in
    browser: str = ""
    address: str = ""
    must_enrol: bool = False  # nothing else is open to them until they have set up a second factor


class SignInRule(SQLModel, table=True):
    """What holds for everybody who signs in: one row, or none yet."""

    __tablename__ = "sign_in_rule"
    id: int = Field(default=1, primary_key=True)
    second_factor: bool = False


class SecondFactor(SQLModel, table=True):
    """A person's second factor. The secret is made from `nonce` and the house's own key, and stands nowhere.

    `last_step` is the half minute of the code that was taken last: no code is taken twice.
    """

    __tablename__ = "second_factor"
    person: str = Field(primary_key=True, foreign_key="person.id")
    nonce: str
    confirmed_at: datetime | None = None
    last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """One of the codes for when the device is lost, each for once; kept as a hash that needs the house's key."""

    __tablename__ = "recovery_code"
    hash: str = Field(primary_key=True)
    person: str = Field(foreign_key="person.id", index=True)
    used_at: datetime | None = None


class StaffLink(SQLModel, table=True):
    """A link that was sent to a person to choose a password by: the hash of its secret. It is removed by being used."""

    __tablename__ = "staff_link"
    hash: str = Field(primary_key=True)
    person: str = Field(foreign_key="person.id", index=True)
    purpose: str  # `invitation`, `forgotten`
    expires_at: datetime


class PersonDeed(SQLModel, table=True):
    """What somebody did about people and their sign-in: who (empty: from the command line), to whom, what, when."""

    __tablename__ = "person_deed"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    by: str
    person: str = Field(index=True)
    deed: str
    detail: str = ""


class SignedChecklist(SQLModel, table=True):
    """A checklist as somebody filled it in and signed it: which, about what, the answers as JSON, in whose name.

    `hash` is that of the checklist as it stood then, so that a later change of it changes nothing that was signed.
    """

    __tablename__ = "signed_checklist"
    id: int | None = Field(default=None, primary_key=True)
    checklist: str
    subject: str = Field(index=True)  # `order:DE-26-7K2M9Q`, `case:CL-7KQ2M9X4`
    hash: str
    language: str
    answers: str
    person: str = Field(foreign_key="person.id")
    signature: str
    at: datetime
