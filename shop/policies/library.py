"""The policies of all markets, read from `policies/**` and checked: rules and texts together are one hashed version.

A text is filled from its rules, so that it cannot say another number than the software applies. Whatever is wrong
(an unknown key, a missing language, less than the law's minimum) is an error that names the file and the key. A kind
may end: its versions stay as they are and can be read for ever. In the folder (`<kind>/ended.toml`) other kinds take its
place; an end written beside the folder leaves nothing in its place until a version of a later day.
"""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from nh3 import clean

from shop.base.canonical import canonical
from shop.base.i18n import Tongue
from shop.ground.errors import NotFound
from shop.policies.folder import Ending, read_ending, read_toml, read_versions
from shop.policies.keys import ELECTIVE, KINDS, NEEDED, SUCCESSORS
from shop.policies.minimums import laid_over
from shop.policies.models import PolicyEnd, WrittenMinimum
from shop.policies.placeholders import filled

_TAGS = set("h1 h2 h3 p ul ol li strong em table thead tbody tr th td blockquote br".split())


@dataclass(frozen=True)
class PolicyVersion:
    """One version of one policy of a market: its rules, and the text per language, in force from `effective` on."""

    market: str
    kind: str
    effective: date
    rules: Mapping[str, Any]
    texts: Mapping[str, str]  # language -> Markdown, placeholders not yet filled

    @property
    def name(self) -> str:
        """The version's name: the day it takes effect."""
        return self.effective.isoformat()

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the canonical rules and all texts."""
        content = [canonical(self.rules), sorted(self.texts.items())]
        return hashlib.sha256(canonical(content).encode()).hexdigest()

    def text(self, tongue: Tongue) -> str:
        """The text in this tongue's language as Markdown, its placeholders filled from the rules."""
        return filled(self.texts[tongue.language], self.rules, tongue)


def title(text: str) -> str:
    """The heading a text begins with."""
    return text.partition("\n")[0].removeprefix("# ").strip()


@lru_cache(maxsize=256)  # a text never changes, and reading it anew costs more than the whole page around it
def html(text: str, *, below: bool = False) -> str:
    """A policy text as clean HTML, without its heading; with `below` its sections are one level further down."""
    body = text.partition("\n")[2]
    drawn = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    if below:
        drawn = re.sub(r"(</?)h(\d)>", lambda tag: f"{tag[1]}h{int(tag[2]) + 2}>", drawn)
    return clean(drawn, tags=_TAGS | {"h4", "h5"}, attributes={})


Versions = dict[tuple[str, str], list[PolicyVersion]]  # by market and kind, the oldest first


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything as it was read at one stand: versions, minimums by market, and days on which a kind ends, in order."""

    stand: Hashable
    versions: Versions
    minimums: Mapping[str, Mapping[str, Any]]
    ends: Mapping[tuple[str, str], tuple[date, ...]]


class PolicyLibrary:
    """All versions, found by market, kind and day: the folder's, and beside them those that were written elsewhere."""

    def __init__(self, folder: Path) -> None:
        """Read and check the folder; raises BadPolicy for the first thing that is wrong."""
        self.folder_minimums: dict[str, Mapping[str, Any]] = {}
        self._in_folder: Versions = {}
        self._endings: dict[tuple[str, str], Ending] = {}
        self._beside: Callable[[], Iterable[PolicyVersion]] = tuple
        self._stand: Callable[[], Hashable] = tuple
        self._laws: Callable[[], Iterable[WrittenMinimum]] = tuple
        self._ends: Callable[[], Iterable[PolicyEnd]] = tuple
        self._kept: _Read | None = None
        for market in sorted(each for each in folder.iterdir() if each.is_dir()):
            self.folder_minimums[market.name] = read_toml(market / "minimum.toml")
            for read in read_versions(market, self.folder_minimums[market.name]):
                version = PolicyVersion(market.name, read.kind, read.effective, read.rules, read.texts)
                self._in_folder.setdefault((version.market, version.kind), []).append(version)
            for file in sorted(market.glob("*/ended.toml")):
                begun = {kind: each for (place, kind), each in self._in_folder.items() if place == market.name}
                self._endings[market.name, file.parent.name] = read_ending(file, begun)

    def beside(
        self,
        read: Callable[[], Iterable[PolicyVersion]],
        stand: Callable[[], Hashable] = tuple,
        laws: Callable[[], Iterable[WrittenMinimum]] = tuple,
        ends: Callable[[], Iterable[PolicyEnd]] = tuple,
    ) -> "PolicyLibrary":
        """A library of the same folder that has besides what `read` gives, asked anew whenever `stand` says another thing.

        What is read so holds where the folder has a version of the same day: somebody may have accepted it. `laws` are
        the minimums written down beside the folder's, `ends` the ends of kinds.
        """
        both = copy(self)
        both._beside, both._stand, both._laws, both._ends, both._kept = read, stand, laws, ends, None
        return both

    def including(
        self,
        more: Iterable[PolicyVersion],
        laws: Iterable[WrittenMinimum] | None = None,
        ends: Iterable[PolicyEnd] = (),
    ) -> "PolicyLibrary":
        """A library that has these versions and ends too, and these minimums in place of those written down before."""
        coming, ending, asked = tuple(more), tuple(ends), self._laws if laws is None else partial(iter, tuple(laws))
        if not coming and not ending and laws is None:
            return self
        return self.beside(lambda: (*self._beside(), *coming), self._stand, asked, lambda: (*self._ends(), *ending))

    def refresh(self) -> None:
        """Read now what is written beside, if it has changed, so that no visitor waits for it."""
        self._read()

    def in_folder(self, market: str, kind: str, name: str) -> PolicyVersion | None:
        """The version of that name as the folder has it; None where it has none."""
        return next((each for each in self._in_folder.get((market, kind), []) if each.name == name), None)

    @property
    def minimums(self) -> Mapping[str, Mapping[str, Any]]:
        """What each market's law asks at least, by kind and rule."""
        return self._read().minimums

    @property
    def _versions(self) -> Versions:
        return self._read().versions

    def _read(self) -> "_Read":
        stand = self._stand()  # noted before reading: a change meanwhile must outdate what is read
        kept = self._kept
        if kept is None or kept.stand != stand:
            versions = _merged(self._in_folder, self._beside())
            minimums = laid_over(self.folder_minimums, self._laws())
            kept = self._kept = _Read(stand, versions, minimums, _by_kind(self._ends()))
        return kept

    def kinds(self, market: str, day: date) -> tuple[str, ...]:
        """The kinds a market needs on a day: a former kind where the market has it and it has not ended, else its successors.

        An elective one where the market has published it.
        """
        former = [
            kind for kind in SUCCESSORS if (market, kind) in self._versions and not self._ended(market, kind, day)
        ]
        replaced = {each for kind in former for each in SUCCESSORS[kind]}
        needed = {kind for kind in NEEDED if kind not in replaced and not self._ended(market, kind, day)}
        needed |= {kind for kind in ELECTIVE if self._begun(market, kind, day) and not self._ended(market, kind, day)}
        return tuple(kind for kind in KINDS if kind in former or kind in needed)

    def held_by(self, market: str, kind: str, day: date) -> str:
        """The kind that says on a day what `kind` is about: itself, or the former one that it is yet to follow."""
        needed = self.kinds(market, day)
        return next((former for former, kinds in SUCCESSORS.items() if kind in kinds and former in needed), kind)

    def rules(self, market: str, kind: str, day: date) -> Mapping[str, Any]:
        """What is in force of what the kind is about; empty where nothing is."""
        try:
            return self.in_force(market, self.held_by(market, kind, day), day).rules
        except NotFound:
            return {}

    def ending(self, market: str, kind: str) -> Ending | None:
        """The end of a kind in a market that others follow, past or to come; None where it has none."""
        return self._endings.get((market, kind))

    def ends(self, market: str, kind: str) -> tuple[date, ...]:
        """The days on which the kind ends in the market with nothing in its place, in order."""
        return self._read().ends.get((market, kind), ())

    def ended_on(self, market: str, kind: str, day: date) -> date | None:
        """Since when the kind is in force no more on a day, with nothing in its place; None where it is, or never was."""
        last = max((each for each in self.ends(market, kind) if each <= day), default=None)
        anew = last is not None and any(last < each.effective <= day for each in self.versions(market, kind))
        return None if anew else last

    def in_force(self, market: str, kind: str, day: date) -> PolicyVersion:
        """The version in force on a day of the market's calendar; raises NotFound when there is none yet, or no more."""
        version = self.nearest(market, kind, day)
        if version.effective > day or self._ended(market, kind, day):
            raise NotFound
        return version

    def nearest(self, market: str, kind: str, day: date) -> PolicyVersion:
        """The version in force on a day; else the last of an ended kind, or the first of one to come. Raises NotFound."""
        versions = self._versions.get((market, kind), [])
        begun = [each for each in versions if each.effective <= day]
        if not versions:
            raise NotFound
        return begun[-1] if begun else versions[0]

    def version(self, market: str, kind: str, name: str) -> PolicyVersion:
        """The version of that name; raises NotFound."""
        for each in self._versions.get((market, kind), []):
            if each.name == name:
                return each
        raise NotFound

    def versions(self, market: str, kind: str) -> tuple[PolicyVersion, ...]:
        """All versions of a kind in a market, the oldest first; none where it has none."""
        return tuple(self._versions.get((market, kind), ()))

    def scheduled(self, market: str, kind: str, day: date) -> tuple[PolicyVersion, ...]:
        """The versions that take effect after a day, the next one first."""
        return tuple(each for each in self.versions(market, kind) if each.effective > day)

    def all(self) -> Iterator[PolicyVersion]:
        """Every version of every market, in order."""
        for versions in self._versions.values():
            yield from versions

    def complete(self, market: str, languages: list[str], day: date) -> list[tuple[str, str]]:
        """What a market lacks: kind and language of each text that it needs and that is not in force on `day`."""
        lacking = []
        for kind in self.kinds(market, day):
            begun = [each for each in self._versions.get((market, kind), []) if each.effective <= day]
            texts = begun[-1].texts if begun else {}
            lacking += [(kind, language) for language in languages if language not in texts]
        return lacking

    def lacking(self) -> list[str]:
        """`market/kind/language` of each text that a market lacks in a language it has others in, all versions begun."""
        last = max((each.effective for each in self.all()), default=date.min)
        lacking = []
        for market in sorted({*self.minimums, *(each.market for each in self.all())}):
            languages = sorted({each for version in self.all() if version.market == market for each in version.texts})
            lacking += [f"{market}/{kind}/{each}" for kind, each in self.complete(market, languages, last)]
        return lacking

    def _begun(self, market: str, kind: str, day: date) -> bool:
        return any(each.effective <= day for each in self._versions.get((market, kind), []))

    def _ended(self, market: str, kind: str, day: date) -> bool:
        ending = self._endings.get((market, kind))
        return (ending is not None and ending.on <= day) or self.ended_on(market, kind, day) is not None


def _merged(in_folder: Versions, beside: Iterable[PolicyVersion]) -> Versions:
    merged = dict(in_folder)
    for version in beside:
        key = version.market, version.kind
        others = [each for each in merged.get(key, []) if each.effective != version.effective]
        merged[key] = sorted([*others, version], key=lambda each: each.effective)
    return merged


def _by_kind(ends: Iterable[PolicyEnd]) -> dict[tuple[str, str], tuple[date, ...]]:
    days: dict[tuple[str, str], list[date]] = {}
    for each in ends:
        days.setdefault((each.market, each.kind), []).append(each.day)
    return {key: tuple(sorted(found)) for key, found in days.items()}
