"""The fields of every standard procedure, filled in as they ought to be."""

from shop.support.known.sops import SOPS

GOOD = {"tick": "yes", "text": "Three boxes", "date": "2026-11-23", "lot": "L26341B", "serial": ""}
GIVEN = {name: {each.name: GOOD[each.kind] for each in sop.checklist.fields} for name, sop in SOPS.items()}
