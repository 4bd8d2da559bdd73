"""The cell of a sentence that customers tick before they order."""

from typing import Any

from shop.base.i18n import N_
from shop.upkeep.cells import flag, language, text
from shop.upkeep.nested_cells import pairs
from shop.upkeep.wrong import Wrong


def consent(given: object) -> dict[str, Any]:
    """A sentence to be ticked: a TOML table with `required` and one text per language."""
    if not isinstance(given, dict):
        raise Wrong(N_("must be a table"))
    texts = {name: said for name, said in given.items() if name != "required"}
    return {"required": flag(given.get("required", True)), "texts": pairs(language, text)(texts)}
