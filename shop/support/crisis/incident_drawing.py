"""Drawing an incident: everything its page shows, gathered for one reader."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response
from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.errors import found
from shop.markets.models import Market
from shop.staff.may import ALL_MARKETS
from shop.staff.names import names_of
from shop.support.crisis.at import ACT, INCIDENTS, OPEN, STOP, CrisisDesk
from shop.support.crisis.incident_sight import (
    Reading,
    collected,
    emergency_rows,
    incidents_for,
    legal_rows,
    lines,
    market_clocks,
    markets_of,
    numbers_of_reports,
    post_due,
    requests_of,
    skus_to_stop,
    title_of,
    told_rows,
)
from shop.support.crisis.incident_steps import first_answer, steps_done
from shop.support.crisis.incidents import acknowledgement, text_in
from shop.support.crisis.models import CrisisCard, Incident, Page
from shop.support.crisis.sheet import Sheet, sheet_of, sheets
from shop.support.crisis.words import MAILBOX
from shop.support.requests.models import Request
from shop.support.requests.words import desk_state


def draw_incidents(desk: CrisisDesk, form: Form, *, status: int = 200, done: str = "") -> Response[str]:
    """The page of all incidents this person may see: the open ones, then the closed, the newest first."""
    with desk.database.reading() as db:
        cards = sheets(db, desk.staff.tongue)
        found_ones = [each for over in (False, True) for each in incidents_for(db, desk.staff, closed=over)]
        reports = numbers_of_reports(db, found_ones)
    rows = [_incident_row(desk, each, cards[each.card], reports.get(each.id, 0)) for each in found_ones]
    return desk.page(
        "desk/incidents",
        title=desk.staff.tongue.say(N_("Incidents")),
        current=INCIDENTS,
        status=status,
        done=done,
        rows=rows,
        cards=[(key, each.title) for key, each in cards.items()],
        places=desk.places(desk.markets),
        may_open=desk.staff.may(OPEN["act"]),
        form=form,
    )


def draw_incident(desk: CrisisDesk, number: int, form: Form, *, status: int = 200, done: str = "") -> Response[str]:
    """The page of one incident; raises NotFound."""
    with desk.database.reading() as db:
        incident = desk.incident(db, number)
        card, sheet = found(db.get(CrisisCard, incident.card)), sheet_for(db, desk, incident)
        reading, markets = desk.reading(db), markets_of(db, incident)
        text = text_in(db, incident.card, desk.staff.tongue.language)
        emergency = emergency_rows(reading, markets)
        values = {
            **_state(reading, incident),
            "steps": _steps(reading, incident, sheet),
            "tell": told_rows(reading, incident, card),
            "emergency": emergency,
            "read": acknowledgement(text, _numbers(reading, emergency)) if text else "",
            "collect": list(zip(sheet.collect, _values(db, incident, sheet), strict=True)),
            "legal": legal_rows(reading, card, incident, markets),
            "clocks": market_clocks(reading, markets) if card.waking_only else [],
            "post": post_due(reading, card, incident),
            "requests": [_request_row(desk, each) for each in requests_of(db, desk.staff, incident)],
            "stop": _stop(db, desk, card, incident, markets=markets),
            "log": lines(reading, incident),
        }
    return desk.page(
        "desk/incident",
        title=title_of(desk.staff.tongue, incident, sheet),
        current=INCIDENTS,
        status=status,
        done=done,
        incident=incident,
        sheet=sheet,
        form=form,
        url=f"{INCIDENTS}/{incident.id}",
        may_act=desk.staff.may(ACT["act"]) and incident.closed_at is None,
        recall_url=_recall_url(desk, card, incident),
        **values,
    )


def sheet_for(db: Session, desk: CrisisDesk, incident: Incident) -> Sheet:
    """The incident's card as this person reads it."""
    return sheet_of(text_in(db, incident.card, desk.staff.tongue.language), desk.staff.tongue)


def _incident_row(desk: CrisisDesk, incident: Incident, sheet: Sheet, reports: int) -> dict[str, Any]:
    tongue, market = desk.staff.tongue, desk.snapshot.markets.get(incident.market)
    return {
        "number": incident.id,
        "title": title_of(tongue, incident, sheet),
        "place": _place(market, tongue),
        "opened": tongue.moment(incident.opened_at, desk.staff.person.zone),
        "product": " ".join(filter(None, (incident.sku, incident.lot))),
        "requests": tongue.number(reports),
        "acknowledged": incident.acknowledged_at is not None,
        "closed": incident.closed_at is not None,
        "drill": incident.drill,
    }


def _place(market: Market | None, tongue: Tongue) -> str:
    return tongue.territory(market.country) if market else tongue.say(N_("All markets"))


def _state(reading: Reading, incident: Incident) -> dict[str, Any]:
    """Who has it, who is paged, and by when the customer has a person's answer."""
    db, tongue = reading.db, reading.tongue
    pages = db.exec(select(Page).where(Page.incident == incident.id).order_by(col(Page.id))).all()
    names = names_of(db, [incident.acknowledged_by, incident.closed_by, *(each.person for each in pages)])
    waited_for = [each for each in pages if each.look_at is not None]
    due, first = incident.first_answer_due_at, first_answer(db, incident)
    return {
        "place": _place(db.get(Market, incident.market), tongue),
        "opened": reading.moment(incident.opened_at),
        "taken_by": names.get(incident.acknowledged_by) or tongue.say(MAILBOX),
        "taken_at": reading.moment(incident.acknowledged_at),
        "waited_for": tongue.list([names.get(each.person) or tongue.say(MAILBOX) for each in waited_for]),
        "next_page": reading.moment(min((each.due_at for each in waited_for), default=None)),
        "first_due": reading.moment(due),
        "first_late": due is not None and first is None and due < reading.now,
        "first_at": reading.moment(first),
        "closed_at": reading.moment(incident.closed_at),
        "closed_by": names.get(incident.closed_by, ""),
    }


def _numbers(reading: Reading, emergency: list[tuple[str, str]]) -> str:
    """The emergency numbers as one text, each with its place."""
    said = N_("%(number)s (%(place)s)")
    return reading.tongue.list([reading.tongue.say(said, number=number, place=place) for place, number in emergency])


def _steps(reading: Reading, incident: Incident, sheet: Sheet) -> list[dict[str, Any]]:
    done = steps_done(reading.db, incident)
    names = names_of(reading.db, [each.person for each in done.values()])
    return [
        {
            "number": number,
            "text": text,
            "done": str(number) in done,
            "by": names.get(done[str(number)].person, "") if str(number) in done else "",
            "at": reading.moment(done[str(number)].at) if str(number) in done else "",
        }
        for number, text in enumerate(sheet.steps)
    ]


def _values(db: Session, incident: Incident, sheet: Sheet) -> list[str]:
    known = collected(db, incident)
    return [known.get(str(number), "") for number in range(len(sheet.collect))]


def _request_row(desk: CrisisDesk, request: Request) -> dict[str, Any]:
    tongue = desk.staff.tongue
    return {
        "ref": request.ref,
        "place": tongue.territory(desk.snapshot.markets[request.market].country),
        "language": tongue.language_name(request.language),
        "state": desk_state(request, now=desk.now),
        "came": tongue.moment(request.created_at, desk.staff.person.zone),
        "answered": request.first_answered_at is not None,
    }


def _stop(
    db: Session, desk: CrisisDesk, card: CrisisCard, incident: Incident, *, markets: list[Market]
) -> dict[str, Any] | None:
    """What the one click stops; None in a drill, and where the card asks for no stop or this person may not stop a sale."""
    if not (card.stop_sale and desk.staff.may(STOP["act"])) or incident.closed_at is not None or incident.drill:
        return None
    mine = [each.id for each in desk.staff.own(markets)]
    everywhere = [("all", desk.staff.tongue.say(N_("All markets")))] if desk.staff.works_for(ALL_MARKETS) else []
    known = skus_to_stop(db, incident, card, markets)
    return {
        "skus": [(each, each) for each in known] if incident.sku else [("", "–"), *((each, each) for each in known)],
        "markets": [*everywhere, *((each, place) for each, place in desk.places(mine) if each)],
        "stopped": incident.stop_sale is not None,
    }


def _recall_url(desk: CrisisDesk, card: CrisisCard, incident: Incident) -> str:
    """Where a recall is opened, with the product and lot filled in; empty in a drill, and for who may not open one."""
    if incident.drill or not card.recall or not (desk.staff.may("recall.open") and desk.staff.works_for(ALL_MARKETS)):
        return ""
    known = {"skus": incident.sku, "lots": incident.lot}
    return f"/console/recalls/new?{urlencode({name: each for name, each in known.items() if each})}".rstrip("?")
