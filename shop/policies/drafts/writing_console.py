"""The console's door to writing a draft: its rules as fields, its texts language beside language, looked at as one types.

Whatever is sent is kept, also what is wrong: a draft may hold it. Only who saves over somebody else's words is asked first;
who saves into a draft that has ended meanwhile can go on with the same words in a new one.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.web import Form, see_other
from shop.ground.errors import NotFound
from shop.policies.arrival import AT, PolicyConsole
from shop.policies.drafts.drafting import RULES, DraftEnded, StaleDraft, begin_anew, save
from shop.policies.drafts.fields import names_of
from shop.policies.drafts.forms import rules_shown, rules_stale, text_shown, text_stale
from shop.policies.drafts.sight import URL, Sight

WRITE = {"act": "policy.write"}
TEXT_BODY = 2 * 1024 * 1024  # of a form with one text: in it each letter of some scripts takes nine bytes


@get(f"{URL}/{{draft:int}}/rules", dependencies=AT, opt=WRITE, sync_to_thread=True)
def rules_page(
    draft: FromPath[int], console: NamedDependency[PolicyConsole], done: FromQuery[str] = ""
) -> Response[str]:
    """The rules as they were saved last, each with what it means and what is still wrong with it."""
    seen = console.draft(draft)
    shown = rules_shown(seen, seen.values, console.staff.tongue, number=seen.number(RULES))
    return console.draft_page("policy_rules", seen, done=done, **shown)


@post(f"{URL}/{{draft:int}}/rules", dependencies=AT, opt=WRITE, sync_to_thread=True)
def save_rules(
    draft: FromPath[int], console: NamedDependency[PolicyConsole], form: NamedDependency[Form]
) -> Response[Any]:
    """Keep the rules as they were typed; back to them as long as something is wrong, else to the draft."""
    tongue = console.staff.tongue
    try:
        with console.changing(draft) as (db, seen):
            values = _values(form, seen)
            save(db, seen.draft, RULES, values, seen=_number(form), person=console.staff.person.id, now=console.now)
    except DraftEnded:
        shown = rules_shown(seen, values, tongue, number=_number(form))
        return console.draft_page("policy_rules", seen, status=409, **{**shown, "over": True})
    except StaleDraft as stale:
        shown = rules_shown(seen, values, tongue, number=stale.newest.number)
        told = rules_stale(stale, values, tongue) | {"person": console.name(stale.newest.person)}
        return console.draft_page("policy_rules", seen, status=409, **{**shown, "stale": told})
    wrong = seen.coming_to(values).read.faults
    return see_other(f"{seen.url}/rules?done=policy_kept" if wrong else f"{seen.url}?done=policy_kept")


@post(f"{URL}/{{draft:int}}/rules/check", dependencies=AT, opt=WRITE, sync_to_thread=True)
def check_rules_typed(
    draft: FromPath[int], console: NamedDependency[PolicyConsole], form: NamedDependency[Form]
) -> Response[str]:
    """What is wrong with the rules as they stand in the form; nothing is kept."""
    seen = console.draft(draft)
    shown = rules_shown(seen, _values(form, seen), console.staff.tongue, number=0)
    return console.pages.page(console.staff.tongue, "console/policy_rules_checked.html", **shown)


@get(f"{URL}/{{draft:int}}/texts/{{language:str}}", dependencies=AT, opt=WRITE, sync_to_thread=True)
def text_page(
    draft: FromPath[int],
    language: FromPath[str],
    console: NamedDependency[PolicyConsole],
    beside: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """The text in one language, with another one beside it and a preview that is filled from the rules."""
    seen = _in_language(console.draft(draft), language)
    shown = text_shown(
        seen, language, seen.texts[language], console.languages, tongue=console.staff.tongue, beside=beside
    )
    return console.draft_page("policy_text", seen, done=done, number=seen.number(language), **shown)


@post(
    f"{URL}/{{draft:int}}/texts/{{language:str}}",
    dependencies=AT,
    opt=WRITE,
    request_max_body_size=TEXT_BODY,
    sync_to_thread=True,
)
def save_text(
    draft: FromPath[int],
    language: FromPath[str],
    console: NamedDependency[PolicyConsole],
    form: NamedDependency[Form],
) -> Response[Any]:
    """Keep the text as it was typed."""
    text, tongue, beside = _text(form), console.staff.tongue, form.text("beside")
    try:
        with console.changing(draft) as (db, seen):
            _in_language(seen, language)
            save(db, seen.draft, language, text, seen=_number(form), person=console.staff.person.id, now=console.now)
    except DraftEnded:
        shown = text_shown(seen, language, text, console.languages, tongue=tongue, beside=beside)
        shown |= {"over": True, "number": _number(form)}
        return console.draft_page("policy_text", seen, status=409, **shown)
    except StaleDraft as stale:
        shown = text_shown(seen, language, text, console.languages, tongue=tongue, beside=beside)
        told = text_stale(stale, text) | {"person": console.name(stale.newest.person)}
        shown |= {"stale": told, "number": stale.newest.number}
        return console.draft_page("policy_text", seen, status=409, **shown)
    wrong = seen.coming_to(texts={language: text}).text_faults[language]
    return see_other(f"{seen.url}/texts/{language}?done=policy_kept" if wrong else f"{seen.url}?done=policy_kept")


@post(
    f"{URL}/{{draft:int}}/texts/{{language:str}}/check",
    dependencies=AT,
    opt=WRITE,
    request_max_body_size=TEXT_BODY,
    sync_to_thread=True,
)
def check_text_typed(
    draft: FromPath[int],
    language: FromPath[str],
    console: NamedDependency[PolicyConsole],
    form: NamedDependency[Form],
) -> Response[str]:
    """The preview of the text as it stands in the form, and what is wrong with it; nothing is kept."""
    seen = _in_language(console.draft(draft), language)
    shown = text_shown(seen, language, _text(form), console.languages, tongue=console.staff.tongue)
    return console.pages.page(console.staff.tongue, "console/policy_text_checked.html", **shown)


@post(
    f"{URL}/{{draft:int}}/successors",
    dependencies=AT,
    opt=WRITE,
    request_max_body_size=TEXT_BODY,
    sync_to_thread=True,
)
def go_on_anew(
    draft: FromPath[int], console: NamedDependency[PolicyConsole], form: NamedDependency[Form]
) -> Response[Any]:
    """Begin a new draft with all of one that has ended, and with what was typed into it since."""
    part, person = form.text("part"), console.staff.person.id
    with console.changing(draft) as (db, seen):
        typed = _values(form, seen) if part == RULES else _text(form)
        if part != RULES:
            _in_language(seen, part)
        number = begin_anew(db, seen.draft, part, typed, person=person, now=console.now)
    return see_other(f"{URL}/{number}/rules" if part == RULES else f"{URL}/{number}/texts/{part}")


def _in_language(seen: Sight, language: str) -> Sight:
    if language not in seen.texts:
        raise NotFound
    return seen


def _values(form: Form, seen: Sight) -> dict[str, str]:
    """The fields of this kind as they were sent; what the form does not have is left out."""
    sent = {name: form.text(name) for name in names_of(seen.draft.kind, seen.languages)}
    return {name: said for name, said in sent.items() if said}


def _text(form: Form) -> str:
    """The Markdown as it was sent, its lines ended alike."""
    return form.text("text").replace("\r\n", "\n").replace("\r", "\n")


def _number(form: Form) -> int:
    """The edition that the form was drawn from; one that no form of ours names counts as none."""
    said = form.text("number")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else -1


HANDLERS = [rules_page, save_rules, check_rules_typed, text_page, save_text, check_text_typed, go_on_anew]
