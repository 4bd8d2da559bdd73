"""Reading the two steps of a recall's form: what is recalled, and what customers are told. Every no has its sentence."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from shop.aftersales.recalls.opening import LEAST_REMEDIES, REMEDIES, Asked, Told
from shop.aftersales.recalls.scope import Bound, Scope, read_bound
from shop.aftersales.recalls.words import softened
from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.catalogue.models import Product
from shop.ground.instants import as_day
from shop.staff.checklists import as_lot

SCOPE_FIELDS = ("skus", "serial_from", "serial_to", "lots", "sent_from", "sent_until", "reason", "drill", *REMEDIES)
PARTS = ("product", "hazard", "action")
MOST = {"skus": 500, "lots": 1000, "reason": 500, "product": 200, "hazard": 2000, "action": 2000}


def read_scope(db: Session, form: Form, tongue: Tongue) -> Scope:
    """What is recalled; whatever cannot be is noted on the form."""
    first, last = (_bound(form, name, tongue) for name in ("serial_from", "serial_to"))
    if first and last and (first.model, first.place) > (last.model, last.place) and first.model == last.model:
        form.fail("serial_to", tongue.say(N_("The last serial comes before the first one.")))
    if first and last and first.model != last.model:
        form.fail("serial_to", tongue.say(N_("These are serials of two models. Please open a recall for each.")))
    skus = _skus(db, form, tongue)
    bound = first or last
    if bound and (others := _of_other_models(db, skus, bound)):
        said = N_("These serials are of another model than: %(sku)s. Please open a recall for each model.")
        form.fail("serial_from" if first else "serial_to", tongue.say(said, sku=", ".join(others[:5])))
    since, until = (_day(form, name, tongue) for name in ("sent_from", "sent_until"))
    if since and until and since > until:
        form.fail("sent_until", tongue.say(N_("The last day comes before the first one.")))
    return Scope(
        skus=skus,
        first=first,
        last=last,
        lots=_lots(form, tongue),
        sent_from=since,
        sent_until=until,
    )


def read_remedies(form: Form, tongue: Tongue) -> tuple[str, ...]:
    """What customers may choose from: at least two, as law asks."""
    offered = tuple(each for each in REMEDIES if form.text(each) == "yes")
    if len(offered) < LEAST_REMEDIES:
        form.fail("repair", tongue.say(N_("Please offer at least two remedies: customers must have a choice.")))
    return offered


def read_why(form: Form, tongue: Tongue) -> str:
    """Why it is recalled, for the staff."""
    if not form.text("reason"):
        form.fail("reason", tongue.say(N_("Please say why. It is kept with your name.")))
    return _short(form, "reason", tongue)


def read_texts(form: Form, languages: Iterable[str], tongue: Tongue) -> dict[str, Told]:
    """What is told in each of these languages; one of which only a part is written, or that softens, gets its sentence."""
    texts = {}
    for language in languages:
        parts = {part: _short(form, f"{part}-{language}", tongue).replace("\r\n", "\n") for part in PARTS}
        if not any(parts.values()):
            continue
        texts[language] = Told(**parts)
        for part, text in parts.items():
            if not text:
                form.fail(f"{part}-{language}", tongue.say(N_("This is still missing in this language.")))
            if word := softened(text, language):
                said = N_("This makes the danger sound smaller, and may not stand in a recall: %(word)s")
                form.fail(f"{part}-{language}", tongue.say(said, word=word))
    return texts


def asked(form: Form, scope: Scope, remedies: tuple[str, ...], texts: dict[str, Told]) -> Asked:
    """The recall as the form has it."""
    return Asked(
        scope=scope, reason=form.text("reason"), remedies=remedies, texts=texts, drill=form.text("drill") == "yes"
    )


def _skus(db: Session, form: Form, tongue: Tongue) -> frozenset[str]:
    named = list(dict.fromkeys(_short(form, "skus", tongue).upper().replace(",", " ").split()))
    known = set(db.exec(select(Product.sku).where(col(Product.sku).in_(named))).all())
    unknown = [each for each in named if each not in known]
    if not named:
        form.fail("skus", tongue.say(N_("Please name at least one product by its SKU.")))
    if unknown:
        said = N_("There is no product of this SKU: %(sku)s")
        form.fail("skus", tongue.say(said, sku=", ".join(unknown[:5])))
    return frozenset(named)


def _of_other_models(db: Session, skus: frozenset[str], bound: Bound) -> list[str]:
    """Those of the products that bear serials, but none that can lie within the bound: all of theirs would be left out."""
    query = select(Product.sku).where(col(Product.sku).in_(skus), col(Product.serial).is_(True))
    return sorted(sku for sku in db.exec(query).all() if sku.rpartition("-")[0].replace("-", "") != bound.model)


def _lots(form: Form, tongue: Tongue) -> frozenset[str]:
    written = _short(form, "lots", tongue).replace(",", " ").split()
    wrong = [each for each in written if not as_lot(each)]
    if wrong:
        said = N_("This is not a lot of ours: %(lot)s. One looks like this: L26331B")
        form.fail("lots", tongue.say(said, lot=", ".join(wrong[:5])))
    return frozenset(as_lot(each) for each in written if as_lot(each))


def _bound(form: Form, name: str, tongue: Tongue) -> Bound | None:
    written = form.text(name)
    bound = read_bound(written)
    if written and bound is None:
        said = N_("This is not a serial of ours, or it is mistyped. One looks like this: %(example)s")
        form.fail(name, tongue.say(said, example="HBBL2618-00001"))
    return bound


def _day(form: Form, name: str, tongue: Tongue) -> date | None:
    day = as_day(form.text(name))
    if day is None and form.text(name):
        form.fail(name, tongue.say(N_("Please enter a day, such as 2026-11-24.")))
    return day


def _short(form: Form, name: str, tongue: Tongue) -> str:
    """The field's text; one that is too long is cut, or the page could not be drawn again, and gets its sentence."""
    most, text = MOST[name.partition("-")[0]], form.text(name)
    if len(text) > most:
        form.fail(name, tongue.say(N_("Please write at most %(most)s letters."), most=tongue.number(most)))
        form.values[name] = text[:most]
    return text[:most]
