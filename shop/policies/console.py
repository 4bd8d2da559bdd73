"""The console's door to policies: what is in force and what is to come, what it changes for whom, and the sign-off."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue, own_name
from shop.base.pagecache import market_scope, raise_revision
from shop.base.pages import Pages, safe
from shop.base.web import Form, see_other
from shop.ground.errors import NotFound, found
from shop.ground.instants import local
from shop.markets.calendar import day_in
from shop.markets.directory import Directory
from shop.markets.models import Market
from shop.policies.comparing import KIND_NAMES, compare, previous, standing
from shop.policies.draft_sight import URL as DRAFTS
from shop.policies.draft_sight import draft_rows
from shop.policies.drafting import is_written, open_drafts
from shop.policies.keys import NEEDED
from shop.policies.library import PolicyLibrary, PolicyVersion, html
from shop.policies.rule_words import rule_name, rules_told
from shop.policies.signing import Signed, may_sign, sign, signatures
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page

URL = "/console/policies"
SEE, SIGN = ({"act": act} for act in ("policy.see", "policy.sign"))
STANDINGS = {
    "in_force": ("good", "tick", N_("In force")),
    "scheduled": ("info", "clock", N_("Scheduled")),
    "past": ("calm", "square", N_("Replaced")),
}


@get(URL, opt=SEE, sync_to_thread=True)
def policies_page(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Every policy of this person's markets: since when it holds, what is scheduled, which texts nobody has signed."""
    with database.reading() as db:
        signed, drafts = signatures(db, policies.all()), open_drafts(db)
    markets = [each for each in directory.now().markets.values() if staff.works_for(each.id)]
    rows = [
        {
            "place": staff.tongue.territory(market.country),
            "kinds": list(_kinds(market, policies, signed, staff, today=day_in(market, now))),
            "unwritten": list(_unwritten(market, policies, staff, today=day_in(market, now))),
        }
        for market in markets
    ]
    return _page(
        pages,
        staff,
        "policies",
        title=staff.tongue.say(N_("Policies")),
        done=done,
        rows=rows,
        drafts=list(draft_rows(drafts, staff)),
    )


def _kinds(
    market: Market, policies: PolicyLibrary, signed: Signed, staff: Staff, *, today: date
) -> Iterator[dict[str, Any]]:
    for kind in policies.kinds(market.id, today):
        versions = policies.versions(market.id, kind)
        shown = [each for each in versions if standing(each, policies, today) != "past"]
        for version in shown:
            state = standing(version, policies, today)
            yield {
                "kind": staff.tongue.say(KIND_NAMES[kind]),
                "url": _url(version),
                "chip": _chip(state, staff),
                "day": staff.tongue.date(version.effective),
                "unsigned": [
                    own_name(language)
                    for language in version.texts
                    if (market.id, kind, version.name, language) not in signed
                ],
            }


def _unwritten(market: Market, policies: PolicyLibrary, staff: Staff, *, today: date) -> Iterator[dict[str, str]]:
    """The kinds that the market needs and has no version of, with where to begin one."""
    for kind in policies.kinds(market.id, today):
        if not policies.versions(market.id, kind):
            url = f"{DRAFTS}/new?market={market.id}&kind={kind}"
            yield {"kind": staff.tongue.say(KIND_NAMES[kind]), "url": url}


@get(f"{URL}/{{market:str}}/{{kind:str}}/{{version:str}}", opt=SEE, sync_to_thread=True)
def version_page(
    market: FromPath[str],
    kind: FromPath[str],
    version: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One version: its rules, its texts with who signed them, and what it changes against the one before."""
    place, shown = _found(market, kind, version, staff=staff, directory=directory, policies=policies)
    with database.reading() as db:
        signed, written = signatures(db, [shown]), is_written(db, shown)
    versions = policies.versions(market, kind)
    before = previous(shown, policies)
    today = local(now, place.zone).date()
    country = staff.tongue.territory(place.country)
    tongue = staff.tongue
    readers = {language: languages.tongue(language, place.country) for language in shown.texts}
    return _page(
        pages,
        staff,
        "policy",
        title=tongue.say(N_("%(kind)s: %(place)s"), kind=tongue.say(KIND_NAMES[kind]), place=country),
        done=done,
        version=shown,
        url=_url(shown),
        copy_url=_copy_url(shown) if kind in NEEDED and staff.may("policy.write", market) else "",
        takes_back=written and shown.effective > today and staff.may("policy.publish", market),
        overrides=[
            {"label": rule_name(rule, tongue), "value": said} for rule, said in shown.rules.get("overrides", {}).items()
        ],
        chip=_chip(standing(shown, policies, today), staff),
        day=tongue.date(shown.effective),
        versions=[
            {"day": tongue.date(each.effective), "url": _url(each), "current": each is shown} for each in versions
        ],
        rules=rules_told(shown.rules, tongue),
        changes=compare(before, shown, country, tongue, readers) if before else None,
        texts=[
            _text(shown, language, signed, staff, reader=reader, zone=place.zone)
            for language, reader in readers.items()
        ],
    )


def _text(
    version: PolicyVersion, language: str, signed: Signed, staff: Staff, *, reader: Tongue, zone: str
) -> dict[str, Any]:
    by = signed.get((version.market, version.kind, version.name, language))
    return {
        "language": language,
        "direction": reader.direction,
        "name": own_name(language),
        "body": safe(html(version.text(reader), below=True)),
        "signed": staff.tongue.say(
            N_("Signed by %(person)s on %(day)s"),
            person=by.person,
            day=staff.tongue.date(local(by.at, zone).date()),
        )
        if by
        else "",
        "mine": by is None and may_sign(staff.person, version, language),
    }


@post(f"{URL}/{{market:str}}/{{kind:str}}/{{version:str}}/signatures", opt=SIGN, sync_to_thread=True)
def sign_text(
    market: FromPath[str],
    kind: FromPath[str],
    version: FromPath[str],
    form: NamedDependency[Form],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    directory: NamedDependency[Directory],
    policies: NamedDependency[PolicyLibrary],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Sign one text in one's own name."""
    _place, shown = _found(market, kind, version, staff=staff, directory=directory, policies=policies)
    with database.writing() as db:
        sign(db, shown, form.text("language"), seen=form.text("seen"), person=staff.person, now=now)
        raise_revision(db, market_scope(market))
    return see_other(f"{_url(shown)}?done=signed")


def _found(
    market: str, kind: str, version: str, *, staff: Staff, directory: Directory, policies: PolicyLibrary
) -> tuple[Market, PolicyVersion]:
    if not staff.works_for(market):
        raise NotFound
    return found(directory.now().markets.get(market)), policies.version(market, kind, version)


def _chip(state: str, staff: Staff) -> tuple[str, str, str]:
    tone, glyph, word = STANDINGS[state]
    return tone, glyph, staff.tongue.say(word)


def _url(version: PolicyVersion) -> str:
    return f"{URL}/{version.market}/{version.kind}/{version.name}"


def _copy_url(version: PolicyVersion) -> str:
    return f"{DRAFTS}/new?market={version.market}&kind={version.kind}&version={version.name}"


def _page(pages: Pages, staff: Staff, name: str, *, title: str, done: str = "", **values: Any) -> Response[str]:
    return staff_page(pages, staff, f"console/{name}", current=URL, done=done, title=title, **values)


HANDLERS = [policies_page, version_page, sign_text]
