"""The doors that the page of an order leads to, the cases that came of it, and its last day to send something back."""

from datetime import date

from sqlmodel import Session

from shop.aftersales.care import care_of
from shop.aftersales.cases.views import cases_of, mark, title
from shop.aftersales.entitlement import bought_in
from shop.aftersales.owned import owned_of
from shop.aftersales.recalls.pages import warnings_on
from shop.aftersales.rights import exchange_right, only_cancels, return_right, withdrawal_right
from shop.base.i18n import N_
from shop.checkout.following import Follows, Kept, Way
from shop.checkout.models import SOLD
from shop.checkout.orders import OrderView
from shop.markets.calendar import day_in
from shop.markets.visit import Visit
from shop.policies.function import withdrawal_words, words_of
from shop.policies.library import PolicyLibrary


def follows(policies: PolicyLibrary, db: Session, view: OrderView, visit: Visit) -> Follows:
    """What the order's page shows of all this. The withdrawal function is there for every paid order, in time or not."""
    order, tongue, today = view.order, visit.tongue, day_in(visit.market, visit.now)
    if order.state not in (*SOLD, "refunded"):
        return Follows()
    bought = bought_in(db, view, policies)
    terms, items = bought.terms, bought.items.values()
    here = f"/orders/{order.number}"
    doors = []
    withdraw = withdrawal_words(policies, visit.market.id, tongue, today) or words_of(terms.rules, tongue)
    if withdraw:
        doors.append(Way(withdraw.entry, visit.url(f"{here}/withdrawal")))
    returns = [return_right(terms, each, today=today) for each in items]
    if any(each.allowed for each in returns):
        entry = N_("Cancel before it is sent") if only_cancels(returns) else N_("Send something back")
        doors.append(Way(tongue.say(entry), visit.url(f"{here}/return")))
    if any(exchange_right(terms, each, today=today).allowed for each in items):
        doors.append(Way(tongue.say(N_("Exchange something")), visit.url(f"{here}/exchange")))
    if order.state in SOLD:
        doors.append(Way(tongue.say(N_("Something is wrong with it")), visit.url(f"{here}/claim")))
    owned = owned_of(view, policies, tongue, today=today)
    care = care_of(db, view, visit, owned, today=today)
    right = withdrawal_right if terms.rules["nature"] == "statutory" else return_right
    ends = [found.last_day for found in (right(terms, each, today=today) for each in items) if found.allowed]
    last = max((each for each in ends if each), default=None)
    return Follows(
        doors=tuple(doors),
        cases=tuple(
            Way(title(each, tongue), visit.url(f"/cases/{each.number}"), each.number, mark(each, tongue))
            for each in (cases_of(db, order) if order.after_sales else ())
        ),
        until=_until(last, visit),
        owned=tuple(Kept(each.name, each.serial or each.lot, each.words) for each in owned),
        recalls=warnings_on(db, order.number, visit) if visit.market.id in visit.snapshot.recalled else (),
        care=tuple((each.choice, each.words(tongue)) for each in care if each.running is None),
    )


def _until(last: date | None, visit: Visit) -> str:
    if last is None:
        return ""
    return visit.tongue.say(N_("You can send goods back until %(day)s"), day=visit.tongue.date(last))
