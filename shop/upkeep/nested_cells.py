"""Cells of TOML files that hold cells of their own: names with values, and tables below one another."""

from collections.abc import Mapping
from typing import Any

from shop.base.i18n import N_
from shop.upkeep.reading import Cell
from shop.upkeep.wrong import Wrong, shown, wrong


def pairs(names: Cell, values: Cell) -> Cell:
    """A TOML table of names and values."""

    def reader(given: object) -> dict[str, Any]:
        if not isinstance(given, dict) or not given:
            raise Wrong(N_("must be a table with at least one entry"))
        return {names(name): _named(shown(name), values, value) for name, value in given.items()}

    return reader


def entries(columns: Mapping[str, Cell]) -> Cell:
    """A TOML list of tables with these keys."""

    def reader(given: object) -> list[dict[str, Any]]:
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            raise Wrong(N_("must be a list of tables"))
        for number, each in enumerate(given, 1):
            if unknown := each.keys() - columns.keys():
                strangers = ", ".join(map(shown, sorted(unknown)))
                raise Wrong(
                    N_("entry %(number)s has keys that are unknown: %(columns)s"), number=number, columns=strangers
                )
        return [
            {name: _named(_entry(number, name), read, each.get(name, "")) for name, read in columns.items()}
            for number, each in enumerate(given, 1)
        ]

    return reader


def _entry(number: int, name: str) -> Wrong:
    return Wrong(N_("entry %(number)s: %(column)s"), number=number, column=name)


def _named(name: str | Wrong, read: Cell, given: object) -> Any:
    try:
        return read(given)
    except ValueError as error:
        raise Wrong(N_("%(name)s: %(error)s"), name=name, error=wrong(error)) from None
