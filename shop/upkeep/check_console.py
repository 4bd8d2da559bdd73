"""The console's check: whether everything that must hold does, what is wrong, what to do, and when it was last looked at.

It is about all markets, and is for nobody who is an exporter only here and there.
"""

import json
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from shop.base.i18n import N_, NP_, Tongue
from shop.base.invariants import Invariant
from shop.base.web import see_other
from shop.launches.arrival import AT, Console
from shop.staff.may import ALL_MARKETS
from shop.upkeep.check_runs import OPEN, ask_for_check, last_check, last_done
from shop.upkeep.models import Proof
from shop.upkeep.personal.invariants import nowhere
from shop.upkeep.proving import invariants

RUN = {"act": "check.run"}
URL = "/console/check"
WORDS = {  # of what was found: tone and glyph of its mark, and its word
    "broken": ("stop", "triangle", N_("Something is wrong")),
    "look": ("wait", "clock", N_("Something should be looked at")),
    "ok": ("good", "tick", N_("Everything holds")),
}
GROUPS = {
    "I1": NP_("check", "Money"),
    "I2": NP_("check", "Stock"),
    "I3": NP_("check", "What was accepted"),
    "I4": NP_("check", "Mails and other effects"),
    "I5": NP_("check", "Requests"),
    "I6": NP_("check", "Audit"),
    "I7": NP_("check", "Launch states"),
    "I8": NP_("check", "Orders and markets"),
    "I9": NP_("check", "Personal data"),
    "I10": NP_("check", "Database"),
}


@get(URL, dependencies=AT, opt=RUN, sync_to_thread=True)
def check_page(console: NamedDependency[Console]) -> Response[str]:
    """What the last check found, and how far the one under way is."""
    console.check(ALL_MARKETS)
    with console.database.reading() as db:
        last, done = last_check(db), last_done(db)
    tongue = console.staff.tongue
    known = {each.key: each for each in invariants(console.sources.policies, nowhere)}
    found = [_told(each, known, tongue) for each in _found(done) if each["invariant"] in known]
    at = done.ended_at if done else None
    return console.page(
        "check",
        title=tongue.say(NP_("menu", "Check")),
        current=URL,
        url=URL,
        working=last is not None and last.state in OPEN,
        failed=last is not None and last.state == "failed",
        step=last.step if last else 0,
        steps=max(last.steps, 1) if last else 1,
        share=tongue.percent(round(10_000 * last.step / max(last.steps, 1))) if last else "",
        at=tongue.moment(at, console.exporter.zone) if at else "",
        mark=_mark(found, tongue) if done else None,
        wrong=[each for each in found if each["result"] != "ok"],
        fine=[each for each in found if each["result"] == "ok"],
        heads=_heads(done, tongue),
    )


@post(URL, dependencies=AT, opt=RUN, sync_to_thread=True)
def ask_check(console: NamedDependency[Console]) -> Response[Any]:
    """Have everything checked now."""
    console.check(ALL_MARKETS)
    with console.changing() as db:
        ask_for_check(db, person=console.staff.person.id, now=console.now)
    return see_other(URL)


def _found(proof: Proof | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(proof.found) if proof else []
    return sorted(found, key=lambda each: list(WORDS).index(each["result"]))


def _told(each: dict[str, Any], known: dict[str, Invariant], tongue: Tongue) -> dict[str, Any]:
    invariant = known[each["invariant"]]
    return {
        "result": each["result"],
        "tone": WORDS[each["result"]][0],
        "group": tongue.say(GROUPS[invariant.letter]),
        "says": tongue.say(invariant.says),
        "remedy": tongue.say(invariant.remedy),
        "number": each["number"],
        "first": [{"subject": one["subject"], "told": _values(one["values"])} for one in each["first"]],
        "more": each["number"] - len(each["first"]),
    }


def _values(values: dict[str, Any]) -> str:
    """Names of columns and what stands in them, as whoever sets it right in the database needs them."""
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _mark(found: list[dict[str, Any]], tongue: Tongue) -> dict[str, str]:
    worst = next((word for word in WORDS if any(each["result"] == word for each in found)), "ok")
    tone, glyph, word = WORDS[worst]
    return {"tone": tone, "glyph": glyph, "word": tongue.say(word)}


def _heads(proof: Proof | None, tongue: Tongue) -> list[dict[str, str]]:
    heads: dict[str, tuple[int, str]] = json.loads(proof.heads) if proof else {}
    return [
        {"chain": chain, "number": tongue.number(number), "hash": hashed} for chain, (number, hashed) in heads.items()
    ]


HANDLERS = [check_page, ask_check]
