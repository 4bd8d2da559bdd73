"""Cases of `notice`: when a notice is sent to each zone, so that nobody is woken by what is not about safety."""

from shop.ground.instants import iso
from shop.ground.quiet_hours import DAYTIME, send_at
from shop.support.plan_cases import reading as read
from shop.support.plan_cases.given import Answer, Given


def notice(case: Given) -> Answer:
    """The instant of sending, by zone."""
    now = read.instant(case.need("now_utc"))
    safety, window = case.get("safety", Given.flag, False), case.get("window_local", read.pair_of_clocks, DAYTIME)
    zones = [read.zone(each) for each in case.need("zones").members()]
    return {"send_utc": {each: iso(send_at(now, each, safety=safety, window=window)) for each in zones}}
