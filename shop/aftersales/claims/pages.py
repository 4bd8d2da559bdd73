"""The door of claims: something came damaged, is missing, is wrong or has a fault. Open for years, and never shut for being late.

What holds is shown before and after it is sent. Photos come with the form; how large that may be is said here alone.
"""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from shop.aftersales.asking import was_taken
from shop.aftersales.cases.filing import MoreThanBought, NotInOrder
from shop.aftersales.claims.form import MOST_WORDS, PHOTOS, SERIAL, read_claim, read_photos, wishes
from shop.aftersales.claims.keeping import KIND_WORDS, Claim, Claimable, claimable, keep_claim
from shop.aftersales.claims.photo_drafts import forget_photos, keep_photos, kept_photos
from shop.aftersales.claims.photos import BODY_LIMIT, MOST_BYTES, MOST_PHOTOS
from shop.aftersales.counter import AT, Counter
from shop.aftersales.entitlement import bought_by
from shop.aftersales.guarantee_words import guarantee_view
from shop.aftersales.models import Case
from shop.aftersales.picking import choices
from shop.aftersales.remedies import WISHES
from shop.base.i18n import N_, NN_, Tongue
from shop.base.tokens import fresh_token
from shop.base.uploads import Upload, of_field, read_uploads
from shop.base.web import Form, see_other
from shop.checkout.links import link_over
from shop.checkout.orders import OrderView, order_view

Sent = tuple[Form, list[Upload]]


async def provide_sent(
    request: Request[Any, Any, Any], counter: NamedDependency[Counter], number: FromPath[str]
) -> Sent:
    """The form with its photos. Nothing is read of what somebody sends who does not hold the order."""
    if not counter.holds("order", number):
        raise link_over(counter.visit, number)
    return await read_uploads(request, most_bytes=MOST_BYTES)


@get("/{market:str}/{lang:str}/orders/{number:str}/claim", dependencies=AT, sync_to_thread=True)
def claim_page(counter: NamedDependency[Counter], number: FromPath[str]) -> Response[str]:
    """What holds for each product today, and the form."""
    view, order = _order(counter, number)
    serials = {SERIAL + sku: each.serials[0] for sku, each in order.pieces.items() if len(each.serials) == 1}
    return _page(counter, view, order, Form({"key": fresh_token(), **serials}))


@post(
    "/{market:str}/{lang:str}/orders/{number:str}/claim",
    dependencies={**AT, "sent": Provide(provide_sent)},
    request_max_body_size=BODY_LIMIT,
    sync_to_thread=True,
)
def file_claim(counter: NamedDependency[Counter], number: FromPath[str], sent: NamedDependency[Sent]) -> Response[Any]:
    """Take the claim in and lead to its page."""
    form, files = sent
    for name in form.values:  # a text far too long is cut, or the page could not be read
        form.values[name] = form.values[name][: MOST_WORDS + 500]
    counter.spend()
    view, order = _order(counter, number)
    key, tongue = form.text("key"), counter.visit.tongue
    with counter.database.reading() as db:
        again = was_taken(db, key)
        left_out = bool(form.values.pop("without", ""))
        before = [] if left_out else kept_photos(db, number, key, now=counter.now)
    photos = read_photos(form, of_field(files, PHOTOS), before, tongue)
    claim = read_claim(form, photos, order, tongue, today=counter.today, again=again)
    case = None if form.errors else _kept(counter, number, order, claim, form)
    if case is not None:
        return see_other(counter.visit.url(f"/cases/{case.number}?told=declared"))
    view, order = _order(counter, number)
    photos = photos if order.bought.left else ()  # where nothing can be claimed, nothing is kept
    if photos or before or left_out:
        with counter.database.writing() as db:
            keep_photos(db, number, key, photos, now=counter.now)
    return _page(counter, view, order, form, status=422, photos=len(photos))


def _order(counter: Counter, number: str) -> tuple[OrderView, Claimable]:
    """The order that this browser holds, at the door of claims. Raises LinkOver."""
    with counter.database.reading() as db:
        bought = bought_by(db, counter.order(db, number), counter.policies)
        return order_view(db, number), claimable(db, bought, counter.policies)


def _kept(counter: Counter, number: str, order: Claimable, claim: Claim, form: Form) -> Case | None:
    """The case; None when others have taken the pieces since the form was read, and nothing was kept."""
    verdicts = {
        sku: order.holding(sku, today=counter.today, serial=claim.serials.get(sku, ""), noticed=claim.noticed).verdict(
            claim.kind
        )
        for sku in claim.lines
    }
    try:
        with counter.database.writing() as db:
            placed, language = counter.order(db, number), counter.visit.tongue.language
            case = keep_claim(db, placed, claim, verdicts, language=language, now=counter.now)
            forget_photos(db, number)
            return case
    except (NotInOrder, MoreThanBought):
        form.fail("", counter.visit.tongue.say(N_("Something changed meanwhile. Please look at what is left.")))
        return None


def _page(
    counter: Counter, view: OrderView, order: Claimable, form: Form, *, status: int = 200, photos: int = 0
) -> Response[str]:
    """The form. `photos` of them came with it before and are kept."""
    visit, tongue = counter.visit, counter.visit.tongue
    lines = [
        line | {"holds": _holds(counter, order, line["sku"]), "serial_field": _serial_field(order, line["sku"])}
        for line in choices(view, order.bought, {}, tongue=tongue, static=counter.static)
        if line["sku"] in order.pieces
    ]
    offered = wishes(order, order.pieces, {}, today=counter.today)
    return counter.page(
        "aftersales/claim.html",
        title=tongue.say(N_("Something is wrong with it")),
        path=f"/orders/{view.order.number}/claim",
        status=status,
        order=view.order,
        form=form,
        lines=lines,
        open=any(line["open"] for line in lines),
        kinds=[(key, tongue.say(word)) for key, word in KIND_WORDS.items()],
        wishes=[("", tongue.say(N_("Whatever helps best"))), *((each, tongue.say(WISHES[each])) for each in offered)],
        longest=MOST_WORDS,
        most=MOST_PHOTOS,
        kept=_kept_words(photos, tongue),
        today=counter.today.isoformat(),
        accept="image/jpeg,image/png,image/webp,image/heic,.heic",
        safety_url=visit.url(f"/support?category=safety&order={view.order.number}"),
    )


def _holds(counter: Counter, order: Claimable, sku: str) -> dict[str, Any]:
    """What holds today for a fault of the product, in words."""
    piece = order.pieces[sku]
    serial = piece.serials[0] if len(piece.serials) == 1 else ""
    found = order.holding(sku, today=counter.today, serial=serial)
    return guarantee_view(found.guarantee, found.verdict("defect"), found.ladder, counter.visit.tongue)


def _kept_words(photos: int, tongue: Tongue) -> str:
    """That photos are kept; empty where none are."""
    said = NN_(
        "%(num)s photo is here already and goes with the claim.",
        "%(num)s photos are here already and go with the claim.",
    )
    return tongue.count(*said, photos) if photos else ""


def _serial_field(order: Claimable, sku: str) -> dict[str, Any] | None:
    """Where the product bears a serial: the field for it, and the serials we know."""
    piece = order.pieces[sku]
    return {"name": SERIAL + sku, "known": list(piece.serials)} if piece.bears_serial else None


HANDLERS = [claim_page, file_claim]
