"""The withdrawal function: from every page, without an account or a reason, in two steps, and its receipt at once.

What it answers never tells whether there is an order of that number: only a browser that holds it is shown its goods.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.aftersales.counter import AT, CASE, Counter
from shop.aftersales.entitlement import Bought, bought_by
from shop.aftersales.models import Case
from shop.aftersales.picking import PIECES, TICK, choices, prefilled
from shop.aftersales.withdrawal import (
    LIMITS,
    MOST_GOODS,
    PART,
    Declaration,
    declare,
    order_named,
    read_declaration,
    verdicts,
)
from shop.base import limits
from shop.base.i18n import N_
from shop.base.mail import mailbox_text, same_mailbox
from shop.base.tokens import fresh_token
from shop.base.web import Form, client_address, see_other
from shop.checkout.models import Order
from shop.checkout.orders import order_view
from shop.ground.errors import NotFound, found
from shop.policies.function import WithdrawalWords, withdrawal_words, words_of

RECEIPT = "receipt"  # a browser that declared may read the receipt; to see the case it must hold that, or the order
PATH = "/withdraw"
_STEP = ("name", "contract", "email", "goods", "key")


@get("/{market:str}/{lang:str}/withdraw", dependencies=AT, sync_to_thread=True)
def withdraw_page(counter: NamedDependency[Counter], order: FromQuery[str] = "") -> Response[str]:
    """The first step: who, which contract, where the receipt goes, and which goods if only some."""
    form = Form({"key": fresh_token(), "contract": order[: LIMITS["contract"]]})
    if counter.holds("order", order):
        with counter.database.reading() as db:
            placed = counter.order(db, order)
        form.values |= {"name": placed.name, "email": placed.email}
    return _first_step(counter, form)


@post("/{market:str}/{lang:str}/withdraw", dependencies=AT, sync_to_thread=True)
def withdraw_again(counter: NamedDependency[Counter], form: NamedDependency[Form]) -> Response[str]:
    """The second step repeats what is declared, with the button that confirms it; or the first step once more."""
    bought = _held(counter, form)
    words = _words(counter, bought)
    if form.text("act") == "change":
        return _first_step(counter, form)
    declaration = read_declaration(form, counter.visit.tongue, bought)
    if form.errors:
        return _first_step(counter, form, status=422)
    return _second_step(counter, form, declaration, words)


@post("/{market:str}/{lang:str}/withdraw/confirmation", dependencies=AT, sync_to_thread=True)
def confirm_withdrawal(counter: NamedDependency[Counter], form: NamedDependency[Form]) -> Response[Any]:
    """The declaration is made: it is kept and receipted now, whatever holds for it."""
    visit, bought = counter.visit, _held(counter, form)
    _words(counter, bought)
    declaration = read_declaration(form, visit.tongue, bought, again=True)
    if not declaration.key:
        form.values["key"] = fresh_token()
        form.fail("", visit.tongue.say(N_("Something is missing in this form. Please look at it once more.")))
    if form.errors:
        return _first_step(counter, form, status=422)
    limits.spend(counter.database, limits.WITHDRAWAL, client_address(counter.http), now=counter.now)
    # Only what may be a stranger's counts against an address, or a stranger's letters could shut its buyer out.
    if bought is None or not same_mailbox(bought.order.email, declaration.email):
        limits.spend(counter.database, limits.WITHDRAWAL_TO, mailbox_text(declaration.email), now=counter.now)
    case = declare(
        counter.database,
        counter.policies,
        visit.market,
        declaration,
        language=visit.tongue.language,
        now=counter.now,
    )
    cookies = counter.holders.kept(counter.http, RECEIPT, case.number, now=counter.now)
    return see_other(visit.url(f"{PATH}/receipts/{case.number}"), *cookies)


@get("/{market:str}/{lang:str}/withdraw/receipts/{number:str}", dependencies=AT, sync_to_thread=True)
def withdrawal_receipt(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[str]:
    """What was declared and when, to keep. It confirms that the declaration is here, and no more."""
    counter.check_holds(RECEIPT, number)
    with counter.database.reading() as db:
        case = found(db.get(Case, number))
    if case.market != counter.visit.market.id:
        raise NotFound
    holds = counter.holds(CASE, number) or counter.holds("order", case.order_number)
    return counter.page(
        "aftersales/receipt.html",
        title=counter.visit.tongue.say(N_("Your withdrawal has reached us")),
        path=f"{PATH}/receipts/{number}",
        case=case,
        part=case.kind == PART,
        case_url=counter.visit.url(f"/cases/{number}") if holds else "",
    )


@get("/{market:str}/{lang:str}/orders/{number:str}/withdrawal", dependencies=AT, sync_to_thread=True)
def withdraw_from_order(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[Any]:
    """From an order's page to the function, filled in."""
    with counter.database.reading() as db:
        bought = bought_by(db, counter.order(db, number), counter.policies)
    _words(counter, bought)
    return see_other(counter.visit.url(f"{PATH}?order={number}"))


def _words(counter: Counter, bought: Bought | None) -> WithdrawalWords:
    """The words of this market's function, or of that which was accepted with the order; NotFound where there is none."""
    visit = counter.visit
    words = withdrawal_words(counter.policies, visit.market.id, visit.tongue, counter.today)
    return found(words or (words_of(bought.terms.rules, visit.tongue) if bought else None))


def _held(counter: Counter, form: Form) -> Bought | None:
    """The order that the form names, if this browser holds it."""
    number = order_named(form.text("contract"))
    if not counter.holds("order", number):
        return None
    with counter.database.reading() as db:
        order = db.get(Order, number)
        mine = order is not None and order.market == counter.visit.market.id
        return bought_by(db, order, counter.policies) if order and mine else None


def _first_step(counter: Counter, form: Form, *, status: int = 200) -> Response[str]:
    visit, bought, lines = counter.visit, _held(counter, form), []
    words = _words(counter, bought)
    if bought is not None:
        with counter.database.reading() as db:
            view = order_view(db, bought.order.number)
        found_now = verdicts(bought, counter.today)
        lines = choices(view, bought, found_now, tongue=visit.tongue, static=counter.static)
    prefilled(form, lines)
    for name in form.values:  # a text far too long is cut, or the page could not be read
        form.values[name] = form.values[name][: MOST_GOODS + 500]
    return counter.page(
        "aftersales/withdraw.html",
        title=words.entry,
        path=PATH,
        status=status,
        form=form,
        lines=[each for each in lines if each["left"] > 0],
        held=bought is not None,
        limits=LIMITS,
        rules_url=visit.url("/policies/returns"),
        form_url=visit.url("/policies/returns/form") if words.model_form else "",
    )


def _second_step(counter: Counter, form: Form, declaration: Declaration, words: WithdrawalWords) -> Response[str]:
    kept = {name: form.text(name) for name in _STEP}
    for sku, pieces in declaration.pieces.items():
        kept |= {TICK + sku: "yes", PIECES + sku: str(pieces)}
    return counter.page(
        "aftersales/withdraw_confirm.html",
        title=words.entry,
        path=PATH,
        declaration=declaration,
        part=declaration.extent == PART,
        kept=kept,
        confirm=words.confirm,
    )


HANDLERS = [withdraw_page, withdraw_again, confirm_withdrawal, withdrawal_receipt, withdraw_from_order]
