"""The desk's doors to incidents: the list, one with its card as a checklist, and everything that is done about it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, select

from shop.base.fields import many_lines, one_line
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.catalogue.models import Product
from shop.checkout.stopping import ALL_GOODS
from shop.ground.errors import NotFound, found
from shop.staff.may import ALL_MARKETS
from shop.support.crisis.at import ACT, AT, INCIDENTS, OPEN, SEE, STOP, CrisisDesk
from shop.support.crisis.contacts import contacts_for
from shop.support.crisis.incident_drawing import draw_incident, draw_incidents, sheet_for
from shop.support.crisis.incident_sight import collected, markets_of, told_key
from shop.support.crisis.incident_steps import (
    close_incident,
    note_collected,
    note_post,
    note_told,
    stop_product,
    tick,
    write_note,
)
from shop.support.crisis.incidents import Matter, open_incident, raise_incident
from shop.support.crisis.models import CrisisCard, CrisisText
from shop.support.crisis.paging import acknowledge
from shop.support.requests.models import Request

MOST = 2000  # characters of a note, a value or a lesson
ALL = "all"


@get(INCIDENTS, dependencies=AT, opt=SEE, sync_to_thread=True)
def incidents_page(
    desk: NamedDependency[CrisisDesk], done: FromQuery[str] = "", about: FromQuery[str] = ""
) -> Response[str]:
    """The open incidents of this person's markets, then those that are closed; and the form, `about` a request."""
    return draw_incidents(desk, Form({"request": about[:40]}), done=done)


@post(INCIDENTS, dependencies=AT, opt=OPEN, sync_to_thread=True)
def open_form(desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Open one by hand: about a request that somebody has read, or about what was learned otherwise."""
    ref, market, say = form.text("request"), form.text("market"), desk.staff.tongue.say
    with desk.database.reading() as db:
        if ref:
            desk.staff.check_market(found(db.get(Request, ref)).market)
        if db.get(CrisisCard, form.text("card")) is None:
            form.fail("card", say(N_("Please choose a card. Nothing has been opened.")))
    if not ref and market not in dict(desk.places(desk.markets)):
        form.fail("market", say(N_("Please choose a market. Nothing has been opened.")))
    if form.errors:
        return draw_incidents(desk, form, status=422)
    with desk.database.writing() as db:
        number = _open(db, desk, form)
    return see_other(f"{INCIDENTS}/{number}?done=incident_opened" if number else f"/desk/requests/{ref}?done=kept")


@get(f"{INCIDENTS}/{{number:int}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def incident_page(number: FromPath[int], desk: NamedDependency[CrisisDesk], done: FromQuery[str] = "") -> Response[str]:
    """One incident: the card as a checklist, whom to tell, what not to say, and the clocks."""
    return draw_incident(desk, number, Form(), done=done)


@post(f"{INCIDENTS}/{{number:int}}/acknowledgement", dependencies=AT, opt=ACT, sync_to_thread=True)
def acknowledge_form(number: FromPath[int], desk: NamedDependency[CrisisDesk]) -> Response[Any]:
    """Take the incident on, so that nobody else is paged."""
    with desk.database.writing() as db:
        acknowledge(db, desk.incident(db, number), desk.staff.person.id, now=desk.now)
    return see_other(f"{INCIDENTS}/{number}?done=incident_taken")


@post(f"{INCIDENTS}/{{number:int}}/steps/{{step:int}}", dependencies=AT, opt=ACT, sync_to_thread=True)
def step_form(
    number: FromPath[int], step: FromPath[int], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]
) -> Response[Any]:
    """Tick a step of the card, or take the tick away."""
    with desk.database.writing() as db:
        incident = desk.incident(db, number)
        steps = sheet_for(db, desk, incident).steps
        if not 0 <= step < len(steps):
            raise NotFound
        done = form.text("done") != "no"
        tick(db, incident, str(step), steps[step], done=done, person=desk.staff.person.id, now=desk.now)
    return see_other(f"{INCIDENTS}/{number}?done=kept_in_log#steps")


@post(f"{INCIDENTS}/{{number:int}}/told", dependencies=AT, opt=ACT, sync_to_thread=True)
def told_form(number: FromPath[int], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Note that somebody was told."""
    with desk.database.writing() as db:
        incident = desk.incident(db, number)
        known = {told_key(each) for each in contacts_for(db, [each.id for each in markets_of(db, incident)])}
        if form.text("contact") not in known:
            form.fail("", desk.staff.tongue.say(N_("This contact is not kept here any more.")))
        else:
            note_told(db, incident, form.text("contact"), person=desk.staff.person.id, now=desk.now)
    if form.errors:
        return draw_incident(desk, number, form, status=422)
    return see_other(f"{INCIDENTS}/{number}?done=kept_in_log#tell")


@post(f"{INCIDENTS}/{{number:int}}/collection", dependencies=AT, opt=ACT, sync_to_thread=True)
def collection_form(
    number: FromPath[int], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]
) -> Response[Any]:
    """Keep what was found out; only what has changed is a new line of the log."""
    with desk.database.writing() as db:
        incident = desk.incident(db, number)
        known = collected(db, incident)
        for place in range(len(sheet_for(db, desk, incident).collect)):
            text = one_line(form, f"value-{place}")[:MOST]
            if text != known.get(str(place), ""):
                note_collected(db, incident, str(place), text, person=desk.staff.person.id, now=desk.now)
    return see_other(f"{INCIDENTS}/{number}?done=kept_in_log#collect")


@post(f"{INCIDENTS}/{{number:int}}/notes", dependencies=AT, opt=ACT, sync_to_thread=True)
def note_form(number: FromPath[int], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Write down what happened, or that a factual text was published."""
    text = many_lines(form, "text")
    if form.text("posted") != "yes" and not 0 < len(text) <= MOST:
        said = N_("Please write something, at most 2000 characters. Nothing has been kept.")
        form.fail("text", desk.staff.tongue.say(said))
        return draw_incident(desk, number, form, status=422)
    with desk.database.writing() as db:
        incident = desk.incident(db, number)
        if form.text("posted") == "yes":
            note_post(db, incident, person=desk.staff.person.id, now=desk.now)
        else:
            write_note(db, incident, text, person=desk.staff.person.id, now=desk.now)
    return see_other(f"{INCIDENTS}/{number}?done=kept_in_log")


@post(f"{INCIDENTS}/{{number:int}}/stop", dependencies=AT, opt=STOP, sync_to_thread=True)
def stop_form(number: FromPath[int], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Stop the sale of the product with one click; customers read the card's public text in their language."""
    where, sku, say = form.text("market"), form.text("sku"), desk.staff.tongue.say
    with desk.database.reading() as db:
        card = desk.incident(db, number).card
        if sku == ALL_GOODS or db.get(Product, sku) is None:
            form.fail("sku", say(N_("Please choose a product. Nothing has been stopped.")))
        texts = {each.language: each for each in db.exec(select(CrisisText).where(CrisisText.card == card)).all()}
    if where not in desk.markets and not (where == ALL and desk.staff.works_for(ALL_MARKETS)):
        form.fail("market", say(N_("Please choose where. Nothing has been stopped.")))
    if form.errors:
        return draw_incident(desk, number, form, status=422)
    market, person = ALL_MARKETS if where == ALL else where, desk.staff.person.id
    with desk.database.writing() as db:
        stop_product(db, desk.incident(db, number), texts, sku=sku, market=market, person=person, now=desk.now)
    return see_other(f"{INCIDENTS}/{number}?done=stopped")


@post(f"{INCIDENTS}/{{number:int}}/closing", dependencies=AT, opt=ACT, sync_to_thread=True)
def close_form(number: FromPath[int], desk: NamedDependency[CrisisDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Close it with what was learned."""
    lesson = many_lines(form, "lesson")[:MOST]
    with desk.database.reading() as db:
        drill = desk.incident(db, number).drill
    if not lesson and not drill:
        form.fail("lesson", desk.staff.tongue.say(N_("Please write what was learned. The incident is still open.")))
        return draw_incident(desk, number, form, status=422)
    with desk.database.writing() as db:
        close_incident(db, desk.incident(db, number), lesson, person=desk.staff.person.id, now=desk.now)
    return see_other(f"{INCIDENTS}?done=incident_closed")


def _open(db: Session, desk: CrisisDesk, form: Form) -> int | None:
    """Open it as the form says; None where the card only makes the request more urgent."""
    card, title = db.get_one(CrisisCard, form.text("card")), one_line(form, "title")[:150]
    if ref := form.text("request"):
        incident = raise_incident(db, found(db.get(Request, ref)), card.key, now=desk.now)
        return incident.id if incident is not None else None
    matter, person = Matter(form.text("market")), desk.staff.person.id
    return open_incident(db, card, matter, by=person, title=title, now=desk.now).id


HANDLERS = [
    incidents_page,
    open_form,
    incident_page,
    acknowledge_form,
    step_form,
    told_form,
    collection_form,
    note_form,
    stop_form,
    close_form,
]
