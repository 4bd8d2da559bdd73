"""Language tags: how near a spoken language is to the one that is wanted (BCP 47, without extensions)."""

from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

# Chinese tags often name the script by the region alone (CLDR, likely subtags).
SCRIPT_BY_REGION = {
    ("zh", "CN"): "Hans",
    ("zh", "SG"): "Hans",
    ("zh", "HK"): "Hant",
    ("zh", "MO"): "Hant",
    ("zh", "TW"): "Hant",
}


@lru_cache(maxsize=4096)
def variant_rank(spoken: str, wanted: str, accept_variants: bool = False) -> int | None:
    """0 for the same language, 1 where one side names no region, 2 for another region; else None.

    Another region is near enough only where variants are accepted, another script never is.
    """
    here, there = _tag(spoken), _tag(wanted)
    if here == there:
        return 0
    if here.language != there.language or _differ(here.script, there.script):
        return None
    if not _differ(here.region, there.region):
        return 1
    return 2 if accept_variants else None


class _Tag(NamedTuple):
    language: str
    script: str
    region: str


@lru_cache(maxsize=4096)
def _tag(text: str) -> _Tag:
    language, *parts = text.lower().replace("_", "-").split("-")
    # A single letter begins an extension, in which `co` is a collation and not Colombia.
    rest = list(takewhile(lambda part: len(part) > 1, parts))
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    region = next((part.upper() for part in rest if _is_region(part)), "")
    return _Tag(language, script or SCRIPT_BY_REGION.get((language, region), ""), region)


def _is_region(part: str) -> bool:
    return (len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdigit())


def _differ(here: str, there: str) -> bool:
    return bool(here and there and here != there)
