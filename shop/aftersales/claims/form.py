"""The claim's form: what it asks, what is taken from it, and one clear sentence for whatever cannot be taken."""

from collections.abc import Iterable
from datetime import date

from shop.aftersales.claims.keeping import Claim, Claimable
from shop.aftersales.claims.photos import MOST_BYTES, MOST_PHOTOS, NotAPhoto, media_type, without_notes
from shop.aftersales.guarantee import KINDS
from shop.aftersales.picking import read_pieces
from shop.aftersales.remedies import choices
from shop.base.fields import many_lines, too_long
from shop.base.i18n import N_, Tongue
from shop.base.tokens import fresh_token
from shop.base.web import Form
from shop.catalogue.serials import parse_serial
from shop.ground.instants import as_day
from shop.markets.calendar import day_in

SERIAL, PHOTOS = "serial-", "photos"
MOST_WORDS, MOST_KEY, MOST_SERIAL = 4000, 100, 60
MEGABYTE = 1024 * 1024

_NO_PHOTO = N_(
    "One of these files is not a photo that we can read. Please send JPEG, PNG, WebP or HEIC; "
    "drawings (SVG), web pages and PDF are not taken. Everything else is kept here."
)
_TOO_LARGE = N_(
    "One of these photos is larger than %(most)s megabytes. Please send a smaller one. Everything else is kept here."
)
_TOO_MANY = N_("Please send at most %(most)s photos in all. The first of them are kept here.")
_MISTYPED = N_(
    "This serial is mistyped: its last letter does not fit the rest. Please read it again, or leave it empty."
)
_OTHER_MODEL = N_("This serial is that of another model. Please read it again, or leave it empty.")


def read_claim(
    form: Form, photos: tuple[bytes, ...], order: Claimable, tongue: Tongue, *, today: date, again: bool
) -> Claim:
    """The claim as the form tells it, with photos that were read before; what cannot be taken gets its sentence on the form.

    `again` is for a form that has been taken already: then what other cases keep is not held against it.
    """
    say = tongue.say
    kind = form.text("kind")
    if kind not in KINDS:
        form.fail("kind", say(N_("Please say what is wrong.")))
    lines = _lines(form, order, tongue, again=again)
    serials = {sku: _serial(form, sku, tongue) for sku in lines}
    noticed = _noticed(form, order, tongue, today)
    words = many_lines(form, "words")
    if not words:
        form.fail("words", say(N_("Please describe what is wrong. Nothing has been sent.")))
    elif len(words) > MOST_WORDS:
        form.fail("words", too_long(tongue, MOST_WORDS))
    wish = form.text("wish")
    if wish and wish not in wishes(order, lines, serials, today=today, noticed=noticed):
        form.fail("wish", say(N_("This cannot be asked for now. Please choose one of these, or nothing.")))
    return Claim(
        kind=kind,
        lines=lines,
        serials={sku: serial for sku, serial in serials.items() if serial},
        noticed=noticed,
        words=words,
        wish=wish,
        hurt=bool(form.text("hurt")),
        photos=photos,
        key=form.text("key")[:MOST_KEY] or fresh_token(),
    )


def wishes(
    order: Claimable,
    skus: Iterable[str],
    serials: dict[str, str],
    *,
    today: date,
    noticed: date | None = None,
) -> tuple[str, ...]:
    """What may be asked for now for any of these products, in the order of the ladder."""
    found = [order.holding(sku, today=today, serial=serials.get(sku, ""), noticed=noticed) for sku in skus]
    return tuple(dict.fromkeys(wish for each in found for wish in choices(each.ladder, legal=each.guarantee.legal)))


def read_photos(form: Form, files: list[bytes], before: list[bytes], tongue: Tongue) -> tuple[bytes, ...]:
    """The photos, rid of what was noted beside them, after those that came with the form `before`; each of them once.

    They are known by their bytes: names and types that were sent count nothing.
    """
    kept = list(before)
    for each in files[: MOST_PHOTOS + 1]:
        if not media_type(each):
            form.fail(PHOTOS, tongue.say(_NO_PHOTO))
        elif len(each) > MOST_BYTES:
            form.fail(PHOTOS, tongue.say(_TOO_LARGE, most=tongue.number(MOST_BYTES // MEGABYTE)))
        else:
            try:
                kept.append(without_notes(each))
            except NotAPhoto:
                form.fail(PHOTOS, tongue.say(_NO_PHOTO))
    once = tuple(dict.fromkeys(kept))
    if len(once) > MOST_PHOTOS or len(files) > MOST_PHOTOS:
        form.fail(PHOTOS, tongue.say(_TOO_MANY, most=tongue.number(MOST_PHOTOS)))
    return once[:MOST_PHOTOS]


def _lines(form: Form, order: Claimable, tongue: Tongue, *, again: bool) -> dict[str, int]:
    lines = read_pieces(form, order.bought, tongue, again=again)
    if not lines:
        form.fail("", tongue.say(N_("Please choose at least one product. Nothing has been sent.")))
    if any(sku in order.bought.items and sku not in order.pieces for sku in lines):
        form.fail("", tongue.say(N_("A service is no goods: please ask us about it on the page of our support.")))
    return {sku: pieces for sku, pieces in lines.items() if sku in order.pieces}


def _serial(form: Form, sku: str, tongue: Tongue) -> str:
    """The serial as it was meant; empty where none was written or it cannot be one."""
    written = form.text(SERIAL + sku)
    serial = parse_serial(written)
    if written and serial is None:
        form.fail(SERIAL + sku, tongue.say(_MISTYPED))
        form.values[SERIAL + sku] = written[: MOST_SERIAL * 2]
    elif serial is not None and not serial.is_of(sku):
        form.fail(SERIAL + sku, tongue.say(_OTHER_MODEL))
    return str(serial or "")


def _noticed(form: Form, order: Claimable, tongue: Tongue, today: date) -> date | None:
    written = form.text("noticed")
    if not written:
        return None
    placed = day_in(order.bought.market, order.bought.order.placed_at)
    day = as_day(written)
    if day is None:
        form.fail("noticed", tongue.say(N_("Please enter the day on which you noticed it, or nothing.")))
        form.values["noticed"] = written[:20]
        return None
    if not placed <= day <= today:
        form.fail("noticed", tongue.say(N_("This day is before your order, or still to come.")))
        return None
    return day
