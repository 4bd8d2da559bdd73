"""Reading one market's folder of policies: rules and texts of every version, each checked; the first fault is raised."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shop.policies.keys import KINDS
from shop.policies.placeholders import text_faults
from shop.policies.rule_checks import check_rules


class BadPolicy(Exception):
    """A policy file that cannot be used; the message names the file and, where there is one, the key."""


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """What the files of one version say."""

    kind: str
    effective: date
    rules: Mapping[str, Any]
    texts: Mapping[str, str]  # by language


def read_toml(file: Path) -> dict[str, Any]:
    """The file as TOML; raises BadPolicy when it is missing or cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{named(file)}: {error}") from None


def read_versions(market: Path, minimum: Mapping[str, Any]) -> Iterator[VersionFiles]:
    """Every version in a market's folder, kind by kind, the oldest first; raises BadPolicy."""
    for kind in KINDS:
        folders = sorted(each for each in (market / kind).glob("*") if each.is_dir())
        languages: set[str] | None = None
        for folder in folders:
            version = _version(folder, market.name, kind, minimum)
            if languages is not None and not languages <= version.texts.keys():
                lost = sorted(languages - version.texts.keys())
                raise BadPolicy(f"{named(folder)}: lacks a language that the version before it had: {lost}")
            languages = set(version.texts)
            yield version


def named(file: Path) -> str:
    """The file as a message names it: from `policies` on."""
    return "/".join(file.parts[file.parts.index("policies") :] if "policies" in file.parts else file.parts[-4:])


def _version(folder: Path, market: str, kind: str, minimum: Mapping[str, Any]) -> VersionFiles:
    file = folder / "rules.toml"
    effective, rules = _day(folder), read_toml(file)
    for wrong in check_rules(rules, kind=kind, market=market, day=effective, minimum=minimum):
        raise BadPolicy(f"{named(file)}: {wrong}")
    texts = {text.stem: _read_text(text) for text in sorted(folder.glob("*.md"))}
    if not texts:
        raise BadPolicy(f"{named(folder)}: has no text in any language")
    for language, text in texts.items():
        for wrong in text_faults(text, rules, language):
            raise BadPolicy(f"{named(folder / f'{language}.md')}: {wrong}")
    return VersionFiles(kind, effective, rules, texts)


def _day(folder: Path) -> date:
    try:
        return date.fromisoformat(folder.name)
    except ValueError:
        raise BadPolicy(f"{named(folder)}: must be named after the day it takes effect, YYYY-MM-DD") from None


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{named(file)}: {error}") from None
