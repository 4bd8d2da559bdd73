"""Fields of a form as plain values: one line, many lines, a number or a code as any keyboard writes it."""

from shop.base.i18n import Tongue
from shop.base.web import Form
from shop.ground.figures import plain_digits


def one_line(form: Form, name: str) -> str:
    """The field as one line: whatever blanks and line ends were pasted in are single blanks."""
    return " ".join(form.text(name).split())


def many_lines(form: Form, name: str) -> str:
    """The field with its line ends as they are kept."""
    return form.text(name).replace("\r\n", "\n").replace("\r", "\n")


def too_long(tongue: Tongue, most: int) -> str:
    """The sentence for a text of more than so many characters."""
    return tongue.count(
        "Please use at most %(num)s character here. Nothing has been sent.",
        "Please use at most %(num)s characters here. Nothing has been sent.",
        most,
    )


def decimal(text: str) -> str:
    """The text with digits as `0` to `9`, a point for whichever mark of decimals, and no blanks, to be read as a number."""
    return plain_digits("".join(text.split())).replace(",", ".").replace("٫", ".")


def whole(text: str, *, digits: int) -> int | None:
    """The whole number of at most so many digits, of any script; None for anything else, a sign included."""
    plain = plain_digits(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= digits else None
