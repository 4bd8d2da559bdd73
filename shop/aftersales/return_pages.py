"""The door of returns: the holder of an order sends goods back without a defect, as the rules accepted with it allow."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.aftersales.asking import MOST_WORDS, Asked, asked, filing, read_lines, read_words, taken, was_taken
from shop.aftersales.counter import AT, Counter
from shop.aftersales.picking import choices, prefilled
from shop.aftersales.rights import UNSENT, only_cancels, return_right
from shop.base.i18n import N_
from shop.base.tokens import fresh_token
from shop.base.web import Form, see_other

REASONS = {
    "changed_mind": N_("I have changed my mind"),
    "not_needed": N_("I do not need it any more"),
    "not_as_thought": N_("It is not what I had expected"),
    "too_late": N_("It came too late"),
    "ordered_twice": N_("I ordered it by mistake, or twice"),
    "better_price": N_("I found it cheaper elsewhere"),
    "other": N_("Another reason"),
}


@get("/{market:str}/{lang:str}/orders/{number:str}/return", dependencies=AT, sync_to_thread=True)
def return_page(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[str]:
    """What may go back until when, what may not and why, and the form."""
    with counter.database.reading() as db:
        ask = asked(db, counter, number, return_right)
    return _page(counter, ask, Form({"key": fresh_token()}))


@post("/{market:str}/{lang:str}/orders/{number:str}/return", dependencies=AT, sync_to_thread=True)
def ask_return(counter: NamedDependency[Counter], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Take the return in and lead to its page."""
    with counter.database.reading() as db:
        ask = asked(db, counter, number, return_right)
        lines = read_lines(db, form, ask, counter.visit.tongue)
        again = was_taken(db, form.text("key"))
    counter.spend()
    cancels = only_cancels(ask.verdicts[sku] for sku in lines if sku in ask.verdicts)
    reason, asked_to = form.text("reason"), bool(form.text("cancels"))
    kind = UNSENT if cancels or (again and asked_to) else reason
    if asked_to and ask.bought.order.dispatched_at and not again:
        form.fail(
            "", counter.visit.tongue.say(N_("It has been sent meanwhile. You can send it back once it is there."))
        )
    elif reason and reason not in REASONS:
        form.fail("reason", counter.visit.tongue.say(N_("Please choose one of these reasons, or none.")))
    words = read_words(form, "words", counter.visit.tongue)
    if not form.errors:
        whole = filing(counter, ask, form, door="return", kind=kind, statement=words, lines=lines, wish="")
        case = taken(counter, ask, form, whole)
        if case is not None:
            return see_other(counter.visit.url(f"/cases/{case.number}?told=declared"))
        with counter.database.reading() as db:
            ask = asked(db, counter, number, return_right)
    return _page(counter, ask, form, status=422)


def _page(counter: Counter, ask: Asked, form: Form, *, status: int = 200) -> Response[str]:
    tongue, order = counter.visit.tongue, ask.bought.order
    reasons = [("", tongue.say(N_("No reason"))), *((key, tongue.say(word)) for key, word in REASONS.items())]
    lines = choices(ask.view, ask.bought, ask.verdicts, tongue=tongue, static=counter.static)
    prefilled(form, lines)
    return counter.page(
        "aftersales/return.html",
        title=tongue.say(N_("Cancel before it is sent") if ask.cancels else N_("Send something back")),
        path=f"/orders/{order.number}/return",
        status=status,
        order=order,
        form=form,
        lines=lines,
        open=ask.any_allowed,
        cancels=ask.cancels,
        withdraw=bool(ask.bought.terms.rules["withdrawal_function"]),
        rules=ask.bought.terms.rules,
        reasons=reasons,
        longest=MOST_WORDS,
    )


HANDLERS = [return_page, ask_return]
