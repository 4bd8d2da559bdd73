"""The mails of the guard: that it paused a market, or that a line is probably crossed, with the figures it saw."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.base.db import Database
from shop.base.i18n import N_, Tongue
from shop.base.post import Post
from shop.launches.words import MODE_WORDS
from shop.markets.gate import SELLING
from shop.markets.models import Exporter, Market
from shop.markets.readers import reader_of
from shop.scorecard.figure_words import bound_words, counted_words, value_words
from shop.scorecard.metrics import METRICS
from shop.scorecard.words import metric_title, rule_sentence

LATE = N_("Requests wait longer for their first answer than customers were promised, counted in hours on duty.")


def send(database: Database, post: Post, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Carry out one `guard mail`; nobody is warned of a market that sells no more."""
    warning = str(payload.get("warning", ""))
    with database.reading() as db:
        market, exporter = db.get_one(Market, payload["market"]), db.get_one(Exporter, 1)
        if warning and market.state not in SELLING:
            return
        reader = reader_of(db, payload["person"], exporter)
    tongue = post.languages.tongue(reader.language)
    place, values = tongue.territory(market.country), _figures(payload, market, tongue)
    if warning:
        values["metric"] = metric_title(warning, tongue)
        values["explains"] = tongue.say(METRICS[warning].explains) if warning in METRICS else tongue.say(LATE)
    else:
        values["why"] = rule_sentence(payload["rule"], payload["about"], tongue)
        values["mode"] = tongue.say(MODE_WORDS[payload.get("mode") or "sell_stop"])
    post.send(
        "guard_warned" if warning else "guard_paused",
        reader.email,
        tongue,
        key=f"{payload['key']}-{payload['person'] or 'exporter'}".replace(":", "-"),
        now=now,
        place=place,
        exporter=exporter,
        moment=tongue.moment(datetime.fromisoformat(payload["at"]) if payload.get("at") else now, reader.zone),
        market_url=f"{post.base_url}/console/markets/{market.id}",
        scorecard_url=f"{post.base_url}/console/markets/{market.id}/scorecard",
        **values,
    )


def _figures(payload: Mapping[str, Any], market: Market, tongue: Tongue) -> dict[str, Any]:
    """What the guard saw, in words; empty where no figure made it act."""
    metric = str(payload.get("warning") or payload["rule"]).removeprefix("guardrail:")
    if metric not in METRICS or not payload.get("n"):
        return {"counted": "", "point": "", "ok": "", "bad": ""}
    return {
        "counted": counted_words(metric, payload["k"], payload["n"], tongue),
        "point": value_words(metric, payload["point"], market.currency, tongue),
        **{name: bound_words(metric, payload[name], market.currency, tongue) for name in ("ok", "bad")},
    }
