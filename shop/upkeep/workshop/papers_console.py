"""The papers of a family of goods: a manual, safety information, terms of a plan; Markdown, and how it looks."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import Session, select

from shop.base.fields import many_lines
from shop.base.i18n import N_
from shop.base.pages import safe
from shop.base.web import Form, see_other
from shop.catalogue.about import PAPERS
from shop.catalogue.models import Paper, Product
from shop.ground.errors import NotFound, found
from shop.launches.arrival import AT, Console
from shop.policies.library import html, title
from shop.upkeep.editing.edits import Edit
from shop.upkeep.workshop.goods_sight import MENU, SEE, URL, WRITE, language_row, product_url, read_shelf, writes_in
from shop.upkeep.workshop.saving import STALE, Kept, raw_rows, save
from shop.upkeep.workshop.taking_back import undo_url

KIND = f"{URL}/products/{{sku:str}}/papers/{{paper:str}}"
MOST = 100_000  # characters


@get(KIND, dependencies=AT, opt=SEE, sync_to_thread=True)
def paper_list(sku: FromPath[str], paper: FromPath[str], console: NamedDependency[Console]) -> Response[str]:
    """The languages that a kind of paper is there in, and those it is not."""
    tongue, label = console.staff.tongue, _label(paper, console)
    with console.database.reading() as db:
        product, shelf = found(db.get(Product, sku)), read_shelf(db)
        there = _there(db, product, paper)
    rows = [
        {**language_row(each, tongue), "url": f"{product_url(sku)}/papers/{paper}/{each}", "there": each in there}
        for each in shelf.languages
    ]
    return console.page("catalogue/papers", title=label, current=MENU, row=shelf.card(sku, tongue), rows=rows)


@get(f"{KIND}/{{tag:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def paper_page(
    sku: FromPath[str],
    paper: FromPath[str],
    tag: FromPath[str],
    console: NamedDependency[Console],
    beside: FromQuery[str] = "",
    done: FromQuery[str] = "",
    change: FromQuery[str] = "",
) -> Response[str]:
    """One paper in one language, how it looks, and the same in another language."""
    row = _row(sku, paper, tag, console)
    form = Form({"text": row[1], "seen": row[0]})
    return _page(sku, paper, tag, console, form=form, beside=beside, done=done, undo=undo_url(console, change))


@post(f"{KIND}/{{tag:str}}", dependencies=AT, opt=WRITE, sync_to_thread=True)
def paper_form(
    sku: FromPath[str],
    paper: FromPath[str],
    tag: FromPath[str],
    console: NamedDependency[Console],
    form: NamedDependency[Form],
) -> Response[Any]:
    """Look at the paper as it is written, or keep it; an empty text takes it away."""
    beside = form.text("beside")
    with console.database.reading() as db:
        family = found(db.get(Product, sku)).family
        if not writes_in(db, console, tag) or paper not in PAPERS or not family:
            raise NotFound
    if form.text("do") == "look":
        return _page(sku, paper, tag, console, form=form, beside=beside)
    text, file = many_lines(form, "text"), _file(family, paper, tag)
    if len(text) > MOST:
        said = N_("This is longer than %(most)s letters. Nothing has been saved.")
        form.fail("text", console.staff.tongue.say(said, most=console.staff.tongue.number(MOST)))
        return _page(sku, paper, tag, console, form=form, beside=beside, kept=Kept(422))
    if not text and not form.text("seen"):
        form.fail("text", console.staff.tongue.say(N_("Please fill this in.")))
        return _page(sku, paper, tag, console, form=form, beside=beside, kept=Kept(422))
    edit = Edit(file, (), {"text": f"{text}\n"} if text else None, form.text("seen"))
    kept = save(console, form, [edit], name_of=lambda of, _key, _column: "text" if of == file else "")
    if kept.status:
        return _page(sku, paper, tag, console, form=form, beside=beside, kept=kept)
    return see_other(f"{product_url(sku)}/papers/{paper}/{tag}?{kept.done('text_kept')}&beside={beside}")


def _file(family: str, kind: str, language: str) -> str:
    return f"papers/{family}.{kind}.{language}.md"


def _row(sku: str, kind: str, language: str, console: Console) -> tuple[str, str]:
    """The version and the text of the paper; empty ones where there is none."""
    with console.database.reading() as db:
        family = found(db.get(Product, sku)).family
    rows = raw_rows(console, _file(family, kind, language)) if family else {}
    row = rows.get(())
    return (row.version, str(row.cells["text"])) if row else ("", "")


def _there(db: Session, product: Product, kind: str) -> dict[str, str]:
    query = select(Paper.language, Paper.text).where(Paper.family == product.family, Paper.kind == kind)
    return dict(db.exec(query).all()) if product.family else {}


def _label(kind: str, console: Console) -> str:
    if kind not in PAPERS:
        raise NotFound
    return console.staff.tongue.say(PAPERS[kind])


def _page(
    sku: str,
    kind: str,
    language: str,
    console: Console,
    *,
    form: Form,
    beside: str = "",
    done: str = "",
    undo: str = "",
    kept: Kept | None = None,
) -> Response[str]:
    tongue, label = console.staff.tongue, _label(kind, console)
    with console.database.reading() as db:
        product, shelf = found(db.get(Product, sku)), read_shelf(db)
        if language not in shelf.languages or not product.family:
            raise NotFound
        there, may = _there(db, product, kind), writes_in(db, console, language)
    if kept and kept.status == STALE:
        form.values["seen"] = _row(sku, kind, language, console)[0]
    others = [each for each in there if each != language]
    source = beside if beside in others else next(iter([each for each in others if each == shelf.source] or others), "")
    text = form.values["text"][: MOST + 500]
    return console.page(
        "catalogue/paper",
        title=f"{label} · {tongue.language_name(language)}",
        status=kept.status if kept and kept.status else 200,
        current=MENU,
        done=done,
        takes_back=undo,
        row=shelf.card(sku, tongue),
        back={"url": f"{product_url(sku)}/papers/{kind}", "label": label},
        language=language_row(language, tongue),
        source={**language_row(source, tongue), "text": there[source]} if source else None,
        others=[language_row(each, tongue) for each in others],
        form=form,
        heading=title(text),
        body=safe(html(text)),
        written=bool(text.strip()),
        differences=kept.differences if kept else (),
        may=may,
    )


HANDLERS = [paper_list, paper_page, paper_form]
