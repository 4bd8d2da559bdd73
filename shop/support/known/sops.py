"""Standard procedures as checklists: what has to be done, one plain sentence after the other, signed by who did it.

Each is about an order, a case or a request where there is one, and is kept as everything that is signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from shop.aftersales.models import Case
from shop.base.i18n import N_, Tongue
from shop.catalogue.serials import parse_serial
from shop.checkout.models import Order
from shop.ground.figures import figures
from shop.staff.arrival import Staff
from shop.staff.checklists import MISTYPED, Checklist, Field, sign
from shop.staff.models import Person, SignedChecklist
from shop.support.requests.models import Request

LONGEST = 1000
AGAIN = timedelta(hours=1)  # within which the same form sent twice is one


@dataclass(frozen=True, slots=True)
class Sop:
    """A procedure: its title, when it is needed, its checklist, and whether it must be about something there is."""

    title: str
    when: str
    checklist: Checklist
    about: bool = True


def _sop(name: str, title: str, when: str, *fields: Field, about: bool = True) -> tuple[str, Sop]:
    return name, Sop(title, when, Checklist(name, fields), about)


SOPS: Mapping[str, Sop] = dict(
    (
        _sop(
            "receive_goods",
            N_("Receive goods"),
            N_("A delivery has come and goes into your store."),
            Field("note", "text", N_("Number on the delivery note")),
            Field("came", "date", N_("Day on which it came")),
            Field("counted", "tick", N_("I counted the boxes. There are as many as the delivery note says.")),
            Field("outside", "tick", N_("I looked at every box from all sides and took a photo of each bad one.")),
            Field("damaged", "text", N_("What is wet, torn, crushed or missing"), required=False),
            Field("lot", "lot", N_("Lot of the food or skin care"), required=False),
            Field("best_before", "date", N_("Earliest best-before day"), required=False),
            Field("stored", "tick", N_("Everything stands in its place: dry, and food away from the sun.")),
            about=False,
        ),
        _sop(
            "damaged_parcel",
            N_("Damaged parcel"),
            N_("A customer says that the parcel or what was in it is damaged."),
            Field("came", "date", N_("Day on which the parcel came")),
            Field("unplugged", "tick", N_("I asked the customer not to use it and to leave it unplugged.")),
            Field("photos", "tick", N_("I have photos of the box, of its label and of what is broken.")),
            Field("broken", "text", N_("What is broken, in the customer's words")),
            Field("serial", "serial", N_("Serial of the machine, if it has one"), required=False),
            Field("keep", "tick", N_("I asked the customer to keep the box and everything in it.")),
            Field("carrier", "text", N_("What the carrier wrote down, if anything"), required=False),
            Field("offered", "tick", N_("I offered a new one or the money back at once, without waiting for the carrier.")),
        ),
        _sop(
            "return",
            N_("Return"),
            N_("Something a customer sends back has come."),
            Field("came", "date", N_("Day on which it came")),
            Field("number", "tick", N_("The number on the return label is the number of this order or case.")),
            Field("serial", "serial", N_("Serial of the machine, if it has one"), required=False),
            Field("same", "tick", N_("It is the same piece that we sent.")),
            Field("complete", "tick", N_("I compared it with the list of what was in the box.")),
            Field("missing", "text", N_("What is missing"), required=False),
            Field("condition", "text", N_("How it looks: new, used, or broken, and where")),
            Field("photos", "tick", N_("I took photos before I changed anything.")),
            Field("aside", "tick", N_("I put it aside. Food and opened skin care are never sold again.")),
        ),
        _sop(
            "warranty_repair",
            N_("Repair under guarantee"),
            N_("A machine has a fault and comes to you for repair."),
            Field("serial", "serial", N_("Serial on the plate under the machine")),
            Field("bought", "date", N_("Day on which the customer got it")),
            Field("fault", "text", N_("What is wrong, in the customer's words")),
            Field("unplugged", "tick", N_("I unplugged it before I opened it.")),
            Field("smoke", "tick", N_("I asked about smoke, sparks and shocks. If there were any, I used the list for safety.")),
            Field("found", "text", N_("What I found")),
            Field("part", "text", N_("Which part I changed, with its revision"), required=False),
            Field("tested", "tick", N_("I ran it for five minutes. It works, and nothing gets hot or smells.")),
            Field("free", "tick", N_("The customer pays nothing, and knows when it comes back.")),
        ),
        _sop(
            "safety_contact",
            N_("Safety: somebody may be hurt"),
            N_("Somebody tells you about an injury, an illness, a fire, smoke or a shock."),
            Field("help", "tick", N_("I asked first whether everybody is well, and said whom to call for help.")),
            Field("stop", "tick", N_("I asked them to stop using it, and to unplug it if that is safe.")),
            Field("who", "text", N_("Name and telephone number")),
            Field("when", "date", N_("Day on which it happened")),
            Field("what", "text", N_("What happened, in their own words")),
            Field("serial", "serial", N_("Serial of the machine"), required=False),
            Field("lot", "lot", N_("Lot on the pack"), required=False),
            Field("keep", "tick", N_("I asked them to keep the product and the pack, and to send nothing in.")),
            Field("silent", "tick", N_("I said nothing about whose fault it is, and nothing about money.")),
            Field("told", "tick", N_("The exporter knows about it now.")),
        ),
        _sop(
            "shift_handover",
            N_("End of your shift"),
            N_("Your shift ends and somebody else goes on."),
            Field("open", "text", N_("Which requests are still open")),
            Field("promised", "text", N_("What customers were promised, and by when")),
            Field("next", "text", N_("What has to be done next")),
            Field("notes", "tick", N_("On every open request stands a note for who goes on.")),
            Field("urgent", "tick", N_("Nothing urgent is left without somebody who has it.")),
            about=False,
        ),
    )
)  # fmt: skip


def check(sop: Sop, answers: Mapping[str, str]) -> dict[str, str]:
    """For each field that is not filled in rightly the message that says why."""
    wrong = sop.checklist.check(answers)
    for each in sop.checklist.fields:
        given = answers.get(each.name, "")
        if each.kind == "serial" and given and parse_serial(given) is None:
            wrong.setdefault(each.name, MISTYPED)
    return wrong


def subject_of(db: Session, staff: Staff, number: str) -> str:
    """What a number stands for, if it is of this person's markets: `order:…`, `case:…`, `request:…`; else empty."""
    wanted = figures(number).upper()
    if not wanted:
        return ""
    there = {"order": db.get(Order, wanted), "case": db.get(Case, wanted), "request": db.get(Request, wanted)}
    return next((f"{kind}:{wanted}" for kind, one in there.items() if one and staff.works_for(one.market)), "")


def market_of(db: Session, subject: str) -> str:
    """The market that something found by `subject_of` is of; empty for nothing."""
    kind, _, number = subject.partition(":")
    about: Order | Case | Request | None = None
    match kind:
        case "order":
            about = db.get(Order, number)
        case "case":
            about = db.get(Case, number)
        case "request":
            about = db.get(Request, number)
    return about.market if about else ""


def sign_sop(
    db: Session,
    sop: Sop,
    answers: Mapping[str, str],
    *,
    subject: str,
    person: Person,
    signature: str,
    tongue: Tongue,
    now: datetime,
) -> None:
    """Keep the checklist as it was filled in. The same form sent twice is kept once."""
    sign(db, sop.checklist, answers, subject=subject, person=person, signature=signature, tongue=tongue, now=now)
    db.flush()
    newest, *older = _recent(db, sop, subject, person, now=now)
    if any(each.answers == newest.answers for each in older):
        db.delete(newest)


def _recent(db: Session, sop: Sop, subject: str, person: Person, *, now: datetime) -> list[SignedChecklist]:
    query = select(SignedChecklist).where(
        SignedChecklist.checklist == sop.checklist.name,
        SignedChecklist.subject == subject,
        SignedChecklist.person == person.id,
        col(SignedChecklist.at) > now - AGAIN,
    )
    return list(db.exec(query.order_by(col(SignedChecklist.id).desc())).all())
