"""What staff and jobs do that may be ended anywhere, each as steps that can be taken once more."""

import re
import shutil
from datetime import timedelta

from shop.base.outbox import LEASE
from shop.demo.showing import FOLDER
from shop.policies.drafts.drafting import RULES, fields, parts
from shop.support.requests.models import Request
from shop.upkeep.importing import import_setup
from tests.aftersales import DE, bought, change_case, withdrawn
from tests.doors import BLENDER, place, question
from tests.faults.crash_flows import Flow, Look, Press, Steps, filled, kept, work
from tests.packing import arrive, asked_fields, send
from tests.recalling import SCOPE, texts
from tests.world import ANNA, TUESDAY, Browser, World

CASE = "/desk/cases"
EVENING = TUESDAY.replace(hour=15, minute=45)  # 16:45 in Hamburg
ALL = {**SCOPE, "serial_from": "", "serial_to": ""}
DRAFTS = "/console/policy-drafts"
PERSONAL = "/console/personal-data"
SWEPT_WITHIN = timedelta(minutes=10)


def withdrawal_filed(world: World) -> Steps:
    """The statutory withdrawal, confirmed."""
    customer = world.browser("de")
    order = _delivered(world, customer)
    customer.get(f"{DE}withdraw?order={order}")
    customer.submit("/withdraw", name="Anna Beck", email=ANNA["email"])
    return filled(customer, "/confirmation"), work


def withdrawal_decided(world: World) -> Steps:
    """Accepted, the goods come back, the money goes back."""
    mere, case = _case(world)
    at = f"{CASE}/{case}"
    came = {f"received-{BLENDER}": "1", f"restock-{BLENDER}": "1"}
    return (
        Press(kept(mere.cookies), f"{at}/decision", {"act": "accept", "remedy": "refund"}),
        Press(kept(mere.cookies), f"{at}/goods", came),
        Look(kept(mere.cookies), at, "/refunds"),
        work,
    )


def money_given_back(world: World) -> Steps:
    """The form that gives the money back, with its key."""
    mere, case = _case(world)
    mere.post(f"{CASE}/{case}/decision", {"act": "accept", "remedy": "refund"})
    mere.post(f"{CASE}/{case}/goods", {f"received-{BLENDER}": "1", f"restock-{BLENDER}": "1"})
    world.work()
    mere.get(f"{CASE}/{case}")
    return filled(mere, "/refunds"), work


def goodwill(world: World) -> Steps:
    """Refused as too late, then a part of the money all the same."""
    mere, case = _case(world)
    change_case(world, case, verdict="late")
    at = f"{CASE}/{case}"
    granted = {"act": "goodwill", "remedy": "refund", "cost": "50,00", "goodwill_reason": "A loyal customer"}
    return (
        Press(kept(mere.cookies), f"{at}/decision", {"act": "refuse", "refuse_reason": "Zu spät."}),
        Press(kept(mere.cookies), f"{at}/decision", granted),
        Look(kept(mere.cookies), at, "/refunds"),
        work,
    )


def sent_and_delivered(world: World) -> Steps:
    """Packed, sent, and marked as delivered."""
    number = bought(world, world.browser("de"))
    mere = world.signed_in("mere")
    page = mere.get(f"/desk/orders/{number}")
    packed = filled(mere, "/parcels", **asked_fields(page.text))
    return packed, work, Look(kept(mere.cookies), f"/desk/orders/{number}", "/delivery"), work


def question_asked(world: World) -> Steps:
    """A question, promised and given to somebody."""
    customer = world.browser("de")
    customer.get(f"{DE}support")
    asked = {"category": "use", "name": "Anna Beck", "email": ANNA["email"], "question": "Wie reinige ich ihn?"}
    return filled(customer, "/support", **asked), work


def question_answered(world: World) -> Steps:
    """Taken by another agent, and answered."""
    ref = question(world.browser("de"), DE)
    world.work()
    maricel = world.signed_in("maricel")
    at = f"/desk/requests/{ref}"
    maricel.get(at)
    taken = filled(maricel, "/assignment")
    words = "Mit Wasser."
    return taken, Look(kept(maricel.cookies), at, "/messages", (("text", words), ("kind", "ours")), said=words), work


def answer_sent(world: World) -> Steps:
    """The form of an answer, with its key."""
    ref = question(world.browser("de"), DE)
    world.work()
    lena = world.signed_in("lena")
    lena.get(f"/desk/requests/{ref}")
    return filled(lena, "/messages", text="Mit Wasser.", kind="ours"), work


def shift_ends(world: World) -> Steps:
    """A question that nobody has answered when the shift of its agent ends."""
    world.at(EVENING)
    ref = question(world.browser("de"), DE)
    world.work()
    with world.house.database.reading() as db:
        assert db.get_one(Request, ref).agent
    world.clock.now = EVENING + timedelta(hours=14)
    return (work,)


def market_paused(world: World) -> Steps:
    """The sale is stopped for safety while somebody pays."""
    place(world.browser("de"), DE, ANNA)
    world.work()
    mere = world.signed_in("mere")
    mere.get("/console/markets/de/pause")
    return filled(mere, "/pause", mode="safety", reason="A hot plug"), work


def product_recalled(world: World) -> Steps:
    """A recall is opened while somebody pays, and somebody has what is recalled."""
    _delivered(world, world.browser("de"))
    place(world.browser("de"), DE, ANNA)
    world.work()
    mere = world.signed_in("mere")
    mere.get("/console/recalls/new")
    page = mere.submit("/new", **ALL)
    assert page.status_code == 200
    return filled(mere, "/console/recalls", **ALL, **texts("de")), work


def policy_published(world: World) -> Steps:
    """A new version of the returns policy."""
    mere = world.signed_in("mere")
    begun = mere.post(DRAFTS, {"market": "de", "kind": "returns", "source": "de/2026-11-22"})
    url = str(begun.headers["location"])
    with world.house.database.reading() as db:
        rules = parts(db, int(url.rpartition("/")[2]))[RULES]
    written = {**fields(rules), "number": str(rules.number), "day": "2027-01-01", "window_days": "21"}
    assert mere.post(f"{url}/rules", written).status_code == 303
    page = mere.get(f"{url}/publication").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen, page[:500]
    return Press(kept(mere.cookies), f"{url}/publication", {"seen": seen[1]}), work


def setup_imported(world: World) -> Steps:
    """The exporter's folder with one price changed, imported."""
    folder = world.house.settings.data_dir / "exporter"
    shutil.copytree(FOLDER, folder)
    offers = folder / "listings.csv"
    changed = offers.read_text().replace("229.00", "231.00", 1)
    assert changed != offers.read_text()
    offers.write_text(changed)

    def imported(world: World) -> None:
        import_setup(world.house.database, folder, world.house.policies, now=world.clock.now)

    return imported, work


def price_edited(world: World) -> Steps:
    """A price changed at the workshop."""
    mere = world.signed_in("mere")
    mere.get(f"/console/workshop/sheets/listings/row?key=de&key={BLENDER}")
    return filled(mere, "listings/row", price="235.00"), work


def person_erased(world: World) -> Steps:
    """A customer's data is erased for good while the last mails to them wait, and the database forgets the bytes."""
    number = bought(world, world.browser("de"))
    mere = world.signed_in("mere")
    assert send(mere, number).status_code == arrive(mere, number).status_code == 303
    mere.get(PERSONAL)
    assert mere.submit("/personal-data", email=ANNA["email"]).status_code == 200
    erase, now = filled(mere, "/erasure", ground="asked", sure="yes"), world.clock.now

    def erase_once_more(world: World) -> None:
        """Whoever is told that a mail is on its way tries again in two minutes; else nobody is found any more."""
        world.at(now + 2 * LEASE)
        erase(world)

    def swept(world: World) -> None:
        world.at(now + SWEPT_WITHIN)

    return work, erase, erase_once_more, swept


def _delivered(world: World, customer: Browser) -> str:
    order = bought(world, customer)
    mere = world.signed_in("mere")
    assert send(mere, order).status_code == arrive(mere, order).status_code == 303
    world.work()
    return order


def _case(world: World) -> tuple[Browser, str]:
    customer = world.browser("de")
    case = withdrawn(customer, order=_delivered(world, customer))
    world.work()
    mere = world.signed_in("mere")
    mere.get(f"{CASE}/{case}")
    return mere, case


STAFF = (
    Flow("withdrawal filed", withdrawal_filed),
    Flow("withdrawal decided and paid back", withdrawal_decided),
    Flow("money given back", money_given_back),
    Flow("goodwill", goodwill),
    Flow("sent and delivered", sent_and_delivered),
    Flow("question asked", question_asked),
    Flow("question taken and answered", question_answered),
    Flow("answer sent", answer_sent),
    Flow("shift ends", shift_ends),
    Flow("market paused", market_paused),
    Flow("product recalled", product_recalled),
    Flow("policy published", policy_published),
    Flow("set-up imported", setup_imported),
    Flow("price edited", price_edited),
    Flow("person erased", person_erased),
)
