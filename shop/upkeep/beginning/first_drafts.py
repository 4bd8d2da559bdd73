"""The drafts of policies that a new market begins with, written in the same transaction as its rows."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session

from shop.launches.arrival import Console
from shop.policies.drafts.drafting import begin
from shop.policies.drafts.outcome import languages_of
from shop.policies.library import PolicyLibrary, PolicyVersion
from shop.upkeep.beginning.first_edits import NewMarket


def first_drafts(console: Console, new: NewMarket, db: Session) -> None:
    """A draft of every kind of policy whose text the market lacks, begun like its own version, else the other market's."""
    library, today = console.sources.policies, date.fromisoformat(new.tax_from)
    spoken, person = str(new.market["languages"]).split(), console.staff.person.id
    for kind in dict.fromkeys(kind for kind, _language in library.complete(new.id, spoken, today)):
        languages = languages_of(new.id, kind, spoken, library)
        source = _nearest(library, (new.id, new.like), kind, today)
        begin(db, new.id, kind, source, languages=languages, person=person, now=console.now)


def _nearest(library: PolicyLibrary, markets: Iterable[str], kind: str, day: date) -> PolicyVersion | None:
    """The version of the first of these markets that has one of the kind."""
    known = (market for market in markets if library.versions(market, kind))
    return next((library.nearest(market, kind, day) for market in known), None)
