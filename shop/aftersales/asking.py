"""What the doors of returns and of exchanges share: the order with a verdict for each product, and taking the form once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, select

from shop.aftersales.cases.filing import Filing, MoreThanBought, NotInOrder, alone_with, file_case
from shop.aftersales.counter import Counter
from shop.aftersales.entitlement import Bought, bought_by
from shop.aftersales.models import Case
from shop.aftersales.periods import refund_due
from shop.aftersales.picking import TICK, read_pieces
from shop.aftersales.rights import UNSENT, Item, Terms, Verdict, only_cancels
from shop.base.fields import many_lines, too_long
from shop.base.i18n import N_, Tongue
from shop.base.tokens import fresh_token
from shop.base.web import Form
from shop.checkout.orders import OrderView, order_view
from shop.markets.calendar import day_in

Right = Callable[..., Verdict]  # (terms, item, *, today): one of the functions of rights.py
MOST_WORDS, MOST_KEY = 2000, 100


@dataclass(frozen=True, slots=True)
class Asked:
    """An order at one of the doors, that of `right`, with what holds there for each product."""

    right: Right
    view: OrderView
    bought: Bought
    verdicts: Mapping[str, Verdict]

    @property
    def any_allowed(self) -> bool:
        """Whether there is anything that may be chosen."""
        return any(each.allowed for each in self.verdicts.values())

    @property
    def cancels(self) -> bool:
        """Whether what may be chosen has not been sent yet, and is cancelled rather than sent back."""
        return only_cancels(self.verdicts.values())


def asked(db: Session, counter: Counter, number: str, right: Right) -> Asked:
    """The order that this browser holds, at the door of this right. Raises LinkOver."""
    order = counter.order(db, number)
    bought = bought_by(db, order, counter.policies)
    return Asked(right, order_view(db, number), bought, _judged(bought.terms, bought.items, right, counter.today))


def read_lines(db: Session, form: Form, ask: Asked, tongue: Tongue) -> dict[str, int]:
    """The pieces chosen; each that may not go back gets its sentence. A form that was taken before is read as it was."""
    known = was_taken(db, form.text("key"))
    pieces = read_pieces(form, ask.bought, tongue, again=known)
    if not pieces:
        form.fail("", tongue.say(N_("Please choose at least one product. Nothing has been sent.")))
    for sku in () if known else pieces:
        verdict = ask.verdicts.get(sku)
        if verdict is not None and not verdict.allowed:
            form.fail(TICK + sku, refusal(verdict, tongue))
    return pieces


def read_words(form: Form, name: str, tongue: Tongue) -> str:
    """A free text of the form, its line ends as they are kept."""
    text = many_lines(form, name)
    if len(text) > MOST_WORDS:
        form.fail(name, too_long(tongue, MOST_WORDS))
        form.values[name] = text[: MOST_WORDS + 500]
    return text


def taken(counter: Counter, ask: Asked, form: Form, filing: Filing) -> Case | None:
    """The case that came of the form; None when something else holds since it was read, and nothing was kept.

    Others may have taken the pieces, or the parcel may have left. Raises CaseKeyReused for another form under the key of
    one that was taken.
    """
    number = ask.bought.order.number
    try:
        with counter.database.writing() as db:
            alone_with(db, number)
            there = asked(db, counter, number, ask.right)
            same = all(there.verdicts[sku] == ask.verdicts[sku] for sku in filing.lines)
            if same or was_taken(db, filing.key):
                return file_case(db, there.bought.order, filing, now=counter.now)
    except (NotInOrder, MoreThanBought):
        pass
    form.fail("", counter.visit.tongue.say(N_("Something changed meanwhile. Please look at what is left.")))
    return None


def filing(
    counter: Counter,
    ask: Asked,
    form: Form,
    *,
    door: str,
    kind: str,
    statement: str,
    lines: Mapping[str, int],
    wish: str,
) -> Filing:
    """What the form files."""
    return filing_of(
        ask.bought,
        {sku: ask.verdicts[sku] for sku in lines},
        door=door,
        language=counter.visit.tongue.language,
        key=form.text("key")[:MOST_KEY] or fresh_token(),
        kind=kind,
        statement=statement,
        wish=wish,
        lines=lines,
        now=counter.now,
    )


def filing_of(
    bought: Bought,
    verdicts: Mapping[str, Verdict],
    *,
    door: str,
    language: str,
    key: str,
    kind: str,
    statement: str = "",
    wish: str = "",
    lines: Mapping[str, int],
    now: datetime,
) -> Filing:
    """What is filed about these pieces, with what holds for each; of a return with the day by which the money is due."""
    order, notice = bought.order, day_in(bought.market, now)
    due = refund_due(bought.terms.rules, notice=notice, nothing_back=kind == UNSENT) if door == "return" else None
    return Filing(
        door=door,
        market=order.market,
        language=language,
        name=order.name,
        email=order.email,
        key=key,
        kind=kind,
        statement=statement,
        wish=wish,
        lines=lines,
        serials={},
        holds=verdicts,
        refund_due=due,
    )


def refusal(verdict: Verdict, tongue: Tongue) -> str:
    """Why something may not go back, in one sentence."""
    if verdict.standing == "late" and verdict.last_day:
        return tongue.say(N_("The last day for this was %(day)s."), day=tongue.date(verdict.last_day))
    return tongue.say(verdict.reasons[0].words)


def _judged(terms: Terms, items: Mapping[str, Item], right: Right, today: date) -> dict[str, Verdict]:
    return {sku: right(terms, item, today=today) for sku, item in items.items()}


def was_taken(db: Session, key: str) -> bool:
    """Whether a form of this key has become a case."""
    return bool(key) and db.exec(select(func.count()).select_from(Case).where(Case.key == key[:MOST_KEY])).one() > 0
