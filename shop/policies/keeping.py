"""Holding the files to what was accepted: a version that somebody accepted can never change or disappear."""

import re
from collections.abc import Iterator

from sqlmodel import Session, col, select

from shop.base.canonical import canonical
from shop.base.i18n import nearness
from shop.ground.errors import NotFound
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.policies.models import AcceptedText
from shop.policies.placeholders import PLACEHOLDER


def changed_since_accepted(db: Session, library: PolicyLibrary) -> list[str]:
    """The files of accepted versions that are not what they were any more, one sentence each."""
    versions = select(AcceptedText).where(col(AcceptedText.kind).not_like("%:%"))  # other texts stand in no file
    query = versions.order_by(col(AcceptedText.market), col(AcceptedText.kind), col(AcceptedText.version))
    changed = {sentence for kept in db.exec(query).all() for sentence in _changes(kept, library)}
    return sorted({*changed, *_otherwise(library)})


def _otherwise(library: PolicyLibrary) -> Iterator[str]:
    """The versions that were written at the console and that the folder has too, but otherwise."""
    for each in library.all():
        other = library.in_folder(each.market, each.kind, each.name)
        if other is not None and other.hash != each.hash:
            folder = f"policies/{each.market}/{each.kind}/{each.name}"
            yield f"{folder}: was written otherwise at the console; take it out of the folder"


def _changes(kept: AcceptedText, library: PolicyLibrary) -> Iterator[str]:
    folder = f"policies/{kept.market}/{kept.kind}/{kept.version}"
    try:
        version = library.version(kept.market, kept.kind, kept.version)
    except NotFound:
        yield f"{folder}: is gone, but a customer has accepted it; put it back"
        return
    if version.hash != kept.hash:
        file = f"{folder}{differing_file(kept, version)}"
        yield f"{file}: was changed after a customer had accepted it; put it back and begin a new version"


def differing_file(kept: AcceptedText, version: PolicyVersion) -> str:
    """Which of the version's files differs from what was accepted; a text in another language cannot be told."""
    if canonical(version.rules) != kept.rules:
        return "/rules.toml"
    language = max(version.texts, key=lambda each: nearness(each.lower(), kept.language.lower()))
    return "" if _could_read(version.texts[language], kept.text) else f"/{language}.md"


def _could_read(text: str, filled: str) -> bool:
    """Whether the text, its placeholders filled with whatever, may have become the other."""
    parts = re.split(PLACEHOLDER.pattern.replace("(", "(?:"), text)
    return re.fullmatch(".*".join(map(re.escape, parts)), filled, re.DOTALL) is not None
