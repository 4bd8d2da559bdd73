"""The learning log on the console: what customers asked that nobody had an answer for, and what has been learned."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import col, select

from shop.base.db import Database
from shop.base.fields import whole
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import see_other
from shop.ground.errors import found
from shop.ground.instants import local
from shop.markets.models import Market
from shop.staff.arrival import Staff
from shop.staff.frame import staff_page
from shop.support.known.keeping import note_learned
from shop.support.known.models import KnowledgeGap
from shop.support.requests.words import CATEGORIES

URL = "/console/knowledge/gaps"
PAGE = 100


@get(URL, opt={"act": "knowledge.see"}, sync_to_thread=True)
def gaps_page(
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
    before: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """What was asked and not answered here, the newest first."""
    last = whole(before, digits=9)
    with database.reading() as db:
        markets = {each.id: each for each in staff.own(db.exec(select(Market)).all())}
        query = select(KnowledgeGap).where(col(KnowledgeGap.market).in_(markets))
        if last is not None:
            query = query.where(col(KnowledgeGap.id) < last)
        gaps = db.exec(query.order_by(col(KnowledgeGap.id).desc()).limit(PAGE + 1)).all()
    return staff_page(
        pages,
        staff,
        "console/knowledge_gaps",
        current="/console/knowledge",
        done=done,
        title=staff.tongue.say(N_("Asked, and not answered here")),
        rows=[_row(each, markets[each.market], staff) for each in gaps[:PAGE]],
        next_url=f"{URL}?before={gaps[PAGE - 1].id}" if len(gaps) > PAGE else "",
        may_change=staff.may("knowledge.change"),
    )


@post(f"{URL}/{{number:str}}/learning", opt={"act": "knowledge.change"}, sync_to_thread=True)
def learned_form(
    number: FromPath[str],
    staff: NamedDependency[Staff],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Note that it has been learned: there is an answer now, or the rule behind it has changed."""
    with database.writing() as db:
        gap = found(db.get(KnowledgeGap, found(whole(number, digits=9))))
        staff.check_market(gap.market)
        note_learned(db, found(gap.id), on=local(now, staff.person.zone).date())
    return see_other(f"{URL}?done=kept")


def _row(gap: KnowledgeGap, market: Market, staff: Staff) -> dict[str, Any]:
    tongue = staff.tongue
    return {
        "words": gap.words,
        "url": f"{URL}/{gap.id}/learning",
        "request": gap.request if staff.may("queue.see") else "",
        "place": tongue.territory(market.country),
        "language": gap.language,
        "language_name": tongue.language_name(gap.language),
        "category": tongue.say(CATEGORIES.get(gap.category, gap.category)),
        "day": tongue.date(local(gap.at, staff.person.zone).date()),
        "learned": tongue.date(gap.learned_on) if gap.learned_on else "",
    }


HANDLERS = [gaps_page, learned_form]
