"""One draft as its doors see it: gathered once, for a person who may see its market."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from shop.base.i18n import Languages, Tongue
from shop.ground.errors import found
from shop.markets.calendar import day_in
from shop.markets.directory import Directory
from shop.markets.models import Market
from shop.policies.comparing import KIND_NAMES
from shop.policies.drafts.drafting import RULES, draft_of, fields, parts
from shop.policies.drafts.outcome import Drafted, drafted, languages_of
from shop.policies.library import PolicyLibrary
from shop.policies.models import DraftEdition, PolicyDraft
from shop.staff.arrival import Staff

URL = "/console/policy-drafts"


@dataclass(frozen=True, slots=True)
class Sight:
    """A draft with its market, its parts as saved last, and what it comes to."""

    draft: PolicyDraft
    market: Market
    editions: Mapping[str, DraftEdition]
    languages: tuple[str, ...]
    today: date
    library: PolicyLibrary

    @property
    def url(self) -> str:
        """Where the draft is looked at."""
        return f"{URL}/{self.draft.id}"

    @property
    def values(self) -> dict[str, str]:
        """The fields of its rules, as they were typed."""
        return fields(self.editions.get(RULES))

    @property
    def texts(self) -> dict[str, str]:
        """Its texts by language, in the order of the market's languages."""
        return {each: self.editions[each].content if each in self.editions else "" for each in self.languages}

    def number(self, part: str) -> int:
        """Which edition of the part was saved last; 0 for a text that nobody has begun."""
        return self.editions[part].number if part in self.editions else 0

    def coming_to(self, values: Mapping[str, str] | None = None, texts: Mapping[str, str] | None = None) -> Drafted:
        """What the draft comes to, with these fields or texts in place of the saved ones."""
        return drafted(
            self.draft,
            self.values if values is None else values,
            {**self.texts, **(texts or {})},
            self.library,
            today=self.today,
            ever_sold=self.market.ever_sold,
        )


def sight(
    db: Session, number: int, *, staff: Staff, directory: Directory, library: PolicyLibrary, now: datetime
) -> Sight:
    """The draft as this person sees it; raises NotFound for one of a market that is not theirs."""
    draft = draft_of(db, number)
    staff.check_market(draft.market)
    market = found(directory.now().markets.get(draft.market))
    languages = languages_of(draft.market, draft.kind, market.languages.split(), library)
    return Sight(draft, market, parts(db, number), languages, day_in(market, now), library)


def readers(languages: Languages, seen: Sight) -> dict[str, Tongue]:
    """The tongues in which the draft's texts are read."""
    return {each: languages.tongue(each, seen.market.country) for each in seen.texts}


def draft_rows(drafts: list[PolicyDraft], staff: Staff, names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The drafts that go on in this person's markets, for the page of all policies."""
    for each in drafts:
        if staff.works_for(each.market):
            yield {
                "kind": staff.tongue.say(KIND_NAMES[each.kind]),
                "place": staff.tongue.territory(each.market.upper()),
                "url": f"{URL}/{each.id}",
                "by": names.get(each.person, each.person),
            }
