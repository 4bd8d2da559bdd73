"""Drafts of policy versions: begun from a version of any market, saved part by part, published, taken back, discarded.

Every save is kept, so that nothing is lost and who saves over another's words is told what those are.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.ground.errors import Refusal, found, row_id
from shop.markets.history import note_deed
from shop.policies.drafts.fields import Values, values_of
from shop.policies.library import PolicyVersion
from shop.policies.models import DraftEdition, PolicyDraft, WrittenPolicy
from shop.policies.written import take_back, write

RULES = "rules"
PUBLISHED, DISCARDED = "published", "discarded"


class StaleDraft(Refusal):
    """Somebody saved this part of the draft since the form was drawn; `newest` is theirs, `seen` what the form began with."""

    def __init__(self, *, newest: DraftEdition, seen: DraftEdition | None) -> None:
        super().__init__(person=newest.person)
        self.newest, self.seen = newest, seen


class DraftEnded(Refusal):
    """The draft was published or discarded; it is not changed any more."""


def begin(
    db: Session,
    market: str,
    kind: str,
    source: PolicyVersion | None,
    *,
    languages: Sequence[str],
    person: str,
    now: datetime,
) -> int:
    """Begin a draft as a copy of `source`, or with nothing. From another market its laws and reasons do not come along."""
    draft = PolicyDraft(market=market, kind=kind, person=person, at=now)
    values: dict[str, str] = {}
    texts = dict.fromkeys(languages, "")
    if source is not None:
        draft.copied_market, draft.copied_version = source.market, source.name
        values = values_of(source.rules, kind)
        texts |= {each: text for each, text in source.texts.items() if each in texts or source.market == market}
        if source.market != market:
            foreign = ("source.", "exclude_source.", "reason.", "first_language", "legal_guarantee_source")
            values = {name: said for name, said in values.items() if not name.startswith(foreign)}
    return _begun(db, draft, {RULES: _written(values), **texts})


def begin_anew(db: Session, draft: PolicyDraft, part: str, content: str | Values, *, person: str, now: datetime) -> int:
    """Begin a draft with all parts of one that has ended, and this content in place of one of them."""
    following = PolicyDraft(
        market=draft.market, kind=draft.kind, person=person, at=now,
        copied_market=draft.copied_market, copied_version=draft.copied_version,
    )  # fmt: skip
    kept = {name: each.content for name, each in parts(db, found(draft.id)).items()}
    return _begun(db, following, {**kept, part: _written(content)})


def _begun(db: Session, draft: PolicyDraft, contents: Mapping[str, str]) -> int:
    """The number of the draft, kept with the first state of each part."""
    db.add(draft)
    db.flush()
    number = found(draft.id)
    for part, content in contents.items():
        db.add(DraftEdition(draft=number, part=part, number=1, content=content, person=draft.person, at=draft.at))
    return number


def _written(content: str | Values) -> str:
    """A part as it is kept: a text as it is, fields as JSON."""
    return content if isinstance(content, str) else json.dumps(dict(content), ensure_ascii=False)


def draft_of(db: Session, number: int) -> PolicyDraft:
    """The draft; raises NotFound."""
    return found(db.get(PolicyDraft, row_id(number)))


def open_drafts(db: Session) -> list[PolicyDraft]:
    """The drafts that go on, the newest first."""
    query = select(PolicyDraft).where(PolicyDraft.ended == "").order_by(col(PolicyDraft.id).desc())
    return list(db.exec(query).all())


def parts(db: Session, draft: int) -> dict[str, DraftEdition]:
    """Every part of the draft as it was saved last: its rules, and its texts by language."""
    query = select(DraftEdition).where(DraftEdition.draft == draft).order_by(col(DraftEdition.number))
    return {each.part: each for each in db.exec(query).all()}


def fields(edition: DraftEdition | None) -> dict[str, str]:
    """The fields of a saved state of the rules, as they were typed."""
    return {str(name): str(said) for name, said in json.loads(edition.content).items()} if edition else {}


def save(
    db: Session, draft: PolicyDraft, part: str, content: str | Values, *, seen: int, person: str, now: datetime
) -> None:
    """Save a part over the edition `seen`; the same words once more are not kept twice. Raises StaleDraft, DraftEnded.

    `seen` is 0 for a part that had not begun.
    """
    number = found(draft.id)
    going_on = select(PolicyDraft.id).where(col(PolicyDraft.id) == number, PolicyDraft.ended == "")
    if db.exec(going_on.with_for_update()).first() is None:
        raise DraftEnded
    newest = parts(db, number).get(part)
    text = _written(content)
    stands = newest.number if newest else 0
    if stands == seen and newest is not None and newest.content == text:
        return
    row = {"draft": number, "part": part, "number": seen + 1, "content": text, "person": person, "at": now}
    once = insert(DraftEdition).values(row).on_conflict_do_nothing(index_elements=["draft", "part", "number"])
    if stands != seen or db.connection().execute(once.returning(col(DraftEdition.number))).first() is None:
        theirs = parts(db, number).get(part)
        raise StaleDraft(newest=found(theirs), seen=db.get(DraftEdition, (number, part, seen)))


def publish(db: Session, draft: PolicyDraft, version: PolicyVersion, *, person: str, now: datetime) -> None:
    """Make the version that the draft comes to one of the market's, and end the draft. Raises DraftEnded."""
    _end(db, draft, PUBLISHED, version.name)
    write(db, version, person=person, now=now)
    changed = {"policy": ("", f"{version.kind} {version.name}")}
    note_deed(db, version.market, "publish_policy", person=person, now=now, changed=changed)


def discard(db: Session, draft: PolicyDraft) -> None:
    """End a draft of which nothing comes; what was written is kept. Raises DraftEnded."""
    _end(db, draft, DISCARDED, "")


def withdraw(db: Session, version: PolicyVersion, *, today: date, person: str, now: datetime) -> int | None:
    """Take a published version back before it is in force; its draft goes on. Raises NotFound, AlreadyHolds."""
    key = (version.market, version.kind, version.name)
    found(db.get(WrittenPolicy, key))
    take_back(db, *key, today=today)
    changed = {"policy": (f"{version.kind} {version.name}", "")}
    note_deed(db, version.market, "withdraw_policy", person=person, now=now, changed=changed)
    query = select(PolicyDraft).where(
        PolicyDraft.market == version.market,
        PolicyDraft.kind == version.kind,
        PolicyDraft.published_as == version.name,
    )
    draft = db.exec(query.order_by(col(PolicyDraft.id).desc())).first()
    if draft is None:
        return None
    draft.ended = draft.published_as = ""
    return draft.id


def is_written(db: Session, version: PolicyVersion) -> bool:
    """Whether the version was written at the console or brought by an import."""
    return db.get(WrittenPolicy, (version.market, version.kind, version.name)) is not None


def differences(theirs: Values, mine: Values) -> list[str]:
    """The names of the fields that differ."""
    return sorted(name for name in {*theirs, *mine} if theirs.get(name, "").strip() != mine.get(name, "").strip())


def _end(db: Session, draft: PolicyDraft, how: str, published_as: str) -> None:
    ending = update(PolicyDraft).where(col(PolicyDraft.id) == draft.id, col(PolicyDraft.ended) == "")
    ended: Mapping[str, str] = {"ended": how, "published_as": published_as}
    if db.connection().execute(ending.values(**ended)).rowcount != 1:
        raise DraftEnded
