"""What a password must be: long, and none that is guessed first. No rule asks for signs, figures or capitals.

After NIST SP 800-63B: a least length, no rules of composition, no regular change, and a comparison with what is commonly
used or plainly follows from the person.
"""

import re

from shop.base.i18n import N_, Tongue
from shop.ground.errors import Refusal
from shop.staff.models import Person

SHORTEST = 12

# Words that the passwords guessed first are made of; a password is refused that is one of them and figures or signs.
COMMONEST = frozenset(
    """
    abcabc abcdef abcdefg abcdefgh abcdefghij abcdefghijkl access admin administrator andrew angel apple asdf asdfgh
    asdfghjk asdfghjkl ashley azerty azertyuiop bailey baseball basketball batman bonjour buster changeme charlie
    cheese chelsea chocolate computer cookie daniel default donald dragon facebook flower football freedom fuckyou
    george ginger google guest hallo harley hello helloworld hockey hunter iloveyou internet jennifer jessica jordan
    joshua killer letmein letmeinplease login london love loveme lovely maggie master matrix matthew merlin michael
    michelle monkey mustang mypassword nicole ninja pass passwort password passwordpassword passw passwd pepper
    pokemon princess purple qazwsx qazwsxedc qwer qwert qwerty qwertyqwerty qwertyui qwertyuiop qwertz qwertzuiop
    ranger robert samsung secret shadow soccer softlaunch starwars summer sunshine superman taylor test testtest
    thomas thunder tigger trustno whatever welcome welcomehome winter yankees yellow zaq zaqwsx zxcvbn zxcvbnm
    """.split()
)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)


class WeakPassword(Refusal):
    """The password would be guessed; `reason` is one of `short`, `common`, `own`, `same`."""


REASONS = {
    "short": N_("Please use at least 12 characters. Four words that nobody else would put together are good."),
    "common": N_("This is one of the passwords that are tried first. Please choose another."),
    "own": N_("This is too near to the name or the address. Please choose another."),
    "same": N_("This is the password that was there before. Please choose another."),
}
HINT = N_("At least 12 characters. A few words that nobody else would put together are easier to keep than signs.")


def check_password(password: str, person: Person) -> None:
    """Raises WeakPassword for one that the person should not have."""
    if reason := weakness(password, person.name, person.email):
        raise WeakPassword(reason=reason)


def weakness(password: str, *own: str) -> str:
    """Why the password is refused, as a key of REASONS; empty when it is fine. `own` are the person's name and address."""
    plain = password.casefold().strip()
    if len(plain) < SHORTEST:
        return "short"
    if _is_common(plain):
        return "common"
    words = {word for each in own for word in re.split(r"[\W_]+", each.casefold()) if len(word) > 2}
    rest = plain
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return "own" if rest != plain and len(re.sub(r"[\W\d_]", "", rest)) < 4 else ""


def says(refused: WeakPassword, tongue: Tongue) -> str:
    """The sentence for why."""
    return tongue.say(REASONS[refused.values["reason"]])


def _is_common(plain: str) -> bool:
    letters = re.sub(r"[\W\d_]", "", plain)
    if not letters and len(set(plain)) < 6:
        return True
    if letters in COMMONEST or _undisguised(plain) in COMMONEST or len(set(letters)) == 1:
        return True
    if any(plain in run * 2 or plain in (run * 2)[::-1] for run in _RUNS):
        return True
    return re.fullmatch(r"(.{1,6}?)\1+", plain) is not None


def _undisguised(plain: str) -> str:
    """The word behind `p4ssw0rd`."""
    word = re.sub(r"^[\W_]+|[\W\d_]+$", "", plain)
    return re.sub(r"[\W\d_]", "", word.translate(str.maketrans("0134578@$!", "oleasrbasi")))
