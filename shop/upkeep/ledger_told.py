"""`softlaunch check --provider`: what the comparison with the payment provider's ledger found, for people and programs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from rich.table import Table

from shop.base.payments import PaymentRefused, PaymentsAway
from shop.base.terminal import NO, end
from shop.checkout.comparing import KINDS, STRANGER, Compared, compare
from shop.checkout.money_invariants import SETTLED_WITHIN
from shop.ground.money import Money
from shop.launches.steering.markets import Steering

SHOWN = 5  # differences of each kind, to people; programs get them all


def compared_with_provider(steering: Steering, days: int, told: Callable[[str, int, int], None]) -> Compared:
    """The comparison of so many days; what is being settled just now is left for the next time."""
    until = steering.now - SETTLED_WITHIN
    try:
        return compare(steering.database, steering.payments, since=until - timedelta(days=days), until=until, told=told)
    except PaymentsAway as error:
        end(NO, f"the payment provider cannot be asked now: {error}")
    except PaymentRefused as error:
        end(NO, f"the payment provider does not show its ledger: {error}")


def ledger_facts(compared: Compared) -> dict[str, Any]:
    """What was found, for programs; amounts in minor units."""
    return {
        "agrees": compared.agrees,
        "charges": compared.charges,
        "refunds": compared.refunds,
        "currencies": {currency: asdict(sums) for currency, sums in sorted(compared.sums.items())},
        "differences": [asdict(each) for each in compared.differences],
    }


def ledger_lines(compared: Compared) -> list[str | Table]:
    """What was found, for people."""
    lines: list[str | Table] = []
    for kind, number in Counter(each.kind for each in compared.differences).items():
        says, remedy = KINDS[kind]
        lines += [f"{'look' if kind == STRANGER else 'broken':8}I1  {says}", f"        What to do: {remedy}"]
        for each in [each for each in compared.differences if each.kind == kind][:SHOWN]:
            values = ", ".join(f"{name} {value}" for name, value in each.values.items())
            lines.append(f"        {each.subject}: {values}")
        if number > SHOWN:
            lines.append(f"        and {number - SHOWN} more")
    table = Table("currency", "charged there", "paid here", "given back there", "given back here", box=None)
    for currency, sums in sorted(compared.sums.items()):
        table.add_row(currency, *(Money(minor, currency).plain for minor in asdict(sums).values()))
    looked = f"Ledger: {compared.charges} charges, {compared.refunds} refunds, {len(compared.differences)} differences"
    return [*lines, table, looked] if compared.sums else [*lines, looked]
