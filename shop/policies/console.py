"""The console's door to policies: what is in force and what is to come, what it changes for whom, and the sign-off."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from shop.base.i18n import N_, Tongue, own_name
from shop.base.pages import safe
from shop.base.revisions import market_scope, raise_revision
from shop.base.web import Form, see_other
from shop.ground.instants import local
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.policies.arrival import AT, PolicyConsole
from shop.policies.arrival import POLICIES as URL
from shop.policies.comparing import KIND_NAMES, compare, previous, standing
from shop.policies.drafts.drafting import is_written, open_drafts
from shop.policies.drafts.sight import URL as DRAFTS
from shop.policies.drafts.sight import draft_rows
from shop.policies.keys import NEEDED
from shop.policies.library import PolicyLibrary, PolicyVersion, html
from shop.policies.rule_words import rule_name, rules_told
from shop.policies.signing import Signed, may_sign, sign, signatures
from shop.staff.arrival import Staff
from shop.staff.names import names_of

SEE, SIGN = ({"act": act} for act in ("policy.see", "policy.sign"))
STANDINGS = {
    "in_force": ("good", "tick", N_("In force")),
    "scheduled": ("info", "clock", N_("Scheduled")),
    "past": ("calm", "square", N_("Replaced")),
}


@get(URL, dependencies=AT, opt=SEE, sync_to_thread=True)
def policies_page(console: NamedDependency[PolicyConsole], done: FromQuery[str] = "") -> Response[str]:
    """Every policy of this person's markets: since when it holds, what is scheduled, which texts nobody has signed."""
    library, staff = console.library, console.staff
    with console.database.reading() as db:
        signed, drafts = signatures(db, library.all()), open_drafts(db)
        names = names_of(db, [each.person for each in drafts])
    rows = [
        {
            "place": staff.tongue.territory(market.country),
            "kinds": list(_kinds(market, library, signed, staff, today=day_in(market, console.now))),
            "unwritten": list(_unwritten(market, library, staff, today=day_in(market, console.now))),
            "ends": list(_ends(market, library, staff, today=day_in(market, console.now))),
        }
        for market in console.markets()
    ]
    title = staff.tongue.say(N_("Policies"))
    return console.page("policies", title=title, done=done, rows=rows, drafts=list(draft_rows(drafts, staff, names)))


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
                    staff.tongue.language_name(language)
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


def _ends(market: Market, policies: PolicyLibrary, staff: Staff, *, today: date) -> Iterator[dict[str, Any]]:
    """The kinds that have ended there or will, each with its last version and where an end to come is taken back."""
    publishes = staff.may("policy.publish", market.id)
    for kind in NEEDED:
        ended = policies.ended_on(market.id, kind, today)
        to_come = [each for each in policies.ends(market.id, kind) if each > today]
        for day in [ended, *to_come] if ended else to_come:
            yield {
                "kind": staff.tongue.say(KIND_NAMES[kind]),
                "url": _url(policies.nearest(market.id, kind, day)),
                "day": staff.tongue.date(day),
                "over": day <= today,
                "withdrawal": f"{URL}/{market.id}/{kind}/end/{day}/withdrawal" if publishes and day > today else "",
            }


@get(f"{URL}/{{market:str}}/{{kind:str}}/{{version:str}}", dependencies=AT, opt=SEE, sync_to_thread=True)
def version_page(
    market: FromPath[str],
    kind: FromPath[str],
    version: FromPath[str],
    console: NamedDependency[PolicyConsole],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One version: its rules, its texts with who signed them, and what it changes against the one before."""
    place, shown = console.version(market, kind, version)
    staff, policies = console.staff, console.library
    with console.database.reading() as db:
        signed, written = signatures(db, [shown]), is_written(db, shown)
        names = names_of(db, [each.person for each in signed.values()])
    versions = policies.versions(market, kind)
    before = previous(shown, policies)
    today = day_in(place, console.now)
    country = staff.tongue.territory(place.country)
    tongue = staff.tongue
    readers = {language: console.languages.tongue(language, place.country) for language in shown.texts}
    return console.page(
        "policy",
        title=tongue.say(N_("%(kind)s: %(place)s"), kind=tongue.say(KIND_NAMES[kind]), place=country),
        done=done,
        version=shown,
        url=_url(shown),
        copy_url=_copy_url(shown) if kind in NEEDED and staff.may("policy.write", market) else "",
        end_url=f"{URL}/{market}/{kind}/end"
        if kind in NEEDED and standing(shown, policies, today) == "in_force" and staff.may("policy.publish", market)
        else "",
        may_take_back=written and shown.effective > today and staff.may("policy.publish", market),
        overrides=[
            {"label": rule_name(rule, tongue), "value": said} for rule, said in shown.rules.get("overrides", {}).items()
        ],
        chip=_chip(standing(shown, policies, today), staff),
        day=tongue.date(shown.effective),
        versions=[
            {"day": tongue.date(each.effective), "url": _url(each), "current": each is shown} for each in versions
        ],
        rules=rules_told(shown.rules, tongue),
        changes=compare(before, shown, country, tongue, readers=readers) if before else None,
        texts=[
            _text(shown, language, signed, staff, reader=reader, zone=place.zone, names=names)
            for language, reader in readers.items()
        ],
    )


def _text(
    version: PolicyVersion,
    language: str,
    signed: Signed,
    staff: Staff,
    *,
    reader: Tongue,
    zone: str,
    names: Mapping[str, str],
) -> dict[str, Any]:
    by = signed.get((version.market, version.kind, version.name, language))
    return {
        "language": language,
        "direction": reader.direction,
        "name": own_name(language),
        "body": safe(html(version.text(reader), below=True)),
        "signed": staff.tongue.say(
            N_("Signed by %(person)s on %(day)s"),
            person=names.get(by.person, by.person),
            day=staff.tongue.date(local(by.at, zone).date()),
        )
        if by
        else "",
        "mine": by is None and may_sign(staff.person, version, language),
    }


@post(f"{URL}/{{market:str}}/{{kind:str}}/{{version:str}}/signatures", dependencies=AT, opt=SIGN, sync_to_thread=True)
def sign_text(
    market: FromPath[str],
    kind: FromPath[str],
    version: FromPath[str],
    console: NamedDependency[PolicyConsole],
    form: NamedDependency[Form],
) -> Response[Any]:
    """Sign one text in one's own name."""
    _place, shown = console.version(market, kind, version)
    with console.database.writing() as db:
        sign(db, shown, form.text("language"), seen=form.text("seen"), person=console.staff.person, now=console.now)
        raise_revision(db, market_scope(market))
    return see_other(f"{_url(shown)}?done=signed")


def _chip(state: str, staff: Staff) -> tuple[str, str, str]:
    tone, glyph, word = STANDINGS[state]
    return tone, glyph, staff.tongue.say(word)


def _url(version: PolicyVersion) -> str:
    return f"{URL}/{version.market}/{version.kind}/{version.name}"


def _copy_url(version: PolicyVersion) -> str:
    return f"{DRAFTS}/new?market={version.market}&kind={version.kind}&version={version.name}"


HANDLERS = [policies_page, version_page, sign_text]
