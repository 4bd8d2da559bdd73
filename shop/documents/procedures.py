"""The twelve procedures as anybody can follow them: one plain sentence a step. Pure; what is looked up goes by its name.

`{…}` in a step is a fact of the market: its number for emergencies, the address for returns, a time, a person to ring up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.base.i18n import N_


@dataclass(frozen=True, slots=True)
class Procedure:
    """What to do, when, step by step; `drawing` is the name of a drawing that helps, with what it shows."""

    key: str
    title: str
    when: str
    steps: tuple[str, ...]
    drawing: str = ""
    shows: str = ""
    stays: tuple[int, ...] = ()  # which of its steps stay, whatever steps the exporter writes
    why: str = ""  # why they do

    def with_own(self, own: Sequence[str], built_in: Sequence[str]) -> tuple[str, ...]:
        """The exporter's steps among those that stay: what comes first at the beginning, the others at the end."""
        first = [number for place, number in enumerate(self.stays) if place == number]
        last = [number for number in self.stays if number not in first]
        return (*(built_in[each] for each in first), *own, *(built_in[each] for each in last))


PROCEDURES = (
    Procedure(
        "receive_goods",
        N_("Receive goods"),
        N_("A delivery has come and goes into your store."),
        (
            N_("Do not send the driver away yet. Take the delivery note."),
            N_("Count the boxes. Write the number on the delivery note."),
            N_("Look at every box from all sides: top, bottom, four sides."),
            N_("Is a box wet, torn or crushed? Take a photo. Write it on the driver's paper."),
            N_("Food and skin care: read the lot and the best-before day on the pack, and write both down."),
            N_("Put everything in its place: dry, and food away from the sun."),
            N_("Fill in the list “Receive goods” at the desk, and sign it."),
        ),
        "box",
        N_("A box has six sides: look at all of them"),
        stays=(4, 6),
        why=N_("A recall asks for the lot and the day, and the carrier for the signed list."),
    ),
    Procedure(
        "damaged_parcel",
        N_("Damaged parcel"),
        N_("A customer says that the parcel or what was in it is damaged."),
        (
            N_("Say that you are sorry that it came so. Say nothing about whose fault it is."),
            N_("A machine? Ask the customer not to use it and to leave it unplugged."),
            N_("Ask for photos: the box, the label on it, and what is broken."),
            N_("Ask the customer to keep the box and everything in it."),
            N_("Offer a new one or the money back. Do not wait for the carrier."),
            N_("Tell the carrier within 7 days. Write the number of their answer into the case."),
            N_("Fill in the list “Damaged parcel” at the desk, and sign it."),
        ),
        "box",
        N_("Photos of all sides, and of the label"),
        stays=(1, 6),
        why=N_("Nobody may be hurt by a broken machine, and the carrier asks for the signed list."),
    ),
    Procedure(
        "return",
        N_("Return"),
        N_("Something a customer sends back has come."),
        (
            N_("Read the number on the return label. Open the case with this number at the desk."),
            N_("Goods come back to: %(return_address)s"),
            N_("Take photos before you change anything."),
            N_("Is it the piece that we sent? Compare the serial number on the plate."),
            N_("Compare what is there with the list of what was in the box. Write down what is missing."),
            N_("Write down how it looks: new, used, or broken, and where."),
            N_("Put it aside. Food and opened skin care are never sold again."),
            N_("Note in the case that the goods are back. Then the money goes out."),
        ),
        "plate",
        N_("Where the serial number stands"),
        stays=(1, 6, 7),
        why=N_("The policy names this address, food is never sold twice, and the note sets off the money."),
    ),
    Procedure(
        "warranty_repair",
        N_("Repair under guarantee"),
        N_("A machine has a fault and comes to you for repair."),
        (
            N_("Ask first: was there smoke, a spark or a shock? Then stop, and do “Safety: somebody may be hurt”."),
            N_("Unplug it. Only then open it."),
            N_("Read the serial number on the plate under the machine. Write it into the case."),
            N_("Ask when the customer got it. The law gives at least: %(guarantee)s"),
            N_("Find out what is wrong. Write it down in plain words."),
            N_("Change the part. Write down which one, and its revision."),
            N_("Run it for five minutes. It must work, and nothing may get hot or smell."),
            N_("The customer pays nothing. Tell them when it comes back."),
        ),
        "plug",
        N_("First pull out the plug"),
        stays=(0, 1),
        why=N_("Nobody may be hurt."),
    ),
    Procedure(
        "refund",
        N_("Give money back"),
        N_("A customer gets money back, for a return or a claim."),
        (
            N_("Open the case at the desk. Look at what it says: how much, and until which day."),
            N_("The money must be back within: %(refund)s"),
            N_("Compare the amount with what came back. Something missing? Ask the exporter first."),
            N_("Press “Give the money back”. The money goes back the way it came."),
            N_("Never pay in cash, and never to another account."),
            N_("Look again the next day. If it failed, tell the exporter."),
        ),
        stays=(1, 4),
        why=N_("The law sets the day, and money that goes another way is lost."),
    ),
    Procedure(
        "translation",
        N_("Change a text"),
        N_("A word in the shop is wrong, or a text has to be changed."),
        (
            N_("Write down where it stands: the address of the page, and the language."),
            N_("Write down the old words and the new words."),
            N_("Is it about safety, price, return or guarantee? Then the country specialist reads it first."),
            N_("Change the text at the console, and read it once more in the shop itself."),
            N_("Change it in every language in which it is wrong."),
            N_("Let the specialist sign what must be signed. Print the documents again that have changed."),
        ),
        stays=(2,),
        why=N_("What the law asks is read by who knows it."),
    ),
    Procedure(
        "shift_handover",
        N_("End of your shift"),
        N_("Your shift ends and somebody else goes on."),
        (
            N_("Open the queue. Look at every request that is yours."),
            N_("Can you answer it now? Then do it."),
            N_("On each one that stays open write a note: what was asked, what was promised, what comes next."),
            N_("Something urgent? Hand it to a colleague by name. Never leave it lying."),
            N_("Press “I am away”."),
            N_("Fill in the list “End of your shift”, and sign it."),
        ),
        stays=(3, 5),
        why=N_("What is urgent has somebody who has it, and the signed list tells who."),
    ),
    Procedure(
        "safety",
        N_("Safety: somebody may be hurt"),
        N_("Somebody tells you about an injury, an illness, a fire, smoke or a shock."),
        (
            N_("Ask: is everybody well? In danger they ring up at once: %(emergency)s"),
            N_("Ask them to stop using it, and to unplug it if that is safe."),
            N_("Ask for the name and a telephone number. Write down what happened in their own words."),
            N_("Ask them to keep the product and the pack, and to send nothing in."),
            N_("Say nothing about whose fault it is, and nothing about money."),
            N_("Open “Incidents” at the desk, and take it on, or open one. Somebody is rung up, day and night."),
            N_("Ring up yourself if nobody answers in 15 minutes: %(exporter)s"),
        ),
        "plug",
        N_("If it is safe: pull out the plug"),
        stays=(0, 1, 2, 3, 4, 5, 6),
        why=N_("Somebody may be hurt. Your steps come after these."),
    ),
    Procedure(
        "price",
        N_("Change a price"),
        N_("A price has to be changed."),
        (
            N_("Write down the article, the old price, the new price, and why."),
            N_(
                "Is the new price what customers pay, with tax where it is shown with tax? The money here: %(currency)s"
            ),
            N_("Change it at the console, and read the preview before you say yes."),
            N_("Look at the product in the shop. The price must stand there as you meant it."),
            N_("Orders already placed keep their old price. Change nothing there."),
            N_("Tell whoever answers customers."),
        ),
    ),
    Procedure(
        "pause",
        N_("Pause the market"),
        N_("Something is wrong, and nobody shall buy for now."),
        (
            N_("You need nobody's leave to pause. If in doubt, pause."),
            N_("Console, “Markets”, the market, “Pause”."),
            N_("Choose what customers see. Is somebody in danger? Choose “Safety”."),
            N_("Write in one sentence why. Press the button."),
            N_("Look at the shop. Nobody can buy now."),
            N_("Tell the exporter: %(exporter)s"),
            N_("Orders already paid are still sent or paid back. Answers go on."),
        ),
        stays=(0,),
        why=N_("Whoever sees a danger must not wait."),
    ),
    Procedure(
        "resume",
        N_("Go on selling"),
        N_("What was wrong is over, and the market shall sell again."),
        (
            N_("Write down what was wrong, and what was done about it."),
            N_("Console, the market, “Readiness”. Nothing may stand “In the way”."),
            N_("After a safety pause a second person must agree. Ask them."),
            N_("Press “Resume”, and write why."),
            N_("Look at the shop. Put something into the cart."),
            N_("Tell whoever answers customers, and the distributor."),
        ),
        stays=(2,),
        why=N_("Our own rules ask for this second person, too."),
    ),
    Procedure(
        "close",
        N_("Close the market"),
        N_("We stop selling there for good."),
        (
            N_("Choose the last day for orders. Choose somebody who answers until the end."),
            N_("Write down what becomes of every piece in stock: back, sold, or destroyed."),
            N_("Console, the market, “Wind down”. Read what is still owed."),
            N_("Answer, repair and pay back until the last guarantee has ended: %(guarantee)s"),
            N_("If somebody else takes over, write down who, and tell the customers."),
            N_("Press “Close” only when nothing is owed any more."),
        ),
        stays=(5,),
        why=N_("What is still owed has to be kept."),
    ),
)
