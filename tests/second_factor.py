"""A second factor in the hands of one of the staff: set up, its code of this moment, and a sign-in that asks for it."""

from pyotp import TOTP

from shop.staff.models import SecondFactor
from shop.staff.second_factor import secret_of
from tests.world import PASSWORD, Browser, World

LENA, MERE = "lena@harbourbench.example", "mere@harbourbench.example"
ACCOUNT = "/desk/account"
FACTOR = f"{ACCOUNT}/second-factor"


def code(world: World, person: str) -> str:
    """What the person's app shows now."""
    with world.house.database.reading() as db:
        secret = secret_of(world.house.signer, db.get_one(SecondFactor, person))
    return TOTP(secret).at(world.clock.now)


def set_up(world: World, browser: Browser, person: str) -> list[str]:
    """A second factor, and its codes on paper."""
    assert browser.post(f"{FACTOR}/start").status_code == 303
    page = browser.post(FACTOR, {"code": code(world, person)})
    assert page.status_code == 200
    return page.text.partition('class="plain codes"')[2].partition("</ul>")[0].split('class="code">')[1:]


def half_in(world: World, email: str) -> Browser:
    """A new browser in which the password was given, and the code is asked for."""
    browser = world.browser()
    answer = browser.post("/sign-in", {"email": email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code")
    return browser
