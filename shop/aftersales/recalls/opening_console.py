"""The console's door to opening a recall, in two steps: what is recalled, then what that reaches and what is told.

The second step is the second look: nothing is written before it. The sale is stopped with it also while a text is
missing; then the recall waits for the text, and the stop does not.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlmodel import Session, col, select

from shop.aftersales.recalls.arrival import AT, OPEN, URL, RecallDesk
from shop.aftersales.recalls.clock import clock_of
from shop.aftersales.recalls.form import MOST, SCOPE_FIELDS, asked, read_remedies, read_scope, read_texts, read_why
from shop.aftersales.recalls.opening import REMEDIES, Reach, missing_texts, open_recall, reach, stop_for
from shop.aftersales.recalls.scope import Affected, Scope
from shop.aftersales.recalls.words import PIECES
from shop.aftersales.recalls.words import REMEDIES as REMEDY_WORDS
from shop.base.i18n import N_, NN_, own_name
from shop.base.web import Form, see_other
from shop.catalogue.models import ProductText
from shop.checkout.ending import sessions_for
from shop.staff.may import ALL_MARKETS

ORDERS = NN_("%(num)s order", "%(num)s orders")
SESSIONS = NN_("%(num)s payment under way is ended.", "%(num)s payments under way are ended.")
PEOPLE = NN_("%(num)s person of the staff is told.", "%(num)s people of the staff are told.")
CUSTOMERS = NN_("%(num)s customer is told by e-mail.", "%(num)s customers are told by e-mail.")
STOPS = NN_("%(num)s product can no longer be bought anywhere.", "%(num)s products can no longer be bought anywhere.")


@get(f"{URL}/new", dependencies=AT, opt=OPEN, sync_to_thread=True)
def new_recall(
    desk: NamedDependency[RecallDesk], skus: FromQuery[str] = "", lots: FromQuery[str] = ""
) -> Response[str]:
    """The first step: which products, which of them, why, and what customers may choose from.

    An incident leads here with what it is about.
    """
    desk.staff.check_market(ALL_MARKETS)
    return _first_step(desk, Form({**dict.fromkeys(REMEDIES, "yes"), "skus": skus[:500], "lots": lots[:1000]}))


@post(f"{URL}/new", dependencies=AT, opt=OPEN, sync_to_thread=True)
def preview_recall(desk: NamedDependency[RecallDesk], form: NamedDependency[Form]) -> Response[str]:
    """The second step: what it reaches now, what is told in which language, and the button that names what happens."""
    desk.staff.check_market(ALL_MARKETS)
    with desk.database.reading() as db:
        scope = _read(db, desk, form)
        if form.errors or form.text("step") == "change":
            return _first_step(desk, form, status=422 if form.errors else 200)
        _name_products(db, form, scope)
        return _second_step(db, desk, form, scope)


@post(URL, dependencies=AT, opt=OPEN, sync_to_thread=True)
def open_form(desk: NamedDependency[RecallDesk], form: NamedDependency[Form]) -> Response[Any]:
    """Open it, or keep the drill. Where a text is missing the sale stops all the same, and the recall waits."""
    desk.staff.check_market(ALL_MARKETS)
    tongue, person = desk.staff.tongue, desk.staff.person.id
    with desk.database.reading() as db:
        scope = _read(db, desk, form)
        if form.errors:
            return _first_step(desk, form, status=422)
        reached = reach(db, scope)
    texts = read_texts(form, (*reached.languages, *reached.others), tongue)
    ask = asked(form, scope, read_remedies(form, tongue), texts)
    missing = missing_texts(texts, reached)
    for language in missing:
        form.fail(
            f"product-{language}", tongue.say(N_("Customers must be told in: %(name)s"), name=_named(language, desk))
        )
    if form.errors:
        whole = {language: told for language, told in texts.items() if told.whole}
        if not ask.drill:
            with desk.database.writing() as db:
                stop_for(db, scope.skus, whole, person=person, now=desk.now)
        with desk.database.reading() as db:
            return _second_step(db, desk, form, scope, stopped=not ask.drill)
    with desk.database.writing() as db:
        recall = open_recall(db, ask, person=person, now=desk.now)
    return see_other(f"{URL}/{recall.number}?done={'recall_drilled' if recall.drill else 'recall_opened'}")


def _read(db: Session, desk: RecallDesk, form: Form) -> Scope:
    scope = read_scope(db, form, desk.staff.tongue)
    read_remedies(form, desk.staff.tongue)
    read_why(form, desk.staff.tongue)
    return scope


def _name_products(db: Session, form: Form, scope: Scope) -> None:
    """Put the products' names into the form, in the languages in which customers are told."""
    query = select(ProductText).where(col(ProductText.sku).in_(scope.skus)).order_by(col(ProductText.sku))
    needed, names = reach(db, scope).languages, defaultdict[str, list[str]](list)
    for each in db.exec(query).all():
        names[each.language].append(each.name)
    for language in needed:
        form.values.setdefault(f"product-{language}", ", ".join(names[language])[: MOST["product"]])


def _first_step(desk: RecallDesk, form: Form, *, status: int = 200) -> Response[str]:
    tongue = desk.staff.tongue
    return desk.page(
        "recall_new",
        title=tongue.say(N_("Open a recall")),
        status=status,
        form=form,
        remedies=[(each, tongue.say(REMEDY_WORDS[each])) for each in REMEDIES],
    )


def _second_step(db: Session, desk: RecallDesk, form: Form, scope: Scope, *, stopped: bool = False) -> Response[str]:
    tongue, reached = desk.staff.tongue, reach(db, scope)
    drill = form.text("drill") == "yes"
    texts = read_texts(Form(dict(form.values)), reached.languages, tongue)
    return desk.page(
        "recall_confirm",
        title=tongue.say(N_("Drill of a recall") if drill else N_("Open a recall")),
        status=422 if form.errors else 200,
        form=form,
        kept={name: form.text(name) for name in SCOPE_FIELDS if form.text(name)},
        drill=drill,
        stopped=stopped,
        markets=_by_market(reached, desk),
        languages=[
            (
                _named(language, desk),
                _amounts([each for each in reached.found.orders if each.language == language], desk),
            )
            for language in reached.languages
        ],
        missing=[_named(each, desk) for each in missing_texts(texts, reached)],
        needed=[(each, _named(each, desk)) for each in reached.languages],
        others=[(each, _named(each, desk)) for each in reached.others],
        touched=_touched(db, desk, reached, scope),
    )


def _by_market(reached: Reach, desk: RecallDesk) -> list[dict[str, str]]:
    tongue, rows = desk.staff.tongue, []
    for market in reached.markets:
        sold = reached.found.sold.get(market.id, 0)
        clock = clock_of(market.country)
        rows.append(
            {
                "place": tongue.territory(market.country),
                "amounts": _amounts([each for each in reached.found.orders if each.market == market.id], desk),
                "clock": clock.told(tongue) if sold else "",
                "due": tongue.moment(clock.due(market, now=desk.now), market.zone) if sold else "",
                "source": clock.source,
            }
        )
    return rows


def _amounts(orders: Sequence[Affected], desk: RecallDesk) -> str:
    """How many orders and pieces, and of how many it is not known."""
    tongue = desk.staff.tongue
    said = [tongue.count(*ORDERS, len(orders)), tongue.count(*PIECES, sum(each.pieces for each in orders))]
    unknown = sum(each.unknown for each in orders)
    if unknown:
        said.append(tongue.say(N_("serial or lot not known: %(number)s"), number=tongue.number(unknown)))
    return tongue.list(said)


def _touched(db: Session, desk: RecallDesk, reached: Reach, scope: Scope) -> list[str]:
    """What the button does, in sentences; of a drill what it would do."""
    count = desk.staff.tongue.count
    return [
        count(*STOPS, len(scope.skus)),
        count(*SESSIONS, len(sessions_for(db, scope.skus, now=desk.now))),
        count(*CUSTOMERS, len(reached.found.orders)),
        count(*PEOPLE, len(reached.staff)),
    ]


def _named(language: str, desk: RecallDesk) -> str:
    return f"{desk.staff.tongue.language_name(language)} ({own_name(language)})"


HANDLERS = [new_recall, preview_recall, open_form]
