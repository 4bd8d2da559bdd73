"""Declaring a withdrawal: read from two steps, matched with an order where it is surely theirs, and kept in any case.

A declaration is never refused: one without a known order, too late, or about goods that do not go back is kept as it
was made, with what holds for it noted for the staff. Directive 2011/83/EU art. 11a; BGB § 356a; Decreto 7.962/2013 art. 5.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from shop.aftersales.cases.filing import Filing, file_case
from shop.aftersales.entitlement import Bought, bought_by
from shop.aftersales.models import Case
from shop.aftersales.periods import refund_due
from shop.aftersales.picking import described, read_pieces
from shop.aftersales.rights import Verdict, withdrawal_right
from shop.base.db import Database
from shop.base.fields import many_lines, one_line, too_long
from shop.base.i18n import N_, Tongue
from shop.base.mail import same_mailbox
from shop.base.web import Form, read_email
from shop.checkout.models import Order
from shop.ground.figures import figures
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.library import PolicyLibrary

MOST_NAME, MOST_CONTRACT, MOST_GOODS, MOST_KEY = 120, 200, 2000, 100
LIMITS = {"name": MOST_NAME, "contract": MOST_CONTRACT, "goods": MOST_GOODS}
WHOLE, PART = "whole", "part"
_ORDER_NUMBER = re.compile(r"([A-Z]{2})-([0-9]{2})-([A-Z0-9]{6})")
_LOOSE_NUMBER = re.compile(r"(?<![A-Z0-9])([A-Z]{2})\W?([0-9]{2})\W?([A-Z0-9]{6})(?![A-Z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a customer declares, its values clean. Without `pieces` and `goods` it is about the whole contract.

    `proven` says that the browser holds the order; `key` is the form it came from.
    """

    name: str
    contract: str
    email: str
    goods: str
    pieces: Mapping[str, int]
    proven: bool
    key: str

    @property
    def extent(self) -> str:
        """Whether it is about the whole contract or a part of it."""
        return PART if self.pieces or self.goods else WHOLE

    @property
    def once(self) -> str:
        """What is the same only for the same declaration from the same form."""
        told = (self.name, self.contract, self.email, self.goods, sorted(self.pieces.items()))
        return f"{self.key}:{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"


def read_declaration(form: Form, tongue: Tongue, bought: Bought | None, *, again: bool = False) -> Declaration:
    """What the form declares; what is missing gets its sentence. `bought` is the order this browser holds, if it does.

    `again` is for the second step, which may be sent twice, or late: nothing that happened meanwhile refuses it.
    """
    name, contract, goods = one_line(form, "name"), one_line(form, "contract"), many_lines(form, "goods")
    if not name:
        form.fail("name", tongue.say(N_("Please tell us your name.")))
    if not contract:
        said = N_("Please enter the order number, or say what you ordered and when.")
        form.fail("contract", tongue.say(said))
    for field, text in (("name", name), ("contract", contract), ("goods", goods)):
        if len(text) > LIMITS[field]:
            form.fail(field, too_long(tongue, LIMITS[field]))
    email = read_email(form, tongue)
    pieces = read_pieces(form, bought, tongue, again=again) if bought else {}
    return Declaration(
        name=name,
        contract=contract,
        email=email,
        goods=described(pieces, bought, tongue) if bought and pieces and not form.errors else goods,
        pieces=pieces,
        proven=bought is not None,
        key=form.text("key")[:MOST_KEY],
    )


def declare(
    database: Database,
    policies: PolicyLibrary,
    market: Market,
    declaration: Declaration,
    *,
    language: str,
    now: datetime,
) -> Case:
    """Keep the declaration at once and have its receipt sent; the same form sent again is the same declaration."""
    try:
        with database.writing() as db:
            return _keep(db, policies, market, declaration, language=language, now=now)
    except IntegrityError:  # the same form, twice at the very same moment
        with database.reading() as db:
            known = _known(db, declaration)
        if known is None:
            raise
        return known


def order_named(text: str) -> str:
    """The order number that a text names, whichever keyboard wrote it, with dashes or none; empty when it names none."""
    written = figures(text).upper()
    found = _ORDER_NUMBER.search(written) or _LOOSE_NUMBER.search(written)
    return "-".join(found.groups()) if found else ""


def verdicts(bought: Bought, today: date) -> dict[str, Verdict]:
    """What holds today for each product of the order."""
    return {sku: withdrawal_right(bought.terms, item, today=today) for sku, item in bought.items.items()}


def _keep(
    db: Session, policies: PolicyLibrary, market: Market, declaration: Declaration, *, language: str, now: datetime
) -> Case:
    order = _matched(db, market, declaration)
    known = _known(db, declaration)
    if known is not None:
        return known
    bought = bought_by(db, order, policies) if order else None
    left = bought.left if bought else {}
    asked = declaration.pieces if declaration.extent == PART else left
    lines = {sku: min(pieces, left[sku]) for sku, pieces in asked.items() if sku in left}
    today, found = day_in(market, now), {}
    if bought:
        about = set(asked) or set(bought.items)
        found = {sku: each for sku, each in verdicts(bought, today).items() if sku in about}
    entitled = bought and any(each.allowed for each in found.values())
    return file_case(
        db,
        order,
        Filing(
            door="withdrawal",
            kind=declaration.extent,
            market=market.id,
            language=language,
            name=declaration.name,
            email=declaration.email,
            key=declaration.once,
            contract=declaration.contract,
            statement=declaration.goods,
            lines=lines,
            serials={},
            holds=found,
            refund_due=refund_due(bought.terms.rules, notice=today) if bought and entitled else None,
        ),
        now=now,
    )


def _matched(db: Session, market: Market, declaration: Declaration) -> Order | None:
    """The order it names, held fast, if it is surely this customer's: by what the browser holds, or by the address."""
    number = order_named(declaration.contract)
    query = select(Order).where(Order.number == number, Order.market == market.id).with_for_update()
    order = db.exec(query).first() if number else None
    if order is None:
        return None
    same = same_mailbox(order.email, declaration.email)
    return order if declaration.proven or same else None


def _known(db: Session, declaration: Declaration) -> Case | None:
    return db.exec(select(Case).where(Case.key == declaration.once)).first()
