"""Figures and codes as any keyboard writes them, read as plain ones: a number is the same at every door. Pure."""

import unicodedata


def plain_digits(text: str) -> str:
    """The text with the digits of every script as `0` to `9`, all else as it was."""
    return "".join(str(unicodedata.decimal(each, each)) for each in text)


def figures(text: str) -> str:
    """What is typed of figures and signs (a postcode, a telephone number, a serial) in plain ones, whichever keyboard wrote it.

    Digits of every script are `0` to `9`, full-width signs are narrow, each kind of dash is a hyphen, Japan's long vowel
    (the key beside its zero) too, blanks are single, and marks that nobody sees are left out.
    """
    plain = plain_digits(unicodedata.normalize("NFKC", text))
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
