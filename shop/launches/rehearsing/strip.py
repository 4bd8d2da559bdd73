"""The strip above a page of a dry run: who looks, when, what the gate says, who answers, which policies hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.base.db import Database
from shop.base.i18n import N_, Languages, Tongue
from shop.base.pages import Pages
from shop.checkout.admitting import ask_gate
from shop.checkout.closed_words import gate_sentence
from shop.ground.errors import NotFound
from shop.launches.rehearsing.run import DryRun, Supposing
from shop.launches.words import LEVEL_WORDS, clock, state_word
from shop.markets.admission import REHEARSED
from shop.markets.answering import Answering, answering
from shop.markets.calendar import day_in
from shop.markets.directory import Directory
from shop.markets.gate import Visitor, seeing
from shop.markets.models import AnswerHours, Market
from shop.markets.visit import Keeps, Visit
from shop.policies.comparing import KIND_NAMES
from shop.policies.library import PolicyLibrary

SEEN = {
    "page": N_("The catalogue"),
    "notice": N_("A notice that the shop no longer sells here"),
    "holding": N_("One page that says the shop is not selling now"),
    "nothing": N_("Nothing: the shop answers as if there were no such market"),
}
OPEN_WORDS = {
    "open": N_("Yes. Everybody may buy."),
    "invite": N_("Yes, by invitation."),
    "admitted": N_("Yes, let in before."),
    "percentage": N_("Yes, drawn by the percentage."),
}


@dataclass(frozen=True, slots=True)
class Strips:
    """Draws strips. It shows nothing that a customer could not see, and no name but those customers are told."""

    database: Database
    directory: Directory
    policies: PolicyLibrary
    languages: Languages
    pages: Pages

    def __call__(self, run: DryRun) -> bytes:
        """The strip as HTML, in the language of who looks."""
        reader = self.languages.tongue(run.reader)
        return self.pages.draw(reader, "console/_dry_run.html", **self.shown(run, reader)).encode()

    def shown(self, run: DryRun, reader: Tongue) -> dict[str, Any]:
        """What the strip shows."""
        visit = self._visit(run)
        market, customer = visit.market, visit.tongue
        with self.database.reading() as db:
            gate = ask_gate(db, visit, frozenset({run.sku} - {""}))
            answers = answering(db, market, run.language, now=run.at)
            on_shift = _on_shift(db, market, reader, now=run.at)
        home = visit.snapshot.exporter.zone
        yes = OPEN_WORDS.get(gate.reason, OPEN_WORDS["open"])
        return {
            "place": reader.territory(market.country),
            "state": (market.state, state_word(market.state, reader), bool(visit.snapshot.supposed)),
            "language": reader.language_name(run.language),
            "there": clock(run.at, market.zone, reader),
            "home": clock(run.at, home, reader),
            "until": clock(run.until, home, reader),
            "let_in": run.let_in,
            "sku": run.sku,
            "seen": reader.say(SEEN[visit.seeing.what]),
            "may_buy": gate.open,
            "gate": reader.say(yes if gate.open else gate_sentence(gate.reason)),
            "reason": gate.reason,
            "on_shift": on_shift,
            "promise": _promise(answers, customer, market),
            "promise_tongue": customer,
            "policies": self._policies(market, reader, run),
        }

    def _visit(self, run: DryRun) -> Visit:
        """The visit of the customer of the dry run, as the doors will see it."""
        snapshot = Supposing(self.directory, run).now()
        market = snapshot.market(run.market)
        keeps = Keeps("", REHEARSED if run.let_in else None)
        seen = seeing(snapshot.facts(market), Visitor(invited=run.let_in))
        tongue = self.languages.tongue(run.language, market.country)
        return Visit(market, tongue, snapshot, seen, keeps, run.at, staff=False, origin="")

    def _policies(self, market: Market, reader: Tongue, run: DryRun) -> list[dict[str, str]]:
        day, found = day_in(market, run.at), []
        for kind in self.policies.kinds(market.id, day):
            try:
                version = self.policies.in_force(market.id, kind, day)
            except NotFound:
                continue
            found.append({"name": reader.say(KIND_NAMES[kind]), "version": version.name})
        return found


def _promise(answers: Answering, tongue: Tongue, market: Market) -> str:
    """The customer's own two sentences about who answers and when."""
    return " ".join(filter(None, (answers.headline(tongue), answers.detail(tongue, market.zone))))


def _on_shift(db: Session, market: Market, reader: Tongue, *, now: datetime) -> list[str]:
    """Who answers the market at the instant, one entry a language and level."""
    running = select(AnswerHours).where(
        AnswerHours.market == market.id, col(AnswerHours.starts_at) <= now, col(AnswerHours.ends_at) > now
    )
    return [
        reader.say(
            N_("%(names)s (%(language)s, %(level)s)"),
            names=reader.list(each.names_in(reader.language)),
            language=reader.language_name(each.language),
            level=reader.say(LEVEL_WORDS[each.level]),
        )
        for each in db.exec(running.order_by(col(AnswerHours.language), col(AnswerHours.level).desc())).all()
    ]
