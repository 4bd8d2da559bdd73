"""Letting a visitor put goods into a market's cart: the gate is asked, and a percentage market learns its visitor."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from shop.base.db import Database
from shop.base.web import keep_when_refused
from shop.checkout.admitting import let_in, look_in
from shop.markets.admission import AdmissionCookies, fresh_visitor
from shop.markets.visit import Visit


def enter(
    request: Request[Any, Any, Any],
    database: Database,
    admissions: AdmissionCookies,
    visit: Visit,
    skus: Iterable[str],
) -> list[Cookie]:
    """The cookies of who may put these goods into the cart. Raises NotForSale."""
    minted = visit.market.audience == "percentage" and not visit.keeps.visitor
    if minted:
        visit = replace(visit, keeps=replace(visit.keeps, visitor=fresh_visitor()))
        # Who is not drawn stays so: asking again must not be another draw.
        keep_when_refused(request, admissions.visitor(visit.keeps.visitor))
    if visit.market.audience == "percentage":  # which writes down whom it let in
        with database.writing() as db:
            let_in(db, visit, frozenset(skus))
    else:
        with database.reading() as db:
            look_in(db, visit, frozenset(skus))
    return [admissions.visitor(visit.keeps.visitor)] if minted else []
