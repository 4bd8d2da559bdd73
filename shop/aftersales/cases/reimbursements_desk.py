"""The exporter's page of what distributors and carriers owe, or are owed, for cases: open and settled, summed by currency."""

from collections.abc import Collection, Iterable
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlmodel import Session, col, select

from shop.aftersales.cases.at_desk import AT_DESK, CaseDesk
from shop.aftersales.cases.sight import BEARERS, CREDITORS
from shop.aftersales.models import Case
from shop.base.i18n import N_, NP_, Tongue
from shop.checkout.models import Order
from shop.ground.money import Money
from shop.markets.models import Market

TABS = {"open": NP_("reimbursements", "Open"), "settled": NP_("reimbursements", "Settled")}
EMPTY = {"open": N_("Nobody owes anything for a case."), "settled": N_("Nothing has been reimbursed yet.")}
AT_MOST = 500


@get("/desk/reimbursements", opt={"act": "case.reckon"}, dependencies=AT_DESK, sync_to_thread=True)
def reimbursements_page(
    desk: NamedDependency[CaseDesk], tab: FromQuery[str] = "open", done: FromQuery[str] = ""
) -> Response[str]:
    """Who owes what to whom, market by market."""
    tab = tab if tab in TABS else "open"
    with desk.database.reading() as db:
        found = owed(db, desk.staff.markets, settled=tab == "settled")
    tongue, markets = desk.tongue, desk.directory.now().markets
    return desk.page(
        "reimbursements",
        title=tongue.say(N_("Reimbursements")),
        done=done,
        sums=[
            {"country": markets[market].country, "who": _who(bearer, to, tongue), "amount": tongue.money(amount)}
            for (market, bearer, to), amount in summed(found)
        ],
        rows=[_row(case, Money(case.reimburse, currency), markets[case.market], tongue) for case, currency in found],
        tabs=[
            {
                "label": tongue.say(word),
                "url": f"/desk/reimbursements?tab={each}",
                "current": each == tab,
                "count": None,
            }
            for each, word in TABS.items()
        ],
        empty=tongue.say(EMPTY[tab]),
    )


def owed(db: Session, markets: Collection[str], *, settled: bool) -> list[tuple[Case, str]]:
    """The cases of these markets (none: of all) for which somebody reimburses somebody, each with its currency."""
    done = col(Case.reimbursed_at).is_not(None)
    query = select(Case, Order.currency).join(Order, col(Order.number) == col(Case.order_number))
    query = query.where(col(Case.reimburse) > 0, done if settled else ~done)
    if markets:
        query = query.where(col(Case.market).in_(markets))
    return list(db.exec(query.order_by(col(Case.market), col(Case.filed_at)).limit(AT_MOST)).all())


def _row(case: Case, amount: Money, market: Market, tongue: Tongue) -> dict[str, Any]:
    return {
        "number": case.number,
        "order": case.order_number,
        "url": f"/desk/cases/{case.number}",
        "country": market.country,
        "who": _who(case.bearer, case.reimburse_to, tongue),
        "amount": tongue.money(amount),
        "settled": tongue.moment(case.reimbursed_at, market.zone) if case.reimbursed_at else "",
    }


def summed(found: Iterable[tuple[Case, str]]) -> list[tuple[tuple[str, str, str], Money]]:
    """Sums by market, who owes and to whom; currencies are never added to one another."""
    sums: dict[tuple[str, str, str, str], int] = {}
    for case, currency in found:
        key = (case.market, case.bearer, case.reimburse_to, currency)
        sums[key] = sums.get(key, 0) + case.reimburse
    return [(key[:3], Money(minor, key[3])) for key, minor in sorted(sums.items())]


def _who(bearer: str, to: str, tongue: Tongue) -> str:
    names = {"who": tongue.say(BEARERS.get(bearer, bearer)), "whom": tongue.say(CREDITORS.get(to, to))}
    return tongue.say(N_("%(who)s owes: %(whom)s"), **names)


HANDLERS = [reimbursements_page]
