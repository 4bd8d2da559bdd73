"""Those who wait for an answer when the demo is opened, as written in `waiting.toml`."""

import tomllib
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial
from typing import Any

from sqlmodel import col, select

from shop.checkout.models import Order
from shop.demo.history.asking import Questions, Words
from shop.demo.history.people import FOLDER, Customer, customers
from shop.demo.history.plot import buyers_in
from shop.demo.history.stage import Stage

TRAINED = timedelta(hours=30)  # before the end, ahead of everything that is handed to a distributor
STRANGERS = 27  # of a market's customers, after its buyers: enough of each language


@dataclass
class WaitingCustomers:
    """Customers who ask in the last hour before the demo is opened; most of them have bought nothing yet."""

    stage: Stage
    questions: Questions

    def begin(self) -> None:
        """Put all their questions on the stage, and before them the training of distributors who are handed one."""
        for place, told in enumerate(waiting()):
            if "to" in told:
                self.stage.at(self.stage.until - TRAINED, partial(self.questions.learn, told["to"], told["market"]))
            asks = partial(self._ask, _asker(told, place), told)
            self.stage.at(self.stage.until - timedelta(minutes=told["minutes"]), asks)

    def _ask(self, asker: Customer, told: dict[str, Any]) -> None:
        said = Words(told["category"], told["subject"], told["text"], told.get("draft", ""))
        order = self._last_received(asker) if told.get("bought") else None
        if order is not None:
            asker = replace(asker, name=order.name, email=order.email)
        ref = self.questions.ask(asker, said, order=order.number if order is not None else "")
        if "to" in told:
            hand = partial(self.questions.hand_to, ref, told["to"], person=told["by"], note=told["note"])
            self.stage.after(hand, minutes=5)
        elif said.answer:
            self.stage.after(partial(self.questions.answer, ref, said.answer, person=told["by"]), minutes=9)

    def _last_received(self, asker: Customer) -> Order | None:
        """The newest order of their market and language that has arrived and about which nothing is asked for."""
        theirs = (Order.market == asker.market, Order.language == asker.language, Order.state == "delivered")
        query = select(Order).where(*theirs, col(Order.after_sales).is_(False))
        with self.stage.database.reading() as db:
            return db.exec(query.order_by(col(Order.placed_at).desc(), col(Order.number)).limit(1)).first()


def _asker(told: dict[str, Any], place: int) -> Customer:
    """A customer of that market and language who is none of its buyers; another one at each place of the list."""
    market = told["market"]
    strangers = customers(market, buyers_in(market) + STRANGERS)[buyers_in(market) :]
    return [each for each in strangers if each.language == told["language"]][place]


@cache
def waiting() -> list[dict[str, Any]]:
    """The questions of `waiting.toml`, in its order."""
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / "waiting.toml").read_text("utf-8"))["request"]
    return found
