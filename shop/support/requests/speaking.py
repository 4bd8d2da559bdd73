"""In which language a request is answered, and how that is known: what the customer chose or says comes before all else. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.support.answering.languages import variant_rank
from shop.support.requests.detecting import asked_for, detected


@dataclass(frozen=True, slots=True)
class Spoken:
    """The language of a request, and by what it is known (`chosen`, `page`, `detected`, `order` or `market`).

    `others` is the consent that lies in having written in another language that the market offers: it may be answered in.
    """

    language: str
    known_by: str
    others: bool = False


def of_form(offered: Sequence[str], page: str, *, chosen: str, text: str) -> Spoken:
    """For a form: the language chosen in it, else the one its text asks for, else that of the page."""
    if chosen in offered:
        return Spoken(chosen, "chosen")
    wanted = asked_for(text, tuple(offered))
    return Spoken(wanted, "chosen") if wanted else Spoken(page, "page")


def of_mail(offered: Sequence[str], others: Sequence[str], text: str, *, page: str = "", before: str = "") -> Spoken:
    """For a mail: the language it asks for, else of the address it went to (`page`), else the one it is surely written in.

    Else the one the customer had before, else the market's own. A text surely in another language that the market's
    customers may agree to says by itself that its writer reads it.
    """
    wanted = asked_for(text, tuple(offered))
    if wanted:
        return Spoken(wanted, "chosen")
    if page in offered:
        return Spoken(page, "page")
    surely = detected(text)
    if own := _nearest(surely, offered):
        return Spoken(own, "detected")
    agrees = bool(_nearest(surely, others))
    if before in offered:
        return Spoken(before, "order", agrees)
    return Spoken(offered[0], "market", agrees)


def _nearest(tag: str, among: Sequence[str]) -> str:
    ranked = [(rank, each) for each in among if tag and (rank := variant_rank(each, tag)) is not None]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else ""
