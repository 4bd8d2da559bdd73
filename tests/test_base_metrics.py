"""The counters: answers by door and status, the times of a door together, and no address in them or remembered for them."""

from prometheus_client import generate_latest

from shop.base.metrics import Metrics, door_of


def test_answers_of_a_door_are_counted_by_status_and_their_times_together() -> None:
    metrics = Metrics()
    for status, seconds in ((200, 0.004), (200, 0.02), (404, 0.02), (200, 60)):
        metrics.seen("/de/de/", status, seconds)
    told = generate_latest(metrics.registry).decode()
    for status, number in ((200, 3), (404, 1)):
        assert f'softlaunch_requests_total{{door="shop",status="{status}"}} {number}.0' in told
    for bound, number in (("0.005", 1), ("0.025", 3), ("10.0", 3), ("+Inf", 4)):
        assert f'softlaunch_request_seconds_bucket{{door="shop",le="{bound}"}} {number}.0' in told
    assert 'softlaunch_request_seconds_sum{door="shop"} 60.04' in told


def test_of_long_addresses_nothing_is_remembered() -> None:
    metrics, before = Metrics(), door_of.cache_info().currsize
    for number in range(20):
        metrics.seen(f"/api/{'x' * 5_000}{number}", 200, 0.01)
    assert door_of.cache_info().currsize <= before + 1
