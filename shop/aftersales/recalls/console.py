"""The console's doors to the recalls there are: the list, one with its notices and clocks, and the report per market."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.aftersales.models import Recall, RecallNotice, RecallReport, RecallText
from shop.aftersales.recalls.arrival import AT, OPEN, SEE, URL, RecallDesk
from shop.aftersales.recalls.clock import clock_of
from shop.aftersales.recalls.progress import answers, close, complete, counted, told_authority
from shop.aftersales.recalls.sight import notices_of, recalls_for, text_in
from shop.aftersales.recalls.words import ANSWERS, DONE, HEADLINE, recognised, remedies_offered
from shop.base.i18n import N_, NP_, own_name
from shop.base.web import Form, see_other
from shop.ground.errors import found
from shop.markets.models import Exporter, Market
from shop.staff.may import ALL_MARKETS
from shop.staff.names import names_of

SHOWN = 300  # notices on one page; those first that wait for something
STATES = {
    "drill": ("calm", "info", N_("Drill")),
    "open": ("stop", "triangle", NP_("recall", "Open")),
    "closed": ("calm", "square", NP_("recall", "Closed")),
}


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def recalls_page(desk: NamedDependency[RecallDesk]) -> Response[str]:
    """Every recall and drill that concerns this person's markets."""
    with desk.database.reading() as db:
        rows = [_row(db, desk, each) for each in recalls_for(db, desk.staff)]
    title = desk.staff.tongue.say(N_("Recalls"))
    return desk.page("recalls", title=title, rows=rows, may_open=desk.may_open)


@get(f"{URL}/{{number:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def recall_page(number: FromPath[str], desk: NamedDependency[RecallDesk], done: FromQuery[str] = "") -> Response[str]:
    """One recall: how far it is in each market, every notice, and the clocks of the authorities."""
    return _recall_page(desk, number, Form(), done=done)


@post(f"{URL}/{{number:str}}/notices/{{order:str}}/completion", dependencies=AT, opt=OPEN, sync_to_thread=True)
def complete_form(
    number: FromPath[str], order: FromPath[str], desk: NamedDependency[RecallDesk], form: NamedDependency[Form]
) -> Response[Any]:
    """Note what was done for one customer."""
    with desk.database.reading() as db:
        recall = desk.recall(db, number)
        notice = found(db.get(RecallNotice, (number, order)))
        desk.staff.check_market(notice.market)
    if form.text("remedy") not in answers(recall):
        form.fail("", desk.staff.tongue.say(N_("Please choose what was done. Nothing has been noted.")))
        return _recall_page(desk, number, form, status=422)
    with desk.database.writing() as db:
        complete(db, recall, order, form.text("remedy"), person=desk.staff.person.id, now=desk.now)
    return see_other(f"{URL}/{number}?done=recall_done#notices")


@post(f"{URL}/{{number:str}}/reports/{{market:str}}/sending", dependencies=AT, opt=OPEN, sync_to_thread=True)
def report_sent(number: FromPath[str], market: FromPath[str], desk: NamedDependency[RecallDesk]) -> Response[Any]:
    """Note that the market's authority has been told."""
    desk.staff.check_market(market)
    with desk.database.writing() as db:
        told_authority(db, desk.recall(db, number), market, person=desk.staff.person.id, now=desk.now)
    return see_other(f"{URL}/{number}?done=recall_reported")


@post(f"{URL}/{{number:str}}/closing", dependencies=AT, opt=OPEN, sync_to_thread=True)
def close_form(number: FromPath[str], desk: NamedDependency[RecallDesk]) -> Response[Any]:
    """Close the recall, for who works for every market."""
    desk.staff.check_market(ALL_MARKETS)  # a recall as a whole reaches them all
    with desk.database.writing() as db:
        close(db, desk.recall(db, number), now=desk.now)
    return see_other(f"{URL}/{number}?done=recall_closed")


@get(f"{URL}/{{number:str}}/reports/{{market:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def report_page(number: FromPath[str], market: FromPath[str], desk: NamedDependency[RecallDesk]) -> Response[str]:
    """The report on one market, to be printed or kept: what was sold, who was reached, what was done, and when."""
    desk.staff.check_market(market)
    tongue = desk.staff.tongue
    with desk.database.reading() as db:
        recall, place = desk.recall(db, number), found(desk.markets.get(market))
        report = found(db.get(RecallReport, (number, market)))
        notices = notices_of(db, number, [market])
        text, exporter = text_in(db, number, tongue.language), db.get_one(Exporter, 1)
    return desk.page(
        "recall_report",
        title=tongue.say(N_("Recall %(number)s: %(place)s"), number=number, place=tongue.territory(place.country)),
        recall=recall,
        state=_state(recall, desk),
        headline=tongue.say(HEADLINE),
        text=text,
        exporter=exporter,
        recognised=recognised(recall, tongue),
        remedies=remedies_offered(recall, tongue),
        facts=_facts(desk, recall, report, notices, place=place),
        remedied=_done_counts(notices, desk),
    )


def _recall_page(desk: RecallDesk, number: str, form: Form, *, done: str = "", status: int = 200) -> Response[str]:
    tongue = desk.staff.tongue
    with desk.database.reading() as db:
        recall = desk.recall(db, number)
        notices = notices_of(db, number, desk.markets)
        reports = [each for each in _reports(db, number) if each.market in desk.markets]
        texts = db.exec(select(RecallText).where(RecallText.recall == number).order_by(col(RecallText.language))).all()
        people = names_of(db)
    return desk.page(
        "recall",
        title=tongue.say(N_("Recall %(number)s"), number=number),
        status=status,
        done=done,
        form=form,
        recall=recall,
        state=_state(recall, desk),
        opened=desk.moment(recall.opened_at),
        closed=desk.moment(recall.closed_at) if recall.closed_at else "",
        by=people.get(recall.person, recall.person),
        recognised=recognised(recall, tongue),
        rows=[
            _market_row(desk, recall, market, notices=notices, reports=reports, people=people)
            for market in _touched(notices, reports)
        ],
        notices=[_notice_row(desk, each) for each in notices[:SHOWN]],
        more=len(notices) - SHOWN if len(notices) > SHOWN else 0,
        texts=[(each, own_name(each.language)) for each in texts],
        choices=[(each, tongue.say(DONE[each])) for each in answers(recall)],
        may_open=desk.staff.may(OPEN["act"]),
        may_close=desk.may_open and recall.closed_at is None,
        waiting=sum(each.done_at is None for each in notices),
    )


def _reports(db: Session, number: str) -> Sequence[RecallReport]:
    query = select(RecallReport).where(RecallReport.recall == number).order_by(col(RecallReport.due_at))
    return db.exec(query).all()


def _touched(notices: Sequence[RecallNotice], reports: Sequence[RecallReport]) -> list[str]:
    """The markets, those first whose authority is to be told first."""
    return list(dict.fromkeys([*(each.market for each in reports), *(each.market for each in notices)]))


def _row(db: Session, desk: RecallDesk, recall: Recall) -> dict[str, Any]:
    notices = notices_of(db, recall.number, desk.markets)
    late = [
        each
        for each in _reports(db, recall.number)
        if each.market in desk.markets and each.sent_at is None and each.due_at <= desk.now and not recall.drill
    ]
    text = text_in(db, recall.number, desk.staff.tongue.language)
    return {
        "number": recall.number,
        "product": text.product if text else recall.skus,
        "language": text.language if text else "",
        "state": _state(recall, desk),
        "opened": desk.moment(recall.opened_at),
        "counts": counted(notices),
        "late": len(late),
    }


def _market_row(
    desk: RecallDesk,
    recall: Recall,
    market: str,
    *,
    notices: Sequence[RecallNotice],
    reports: Sequence[RecallReport],
    people: dict[str, str],
) -> dict[str, Any]:
    report = next((each for each in reports if each.market == market), None)
    place = desk.markets[market]
    return {
        "place": desk.staff.tongue.territory(place.country),
        "market": market,
        "counts": counted([each for each in notices if each.market == market]),
        "report": _clock(desk, recall, report, place, people=people) if report else None,
    }


def _clock(
    desk: RecallDesk, recall: Recall, report: RecallReport, place: Market, *, people: dict[str, str]
) -> dict[str, Any]:
    """The authority's clock: told, due, or overdue. In a drill nobody is told, and nothing is overdue."""
    tongue = desk.staff.tongue
    if report.sent_at is not None:
        who = people.get(report.person, report.person)
        said = tongue.say(N_("%(when)s, by %(person)s"), when=tongue.moment(report.sent_at, place.zone), person=who)
        chip = ("good", "tick", tongue.say(N_("Authority told")))
    else:
        late = report.due_at <= desk.now and not recall.drill
        chip = (
            ("stop", "triangle", tongue.say(N_("Overdue"))) if late else ("wait", "clock", tongue.say(N_("To be told")))
        )
        said = tongue.say(N_("by %(moment)s (there)"), moment=tongue.moment(report.due_at, place.zone))
    return {
        "chip": chip,
        "said": said,
        "left": _left(desk, report) if report.sent_at is None else "",
        "clock": clock_of(place.country).told(tongue),
        "source": report.source,
        "waits": report.sent_at is None and not recall.drill,
    }


def _left(desk: RecallDesk, report: RecallReport) -> str:
    """How many hours are left, or have passed since."""
    hours = int((report.due_at - desk.now).total_seconds() // 3600)
    count = desk.staff.tongue.count
    if hours >= 0:
        return count("%(num)s whole hour left", "%(num)s whole hours left", hours)
    return count("overdue for %(num)s hour", "overdue for %(num)s hours", -hours)


def _notice_row(desk: RecallDesk, notice: RecallNotice) -> dict[str, Any]:
    tongue = desk.staff.tongue
    return {
        "order": notice.order_number,
        "place": tongue.territory(desk.markets[notice.market].country),
        "language": own_name(notice.language),
        "items": notice.items.split(),
        "pieces": notice.pieces,
        "unknown": notice.unknown,
        "told": desk.moment(notice.sent_at) if notice.sent_at else "",
        "answer": tongue.say(ANSWERS[notice.answer]) if notice.answer else "",
        "wish": notice.answer,
        "done": tongue.say(DONE[notice.remedy]) if notice.remedy else "",
        "done_at": desk.moment(notice.done_at) if notice.done_at else "",
        "order_url": f"/desk/orders/{notice.order_number}",
        "url": f"{URL}/{notice.recall}/notices/{notice.order_number}/completion",
    }


def _facts(
    desk: RecallDesk, recall: Recall, report: RecallReport, notices: Sequence[RecallNotice], *, place: Market
) -> list[dict[str, str]]:
    tongue, counts = desk.staff.tongue, counted(notices)

    def when(instant: datetime | None) -> str:
        return tongue.moment(instant, place.zone) if instant else "–"

    sent = [each.sent_at for each in notices if each.sent_at]
    numbers = {
        N_("Units sold"): report.sold,
        N_("Units with customers"): counts["pieces"],
        N_("Of these with a serial or lot that is not known"): counts["unknown"],
        N_("Customers concerned"): counts["orders"],
        N_("Customers told"): counts["told"],
        N_("Customers who answered"): counts["answered"],
        N_("Cases done"): counts["done"],
    }
    dates = {
        NP_("recall", "Opened"): when(recall.opened_at),
        N_("First customer told"): when(min(sent, default=None)),
        N_("Last customer told"): when(max(sent, default=None)),
        N_("Authority to be told by"): when(report.due_at),
        N_("Authority told"): when(report.sent_at),
        NP_("recall", "Closed"): when(recall.closed_at),
    }
    rows = {tongue.say(label): tongue.number(number) for label, number in numbers.items()}
    rows |= {tongue.say(label): value for label, value in dates.items()}
    rows[tongue.say(NP_("law", "Rule"))] = f"{clock_of(place.country).told(tongue)} {report.source}".strip()
    return [{"label": label, "value": value} for label, value in rows.items()]


def _done_counts(notices: Sequence[RecallNotice], desk: RecallDesk) -> list[dict[str, str]]:
    tongue = desk.staff.tongue
    return [
        {"label": tongue.say(DONE[each]), "value": tongue.number(sum(notice.remedy == each for notice in notices))}
        for each in DONE
    ]


def _state(recall: Recall, desk: RecallDesk) -> tuple[str, str, str]:
    tone, glyph, word = STATES["drill" if recall.drill else "closed" if recall.closed_at else "open"]
    return tone, glyph, desk.staff.tongue.say(word)


HANDLERS = [recalls_page, recall_page, complete_form, report_sent, close_form, report_page]
