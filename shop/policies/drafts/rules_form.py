"""The form of a draft's rules as it is drawn: groups of fields with what each means, what the law asks, what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.base.i18n import N_, Tongue, own_name
from shop.policies.drafts.fields import RUNGS, Values, types_of
from shop.policies.drafts.words import help_for, minimum_words
from shop.policies.faults import Fault
from shop.policies.keys import CHOICES, CONDITIONS, KEYS, OPTIONAL, PRODUCT_CLASSES, REMEDIES
from shop.policies.rule_checks import MINIMUMS
from shop.policies.rule_words import CLASSES, rule_name, rule_value

Option = tuple[str, str]  # value and word


@dataclass(frozen=True, slots=True)
class RuleField:
    """One field: its words, its control, and what stands with it. `source` and `reason` are names of further fields."""

    name: str
    label: str
    widget: str  # number, choice, text, lines or day
    value: str
    help: str = ""
    law: str = ""
    fault: str = ""
    options: tuple[Option, ...] = ()
    optional: bool = False
    source: str = ""
    reason: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; `folded` ones are seldom needed."""

    title: str
    fields: tuple[RuleField, ...]
    note: str = ""
    folded: bool = False


class RuleForm:
    """Draws the fields of one kind for one reader."""

    def __init__(
        self, kind: str, values: Values, faults: Mapping[str, Fault], minimums: Mapping[str, Any], *, tongue: Tongue
    ) -> None:
        self._kind, self._values, self._faults, self._minimums, self._tongue = kind, values, faults, minimums, tongue

    def groups(self, languages: Sequence[str]) -> list[Group]:
        """All groups of the form, in its order."""
        say, kind = self._tongue.say, self._kind
        types, own = types_of(kind), {**KEYS[kind], **OPTIONAL.get(kind, {})}
        day = RuleField(**self._base("day", say(N_("Takes effect on"))), widget="day")
        rules = [self._rule(key, each) for key, each in types.items() if key in own]
        facts = [self._rule(key, each) for key, each in types.items() if key not in own]
        groups = [Group(say(N_("When")), (day,)), Group(say(N_("Rules")), (*rules, *self._lists()))]
        if kind == "returns":
            note = say(N_("Choose for each kind of goods whether and when the right to send it back does not hold."))
            groups.append(Group(say(N_("What cannot be sent back")), tuple(self._exclusions()), note))
            note = say(
                N_("Only where the law names the words. Left empty, our own words stand there in every language.")
            )
            groups.append(Group(say(N_("Words of the withdrawal button")), tuple(self._labels(languages)), note, True))
        note = say(N_("Not a rule of this policy, but its text may name it by its placeholder."))
        return [*groups, Group(say(N_("Facts for the text")), tuple(facts), note, True)] if facts else groups

    def _base(self, name: str, label: str) -> dict[str, Any]:
        fault = self._faults.get(name)
        return {
            "name": name,
            "label": label,
            "value": self._values.get(name, ""),
            "fault": fault.says(self._tongue) if fault else "",
        }

    def _rule(self, key: str, expected: type) -> RuleField:
        law = minimum_words(key, self._minimums, self._tongue)
        return RuleField(
            **self._base(key, rule_name(key, self._tongue)),
            widget="choice" if expected is bool or key in CHOICES else "number" if expected is int else "text",
            help=help_for(key, self._tongue),
            law=law,
            options=self._options(key, expected),
            optional=key not in KEYS[self._kind],
            source=f"source.{key}",
            reason=f"reason.{key}" if key in MINIMUMS and key in self._minimums else "",
        )

    def _options(self, key: str, expected: type) -> tuple[Option, ...]:
        none = ("", self._tongue.say(N_("Please choose") if key in KEYS[self._kind] else N_("Not said")))
        if expected is bool:
            return none, ("yes", rule_value(key, True, self._tongue)), ("no", rule_value(key, False, self._tongue))
        return (none, *((each, rule_value(key, each, self._tongue)) for each in CHOICES.get(key, ())))

    def _lists(self) -> Iterator[RuleField]:
        tongue = self._tongue
        if self._kind == "warranty":
            none = ("", tongue.say(N_("Nothing more")))
            options = (none, *((each, rule_value("remedies", each, tongue)) for each in REMEDIES))
            for place in RUNGS:
                label = tongue.say(N_("What a customer may ask for, step %(number)s"), number=tongue.number(place))
                source = "source.remedies" if place == 1 else ""
                told = help_for("remedies", tongue) if place == 1 else ""
                base = self._base(f"remedy.{place}", label)
                yield RuleField(**base, widget="choice", options=options, help=told, source=source, optional=place > 1)
            yield self._lines("disclaimers_allowed", source="source.disclaimers_allowed")
        if "first_language" in OPTIONAL.get(self._kind, {}):
            yield self._lines("first_language", source="source.first_language")

    def _lines(self, key: str, source: str = "") -> RuleField:
        return RuleField(
            **self._base(key, rule_name(key, self._tongue) if key != "first_language" else self._first()),
            widget="lines",
            help=help_for(key, self._tongue),
            law=minimum_words(key, self._minimums, self._tongue),
            optional=True,
            source=source,
            reason=f"reason.{key}" if key in MINIMUMS and key in self._minimums else "",
        )

    def _first(self) -> str:
        return self._tongue.say(N_("Language to be offered first, by region"))

    def _exclusions(self) -> Iterator[RuleField]:
        tongue = self._tongue
        never = ("", tongue.say(N_("Can be sent back")))
        options = (never, *((each, rule_value("exclusions.", each, tongue)) for each in CONDITIONS))
        for each in PRODUCT_CLASSES:
            label = tongue.say(CLASSES[each])
            base = self._base(f"exclude.{each}", label[:1].upper() + label[1:])
            yield RuleField(**base, widget="choice", options=options)
            source = tongue.say(N_("The law that says so, or “our own rule” (%(goods)s)"), goods=label)
            yield RuleField(**self._base(f"exclude_source.{each}", source), widget="text", optional=True)

    def _labels(self, languages: Sequence[str]) -> Iterator[RuleField]:
        say = self._tongue.say
        for language in languages:
            for button, words in {
                "entry": N_("Leads to it: %(language)s"),
                "confirm": N_("Confirms it: %(language)s"),
            }.items():
                base = self._base(f"label.{language}.{button}", say(words, language=own_name(language)))
                yield RuleField(**base, widget="text", optional=True, lang=language)


def label_of(name: str, tongue: Tongue) -> str:
    """The rule that a field belongs to, as it is called."""
    if name == "day":
        return tongue.say(N_("Takes effect on"))
    about, _, rest = name.partition(".")
    named = {"exclude": f"exclusions.{rest}", "exclude_source": f"exclusions.{rest}", "remedy": "remedies"}
    return rule_name(named.get(about, f"withdrawal_labels.{rest}" if about == "label" else rest or name), tongue)
