"""The columns of the files about what was decided and still holds: stopped sales, planned steps, markets that end."""

from shop.base.i18n import N_, NP_
from shop.launches.changing.winding_form import WAY_WORDS
from shop.launches.schedules.planning import PLANNABLE
from shop.launches.words import ACTIONS
from shop.upkeep.plan_sheets import EXPOSED
from shop.upkeep.workshop.described import Columns, Described
from shop.upkeep.workshop.goods_columns import MARKET, PERSON, REASON
from shop.upkeep.workshop.market_columns import PAUSE_MODE

_NUMBER = Described(N_("Number"))
_EVERYWHERE = Described(NP_("country", "Market"), N_("Empty is every market."), "choice", "markets")

STOP_SALES: Columns = {
    "id": _NUMBER,
    "market": _EVERYWHERE,
    "sku": Described(N_("Article"), N_("Empty is every article."), "choice", "products"),
    "since": Described(N_("Since"), "", "moment"),
    "reason": REASON,
    "link": Described(N_("Where customers are led on to")),
    "person": PERSON,
    "texts": Described(
        N_("What customers are told"), "", "pairs", "languages", Described(N_("Text"), "", "text")
    ),
}  # fmt: skip
SCHEDULES: Columns = {
    "id": _NUMBER,
    "market": MARKET,
    "at": Described(N_("When"), N_("By the market's clock.")),
    "zone": Described(N_("Time zone"), "", "zone"),
    "action": Described(N_("Step"), "", "choice", {each: ACTIONS[each] for each in PLANNABLE}),
    "mode": PAUSE_MODE,
    "exposed": Described(
        N_("Who may buy then"), "", "pairs", {each: each for each in EXPOSED}, Described(N_("Value"))
    ),
    "override": Described(N_("Why it opens although advised against"), "", "text"),
    "reason": REASON,
    "person": PERSON,
    "approved_by": Described(N_("Second person"), "", "choice", "people"),
    "made_at": Described(N_("Planned on"), "", "moment"),
    "held_back": Described(N_("Held back"), "", "flag"),
}  # fmt: skip
OVERRIDES: Columns = {
    "rotation": Described(N_("Rotation"), N_("Its short name.")),
    "person": PERSON,
    "starts": Described(NP_("hours", "From"), "", "moment"),
    "ends": Described(NP_("hours", "To"), "", "moment"),
}
WINDING_DOWN: Columns = {
    "market": MARKET,
    "contact": Described(N_("Who answers until the end"), "", "text"),
    "refund_plan": Described(N_("From where money is given back"), "", "text"),
    "last_order_at": Described(N_("Payments count until"), "", "moment"),
    "handover": Described(N_("Who takes over what is still owed"), "", "text"),
}
STOCK_FATES: Columns = {
    "market": MARKET,
    "sku": Described(N_("Article"), "", "choice", "products"),
    "pieces": Described(N_("Pieces"), "", "number"),
    "fate": Described(N_("What becomes of them"), "", "choice", WAY_WORDS),
    "cost": Described(N_("Cost"), "", "amount"),
    "owner": Described(N_("Who sees to it")),
    "done_at": Described(N_("Done on"), "", "moment"),
    "done_by": Described(N_("Done by"), "", "choice", "people"),
}
