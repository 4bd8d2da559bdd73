"""The desk's door to cases: the list, the longest due first, and one case with everything beside it."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.aftersales.cases.at_desk import AT_DESK, STATES, CaseDesk
from shop.aftersales.cases.overdue import overdue
from shop.aftersales.cases.sight import TONES, case_sight, due_words
from shop.aftersales.cases.views import DOORS, OPEN, CaseView, title
from shop.aftersales.models import Case
from shop.base.fields import whole
from shop.base.i18n import N_, NP_
from shop.base.web import Form

PAGE = 50
TABS = {
    "open": NP_("cases", "Open"),
    "overdue": NP_("cases", "Overdue"),
    "over": NP_("cases", "Closed"),
    "all": NP_("cases", "All"),
}
EMPTY = {
    "open": N_("No case is open."),
    "overdue": N_("No refund is overdue."),
    "over": N_("No case has been closed yet."),
    "all": N_("There are no cases yet."),
}


@get("/desk/cases", opt={"act": "case.see"}, dependencies=AT_DESK, sync_to_thread=True)
def cases_page(
    desk: NamedDependency[CaseDesk],
    tab: FromQuery[str] = "open",
    door: FromQuery[str] = "",
    market: FromQuery[str] = "",
    order: FromQuery[str] = "",
    page: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """The cases of this person's markets. All of an order's are listed when one is named."""
    tab, door = tab if tab in TABS else "open", door if door in DOORS else ""
    tab, at, market = "all" if order else tab, whole(page, digits=4) or 0, _safe(market)
    with desk.database.reading() as db:
        late = {each.case.number: each for each in overdue(db, desk.policies, markets=desk.staff.markets, now=desk.now)}
        cases = _cases(db, desk, tab, door=door, market=market, order=order, late=list(late), at=at)
    say, markets = desk.tongue.say, desk.directory.now().markets
    kept = "".join(f"&{name}={value}" for name, value in (("door", door), ("market", market)) if value)
    rows = [_row(each, desk, late) | {"market": markets[each.market].country} for each in cases[:PAGE]]
    return desk.page(
        "cases",
        title=say(N_("Cases")),
        done=done,
        rows=rows,
        tabs=[
            {
                "label": say(word),
                "url": f"/desk/cases?tab={each}{kept}",
                "current": each == tab,
                "count": len(late) if each == "overdue" and late and not door and not market else None,
            }
            for each, word in TABS.items()
        ],
        doors=[("", say(NP_("cases", "All kinds"))), *((each, say(word)) for each, word in DOORS.items())],
        form=Form({"door": door}),
        tab=tab,
        market=market,
        order=order if rows and order else "",
        empty=say(EMPTY[tab]),
        may_reckon=desk.staff.may("case.reckon"),
        next_url=f"/desk/cases?tab={tab}{kept}&page={at + 1}" if len(cases) > PAGE else "",
    )


@get("/desk/cases/{number:str}", opt={"act": "case.see"}, dependencies=AT_DESK, sync_to_thread=True)
def desk_case_page(desk: NamedDependency[CaseDesk], number: FromPath[str], done: FromQuery[str] = "") -> Response[str]:
    """One case: what was declared, what holds and why, the goods, the money, and what was done."""
    return case_answer(desk, number, Form(), done=done)


def case_answer(desk: CaseDesk, number: str, form: Form, *, done: str = "", status: int = 200) -> Response[str]:
    """The case's page, with what a form could not take."""
    with desk.database.reading() as db:
        view = desk.case(db, number)
        sight = case_sight(db, desk, view)
    drawn = Form({**_filled(view, sight), **form.values}, form.errors)
    return desk.page("case", title=number, done=done, status=status, form=drawn, **sight)


def _filled(view: CaseView, sight: dict[str, Any]) -> dict[str, str]:
    """What the forms propose."""
    case, purse = view.case, sight["money"]
    wished = case.remedy or (case.wish if case.wish in dict(sight["remedies"]) else sight["remedies"][0][0])
    given = {"remedy": wished, "bearer": case.bearer, "reimburse_to": case.reimburse_to}
    return given | ({"amount": purse["amount"], "deduction": purse["deduction"]} if purse else {})


def _cases(
    db: Session, desk: CaseDesk, tab: str, *, door: str, market: str, order: str, late: list[str], at: int
) -> list[Case]:
    query = select(Case)
    if tab in ("open", "over"):
        is_open = col(Case.state).in_(OPEN)
        query = query.where(is_open if tab == "open" else ~is_open)
    if tab == "overdue":
        query = query.where(col(Case.number).in_(late))
    if desk.staff.markets:
        query = query.where(col(Case.market).in_(desk.staff.markets))
    for column, value in ((Case.door, door), (Case.market, market), (Case.order_number, order)):
        if value:
            query = query.where(column == value)
    due = (col(Case.refund_due).is_(None), col(Case.refund_due), col(Case.filed_at))
    ordered = due if tab in ("open", "overdue") else (col(Case.filed_at).desc(),)
    return list(db.exec(query.order_by(*ordered, col(Case.number)).offset(at * PAGE).limit(PAGE + 1)).all())


def _row(case: Case, desk: CaseDesk, late: dict[str, Any]) -> dict[str, Any]:
    tongue, found = desk.tongue, late.get(case.number)
    due, is_over = due_words(case.refund_due if case.state in OPEN else None, found.since if found else None, tongue)
    tone, glyph = TONES[case.state]
    return {
        "number": case.number,
        "url": f"/desk/cases/{case.number}",
        "door": title(case, tongue),
        "mark": {"tone": tone, "glyph": glyph, "word": tongue.say(STATES[case.state])},
        "name": case.name,
        "order": case.order_number,
        "due": due,
        "overdue": is_over,
        "owed": tongue.money(found.owed) if found else "",
        "filed": tongue.moment(case.filed_at, desk.directory.now().markets[case.market].zone),
    }


def _safe(market: str) -> str:
    return market if market.isascii() and market.isalpha() and len(market) == 2 else ""


HANDLERS = [cases_page, desk_case_page]
