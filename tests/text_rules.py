"""The rules of templates, style sheet, lock files and whatever is text: each takes a name and a text and gives its complaints."""

import re
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError

JINJA = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"], autoescape=True)
UNSAFE = {
    "|safe": r"\|\s*safe\b",
    "autoescape": r"\{%-?\s*autoescape\b",
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an event attribute": r"\son[a-z]+\s*=",
    "an inline script": r'<script\b(?![^>]*\ssrc\s*=)(?! type="application/ld\+json">)[^>]*>',  # data is not run
    "a javascript: address": r"javascript:",
}
PHYSICAL = re.compile(
    r"(?:^|[\s;{])("
    r"(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)(?:-[a-z]+)?\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius\s*:"
    r"|(?:left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r")"
)
# Written so that this file does not name one itself.
MACHINE = re.compile(r"(?<![\w.}>-])/(?:" "work" r"|root|home/[a-z]\w*|Users/[A-Za-z]\w*)/[\w.]")


def unparsable(_name: str, text: str) -> Iterator[str]:
    """A template that Jinja cannot read, messages included."""
    try:
        JINJA.parse(text)
    except TemplateSyntaxError as error:
        yield f"line {error.lineno}: {error.message}"


def unsafe_markup(name: str, text: str) -> Iterator[str]:
    """Markup that the content security policy would drop, or that lets unescaped text through."""
    mail = "emails/" in name  # a mail stands alone: no policy holds it, and it can load no style sheet
    seen = re.sub(r"\{#.*?#\}", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
    for what, pattern in UNSAFE.items():
        for match in () if mail and what == "a style element" else re.finditer(pattern, seen, re.IGNORECASE):
            yield f"line {seen.count(chr(10), 0, match.start()) + 1} has {what}: {match[0].strip()}"


def physical_css(_name: str, text: str) -> Iterator[str]:
    """A left or right where Arabic needs a start or an end."""
    seen = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
    for match in PHYSICAL.finditer(seen):
        yield f"line {seen.count(chr(10), 0, match.start(1)) + 1} has {match[1]}"


def machine_paths(_name: str, text: str) -> Iterator[str]:
    """A folder that exists on one machine only."""
    for match in MACHINE.finditer(text):
        yield f"line {text.count(chr(10), 0, match.start()) + 1} names {match[0]}"


def loose_pins(_name: str, text: str) -> Iterator[str]:
    """A registry's address, or a package that is not held to bytes."""
    logical = text.replace("\\\n", " ")
    for line in logical.splitlines():
        if "://" in line or line.startswith("-"):
            yield f"names an address or an option: {line}"
        elif line and not line.lstrip().startswith("#") and not ("==" in line and "--hash=sha256:" in line):
            yield f"is not pinned with a hash: {line}"
