"""Texts as words are looked for in them, whatever way they were written. Pure."""

import unicodedata

_KANA_MARKS = "\u3099\u309a"  # が and か are two letters, not one with an accent
_ARABIC = str.maketrans("ىةکی", "يهكي", "ـ")
_ONE_OF_TWO = str.maketrans("’ʼ-‑–ı", "''   i")  # signs that people write for each other
_KANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}  # ヤケド is やけど
_SAME = {**_ARABIC, **_ONE_OF_TWO, **_KANA}


def folded(text: str) -> str:
    """The text without case, accents, vowel marks, kinds of kana and what cannot be seen; hyphens are blanks."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (each for each in apart if each in _KANA_MARKS or unicodedata.category(each) not in ("Mn", "Cf"))
    return unicodedata.normalize("NFC", "".join(kept)).translate(_SAME)
