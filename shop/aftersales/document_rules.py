"""What a market's documents look like: in which languages, on which paper, under which title, what its tax is called. Pure.

Sources: UAE Federal Decree-Law 8/2017 art. 65 and Federal Law 15/2020 art. 8 (tax invoice; Arabic, another language beside
it); Kuwait Law 39/2014 (Arabic); Charter of the French language, Quebec, s. 57 (French); New Zealand GST Act 1985 s. 19E;
Consumption Tax Act, Japan, art. 57-4 (registration number T and 13 digits, reduced rates marked); MWSTG art. 26 (CH).
"""

import re
from collections.abc import Iterable

from shop.base.i18n import N_

# Everybody else prints on A4 (CLDR, paperSize).
LETTER = frozenset("US CA MX PH CL CO CR GT NI PA PR SV VE".split())
# country -> the languages that a document is written in, side by side, whatever the customer reads
SIDE_BY_SIDE = {"AE": ("ar", "en"), "KW": ("ar", "en"), "SA": ("ar", "en")}
FRENCH_FIRST = frozenset({("CA", "QC")})
TAX_INVOICE = frozenset({"AE", "SA", "AU", "NZ"})  # where the law wants the invoice called so
QUALIFIED = re.compile(r"T[0-9]{13}")
SWISS = {"de": "MWST", "fr": "TVA", "it": "IVA"}

TAXES = {
    "vat": N_("VAT"),
    "gst": N_("GST"),
    "consumption_tax": N_("Consumption tax"),
    "sales_tax": N_("Sales tax"),
    "ca_taxes": N_("GST, HST or QST"),
}
TAX = N_("Tax")
TAX_IDS = {
    "vat": N_("VAT number"),
    "gst": N_("GST number"),
    "consumption_tax": N_("Registration number"),
}
TAX_ID = N_("Tax number")


def paper(country: str) -> str:
    """The paper that printers of the country hold: `a4` or `letter`."""
    return "letter" if country in LETTER else "a4"


def languages_of(country: str, region: str, language: str) -> tuple[str, ...]:
    """The languages of a customer's document, the first one first; `language` is that of the order."""
    if (country, region) in FRENCH_FIRST:
        return ("fr", "en")
    return SIDE_BY_SIDE.get(country, (language,))


def customs_languages(languages: Iterable[str]) -> tuple[str, ...]:
    """The languages of a customs invoice: English, and the market's own first language."""
    own = next(iter(languages), "en")
    return ("en",) if own.partition("-")[0] == "en" else ("en", own)


def invoice_title(country: str, tax_number: str, *, taxed: bool) -> str:
    """What an invoice is called, as a message. Without a tax number it claims nothing that only a registered seller may."""
    if country == "JP" and QUALIFIED.fullmatch(tax_number):
        return N_("Qualified invoice")
    return N_("Tax invoice") if country in TAX_INVOICE and tax_number and taxed else N_("Invoice")
