"""Drawing pages and mails from templates: one set of compiled templates per tongue, its messages folded in.

A message that stands in a template as a constant is looked up once, when the template is compiled for a language,
not at every rendering (measured: more than half of a catalogue page's time goes into looking messages up).
"""

import gettext
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from litestar import Response
from markupsafe import Markup

from shop.base.i18n import Tongue
from shop.base.spelling import JOINER

HTML = "text/html"  # the framework adds the charset


class Pages:
    """The templates of the house, and the values every template may rely on."""

    def __init__(self, folder: Path, *, version: str) -> None:
        self._folder = folder
        self._version = version
        self._environments: dict[str, Environment] = {}

    def draw(self, tongue: Tongue, name: str, **values: Any) -> str:
        """The template `name` in `tongue`, as text."""
        return self._environment(tongue).get_template(name).render(t=tongue, **values)

    def page(self, tongue: Tongue, name: str, *, status: int = 200, **values: Any) -> Response[str]:
        """The template `name` in `tongue`, as an answer."""
        return Response(self.draw(tongue, name, **values), media_type=HTML, status_code=status)

    def text(self, tongue: Tongue, name: str, **values: Any) -> str:
        """A plain-text template (a mail's subject or body), unescaped, without the signs that only keep lines whole."""
        return self._environment(tongue, plain=True).get_template(name).render(t=tongue, **values).replace(JOINER, "")

    def _environment(self, tongue: Tongue, *, plain: bool = False) -> Environment:
        key = f"{tongue.tag}{'/text' if plain else ''}"
        if key not in self._environments:
            self._environments[key] = self._made(tongue, plain=plain)
        return self._environments[key]

    def _made(self, tongue: Tongue, *, plain: bool) -> Environment:
        environment = _Folding(
            loader=FileSystemLoader(self._folder),
            autoescape=not plain,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=plain,
            extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.translations = tongue.translations
        environment.install_gettext_translations(tongue.translations, newstyle=True)  # type: ignore[attr-defined]
        environment.globals["static"] = f"/static/{self._version}"
        environment.globals["t"] = tongue  # a tongue and its tag are one
        environment.globals["once"] = _Once()
        environment.filters["address"] = with_whole_postcodes
        return environment


def with_whole_postcodes(address: str) -> Markup:
    """The address, in which no line ends inside Japan's postcode; by a tag, for whoever copies it wants its figures alone."""
    parts = enumerate(_POSTCODE.split(address))
    return Markup().join(_WHOLE.format(part) if place % 2 else part for place, part in parts)


_POSTCODE, _WHOLE = re.compile(r"(〒 ?[0-9]{3}-[0-9]{4})"), Markup('<span class="postcode">{}</span>')


class _Once:
    """`once(ui.card, card, lazy=True)`: the macro's answer to these values, drawn once and then found again.

    Only for macros that show nothing but what they are given: a dict of texts and of such dicts.
    """

    def __init__(self) -> None:
        self._drawn: dict[Any, Any] = {}

    def __call__(self, macro: Any, values: dict[str, Any], **flags: Any) -> Any:
        key = (macro, _frozen(values), *flags.items())
        if key not in self._drawn:
            if len(self._drawn) >= MOST_DRAWN:
                self._drawn.clear()
            self._drawn[key] = macro(values, **flags)
        return self._drawn[key]


MOST_DRAWN = 2_000


def _frozen(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple([(name, _frozen(each) if isinstance(each, dict) else each) for name, each in values.items()])


class _Folding(Environment):
    """An environment that replaces constant messages by their translation while it compiles."""

    translations: gettext.NullTranslations

    def compile(
        self, source: Any, name: Any = None, filename: Any = None, raw: Any = False, defer_init: Any = False
    ) -> Any:
        if isinstance(source, str):
            source = _Fold(self.translations, escape=bool(self.autoescape)).visit(self.parse(source, name, filename))
        return super().compile(source, name, filename, raw, defer_init)


HAND = "_ui.html"  # needs nothing of a page but its tongue, so it is made once for each


class _Fold(NodeTransformer):
    def __init__(self, translations: gettext.NullTranslations, *, escape: bool) -> None:
        self.translations = translations
        self.escape = escape

    def visit_Import(self, node: nodes.Import, *args: Any, **kwargs: Any) -> nodes.Node:
        if isinstance(node.template, nodes.Const) and node.template.value == HAND:
            node.with_context = False
        return node

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:
        self.generic_visit(node)
        said = self._said(node)
        if said is None:
            return node
        if not node.kwargs:
            constant = said.replace("%%", "%")
            # newstyle gettext hands out Markup under autoescape; a folded message must count as safe in the same way.
            return (
                nodes.MarkSafe(nodes.Const(constant), lineno=node.lineno, environment=node.environment)
                if self.escape
                else nodes.Const(constant, lineno=node.lineno)
            )
        return node

    def _said(self, node: nodes.Call) -> str | None:
        """The translation, when the call is a look-up of constants that are in the source."""
        if not isinstance(node.node, nodes.Name) or not all(isinstance(each, nodes.Const) for each in node.args):
            return None
        words = [each.value for each in node.args if isinstance(each, nodes.Const)]
        match node.node.name, words:
            case (("gettext" | "_"), [str(message)]):
                return self.translations.gettext(message)
            case "pgettext", [str(context), str(message)]:
                return self.translations.pgettext(context, message)
        return None


def safe(html: str) -> Markup:
    """Mark HTML that this house made and cleaned itself (policy texts) as fit to be shown as it is."""
    return Markup(html)  # noqa: S704 - the only door through which prepared HTML reaches a page
