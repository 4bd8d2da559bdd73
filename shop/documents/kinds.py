"""The documents there are: what each is called, what it is for, from which facts it is made, and how it is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shop.base.i18n import N_
from shop.documents.facts import Reading
from shop.documents.handbook import handbook
from shop.documents.handbook_facts import handbook_facts
from shop.documents.launch_sheets import checklist, checklist_facts, log, log_facts
from shop.documents.manual import manual
from shop.documents.manual_facts import manual_facts
from shop.documents.procedure_sheets import procedure_facts, procedures
from shop.documents.shared_facts import Source
from shop.documents.sheets import Sheets

MANUAL, HANDBOOK = "distributor_manual", "crisis_handbook"
PROCEDURES, CHECKLIST, LOG = "procedures", "launch_checklist", "learning_log"


@dataclass(frozen=True, slots=True)
class Kind:
    """One document. `desk` ones are read at the desk by those who work for the market."""

    title: str
    purpose: str
    facts: Callable[[Source], dict[str, Any]]
    draw: Callable[[Reading], Sheets]
    desk: bool = True


KINDS: Mapping[str, Kind] = {
    MANUAL: Kind(
        N_("Distributor manual"),
        N_("What a distributor does alone, passes on, keeps ready, and who bears what. Signed by both."),
        manual_facts,
        manual,
    ),
    HANDBOOK: Kind(
        N_("Crisis handbook"),
        N_("What to do on a bad day, whom to ring up, and what to say. It must be at hand without a computer."),
        handbook_facts,
        handbook,
    ),
    PROCEDURES: Kind(
        N_("Procedures"),
        N_("Twelve pages to hang up: what to do, one step after the other."),
        procedure_facts,
        procedures,
    ),
    CHECKLIST: Kind(
        N_("Launch checklist"),
        N_("Every gate with what was found, to be gone through by hand and signed."),
        checklist_facts,
        checklist,
        desk=False,
    ),
    LOG: Kind(
        N_("Learning log"),
        N_("What the first orders taught, with room to write on."),
        log_facts,
        log,
        desk=False,
    ),
}
