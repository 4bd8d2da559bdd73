"""Fields of a form as plain values: one line, many lines, a number or a code as any keyboard writes it."""

import unicodedata

from shop.base.i18n import Tongue
from shop.base.web import Form


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
    return _plain_digits("".join(text.split())).replace(",", ".").replace("٫", ".")


def whole(text: str, *, digits: int) -> int | None:
    """The whole number of at most so many digits, of any script; None for anything else, a sign included."""
    plain = _plain_digits(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= digits else None


def figures(text: str) -> str:
    """What is typed of figures and signs (a postcode, a telephone number) in plain ones, whichever keyboard wrote it.

    Digits of every script are `0` to `9`, full-width signs are narrow, each kind of dash is a hyphen, Japan's long vowel
    (the key beside its zero) too, blanks are single, and marks that nobody sees are left out.
    """
    plain = _plain_digits(unicodedata.normalize("NFKC", text))
    seen = ("-" if _is_dash(each) else each for each in plain if unicodedata.category(each) != "Cf")
    return " ".join("".join(seen).split())


def as_typed(plain: str) -> tuple[str, ...]:
    """A text in plain figures, and as other keyboards write the same: full-width, Arabic, Persian. Each once."""
    return tuple(dict.fromkeys(plain.translate(each) for each in ({}, *_KEYBOARDS)))


_KEYBOARDS = [
    str.maketrans("0123456789+-", keys)
    for keys in ("０１２３４５６７８９＋－", "０１２３４５６７８９＋ー", "٠١٢٣٤٥٦٧٨٩+-", "۰۱۲۳۴۵۶۷۸۹+-")
]


def _is_dash(sign: str) -> bool:
    return unicodedata.category(sign) == "Pd" or sign in _DASHES


_DASHES = "ー−─━˗⁃➖"  # letters, signs of arithmetic and lines by name, dashes to the eye


def _plain_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each, each)) for each in text)
