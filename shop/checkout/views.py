"""A quote and its policies in the words and figures of the visitor's tongue, for the cart and the review."""

from collections.abc import Mapping, Sequence
from typing import Any

from shop.base.i18n import N_, NN_
from shop.base.pages import safe
from shop.catalogue.words import image
from shop.checkout.addresses import area_kind, area_name
from shop.checkout.consents import Consent
from shop.checkout.machines import shown_serial
from shop.checkout.prepayment import due_rows
from shop.checkout.quote import Quote, QuoteLine
from shop.checkout.sums import shown_line, sum_rows
from shop.markets.visit import Visit
from shop.policies.library import PolicyVersion, html, title
from shop.policies.sentences import line

# What stands at the line itself; `requirements` says the same in a sentence that names the product.
PROBLEMS = {
    "sold_out": N_("Sold out"),
    "not_yet": N_("Not on sale yet"),
    "stopped": N_("Not on sale"),
}
COUNTED = {
    "too_few": NN_("Only %(num)s left", "Only %(num)s left"),
    "too_many": NN_("At most %(num)s per order", "At most %(num)s per order"),
}


def cart_lines(quote: Quote, visit: Visit, static: str, serials: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lines as the line macro shows them, each with what keeps it from being bought, and the machine it is for."""
    return [_cart_line(each, visit, static, serials.get(each.offer.sku, "")) for each in quote.lines]


def problem_words(line: QuoteLine, visit: Visit) -> str:
    """What keeps the line from being bought, in words; empty when nothing does."""
    if not line.problem:
        return ""
    if line.problem in COUNTED:
        return visit.tongue.count(*COUNTED[line.problem], line.most(line.problem))
    return visit.tongue.say(PROBLEMS[line.problem])


def cut_words(quote: Quote, visit: Visit, sku: str) -> str:
    """Why no more of this SKU is in the cart; empty when it is not there, or there is room for more."""
    line = next((each for each in quote.lines if each.offer.sku == sku and each.quantity == each.room), None)
    if line is None:
        return ""
    if line.quantity == line.offer.listing.max_per_order:
        said = NN_(
            "Not all of what you wanted went in: one order may have at most %(num)s piece. Product: %(name)s",
            "Not all of what you wanted went in: one order may have at most %(num)s pieces. Product: %(name)s",
        )
    else:
        said = NN_(
            "Not all of what you wanted went in: there is only %(num)s piece left. Product: %(name)s",
            "Not all of what you wanted went in: there are only %(num)s pieces left. Product: %(name)s",
        )
    return visit.tongue.count(*said, line.quantity, name=line.offer.text.name)


def quote_sums(quote: Quote, visit: Visit) -> list[dict[str, Any]]:
    """The quote's sums, and what of them is due when."""
    country = visit.market.country
    rows = sum_rows(
        visit.tongue,
        quote.currency,
        inclusive=visit.market.tax_display == "inclusive",
        goods=quote.goods,
        shipping=quote.delivery.price,
        tax=quote.tax,
        total=quote.total.minor,
        area=area_name(quote.region, country, visit.tongue),
        kind=area_kind(country),
    )
    return rows + (due_rows(visit.tongue, quote.currency, quote.due) if quote.taxed else [])


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


def policy_links(versions: Sequence[PolicyVersion], visit: Visit) -> list[dict[str, str]]:
    """Each policy's name and page, for those that only inform."""
    return [
        {"name": title(each.text(visit.tongue)), "url": visit.url(f"/policies/{each.kind}/{each.name}")}
        for each in versions
    ]


def consent_views(asked: Sequence[Consent]) -> list[dict[str, Any]]:
    """The boxes besides the policies; one that stands for a longer text carries that, folded."""
    return [
        {
            "field": each.box.field,
            "text": each.box.text,
            "required": each.box.required,
            "name": title(each.text) if each.text != each.box.text else "",
            "html": safe(html(each.text, below=True)) if each.text != each.box.text else "",
        }
        for each in asked
    ]


def _cart_line(line: QuoteLine, visit: Visit, static: str, serial: str) -> dict[str, Any]:
    offer, tongue = line.offer, visit.tongue
    problem = problem_words(line, visit)
    tone = "stop" if line.problem != "not_yet" else "info"
    shown = shown_line(
        tongue,
        offer.sku,
        offer.text.name,
        quantity=line.quantity,
        price=offer.price * line.quantity,
        plate=offer.product.plate,
        image_url=image(offer, static),
    )
    return shown | {
        "url": visit.url(f"/products/{offer.text.slug}"),
        "quantity": line.quantity,
        "most": offer.listing.max_per_order,
        "serial": shown_serial(serial, tongue),
        "chip": {"tone": tone, "glyph": "triangle", "word": problem} if problem else None,
    }
