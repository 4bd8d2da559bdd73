"""The public page of answers: what a market's customers may know at once, in their language, by the rules of today."""

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency

from shop.base.db import Database
from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.ground.instants import next_day
from shop.markets.arrival import SERVED
from shop.markets.frame import shop_frame
from shop.markets.visit import Visit
from shop.policies.library import PolicyLibrary
from shop.support.known.knowledge import Reader, open_answers


@get("/{market:str}/{lang:str}/support/answers", dependencies=SERVED, sync_to_thread=True)
def answers_page(
    visit: NamedDependency[Visit],
    database: NamedDependency[Database],
    policies: NamedDependency[PolicyLibrary],
    pages: NamedDependency[Pages],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Questions with their answers; tomorrow another rule may be in force."""
    with database.showing() as db:
        answers = list(open_answers(db, Reader(visit.market, visit.tongue, policies, now)).values())
    title = visit.tongue.say(N_("Questions and answers"))
    answer = pages.page(
        visit.tongue,
        "support/answers.html",
        **shop_frame(visit, title=title, path="/support/answers"),
        answers=answers,
        ask_url=visit.url("/support"),
    )
    answer.headers.update(visit.page_headers(until=next_day(visit.now, visit.market.zone)))
    return answer


HANDLERS = [answers_page]
