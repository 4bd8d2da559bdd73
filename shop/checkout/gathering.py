"""Gathering what the list of requirements is made from: the cart's lines with everything that may be wrong with them."""

from collections.abc import Mapping

from sqlmodel import Session

from shop.checkout import allowance
from shop.checkout.machines import Machines, machines
from shop.checkout.quote import Quote, QuoteLine
from shop.checkout.requirements import LineFacts
from shop.markets.visit import Visit


def line_facts(
    db: Session,
    visit: Visit,
    offered: Quote,
    serials: Mapping[str, str],
    *,
    who: tuple[str, ...],
    known: Mapping[str, str] | None = None,
) -> tuple[LineFacts, ...]:
    """The lines of a quote as facts; `who` is the customer as counted, `known` what is wrong by SKU if it is known."""
    made_for = machines(db, [line.offer.product for line in offered.lines])
    limited = [line.offer.sku for line in offered.lines if line.offer.listing.max_per_customer is not None]
    have = allowance.used(db, visit.market.id, limited, who) if limited and who and not known else {}
    return tuple(
        _facts(line, (known or {}).get(line.offer.sku) or _problem(line, made_for, serials, have))
        for line in offered.lines
    )


def _problem(
    line: QuoteLine, made_for: Mapping[str, Machines], serials: Mapping[str, str], have: Mapping[str, int]
) -> str:
    sku, most = line.offer.sku, line.offer.listing.max_per_customer
    if line.problem:
        return line.problem
    if most is not None and have.get(sku, 0) + line.quantity > most:
        return "too_many_for_customer"
    return "serial_missing" if sku in made_for and not made_for[sku].taken(serials.get(sku, "")) else ""


def _facts(line: QuoteLine, problem: str) -> LineFacts:
    offer = line.offer
    if problem == "too_few" and offer.free <= 0:
        problem = "sold_out"
    return LineFacts(offer.sku, offer.text.name, problem, line.most(problem))
