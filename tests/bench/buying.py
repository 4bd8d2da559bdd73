"""One customer who buys a blender in Germany, from the product page to the paid order, over HTTP against a running server."""

from urllib.parse import urljoin, urlsplit

import httpx

from tests.world import ANNA, forms

SHOP = "/de/de/"
PRODUCT, SKU = f"{SHOP}products/tasman-1000-standmixer-230v", "HB-BL-230"


def buy(port: int) -> None:
    """Buy it once; raises when any step fails."""
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base, headers={"origin": base, "accept-language": "de"}, timeout=30) as customer:
        _page(customer.get(PRODUCT))
        _go(customer, customer.post(f"{SHOP}cart/lines", data={"sku": SKU, "quantity": "1"}))
        _page(customer.get(f"{SHOP}checkout"))
        review = _go(customer, customer.post(f"{SHOP}checkout", data=ANNA))
        till = _go(customer, _submit(customer, review, "/orders", accept="yes"))
        paid = _go(customer, _submit(customer, till, urlsplit(str(till.url)).path, outcome="pay"))
        if "/orders/" not in str(paid.url):
            raise RuntimeError(f"the purchase ended at {paid.url}")


def _submit(customer: httpx.Client, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
    form = next(each for each in forms(page.text) if each.action.endswith(action))
    return customer.post(urljoin(str(page.url), form.action), data={**form.fields, **fields})


def _go(customer: httpx.Client, answer: httpx.Response) -> httpx.Response:
    while answer.is_redirect:
        answer = customer.get(urljoin(str(answer.url), answer.headers["location"]))
    return _page(answer)


def _page(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.url} answered {answer.status_code}")
    return answer
