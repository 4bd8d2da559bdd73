"""What an order's goods and policies are called for whoever reads them at the desk.

In the reader's language where there is such a name, with the customer's own beside it: by that they speak of it. What is
of another language than the page says so, for a browser draws letters and digits by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from shop.base.i18n import Tongue, is_own
from shop.catalogue.naming import Named, named_for
from shop.checkout.orders import OrderView, accepted_views, line_views
from shop.policies.comparing import KIND_NAMES
from shop.policies.models import Acceptance


@dataclass(frozen=True, slots=True)
class Called:
    """A name; `language` is that of a name that is not the reader's, `own` the customer's name where it is another."""

    name: str
    language: str = ""
    own: str = ""
    own_language: str = ""


def called(db: Session, view: OrderView, tongue: Tongue) -> dict[str, Called]:
    """The order's products by SKU. A reader for whose language the catalogue has no name reads the English one."""
    theirs, packed = view.order.language, (sku for each in view.packed.values() for sku in each)
    skus = dict.fromkeys([*(each.sku for each in view.lines), *(each.sku for each in view.owned), *packed])
    known = named_for(db, list(skus), tongue.language) if theirs != tongue.language else {}
    return {sku: _named(known.get(sku), view.name_of(sku), theirs, tongue) for sku in skus}


def staff_lines(names: Mapping[str, Called], view: OrderView, tongue: Tongue, static: str) -> list[dict[str, Any]]:
    """The order's lines as the line macro shows them, by the names for the staff."""
    return [each | {"called": names[each["sku"]]} for each in line_views(view, tongue, static)]


def staff_policies(view: OrderView, tongue: Tongue) -> list[dict[str, Any]]:
    """What was accepted with the order, as it was, each with its name for the staff."""
    return [each | {"called": _accepted(each, tongue)} for each in accepted_views(view, tongue)]


def policy_called(acceptance: Acceptance, title: str, tongue: Tongue) -> Called:
    """What was accepted: a policy by what its kind is called, and anything else by its title in the customer's words."""
    kind = KIND_NAMES.get(acceptance.kind, "") if acceptance.version else ""
    return _named(Named(tongue.say(kind), "") if kind else None, title, acceptance.language, tongue)


def _accepted(each: dict[str, Any], tongue: Tongue) -> Called:
    if not each["html"]:  # a sentence that was ticked: its heading is ours
        return Called(each["name"])
    return policy_called(each["acceptance"], each["name"], tongue)


def _named(known: Named | None, own: str, language: str, tongue: Tongue) -> Called:
    if known is None or language == tongue.language:
        return Called(own, "" if is_own(language, tongue.language) else language)
    if known.name == own:
        return Called(own, known.foreign)
    return Called(known.name, known.foreign, own=own, own_language=language)
