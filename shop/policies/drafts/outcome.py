"""What a draft comes to: the version it would be, and everything that stands between it and being published. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from shop.base.i18n import N_
from shop.ground.errors import NotFound
from shop.policies.drafts.fields import Read, Values, read_rules
from shop.policies.faults import Fault
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.models import PolicyDraft
from shop.policies.placeholders import text_faults

LONGEST_TEXT = 60_000  # letters, as the form's field takes them


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it stands: its rules as read, its texts, and what is wrong with either, by field and by language."""

    market: str
    kind: str
    read: Read
    texts: Mapping[str, str]
    text_faults: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way of publishing it."""
        return not self.read.faults and not any(self.text_faults.values())

    @property
    def day(self) -> date | None:
        """The day it is to take effect; None where none was chosen."""
        day: date = self.read.rules["effective"]
        return None if day == date.max else day

    @property
    def version(self) -> PolicyVersion:
        """The version it would be, of what could be read; texts that are still empty are left out."""
        texts = {language: _clean(text) for language, text in self.texts.items() if text.strip()}
        return PolicyVersion(self.market, self.kind, self.read.rules["effective"], self.read.rules, texts)


def drafted(
    draft: PolicyDraft,
    values: Values,
    texts: Mapping[str, str],
    library: PolicyLibrary,
    *,
    today: date,
    ever_sold: bool,
) -> Drafted:
    """The draft held against its market's minimum, the versions before and after it, and the calendar."""
    read = read_rules(
        values,
        market=draft.market,
        kind=draft.kind,
        languages=tuple(texts),
        minimum=library.minimums.get(draft.market, {}),
        known=copied_rules(draft, library),
        today=today,
    )
    if "day" not in read.faults:
        for fault in _day_faults(draft, read.rules["effective"], library, today=today, ever_sold=ever_sold):
            read.fail("day", fault)
    faults = {language: tuple(_text_faults(text, read, language)) for language, text in texts.items()}
    return Drafted(draft.market, draft.kind, read, texts, faults)


def copied_rules(draft: PolicyDraft, library: PolicyLibrary) -> Mapping[str, Any]:
    """The rules that the draft began with, where they are of the same market; none else."""
    if draft.copied_market != draft.market:
        return {}
    try:
        return library.version(draft.market, draft.kind, draft.copied_version).rules
    except NotFound:
        return {}


def languages_of(market: str, kind: str, market_languages: Sequence[str], library: PolicyLibrary) -> tuple[str, ...]:
    """The languages that a version must be written in: the market's own, and those of the versions there are."""
    spoken = [language for each in library.versions(market, kind) for language in each.texts]
    return tuple(dict.fromkeys((*market_languages, *spoken)))


def earliest(today: date, *, ever_sold: bool) -> date:
    """The first day a new version may take effect: tomorrow, or today in a market that never sold anything."""
    return today + timedelta(days=1) if ever_sold else today


def _day_faults(
    draft: PolicyDraft, day: date, library: PolicyLibrary, *, today: date, ever_sold: bool
) -> Iterator[Fault]:
    if day < earliest(today, ever_sold=ever_sold):
        yield Fault("day", N_("This day is too early: what customers were promised until then stays as it was."))
    if any(each.effective == day for each in library.versions(draft.market, draft.kind)):
        yield Fault("day", N_("There is a version of this day already. Please choose another day."))
    ending = library.ending(draft.market, draft.kind)
    if day in library.ends(draft.market, draft.kind):
        yield Fault("day", N_("This kind of policy ends on that day. Please choose another one, or take the end back."))
    if ending is not None and day >= ending.on:
        yield Fault("day", N_("This kind of policy has ended by then; others have taken its place."))


def _text_faults(text: str, read: Read, language: str) -> Iterator[Fault]:
    if not text.strip():
        yield Fault("", N_("The text in this language is missing."))
    elif len(text) > LONGEST_TEXT:
        yield Fault("", N_("This text is too long: %(most)s letters are the most."), {"most": LONGEST_TEXT})
    else:
        yield from text_faults(_clean(text), read.rules, language)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
