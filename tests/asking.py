"""Asking the support as a customer: the form, with files or without, and what the page promises."""

from typing import Any

from shop.checkout.models import Order
from tests.support_world import MORNING
from tests.world import Browser, World, forms, path_of, text

PAGE = "/de/de/support"
ASK = {"category": "use", "name": "Anna Beck", "email": "anna@example.com", "question": "Wie reinige ich den Becher?"}


def ask(house: World, **values: str) -> tuple[object, str]:
    """Ask as Anna; her browser and the path of her request."""
    browser = house.browser("de")
    browser.get(PAGE)
    sent = browser.submit("/support", **(ASK | values))
    assert sent.status_code == 303, text(sent.text)
    return browser, path_of(sent.headers["location"])


def send(browser: Browser, *files: bytes, page: str = PAGE, name: str = "photo.jpg", **fields: str) -> Any:
    """Send the form that the browser looks at, with files; names and types that are sent say nothing true."""
    shown = next(each for each in forms(browser.get(page).text) if each.action.endswith(("/support", "/messages")))
    given = {"key": shown.fields["key"], **(ASK if page == PAGE else {}), **fields}
    action = shown.action
    sent = [("files", (name, each, "image/jpeg")) for each in files]
    return browser.post(action, given, files=sent) if sent else browser.post(action, given)


def promise(page: str) -> str:
    """What the page says of who answers and when."""
    return text(page.partition('class="promise')[2].partition("</section>")[0])


def order(**values: object) -> Order:
    """An order of Anna's that can be asked about, with these values instead."""
    given = {
        "number": "DE-7K2M9Q",
        "market": "de",
        "language": "de",
        "currency": "EUR",
        "state": "paid",
        "key": "k",
        "content": "c",
        "email": "anna@example.com",
        "name": "Anna Beck",
        "address": "{}",
        "goods": 100,
        "shipping": 0,
        "net": 84,
        "tax": 16,
        "total": 100,
        "days_min": 2,
        "days_max": 4,
        "placed_at": MORNING,
    }
    return Order(**(given | values))
