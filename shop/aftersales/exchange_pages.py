"""The door of exchanges: the holder of an order asks for another product instead, as long as it may go back at all."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session

from shop.aftersales.asking import MOST_WORDS, Asked, asked, filing, read_lines, read_words, taken
from shop.aftersales.counter import AT, Counter
from shop.aftersales.picking import choices, prefilled
from shop.aftersales.rights import exchange_right
from shop.base.i18n import N_
from shop.base.tokens import fresh_token
from shop.base.web import Form, see_other
from shop.catalogue.browsing import Offer, offers
from shop.catalogue.suitability import SERVICE
from shop.checkout.settling import is_selling


@get("/{market:str}/{lang:str}/orders/{number:str}/exchange", dependencies=AT, sync_to_thread=True)
def exchange_page(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[str]:
    """What may be exchanged until when, for what, and the form."""
    with counter.database.reading() as db:
        ask, wishes = asked(db, counter, number, exchange_right), _wishes(db, counter)
    return _page(counter, ask, wishes, Form({"key": fresh_token()}))


@post("/{market:str}/{lang:str}/orders/{number:str}/exchange", dependencies=AT, sync_to_thread=True)
def ask_exchange(
    counter: NamedDependency[Counter], number: FromPath[str], form: NamedDependency[Form]
) -> Response[Any]:
    """Take the wish in and lead to its page."""
    with counter.database.reading() as db:
        ask, wishes = asked(db, counter, number, exchange_right), _wishes(db, counter)
        lines = read_lines(db, form, ask, counter.visit.tongue)
    counter.spend()
    wish = _wish(counter, form, wishes, lines)
    words = read_words(form, "words", counter.visit.tongue)
    if not form.errors:
        whole = filing(counter, ask, form, door="exchange", kind="", statement=words, lines=lines, wish=wish)
        case = taken(counter, ask, form, whole)
        if case is not None:
            return see_other(counter.visit.url(f"/cases/{case.number}?told=declared"))
        with counter.database.reading() as db:
            ask = asked(db, counter, number, exchange_right)
    return _page(counter, ask, wishes, form, status=422)


def _wishes(db: Session, counter: Counter) -> list[Offer]:
    """What can be had instead: goods that the market sells now and that are there."""
    if not is_selling(counter.visit.market):
        return []
    return [
        each
        for each in offers(db, counter.visit)
        if each.standing == "buyable" and each.free > 0 and each.product.kind != SERVICE
    ]


def _wish(counter: Counter, form: Form, wishes: list[Offer], lines: dict[str, int]) -> str:
    sku = form.text("wish")
    wished = next((each for each in wishes if each.sku == sku), None)
    if wished is None:
        said = N_("Please choose what you would like instead. It must be there now.")
        form.fail("wish", counter.visit.tongue.say(said))
    elif sku in lines:
        form.fail("wish", counter.visit.tongue.say(N_("This is what you send back. Please choose another product.")))
    elif sum(lines.values()) > wished.free:
        form.fail("wish", counter.visit.tongue.say(N_("There are not that many pieces of it now.")))
    return sku


def _page(counter: Counter, ask: Asked, wishes: list[Offer], form: Form, *, status: int = 200) -> Response[str]:
    tongue, order = counter.visit.tongue, ask.bought.order
    options = [(each.sku, f"{each.text.name} · {tongue.money(each.price)}") for each in wishes]
    lines = choices(ask.view, ask.bought, ask.verdicts, tongue=tongue, static=counter.static)
    prefilled(form, lines)
    return counter.page(
        "aftersales/exchange.html",
        title=tongue.say(N_("Exchange something")),
        path=f"/orders/{order.number}/exchange",
        status=status,
        order=order,
        form=form,
        lines=lines,
        open=ask.any_allowed and bool(wishes),
        rules=ask.bought.terms.rules,
        wishes=[("", tongue.say(N_("Please choose"))), *options],
        longest=MOST_WORDS,
    )


HANDLERS = [exchange_page, ask_exchange]
