"""Macros: texts in a customer's language to begin an answer with. What stands in braces is filled in from the request.

A placeholder that nobody knows is refused when a macro is kept, one without a value stays visible to the agent, and no
answer leaves with one in it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from shop.base.i18n import Tongue
from shop.checkout.models import OrderLine
from shop.markets.models import Exporter, Market
from shop.policies.library import PolicyLibrary
from shop.support.answering.languages import variant_rank
from shop.support.known import filling as figures
from shop.support.requests.models import Macro, Request
from shop.support.requests.replies import Answerer

OWN = frozenset({"customer", "order", "product", "serial", "agent", "promise", "request", "subject", "market", "shop"})
PLACEHOLDERS = OWN | figures.KNOWN  # the request's own, and the market's rules and figures
_UNFILLED = re.compile(r"\{[a-z][a-z_]{0,39}\}")


def unknown_placeholders(text: str) -> list[str]:
    """The placeholders in a macro's text for which there will never be a value."""
    return figures.unknown(text, PLACEHOLDERS)


def unfilled(text: str) -> list[str]:
    """The placeholders that still stand in an answer, as they are written there."""
    return list(dict.fromkeys(_UNFILLED.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every value there is; the agent fills in the rest."""
    return figures.PLACEHOLDER.sub(lambda found: values.get(found[1], "") or found[0], text)


@dataclass(frozen=True, slots=True)
class Filling:
    """Where a macro's values come from: a request, who answers it, and the tongue its customer reads."""

    request: Request
    market: Market
    answerer: Answerer
    tongue: Tongue
    policies: PolicyLibrary

    def values(self, db: Session, *, now: datetime) -> dict[str, str]:
        """The value of each placeholder; empty where the request has none."""
        request, tongue = self.request, self.tongue
        promised = request.promised_at if request.promised_at and request.promised_at > now else None
        return figures.values_of(db, self.market, tongue, self.policies, now=now) | {
            "customer": request.name,
            "order": request.order_number,
            "product": _product(db, request),
            "serial": request.serial,
            "agent": self.answerer.shown(tongue.language),
            "promise": tongue.moment(promised, self.market.zone) if promised else "",
            "request": request.ref,
            "subject": request.subject,
            "market": tongue.territory(self.market.country),
            "shop": db.get_one(Exporter, 1).name,
        }


def macros_for(db: Session, market: str, language: str) -> Sequence[Macro]:
    """The macros for answers in the language, by title: a market's own goes before the one for all, the exact tag first."""
    query = select(Macro).where(col(Macro.market).in_(("", market)))
    ranked = [(variant_rank(each.language, language, True), each) for each in db.exec(query).all()]
    best: dict[str, tuple[tuple[int, bool], Macro]] = {}
    for rank, macro in ranked:
        if rank is None:
            continue
        place = (rank, not macro.market)
        if macro.key not in best or place < best[macro.key][0]:
            best[macro.key] = (place, macro)
    return sorted((macro for _place, macro in best.values()), key=lambda each: (each.title, each.key))


def begun_with(db: Session, key: str, filling: Filling, *, language: str, draft: str, now: datetime) -> str:
    """The draft with the macro of this key behind it, filled in; the draft as it is where there is no such macro."""
    macro = next((each for each in macros_for(db, filling.market.id, language) if each.key == key), None)
    if macro is None:
        return draft
    return behind(draft, filled(macro.text, filling.values(db, now=now)))


def behind(draft: str, text: str) -> str:
    """The draft with the text behind it, once: the page may be loaded again after the draft was kept."""
    if text in draft:
        return draft
    return f"{draft.rstrip()}\n\n{text}" if draft.strip() else text


def _product(db: Session, request: Request) -> str:
    """What the order calls the product that the request is about; empty where that is not known for certain."""
    if not request.order_number:
        return ""
    query = select(OrderLine.name).where(OrderLine.order_number == request.order_number)
    names = list(db.exec(query.order_by(col(OrderLine.sku))).all())
    if request.order_line is not None and 1 <= request.order_line <= len(names):
        return names[request.order_line - 1]
    return names[0] if len(names) == 1 else ""
