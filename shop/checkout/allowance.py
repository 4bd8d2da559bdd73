"""How many pieces one customer may have in a market: a counter each for the e-mail address and for the browser.

Both are kept as hashes only. The limit is checked by the statement that counts, so that orders placed at once cannot
pass it together.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import normalize

from sqlalchemy import and_, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.mail import as_sent
from shop.base.tokens import Signer, token_hash
from shop.checkout.models import CustomerAllowance


def customers(email: str, visitor: str) -> tuple[str, ...]:
    """The names under which a customer's pieces are counted; the same mailbox however it is written is one customer."""
    known = [f"email:{mailbox(email)}"] + ([f"visitor:{visitor}"] if visitor else [])
    return tuple(sorted(map(token_hash, known)))


def mailbox(email: str) -> str:
    """The same text for the same mailbox, however its address is written."""
    name, _, domain = as_sent(normalize("NFKC", email).strip()).casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def customer_key(signer: Signer, email: str) -> str:
    """The keyed hash of a mailbox, under which its orders are counted and by which it may be denied."""
    return signer.derived(f"customer:{mailbox(email)}")


def take(
    db: Session, market: str, pieces: Mapping[str, int], who: Iterable[str], *, most: Mapping[str, int | None]
) -> list[str]:
    """Count the pieces for this customer; returns the SKUs of which that would be too many (the caller must refuse)."""
    over = [sku for sku, quantity in pieces.items() if quantity > _most(most, sku, quantity)]
    rows = [
        {"market": market, "sku": sku, "customer": each, "pieces": pieces[sku]}
        for sku in sorted(pieces)
        for each in who
    ]
    if over or not rows:
        return over
    if all(most.get(sku) is None for sku in pieces):
        db.connection().execute(_COUNTED, rows)
        return []
    first = insert(CustomerAllowance).values(rows)
    counted = col(CustomerAllowance.pieces) + first.excluded.pieces
    free = [sku for sku in pieces if most.get(sku) is None]
    limited = [and_(first.excluded.sku == sku, counted <= most[sku]) for sku in pieces if most.get(sku) is not None]
    once = first.on_conflict_do_update(
        index_elements=["market", "sku", "customer"],
        set_={"pieces": counted},
        where=or_(first.excluded.sku.in_(free), *limited),
    )
    done = db.connection().execute(once.returning(col(CustomerAllowance.sku), col(CustomerAllowance.customer))).all()
    kept = {(sku, customer) for sku, customer in done}
    return sorted({str(row["sku"]) for row in rows if (row["sku"], row["customer"]) not in kept})


_FIRST = insert(CustomerAllowance)
_COUNTED = _FIRST.on_conflict_do_update(
    index_elements=["market", "sku", "customer"],
    set_={"pieces": col(CustomerAllowance.pieces) + _FIRST.excluded.pieces},
)


def give_back(db: Session, market: str, pieces: Mapping[str, int], who: Iterable[str]) -> None:
    """The customer does not have these pieces after all. Who was forgotten meanwhile stays forgotten."""
    names = list(who)
    for sku, quantity in sorted(pieces.items()):
        mine: Any = (CustomerAllowance.market == market, CustomerAllowance.sku == sku)
        enough = col(CustomerAllowance.pieces) >= quantity
        counted = update(CustomerAllowance).where(*mine, col(CustomerAllowance.customer).in_(names), enough)
        db.connection().execute(counted.values(pieces=CustomerAllowance.pieces - quantity))


def used(db: Session, market: str, skus: Iterable[str], who: Iterable[str]) -> dict[str, int]:
    """How many pieces of each SKU the customer has by now."""
    query = select(CustomerAllowance.sku, func.max(CustomerAllowance.pieces)).where(
        CustomerAllowance.market == market,
        col(CustomerAllowance.sku).in_(list(skus)),
        col(CustomerAllowance.customer).in_(list(who)),
    )
    return dict(db.exec(query.group_by(col(CustomerAllowance.sku))).all())


def _most(most: Mapping[str, int | None], sku: str, otherwise: int) -> int:
    limit = most.get(sku)
    return otherwise if limit is None else limit
