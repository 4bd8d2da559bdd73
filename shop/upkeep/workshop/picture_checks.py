"""What an uploaded picture is, by its bytes and never by its name; a drawing is cleaned of whatever could act. Pure.

A photograph loses what the camera noted beside it. A drawing keeps what draws: scripts, foreign elements, what listens
to events and what leads outside are left out, and each kind of it is named, so that whoever uploads it knows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

from shop.aftersales.claims.photos import NotAPhoto, media_type, without_notes
from shop.base.i18n import N_
from shop.upkeep.enclosures import LARGEST, PICTURE_TYPES
from shop.upkeep.wrong import Wrong

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
XHTML = "http://www.w3.org/1999/xhtml"
ENDINGS = {kind: ending.removeprefix(".") for ending, kind in PICTURE_TYPES.items()}
DRAWS = frozenset(
    "svg g a defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath image "
    "linearGradient radialGradient stop pattern clipPath mask marker style switch filter feBlend feColorMatrix "
    "feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow "
    "feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight "
    "feSpecularLighting feSpotLight feTile feTurbulence".split()
)
_SHEET = re.compile(rb"<\?xml-stylesheet.*?\?>", re.IGNORECASE | re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_INSIDE = re.compile(r"data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
_LEADS_OUT = r"javascript:|\\|image-set\s*\(|src\s*\(|url\((?!\s*['\"]?\s*#)"
_STYLE = re.compile(rf"@import|expression\s*\(|{_LEADS_OUT}", re.IGNORECASE)
_LEADS = re.compile(_LEADS_OUT, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checked:
    """A picture as it may be kept; `removed` names what was left out of it, as the drawing wrote it."""

    media_type: str
    data: bytes
    removed: tuple[str, ...] = ()

    @property
    def ending(self) -> str:
        """How the name of its file ends."""
        return ENDINGS[self.media_type]


def checked(data: bytes) -> Checked:
    """The picture as it may be kept. Raises Wrong with the reason why it cannot be."""
    if not data:
        raise Wrong(N_("Please choose a file."))
    if len(data) > LARGEST:
        said = N_("This file has more than %(most)s KB. Please save it smaller.")
        raise Wrong(said, most=LARGEST // 1000)
    if is_drawing(data):
        return _drawing(data)
    kind = media_type(data)
    if kind not in ENDINGS:
        raise Wrong(N_("This is no picture that every browser draws. Please use SVG, PNG, JPEG or WebP."))
    try:
        return Checked(kind, without_notes(data))
    except NotAPhoto:
        raise Wrong(N_("This picture is broken: it ends before it is whole. Please save it again.")) from None


def is_drawing(data: bytes) -> bool:
    """Whether the bytes begin like a drawing."""
    return b"<svg" in data[:4096] and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _drawing(data: bytes) -> Checked:
    plain = _DOCTYPE.sub(b"", data)
    if b"<!DOCTYPE" in plain.upper() or b"<!ENTITY" in plain.upper():
        raise Wrong(
            N_("This drawing defines words of its own (ENTITY), which can hide anything. Please save it plain.")
        )
    try:
        root = ElementTree.fromstring(plain)  # noqa: S314 - it has no entities by now, and at most half a megabyte
    except (ParseError, ValueError, LookupError):
        raise Wrong(N_("This drawing cannot be read: it is no well-formed SVG.")) from None
    if root.tag != f"{{{SVG}}}svg":
        raise Wrong(N_("This drawing cannot be read: it is no well-formed SVG."))
    if not root.get("viewBox") and not (root.get("width") and root.get("height")):
        raise Wrong(N_("This drawing does not say how large it is: it has neither viewBox nor width and height."))
    told = [*(["xml-stylesheet"] if _SHEET.search(data) else []), *_cleaned(root)]
    if not told and plain == data:
        return Checked("image/svg+xml", data)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    try:
        written = ElementTree.tostring(root, encoding="utf-8") + b"\n"
    except RecursionError:  # nested deeper than anybody draws
        raise Wrong(N_("This drawing cannot be read: it is no well-formed SVG.")) from None
    return Checked("image/svg+xml", written, tuple(dict.fromkeys(filter(None, told))))


def _cleaned(root: Element) -> Iterator[str]:
    """Take out of the drawing what does not draw; what each was, empty for what an editor of drawings noted for itself."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        for attribute in [*element.attrib]:
            if _acts(attribute, element.attrib[attribute]):
                del element.attrib[attribute]
                yield _plain(attribute)
        for child in [*element]:
            space, _, name = str(child.tag).rpartition("}")
            if space == f"{{{SVG}" and name in DRAWS and not (name == "style" and _STYLE.search(_said(child))):
                waiting.append(child)
                continue
            element.remove(child)
            yield "" if space not in (f"{{{SVG}", f"{{{XHTML}") else f"<{name}>"


def _said(style: Element) -> str:
    """All words of a style sheet, those between and inside of what does not belong there included."""
    return "".join(style.itertext())


def _acts(attribute: str, value: str) -> bool:
    name = _plain(attribute)
    if name.lower().startswith("on"):
        return True
    if name in ("href", "src"):
        return not (value.strip().startswith("#") or _INSIDE.fullmatch(value.strip()))
    return bool(_LEADS.search(value)) or (name == "style" and bool(_STYLE.search(value)))


def _plain(name: str) -> str:
    return name.rpartition("}")[2]
