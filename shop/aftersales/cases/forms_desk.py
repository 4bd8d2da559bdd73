"""The forms of a case at the desk: each is read, judged, and done once; what cannot be taken is drawn again with its sentence."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from shop.aftersales.cases import handling
from shop.aftersales.cases.at_desk import AT_DESK, CaseDesk, read_amount, read_pieces, read_reason
from shop.aftersales.cases.deciding import BY_DOOR, MONEY
from shop.aftersales.cases.desk import case_answer
from shop.aftersales.cases.goods_back import Came, pieces_to_come, receive
from shop.aftersales.cases.paying_back import Giving, ReasonForAmount, deduct, give_money, given_before, proposal_of
from shop.aftersales.cases.sight import BEARERS, CREDITORS
from shop.aftersales.cases.views import CaseView
from shop.base.fields import whole
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.checkout.models import Order
from shop.checkout.refunds import RefundKeyReused
from shop.ground.errors import NotFound, found
from shop.ground.figures import figures

MOST_KEY = 64


@post("/desk/cases/{number:str}/decision", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def decide_form(desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Accept, refuse, or grant goodwill."""
    act, tongue = form.text("act"), desk.tongue
    if act not in ("accept", "refuse", "goodwill"):
        form.fail("", tongue.say(N_("Please say whether to accept or to refuse it.")))
        return case_answer(desk, number, form, status=422)
    view = _look(desk, number, act)
    remedy, cost = _remedy(form, view, desk) if act != "refuse" else "", 0
    reason = read_reason(form, f"{act}_reason", tongue, needed=act != "accept")
    if act == "goodwill":
        cost = read_amount(form, "cost", found(view.order).currency, tongue, least=1 if remedy in MONEY else 0)
    if form.errors:
        return case_answer(desk, number, form, status=422)
    who: dict[str, Any] = {"person": desk.staff.person.id, "now": desk.now}
    with desk.changing(number) as (db, view):
        if act == "accept":
            handling.accept(db, view, remedy, grounds=reason, **who)
        elif act == "refuse":
            handling.refuse(db, view, reason, article=form.text("article")[:200], **who)
        else:
            handling.grant(db, view, remedy, reason=reason, cost=cost, **who)
    return _back(number, "refused" if act == "refuse" else "accepted")


@post("/desk/cases/{number:str}/bearer", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def bearer_form(desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Who bears it, and what they owe to whom."""
    view, tongue = _look(desk, number, "bear"), desk.tongue
    bearer, to, minor = form.text("bearer"), form.text("reimburse_to"), 0
    if bearer not in BEARERS:
        form.fail("bearer", tongue.say(N_("Please say who bears it.")))
    if form.text("reimburse"):
        minor = read_amount(form, "reimburse", found(view.order).currency, tongue, least=0)
    if minor and (to not in CREDITORS or to == bearer):
        form.fail("reimburse_to", tongue.say(N_("Please say to whom it is owed; nobody owes it to themselves.")))
    if form.errors:
        return case_answer(desk, number, form, status=422)
    with desk.changing(number) as (db, view):
        owed = {"minor": minor, "to": to if minor else "", "was": form.text("was")}
        handling.bear(db, view, bearer, person=desk.staff.person.id, now=desk.now, **owed)  # type: ignore[arg-type]
    return _back(number, "kept")


@post("/desk/cases/{number:str}/reimbursement", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def reimburse_form(
    desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]
) -> Response[Any]:
    """What was owed for it has been paid."""
    with desk.changing(number) as (db, view):
        handling.reimbursed(db, view, person=desk.staff.person.id, now=desk.now)
    return see_other("/desk/reimbursements?done=kept") if form.text("from") == "list" else _back(number, "kept")


@post("/desk/cases/{number:str}/matching", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def match_form(desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Which order a withdrawal is about that named none."""
    view, named = _look(desk, number, "match"), figures(form.text("order_number")).upper()
    with desk.database.reading() as db:
        order = db.get(Order, named)
    if order is None or order.market != view.case.market or order.paid_at is None:
        form.fail("order_number", desk.tongue.say(N_("There is no paid order of this number in this market.")))
        return case_answer(desk, number, form, status=422)
    with desk.changing(number) as (db, view):
        order = db.get_one(Order, named)
        handling.match(db, view, order, desk.policies, person=desk.staff.person.id, now=desk.now)
    return _back(number, "kept")


@post("/desk/cases/{number:str}/pieces", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def pieces_form(desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """What of its order a case is about that named goods in words."""
    view = _look(desk, number, "pieces")
    asked = {sku: read_pieces(form, f"pieces-{sku}", 10_000, desk.tongue) for sku in view.names}
    pieces = {sku: each for sku, each in asked.items() if each}
    if not pieces and not form.errors:
        form.fail("", desk.tongue.say(N_("Please say of at least one product how many pieces it is about.")))
    if form.errors:
        return case_answer(desk, number, form, status=422)
    with desk.changing(number) as (db, view):
        handling.set_pieces(db, view, pieces, person=desk.staff.person.id, now=desk.now)
    return _back(number, "kept")


@post("/desk/cases/{number:str}/proof", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def proof_form(desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """The customer has shown that the goods are on their way."""
    _look(desk, number, "sending")
    proof = read_reason(form, "proof", desk.tongue)
    if form.errors:
        return case_answer(desk, number, form, status=422)
    with desk.changing(number) as (db, view):
        handling.sent_back(db, view, proof, person=desk.staff.person.id, now=desk.now)
    return _back(number, "kept")


@post("/desk/cases/{number:str}/goods", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def goods_form(desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Goods came back: so many pieces of each, in which condition, and whether they can be sold again."""
    view, tongue = _look(desk, number, "receive"), desk.tongue
    with desk.database.reading() as db:
        to_come = pieces_to_come(db, view)
    came = []
    for sku, most in to_come.items():
        pieces = read_pieces(form, f"received-{sku}", most, tongue)
        again = read_pieces(form, f"restock-{sku}", pieces, tongue)
        condition = read_reason(form, f"condition-{sku}", tongue, needed=0 < pieces != again)
        if pieces:
            came.append(Came(sku, pieces, again, condition))
    last = form.text("last") == "yes"
    if not came and not last and not form.errors:
        form.fail("", tongue.say(N_("Please say of at least one product how many pieces have come.")))
    if form.errors:
        return case_answer(desk, number, form, status=422)
    with desk.changing(number) as (db, view):
        receive(db, view, came, last=last, person=desk.staff.person.id, now=desk.now)
    return _back(number, "kept")


@post("/desk/cases/{number:str}/deduction", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def deduction_form(
    desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]
) -> Response[Any]:
    """Give back less, because the goods lost in value."""
    view, tongue = _look(desk, number, "deduct"), desk.tongue
    minor = read_amount(form, "deduction", found(view.order).currency, tongue, least=0)
    reason = read_reason(form, "deduction_reason", tongue)
    with desk.database.reading() as db:
        most = proposal_of(db, view).goods
    if minor > most and not form.errors:
        form.fail("deduction", tongue.say(N_("This is more than was paid for the goods.")))
    if form.errors:
        return case_answer(desk, number, form, status=422)
    with desk.changing(number) as (db, view):
        handling.check(view, "deduct")
        deduct(db, view, minor, reason, person=desk.staff.person.id, now=desk.now, tongue=desk.theirs(view))
    return _back(number, "kept")


@post("/desk/cases/{number:str}/refunds", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def refund_form(desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]) -> Response[Any]:
    """Give money back. Any amount but the proposed one needs a reason, and what is more than owed is goodwill."""
    key, seen, tongue = f"{number}:{form.text('key')[:MOST_KEY]}", whole(form.text("seen"), digits=15), desk.tongue
    with desk.database.reading() as db:
        known = desk.case(db, number)
        given = given_before(db, known, key)
    if given is not None:
        if read_amount(form, "amount", found(known.order).currency, tongue) != given:
            raise RefundKeyReused
        return _back(number, "given_back")
    view = _look(desk, number, "refund")
    if not form.text("key") or seen is None:
        raise NotFound
    minor = read_amount(form, "amount", found(view.order).currency, tongue)
    reason = read_reason(form, "refund_reason", tongue, needed=False)
    if form.errors:
        return case_answer(desk, number, form, status=422)
    giving = Giving(
        minor=minor,
        seen=seen,
        reason=reason,
        key=key,
        by_hand=form.text("by_hand") == "yes",
    )
    try:
        with desk.changing(number) as (db, view):
            handling.check(view, "refund")
            give_money(db, view, giving, person=desk.staff.person.id, now=desk.now, tongue=desk.theirs(view))
    except ReasonForAmount:
        said = N_("This is not the proposed amount. Please say why. Nothing has been given back yet.")
        form.fail("refund_reason", tongue.say(said))
        return case_answer(desk, number, form, status=422)
    return _back(number, "given_back")


@post("/desk/cases/{number:str}/replacement", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def replacement_form(
    desk: NamedDependency[CaseDesk], number: FromPath[str], form: NamedDependency[Form]
) -> Response[Any]:
    """The repaired or new goods are on their way."""
    view, named = _look(desk, number, "replace"), figures(form.text("replacement")).upper()
    with desk.database.reading() as db:
        order = db.get(Order, named) if named else None
    if named and (order is None or order.market != view.case.market or named == view.case.order_number):
        said = N_("There is no other order of this number in this market. Nothing has been changed yet.")
        form.fail("replacement", desk.tongue.say(said))
        return case_answer(desk, number, form, status=422)
    with desk.changing(number) as (db, view):
        handling.replaced(db, view, named, person=desk.staff.person.id, now=desk.now)
    return _back(number, "case_closed")


@post("/desk/cases/{number:str}/closing", opt={"act": "case.decide"}, dependencies=AT_DESK, sync_to_thread=True)
def close_case_form(desk: NamedDependency[CaseDesk], number: FromPath[str]) -> Response[Any]:
    """Nothing more is to be done."""
    with desk.changing(number) as (db, view):
        handling.close(db, view, person=desk.staff.person.id, now=desk.now)
    return _back(number, "case_closed")


def _look(desk: CaseDesk, number: str, act: str) -> CaseView:
    """The case, if the act is possible as it stands: whoever comes too late reads so before anything else."""
    with desk.worded(), desk.database.reading() as db:
        view = desk.case(db, number)
        handling.check(view, act)
    return view


def _remedy(form: Form, view: CaseView, desk: CaseDesk) -> str:
    remedy, known = form.text("remedy"), BY_DOOR[view.case.door]
    if remedy not in known:
        form.fail("remedy", desk.tongue.say(N_("Please choose what the customer gets.")))
    return remedy


def _back(number: str, done: str) -> Response[Any]:
    return see_other(f"/desk/cases/{number}?done={done}")


HANDLERS = [
    decide_form,
    bearer_form,
    reimburse_form,
    match_form,
    pieces_form,
    proof_form,
    goods_form,
    deduction_form,
    refund_form,
    replacement_form,
    close_case_form,
]
