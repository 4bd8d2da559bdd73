"""Which addresses given by people are followed: paths of this site, and plain web addresses. Pure."""

from urllib.parse import urlsplit

LONGEST = 500


def is_path(text: str) -> bool:
    """Whether it is a path of this site and nothing that a browser would take for another's address."""
    return text.startswith("/") and not text.startswith("//") and _is_plain(text)


def is_link(text: str) -> bool:
    """Whether it is a path of this site or an http(s) address with a host."""
    if is_path(text):
        return True
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and named and not (parts.username or parts.password) and _is_plain(text)


def _is_plain(text: str) -> bool:
    """Browsers take a backslash for a slash, and drop tabs and line ends before they read an address."""
    return len(text) <= LONGEST and text.isprintable() and not any(each in text for each in "\\ ")
