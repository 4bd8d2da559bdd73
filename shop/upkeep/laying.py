"""Laying rows over those of a table: only what differs is written, however many rows there are.

Columns that the rows do not name stay as they are, so that what others count meanwhile (pieces taken, versions) is
never put back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlmodel import Session, SQLModel

Key = tuple[Any, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Laid:
    """The keys of the rows that were added, changed and removed."""

    added: tuple[Key, ...] = ()
    changed: tuple[Key, ...] = ()
    removed: tuple[Key, ...] = ()


def replace(db: Session, model: type[SQLModel], rows: Iterable[Values], *, where: Sequence[Any] = ()) -> Laid:
    """Have the table hold these rows and no others (of those that `where` names); a cell left out has its default."""
    defaults = {name: each.default for name, each in model.model_fields.items() if not each.is_required()}
    wanted = _by_key(model, ({**defaults, **row} for row in rows))
    present = _present(db, model, where)
    gone = [key for key in present if key not in wanted]
    changed = [key for key, row in wanted.items() if key in present and _differs(present[key], row)]
    _remove(db, model, [*gone, *changed])  # first, so that two rows may change places in a unique column
    added = [key for key in wanted if key not in present]
    _insert(db, model, [wanted[key] for key in (*changed, *added)])
    return Laid(tuple(added), tuple(changed), tuple(gone))


def keep(db: Session, model: type[SQLModel], rows: Iterable[Values], *, where: Sequence[Any] = ()) -> Laid:
    """Have the table hold these rows, and whatever else it holds; a cell left out stays, in a new row has its default.

    `where` names those with which the rows are compared, to look at no more than needed.
    """
    wanted = _by_key(model, rows)
    present = _present(db, model, where) if wanted else {}
    changed = [key for key, row in wanted.items() if key in present and _differs(present[key], row)]
    added = [key for key in wanted if key not in present]
    names = _names(model)
    _update(db, model, [_differing(present[key], wanted[key], besides=names) for key in changed])
    defaults = {name: each.default for name, each in model.model_fields.items() if not each.is_required()}
    _insert(db, model, [{**defaults, **wanted[key]} for key in added])
    return Laid(tuple(added), tuple(changed))


def of_goods(model: type[SQLModel], goods: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    """What to ask of a table's rows for only those of these SKUs, if it knows SKUs; nothing for None."""
    sku = _table(model).c.get("sku")
    return () if goods is None or sku is None else (sku.in_(sorted(goods)),)


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]


def _names(model: type[SQLModel]) -> list[str]:
    return [each.name for each in _table(model).primary_key.columns]


def _by_key(model: type[SQLModel], rows: Iterable[Values]) -> dict[Key, dict[str, Any]]:
    names = _names(model)
    return {tuple([row[name] for name in names]): dict(row) for row in rows}


def _present(db: Session, model: type[SQLModel], where: Sequence[ColumnElement[bool]]) -> dict[Key, dict[str, Any]]:
    db.flush()
    names = [each.name for each in _table(model).columns]
    found = db.connection().execute(select(_table(model)).where(*where))
    return _by_key(model, (dict(zip(names, row, strict=True)) for row in found))


def _differs(present: Values, row: Values) -> bool:
    return any(present[name] != value for name, value in row.items())


def _differing(present: Values, row: Values, *, besides: Sequence[str]) -> Values:
    return {name: value for name, value in row.items() if name in besides or present[name] != value}


def _remove(db: Session, model: type[SQLModel], keys: Sequence[Key]) -> None:
    if keys:
        names = _names(model)
        gone = delete(_table(model)).where(*(_table(model).c[name] == bindparam(f"_{name}") for name in names))
        db.connection().execute(
            gone, [{f"_{name}": value for name, value in zip(names, key, strict=True)} for key in keys]
        )


def _insert(db: Session, model: type[SQLModel], rows: Sequence[Values]) -> None:
    if rows:
        db.connection().execute(insert(_table(model)), [dict(row) for row in rows])


def _update(db: Session, model: type[SQLModel], rows: Sequence[Values]) -> None:
    """Rows with the same columns are changed by one statement."""
    names, table = _names(model), _table(model)
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append({f"to_{name}": value for name, value in row.items()})
    for columns, values in by_columns.items():
        mine = update(table).where(*(table.c[name] == bindparam(f"to_{name}") for name in names))
        mine = mine.values({name: bindparam(f"to_{name}") for name in columns if name not in names})
        db.connection().execute(mine, values)
