"""What needs a look, over all markets: one sentence each, with where to look."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from shop.base.backlog import given_up
from shop.base.i18n import N_, NN_, Tongue
from shop.launches.arrival import Console
from shop.launches.board import CASES, Line
from shop.launches.duty import native_within
from shop.launches.words import gate_sentence, gate_title, orders_used, who_may_buy
from shop.markets.calendar import day_in
from shop.markets.gate import SELLING
from shop.scorecard.words import warnings
from shop.staff.may import ALL_MARKETS

SOON = timedelta(hours=48)
NEARLY_FULL = 0.8
WAIVER_ENDS = timedelta(days=14)


def looks(db: Session, board: Sequence[Line], console: Console) -> list[dict[str, str]]:
    """What needs a look, one sentence each, with where to look."""
    tongue = console.staff.tongue
    found = [
        {"market": tongue.territory(line.market.country), "text": text, "url": line.url}
        for line in board
        for text in _market_looks(line, tongue, console.now)
    ] + [look for line in board for look in _refund_looks(line, tongue)]
    dead = given_up(db) if console.staff.may("mail.see", ALL_MARKETS) else 0
    if dead:
        text = tongue.count(
            N_("%(num)s message or refund could not be carried out."),
            N_("%(num)s messages or refunds could not be carried out."),
            dead,
        )
        found.append({"market": "", "text": text, "url": "/console/mail"})
    return found


def _refund_looks(line: Line, tongue: Tongue) -> list[dict[str, str]]:
    """Money that should be with its customer and is not."""
    market, found = tongue.territory(line.market.country), []
    if line.overdue:
        text = tongue.count("%(num)s refund is overdue.", "%(num)s refunds are overdue.", line.overdue)
        found.append({"market": market, "text": text, "url": f"{CASES}?tab=overdue&market={line.market.id}"})
    for number in line.refused:
        text = tongue.say(N_("The payment service refused a refund. Order: %(number)s"), number=number)
        found.append({"market": market, "text": text, "url": f"/desk/orders/{number}"})
    return found


def _market_looks(line: Line, tongue: Tongue, now: datetime) -> list[str]:
    market, selling = line.market, line.market.state in SELLING
    texts = []
    if market.state == "paused":
        texts.append(tongue.say(N_("Paused. %(mode)s."), mode=who_may_buy(market, tongue)))
    if selling:
        texts += [gate_sentence(each, tongue) for each in line.blocking]
        unheard = [each for each in market.languages.split() if not native_within(line.hours, each, now + SOON)]
        if unheard:
            names = tongue.list([tongue.language_name(each) for each in unheard])
            texts.append(
                tongue.say(N_("No native speaker is on duty within 48 hours. Languages: %(names)s"), names=names)
            )
        if market.order_cap is not None and line.taken.orders >= NEARLY_FULL * market.order_cap:
            used = orders_used(line.taken.orders, market.order_cap, tongue)
            texts.append(tongue.say(N_("Orders taken: %(orders)s"), orders=used))
        texts += warnings(line.read, tongue) if line.read else []
    if line.waiting:
        waits = NN_("%(num)s step waits for a second person.", "%(num)s steps wait for a second person.")
        texts.append(tongue.count(*waits, line.waiting))
    texts += [gate_sentence(each, tongue) for each in line.gates if each.status == "ending"]
    texts += [
        tongue.say(
            N_("The waiver ends on %(day)s: %(gate)s"),
            day=tongue.date(each.waiver.until),
            gate=gate_title(each.gate, tongue),
        )
        for each in line.gates
        if each.waiver and each.waiver.until - day_in(market, now) <= WAIVER_ENDS
    ]
    return texts
