"""An incident as one person may see it: only of their markets, the times in their own zone, the card in their language."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.base.i18n import N_, Tongue
from shop.catalogue.models import Listing, Product
from shop.ground.duty import Hours
from shop.ground.errors import NotFound
from shop.ground.quiet_hours import is_quiet
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.names import names_of
from shop.support.crisis.contacts import EMERGENCY, contacts_for, tells
from shop.support.crisis.legal_clocks import AT_ONCE, deadlines, is_awake, next_post
from shop.support.crisis.models import CrisisCard, CrisisContact, Incident, IncidentStep, Page
from shop.support.crisis.sheet import Sheet
from shop.support.crisis.triggers import card_of
from shop.support.crisis.words import BY_WORDS, MAILBOX, ROLES, RUNGS, STEPS
from shop.support.requests.models import Request

BY_DAY = Hours(8 * 60, 22 * 60)  # of a contact's own clock; else it is said that it is night there
SHOWN = 200  # requests and lines of the log on one page


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, and when; what every part of the page needs."""

    db: Session
    staff: Staff
    now: datetime

    @property
    def tongue(self) -> Tongue:
        """The reader's tongue."""
        return self.staff.tongue

    def moment(self, instant: datetime | None) -> str:
        """An instant on the reader's own clock; empty for none."""
        return self.tongue.moment(instant, self.staff.person.zone) if instant else ""


def incident_of(db: Session, staff: Staff, number: int) -> Incident:
    """The incident, if it concerns one of this person's markets or they were paged for it; raises NotFound."""
    incident = db.get(Incident, number)
    if incident is None or not _concerning(db, staff, [incident]):
        raise NotFound
    return incident


def incidents_for(db: Session, staff: Staff, *, closed: bool) -> list[Incident]:
    """The open or the closed incidents that this person may see, the newest first."""
    over = col(Incident.closed_at).is_not(None) if closed else col(Incident.closed_at).is_(None)
    newest = select(Incident).where(over).order_by(col(Incident.id).desc()).limit(SHOWN)
    return _concerning(db, staff, db.exec(newest).all())


def markets_of(db: Session, incident: Incident) -> list[Market]:
    """The markets an incident concerns, in the exporter's order: its own and its requests'; all for one of all."""
    if not incident.market:
        return markets_in_order(db, col(Market.state) != "draft")
    return markets_in_order(db, col(Market.id).in_(_places(db, incident)))


def lines(reading: Reading, incident: Incident) -> list[dict[str, str]]:
    """The log, the newest first."""
    query = select(IncidentStep).where(IncidentStep.incident == incident.id)
    found = reading.db.exec(query.order_by(col(IncidentStep.id).desc()).limit(SHOWN)).all()
    names = names_of(reading.db, [each.person for each in found])
    return [{"when": reading.moment(each.at), "says": _line(reading.tongue, each, names)} for each in found]


def told_rows(reading: Reading, incident: Incident, card: CrisisCard) -> list[dict[str, Any]]:
    """Whom to tell in the card's order, each with their own time now, those who stand in for them, and who told them."""
    places = _places(reading.db, incident)
    found = contacts_for(reading.db, places)
    noted = select(IncidentStep).where(IncidentStep.incident == incident.id, IncidentStep.kind == "told")
    told = {each.step: reading.moment(each.at) for each in reading.db.exec(noted).all()}
    rows = []
    for role in tells(card):
        theirs = [each for each in found if each.role == role]
        own = [each for each in theirs if each.market or not places <= {other.market for other in theirs}]
        people = [{**contact_row(reading, each), "told": told.get(told_key(each), "")} for each in own]
        rows.append({"role": reading.tongue.say(ROLES[role]), "people": people})
    return rows


def told_key(contact: CrisisContact) -> str:
    """How the log names a contact."""
    return f"{contact.name} ({contact.market})" if contact.market else contact.name


def contact_row(reading: Reading, contact: CrisisContact) -> dict[str, Any]:
    """A contact with their clock as it stands now."""
    return {
        "key": told_key(contact),
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "deputy": contact.deputy,
        "language": reading.tongue.language_name(contact.language),
        "time": reading.tongue.moment(reading.now, contact.zone),
        "night": contact.role != EMERGENCY and is_quiet(reading.now, contact.zone, window=BY_DAY),
    }


def emergency_rows(reading: Reading, markets: Iterable[Market]) -> list[tuple[str, str]]:
    """The emergency numbers of these markets."""
    numbers = {each.market: each.phone for each in contacts_for(reading.db, []) if each.role == EMERGENCY}
    known = contacts_for(reading.db, [each.id for each in markets])
    numbers |= {each.market: each.phone for each in known if each.role == EMERGENCY}
    return [(reading.tongue.territory(each.country), numbers[each.id]) for each in markets if each.id in numbers]


def legal_rows(
    reading: Reading, card: CrisisCard, incident: Incident, markets: Sequence[Market]
) -> list[dict[str, Any]]:
    """By when each market's authority must know, on the reader's clock."""
    tongue = reading.tongue
    rows = []
    for each in deadlines(card, markets, incident.opened_at):
        period = each.clock.told(tongue)
        rows.append(
            {
                "place": tongue.territory(each.market.country),
                "due": reading.moment(each.due),
                "late": each.due < reading.now,
                "period": tongue.say(AT_ONCE, period=period) if each.at_once else period,
                "source": each.clock.source,
            }
        )
    return rows


def market_clocks(reading: Reading, markets: Iterable[Market]) -> list[dict[str, Any]]:
    """What time it is in each market, and whether people there are awake."""
    return [
        {
            "place": reading.tongue.territory(each.country),
            "time": reading.tongue.moment(reading.now, each.zone),
            "awake": is_awake(each, reading.now),
        }
        for each in markets
    ]


def post_due(reading: Reading, card: CrisisCard, incident: Incident) -> dict[str, Any] | None:
    """When the next factual text is due; None for cards that ask for none."""
    if not card.waking_only:
        return None
    posted = select(IncidentStep.at).where(IncidentStep.incident == incident.id, IncidentStep.kind == "posted")
    market = reading.db.get(Market, incident.market)
    first = incident.first_answer_due_at or incident.opened_at
    due = next_post(market, reading.db.exec(posted).all(), first)
    return {"due": reading.moment(due), "late": due < reading.now}


def collected(db: Session, incident: Incident) -> dict[str, str]:
    """What was found out so far, by the number of the thing."""
    query = select(IncidentStep).where(IncidentStep.incident == incident.id, IncidentStep.kind == "collected")
    return {each.step: each.text for each in db.exec(query.order_by(col(IncidentStep.id))).all()}


def numbers_of_reports(db: Session, incidents: Sequence[Incident]) -> dict[int | None, int]:
    """How many requests belong to each of these incidents; one that has none is left out."""
    theirs = col(Request.incident).in_([each.id for each in incidents])
    query = select(Request.incident, func.count()).where(theirs).group_by(col(Request.incident))
    return dict(db.exec(query).all())


def requests_of(db: Session, staff: Staff, incident: Incident) -> list[Request]:
    """The requests of the incident that lie in this person's markets, the first to come first."""
    query = select(Request).where(Request.incident == incident.id).order_by(col(Request.created_at), col(Request.ref))
    return [each for each in db.exec(query).all() if staff.works_for(each.market)][:SHOWN]


def title_of(tongue: Tongue, incident: Incident, sheet: Sheet) -> str:
    """What the incident is called: the card's title, and for a drill that it is one."""
    title = incident.title or sheet.title or incident.card
    return tongue.say(N_("Drill: %(title)s"), title=title) if incident.drill else title


def skus_to_stop(db: Session, incident: Incident, card: CrisisCard, markets: Iterable[Market]) -> list[str]:
    """The products listed in these markets: the incident's own first, then those of the kinds that the card is for."""
    listed = select(Listing.sku, Product.kind).join(Product, col(Product.sku) == col(Listing.sku))
    known = set(db.exec(listed.where(col(Listing.market).in_([each.id for each in markets]))).all())
    drawn_by = card_of(card)
    near = sorted(known, key=lambda each: (drawn_by.lies_to(each[1]), each[0]))
    own = [incident.sku] if incident.sku else []
    return own + [sku for sku, _kind in near if sku not in own]


def _line(tongue: Tongue, step: IncidentStep, names: dict[str, str]) -> str:
    if step.kind == "opened" and not step.person:
        return tongue.say(BY_WORDS)
    who = names.get(step.person, step.person) or tongue.say(MAILBOX)
    said = RUNGS[step.step] if step.kind == "paged" else STEPS[step.kind]
    return tongue.say(said, name=who, text=step.text, step=step.step)


def _places(db: Session, incident: Incident) -> set[str]:
    return {incident.market, *_reported(db, [incident])[incident.id]} - {""}


def _reported(db: Session, incidents: Sequence[Incident]) -> defaultdict[int | None, set[str]]:
    """The markets from which reports belong to these incidents, by the incident."""
    reports = select(Request.incident, Request.market).where(col(Request.incident).in_([each.id for each in incidents]))
    found: defaultdict[int | None, set[str]] = defaultdict(set)
    for incident, market in db.exec(reports.distinct()).all():
        found[incident].add(market)
    return found


def _concerning(db: Session, staff: Staff, incidents: Sequence[Incident]) -> list[Incident]:
    """Those that concern all markets or one of this person's, or for which they were paged."""
    reported, mine = _reported(db, incidents), col(Page.person) == staff.person.id
    paged = set(
        db.exec(select(Page.incident).where(col(Page.incident).in_([each.id for each in incidents]), mine)).all()
    )
    return [
        each
        for each in incidents
        if not each.market or each.id in paged or any(map(staff.works_for, {each.market, *reported[each.id]}))
    ]
