"""How a language is written in one of its countries, where a rule of spelling does and no catalogue of its own is needed.

Here stand the signs too that keep a line from ending where a reader would stumble.
"""

import gettext
import re
from collections.abc import Callable


def swiss(german: str) -> str:
    """German in Swiss spelling, and the value added tax as its law abbreviates it (MWSTG): MWST, not MwSt."""
    return german.replace("MwSt.", "MWST").translate({ord("ß"): "ss", ord("„"): "«", ord("“"): "»"})


def canadian(french: str) -> str:
    """French as Canada writes it: courriel for e-mail, and of the provinces' taxes the one that Québec levies, the TVQ."""
    french = re.sub(r"\b([Cc]e)t (?=e-mail)", r"\1 ", french)
    french = re.sub(r"\b([LlDd])’(?=e-mail)", r"\1e ", french)
    return french.replace("e-mail", "courriel").replace("E-mail", "Courriel").replace("TVP", "TVQ")


def japanese(said: str) -> str:
    """Japanese whose ranges of figures stay on one line, with what they count: `6〜10営業日`."""
    return _RANGE.sub(rf"\g<0>{JOINER}", said) if "〜" in said or "営業日" in said else said


JOINER = "\u2060"  # where it stands no line ends; nobody sees it, but in a plain text some programs draw a box
_RANGE = re.compile(r"〜(?=[0-9]|%\((?:num|most|end)\)s)|(?<=%\(num\)s)(?=営業日)")

SPELLINGS: dict[str, Callable[[str], str]] = {"de-CH": swiss, "fr-CA": canadian, "ja": japanese}


class Respelled(gettext.NullTranslations):
    """A language's messages, each spelt by a rule."""

    def __init__(self, messages: gettext.NullTranslations, spelling: Callable[[str], str]) -> None:
        super().__init__()
        self.messages, self.spelling = messages, spelling

    def gettext(self, message: str) -> str:
        return self.spelling(self.messages.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.spelling(self.messages.ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        return self.spelling(self.messages.pgettext(context, message))

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.spelling(self.messages.npgettext(context, msgid1, msgid2, n))
