"""The pages of README and docs/, and the tables that stand in them between markers."""

import re

from shop.base.settings import ROOT

README = (ROOT / "README.md").read_text("utf-8")
PAGES = {file.name: file.read_text("utf-8") for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}


def table(name: str, page: str = "README.md") -> list[list[str]]:
    """The rows between the markers, without the head."""
    found = re.search(f"<!-- {name} -->\n(.*?)<!-- /{name} -->", PAGES[page], re.DOTALL)
    assert found, f"{page} has no markers for {name}"
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in found[1].strip().splitlines()[2:]]
