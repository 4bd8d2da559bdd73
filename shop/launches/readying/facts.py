"""What the readiness gates are asked about and what they answer, in plain values: facts, findings, results.

Pure. `Facts` are those of one market as they stand; a `Finding` is a status, a code for the reader's language to word,
the values to put into it, and the day on which it turns red if nobody does anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shop.support.staffed.spans import Unheard

Status = Literal["met", "ending", "missing", "waived"]
Group = Literal["law", "product", "money", "language", "people", "crisis", "launch"]
Owner = Literal["exporter", "specialist"]  # who sees to it


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver: who gave it, why, and its last day."""

    person: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Unfit:
    """A listed product that may not be sold in the market, and the first rule that says so."""

    sku: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A text that is missing, or not right as it stands: of which policy, SKU or document, and in which language."""

    thing: str
    language: str


Item = str | Unfit | Unwritten | Unheard  # what a finding may name several of
Value = int | str | date | tuple[Item, ...] | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Paper:
    """A mark that a listed product needs: whether one is in force, and its last day (None: without end)."""

    kind: str
    mark: str
    held: bool
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the gates ask about one market. `native_minutes` are those of the coming seven days, by language,
    `uncovered_minutes` the waking ones without anybody in the worst of four weeks, `unheard` those of every week.

    `minimum_as_of` is when the oldest statutory minimum was looked up. `test_paid_on` and what follows is of the test
    order that got furthest; `contacts_checked` the oldest check of a crisis contact; `research_signed` whether the
    specialist's signature is under the research as it stands, `research_hash` what it must be under. `launched` says
    that the market has sold before.
    """

    market: str
    languages: tuple[str, ...]
    policies_lacking: tuple[Unwritten, ...] = ()
    unsigned: tuple[Unwritten, ...] = ()
    minimums: int = 0
    minimum_as_of: date | None = None
    below_minimum: tuple[str, ...] = ()
    interface_lacking: tuple[str, ...] = ()
    interface_unfinished: Mapping[str, int] = field(default_factory=dict)
    texts_lacking: tuple[Unwritten, ...] = ()
    papers_unwritten: tuple[Unwritten, ...] = ()
    listed: int = 0
    unfit: tuple[Unfit, ...] = ()
    unworded: tuple[Unfit, ...] = ()
    papers: tuple[Paper, ...] = ()
    responsible: tuple[str, ...] = ()
    responsible_lacking: tuple[str, ...] = ()
    responsible_unaddressed: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()
    uneven: tuple[str, ...] = ()
    untaxed: tuple[str, ...] = ()
    tax_number: str = ""
    tax_number_fits: bool = True
    uncoded: tuple[str, ...] = ()
    uncosted: tuple[str, ...] = ()
    duties: str = ""
    delivers: bool = False
    carrier: str = ""
    days_max: int = 0
    return_address: str = ""
    in_stock: int = 0
    native_minutes: Mapping[str, int] = field(default_factory=dict)
    uncovered_minutes: Mapping[str, int] = field(default_factory=dict)
    uncovered_allowed: int = 0
    unheard: tuple[Unheard, ...] = ()
    specialist: str = ""
    topics_lacking: tuple[str, ...] = ()
    research_hash: str = ""
    research_signed: bool = False
    questions_open: int = 0
    question_due: date | None = None
    first_answer_minutes: int = 0
    macros_lacking: tuple[str, ...] = ()
    holidays: str = ""
    holiday_next: date | None = None
    audience: str = ""
    percent_bp: int = 0
    order_cap: int | None = None
    everybody: bool = False
    launched: bool = False
    lines_lacking: tuple[str, ...] = ()
    lines_written: int = 0
    live_payments: bool = False
    notice_on: date | None = None
    test_orders: int = 0
    test_paid_on: date | None = None
    test_refunded: bool = False
    test_returned: bool = False
    crisis_contacts: int = 0
    crisis_roles_lacking: tuple[str, ...] = ()
    crisis_roles_asleep: tuple[str, ...] = ()
    contacts_checked: date | None = None
    nobody_on_call: bool = False
    vacant_turns: tuple[str, ...] = ()
    recall_texts_lacking: tuple[str, ...] = ()
    recall_cards: int = 0
    untraced: tuple[str, ...] = ()
    documents_lacking: tuple[Item, ...] = ()
    documents_blank: tuple[Item, ...] = ()
    documents_old: tuple[Item, ...] = ()
    imprint_lacking: tuple[str, ...] = ()
    order_buttons_lacking: tuple[str, ...] = ()
    waivers: Mapping[str, Waived] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate found. A `warning` never blocks; `until` is the last day on which it is not yet red."""

    status: Status
    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    warning: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """One precondition: how it is found out, under which heading it stands, who sees to it, and what it holds back.

    `targets` are the states it is asked of; none means all. Only a `waivable` gate can be waived.
    """

    check: Callable[[Facts, date], Finding]
    group: Group
    owner: Owner = "exporter"
    waivable: bool = False
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate's answer. `fix_url` leads to where it can be mended; empty when that is the imported set-up.

    `until` is the last day before it turns red by itself: a paper, a waiver or a check ends then.
    """

    gate: str
    status: Status
    code: str
    values: Mapping[str, Value]
    blocking: bool
    fix_url: str
    waiver: Waived | None = None
    group: Group = "launch"
    owner: Owner = "exporter"
    until: date | None = None

    @property
    def warning(self) -> bool:
        """Whether it asks for somebody's look and holds nothing back."""
        return not self.blocking and self.status in ("missing", "ending")


def lacking(items: tuple[Item, ...], code: str, **values: Value) -> Finding:
    """Missing while there are such things, complete without."""
    return Finding("missing", code, {"items": items, **values}) if items else Finding("met", "complete")
