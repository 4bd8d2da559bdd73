"""The texts of goods, side by side: how complete each language is, and one product's text beside the source language's."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, col, select

from shop.base.fields import many_lines, one_line
from shop.base.i18n import N_
from shop.base.web import Form, see_other
from shop.catalogue.models import OldSlug, Product
from shop.ground.errors import NotFound, found
from shop.launches.arrival import AT, Console
from shop.staff.models import Person
from shop.upkeep.editing.edits import Edit
from shop.upkeep.workshop.column_words import help as help_of
from shop.upkeep.workshop.column_words import label
from shop.upkeep.workshop.goods_sight import (
    MENU,
    SEE,
    URL,
    WRITE,
    Shelf,
    language_row,
    paged,
    product_url,
    read_shelf,
    writes_in,
)
from shop.upkeep.workshop.product_console import standing_row, tabs
from shop.upkeep.workshop.saving import STALE, Kept, raw_rows, save
from shop.upkeep.workshop.standing import ALWAYS, FIELDS, Standing, whole
from shop.upkeep.workshop.taking_back import undo_url

LONG = frozenset(("summary", "description", "box", "ingredients", "care"))
MOST = 4000  # characters of a field; longer ones are cut where the page is drawn again
TEXTS = f"{URL}/texts"
FILTERS = {"": N_("All"), "missing": N_("Incomplete"), "unread": N_("Not yet read by a native")}


@get(TEXTS, dependencies=AT, opt=SEE, sync_to_thread=True)
def texts_page(console: NamedDependency[Console]) -> Response[str]:
    """Every language with how much of it is there, over all goods."""
    tongue = console.staff.tongue
    with console.database.reading() as db:
        shelf = read_shelf(db)
    rows = []
    for tag in shelf.languages:
        total = whole({sku: shelf.standing(sku, tag) for sku in shelf.products})
        rows.append(
            {
                **language_row(tag, tongue),
                "url": f"{TEXTS}/{tag}",
                "percent": total.percent,
                "incomplete": len(total.incomplete),
                "unchecked": len(total.unchecked),
                "source": tag == shelf.source,
            }
        )
    title = tongue.say(N_("Texts"))
    return console.page("catalogue/texts", title=title, current=MENU, tabs=tabs(console, TEXTS), rows=rows)


@get(f"{TEXTS}/{{tag:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def language_page(
    tag: FromPath[str], console: NamedDependency[Console], only: FromQuery[str] = "", page: FromQuery[str] = ""
) -> Response[str]:
    """All goods in one language, what is incomplete first."""
    tongue = console.staff.tongue
    with console.database.reading() as db:
        shelf = read_shelf(db)
        may = writes_in(db, console, tag)
    if tag not in shelf.languages:
        raise NotFound
    standings = {sku: shelf.standing(sku, tag) for sku in shelf.products}
    wanted = [sku for sku, each in standings.items() if _is_wanted(each, only)]
    shown = paged(sorted(wanted, key=lambda sku: not standings[sku].missing), page, f"{TEXTS}/{tag}?only={only}&page=")
    shown["rows"] = [
        {
            **shelf.card(sku, tongue),
            **standing_row(standings[sku], console),
            "url": f"{TEXTS}/{tag}/{sku}",
        }
        for sku in shown["rows"]
    ]
    total = whole(standings)
    counts = {"": len(standings), "missing": len(total.incomplete), "unread": len(total.unchecked)}
    return console.page(
        "catalogue/language",
        title=tongue.language_name(tag),
        current=MENU,
        language=language_row(tag, tongue),
        percent=total.percent,
        filters=[
            {
                "label": tongue.say(word),
                "url": f"{TEXTS}/{tag}?only={name}",
                "current": name == only,
                "count": counts[name],
            }
            for name, word in FILTERS.items()
        ],
        may=may,
        **shown,
    )


@get(f"{TEXTS}/{{tag:str}}/{{sku:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def text_page(
    tag: FromPath[str],
    sku: FromPath[str],
    console: NamedDependency[Console],
    beside: FromQuery[str] = "",
    done: FromQuery[str] = "",
    change: FromQuery[str] = "",
) -> Response[str]:
    """One product's text in a language, with the same in another beside it."""
    row = raw_rows(console, f"texts/{tag}.toml", sku=sku).get((sku,))
    values = {name: str(row.cells.get(name, "")) if row else "" for name in (*FIELDS, "checked_by")}
    form = Form(values | {"seen": row.version if row else ""})
    return _text_page(tag, sku, console, form, beside=beside, done=done, undo=undo_url(console, change))


@post(f"{TEXTS}/{{tag:str}}/{{sku:str}}", dependencies=AT, opt=WRITE, sync_to_thread=True)
def text_form(
    tag: FromPath[str],
    sku: FromPath[str],
    console: NamedDependency[Console],
    form: NamedDependency[Form],
) -> Response[Any]:
    """Write the text; an address that it gives up is sent on to the new one."""
    with console.database.reading() as db:
        shelf = read_shelf(db)
        if not writes_in(db, console, tag) or sku not in shelf.products or tag not in shelf.languages:
            raise NotFound
    cells = {name: many_lines(form, name) if name in LONG else one_line(form, name) for name in FIELDS}
    cells["slug"] = cells["slug"] or as_slug(cells["name"])
    form.values["slug"] = cells["slug"]
    cells["checked_by"] = form.text("checked_by")
    file = f"texts/{tag}.toml"
    edit = Edit(file, (sku,), {"sku": sku, **cells} if not form.text("seen") else cells, form.text("seen"))
    kept = save(console, form, [edit], name_of=_field_of(file, sku))
    if kept.status:
        return _text_page(tag, sku, console, form, beside=form.text("beside"), kept=kept)
    return see_other(f"{TEXTS}/{tag}/{sku}?{kept.done('text_kept')}&beside={form.text('beside')}")


def as_slug(name: str) -> str:
    """A page's address made from a name: lower-case letters and digits, everything else a hyphen."""
    said = "".join(each if each.isalnum() else "-" for each in name.lower())
    return "-".join(filter(None, said.split("-")))[:80].rstrip("-")


def _is_wanted(standing: Standing, only: str) -> bool:
    if only == "missing":
        return bool(standing.missing)
    return standing.begun and not standing.checked if only == "unread" else True


def _field_of(file: str, sku: str) -> Any:
    def field(of: str, key: tuple[str, ...], column: str) -> str:
        return column if (of, key) == (file, (sku,)) and column in (*FIELDS, "checked_by") else ""

    return field


def _text_page(
    language: str,
    sku: str,
    console: Console,
    form: Form,
    *,
    beside: str = "",
    done: str = "",
    undo: str = "",
    kept: Kept | None = None,
) -> Response[str]:
    tongue = console.staff.tongue
    with console.database.reading() as db:
        shelf = read_shelf(db)
        product = found(db.get(Product, sku))
        if language not in shelf.languages:
            raise NotFound
        may, readers = writes_in(db, console, language), _readers(db, language, form)
        olds = select(OldSlug.slug).where(OldSlug.language == language, OldSlug.sku == sku).order_by(col(OldSlug.slug))
        former = list(db.exec(olds).all())
    if kept and kept.status == STALE:
        row = raw_rows(console, f"texts/{language}.toml", sku=sku).get((sku,))
        form.values["seen"] = row.version if row else ""
    form.values |= {name: form.values.get(name, "")[: MOST + 500] for name in FIELDS}
    source = beside if beside in shelf.languages and beside != language else _beside(shelf, language)
    return console.page(
        "catalogue/text",
        title=shelf.name(sku, tongue),
        status=kept.status if kept and kept.status else 200,
        current=MENU,
        done=done,
        takes_back=undo,
        row=shelf.card(sku, tongue),
        language=language_row(language, tongue),
        source=language_row(source, tongue) if source else None,
        others=[language_row(each, tongue) for each in shelf.languages if each != language],
        fields=_fields(shelf, sku, source, console),
        readers=readers,
        former=former,
        form=form,
        differences=kept.differences if kept else (),
        may=may,
        next_url=_next(shelf, sku, language),
        product_url=product_url(product.sku),
        most=MOST,
    )


def _beside(shelf: Shelf, language: str) -> str:
    """What to write from: the source language, or beside itself the next one."""
    return (
        shelf.source if language != shelf.source else next((each for each in shelf.languages if each != language), "")
    )


def _fields(shelf: Shelf, sku: str, source: str, console: Console) -> list[dict[str, Any]]:
    tongue, said = console.staff.tongue, shelf.texts.get(sku, {}).get(source, {})
    return [
        {
            "name": name,
            "label": label("texts/en.toml", name, tongue),
            "hint": help_of("texts/en.toml", name, tongue),
            "long": name in LONG,
            "rows": 8 if name == "description" else 3,
            "needed": name in ALWAYS,
            "source": said.get(name, ""),
        }
        for name in FIELDS
    ]


def _readers(db: Session, language: str, form: Form) -> list[tuple[str, str]]:
    """Who may have read it: those whose own language it is, and whoever is named already."""
    people = db.exec(select(Person).order_by(col(Person.name))).all()
    base = language.partition("-")[0]
    named = form.values.get("checked_by", "")
    own = [each for each in people if each.language.partition("-")[0] == base or each.id == named]
    return [(each.id, each.name) for each in own]


def _next(shelf: Shelf, sku: str, language: str) -> str:
    """The next product that lacks something in the language; empty where none does."""
    skus = list(shelf.products)
    at = skus.index(sku)
    waiting = [each for each in (*skus[at + 1 :], *skus[:at]) if shelf.standing(each, language).missing]
    return f"{TEXTS}/{language}/{waiting[0]}" if waiting else ""


HANDLERS = [texts_page, language_page, text_page, text_form]
