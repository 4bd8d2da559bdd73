"""The pictures of a family of goods: added, replaced, put in another order, taken away. The first is the one on cards.

What a picture is read out as is the product's name, in each language, so that no form asks for it. A picture that is
refused changes nothing; a drawing is kept without what could act, and the page says what was left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.uploads import of_field, read_uploads
from shop.base.web import Form, see_other
from shop.catalogue.models import Picture, Product
from shop.ground.errors import found
from shop.launches.arrival import AT, Console
from shop.upkeep.editing.edits import Edit
from shop.upkeep.editing.tables import version
from shop.upkeep.enclosures import LARGEST, PICTURE_NUMBERS, PICTURE_TYPES
from shop.upkeep.workshop.goods_sight import CHANGE, MENU, URL, for_all_markets, product_url, read_shelf
from shop.upkeep.workshop.picture_checks import ENDINGS, Checked, checked
from shop.upkeep.workshop.saving import STALE, Kept, save
from shop.upkeep.workshop.taking_back import undo_url
from shop.upkeep.wrong import Wrong

MOST = len(PICTURE_NUMBERS) + 1
BODY_LIMIT = 4 * LARGEST  # of the whole form: a file that is far too large is still answered on the page
PICTURES = f"{URL}/products/{{sku:str}}/pictures"
ACCEPTED = ",".join((*PICTURE_TYPES, ".jpeg"))


@dataclass(frozen=True, slots=True)
class Hung:
    """A picture where it hangs: its position and file, and the version that a change must have been drawn from."""

    position: int
    hash: str
    media_type: str
    data: bytes
    family: str

    @property
    def file(self) -> str:
        """Its name in the folder of the set-up."""
        return file_of(self.family, self.position, ENDINGS[self.media_type])

    @property
    def seen(self) -> str:
        """The version of its file."""
        return version({"data": self.data})


def file_of(family: str, position: int, ending: str) -> str:
    """The file of a family's picture: `art/kettle.svg` is the first, `art/kettle.2.svg` the second."""
    return f"art/{family}.{ending}" if position == 1 else f"art/{family}.{position}.{ending}"


def hung(db: Session, family: str) -> list[Hung]:
    """The pictures of a family in their order."""
    query = select(Picture).where(Picture.family == family).order_by(col(Picture.position))
    rows = db.exec(query).all() if family else ()
    return [Hung(each.position, each.hash, each.media_type, each.data, each.family) for each in rows]


def ordered(before: Sequence[Hung], after: Sequence[Checked | Hung], family: str) -> list[Edit]:
    """The edits that leave the family with these pictures in this order, touching only the files that differ."""
    new = {file_of(family, place, ENDINGS[each.media_type]): each.data for place, each in enumerate(after, 1)}
    old = {each.file: each for each in before}
    gone = [Edit(name, (), None, each.seen) for name, each in old.items() if name not in new]
    kept = [
        Edit(name, (), {"data": data}, old[name].seen if name in old else "")
        for name, data in new.items()
        if name not in old or old[name].data != data
    ]
    return [*gone, *kept]


@get(PICTURES, dependencies=AT, opt=CHANGE, sync_to_thread=True)
def pictures_page(
    sku: FromPath[str],
    console: NamedDependency[Console],
    done: FromQuery[str] = "",
    change: FromQuery[str] = "",
    removed: FromQuery[str] = "",
) -> Response[str]:
    """The pictures as they hang, each with what can be done with it, and a form for another one."""
    for_all_markets(console)
    return _page(sku, console, Form(), done=done, undo=undo_url(console, change), removed=removed)


@post(PICTURES, dependencies=AT, opt=CHANGE, request_max_body_size=BODY_LIMIT)
async def picture_upload(
    request: Request[Any, Any, Any], sku: FromPath[str], console: NamedDependency[Console]
) -> Response[Any]:
    """Hang up another picture, or one in another's place (`at` is the hash of that one)."""
    for_all_markets(console)
    form, files = await read_uploads(request, most_bytes=LARGEST)
    data = next(iter(of_field(files, "picture")), b"")
    return await sync_to_thread(_taken, sku, console, form, data)


@post(f"{PICTURES}/{{position:int}}/place", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def picture_place(
    sku: FromPath[str], position: FromPath[int], console: NamedDependency[Console], form: NamedDependency[Form]
) -> Response[Any]:
    """Move a picture one place up or down, if it is still the one that the page showed there."""
    before = _before(sku, console)
    if not _still(before, position, form.text("at")):
        return _page(sku, console, form, kept=Kept(STALE))
    at, after = position - 1, [*before]
    to = at - 1 if form.text("to") == "up" else at + 1
    if 0 <= to < len(after):
        after[at], after[to] = after[to], after[at]
    return _stored(sku, console, form, ordered(before, after, before[at].family))


@post(f"{PICTURES}/{{position:int}}/removal", dependencies=AT, opt=CHANGE, sync_to_thread=True)
def picture_removal(
    sku: FromPath[str], position: FromPath[int], console: NamedDependency[Console], form: NamedDependency[Form]
) -> Response[Any]:
    """Take a picture away, if it is still the one that the page showed there; those after it move up."""
    before = _before(sku, console)
    if not _still(before, position, form.text("at")):
        return _page(sku, console, form, kept=Kept(STALE))
    after = [each for each in before if each.position != position]
    return _stored(sku, console, form, ordered(before, after, before[position - 1].family))


def _taken(sku: str, console: Console, form: Form, data: bytes) -> Response[Any]:
    with console.database.reading() as db:
        product = found(db.get(Product, sku))
        before = hung(db, product.family)
    at = form.text("at")
    field = f"picture-{at}" if at else "picture"
    if not product.family:
        form.fail(field, console.staff.tongue.say(NO_FAMILY))
    elif not at and len(before) >= MOST:
        said = N_("There are %(most)s pictures already; that is all there can be. Replace or remove one.")
        form.fail(field, console.staff.tongue.say(said, most=MOST))
    try:
        picture = checked(data)
    except Wrong as error:
        form.fail(field, error.says(console.staff.tongue))
    if form.errors:
        return _page(sku, console, form, status=422)
    place = next((place for place, each in enumerate(before) if each.hash == at), len(before))
    if at and place == len(before):
        return _page(sku, console, form, kept=Kept(STALE))
    after: list[Checked | Hung] = [*before[:place], picture, *before[place + 1 :]]
    return _stored(sku, console, form, ordered(before, after, product.family), field=field, removed=picture.removed)


NO_FAMILY = N_("Pictures belong to a family of articles. Give this one a family first.")


def _before(sku: str, console: Console) -> list[Hung]:
    for_all_markets(console)
    with console.database.reading() as db:
        return hung(db, found(db.get(Product, sku)).family)


def _still(pictures: list[Hung], position: int, hash: str) -> bool:
    return 0 < position <= len(pictures) and pictures[position - 1].hash == hash


def _stored(
    sku: str, console: Console, form: Form, edits: list[Edit], *, field: str = "", removed: tuple[str, ...] = ()
) -> Response[Any]:
    kept = save(console, form, edits, name_of=lambda file, _key, _column: field if file.startswith("art/") else "")
    if kept.status:
        return _page(sku, console, form, kept=kept)
    left_out = f"&removed={' '.join(removed[:8])}".replace("<", "%3C").replace(">", "%3E") if removed else ""
    return see_other(f"{product_url(sku)}/pictures?{kept.done('pictures_kept')}{left_out.replace(' ', '+')}")


def _page(
    sku: str,
    console: Console,
    form: Form,
    *,
    done: str = "",
    undo: str = "",
    removed: str = "",
    status: int = 200,
    kept: Kept | None = None,
) -> Response[str]:
    with console.database.reading() as db:
        product, shelf = found(db.get(Product, sku)), read_shelf(db)
        pictures = hung(db, product.family)
    tongue = console.staff.tongue
    family = [shelf.name(each.sku, tongue) for each in shelf.products.values() if each.family == product.family]
    return console.page(
        "catalogue/pictures",
        title=tongue.say(N_("Pictures")),
        status=kept.status if kept and kept.status else status,
        current=MENU,
        done=done,
        takes_back=undo,
        row=shelf.card(sku, tongue),
        family=tongue.list(family) if product.family and len(family) > 1 else "",
        has_family=bool(product.family),
        pictures=[
            {
                "url": f"/pictures/{each.hash}",
                "at": each.hash,
                "position": each.position,
                "type": ENDINGS[each.media_type].upper(),
            }
            for each in pictures
        ],
        full=len(pictures) >= MOST,
        form=form,
        removed=removed[:200],
        stale=kept is not None and kept.status == STALE,
        limit=LARGEST // 1000,
        accepted=ACCEPTED,
    )


HANDLERS = [pictures_page, picture_upload, picture_place, picture_removal]
