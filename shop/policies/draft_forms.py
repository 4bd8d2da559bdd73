"""The console's door to writing a draft: its rules as fields, its texts language beside language, looked at as one types.

Whatever is sent is kept, also what is wrong: a draft may hold it. Only who saves over somebody else's words is asked first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.db import Database
from shop.base.i18n import Languages
from shop.base.pages import Pages
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound
from shop.markets.directory import Directory
from shop.policies.draft_console import draft_answer
from shop.policies.draft_fields import names_of
from shop.policies.draft_sight import URL, Sight, sight
from shop.policies.draft_writing import rules_shown, rules_stale, text_shown, text_stale
from shop.policies.drafting import RULES, StaleDraft, save
from shop.policies.library import PolicyLibrary
from shop.staff.arrival import Staff

WRITE = {"act": "policy.write"}


@get(f"{URL}/{{draft:int}}/rules", opt=WRITE, sync_to_thread=True)
def rules_page(
    draft: FromPath[int],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The rules as they were saved last, each with what it means and what is still wrong with it."""
    with database.reading() as db:
        seen = sight(db, draft, staff=staff, directory=directory, library=policies, now=now)
    shown = rules_shown(seen, seen.values, staff.tongue, number=seen.number(RULES))
    return draft_answer(pages, staff, "policy_rules", seen, done=done, **shown)


@post(f"{URL}/{{draft:int}}/rules", opt=WRITE, sync_to_thread=True)
def save_rules(
    draft: FromPath[int],
    form: NamedDependency[Form],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Keep the rules as they were typed; back to them as long as something is wrong, else to the draft."""
    try:
        with database.writing() as db:
            seen = sight(db, draft, staff=staff, directory=directory, library=policies, now=now)
            values = _values(form, seen)
            save(db, seen.draft, RULES, values, seen=_number(form), person=staff.person.id, now=now)
    except StaleDraft as stale:
        shown = rules_shown(seen, values, staff.tongue, number=stale.newest.number)
        told = rules_stale(stale, values, staff.tongue)
        return draft_answer(pages, staff, "policy_rules", seen, status=409, **{**shown, "stale": told})
    wrong = seen.coming_to(values).read.faults
    return see_other(f"{seen.url}/rules?done=policy_kept" if wrong else f"{seen.url}?done=policy_kept")


@post(f"{URL}/{{draft:int}}/rules/check", opt=WRITE, sync_to_thread=True)
def check_rules_typed(
    draft: FromPath[int],
    form: NamedDependency[Form],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What is wrong with the rules as they stand in the form; nothing is kept."""
    with database.reading() as db:
        seen = sight(db, draft, staff=staff, directory=directory, library=policies, now=now)
    shown = rules_shown(seen, _values(form, seen), staff.tongue, number=0)
    return pages.page(staff.tongue, "console/policy_rules_checked.html", **shown)


@get(f"{URL}/{{draft:int}}/texts/{{language:str}}", opt=WRITE, sync_to_thread=True)
def text_page(
    draft: FromPath[int],
    language: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    beside: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """The text in one language, with another one beside it and a preview that is filled from the rules."""
    with database.reading() as db:
        seen = _in_language(sight(db, draft, staff=staff, directory=directory, library=policies, now=now), language)
    shown = text_shown(seen, language, seen.texts[language], languages, staff.tongue, beside=beside)
    return draft_answer(pages, staff, "policy_text", seen, done=done, number=seen.number(language), **shown)


@post(f"{URL}/{{draft:int}}/texts/{{language:str}}", opt=WRITE, sync_to_thread=True)
def save_text(
    draft: FromPath[int],
    language: FromPath[str],
    form: NamedDependency[Form],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Keep the text as it was typed."""
    text = _text(form)
    try:
        with database.writing() as db:
            seen = _in_language(sight(db, draft, staff=staff, directory=directory, library=policies, now=now), language)
            save(db, seen.draft, language, text, seen=_number(form), person=staff.person.id, now=now)
    except StaleDraft as stale:
        shown = text_shown(seen, language, text, languages, staff.tongue, beside=form.text("beside"))
        told = text_stale(stale, text)
        return draft_answer(
            pages, staff, "policy_text", seen, status=409, number=stale.newest.number, **{**shown, "stale": told}
        )
    wrong = seen.coming_to(texts={language: text}).text_faults[language]
    return see_other(f"{seen.url}/texts/{language}?done=policy_kept" if wrong else f"{seen.url}?done=policy_kept")


@post(f"{URL}/{{draft:int}}/texts/{{language:str}}/check", opt=WRITE, sync_to_thread=True)
def check_text_typed(
    draft: FromPath[int],
    language: FromPath[str],
    form: NamedDependency[Form],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[str]:
    """The preview of the text as it stands in the form, and what is wrong with it; nothing is kept."""
    with database.reading() as db:
        seen = _in_language(sight(db, draft, staff=staff, directory=directory, library=policies, now=now), language)
    shown = text_shown(seen, language, _text(form), languages, staff.tongue)
    return pages.page(staff.tongue, "console/policy_text_checked.html", **shown)


def _in_language(seen: Sight, language: str) -> Sight:
    if language not in seen.texts:
        raise NotFound
    return seen


def _values(form: Form, seen: Sight) -> dict[str, str]:
    """The fields of this kind as they were sent; what the form does not have is left out."""
    sent: Mapping[str, str] = {name: form.text(name) for name in names_of(seen.draft.kind, seen.languages)}
    return {name: said for name, said in sent.items() if said}


def _text(form: Form) -> str:
    """The Markdown as it was sent, its lines ended alike."""
    return form.text("text").replace("\r\n", "\n").replace("\r", "\n")


def _number(form: Form) -> int:
    """The edition that the form was drawn from; one that no form of ours names counts as none."""
    said = form.text("number")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else -1


HANDLERS = [rules_page, save_rules, check_rules_typed, text_page, save_text, check_text_typed]
