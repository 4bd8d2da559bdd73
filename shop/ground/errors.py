"""What the house says when it cannot do as asked.

A `Refusal` is a business answer, not a fault: it is raised, so that the transaction it stands in is rolled back,
and each one owns a page `templates/errors/<name>.html`. Which HTTP status a refusal becomes is decided in one table
in `shop/base/web.py`; nothing here knows about HTTP.
"""

import re
from typing import Any, TypeVar

Thing = TypeVar("Thing")


class Refusal(Exception):
    """A clear no, with the plain values its page needs to say why and what to do next."""

    def __init__(self, **values: Any) -> None:
        super().__init__(self.name)
        self.values = values

    @property
    def name(self) -> str:
        """The refusal's name in snake case; also the name of its page: `OutOfStock` -> `out_of_stock`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotFound(Refusal):
    """What was asked for does not exist, or not for this visitor; the two look alike on purpose."""


class TooMany(Refusal):
    """The visitor asked too often; `retry_after` says in how many seconds it is worth trying again."""


class Busy(Refusal):
    """The database could not be had in time; nothing was written and the same request may simply be sent again."""


class StaleForm(Refusal):
    """The thing was changed by someone else since the form was drawn; `now_is` says in words what it is now."""


def row_id(number: int) -> int:
    """A number that can be a row's; raises NotFound for those that no database column holds."""
    if not 0 < number < 2**31:
        raise NotFound
    return number


def found(thing: Thing | None) -> Thing:
    """The thing, or NotFound."""
    if thing is None:
        raise NotFound
    return thing
