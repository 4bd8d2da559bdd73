"""The files that lie beside a set-up's tables: pictures in `art/`, papers in `papers/`, policies written at the console."""

from shop.catalogue.models import Paper, Picture
from shop.policies.written import written_policies
from shop.upkeep.enclosures import PICTURE_TYPES
from shop.upkeep.writing.standing import Standing, ordered

Files = dict[str, bytes]

SUFFIXES = {media_type: suffix for suffix, media_type in PICTURE_TYPES.items()}


def pictures(here: Standing) -> Files:
    """`art/kettle.svg` is the first picture of the family, `art/kettle.2.svg` the second."""
    return {
        f"art/{row.family}{f'.{row.position}' if row.position > 1 else ''}{SUFFIXES[row.media_type]}": row.data
        for row in ordered(here.rows(Picture), "family", "position")
    }


def papers(here: Standing) -> Files:
    """`papers/<family>.<kind>.<language>.md`."""
    rows = ordered(here.rows(Paper), "family", "kind", "language")
    return {f"papers/{row.family}.{row.kind}.{row.language}.md": row.text.encode() for row in rows}


def policies(here: Standing) -> Files:
    """`policies/<market>/<kind>/<day>/rules.toml` and its texts."""
    return written_policies(here.db)
