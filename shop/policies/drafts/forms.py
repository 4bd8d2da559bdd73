"""What the forms of a draft show: fields with what is wrong, a text with its preview, and whose words stand there instead."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shop.base.i18n import Languages, Tongue, own_name
from shop.base.pages import safe
from shop.policies.diff import passages
from shop.policies.drafts.drafting import StaleDraft, differences, fields
from shop.policies.drafts.fields import Values
from shop.policies.drafts.rules_form import RuleForm, label_of
from shop.policies.drafts.sight import Sight
from shop.policies.library import html
from shop.policies.placeholders import LABELS, filled, offered
from shop.policies.rule_words import VALUES, rule_name


def rules_shown(seen: Sight, values: Values, tongue: Tongue, *, number: int) -> dict[str, Any]:
    """The form of the rules, filled with these values."""
    faults = seen.coming_to(values).read.faults
    minimums = seen.library.minimums.get(seen.market.id, {})
    form = RuleForm(seen.draft.kind, values, faults, minimums.get(seen.draft.kind, {}), tongue=tongue)
    return {
        "groups": form.groups(seen.languages),
        "values": values,
        "faults": {name: (label_of(name, tongue), fault.says(tongue)) for name, fault in faults.items()},
        "law_known": bool(minimums),
        "law_url": f"/console/workshop/sheets/minimums?market={seen.market.id}",
        "number": number,
        "open": not seen.draft.ended,
        "stale": None,
        "over": False,
    }


def rules_stale(stale: StaleDraft, mine: Values, tongue: Tongue) -> dict[str, Any]:
    """Who saved meanwhile, and each field that stands otherwise there: what it was, what it is now, what is yours."""
    was, now = fields(stale.seen), fields(stale.newest)
    rows = [
        {
            "name": label_of(name, tongue),
            "was": was.get(name, ""),
            "now": now.get(name, ""),
            "yours": mine.get(name, ""),
        }
        for name in differences(now, mine)
    ]
    return {"rows": rows}


def text_shown(
    seen: Sight, language: str, text: str, languages: Languages, *, tongue: Tongue, beside: str = ""
) -> dict[str, Any]:
    """The form of a text: the words, their preview, what may be filled in, and another language beside it."""
    coming = seen.coming_to(texts={language: text})
    reader = languages.tongue(language, seen.market.country)
    others = [each for each, told in seen.texts.items() if each != language and told.strip()]
    other = beside if beside in others else next(iter(others), "")
    rules = coming.read.rules
    known = {name: each for name, each in rules.items() if each != date.max}  # no day is chosen yet
    return {
        "language": language,
        "language_name": own_name(language),
        "direction": reader.direction,
        "text": text,
        "faults": [fault.says(tongue) for fault in coming.text_faults[language]],
        "preview": safe(html(_headed(filled(text, known, reader)), below=True)),
        "placeholders": [
            {"name": f"{{{each}}}", "label": _called(each, language, tongue), "value": _value(each, known, reader)}
            for each in offered(rules, language)
            if each not in ("kind", "market") and rules.get(each) not in VALUES.get(each, ())
        ],
        "others": [{"language": each, "name": own_name(each), "current": each == other} for each in others],
        "other": {
            "language": other,
            "name": own_name(other),
            "direction": languages.tongue(other, seen.market.country).direction,
            "text": seen.texts[other],
        }
        if other
        else None,
        "open": not seen.draft.ended,
        "stale": None,
        "over": False,
    }


def _called(placeholder: str, language: str, tongue: Tongue) -> str:
    return rule_name(
        f"withdrawal_labels.{language}.{LABELS[placeholder]}" if placeholder in LABELS else placeholder, tongue
    )


def _value(placeholder: str, rules: Mapping[str, Any], reader: Tongue) -> str:
    braced = f"{{{placeholder}}}"
    said = filled(braced, rules, reader)
    return "" if said == braced else said


def text_stale(stale: StaleDraft, mine: str) -> dict[str, Any]:
    """Who saved meanwhile, and the passages in which their text and yours differ."""
    return {"passages": passages(stale.newest.content, mine)}


def _headed(text: str) -> str:
    """The text with its title as a heading of its own, so that the preview shows that too."""
    return f"\n#{text}" if text.startswith("# ") else f"\n{text}"
