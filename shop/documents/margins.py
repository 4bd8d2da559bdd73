"""What runs along every printed page, as a style sheet: market, language, version, day and hash above, the number below.

A page's margin knows nothing of the page itself, so that each document brings its own style.
"""

from shop.base.i18n import Tongue

PAPERS = ("a4", "letter")  # one after the other: Chromium knows no list of them
_SAFE = frozenset("-_.,:;/()·–’ ")
BOXES = {"ltr": ("top-left", "top-right", "bottom-left", "bottom-right"),
         "rtl": ("top-right", "top-left", "bottom-right", "bottom-left")}  # fmt: skip


def margins(tongue: Tongue, *, start: str, end: str, below: str) -> str:
    """The style: `start` and `end` stand at the two ends above, `below` at the beginning of the foot."""
    first, last, foot, number = BOXES[tongue.direction]
    fonts = 'font: 8pt "Noto Sans", "Noto Sans Arabic", "Noto Sans JP", "Noto Sans CJK JP", Arial, sans-serif'
    own = f"{fonts}; color: #333; direction: {tongue.direction}; unicode-bidi: plaintext"
    return "\n".join(
        (
            *(f"@page {paper} {{ margin-top: 22mm; margin-bottom: 20mm }}" for paper in PAPERS),
            "@page {",
            f"  @{first} {{ content: {_quoted(start)}; {own} }}",
            f"  @{last} {{ content: {_quoted(end)}; {own} }}",
            f"  @{foot} {{ content: {_quoted(below)}; {own} }}",
            f'  @{number} {{ content: counter(page) " / " counter(pages); {own} }}',
            "}",
            "",
        )
    )


def _quoted(text: str) -> str:
    """The text as a string of CSS: whatever might end it is written by its number."""
    return '"' + "".join(each if each.isalnum() or each in _SAFE else f"\\{ord(each):x} " for each in text) + '"'
