"""Messages from the source to the catalogues: gathered from code and templates, and checked against every language.

A language is complete when every message is translated, none is left over or merely guessed (fuzzy), every plural has
as many forms as the language needs, and every form names the placeholders of its message.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, TemplateSyntaxError, nodes

from shop.base.glossary import glossary_complaints, read_glossary
from shop.base.i18n import SOURCE_LANGUAGE

# How a message is marked: which arguments of a call are it, `c` being its context.
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "N_": None, "say": None, "ngettext": (1, 2), "NN_": (1, 2), "count": (1, 2),
    "pgettext": ((1, "c"), 2), "NP_": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
MARKERS = ("N_", "NN_", "NP_")  # whatever these are given is meant as a message, so it must be one that can be found
HEADER = "# {} of softlaunch; `softlaunch messages gather` keeps this file fresh."
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

Id = tuple[str, str | tuple[str, str]]  # context, and the message or its singular and plural


Found = Iterator[tuple[int, str, Any, list[str]]]  # as Babel takes it: line, keyword, message or messages, comments


class NoMessage(Exception):
    """A message cannot be gathered: a marker is given a variable or an f-string, or a file cannot be read."""


def gathered(root: Path) -> Catalog:
    """Every message of code and templates, as pyproject.toml's [tool.babel] says where they are. Raises NoMessage."""
    mappings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    catalog = Catalog(project="softlaunch", header_comment=HEADER.format("Messages"), fuzzy=False)
    methods = [(each["pattern"], each["method"]) for each in mappings]
    options = {each["pattern"]: {key: each[key] for key in each.keys() - {"method", "pattern"}} for each in mappings}
    found = extract_from_dir(root, methods, options, KEYWORDS, directory_filter=_is_ours)
    for file, _line, message, _comments, context in sorted(found, key=itemgetter(0, 1)):
        catalog.add(message, locations=[(Path(file).as_posix(), 0)], context=context)
    return catalog


def python_messages(file: BinaryIO, keywords: Iterable[str], _tags: object, options: object) -> Found:
    """The messages of a Python file, by its syntax tree: Babel's own reader loses those of calls inside calls."""
    told: set[ast.AST] = set()  # in count(N_("…"), N_("…"), n) the two are forms of one message
    for call in ast.walk(ast.parse(file.read())):
        name = _called(call)
        if not isinstance(call, ast.Call) or name not in keywords or call in told:
            continue
        words = tuple(_literal(each) for each in call.args)
        if name in MARKERS and not (words and all(words)):
            raise NoMessage(f"{getattr(file, 'name', '')}, line {call.lineno}: {name}() is not given a literal message")
        told.update(each for each, read in zip(call.args, words, strict=True) if read is not None)
        yield from _found(call.lineno, name, words)


def template_messages(file: BinaryIO, keywords: Iterable[str], _tags: object, options: object) -> Found:
    """The messages of a template: Babel's own reader does not see those that a tongue says (`t.count(…)`)."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"], autoescape=True)
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined] # as the pages have it
    try:
        tree = environment.parse(file.read().decode())
    except TemplateSyntaxError as error:
        raise NoMessage(f"{getattr(file, 'name', '')}, line {error.lineno}: {error.message}") from None
    for call in tree.find_all(nodes.Call):
        name = str(getattr(call.node, "name", None) or getattr(call.node, "attr", ""))
        if name in keywords:
            words = (each.value if isinstance(each, nodes.Const) else None for each in call.args)
            yield from _found(call.lineno, name, tuple(each if isinstance(each, str) else None for each in words))


def _found(line: int, name: str, words: tuple[str | None, ...]) -> Found:
    if words:
        yield line, name, words if len(words) > 1 else words[0], []


def write_template(catalog: Catalog, file: Path) -> None:
    """Write the gathered messages where translators begin (`messages.pot`); its day stays that of its first writing."""
    if file.exists():
        catalog.creation_date = _read(file, SOURCE_LANGUAGE).creation_date
    with file.open("wb") as target:
        write_po(target, catalog, width=0, sort_by_file=True, include_lineno=False)


def update(catalog: Catalog, file: Path, language: str) -> None:
    """Bring a language's file to the gathered messages: new ones untranslated, gone ones gone, nothing guessed."""
    locale = Locale.parse(language, sep="-")
    header = HEADER.format(f"{locale.english_name} messages")
    begun = file.exists() and file.stat().st_size > 0  # an empty file is how a language is begun
    known = _read(file, language) if begun else Catalog(locale, project="softlaunch", header_comment=header)
    known.fuzzy = False
    known.update(catalog, no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, known, width=0, sort_by_file=True, include_lineno=False)


def gather(root: Path, locales: Path) -> int:
    """Write messages.pot and update the file of every language that has one; says how many messages there are."""
    catalog = gathered(root)
    write_template(catalog, locales / "messages.pot")
    for file in language_files(locales):
        update(catalog, file, language_of(file))
    return len(catalog)


def complaints(root: Path, locales: Path) -> list[str]:
    """Everything that keeps the languages from being complete and fresh, one line each, the file named first."""
    fresh = _messages(gathered(root))
    template = locales / "messages.pot"
    known = _messages(_read(template, SOURCE_LANGUAGE)) if template.exists() else {}
    found = [f"messages.pot: {each}" for each in _stale(fresh, known)]
    for file in language_files(locales):
        catalog = _read(file, language_of(file))
        tag, terms = language_of(file), read_glossary(file.parents[1] / "glossary.toml")
        wrong = [*language_complaints(fresh, catalog), *glossary_complaints(catalog, terms, tag)]
        found += [f"{tag}: {each}" for each in wrong]
    return found


def language_complaints(fresh: Mapping[Id, Message], catalog: Catalog) -> Iterator[str]:
    """What is wrong with one language's catalogue."""
    known = _messages(catalog)
    yield from _stale(fresh, known)
    yield from (f"obsolete: {_shown(_id(each))}" for each in catalog.obsolete.values())
    for name in (each for each in fresh if each in known):
        yield from (f"{wrong}: {_shown(name)}" for wrong in _wrong_with(known[name], catalog.num_plurals))


def incomplete(locales: Path) -> dict[str, int]:
    """For each language, how many complaints there are; a language without any may be shown.

    Held against messages.pot, which `complaints` holds against the code: reading all code takes ten times as long.
    """
    fresh = _messages(_read(locales / "messages.pot", SOURCE_LANGUAGE))
    files = {language_of(file): file for file in language_files(locales)}
    return {tag: sum(1 for _ in language_complaints(fresh, _read(file, tag))) for tag, file in files.items()}


def language_files(locales: Path) -> list[Path]:
    """The file of every language that has one."""
    return sorted(locales.glob("*/LC_MESSAGES/messages.po"))


def language_of(file: Path) -> str:
    """The language whose file it is."""
    return file.parts[-3]


def _stale(fresh: Mapping[Id, Message], known: Mapping[Id, Message]) -> Iterator[str]:
    yield from (f"missing: {_shown(name)}" for name in fresh if name not in known)
    yield from (f"obsolete: {_shown(name)}" for name in known if name not in fresh)


def _wrong_with(message: Message, plurals: int) -> Iterator[str]:
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    expected = plurals if message.pluralizable else 1
    if message.fuzzy:
        yield "fuzzy"
    if not any(forms):
        yield "untranslated"
    elif len(forms) != expected or not all(forms):
        yield f"has {sum(map(bool, forms))} of {expected} plural forms"
    else:
        yield from _wrong_placeholders(message, [str(each) for each in forms])


def _wrong_placeholders(message: Message, forms: list[str]) -> Iterator[str]:
    """The number itself (`num`) may be left out of a plural form: Arabic says one and two in the word."""
    needed = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else " ".join(message.id)))
    optional = {"num"} if message.pluralizable else set()
    for form in forms:
        named = set(PLACEHOLDER.findall(form))
        if not needed - optional <= named <= needed:
            yield f"names {_names(named)} instead of {_names(needed)}"
        elif needed and "%" in PLACEHOLDER.sub("", form).replace("%%", ""):
            yield "has a % that is no placeholder"


def _names(placeholders: set[str]) -> str:
    return ", ".join(sorted(placeholders)) or "no placeholder"


def _messages(catalog: Catalog) -> dict[Id, Message]:
    return {_id(message): message for message in catalog if message.id}


def _id(message: Message) -> Id:
    names = message.id
    return message.context or "", names if isinstance(names, str) else (names[0], names[1])


def _shown(name: Id) -> str:
    context, message = name
    said = message if isinstance(message, str) else message[0]
    return f"{said!r} ({context})" if context else repr(said)


def _read(file: Path, language: str) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=Locale.parse(language, sep="-"), abort_invalid=True)


def _is_ours(folder: str) -> bool:
    """Not the tools' and environments' folders, nor what Python made."""
    return not Path(folder).name.startswith((".", "__"))


def _called(node: ast.AST) -> str:
    """The last word of what is called: `tongue.say(...)` calls `say`."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name
    return ""


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and _called(node) == "N_" and len(node.args) == 1:
        return _literal(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
