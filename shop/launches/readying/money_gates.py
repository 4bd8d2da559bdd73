"""The gates of money: prices, taxes, what an article costs until it is there, the parcel's way, and being paid."""

from datetime import date, timedelta

from shop.launches.readying.facts import Facts, Finding, Gate, Value, lacking

TEST_ORDER_DAYS = 30  # a test order proves the shop as it was; an older one proves another shop
NOTICE_DAYS = 1  # the payment service writes to us with every payment


def _prices(facts: Facts, _today: date) -> Finding:
    if facts.unpriced:
        return lacking(facts.unpriced, "unpriced")
    return lacking(facts.uneven, "uneven")


def _tax_rates(facts: Facts, _today: date) -> Finding:
    return lacking(facts.untaxed, "untaxed")


def _registration(facts: Facts, _today: date) -> Finding:
    if not facts.tax_number or facts.tax_number.upper().startswith("DEMO"):
        return Finding("missing", "no_tax_number", {"number": facts.tax_number})
    if not facts.tax_number_fits:
        return Finding("missing", "tax_number_misspelt", {"number": facts.tax_number})
    return Finding("met", "tax_number", {"number": facts.tax_number})


def _landed_cost(facts: Facts, _today: date) -> Finding:
    if facts.uncoded:
        return lacking(facts.uncoded, "uncoded")
    if facts.uncosted:
        return lacking(facts.uncosted, "uncosted")
    if not facts.duties:
        return Finding("missing", "no_duties")
    return Finding("met", f"duties_{facts.duties}")


def _delivery(facts: Facts, _today: date) -> Finding:
    if not facts.delivers:
        return Finding("missing", "no_delivery")
    if not facts.return_address:
        return Finding("missing", "no_return_address")
    return Finding("met", "delivers", {"carrier": facts.carrier, "days": facts.days_max})


def _payments(facts: Facts, today: date) -> Finding:
    if not facts.live_payments:
        return Finding("missing", "demo_till")
    if facts.notice_on is None:
        return Finding("missing", "no_notice", warning=True)
    late = today - facts.notice_on > timedelta(days=NOTICE_DAYS)
    return Finding("ending" if late else "met", "live_payments", {"day": facts.notice_on})


def _test_order(facts: Facts, today: date) -> Finding:
    if facts.test_paid_on is None:
        return Finding("missing", "no_test_order")
    values: dict[str, Value] = {"day": facts.test_paid_on}
    if not facts.test_refunded:
        return Finding("missing", "test_not_refunded", values)
    if not facts.test_returned:
        return Finding("missing", "test_not_returned", values)
    until = facts.test_paid_on + timedelta(days=TEST_ORDER_DAYS)
    if until < today:
        return Finding("missing", "test_order_old", values)
    return Finding("met", "test_orders", values, until=until)


MONEY = {
    "price.set": Gate(_prices, "money"),
    "tax.rates": Gate(_tax_rates, "money"),
    "tax.registration": Gate(_registration, "money", waivable=True),
    "duty.landed_cost": Gate(_landed_cost, "money", waivable=True),
    "shipping.lane": Gate(_delivery, "money"),
    "payments.live": Gate(_payments, "money", waivable=True),
    "test_order": Gate(_test_order, "money", waivable=True),
}
