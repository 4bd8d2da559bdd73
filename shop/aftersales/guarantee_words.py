"""A guarantee told to a customer or to an agent: until when, who must prove what, what may be asked for, and on which article."""

from datetime import date
from typing import Any

from shop.aftersales.articles import readable, told_staff
from shop.aftersales.guarantee import ClaimVerdict, Guarantee, months_left
from shop.aftersales.remedies import Ladder
from shop.base.i18n import N_, NP_, Tongue

_BY_LAW = ("legal", "reasonable", "notified")
_BURDEN_SELLER = N_("Until %(day)s the seller must prove that it was in order when it arrived.")
_BURDEN_SELLER_OPEN = N_("The seller must prove that it was in order when it arrived.")
_BURDEN_CUSTOMER = N_("The buyer may have to show that the fault was there when it arrived.")


def guarantee_view(
    found: Guarantee, verdict: ClaimVerdict, remedies: Ladder, tongue: Tongue, *, staff: bool = False
) -> dict[str, Any]:
    """All of it in words, for the template `aftersales/_guarantee.html`. Only the staff read every source as it stands."""

    def shown(source: str, code: str = "") -> str:
        own = str(found.rules.get("legal_guarantee_source", "")) if code in _BY_LAW else ""  # as its country names it
        return (
            told_staff(source, tongue) if staff else readable(source, tongue.language) or readable(own, tongue.language)
        )

    return {
        "standing": verdict.standing,
        "mark": _mark(verdict, tongue),
        "rows": _rows(found, tongue),
        "grounds": [
            {"words": tongue.say(each.words), "source": shown(each.source, each.code)} for each in verdict.grounds
        ],
        "rungs": [{"words": tongue.say(each.words), "open": each.open} for each in remedies.rungs],
        "source": shown(remedies.source),
        "version": verdict.version,
    }


def _mark(verdict: ClaimVerdict, tongue: Tongue) -> dict[str, str]:
    if verdict.standing == "outside":
        return {"tone": "calm", "glyph": "info", "word": tongue.say(N_("Outside of both guarantees"))}
    day = tongue.date(verdict.last_day) if verdict.last_day else ""
    if verdict.standing == "commercial":
        said = N_("Only the maker's guarantee, until %(day)s") if day else N_("Only the maker's guarantee")
        return {"tone": "info", "glyph": "info", "word": tongue.say(said, day=day)}
    said = N_("Legal guarantee until %(day)s") if day else N_("The legal guarantee holds")
    return {"tone": "good", "glyph": "tick", "word": tongue.say(said, day=day)}


def _rows(found: Guarantee, tongue: Tongue) -> list[dict[str, str]]:
    received = tongue.date(found.begins) if found.begins else tongue.say(NP_("day of receipt", "Not known yet"))
    rows = [
        (N_("Received on"), received),
        (N_("Legal guarantee"), _legal(found, tongue)),
        (N_("Who must prove what"), _burden(found, tongue)),
        (N_("To be told by"), tongue.date(found.notify_by) if found.notify_by else ""),
        (N_("The maker's guarantee"), _commercial(found, tongue)),
        (N_("Given by"), found.rules["guarantor"] if found.rules["commercial_guarantee_months"] else ""),
        (N_("Holds in"), _territory(found, tongue) if found.rules["commercial_guarantee_months"] else ""),
        (N_("Version"), found.version),
    ]
    return [{"label": tongue.say(label), "value": value} for label, value in rows if value]


def _legal(found: Guarantee, tongue: Tongue) -> str:
    months: int = found.rules["legal_guarantee_months"]
    if found.legal_ends is not None:
        return _until(found.legal_ends, found, tongue)
    if found.basis == "fixed":
        return tongue.count("%(num)s month from the day it arrives", "%(num)s months from the day it arrives", months)
    if found.basis == "notify_within":
        return tongue.say(N_("No fixed term; it counts when you noticed it"))
    return tongue.say(N_("No fixed term: as long as one may reasonably expect"))


def _commercial(found: Guarantee, tongue: Tongue) -> str:
    months: int = found.rules["commercial_guarantee_months"]
    if not months:
        return ""
    if found.commercial_ends is not None:
        return _until(found.commercial_ends, found, tongue)
    return tongue.count("%(num)s month from the day it arrives", "%(num)s months from the day it arrives", months)


def _until(ends: date, found: Guarantee, tongue: Tongue) -> str:
    day = tongue.date(ends)
    if found.today > ends:
        return tongue.say(N_("Over since %(day)s"), day=day)
    left = months_left(found.today, ends)
    if not left:
        return tongue.say(N_("Until %(day)s, less than a month"), day=day)
    return tongue.count(
        "Until %(day)s, %(num)s whole month left", "Until %(day)s, %(num)s whole months left", left, day=day
    )


def _burden(found: Guarantee, tongue: Tongue) -> str:
    if not found.legal:
        return ""
    if not found.seller_proves:
        return tongue.say(_BURDEN_CUSTOMER)
    if found.burden_ends is None:
        return tongue.say(_BURDEN_SELLER_OPEN)
    return tongue.say(_BURDEN_SELLER, day=tongue.date(found.burden_ends))


def _territory(found: Guarantee, tongue: Tongue) -> str:
    return tongue.list([tongue.territory(each) for each in str(found.rules["territory"]).split()])
