"""A browser as people call it: `Firefox (Windows)`, from how it names itself. Only to recognise it by, never to decide."""

from shop.base.i18n import N_, Tongue

# The first name that is found counts: most browsers also name those they descend from.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_words(agent: str, tongue: Tongue) -> str:
    """The browser and its system, as far as they can be told."""
    named = [next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    browser, system = named[0] or tongue.say(N_("Another browser")), named[1]
    return f"{browser} ({system})" if system else browser
