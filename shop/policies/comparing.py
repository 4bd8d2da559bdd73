"""Two versions of a policy side by side, in the reader's words: what changes, for whom, and which texts are signed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from shop.base.i18n import N_, Tongue, own_name
from shop.ground.errors import NotFound
from shop.policies.diff import Leaning, Passage, passages, rule_changes
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.rule_words import rule_name, rule_value

KIND_NAMES = {
    "returns": N_("Withdrawal and returns"),
    "warranty": N_("Guarantees"),
    "legal": N_("Terms, privacy and delivery"),
    "terms": N_("Terms of sale"),
    "privacy": N_("Privacy"),
    "shipping": N_("Delivery"),
    "imprint": N_("Who we are"),
}
LEANINGS: dict[Leaning, str] = {
    "better": N_("better for the customer"),
    "worse": N_("worse for the customer"),
    "neither": "",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One rule that changes, as it is read: what it is called, what it was and will be, and for whose good."""

    name: str
    before: str
    after: str
    leaning: Leaning
    leaning_words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a version changes against the one before it. `texts` holds the passages that differ, by language."""

    before: PolicyVersion
    after: PolicyVersion
    for_whom: str
    rules: tuple[Changed, ...]
    texts: dict[str, list[Passage]]

    @property
    def names(self) -> dict[str, str]:
        """What the languages of the texts call themselves."""
        return {language: own_name(language) for language in self.texts}


def compare(
    before: PolicyVersion, after: PolicyVersion, place: str, tongue: Tongue, *, readers: Mapping[str, Tongue]
) -> Comparison:
    """Compare two versions of one kind of a market; `place` is the market's name.

    Texts are compared as their readers see them: in each language of `readers`, with that tongue's figures and days.
    """
    rules = [
        Changed(
            rule_name(each.key, tongue),
            rule_value(each.key, each.before, tongue),
            rule_value(each.key, each.after, tongue),
            each.leaning,
            tongue.say(LEANINGS[each.leaning]) if LEANINGS[each.leaning] else "",
        )
        for each in rule_changes(before.rules, after.rules)
    ]
    texts = {
        language: passages(_read(before, language, reader), _read(after, language, reader))
        for language, reader in readers.items()
        if language in after.texts
    }
    whom = N_("For customers who order from %(day)s on: %(place)s. Earlier orders keep the version they accepted.")
    day = tongue.date(after.effective)
    return Comparison(before, after, tongue.say(whom, day=day, place=place), tuple(rules), texts)


def _read(version: PolicyVersion, language: str, reader: Tongue) -> str:
    """The text without its line on the day it takes effect, which always differs and says nothing."""
    if language not in version.texts:
        return ""
    day = version.texts[language].partition("{effective}")[0].rpartition("\n")[2]
    lines = version.text(reader).split("\n")
    return "\n".join(line for line in lines if not (day and line.startswith(day)))


def previous(version: PolicyVersion, library: PolicyLibrary) -> PolicyVersion | None:
    """The version that this one replaces; None for the first of its kind."""
    earlier = [each for each in library.versions(version.market, version.kind) if each.effective < version.effective]
    return earlier[-1] if earlier else None


def standing(version: PolicyVersion, library: PolicyLibrary, day: date) -> str:
    """Where a version stands on a day of its market: in_force, scheduled, or past."""
    if version.effective > day:
        return "scheduled"
    try:
        return "in_force" if library.in_force(version.market, version.kind, day) is version else "past"
    except NotFound:
        return "past"


def diff_lines(compared: Comparison, tongue: Tongue) -> list[str]:
    """A comparison as lines for a terminal."""
    after = compared.after
    head = f"{after.market}/{after.kind}: {compared.before.name} -> {after.name}"
    rules = [
        f"  {each.name}: {each.before} -> {each.after}" + (f" ({each.leaning_words})" if each.leaning_words else "")
        for each in compared.rules
    ] or [f"  {tongue.say(N_('The rules stay as they are.'))}"]
    marks = {"before": "-", "after": "+"}
    texts = [
        f"  {language} {marks[each.only_in]} {line}"
        for language, found in compared.texts.items()
        for each in found
        for line in each.text.split("\n")
    ]
    return [head, f"  {compared.for_whom}", *rules, *texts]


def diff_record(compared: Comparison) -> dict[str, Any]:
    """A comparison for programs."""
    return {
        "market": compared.after.market,
        "kind": compared.after.kind,
        "from": compared.before.name,
        "to": compared.after.name,
        "for": compared.for_whom,
        "rules": [asdict(each) for each in compared.rules],
        "texts": {language: [asdict(each) for each in found] for language, found in compared.texts.items()},
    }
