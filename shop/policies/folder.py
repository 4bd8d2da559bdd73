"""Reading one market's folder of policies: rules and texts of every version, and ends of kinds; the first fault is raised."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from shop.ground.instants import as_day
from shop.policies.keys import KINDS, SUCCESSORS
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


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a kind in a market: from the day `on` it is not in force any more, and the kinds `by` are instead."""

    on: date
    by: tuple[str, ...]


class Begun(Protocol):
    """A version as far as an ending asks for it."""

    @property
    def effective(self) -> date: ...
    @property
    def name(self) -> str: ...
    @property
    def texts(self) -> Mapping[str, str]: ...


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


def read_ending(file: Path, versions: Mapping[str, Sequence[Begun]]) -> Ending:
    """The end of a kind as its file tells it; raises BadPolicy where nothing complete takes its place on that day.

    `versions` are the market's by kind, the oldest first.
    """
    kind, told = file.parent.name, read_toml(file)
    on, by, own = told.get("on"), told.get("by"), versions.get(kind)
    if kind not in SUCCESSORS or own is None:
        raise BadPolicy(f"{named(file)}: {kind} is no kind that can end here")
    if told.keys() != {"on", "by"} or type(on) is not date or by != list(SUCCESSORS[kind]):
        raise BadPolicy(f"{named(file)}: must say `on`, a day, and `by`, which is {list(SUCCESSORS[kind])}")
    if own[-1].effective >= on:
        raise BadPolicy(f"{named(file)}: on {on} is not after the version {own[-1].name}")
    for each in by:
        begun = [version for version in versions.get(each, ()) if version.effective <= on]
        if not begun or not own[-1].texts.keys() <= begun[-1].texts.keys():
            raise BadPolicy(f"{named(file)}: {each} is not in force on {on} in every language of {kind}")
    return Ending(on, tuple(by))


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
    if (day := as_day(folder.name)) is None:
        raise BadPolicy(f"{named(folder)}: must be named after the day it takes effect, YYYY-MM-DD")
    return day


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{named(file)}: {error}") from None
