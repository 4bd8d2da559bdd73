"""What must hold of what customers accepted: its bytes are kept, and are those of the version that they name."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.ground.errors import NotFound
from shop.policies.acceptance import SHOWN
from shop.policies.keeping import differing_file
from shop.policies.library import PolicyLibrary
from shop.policies.models import Acceptance, AcceptedText


def invariants(library: PolicyLibrary) -> tuple[Invariant, ...]:
    """All of them; accepted texts are compared with `library`, the versions that there are now."""

    def same(db: Session, _now: datetime) -> Iterator[Broken]:
        kept = select(AcceptedText).order_by(
            col(AcceptedText.market), col(AcceptedText.kind), col(AcceptedText.version)
        )
        for text in db.exec(kept.execution_options(yield_per=100)):
            if differs := _unlike(text, library):
                named = f"{text.market} {text.kind} {text.version} {text.language}"
                yield Broken(named, {"hash": text.hash, "differs": differs})

    return (
        Invariant(
            "acceptance.kept",
            "I3",
            N_(
                "The text of everything that customers accepted is kept, and so are the words in which they did; each "
                "acceptance names the market, kind and version of its text."
            ),
            N_(
                "Take the text or the acceptance from a backup; without it nobody can show what the customer agreed to."
            ),
            _missing,
        ),
        Invariant(
            "acceptance.unchanged",
            "I3",
            N_("Every accepted text is unchanged, byte for byte."),
            N_("Put the version back as it was and begin a new one, or take the kept text from a backup."),
            same,
        ),
    )


def _missing(db: Session, _now: datetime) -> Iterable[Broken]:
    """A text that is no policy is kept once, whichever markets and boxes show the same words, and has no version."""
    elsewhere = or_(col(AcceptedText.market) != Acceptance.market, col(AcceptedText.kind) != Acceptance.kind)
    other = or_(col(AcceptedText.version) != Acceptance.version, and_(col(AcceptedText.version) != "", elsewhere))
    wrong = or_(col(AcceptedText.hash).is_(None), other, col(Acceptance.wording) == "")
    values = (Acceptance.kind, Acceptance.market, Acceptance.version, Acceptance.language, Acceptance.hash)
    query = naming(Acceptance.order_number, *values, Acceptance.wording).outerjoin(AcceptedText, SHOWN).where(wrong)
    return broken_rows(db, query.order_by(col(Acceptance.order_number), col(Acceptance.kind)))


def _unlike(kept: AcceptedText, library: PolicyLibrary) -> str:
    """In what it differs; empty when it is what it was. Of a version the hash is over all its texts, as they are filled."""
    if ":" in kept.kind:  # a text that is no policy is hashed by itself
        return "" if hashlib.sha256(kept.text.encode()).hexdigest() == kept.hash else "text"
    try:
        version = library.version(kept.market, kept.kind, kept.version)
    except NotFound:
        return "gone"
    return "version" if version.hash != kept.hash else differing_file(kept, version)
