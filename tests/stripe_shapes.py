"""Reads from the installed Stripe library what a request may hold and what an answer must hold; nothing is copied.

`mismatches(value, hint)` names every difference: a key the library does not know, a required key left out, a value
that is none of the listed ones. Requests are checked as they went over the wire, where numbers are digits.
"""

import builtins
import sys
from collections.abc import Iterator
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, ClassVar, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import stripe
from stripe import RequestOptions, StripeObject
from typing_extensions import is_typeddict

OPTIONS = frozenset(RequestOptions.__annotations__)  # inherited by the library's parameter classes, sent on no wire
PLAIN: dict[type, type | tuple[type, ...]] = {int: int, bool: bool, str: str, float: (int, float)}


def mismatches(value: Any, hint: Any, *, wire: bool = False, at: str = "") -> Iterator[str]:
    """Every way in which `value` is not what `hint` says, each with the path to it; none when it fits."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        yield from _of_union(value, get_args(hint), wire=wire, at=at)
    elif origin is list:
        yield from _of_list(value, get_args(hint)[0], wire=wire, at=at)
    elif origin is dict or (isinstance(origin, type) and issubclass(origin, StripeObject)):
        yield from _of_mapping(value, at=at)
    elif origin is Literal:
        if value not in get_args(hint):
            yield f"{at}: {value!r} is none of {get_args(hint)}"
    elif is_typeddict(hint) or (isinstance(hint, type) and issubclass(hint, StripeObject)):
        yield from _of_fields(value, hint, wire=wire, at=at)
    elif hint in PLAIN and not _is_plain(value, hint, wire=wire):
        yield f"{at}: {value!r} is not {hint.__name__}"


def fields_of(kind: Any) -> dict[str, Any]:
    """The keys of a parameter or resource class of the library, each with its resolved hint."""
    module = vars(sys.modules[kind.__module__])
    hints = {name: _resolved(hint, module) for name, hint in kind.__annotations__.items()}
    skipped = OPTIONS if is_typeddict(kind) else frozenset()
    return {name: hint for name, hint in hints.items() if name not in skipped and get_origin(hint) is not ClassVar}


def _resolved(hint: Any, module: dict[str, Any]) -> Any:
    if isinstance(hint, ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        return _resolved(eval(hint, {}, _Names(module)), module)  # noqa: S307 - the library's own text
    if get_origin(hint) in (NotRequired, Required):
        return _resolved(get_args(hint)[0], module)
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, (_resolved(arm, module) for arm in get_args(hint)))
    if get_origin(hint) is list:
        return list[_resolved(get_args(hint)[0], module)]  # type: ignore[misc]
    return hint


class Unknown:
    """A name that only a type checker could find; anything fits it."""

    def __class_getitem__(cls, of: Any) -> type:
        return cls


class _Names(dict[str, Any]):
    """A module's names; those that it imports for type checkers only are mostly found at the top of the library."""

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        return getattr(stripe, name, Unknown)


def _of_union(value: Any, arms: tuple[Any, ...], *, wire: bool, at: str) -> Iterator[str]:
    # Listed values beside a plain str mean "these, and later ones": here only those that are known today will do.
    if any(get_origin(arm) is Literal for arm in arms):
        arms = tuple(arm for arm in arms if arm is not str)
    found = [list(mismatches(value, arm, wire=wire, at=at)) for arm in arms]
    yield from min(found, key=len)


def _of_list(value: Any, of: Any, *, wire: bool, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at}: {value!r} is not a list"
        return
    for number, entry in enumerate(value):
        yield from mismatches(entry, of, wire=wire, at=f"{at}[{number}]")


def _of_mapping(value: Any, *, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is not a mapping"


def _of_fields(value: Any, kind: Any, *, wire: bool, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is not a {kind.__name__}"
        return
    known = fields_of(kind)
    yield from (f"{at}.{name}: unknown to {kind.__name__}" for name in value if name not in known)
    yield from (f"{at}.{name}: left out of {kind.__name__}" for name in _required(kind, known) if name not in value)
    for name in known.keys() & value.keys():
        yield from mismatches(value[name], known[name], wire=wire, at=f"{at}.{name}")


def _required(kind: Any, known: dict[str, Any]) -> set[str]:
    if is_typeddict(kind):
        return set(kind.__required_keys__)
    return {name for name, hint in known.items() if type(None) not in get_args(hint)}


def _is_plain(value: Any, kind: type, *, wire: bool) -> bool:
    if not wire:
        return isinstance(value, PLAIN[kind]) and (kind is bool or not isinstance(value, bool))
    if kind is bool:
        return value in ("true", "false")
    return isinstance(value, str) and (kind is not int or value.removeprefix("-").isdigit())
