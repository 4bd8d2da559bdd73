"""The gates of the bad day and of the launch itself: contacts, recall, limits and stop lines, printed documents."""

from datetime import date, timedelta

from shop.launches.readying.facts import Facts, Finding, Gate, Value, lacking

CHECKED_DAYS = 90  # a telephone number that nobody has called for longer is a guess
CHECK_SOON = timedelta(days=14)


def _contacts(facts: Facts, today: date) -> Finding:
    if not facts.crisis_contacts:
        return Finding("missing", "no_crisis_contacts")
    if facts.crisis_roles_lacking:
        return lacking(facts.crisis_roles_lacking, "crisis_roles_lacking")
    if facts.nobody_on_call:
        return Finding("missing", "nobody_on_call")
    if facts.vacant_turns:
        return lacking(facts.vacant_turns, "vacant_turns")
    if facts.contacts_checked is None:
        return Finding("missing", "contacts_unchecked")
    until = facts.contacts_checked + timedelta(days=CHECKED_DAYS)
    values: dict[str, Value] = {"number": facts.crisis_contacts, "day": facts.contacts_checked}
    if until < today:
        return Finding("missing", "contacts_old", values)
    return Finding("ending" if until - today <= CHECK_SOON else "met", "crisis_contacts", values, until=until)


def _night(facts: Facts, _today: date) -> Finding:
    if facts.crisis_roles_asleep:
        return Finding("missing", "roles_asleep", {"items": facts.crisis_roles_asleep}, warning=True)
    return Finding("met", "reached_at_night")


def _recall(facts: Facts, _today: date) -> Finding:
    if not facts.recall_cards:
        return Finding("missing", "no_recall_card")
    if facts.recall_texts_lacking:
        return lacking(facts.recall_texts_lacking, "recall_texts_lacking")
    if facts.untraced:
        return Finding("missing", "untraced", {"items": facts.untraced}, warning=True)
    return Finding("met", "recall_ready")


def _caps(facts: Facts, _today: date) -> Finding:
    if facts.everybody:
        return Finding("met", "everybody")
    if facts.audience not in ("invitation", "percentage"):
        return Finding("missing", "no_audience")
    if facts.audience == "percentage" and facts.percent_bp >= 10_000 and facts.order_cap is None:
        return Finding("missing", "no_cap")
    return Finding("met", "capped")


def _stop_lines(facts: Facts, _today: date) -> Finding:
    if facts.lines_lacking:
        return lacking(facts.lines_lacking, "lines_lacking")
    return Finding("met", "lines_written", {"number": facts.lines_written})


def _documents(facts: Facts, _today: date) -> Finding:
    if facts.documents_blank:
        return lacking(facts.documents_blank, "documents_blank")
    if facts.documents_lacking:
        return lacking(facts.documents_lacking, "documents_lacking")
    if facts.documents_old:
        return lacking(facts.documents_old, "documents_old")
    return Finding("met", "documents_printed")


CRISIS = {
    "crisis.contacts": Gate(_contacts, "crisis", waivable=True),
    "crisis.night": Gate(_night, "crisis"),
    "recall.plan": Gate(_recall, "crisis"),
    "caps.set": Gate(_caps, "launch", targets=("soft",)),
    "stop_lines.set": Gate(_stop_lines, "launch", targets=("soft",)),
    "docs.printed": Gate(_documents, "launch", waivable=True),
}
