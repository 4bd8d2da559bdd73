"""What a product page tells machines (schema.org, as JSON-LD): the offer as it stands, and nothing the page does not say.

Pure. The block is data to a browser, which never runs it; its text is escaped so that no name in it can end it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shop.ground.money import Money

SCHEMA = "https://schema.org"
AVAILABILITY = {"buyable": "InStock"}  # whatever else holds: OutOfStock; nothing can be ordered before its time
_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An offer as machines are told of it; `url`s are whole addresses, `image_url` empty where there is no picture.

    `prior` is the price that a reduction is announced with, None where there is none. `shipping`, `carrier` and `days`
    (the fewest and the most that delivery takes) are empty for what needs none. `valid_until` and `available_from` are
    given where known. `returns` are the rules of the policy in force, empty where they are not told.
    """

    url: str
    name: str
    description: str
    sku: str
    brand: str
    image_url: str
    price: Money
    prior: Money | None
    availability: str  # a key of AVAILABILITY, or any other word
    available_from: datetime | None
    valid_until: date | None
    country: str
    shipping: Money | None
    carrier: str
    days: tuple[int, int]
    returns: Mapping[str, Any]
    returns_url: str
    return_class: str


def block(told: Told) -> str:
    """The text of the data block: JSON in which no sign could end the element or begin another."""
    return json.dumps(product(told), ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def product(told: Told) -> dict[str, Any]:
    """The product and its one offer in the terms of schema.org."""
    return {
        "@context": SCHEMA,
        "@type": "Product",
        "name": told.name,
        "description": told.description,
        "sku": told.sku,
        "brand": {"@type": "Brand", "name": told.brand},
        **({"image": [told.image_url]} if told.image_url else {}),
        "offers": _offer(told),
    }


def _offer(told: Told) -> dict[str, Any]:
    returns = told.returns and return_policy(
        told.returns, country=told.country, url=told.returns_url, return_class=told.return_class
    )
    return {
        "@type": "Offer",
        "url": told.url,
        "price": told.price.plain,
        "priceCurrency": told.price.currency,
        **({"priceSpecification": _struck_through(told.prior)} if told.prior else {}),
        "availability": f"{SCHEMA}/{AVAILABILITY.get(told.availability, 'OutOfStock')}",
        "itemCondition": f"{SCHEMA}/NewCondition",
        **({"availabilityStarts": told.available_from.isoformat()} if told.available_from else {}),
        **({"priceValidUntil": told.valid_until.isoformat()} if told.valid_until else {}),
        **({"shippingDetails": _shipping(told.shipping, told)} if told.shipping else {}),
        **({"hasMerchantReturnPolicy": returns} if returns else {}),
    }


def _struck_through(prior: Money) -> dict[str, Any]:
    """The price that the present one is reduced from, in the words that Google reads it by."""
    return {
        "@type": "UnitPriceSpecification",
        "priceType": f"{SCHEMA}/StrikethroughPrice",
        "price": prior.plain,
        "priceCurrency": prior.currency,
    }


def _shipping(price: Money, told: Told) -> dict[str, Any]:
    fewest, most = told.days
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": price.plain, "currency": price.currency},
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": told.country},
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "transitTime": {"@type": "QuantitativeValue", "minValue": fewest, "maxValue": most, "unitCode": "DAY"},
        },
    }


def return_policy(rules: Mapping[str, Any], *, country: str, url: str, return_class: str) -> dict[str, Any] | None:
    """The returns policy for a product of this class; None where schema.org has no word for its rule (working days)."""
    said = {"@type": "MerchantReturnPolicy", "applicableCountry": country, "merchantReturnLink": url}
    never = [each["class"] for each in rules.get("exclusions", []) if each.get("condition") == "always"]
    if return_class in never or not rules["window_days"]:
        return {**said, "returnPolicyCategory": f"{SCHEMA}/MerchantReturnNotPermitted"}
    if rules["day_kind"] != "calendar":
        return None
    fees = "FreeReturn" if rules["return_shipping"] == "seller" else "ReturnFeesCustomerResponsibility"
    return {
        **said,
        "returnPolicyCategory": f"{SCHEMA}/MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": rules["window_days"],
        "returnMethod": f"{SCHEMA}/ReturnByMail",
        "returnFees": f"{SCHEMA}/{fees}",
    }
