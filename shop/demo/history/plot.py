"""What happens in one market of the demo: its orders in waves, and what becomes of each, as written in `plot.toml`."""

import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from itertools import cycle
from random import Random
from typing import Any

from shop.demo.history.aftercare import AfterCare
from shop.demo.history.asking import Questions
from shop.demo.history.buying import Customers
from shop.demo.history.people import FOLDER, Customer, customers, dice
from shop.demo.history.sending import Bench
from shop.demo.history.stage import Stage
from shop.markets.calendar import calendar_of, day_in, is_working_day

WAKES, SLEEPS = 8 * 60, 21 * 60 + 30  # minutes after midnight, between which customers order
TRAVELS = (4, 5)  # days that a parcel takes; it then waits for the next working day
INVITES = "mere"
RATED = 3  # one answer of so many is rated


@dataclass(kw_only=True)
class MarketStory:
    """One market's story: who buys when, and what follows from each order. `told` is its part of `plot.toml`."""

    stage: Stage
    market: str
    questions: Questions
    bench: Bench
    care: AfterCare
    told: dict[str, Any] = field(init=False)
    buyers: Customers = field(init=False)
    _asked: int = 0

    def __post_init__(self) -> None:
        self.told = plot()[self.market]
        self.buyers = Customers(self.stage, self.market)

    def begin(self) -> None:
        """Put all its orders on the stage; what follows from an order is put there once the order is placed."""
        drawn = dice(f"days of {self.market}")
        days = [day for wave in self.told["waves"] for day in _spread(wave)]
        people = customers(self.market, buyers_in(self.market))
        buyers, unlucky = people[: len(days)], iter(people[len(days) :])
        if invited := self.told.get("invited"):
            invite = partial(
                self.buyers.invite, INVITES, uses=invited["uses"], days=invited["before"] + 30, note="First round"
            )
            self.stage.at(self.stage.instant(self.market, invited["before"], WAKES), invite)
        carts = cycle(self.told["carts"])
        for number, (day, buyer) in enumerate(zip(days, buyers, strict=True), 1):
            at = self.stage.instant(self.market, day, drawn.randint(WAKES, SLEEPS))
            lines = next(carts)
            self.stage.at(at, partial(self._order, number, buyer, lines, drawn))
            if number in self.told["declined"]:
                self.stage.at(at + timedelta(minutes=90), partial(self.buyers.try_in_vain, next(unlucky), lines))

    def _order(self, number: int, buyer: Customer, lines: dict[str, int], drawn: Random) -> None:
        """Place one order; its parcel, and the question about it if there is one, are put on the stage."""
        pay = self.buyers.buy_at_second_try if number in self.told["second_try"] else self.buyers.buy
        order = pay(buyer, lines)
        packed = self.bench.next_packing()
        self.stage.at(packed, partial(self.bench.send, order))
        arrives = packed + timedelta(days=drawn.choice(TRAVELS), hours=drawn.randint(6, 12))
        row = self.stage.market(self.market)
        while not is_working_day(day_in(row, arrives), calendar_of(row)):
            arrives += timedelta(days=1)
        self.stage.at(arrives, partial(self._arrived, number, buyer, order))
        if number in self.told["ask"]:
            self.stage.after(partial(self._comes_to_ask, number, buyer, order), hours=drawn.randint(20, 60))

    def _comes_to_ask(self, number: int, buyer: Customer, order: str) -> None:
        """Ask when somebody is there who speaks the language: these customers look at the opening hours first."""
        at = self.questions.when_native(self.market, buyer.language, self.stage.now)
        self._asked += 1
        scores = self.told["scores"]
        score = scores[self._asked // RATED % len(scores)] if self._asked % RATED == 0 else None
        late = number in self.told["late"]
        asks = self.questions.ask_and_have_answered
        self.stage.at(at, partial(asks, buyer, order=order, late=late, score=score))

    def _arrived(self, number: int, buyer: Customer, order: str) -> None:
        """The parcel arrives; some customers send something back later, and some have to complain."""
        self.bench.arrive(order)
        for each in self.told.get("withdrawn", ()):
            if each["order"] == number:
                pieces = {each["sku"]: 1} if "sku" in each else {}
                self.stage.after(partial(self.care.withdraw, buyer, order, pieces), hours=50)
        for each in self.told.get("sent_back", ()):
            if each["order"] == number:
                back = partial(self.care.send_back, buyer, order, {each["sku"]: 1}, why=each["why"])
                self.stage.after(back, hours=70)
        for each in self.told.get("claims", ()):
            if each["order"] == number:
                self.stage.after(partial(self._claims, buyer, order, each), days=each["after"])

    def _claims(self, buyer: Customer, order: str, told: dict[str, Any]) -> None:
        """File a claim; what is decided about it a day later, if anything is, is put on the stage."""
        case = self.care.claim(
            buyer, order, told["sku"], kind=told["kind"], words=told["words"][buyer.language], wish=told["wish"]
        )
        if told["decided"] == "replacement":
            self.stage.after(partial(self.care.replace, case), hours=26)
        elif told["decided"] == "goodwill":
            give = partial(self.care.give_of_goodwill, case, told["minor"], reason=told["reason"])
            self.stage.after(give, hours=26)


@cache
def plot() -> dict[str, dict[str, Any]]:
    """The plot of every market that has one."""
    return tomllib.loads((FOLDER / "plot.toml").read_text("utf-8"))


def buyers_in(market: str) -> int:
    """How many of the market's customers buy or try to: the first ones of `customers`."""
    told = plot().get(market)
    return sum(wave["orders"] for wave in told["waves"]) + len(told["declined"]) if told else 0


def _spread(wave: dict[str, int]) -> list[int]:
    """For each order of a wave how many days before the end it is placed: evenly, from the first day to the last."""
    steps = max(wave["orders"] - 1, 1)
    return [wave["from"] - round((wave["from"] - wave["to"]) * each / steps) for each in range(wave["orders"])]
