"""A quote and its policies in the words and figures of the visitor's tongue, for the cart and the review."""

from collections.abc import Sequence
from typing import Any

from shop.base.i18n import N_
from shop.base.pages import safe
from shop.catalogue.words import image
from shop.checkout.quote import Quote, QuoteLine
from shop.checkout.sums import sum_rows
from shop.markets.arrival import Visit
from shop.policies.library import PolicyVersion, html, title
from shop.policies.sentences import line

PROBLEMS = {
    "sold_out": N_("Sold out"),
    "not_yet": N_("Not on sale yet"),
    "stopped": N_("Not on sale"),
    "too_few": N_("Only %(free)s left"),
    "too_many": N_("At most %(most)s per order"),
}


def cart_lines(quote: Quote, visit: Visit, static: str) -> list[dict[str, Any]]:
    """The lines as the line macro shows them, each with what keeps it from being bought."""
    return [_line(each, visit, static) for each in quote.lines]


def problem_words(line: QuoteLine, visit: Visit) -> str:
    """What keeps the line from being bought, in words; empty when nothing does."""
    if not line.problem:
        return ""
    number = visit.tongue.number
    values = {
        "too_few": {"free": number(line.offer.free)},
        "too_many": {"most": number(line.offer.listing.max_per_order)},
    }
    return visit.tongue.say(PROBLEMS[line.problem], **values.get(line.problem, {}))


def quote_sums(quote: Quote, visit: Visit) -> list[dict[str, Any]]:
    """The quote's sums."""
    return sum_rows(
        visit.tongue,
        quote.currency,
        inclusive=visit.market.tax_display == "inclusive",
        goods=quote.goods,
        shipping=quote.delivery.price,
        tax=quote.tax,
        total=quote.total.minor,
    )


def policy_panels(versions: Sequence[PolicyVersion], visit: Visit) -> list[dict[str, Any]]:
    """Each policy with its one line and its whole text, as the customer reads it before accepting."""
    panels = []
    for version in versions:
        text = version.text(visit.tongue)
        panels.append(
            {
                "kind": version.kind,
                "name": title(text),
                "line": line(version, visit.tongue),
                "html": safe(html(text, below=True)),
                "effective": visit.tongue.date(version.effective),
                "url": visit.url(f"/policies/{version.kind}/{version.name}"),
            }
        )
    return panels


def _line(line: QuoteLine, visit: Visit, static: str) -> dict[str, Any]:
    offer, tongue = line.offer, visit.tongue
    problem = problem_words(line, visit)
    return {
        "sku": offer.sku,
        "name": offer.text.name,
        "url": visit.url(f"/products/{offer.text.slug}"),
        "image_url": image(offer, static),
        "plate": offer.product.plate,
        "detail": tongue.count("%(num)s piece", "%(num)s pieces", line.quantity),
        "quantity": line.quantity,
        "most": min(offer.listing.max_per_order, 99),
        "price": tongue.money(offer.price * line.quantity),
        "chip": {"tone": "stop" if line.problem != "not_yet" else "info", "glyph": "triangle", "word": problem}
        if problem
        else None,
    }
