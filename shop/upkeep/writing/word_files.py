"""The files of words, one for each language or market: texts of goods, answers, macros, crisis cards, and research."""

import json
from collections.abc import Mapping
from typing import Any

from shop.catalogue.models import ProductText
from shop.launches.models import ResearchAnswer, ResearchQuestion, ResearchSignature
from shop.launches.readying.research import TOPICS, research_hash
from shop.support.crisis.models import CrisisCard, CrisisText
from shop.support.known.models import Answer, MayAnswer, MustKnow, OwnSteps, Question
from shop.support.requests.models import Macro
from shop.upkeep.crisis_sheets import CARD, SEVERITIES
from shop.upkeep.research_sheets import QUESTION, SIGNATURE
from shop.upkeep.sheets import TEXT
from shop.upkeep.writing.spelling import Kept, csv_bytes, lines, listed, said, toml_bytes
from shop.upkeep.writing.standing import Cells, Standing, cells, in_order, ordered

Files = dict[str, bytes]
Tables = dict[str, dict[str, Cells]]  # file -> its tables

LISTS = ("categories", "kinds", "lots", "serials", "tell")
STEPS = ("collect", "never_say", "steps")


def texts(here: Standing) -> Files:
    """`texts/<language>.toml`."""
    columns = {name: read for name, read in TEXT.items() if name != "sku"}
    files: Tables = {}
    for row in ordered(here.rows(ProductText), "language", "sku"):
        files.setdefault(f"texts/{row.language}.toml", {})[row.sku] = cells(row, columns)
    return _spelled(files)


def crisis(here: Standing) -> Files:
    """`crisis/cards.toml` and `crisis/<language>.toml`."""
    files: Tables = {"crisis/cards.toml": {}}
    for card in ordered(here.rows(CrisisCard), "number", "key"):
        files["crisis/cards.toml"][card.key] = _card(card)
    for row in ordered(here.rows(CrisisText), "language", "card"):
        lists = {name: json.loads(getattr(row, name)) for name in STEPS}
        plain = {name: getattr(row, name) for name in ("title", "what_if", "acknowledgement", "public")}
        told = {name: Kept(each) for name, each in {"words": lines(row.words), **lists}.items()}
        files.setdefault(f"crisis/{row.language}.toml", {})[row.card] = plain | told
    return _spelled(files)


def knowledge(here: Standing) -> Files:
    """`knowledge/questions.toml` and `knowledge/<language>.toml`; without the questions that only signatures keep."""
    answers = ordered(here.rows(Answer), "language", "question", "market")
    answered = {row.question for row in answers}
    files: Tables = {"knowledge/questions.toml": _questions(here, answered)}
    for row in answers:
        tables = files.setdefault(f"knowledge/{row.language}.toml", {})
        if not row.market:
            tables[row.question] = {"title": row.title, "text": row.text, "words": lines(row.words), "markets": {}}
        elif row.question in tables:
            general = tables[row.question]
            own = {"text": row.text} if row.title == general["title"] else {"title": row.title, "text": row.text}
            general["markets"][row.market] = own
    return _spelled(files)


def macros(here: Standing) -> Files:
    """`macros/<language>.toml`."""
    files: Tables = {}
    for row in ordered(here.rows(Macro), "language", "key", "market"):
        tables = files.setdefault(f"macros/{row.language}.toml", {})
        if not row.market:
            tables[row.key] = {"title": row.title, "text": row.text, "markets": {}}
        elif row.key in tables:
            tables[row.key]["markets"][row.market] = row.text
    return _spelled(files)


def checklists(here: Standing) -> Files:
    """`checklists/<language>.toml`."""
    files: Tables = {}
    for row in ordered(here.rows(OwnSteps), "language", "procedure", "market"):
        table = files.setdefault(f"checklists/{row.language}.toml", {}).setdefault(row.procedure, {"markets": {}})
        if row.market:
            table["markets"][row.market] = {"steps": lines(row.steps)}
        else:
            table["steps"] = lines(row.steps)
    return _spelled(files)


def research(here: Standing) -> Files:
    """`research/<market>.toml`, the questions and the signatures under the answers as they stand."""
    files: Tables = {}
    answers: dict[str, list[ResearchAnswer]] = {}
    topics = list(TOPICS)
    for row in sorted(here.rows(ResearchAnswer), key=lambda each: topics.index(each.topic)):
        told = {name: getattr(row, name) for name in ("text", "source", "as_of", "person")}
        files.setdefault(f"research/{row.market}.toml", {})[row.topic] = told
        answers.setdefault(row.market, []).append(row)
    hashes = {market: research_hash(rows) for market, rows in answers.items()}
    sheets = {
        "research/questions.csv": csv_bytes(list(QUESTION), _asked(here)),
        "research/signatures.csv": csv_bytes(list(SIGNATURE), _signed(here, hashes)),
    }
    return _spelled(files) | sheets


def _asked(here: Standing) -> list[Cells]:
    """Each question once. It used to be possible to ask one twice; then the one that has an answer."""
    asked: dict[tuple[str, str, str], Any] = {}
    for row in in_order(here, here.rows(ResearchQuestion), "due_on", "id"):
        name = (row.market, row.topic, said(row.question))
        if name not in asked or (row.answer and not asked[name].answer):
            asked[name] = row
    moments = ("asked_at", "answered_at")
    return [
        cells(row, QUESTION, **{
            name: here.moment("research_questions", name, row.market, getattr(row, name)) for name in moments
        })
        for row in asked.values()
    ]  # fmt: skip


def _signed(here: Standing, hashes: Mapping[str, str]) -> list[Cells]:
    """Each person's latest word, if it is about what stands there."""
    found: dict[tuple[str, str], Cells] = {}
    for row in in_order(here, here.rows(ResearchSignature), "person", "id"):
        if row.hash == hashes.get(row.market):
            at = here.moment("research_signatures", "at", row.market, row.at)
            found[row.market, row.person] = {"market": row.market, "person": row.person, "at": at}
    return list(found.values())


def _card(card: CrisisCard) -> Cells:
    columns = {name: read for name, read in CARD.items() if name not in ("key", "clocks", *LISTS)}
    lists = {name: json.loads(getattr(card, name)) for name in LISTS}
    told = cells(card, columns, severity=SEVERITIES[card.severity])
    return told | lists | {"tell": Kept(lists["tell"]), "clocks": json.loads(card.legal_clocks)}


def _questions(here: Standing, answered: set[str]) -> dict[str, Cells]:
    known: dict[str, list[str]] = {}
    for must in in_order(here, here.rows(MustKnow), "question"):
        known.setdefault(must.question, []).append(must.market)
    others: dict[str, Cells] = {}
    for may in in_order(here, here.rows(MayAnswer), "question"):
        others.setdefault(may.question, {})[may.market] = Kept(listed(may.roles))
    return {
        row.key: {
            "number": row.number, "categories": listed(row.categories), "products": listed(row.products),
            "may_answer": listed(row.may_answer), "card": row.card, "severity": row.severity,
            "must_know": known.get(row.key), "markets": others.get(row.key),
        }
        for row in ordered(here.rows(Question), "number", "key") if row.key in answered
    }  # fmt: skip


def _spelled(files: Tables) -> Files:
    return {name: toml_bytes(tables) for name, tables in files.items()}
