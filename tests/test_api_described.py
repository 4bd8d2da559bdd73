"""The API tried by its own description: whatever that allows is understood, whatever it forbids refused, all as described."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

from shop.api import answering
from shop.api.describing import OPERATIONS
from shop.base.limits import Limit
from tests.doors import fresh_world, pay, place, question
from tests.programs import program
from tests.world import ANNA, World

NAMES = [each.opt["operation"].name for each in OPERATIONS]
EXAMPLES = 12
# Understood, and answered by what the house knows: no such thing, not in this state, no longer what was read.
UNDERSTOOD = ["2xx", "404", "409", "412", "428"]


class Tried:
    """A world that every operation is tried in, the schema read from it, and names of things that there are."""

    def __init__(self, world: World) -> None:
        self.schema = schemathesis.openapi.from_asgi("/openapi.json", world.app)
        self.schema.config.checks.positive_data_acceptance.expected_statuses = UNDERSTOOD
        self.token = program(world).token
        browser = world.browser()
        number = place(browser, "/de/de/", ANNA)
        pay(world, browser, "/de/de/", number)
        hook = program(world).post("/webhooks", {"url": "https://example.com/x", "kinds": ["order.paid"]}).json()
        known = {"market": "de", "sku": "HB-BL-230", "number": number, "ref": question(world.browser(), "/de/de/")}
        self.known = {**known, "webhook": str(hook["webhook"]), "delivery": "1", "proposal": "1"}
        self.today = world.clock.now.date().isoformat()
        self.operations = {each.definition.raw["operationId"]: each for each in self._operations()}

    def make_known(self, case: Any, dice: random.Random) -> None:
        """Put in what no description can tell: things that there are, a key of one's own, no cursor that nobody gave."""
        if (
            case.path_parameters
            and case.operation.definition.raw["operationId"] != "dispatchOrder"
            and dice.random() < 0.7
        ):
            case.path_parameters.update({each: self.known[each] for each in case.path_parameters})
        if isinstance(case.body, dict):
            self.make_sensible(case.body)
        if case.query:
            case.query.pop("cursor", None)
        if case.headers and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(dice.random())

    def make_sensible(self, body: dict[str, Any]) -> None:
        """Put in what only the set-up knows: which products there are, and until when a market may still take orders."""
        if "sku" in body:
            body["sku"] = self.known["sku"]
        if isinstance(body.get("winding"), dict):
            body["winding"] |= {"last_order_on": self.today, "goods": []}

    def _operations(self) -> Iterator[Any]:
        for each in self.schema.get_all_operations():
            yield each.ok()


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Tried]:
    with fresh_world(demo_file, tmp_path_factory.mktemp("described")) as world:
        kept, answering.RATE = answering.RATE, Limit("api", 1_000_000, 60)
        yield Tried(world)
        answering.RATE = kept


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", NAMES)
def test_an_operation_is_as_it_is_described(tried: Tried, name: str, mode: GenerationMode) -> None:
    operation, dice = tried.operations[name], random.Random(name)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        if mode.is_positive:
            tried.make_known(case, dice)
        negated = case.meta.components.get(ParameterLocation.HEADER)
        without = negated is not None and negated.mode.is_negative
        case.call_and_validate(headers={} if without else {"Authorization": f"Bearer {tried.token}"})

    run()
