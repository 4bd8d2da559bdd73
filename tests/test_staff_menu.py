"""The menus of desk and console: everybody sees where they may go, in few words, and where they are."""

import re

import pytest

from shop.staff.menu import CONSOLE_MENU, DESK_MENU, Entry, Group
from tests.world import World


def nav(page: str) -> str:
    """The unfolded menu of a page."""
    return page[page.index('<nav class="menu') : page.index("</nav>")]


def words(html: str) -> list[str]:
    return [each.strip() for each in re.findall(r">([^<]+)<", html) if each.strip()]


def test_the_console_has_one_row_of_words_with_the_rest_below_them(sqlite_world: World) -> None:
    page = sqlite_world.signed_in("mere").get("/console/catalogue/stock").text
    assert words(re.sub(r"</summary><ul>.*?</ul>", "</summary>", nav(page))) == [
        "Markets", "Workshop", "Orders and cases", "Support", "Team",
    ]  # fmt: skip
    assert nav(page).count('aria-current="true"') == nav(page).count('aria-current="page"') == 1
    assert '<summary aria-current="true">Workshop</summary>' in nav(page)
    assert 'href="/console/catalogue" aria-current="page"' in nav(page)
    folded = page[page.index('class="drop folded"') :]
    assert folded.index("Team") < folded.index("Roster") < folded.index("</details>")


def test_of_a_group_of_which_somebody_sees_one_entry_they_see_that(sqlite_world: World) -> None:
    menu = nav(sqlite_world.signed_in("kenji").get("/console/catalogue").text)
    assert '<li><a href="/console/roster">' in menu and menu.count("<details") == 3
    assert "/console/people" not in menu and "/console/webhooks" not in menu


@pytest.mark.parametrize(
    ("person", "page"),
    [("lena", "/desk"), ("jonas", "/desk/account"), ("mere", "/desk"), ("mere", "/console"), ("kenji", "/console")],
)
def test_nobody_is_shown_a_way_that_is_closed_to_them(sqlite_world: World, person: str, page: str) -> None:
    browser = sqlite_world.signed_in(person)
    shown = re.findall(r'href="([^"]+)"', nav(browser.get(page).text))
    assert shown and {url: browser.get(url).status_code for url in shown} == dict.fromkeys(shown, 200)


def test_no_place_stands_twice_in_a_menu() -> None:
    for menu in (CONSOLE_MENU, DESK_MENU):
        urls = [one.url for each in menu for one in (each.entries if isinstance(each, Group) else (each,))]
        assert len(urls) == len(set(urls))
        assert not any(isinstance(one, Group) for each in menu if isinstance(each, Group) for one in each.entries)
        assert all(isinstance(each, (Entry, Group)) for each in menu)
