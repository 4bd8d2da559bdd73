"""The tax number of a customer who buys for a business, checked offline against its own check digits.

It is kept and shown for their books and changes no tax: this shop sells to consumers, and each price is the same for all.
Whether a number is registered at all only a tax authority could say; nobody is asked.
"""

from collections.abc import Callable

from stdnum.au import abn
from stdnum.ch import uid
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from shop.base.i18n import N_, Tongue
from shop.base.web import Form
from shop.ground.figures import figures
from shop.markets.models import Market

FIELD = "business_number"
LONGEST = 40
LABELS = {"eu.vat": N_("VAT identification number"), "ch.vat": N_("UID number"), "au.abn": N_("ABN")}
EXAMPLES = {"eu.vat": "DE136695976", "ch.vat": "CHE-100.155.212", "au.abn": "51 824 753 556"}


def business_label(scheme: str, tongue: Tongue) -> str:
    """What such a number is called where it is asked for; empty where none is."""
    return tongue.say(LABELS[scheme]) if scheme in LABELS else ""


def read_business_number(form: Form, market: Market, tongue: Tongue) -> str:
    """The number from the form as its country writes it, or empty; one that cannot be right gets its sentence."""
    given, scheme = figures(form.text(FIELD)), market.business_number
    if not given or scheme not in CHECKS:
        return ""
    try:
        return CHECKS[scheme](given[:LONGEST], market.country)
    except ValidationError:
        asked = N_("Please check this number, or leave it empty. One looks like this: %(example)s")
        form.fail(FIELD, tongue.say(asked, example=EXAMPLES[scheme]))
        return ""


def _european(given: str, country: str) -> str:
    """A number of any member state; one without its letters is taken for one of this country."""
    letters = "EL" if country == "GR" else country
    bare = given.strip()[:1].isdigit() and country.lower() in eu_vat.MEMBER_STATES
    return str(eu_vat.validate(letters + given if bare else given))


def _swiss(given: str, _country: str) -> str:
    """The number of the register of businesses, with or without what marks it as registered for the tax."""
    try:
        return str(swiss_vat.format(swiss_vat.validate(given)))
    except ValidationError:
        return str(uid.format(uid.validate(given)))


def _australian(given: str, _country: str) -> str:
    return str(abn.format(abn.validate(given)))


CHECKS: dict[str, Callable[[str, str], str]] = {"eu.vat": _european, "ch.vat": _swiss, "au.abn": _australian}
