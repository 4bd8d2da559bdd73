"""Tokens and webhooks at the console: made, shown once, ended; what was delivered is seen and sent again."""

import re

import pytest
from sqlmodel import col, select

from shop import jobs
from shop.api.models import ApiToken, Delivery, Subscription
from shop.base.announcing import announce
from tests.programs import Program, program
from tests.receiving import receiver
from tests.world import World, text

NEW = {"name": "warehouse", "scope-orders:read": "yes", "days": "30"}


def test_a_token_is_made_shown_once_used_and_ended(world: World) -> None:
    mere = world.signed_in("mere")
    made = mere.post("/console/tokens", NEW)
    assert made.status_code == 201, text(made.text)
    token = re.search(r"slt_[\w-]+", made.text)
    assert token
    one = Program(world, token[0])
    assert one.get("/orders").status_code == 200 and one.get("/markets").status_code == 403
    listed = mere.get("/console/tokens")
    assert token[0] not in listed.text and token[0][:10] in listed.text and "warehouse" in listed.text
    assert mere.submit("/revocation").status_code == 303
    assert one.get("/orders").status_code == 401
    assert "/revocation" not in mere.get("/console/tokens").text


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 61}, {"scope-orders:read": "no"}, {"days": "9999"}, {"days": "x"}]
)
def test_a_token_that_cannot_be_made_leaves_the_form_as_it_was(sqlite_world: World, wrong: dict[str, str]) -> None:
    mere = sqlite_world.signed_in("mere")
    answer = mere.post("/console/tokens", NEW | wrong)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    if "name" not in wrong:
        assert 'value="warehouse"' in answer.text
    with sqlite_world.house.database.reading() as db:
        assert db.exec(select(ApiToken)).all() == []


def test_a_specialist_grants_what_they_may_do_and_ends_their_own_tokens_only(sqlite_world: World) -> None:
    program(sqlite_world)
    annika = sqlite_world.signed_in("annika")
    page = annika.get("/console/tokens").text
    assert "orders:read" in page and "orders:write" not in page and "webhooks" not in text(page).lower()
    assert annika.post("/console/tokens", NEW | {"scope-orders:write": "yes"}).status_code == 201
    with sqlite_world.house.database.reading() as db:
        kept = db.exec(select(ApiToken).order_by(col(ApiToken.id))).all()
    assert kept[1].scopes == "orders:read"
    assert annika.post(f"/console/tokens/{kept[0].id}/revocation").status_code == 404
    mere = sqlite_world.signed_in("mere")
    assert mere.post(f"/console/tokens/{kept[1].id}/revocation").status_code == 303


def test_a_webhook_is_set_up_seen_switched_and_removed(world: World) -> None:
    mere = world.signed_in("mere")
    with receiver() as told:
        told.answers = lambda number: 500 if number == 1 else 204
        wanted = {"url": told.url, "kind-order.paid": "yes", "market-de": "yes"}
        made = mere.post("/console/webhooks", wanted)
        assert made.status_code == 201 and "whsec_" in made.text, text(made.text)
        with world.house.database.writing() as db:
            announce(db, "order.paid", market="de", subject="DE-1", now=world.clock.now)
        jobs.run_deliveries(world.house)
        page = mere.get("/console/webhooks/1")
        assert "DE-1" in page.text and "500" in page.text and "whsec_" not in page.text
        assert mere.submit("/replay").status_code == 303
        jobs.run_deliveries(world.house)
        assert len(told.taken) == 1 and told.came[0].id == told.came[1].id
    mere.get("/console/webhooks/1")
    assert mere.submit("/switch").status_code == 303
    with world.house.database.reading() as db:
        assert not db.exec(select(Subscription)).one().active
    mere.get("/console/webhooks/1")
    assert mere.submit("/removal").status_code == 303
    with world.house.database.reading() as db:
        assert db.exec(select(Subscription)).all() == [] == db.exec(select(Delivery)).all()


@pytest.mark.parametrize("wrong", [{"url": "http://10.0.0.1/"}, {"url": ""}, {"kind-order.paid": ""}])
def test_a_webhook_that_cannot_be_leaves_the_form_as_it_was(sqlite_world: World, wrong: dict[str, str]) -> None:
    mere = sqlite_world.signed_in("mere")
    given = {"url": "https://example.com/hook", "kind-order.paid": "yes", "market-nz": "yes"}
    answer = mere.post("/console/webhooks", given | wrong)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert re.search(r'name="market-nz" value="yes" checked', answer.text)
