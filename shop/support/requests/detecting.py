"""Which language a text is written in, when that is beyond doubt; and which one it asks to be answered in. Pure.

Scripts decide where they can; among Latin letters the small words that every sentence holds. Neighbours of our languages
are known only so that they are not mistaken for ours. Saying nothing is always allowed: "" means not sure.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from babel import Locale

FEWEST_LETTERS = 20
FEWEST_WORDS = 3  # small words of the language that were found
READ = 4000  # characters that are looked at

_WORDS = {
    "en": "the and is are was were with for this that you your have has not does when what how from can would please it of to",
    "de": "der die das und ist sind nicht ich wir mit für auf ein eine einen wie kann bitte habe dem den des von zu es im was",
    "fr": "le la les des est et une un pas je nous vous avec pour dans que qui mon ma ce cette sur bonjour comment du au ne",
    "it": "il lo gli della delle è e un una non con per che sono mi ho questo questa come del al nel posso buongiorno di la",
    "es": "el la los las es y un una no con para que por mi este esta como del al puedo hola tengo está se su de en muy",
    "pt": "o a os as é e um uma não com para que por meu minha este esta como do da no na posso olá tenho está se de em",
    "nl": "de het een en is niet ik met voor op dat van hoe kan mijn dit zijn wij graag te aan heb",
    "da": "og er det en et ikke jeg med for på til af hvordan kan min den der som har vi",
    "sv": "och är det en ett inte jag med för på till av hur kan min den som har vi att",
    "pl": "i w nie jest na to się z do jak mój czy proszę dzień dobry że mam ten ta są",
    "tr": "ve bir bu için ile ne nasıl değil mi ben bana çok var olarak lütfen",
    "ro": "și este nu un o cu pentru la de care cum am mea acest sunt vă rog în",
    "ca": "el la els les és i un una no amb per que meu aquest com del al puc hola tinc està",
}
_SMALL = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_NOT_ARABIC = re.compile("[پچژگٹڈڑےھۀ]")  # letters of Persian, Urdu and others that write with the same script
# Letters that one language alone has settle what its small words leave open.
_TELLING = {"ñ": "es", "¿": "es", "¡": "es", "ß": "de", "ã": "pt", "õ": "pt", "œ": "fr"}


def detected(text: str) -> str:
    """The language of the text as a bare tag (`pt`, never `pt-BR`), or "" when it is not beyond doubt."""
    plain = unicodedata.normalize("NFC", text[:READ]).lower()
    letters = [each for each in plain if each.isalpha()]
    if len(letters) < FEWEST_LETTERS:
        return ""
    scripts = Counter(_script(each) for each in letters)
    script, most = scripts.most_common(1)[0]
    east_asian = scripts["kana"] + scripts["han"]
    if east_asian > len(letters) * 0.5:
        # Chinese has the same signs; only kana tells Japanese, and no Japanese sentence is without them.
        return "ja" if scripts["kana"] > east_asian * 0.1 else ""
    if most < len(letters) * 0.7:
        return ""
    if script == "arabic":
        return "" if _NOT_ARABIC.search(plain) else "ar"
    return _latin(plain) if script == "latin" else ""


def asked_for(text: str, languages: tuple[str, ...]) -> str:
    """Which of these languages the text asks to be answered in, in the words of any of them; "" when it does not say."""
    plain = " ".join(unicodedata.normalize("NFC", text[:READ]).casefold().split())
    found = {tag for tag in languages if any(each.search(plain) for each in _wishes(tag, languages))}
    return found.pop() if len(found) == 1 else ""


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    for start, script in _SCRIPTS:
        if name.startswith(start):
            return script
    return "other"


_SCRIPTS = (("LATIN", "latin"), ("ARABIC", "arabic"), ("HIRAGANA", "kana"), ("KATAKANA", "kana"), ("CJK", "han"))


def _latin(plain: str) -> str:
    words = re.findall(r"[^\W\d_]+", plain)
    found: Counter[str] = Counter()
    for language, small in _SMALL.items():
        found[language] = sum(each in small for each in words)
    for letter, language in _TELLING.items():
        found[language] += 2 * (letter in plain)
    (best, hits), (_second, next_hits) = found.most_common(2)
    sure = hits >= FEWEST_WORDS and hits >= next_hits * 1.5 and hits >= len(words) * 0.2
    return best if sure else ""


# How each language asks for one: what is said before the language's name, and after it.
_ASKING = {
    "en": ((r"(?:answer|repl\w*|respon\w*|write)(?: back)?(?: to)?(?: me| us)?(?: please)? in ", r"\b"),),
    "de": ((r"(?:antwort\w*|schreib\w*|rückmeldung)[^.!?]{0,30} auf ", r"\b"), (r"auf ", r" (?:zu )?antworten")),
    "fr": ((r"(?:répon\w*|répond\w*|écri\w*)[^.!?]{0,20} en ", r"\b"),),
    "it": ((r"(?:rispo\w*|scriv\w*)[^.!?]{0,20} in ", r"\b"),),
    "es": ((r"(?:respo\w*|respuesta|contest\w*|escrib\w*)[^.!?]{0,20} en ", r"\b"),),
    "pt": ((r"(?:respo\w*|resposta|escrev\w*)[^.!?]{0,20} em ", r"\b"),),
    "ja": ((r"", r"で(?:の)?(?:ご|お)?(?:回答|返信|返事|答え|連絡)"),),
    "ar": ((r"(?:الرد|ردوا|أجيبوا|الإجابة|الجواب|اكتبوا)[^.!؟]{0,20}ب(?:اللغة )?", r""),),
}


@lru_cache(maxsize=64)
def _wishes(tag: str, languages: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """How readers of any language we know would ask for `tag`."""
    patterns = []
    for speaker, ways in _ASKING.items():
        name = Locale.parse(tag.partition("-")[0]).get_display_name(speaker) or ""
        patterns += [re.compile(before + re.escape(name.casefold()) + after) for before, after in ways if name]
    return tuple(patterns)
