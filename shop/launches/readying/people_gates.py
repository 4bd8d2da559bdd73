"""The gates of languages and people: texts, who answers and when, and the specialist's word on the research."""

from datetime import date

from shop.launches.readying.facts import Facts, Finding, Gate, Value, lacking


def _translations(facts: Facts, _today: date) -> Finding:
    if facts.interface_lacking:
        return Finding("missing", "interface_lacking", {"items": facts.interface_lacking})
    if facts.interface_unfinished:
        return Finding("missing", "interface_unfinished", {"items": facts.interface_unfinished})
    if facts.texts_lacking:
        return lacking(facts.texts_lacking, "texts_lacking")
    return lacking(facts.papers_unwritten, "papers_unwritten")


def _coverage(facts: Facts, _today: date) -> Finding:
    silent = tuple(each for each in facts.languages if not facts.native_minutes.get(each))
    if silent or not facts.languages:
        return Finding("missing", "no_native_hours", {"languages": silent})
    worst = max(facts.uncovered_minutes.values(), default=0)
    values: dict[str, Value] = {"hours": -(-worst // 60), "allowed": facts.uncovered_allowed // 60}
    if worst <= facts.uncovered_allowed:
        fewest = min(facts.native_minutes[each] for each in facts.languages) // 60
        return Finding("met", "waking_covered", values | {"native": fewest})
    return Finding(
        "missing", "hours_uncovered" if facts.unheard else "dates_uncovered", values | {"items": facts.unheard}
    )


def _specialist(facts: Facts, _today: date) -> Finding:
    name = facts.specialist
    if not name:
        return Finding("missing", "no_specialist")
    if facts.topics_lacking:
        return Finding("missing", "topics_lacking", {"items": facts.topics_lacking})
    if not facts.research_signed:
        return Finding("missing", "research_unsigned", {"name": name})
    return Finding("met", "specialist", {"name": name})


def _questions(facts: Facts, today: date) -> Finding:
    """Open questions hold nothing back; one whose day has passed is a warning."""
    if not facts.questions_open or facts.question_due is None:
        return Finding("met", "no_questions")
    values: dict[str, Value] = {"number": facts.questions_open, "day": facts.question_due}
    if facts.question_due < today:
        return Finding("missing", "question_overdue", values, warning=True)
    return Finding("met", "questions_open", values, until=facts.question_due)


def _promise(facts: Facts, _today: date) -> Finding:
    if facts.first_answer_minutes <= 0:
        return Finding("missing", "no_promise")
    if facts.macros_lacking:
        return Finding("missing", "macros_lacking", {"items": facts.macros_lacking})
    return Finding("met", "promise", {"minutes": facts.first_answer_minutes})


def _holidays(facts: Facts, _today: date) -> Finding:
    if not facts.holidays or facts.holiday_next is None:
        return Finding("missing", "no_holidays", warning=True)
    return Finding("met", "holidays", {"calendar": facts.holidays, "day": facts.holiday_next})


PEOPLE = {
    "translations.complete": Gate(_translations, "language", "specialist"),
    "agents.coverage": Gate(_coverage, "people", waivable=True),
    "agents.specialist": Gate(_specialist, "people", "specialist"),
    "research.questions": Gate(_questions, "people", "specialist"),
    "support.promise": Gate(_promise, "people"),
    "holidays": Gate(_holidays, "people"),
}
