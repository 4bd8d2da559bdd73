"""Routing: who takes it, who is waited for, and what is never promised."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.ground.duty import HoursRunOut, Interval
from shop.ground.instants import iso, parse_instant
from shop.support.answering.deciding import route
from shop.support.answering.languages import variant_rank
from shop.support.answering.routing import (
    HORIZON,
    Agent,
    Ask,
    Level,
    Obstacle,
    Reason,
    Routed,
    Tier,
    language_rank,
    obstacle,
    promised_at,
)


def at(text: str) -> datetime:
    """An instant of June 2027, written `07 09:00`: the day, then the time in UTC."""
    return parse_instant(f"2027-06-{text.replace(' ', 'T')}Z")


NOW = at("07 09:00")
NATIVE, FLUENT, BASIC = Level.NATIVE, Level.FLUENT, Level.BASIC
TODAY = ("07 07:00", "07 15:00")
TOMORROW = ("08 07:00", "08 15:00")
SOON = ("07 09:20", "07 17:00")
IN_AN_HOUR = ("07 10:00", "07 18:00")


def agent(name: str, *duty: tuple[str, str], speaks: str = "fi native", **rest: Any) -> Agent:
    """An agent who `speaks` pairs of a tag and a level, such as `fi native, sv fluent`."""
    pairs = (pair.split() for pair in speaks.split(", "))
    return Agent(
        name,
        {tag: Level[level.upper()] for tag, level in pairs},
        tuple(Interval(at(start), at(end)) for start, end in duty),
        **rest,
    )


def tier(language: str = "fi", min_level: Level = NATIVE, minutes: float = 0) -> Tier:
    return Tier(language, min_level, timedelta(minutes=minutes))


def routed(agents: list[Agent], *tiers: Tier, accept_variants: bool = False) -> Routed:
    return route(Ask("fi"), tiers or (tier(),), agents, NOW, accept_variants=accept_variants)


def found(answer: Routed) -> tuple[str, int | None, str]:
    """The state, the tier that answered, and what it rests on."""
    who = answer.order or answer.on_duty_full or answer.promise_agents
    when = f" at {iso(answer.on_duty_at)[8:16]}" if answer.on_duty_at else ""
    return answer.state, answer.tier, " ".join(who) + when


AINO = agent("aino", TODAY)
FULL = agent("full", TODAY, TOMORROW, load=5)
AWAY = agent("away", TODAY, TOMORROW, available=False)
FLUENT_NOW = agent("flora", TODAY, speaks="fi fluent")
NEXT_DOOR = tier("fi", FLUENT, 30)
ENGLISH = tier("en", FLUENT, 240)


@pytest.mark.parametrize(
    ("agents", "tiers", "expected"),
    [
        pytest.param([AINO], (), ("assigned", 0, "aino"), id="free"),
        pytest.param([], (), ("unroutable", None, ""), id="nobody at all"),
        pytest.param([AWAY], (), ("queued", 0, "away at 08T07:00"), id="away comes back next duty"),
        pytest.param([FULL], (), ("queued_at_capacity", 0, "full"), id="full"),
        pytest.param(
            [FULL, agent("soon", SOON)],
            (),
            ("queued_at_capacity", 0, "full"),
            id="full, whatever another's promise",
        ),
        pytest.param(
            [FULL, AWAY, FLUENT_NOW],
            (tier(), NEXT_DOOR),
            ("assigned", 1, "flora"),
            id="a full tier gives no wait and opens the next",
        ),
        pytest.param(
            [FULL, agent("soon", SOON), FLUENT_NOW],
            (tier(), NEXT_DOOR),
            ("assigned", 1, "flora"),
            id="a full tier opens the next although another is there soon",
        ),
        pytest.param(
            [FULL, agent("flora", SOON, speaks="fi fluent")],
            (tier(), NEXT_DOOR),
            ("queued_at_capacity", 0, "full"),
            id="full in the first tier beats a promise in the second",
        ),
        pytest.param(
            [agent("later", TOMORROW), agent("flora", TODAY, speaks="fi fluent", load=5)],
            (tier(), NEXT_DOOR),
            ("queued_at_capacity", 1, "flora"),
            id="full in the second tier beats a promise in the first",
        ),
        pytest.param(
            [agent("soon", SOON), agent("flora", TODAY, speaks="fi fluent", load=5)],
            (tier(), NEXT_DOOR),
            ("queued", 0, "soon at 07T09:20"),
            id="full in a tier that stays closed is not looked at",
        ),
        pytest.param(
            [agent("soon", SOON), FLUENT_NOW],
            (tier(), tier("fi", FLUENT, 20)),
            ("queued", 0, "soon at 07T09:20"),
            id="a wait equal to the limit keeps the tier closed",
        ),
        pytest.param(
            [agent("soon", SOON), FLUENT_NOW],
            (tier(), tier("fi", FLUENT, 19.5)),
            ("assigned", 1, "flora"),
            id="a wait above the limit opens the tier",
        ),
        pytest.param(
            [agent("soon", SOON), FLUENT_NOW],
            (tier(), tier("fi", FLUENT, 0)),
            ("assigned", 1, "flora"),
            id="a limit of nothing opens at any wait",
        ),
        pytest.param(
            [agent("later", TOMORROW), agent("flora", IN_AN_HOUR, speaks="fi fluent")],
            (tier(minutes=999), NEXT_DOOR),
            ("queued", 1, "flora at 07T10:00"),
            id="the earlier promise of a lower level",
        ),
        pytest.param(
            [agent("aino", IN_AN_HOUR), agent("flora", IN_AN_HOUR, speaks="fi fluent")],
            (tier(), NEXT_DOOR),
            ("queued", 0, "aino at 07T10:00"),
            id="on a tie the lower tier",
        ),
        pytest.param(
            [
                agent("later", TOMORROW),
                agent("flora", IN_AN_HOUR, speaks="fi fluent"),
                agent("eve", TODAY, speaks="en native"),
            ],
            (tier(), NEXT_DOOR, ENGLISH),
            ("queued", 1, "flora at 07T10:00"),
            id="the best wait so far decides, not the first tier's",
        ),
        pytest.param(
            [agent("soon", SOON), agent("eve", TODAY, speaks="en native"), FLUENT_NOW],
            (tier(), NEXT_DOOR, tier("en", FLUENT, 10)),
            ("assigned", 2, "eve"),
            id="a closed tier does not close the ones after it",
        ),
        pytest.param(
            [agent("eve", TODAY, speaks="en native")],
            (tier(), NEXT_DOOR, ENGLISH),
            ("assigned", 2, "eve"),
            id="nobody in sight opens every tier",
        ),
        pytest.param(
            [agent("b", SOON), agent("a", SOON), agent("c", IN_AN_HOUR)],
            (),
            ("queued", 0, "a b at 07T09:20"),
            id="all who come at that instant",
        ),
        pytest.param(
            [agent("gone", ("07 07:00", "07 09:00"))],
            (),
            ("unroutable", None, ""),
            id="duty that ends now is over",
        ),
        pytest.param(
            [agent("sharp", ("07 09:00", "07 10:00"))],
            (),
            ("assigned", 0, "sharp"),
            id="duty that starts now has begun",
        ),
        pytest.param(
            [agent("idle", TODAY, capacity=0)],
            (),
            ("queued_at_capacity", 0, "idle"),
            id="no capacity is full",
        ),
        pytest.param(
            [agent("gone", TODAY, available=False, load=9)],
            (),
            ("unroutable", None, ""),
            id="away and full is away",
        ),
    ],
)
def test_the_first_open_tier_with_somebody_free_or_else_a_promise(
    agents: list[Agent], tiers: tuple[Tier, ...], expected: tuple[str, int | None, str]
) -> None:
    assert found(routed(agents, *tiers)) == expected


def test_without_tiers_nobody_may_answer() -> None:
    assert route(Ask("fi"), (), [AINO], NOW) == Routed("unroutable", ())


@pytest.mark.parametrize(
    ("starts_after", "state"),
    [(HORIZON - timedelta(minutes=1), "queued"), (HORIZON, "unroutable")],
)
def test_nobody_is_promised_beyond_the_horizon(starts_after: timedelta, state: str) -> None:
    start = NOW + starts_after
    late = Agent("late", {"fi": NATIVE}, (Interval(start, start + timedelta(hours=8)),))
    assert routed([late]).state == state


def test_duty_without_an_end_in_sight_has_none() -> None:
    always = Agent("always", {"fi": NATIVE}, (Interval(NOW, NOW + HORIZON),))
    assert routed([always]).on_duty_until is None
    assert routed([AINO]).on_duty_until == at("07 15:00")


@pytest.mark.parametrize(
    ("agents", "order", "because"),
    [
        ([AINO], "aino", "only_one_free"),
        ([agent("b", TODAY), agent("a", TODAY)], "a b", "first_by_id"),
        ([agent("a", TODAY, load=1), agent("b", TODAY)], "b a", "least_loaded"),
        (
            [agent("a", TODAY, load=2, capacity=4), agent("b", TODAY, load=4, capacity=10)],
            "b a",
            "least_loaded",
        ),
        (
            [agent("a", TODAY, load=1, capacity=3), agent("b", TODAY, load=2, capacity=6)],
            "a b",
            "first_by_id",
        ),
        (
            [agent("a", TODAY), agent("b", TODAY, idle_since=NOW)],
            "b a",
            "longest_idle",
        ),
        (
            [
                agent("a", TODAY, idle_since=at("07 08:30")),
                agent("b", TODAY, idle_since=at("07 08:00")),
            ],
            "b a",
            "longest_idle",
        ),
        (
            [agent("a", TODAY, speaks="fi-FI native"), agent("b", TODAY, load=4)],
            "b a",
            "closest_variant",
        ),
        (
            [
                agent("a", TODAY, speaks="fi-FI native, fi fluent"),
                agent("b", TODAY, speaks="fi native"),
            ],
            "b a",
            "closest_variant",
        ),
    ],
)
def test_free_agents_stand_in_order_and_the_order_has_a_reason(agents: list[Agent], order: str, because: str) -> None:
    answer = routed(agents)
    assert answer.order == tuple(order.split())
    assert answer.assign_to == answer.order[0]
    assert answer.eligible_now == tuple(sorted(answer.order))
    assert answer.reasons == (Reason(because, 0, answer.order[:2]),)  # type: ignore[arg-type]


def test_every_step_of_a_decision_leaves_its_reason() -> None:
    agents = [agent("later", TOMORROW), agent("flora", IN_AN_HOUR, speaks="fi fluent")]
    answer = routed(agents, tier(), NEXT_DOOR, tier("et", NATIVE, 30), ENGLISH)
    assert answer.reasons == (
        Reason("waits", 0, ("later",), timedelta(hours=22)),
        Reason("waits", 1, ("flora",), timedelta(hours=1)),
        Reason("nobody", 2),
        Reason("closed", 3, wait=timedelta(hours=1), limit=timedelta(hours=4)),
    )
    assert routed([FULL]).reasons == (Reason("full", 0, ("full",)),)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (agent("a", TODAY, speaks="sv native"), "language"),
        (agent("a", TODAY, speaks="fi basic"), "language"),
        (agent("a", TODAY), "skill"),
        (agent("a", TOMORROW, skills=frozenset({"wiring"})), "off_duty"),
        (agent("a", TODAY, skills=frozenset({"wiring"}), available=False, load=5), "away"),
        (agent("a", TODAY, skills=frozenset({"wiring"}), load=5), "full"),
        (agent("a", TODAY, skills=frozenset({"wiring", "gas"}), load=4), None),
    ],
)
def test_the_first_obstacle_is_named(person: Agent, expected: Obstacle | None) -> None:
    ask = Ask("fi", frozenset({"wiring"}))
    assert obstacle(person, tier(min_level=FLUENT), ask, now=NOW) == expected


def test_whoever_lacks_a_skill_is_neither_full_nor_promised() -> None:
    ask = Ask("fi", frozenset({"wiring"}))
    agents = [FULL, agent("soon", SOON)]
    assert route(ask, [tier()], agents, NOW).state == "unroutable"


@pytest.mark.parametrize(
    ("spoken", "wanted", "strict", "lenient"),
    [
        ("pt-PT", "pt-PT", 0, 0),
        ("pt-pt", "PT_PT", 0, 0),
        ("pt", "pt-PT", 1, 1),
        ("pt-PT", "pt", 1, 1),
        ("pt-AO", "pt-PT", None, 2),
        ("es-419", "es-MX", None, 2),
        ("es", "pt", None, None),
        ("zh-Hant", "zh-Hant", 0, 0),
        ("zh-Hans", "zh-Hant", None, None),
        ("zh-Hans-CN", "zh-Hant-CN", None, None),
        ("zh-Hant-HK", "zh-Hant-TW", None, 2),
        ("zh-Hant", "zh-Hant-TW", 1, 1),
        ("zh", "zh-Hant", 1, 1),
        ("zh-TW", "zh-Hant-TW", 0, 0),
        ("zh-TW", "zh-Hant", 1, 1),
        ("zh-TW", "zh-Hans", None, None),
        ("zh-CN", "zh-TW", None, None),
        ("sr-Latn-RS", "sr-RS", 1, 1),
        ("sr-Latn", "sr-Cyrl", None, None),
        ("de-u-co-phonebk", "de", 0, 0),
        ("de-1996", "de", 0, 0),
    ],
)
def test_regions_are_near_or_far_and_scripts_are_never_mixed(
    spoken: str, wanted: str, strict: int | None, lenient: int | None
) -> None:
    assert variant_rank(spoken, wanted) == strict
    assert variant_rank(spoken, wanted, accept_variants=True) == lenient


def test_the_nearest_language_spoken_well_enough_counts() -> None:
    person = agent("a", speaks="pt-PT fluent, pt native, pt-BR native")
    assert language_rank(person, tier("pt-PT", FLUENT)) == 0
    assert language_rank(person, tier("pt-PT", NATIVE)) == 1
    assert language_rank(agent("b", speaks="pt-BR native"), tier("pt-PT")) is None


def test_another_region_answers_only_where_variants_are_accepted_and_goes_last() -> None:
    agents = [
        agent("far", TODAY, speaks="pt-BR native"),
        agent("half", TODAY, speaks="pt native", load=4),
        agent("near", TODAY, speaks="pt-PT native", load=4.5),
    ]
    strict = routed(agents, tier("pt-PT"))
    lenient = routed(agents, tier("pt-PT"), accept_variants=True)
    assert strict.order == ("near", "half")
    assert lenient.order == ("near", "half", "far")


def test_a_promise_runs_in_the_business_time_of_those_who_come() -> None:
    pool = [Interval(at("07 14:30"), at("07 15:00")), Interval(at("08 07:00"), at("08 15:00"))]
    assert promised_at(at("07 14:30"), 60, pool) == at("08 07:30")
    assert promised_at(at("07 14:30"), 30, pool) == at("07 15:00")
    with pytest.raises(HoursRunOut):
        promised_at(at("07 14:30"), 9 * 60, pool)


NAMES = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)
SHIFTS = st.sampled_from([(), (TODAY,), (TODAY, TOMORROW), (SOON,), (IN_AN_HOUR, TOMORROW)])
SPEAKS = st.sampled_from(["fi native", "fi fluent", "fi-FI native", "en native", "fi basic, en basic"])


@st.composite
def teams(draw: st.DrawFn) -> list[Agent]:
    return [
        agent(
            name,
            *draw(SHIFTS),
            speaks=draw(SPEAKS),
            load=draw(st.integers(3, 5)),
            available=draw(st.booleans()),
        )
        for name in draw(NAMES)
    ]


@given(teams(), st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_in_which_agents_are_given(team: list[Agent], random: Any) -> None:
    shuffled = random.sample(team, len(team))
    tiers = (tier(), NEXT_DOOR, ENGLISH)
    assert routed(shuffled, *tiers) == routed(team, *tiers)


@given(teams())
def test_whoever_is_chosen_is_free_and_whoever_is_promised_is_not_there_yet(
    team: list[Agent],
) -> None:
    tiers = (tier(), NEXT_DOOR, ENGLISH)
    answer = routed(team, *tiers)
    people = {person.id: person for person in team}
    for name in answer.order:
        assert answer.tier is not None
        assert obstacle(people[name], tiers[answer.tier], Ask("fi"), now=NOW) is None
    for name in answer.promise_agents:
        assert answer.on_duty_at in {one.start for one in people[name].duty if one.start > NOW}
    filled = (answer.order, answer.promise_agents, answer.on_duty_full)
    assert sum(map(bool, filled)) == (answer.state != "unroutable")
