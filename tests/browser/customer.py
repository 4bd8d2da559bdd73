"""A customer in a real browser: chooses a market, buys, and asks; with a look at every page on the way."""

from typing import Any

from sqlmodel import col, select

from shop.checkout.models import Order
from shop.support.requests.models import Request
from tests.browser.serving import Served, Visitor


def choose(visitor: Visitor, market: str, *, look: bool = True) -> None:
    """Choose country and language on the first page."""
    visitor.goto("/")
    see(visitor, look)
    visitor.page.click(f"form:has([name=market][value={market}]) button[value={visitor.language}]")
    visitor.at(f"/{market}/{visitor.language}/")


def buy(visitor: Visitor, person: dict[str, str], *, button: str, look: bool = True) -> None:
    """From the catalogue to the order's page, looking at every page on the way."""
    page = visitor.page
    see(visitor, look)
    page.locator(".card a").first.click()
    visitor.at(".*/products/[^/]+")
    see(visitor, look)
    visitor.press("/cart/lines")
    visitor.at(".*/cart")
    see(visitor, look)
    page.click("main a[href$='/checkout']")
    visitor.at(".*/checkout")
    see(visitor, look)
    visitor.fill(**person)
    visitor.press("/checkout")
    visitor.at(".*/review")
    see(visitor, look)
    assert visitor.said("main button.primary") == button
    page.check("[name=accept]")
    visitor.press("/orders")
    visitor.at("/till/[^/]+")
    see(visitor, look)
    page.click("[name=outcome][value=pay]")
    visitor.at(".*/orders/[^/]+")
    see(visitor, look)


def ask(visitor: Visitor, question: str, *, look: bool = True) -> str:
    """Ask about the order. What is promised before stands afterwards; returns it."""
    visitor.page.click("main a[href*='/support?order=']")
    visitor.at(r".*/support\?order=.*")
    see(visitor, look)
    before = visitor.said(".promise .who"), visitor.said(".promise .when")
    visitor.fill(category="use", subject=question[:10], question=question)
    visitor.press("/support")
    visitor.at(".*/support/[^/?]+")
    see(visitor, look)
    assert (visitor.said(".promise .who"), visitor.said(".promise .when")) == before
    assert visitor.said(".thread .said") == question
    return " ".join(before)


def bought_and_asked(shop: Served, person: dict[str, str]) -> tuple[Any, ...]:
    """What the shop kept: the order's state, currency and language, and who has the question about it."""
    shop.work()
    with shop.house.database.reading() as db:
        order = db.exec(select(Order).where(col(Order.email) == person["email"])).one()
        request = db.exec(select(Request).where(col(Request.order_number) == order.number)).one()
    return order.state, order.currency, order.language, request.agent


def see(visitor: Visitor, look: bool) -> None:
    """Look, where looking is wanted."""
    if look:
        visitor.look()
