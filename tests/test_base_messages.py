"""Messages: all that code and templates say is found, and a language that says less, or something else, is told."""

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from shop.base import messages
from shop.base.i18n import Languages

PYPROJECT = """
[[tool.babel.mappings]]
method = "shop.base.messages:python_messages"
pattern = "shop/**.py"
[[tool.babel.mappings]]
method = "shop.base.messages:template_messages"
pattern = "templates/**.html"
"""
CODE = 'GREETING = N_("Good day")\nsay("Pieces: %(number)s")\ncount("%(num)s piece", "%(num)s pieces", 3)\n'
PAGE = '{{ pgettext("door", "Desk") }}{% trans %}\n  Look\n  around\n{% endtrans %}'


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('N_("a")', ["a"]),
        ('say("a", n=1); tongue.say("b")', ["a", "b"]),
        ('say(N_("a") if x else N_("b"))', ["a", "b"]),
        ('t.count("a", "b", 2)', [("a", "b")]),
        ('t.count(N_("a"), N_("b"), 2)', [("a", "b")]),
        ('t.count(*(NN_("a", "b") if x else NN_("c", "d")), 2)', [("a", "b"), ("c", "d")]),
        ('N_("a "\n   "b")', ["a b"]),
        ('"text".count("x"); say(word); count(x, y, 2)', []),
    ],
)
def test_a_message_in_code_is_found_wherever_it_stands(tmp_path: Path, code: str, found: list[object]) -> None:
    root = house(tmp_path, code=code, page="")

    assert [each.id for each in messages.gathered(root) if each.id] == found


@pytest.mark.parametrize("code", ["N_(word)", 'N_(f"a {b}")', 'NN_("a", b)', "N_()"])
def test_a_marker_without_a_message_is_told_with_its_line(code: str) -> None:
    with pytest.raises(messages.NoMessage, match="line 2"):
        list(messages.python_messages(io.BytesIO(f"\n{code}".encode()), messages.KEYWORDS, [], {}))


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('{{ _("a") }}', ["a"]),
        ('{{ t.count("a", "b", 2) }}{{ t.say("c") }}', [("a", "b"), "c"]),
        ("{% trans %}\n  a\n  b\n{% endtrans %}", ["a b"]),
        ("{% trans n=3 %}{{ n }} a{% pluralize %}{{ n }} as{% endtrans %}", [("%(n)s a", "%(n)s as")]),
        ("{% trans rate=r %}100 % of {{ rate }}{% endtrans %}", ["100 %% of %(rate)s"]),
        ("{{ _(word) }}{{ items.count(3) }}", []),
    ],
)
def test_a_message_in_a_template_is_found(tmp_path: Path, page: str, found: list[object]) -> None:
    root = house(tmp_path, code="", page=page)

    assert [each.id for each in messages.gathered(root) if each.id] == found


def test_a_template_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(messages.NoMessage, match=r"page\.html, line 1"):
        messages.gathered(house(tmp_path, code="", page="{% trans %}"))


def test_gathering_makes_every_language_fresh_and_keeps_what_is_said(tmp_path: Path) -> None:
    root = house(tmp_path, code=CODE, page=PAGE)
    locales = translated(root, "de", GERMAN)
    assert not messages.complaints(root, locales)

    (root / "shop" / "code.py").write_text(CODE.replace("Good day", "Hello"))
    assert messages.complaints(root, locales) == [
        "messages.pot: missing: 'Hello'",
        "messages.pot: obsolete: 'Good day'",
        "de: missing: 'Hello'",
        "de: obsolete: 'Good day'",
    ]

    messages.gather(root, locales)

    assert messages.complaints(root, locales) == ["de: untranslated: 'Hello'"]
    assert messages.incomplete(locales) == {"de": 1}
    before = (locales / "messages.pot").read_bytes()
    messages.gather(root, locales)
    assert (locales / "messages.pot").read_bytes() == before


def test_a_language_is_begun_with_an_empty_file(tmp_path: Path) -> None:
    root = house(tmp_path, code=CODE, page="")
    locales = translated(root, "de", GERMAN)
    file = locales / "pt-BR" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.touch()

    messages.gather(root, locales)

    assert "Plural-Forms: nplurals=2" in file.read_text()
    assert messages.incomplete(locales) == {"de": 0, "pt-BR": 3}


GERMAN: dict[tuple[str, str], str | tuple[str, ...]] = {
    ("", "Good day"): "Guten Tag",
    ("", "Pieces: %(number)s"): "Stück: %(number)s",
    ("", "%(num)s piece"): ("%(num)s Stück", "%(num)s Stücke"),
    ("door", "Desk"): "Schreibtisch",
    ("", "Look around"): "Schau dich um",
}


@pytest.mark.parametrize(
    ("message", "said", "complaint"),
    [
        ("Good day", "", "untranslated: 'Good day'"),
        ("Pieces: %(number)s", "Stück", "names no placeholder instead of number: 'Pieces: %(number)s'"),
        ("Pieces: %(number)s", "Stück: %(count)s", "names count instead of number: 'Pieces: %(number)s'"),
        ("Pieces: %(number)s", "100 % %(number)s", "has a % that is no placeholder: 'Pieces: %(number)s'"),
        ("Pieces: %(number)s", "100 %% %(number)s", ""),
        ("Good day", "Guten %(Tag)s", "names Tag instead of no placeholder: 'Good day'"),
        ("%(num)s piece", ("%(num)s Stück", ""), "has 1 of 2 plural forms: '%(num)s piece'"),
        ("%(num)s piece", ("ein Stück", "%(num)s Stücke"), ""),
        ("%(num)s piece", ("%(num)s Stück", "%(n)s Stücke"), "names n instead of num: '%(num)s piece'"),
    ],
)
def test_what_a_language_says_must_fit_the_message(
    tmp_path: Path, message: str, said: str | tuple[str, ...], complaint: str
) -> None:
    root = house(tmp_path, code=CODE, page=PAGE)
    locales = translated(root, "de", {**GERMAN, ("", message): said})

    assert messages.complaints(root, locales) == ([f"de: {complaint}"] if complaint else [])


def test_what_was_only_guessed_is_told(tmp_path: Path) -> None:
    root = house(tmp_path, code=CODE, page=PAGE)
    locales = translated(root, "de", GERMAN)
    file = locales / "de" / "LC_MESSAGES" / "messages.po"
    file.write_text(file.read_text().replace('msgid "Good day"', '#, fuzzy\nmsgid "Good day"'))

    assert messages.complaints(root, locales) == ["de: fuzzy: 'Good day'"]


@pytest.mark.parametrize(("language", "forms"), [("ja", 1), ("ar", 6), ("de", 2)])
def test_a_language_has_as_many_plural_forms_as_it_needs(tmp_path: Path, language: str, forms: int) -> None:
    root = house(tmp_path, code=CODE, page="")
    said = tuple(f"%(num)s form {number}" for number in range(forms))
    locales = translated(
        root, language, {key: said if key[1] == "%(num)s piece" else text for key, text in GERMAN.items()}
    )

    assert not messages.complaints(root, locales)
    assert Languages(locales).tongue(language).count("%(num)s piece", "%(num)s pieces", 1).startswith(("1", "١"))


def house(root: Path, *, code: str, page: str) -> Path:
    """A small house with one module and one template."""
    for name, text in {"pyproject.toml": PYPROJECT, "shop/code.py": code, "templates/page.html": page}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def translated(root: Path, language: str, said: dict[tuple[str, str], str | tuple[str, ...]]) -> Path:
    """The house's locales, with one language that says this."""
    locales, catalog = root / "locales", messages.gathered(root)
    locales.mkdir()
    messages.write_template(catalog, locales / "messages.pot")
    spoken = Catalog(language, fuzzy=False)
    for each in catalog:
        if each.id:
            name = each.id if isinstance(each.id, str) else each.id[0]
            spoken.add(each.id, said.get((each.context or "", name), ""), context=each.context)
    file = locales / language / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    messages.write_template(spoken, file)
    return locales
