"""The gates of goods: what is listed, whether it fits the mains, the law and the language there, and its papers."""

from datetime import date, timedelta

from shop.launches.readying.facts import Facts, Finding, Gate, Unfit, lacking

LISTED_AT_MOST = 30  # a test market is a limited catalogue; more is a warning
PAPER_DAYS = 60  # a market is not launched on a paper that ends sooner
PAPER_WARNING = 120
MAINS = ("voltage", "frequency", "plug", "mains_unknown")
OWN_GATE = (*MAINS, "label_language", "manual_language", "responsible_person_missing")  # reasons told by other gates
ENVIRONMENT = ("mains", "water", "climate")  # the topics of the research that ask what the goods will meet there


def _unfit(facts: Facts, *codes: str) -> tuple[Unfit, ...]:
    return tuple(each for each in facts.unfit if each.code in codes)


def _mains(facts: Facts, _today: date) -> Finding:
    unfit = _unfit(facts, *MAINS)
    return lacking(unfit, "unsuitable") if unfit else Finding("met", "mains_fit")


def _languages(facts: Facts, _today: date) -> Finding:
    return lacking(facts.unworded, "unsuitable") if facts.unworded else Finding("met", "labels_cover")


def _suitable(facts: Facts, _today: date) -> Finding:
    unfit = tuple(each for each in facts.unfit if each.code not in OWN_GATE)
    return lacking(unfit, "unsuitable") if unfit else Finding("met", "all_suitable")


def _present(facts: Facts, _today: date) -> Finding:
    absent = tuple(dict.fromkeys(each.mark for each in facts.papers if not each.held))
    if absent:
        return lacking(absent, "paper_lacking")
    return Finding("met", "papers_held" if facts.papers else "no_papers_asked", {"number": len(facts.papers)})


def _valid(facts: Facts, today: date) -> Finding:
    """The paper that ends first. Before the first sale it must last a while; afterwards its end is only announced."""
    held = [each for each in facts.papers if each.held and each.until]
    first = min(held, key=lambda each: each.until or date.max, default=None)
    if first is None or first.until is None:
        return Finding("met", "papers_without_end" if facts.papers else "no_papers_asked")
    days = (first.until - today).days
    values: dict[str, int | str | date] = {"mark": first.mark, "until": first.until, "days": days}
    if days <= PAPER_DAYS and not facts.launched:
        return Finding("missing", "paper_too_short", values | {"least": PAPER_DAYS})
    turns_red = first.until if facts.launched else first.until - timedelta(days=PAPER_DAYS + 1)
    return Finding("met" if days > PAPER_WARNING else "ending", "paper_until", values, until=turns_red)


def _environment(facts: Facts, _today: date) -> Finding:
    unasked = tuple(each for each in ENVIRONMENT if each in facts.topics_lacking)
    if unasked:
        return Finding("missing", "topics_lacking", {"items": unasked}, warning=True)
    return Finding("met", "environment_known")


def _listings(facts: Facts, _today: date) -> Finding:
    return Finding("met", "listed", {"number": facts.listed}) if facts.listed else Finding("missing", "nothing_listed")


def _limited(facts: Facts, _today: date) -> Finding:
    values = {"number": facts.listed, "most": LISTED_AT_MOST}
    if facts.listed > LISTED_AT_MOST:
        return Finding("missing", "too_many_listed", values, warning=True)
    return Finding("met", "limited", values)


def _stock(facts: Facts, _today: date) -> Finding:
    values = {"number": facts.in_stock, "of": facts.listed}
    return Finding("met" if facts.in_stock else "missing", "in_stock" if facts.in_stock else "nothing_in_stock", values)


PRODUCT = {
    "listings.present": Gate(_listings, "product"),
    "catalogue.limited": Gate(_limited, "product"),
    "product.mains": Gate(_mains, "product"),
    "product.languages": Gate(_languages, "product"),
    "product.suitable": Gate(_suitable, "product"),
    "product.environment": Gate(_environment, "product", "specialist"),
    "certs.present": Gate(_present, "product"),
    "certs.valid": Gate(_valid, "product"),
    "stock.present": Gate(_stock, "product"),
}
