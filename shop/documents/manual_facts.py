"""The facts of the distributor's manual: goods, what may be answered, the rules of returns and guarantee, parts and care."""

import json
from collections.abc import Iterable
from typing import Any

from sqlmodel import col, select

from shop.base.canonical import canonical
from shop.base.i18n import FALLBACK
from shop.catalogue.models import Product, ProductText
from shop.documents.shared_facts import Source, filled, listed, shared, web
from shop.ground.errors import NotFound
from shop.markets.models import Market
from shop.staff.may import PARTNER
from shop.support.known import filling
from shop.support.known.knowledge import Reader, answers, roles_of, texts_of, titles_of
from shop.support.known.models import Answer, Question
from shop.support.known.training import must_know

POLICIES = ("returns", "warranty", "shipping")
MACHINES = ("mains", "battery", "radio")
WITH_LOT = ("cosmetic", "food", "chemical")
SERVICE = "service"


def manual_facts(source: Source) -> dict[str, Any]:
    """Everything the manual says, as plain values."""
    goods = [(product, text) for product, text in listed(source) if product.kind != SERVICE]
    return {
        **shared(source),
        "web": web(source),
        "fields": filled(source),
        "policies": policies(source),
        "goods": [_good(product, text) for product, text in goods],
        "parts": list(_parts(goods)),
        "care": [_care(product, text, source.language) for product, text in goods if product.kind in MACHINES],
        "questions": _questions(source),
        "elsewhere": _elsewhere(source),
        "must_know": [
            {"number": each.number, "title": each.title, "language": each.language}
            for each in must_know(source.db, source.market.id, source.language).values()
        ],
    }


def policies(source: Source) -> dict[str, Any]:
    """The rules in force today of what concerns a distributor, by kind; a kind without any is left out."""
    found: dict[str, Any] = {}
    for kind in POLICIES:
        held = source.policies.held_by(source.market.id, kind, source.today)
        try:
            version = source.policies.in_force(source.market.id, held, source.today)
        except NotFound:
            continue
        rules = json.loads(canonical(version.rules))
        found[kind] = {"version": version.name, "hash": version.hash, "rules": rules}
    return found


def _good(product: Product, text: ProductText | None) -> dict[str, Any]:
    trace = "serial" if product.serial else "lot" if product.kind.startswith(WITH_LOT) else ""
    return {"sku": product.sku, "kind": product.kind, "trace": trace, **_named(product, text)}


def _parts(goods: Iterable[tuple[Product, ProductText | None]]) -> Iterable[dict[str, Any]]:
    """What fits something that is sold there, with how often it is replaced."""
    machines = {product.sku: _named(product, text)["name"] for product, text in goods}
    for product, text in goods:
        fits = [each for each in product.fits.split() if each in machines]
        if fits:
            yield {
                "sku": product.sku,
                "fits": [machines[each] for each in fits],
                "replace_months": product.replace_months or 0,
                **_named(product, text),
            }


def _care(product: Product, text: ProductText | None, language: str) -> dict[str, Any]:
    own = text is not None and text.language.partition("-")[0] == language.partition("-")[0]
    return {"sku": product.sku, "care": text.care if text and own else "", **_named(product, text)}


def _named(product: Product, text: ProductText | None) -> dict[str, str]:
    return {"name": text.name if text else product.sku, "language": text.language if text else ""}


def _questions(source: Source) -> list[dict[str, Any]]:
    """Every question there is, whether the partner answers it, and the approved answer where they do."""
    titles, roles = titles_of(source.db, source.market.id, source.language), roles_of(source.db, source.market.id)
    told = answers(source.db, Reader(source.market, source.tongue, source.policies, source.now))
    return [
        {
            "key": key,
            "title": told[key].title if key in told else title,
            "own": PARTNER in roles.get(key, ()),
            "answer": told[key].text if key in told and PARTNER in roles.get(key, ()) else "",
        }
        for key, title in titles.items()
        if title or key in told
    ]


def _elsewhere(source: Source) -> list[dict[str, Any]]:
    """Questions that other markets have answers of their own to, and this one none; in the reader's words, or in English."""
    db, market, wanted = source.db, source.market.id, (source.language, FALLBACK)
    known = texts_of(db, market, source.language) | texts_of(db, market, FALLBACK)
    rows = db.exec(
        select(Answer, Question.number, Market.country)
        .join(Question, col(Question.key) == col(Answer.question))
        .join(Market, col(Market.id) == col(Answer.market))
        .where(col(Answer.market) != market, col(Answer.language).in_(wanted))
        .order_by(col(Question.number), col(Market.country))
    ).all()
    found: dict[str, dict[str, Any]] = {}
    for answer, _number, country in rows:
        title = filling.filled(answer.title, {})
        if answer.question in known or not title:
            continue
        told = found.setdefault(answer.question, {"key": answer.question, "title": "", "language": "", "countries": []})
        if told["language"] != source.language:
            told |= {"title": title, "language": answer.language}
        told["countries"] += [country] if country not in told["countries"] else []
    return list(found.values())
