"""The form in which customers ask: what it offers, what is taken from it, and why a field cannot be taken."""

from collections.abc import Iterable, Sequence
from typing import Any

from shop.base.fields import many_lines, one_line, too_long
from shop.base.i18n import N_, Tongue, own_name
from shop.base.mail import NotAnAddress, address
from shop.base.uploads import Upload
from shop.base.web import Form
from shop.catalogue.serials import parse_serial
from shop.ground.instants import as_day
from shop.support.requests.files import (
    MEGABYTE,
    MOST_BYTES,
    MOST_FILES,
    MOST_TOGETHER,
    File,
    NotTaken,
    TooHeavy,
    checked,
)
from shop.support.requests.short_forms import SHORT_FORMS, Blank
from shop.support.requests.words import CATEGORIES

MOST_TEXT, MOST_SUBJECT, MOST_NAME = 5000, 150, 120
LIMITS = {"text": MOST_TEXT, "subject": MOST_SUBJECT, "name": MOST_NAME}
FILES = "files"

_NOT_TAKEN = N_(
    "One of these files is neither a photo nor a PDF that we can read. Please send JPEG, PNG, WebP, HEIC or PDF; "
    "drawings (SVG), web pages and archives (zip) are not taken. Everything else is kept here."
)
_TOO_HEAVY = N_(
    "One of these files is larger than %(most)s megabytes. Please send a smaller one. Everything else is kept here."
)
_TOO_MANY = N_(
    "Please send at most %(most)s files, together at most %(together)s megabytes. The first of them are kept here."
)


def options(tongue: Tongue) -> list[tuple[str, str]]:
    """What a question may be about, for the select; the first entry is no choice."""
    return [("", tongue.say(N_("Please choose"))), *((key, tongue.say(word)) for key, word in CATEGORIES.items())]


def languages(tongue: Tongue, offered: Iterable[str]) -> list[tuple[str, str]]:
    """In which languages an answer may be asked for, each by its own name; none where there is no choice."""
    named = [(each, own_name(each)) for each in offered]
    as_page = tongue.say(N_("The language of this page (%(language)s)"), language=own_name(tongue.language))
    return [("", as_page), *named] if len(named) > 1 else []


def check_question(form: Form, tongue: Tongue) -> None:
    """Note on the form what cannot be taken."""
    say = tongue.say
    if form.text("category") not in CATEGORIES:
        form.fail("category", say(N_("Please choose what your question is about.")))
    if len(one_line(form, "subject")) > MOST_SUBJECT:
        form.fail("subject", too_long(tongue, MOST_SUBJECT))
    check_text(form, "question", tongue)
    if not _seen(one_line(form, "name")):
        form.fail("name", say(N_("Please tell us your name.")))
    elif len(one_line(form, "name")) > MOST_NAME:
        form.fail("name", too_long(tongue, MOST_NAME))
    if not _is_address(form.text("email")):
        form.fail("email", say(N_("Please enter an e-mail address to which we can write, like name@example.com.")))


def check_text(form: Form, name: str, tongue: Tongue) -> str:
    """The text of a message, cleaned; notes on the form when it is empty or too long."""
    text = many_lines(form, name)
    if not _seen(text):
        form.fail(name, tongue.say(N_("Please write something here. Nothing has been sent.")))
    elif len(text) > MOST_TEXT:
        form.fail(name, too_long(tongue, MOST_TEXT))
    return text


def read_details(form: Form, tongue: Tongue) -> dict[str, str]:
    """The answers of the category's short form by their keys, without those left empty; notes what cannot be taken."""
    category = form.text("category")
    given = {each.key: _answer(form, each, category, tongue) for each in SHORT_FORMS.get(category, ())}
    return {key: value for key, value in given.items() if value}


def read_serial(details: dict[str, str]) -> str:
    """Take the serial out of the answers, as it was meant. One that is mistyped stays as it was written."""
    written = details.pop("serial", "")
    return str(parse_serial(written) or written)


def short_forms(tongue: Tongue, known: Sequence[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """Each category's short form as it is drawn; `known` are the serials of the order."""
    return {
        category: [_drawn(each, category, tongue, known) for each in blanks]
        for category, blanks in SHORT_FORMS.items()
        if blanks
    }


def fill_in(form: Form, **known: str) -> None:
    """Fill in what is known by the keys of the short forms, in every category that asks for it."""
    for category, blanks in SHORT_FORMS.items():
        form.values |= {each.name(category): known[each.key] for each in blanks if known.get(each.key)}


def read_files(form: Form, uploads: Iterable[Upload], tongue: Tongue, *, room: int, weight: int) -> list[File]:
    """The files that came with the form, known by their bytes; notes on the form whatever cannot be kept.

    `room` and `weight` are how many more, and how many bytes of them, may come beside those that are here already.
    """
    taken: list[File] = []
    sent = [each for each in uploads if each.field == FILES and each.data]
    for upload in sent[: 2 * MOST_FILES]:
        try:
            file = checked(upload.name, upload.data)
        except NotTaken:
            form.fail(FILES, tongue.say(_NOT_TAKEN))
            continue
        except TooHeavy:
            form.fail(FILES, tongue.say(_TOO_HEAVY, most=tongue.number(MOST_BYTES // MEGABYTE)))
            continue
        if any(each.data == file.data for each in taken):
            continue
        if len(taken) == room or sum(len(each.data) for each in (*taken, file)) > weight:
            figures = {"most": tongue.number(MOST_FILES), "together": tongue.number(MOST_TOGETHER // MEGABYTE)}
            form.fail(FILES, tongue.say(_TOO_MANY, **figures))
            break
        taken.append(file)
    return taken


def file_hint(tongue: Tongue) -> str:
    """What may be sent along."""
    said = N_(
        "Photos or PDF, up to %(most)s, together at most %(together)s megabytes. Only you and our staff can have them; "
        "where a photo was taken is removed."
    )
    return tongue.say(said, most=tongue.number(MOST_FILES), together=tongue.number(MOST_TOGETHER // MEGABYTE))


def refilled(form: Form) -> dict[str, Any]:
    """The form's values as they may be shown again: a text far too long is cut, or the page could not be read."""
    return {name: value[: MOST_TEXT + 500] for name, value in form.values.items()}


def _answer(form: Form, blank: Blank, category: str, tongue: Tongue) -> str:
    name = blank.name(category)
    text = many_lines(form, name) if blank.kind == "lines" else one_line(form, name)
    if blank.required and not text:
        form.fail(name, tongue.say(N_("Please fill this in.")))
    elif len(text) > blank.most:
        form.fail(name, too_long(tongue, blank.most))
    elif text and blank.kind == "day" and as_day(text) is None:
        form.fail(name, tongue.say(N_("Please enter a day, such as 2026-11-24, or leave it empty.")))
    elif text and blank.kind == "choice" and text not in blank.choices:
        form.fail(name, tongue.say(N_("Please choose one of these.")))
    return text


def _drawn(blank: Blank, category: str, tongue: Tongue, known: Sequence[str]) -> dict[str, Any]:
    hint = tongue.say(blank.hint) if blank.hint else ""
    if blank.key == "serial" and known:
        hint = tongue.say(N_("As we packed it: %(serials)s"), serials=", ".join(known))
    return {
        "name": blank.name(category),
        "label": tongue.say(blank.label),
        "kind": blank.kind,
        "hint": hint,
        "required": blank.required,
        "most": blank.most,
        "choices": [(key, tongue.say(word)) for key, word in blank.choices.items()],
    }


def _seen(text: str) -> bool:
    """Whether anything of it can be seen: marks without width alone are nothing that could be answered."""
    return any(each.isprintable() and not each.isspace() for each in text)


def _is_address(text: str) -> bool:
    try:
        address(text)
    except NotAnAddress:
        return False
    return True
