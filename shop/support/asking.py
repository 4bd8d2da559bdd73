"""The form in which customers ask: what it offers, what is taken from it, and why a field cannot be taken."""

from typing import Any

from shop.base.fields import many_lines, one_line, too_long
from shop.base.i18n import N_, Tongue
from shop.base.mail import NotAnAddress, address
from shop.base.web import Form
from shop.support.words import CATEGORIES

MOST_TEXT, MOST_SUBJECT, MOST_NAME = 5000, 150, 120
LIMITS = {"text": MOST_TEXT, "subject": MOST_SUBJECT, "name": MOST_NAME}


def options(tongue: Tongue) -> list[tuple[str, str]]:
    """What a question may be about, for the select; the first entry is no choice."""
    return [("", tongue.say(N_("Please choose"))), *((key, tongue.say(word)) for key, word in CATEGORIES.items())]


def check_question(form: Form, tongue: Tongue) -> None:
    """Note on the form what cannot be taken."""
    say = tongue.say
    if form.text("category") not in CATEGORIES:
        form.fail("category", say(N_("Please choose what your question is about.")))
    if len(one_line(form, "subject")) > MOST_SUBJECT:
        form.fail("subject", too_long(tongue, MOST_SUBJECT))
    check_text(form, "question", tongue)
    if not one_line(form, "name"):
        form.fail("name", say(N_("Please tell us your name.")))
    elif len(one_line(form, "name")) > MOST_NAME:
        form.fail("name", too_long(tongue, MOST_NAME))
    if not _is_address(form.text("email")):
        form.fail("email", say(N_("Please enter an e-mail address to which we can write, like name@example.com.")))


def check_text(form: Form, name: str, tongue: Tongue) -> str:
    """The text of a message, cleaned; notes on the form when it is empty or too long."""
    text = many_lines(form, name)
    if not text:
        form.fail(name, tongue.say(N_("Please write something here. Nothing has been sent.")))
    elif len(text) > MOST_TEXT:
        form.fail(name, too_long(tongue, MOST_TEXT))
    return text


def refilled(form: Form) -> dict[str, Any]:
    """The form's values as they may be shown again: a text far too long is cut, or the page could not be read."""
    return {name: value[: MOST_TEXT + 500] for name, value in form.values.items()}


def _is_address(text: str) -> bool:
    try:
        address(text)
    except NotAnAddress:
        return False
    return True
