"""A market from nothing: what is known of the country, what comes along from another market, and what is refused."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from shop.catalogue.models import Listing, MainsSupply
from shop.markets.models import Market, ShippingRate, TaxRate
from shop.policies.models import PolicyDraft
from shop.support.shifts.models import Agent
from shop.upkeep.beginning import first_drafts
from shop.upkeep.beginning.countries import country
from tests.page_forms import filled
from tests.world import Browser, World, text

URL = "/console/workshop/new-market"


@pytest.fixture
def mere(sqlite_world: World) -> Browser:
    """The exporter at the console."""
    return sqlite_world.signed_in("mere")


def begun(mere: Browser, code: str, like: str = "", **said: str) -> dict[str, str]:
    """The form of a country as the page draws it, with these fields filled in besides."""
    assert mere.get(f"{URL}?country={code}&like={like}").status_code == 200
    values = filled(mere, URL)
    return {**values, **{f"tax-{each}": "20" for each in ("standard", "food", "service")}, **said}


def test_a_country_is_known_by_what_cldr_says_of_it() -> None:
    japan = country("JP", spoken=["de", "ja", "en"], today=date(2026, 11, 22))
    assert (japan.currency, japan.zone, japan.languages, japan.holidays) == ("JPY", "Asia/Tokyo", ("ja",), "JP")
    brazil = country("BR", spoken=["pt-BR"], today=date(2026, 11, 22))
    assert brazil.languages == ("pt-BR",)
    assert brazil.zone == ""
    assert "America/Sao_Paulo" in brazil.zones
    assert country("CH", spoken=["de", "fr"], today=date(2026, 11, 22)).languages == ("de", "fr")
    assert country("SE", spoken=["de"], today=date(2026, 11, 22)).languages == ("sv",)


def test_a_market_begins_like_another_with_its_goods_at_suggested_prices(mere: Browser, sqlite_world: World) -> None:
    form = begun(mere, "AT", "de", price="9.90", days_min="3", days_max="5", goods="yes", ending=".00", same_law="yes")
    assert (form["currency"], form["zone"], form["rate"]) == ("EUR", "Europe/Vienna", "1")
    assert mere.page is not None
    assert len(re.findall(r'name="(?:same_agents|policies)" value="yes" checked', mere.page.text)) == 2
    form |= {"same_agents": "yes", "policies": "yes"}
    assert form["order_button.0.value"] == "Zahlungspflichtig bestellen"
    answer = mere.post(URL, form)
    assert answer.status_code == 303, text(answer.text)
    assert answer.headers["location"].startswith("/console/markets/at/readiness")
    assert "The market has begun as a draft." in text(mere.get(answer.headers["location"]).text)
    with sqlite_world.house.database.reading() as db:
        market = db.get_one(Market, "at")
        assert (market.state, market.currency, market.languages, market.holidays) == ("draft", "EUR", "de", "AT")
        assert (market.audience, market.order_cap, market.ever_sold) == ("", None, False)
        theirs = {each.sku: each.price for each in db.exec(select(Listing).where(Listing.market == "de"))}
        ours = {each.sku: each.price for each in db.exec(select(Listing).where(Listing.market == "at"))}
        assert ours.keys() == theirs.keys()
        net = {sku: round(price / 1.19) for sku, price in theirs.items()}
        assert all(
            price % 100 == 0 and abs(price - net[sku] * 1.2) <= 60 for sku, price in ours.items() if sku[:5] == "HB-KT"
        )
        assert db.get_one(ShippingRate, "at").price == 990
        rates = {each.tax_class: each.rate_e5 for each in db.exec(select(TaxRate).where(TaxRate.market == "at"))}
        assert rates["standard"] == 20_000
        assert db.get_one(MainsSupply, "at").volts == db.get_one(MainsSupply, "de").volts
        assert "at" in db.get_one(Agent, "lena").markets.split()
        drafts = db.exec(select(PolicyDraft).where(col(PolicyDraft.market) == "at")).all()
        assert {each.copied_market for each in drafts} == {"de"}
    assert sqlite_world.browser().get("/at/de/").status_code == 404


def test_a_market_may_begin_with_nothing_but_its_own_words(mere: Browser, sqlite_world: World) -> None:
    form = begun(mere, "SG", zone="Asia/Singapore")
    form["order_button.0.name"], form["order_button.0.value"] = "en", "Place order"
    assert mere.post(URL, form).status_code == 303
    with sqlite_world.house.database.reading() as db:
        assert db.get_one(Market, "sg").currency == "SGD"
        assert not db.exec(select(Listing).where(Listing.market == "sg")).all()


def test_what_is_wrong_stands_at_its_field_and_nothing_is_begun(mere: Browser, sqlite_world: World) -> None:
    form = begun(mere, "AT", "de", goods="yes", rate="a lot", zone="Vienna")
    answer = mere.post(URL, form)
    assert answer.status_code == 422
    assert "a lot is not a rate" in text(answer.text)
    answer = mere.post(URL, {**form, "rate": "1", "tax-standard": "120", "currency": ""})
    assert answer.status_code == 422
    said = text(answer.text)
    assert "Vienna" in said and "percentage" in said and "Nothing has been changed." in said
    answer = mere.post(URL, {**form, "rate": "1", "tax-service": ""})
    assert "Goods of this kind come along: please say what tax they bear." in text(answer.text)
    with sqlite_world.house.database.reading() as db:
        assert db.get(Market, "at") is None


@pytest.mark.parametrize("code", ["de", "XX", "Q", "Österreich", "<b>"])
def test_a_country_that_cannot_be_begun_is_refused(mere: Browser, code: str) -> None:
    assert mere.get(f"{URL}?country={code}").status_code == 422
    refused = mere.post(URL, {"country": code})
    assert refused.status_code == 422 and "There is a market for this country already" in text(refused.text)


def test_a_market_speaks_at_least_one_language(mere: Browser, sqlite_world: World) -> None:
    form = begun(mere, "SG", zone="Asia/Singapore", languages="")
    assert mere.post(URL, form).status_code == 422
    with sqlite_world.house.database.reading() as db:
        assert db.get(Market, "sg") is None


def test_a_new_market_is_for_who_works_for_all_of_them(sqlite_world: World) -> None:
    annika = sqlite_world.signed_in("annika")
    assert URL not in annika.get("/console/workshop").text
    assert URL in sqlite_world.signed_in("mere").get("/console/workshop").text
    assert annika.get(URL).status_code == 404
    assert annika.post(URL, {"country": "AT"}).status_code == 404


def test_a_row_more_is_drawn_without_losing_anything(mere: Browser) -> None:
    form = begun(mere, "AT", "de", more="order_button", zone="Europe/Vienna", carrier="Post")
    shown = mere.post(URL, form)
    assert shown.status_code == 200
    again = filled(mere, URL)
    assert again["carrier"] == "Post"
    assert "order_button.1.value" in again


def test_every_gate_of_a_new_market_leads_to_a_page_that_mends_it(mere: Browser) -> None:
    form = begun(mere, "AT", "de", price="9.90", days_min="3", days_max="5", goods="yes", policies="yes")
    assert mere.post(URL, form).status_code == 303
    page = mere.get("/console/markets/at/readiness").text
    rows = re.findall(r'<tr id="([a-z_.]+)">(.*?)</tr>', page, re.S)
    links = {gate: re.findall(r'href="([^"]+)"', row) for gate, row in rows}
    assert "certs.present" in links
    assert not [gate for gate, found in links.items() if not found]
    told_in_policies = ("policies.translated", "legal.pages", "tax.registration", "shipping.lane", "duty.landed_cost")
    assert {gate: links[gate][0] for gate in told_in_policies} == dict.fromkeys(told_in_policies, "/console/policies")
    for gate, found in links.items():
        for url in found:
            assert mere.get(url.replace("&amp;", "&")).status_code == 200, (gate, url)


def test_a_market_and_its_drafts_begin_together_or_not_at_all(
    mere: Browser, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = begun(mere, "AT", "de", policies="yes", price="9.90", days_min="3", days_max="5")
    begin, done = first_drafts.begin, []

    def failing(*given: Any, **named: Any) -> int:
        if len(done) == 3:
            raise RuntimeError("the power goes")
        done.append(1)
        return begin(*given, **named)

    monkeypatch.setattr(first_drafts, "begin", failing)
    assert mere.post(URL, form).status_code == 500 and len(done) == 3
    with sqlite_world.house.database.reading() as db:
        assert db.get(Market, "at") is None and not db.exec(select(PolicyDraft)).all()
    monkeypatch.undo()
    assert mere.post(URL, form).status_code == 303
    with sqlite_world.house.database.reading() as db:
        drafts = db.exec(select(PolicyDraft.kind).where(PolicyDraft.market == "at")).all()
    assert sorted(drafts) == ["imprint", "privacy", "returns", "shipping", "terms", "warranty"]


def test_the_tax_of_a_new_market_holds_from_its_own_today(mere: Browser, sqlite_world: World) -> None:
    sqlite_world.clock.now = datetime(2026, 11, 24, 12, tzinfo=UTC)  # the 25th at home in Nelson, the 24th in Mexico
    form = begun(mere, "MX", zone="America/Mexico_City", policies="yes")
    form["order_button.0.name"], form["order_button.0.value"] = "es", "Comprar y pagar"
    assert mere.post(URL, form).status_code == 303
    with sqlite_world.house.database.reading() as db:
        rates = db.exec(select(TaxRate).where(TaxRate.market == "mx")).all()
    assert rates and {each.starts_on for each in rates} == {date(2026, 11, 24)}


# What a first-time exporter meets: several clocks, quarter hours, a weekend of its own, languages without words here.
UNUSUAL = {
    "IN": ("INR", "Asia/Kolkata", "en", "Hindi"),
    "NP": ("NPR", "Asia/Kathmandu", "ne", ""),
    "SA": ("SAR", "Asia/Riyadh", "ar", ""),
    "IL": ("ILS", "Asia/Jerusalem", "ar", "Hebrew"),
    "MX": ("MXN", "", "es", ""),
    "BE": ("EUR", "Europe/Brussels", "fr de", "Dutch"),
}


@pytest.mark.parametrize("code", UNUSUAL)
def test_a_market_of_an_unusual_country_begins_and_every_gate_leads_on(
    mere: Browser, sqlite_world: World, code: str
) -> None:
    currency, zone, languages, unspoken = UNUSUAL[code]
    form = begun(mere, code, policies="yes")
    assert mere.page is not None
    page = text(mere.page.text)
    assert (form["currency"], form.get("zone", ""), form["languages"]) == (currency, zone, languages)
    assert (f"Also official there, but without words in this shop yet: {unspoken}" in page) == bool(unspoken)
    for place, tag in enumerate(languages.split()):
        form[f"order_button.{place}.name"] = tag
        form[f"order_button.{place}.value"] = form.get(f"order_button.{place}.value") or "Order and pay"
    if not zone:
        refused = mere.post(URL, form)
        assert refused.status_code == 422 and "Time zone: Is empty" in text(refused.text)
        assert '<option value="America/Mexico_City"' in refused.text
        form["zone"] = "America/Tijuana"
    answer = mere.post(URL, form)
    assert answer.status_code == 303, text(answer.text)
    with sqlite_world.house.database.reading() as db:
        market = db.get_one(Market, code.lower())
        drafts = db.exec(select(PolicyDraft.id).where(PolicyDraft.market == code.lower())).all()
    assert (market.currency, market.languages) == (currency, languages) and len(drafts) == 6
    readiness = mere.get(answer.headers["location"]).text
    links = {each for row in re.findall(r'<tr id="[a-z_.]+">(.*?)</tr>', readiness, re.S)
             for each in re.findall(r'href="([^"]+)"', row)}  # fmt: skip
    for url in {*links, *(f"/console/policy-drafts/{each}/rules" for each in drafts)}:
        assert mere.get(url.replace("&amp;", "&")).status_code == 200, url


def test_a_delivery_that_is_half_known_says_which_field_is_empty(mere: Browser) -> None:
    form = begun(mere, "SG", zone="Asia/Singapore", price="10")
    form["order_button.0.name"], form["order_button.0.value"] = "en", "Place order"
    refused = mere.post(URL, form)
    assert refused.status_code == 422
    summary = text(refused.text.partition('id="f-errors"')[2].partition("</div>")[0])
    assert re.search(r"\w[^:]*: Is empty", summary)
