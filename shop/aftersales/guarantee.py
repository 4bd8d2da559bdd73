"""What a market's warranty rules give for a piece that is not as it should be: for how long, and who must prove what. Pure.

Each answer rests on the rules accepted with the order, the day the piece was received and what was done for it before.
All days are days of the market's calendar. Where readings of a law differ, the day better for the customer holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shop.aftersales.periods import months_after
from shop.aftersales.rights import source_of
from shop.base.i18n import N_

KINDS = ("damaged", "missing", "wrong_item", "defect")
YEAR_DAYS, MONTH_DAYS = 365, 30  # as laws count years and months of days

REASONS = {
    "legal": N_("By law we answer for it in this time."),
    "reasonable": N_("By law it must last as long as one may reasonably expect. The law names no number of months."),
    "not_begun": N_("We do not know yet that it has arrived, so the time has not begun to run out."),
    "extended": N_("It was repaired before, so the time is longer."),
    "renewed": N_("It was replaced before, so the time began anew."),
    "since_noticed": N_("The time counts from the day on which the fault showed."),
    "legal_over": N_("The time of the legal guarantee is over."),
    "notified": N_("It was told in time after it was noticed."),
    "notice_late": N_("By law it should have been told sooner after it was noticed."),
    "promised": N_("The guarantee of its maker covers it."),
    "promise_over": N_("The time of the maker's guarantee is over."),
    "promise_not_for_this": N_(
        "The maker's guarantee covers faults, not what happened on the way or was packed wrongly."
    ),
}


@dataclass(frozen=True, slots=True)
class Mended:
    """A repair or a replacement (`remedy`) that an earlier claim about the same piece brought, and on which day."""

    remedy: str
    day: date


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason: a code of the table of words, and the article or promise it rests on, as the rules name it."""

    code: str
    source: str = ""

    @property
    def words(self) -> str:
        """The reason as a message, to be said in somebody's tongue."""
        return REASONS[self.code]


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What a claim rests on: legal, commercial, or outside of both, when only goodwill is left. It is taken in any case.

    `version` is that of the warranty rules; `last_day` None where there is no fixed end, or nothing has begun.
    """

    standing: str
    grounds: tuple[Ground, ...]
    version: str
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What holds on one day for one piece.

    `begins` is None while nobody knows that it was received. `legal_ends` is None then, and where the law names no term;
    `notify_by` None where the law sets no time to tell; `burden_ends` the last day on which the seller must prove that
    it was in order, None where it has not begun or there is no such time.
    """

    rules: Mapping[str, Any]
    today: date
    begins: date | None
    legal_ends: date | None
    notify_by: date | None
    burden_ends: date | None
    commercial_ends: date | None
    changes: tuple[Ground, ...] = ()

    @property
    def basis(self) -> str:
        """How the law measures its guarantee: fixed, reasonable_time or notify_within."""
        return str(self.rules["legal_guarantee_basis"])

    @property
    def version(self) -> str:
        """The rules' version: the day they took effect."""
        return str(self.rules["effective"])

    @property
    def told_in_time(self) -> bool:
        """Whether telling it today is soon enough after it was noticed."""
        return self.notify_by is None or self.today <= self.notify_by

    @property
    def legal(self) -> bool:
        """Whether the legal guarantee holds today; where the law names no term nobody can say that it is over."""
        return self.told_in_time and (self.legal_ends is None or self.today <= self.legal_ends)

    @property
    def commercial(self) -> bool:
        """Whether the maker's promise holds today."""
        promised = self.rules["commercial_guarantee_months"] > 0
        return promised and (self.commercial_ends is None or self.today <= self.commercial_ends)

    @property
    def seller_proves(self) -> bool:
        """Whether the seller must prove today that it was in order when it was received."""
        months: int = self.rules["burden_of_proof_months"]
        return months > 0 and self.legal and (self.burden_ends is None or self.today <= self.burden_ends)


def guarantee(
    rules: Mapping[str, Any],
    received: date | None,
    *,
    today: date,
    noticed: date | None = None,
    before: Iterable[Mended] = (),
) -> Guarantee:
    """What these warranty rules give today for a piece received then, or nobody knows when.

    `noticed` is the day on which the customer noticed it, None when they do not say: then it was told in time, and no
    time counts from it. `before` is what was done for the same piece before.
    """
    mended = sorted(before, key=lambda each: each.day)
    begins, changes = received, []
    if rules.get("replacement_starts_anew"):
        for each in mended:
            if each.remedy == "replacement" and begins is not None and each.day > begins:
                begins = each.day
                changes = [Ground("renewed", source_of(rules, "replacement_starts_anew"))]
    ends = _legal_end(rules, begins)
    extra: int = rules["extra_months_after_repair"]
    # Once, however often it is repaired: Directive (EU) 2019/771 art. 10(2a) as Directive (EU) 2024/1799 art. 16 adds it.
    if ends and begins and extra and any(each.remedy == "repair" and begins <= each.day <= ends for each in mended):
        ends = months_after(ends, extra)
        changes.append(Ground("extended", source_of(rules, "extra_months_after_repair")))
    late = _end_since_noticed(rules, ends, noticed) if ends and noticed else ends
    if ends and late and late > ends:
        ends = late
        changes.append(Ground("since_noticed", source_of(rules, _since_noticed(rules))))
    burden: int = rules["burden_of_proof_months"]
    promised: int = rules["commercial_guarantee_months"]
    return Guarantee(
        rules=rules,
        today=today,
        begins=begins,
        legal_ends=ends,
        notify_by=_notify_by(rules, min(noticed or today, today)),
        burden_ends=months_after(begins, burden) if begins and burden else None,
        commercial_ends=months_after(received, promised) if received and promised else None,
        changes=tuple(changes),
    )


def claim_right(found: Guarantee, kind: str) -> ClaimVerdict:
    """What a claim of this kind rests on today."""
    rules, grounds = found.rules, list(_legal_grounds(found))
    if found.legal:
        return ClaimVerdict("legal", tuple(grounds), found.version, found.legal_ends)
    promise = source_of(rules, "commercial_guarantee_months")
    if found.commercial and kind != "defect":
        grounds.append(Ground("promise_not_for_this", promise))
    elif found.commercial:
        grounds.append(Ground("promised", promise))
        return ClaimVerdict("commercial", tuple(grounds), found.version, found.commercial_ends)
    elif rules["commercial_guarantee_months"]:
        grounds.append(Ground("promise_over", promise))
    return ClaimVerdict("outside", tuple(grounds), found.version, found.legal_ends)


def months_left(today: date, ends: date) -> int:
    """Whole months that begin today and are over by that day; 0 in the last month, and after it."""
    months = (ends.year - today.year) * 12 + ends.month - today.month
    return max(0, months if months_after(today, months) <= ends else months - 1)


def _legal_end(rules: Mapping[str, Any], begins: date | None) -> date | None:
    """The last day of a fixed term. Months given for days (CDC art. 26: 90) are never fewer days than thirty each."""
    if rules["legal_guarantee_basis"] != "fixed" or begins is None:
        return None
    months: int = rules["legal_guarantee_months"]
    return max(months_after(begins, months), begins + timedelta(days=MONTH_DAYS * months))


def _since_noticed(rules: Mapping[str, Any]) -> str:
    return "hidden_defects_from_noticing" if rules.get("hidden_defects_from_noticing") else "months_after_noticing"


def _end_since_noticed(rules: Mapping[str, Any], ends: date, noticed: date) -> date:
    """The last day where the law counts from noticing: of hidden faults at any time, or of what showed in the term."""
    if rules.get("hidden_defects_from_noticing"):  # CDC art. 26 § 3
        return _legal_end(rules, noticed) or ends
    months = int(rules.get("months_after_noticing", 0))  # BGB § 475e(3)
    return months_after(noticed, months) if noticed <= ends else ends


def _notify_by(rules: Mapping[str, Any], noticed: date) -> date | None:
    days: int = rules["notify_within_days"]
    if not days:
        return None
    last = noticed + timedelta(days=days)
    return max(last, months_after(noticed, days // YEAR_DAYS * 12)) if days >= YEAR_DAYS else last


def _legal_grounds(found: Guarantee) -> Iterable[Ground]:
    rules = found.rules
    if found.legal_ends and found.today > found.legal_ends:
        yield Ground("legal_over", source_of(rules, "legal_guarantee_months"))
    elif not found.told_in_time:
        yield Ground("notice_late", source_of(rules, "notify_within_days"))
    elif found.basis == "notify_within":
        yield Ground("notified", source_of(rules, "notify_within_days"))
    elif found.basis == "reasonable_time":
        yield Ground("reasonable", source_of(rules, "legal_guarantee_basis"))
    else:
        yield Ground("legal", source_of(rules, "legal_guarantee_months"))
        if found.begins is None:
            yield Ground("not_begun")
    yield from found.changes
