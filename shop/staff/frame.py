"""What the desk's and the console's layouts show around every page: who, the menu, and the sentence after an act."""

from typing import Any

from shop.base.i18n import N_
from shop.staff.arrival import ROLE_LABELS, Staff

DESK_MENU = (
    ("queue.see", "/desk", N_("Queue")),
    ("order.see", "/desk/orders", N_("Orders")),
    ("case.see", "/desk/cases", N_("Cases")),
    ("board.see", "/console", N_("Markets")),
)
CONSOLE_MENU = (
    ("board.see", "/console", N_("Markets")),
    ("order.see", "/desk/orders", N_("Orders")),
    ("queue.see", "/desk", N_("Queue")),
    ("policy.see", "/console/policies", N_("Policies")),
    ("recall.see", "/console/recalls", N_("Recalls")),
    ("mail.see", "/console/mail", N_("Mail")),
)

DONE = {
    "answered": N_("Your answer has been sent."),
    "noted": N_("The note is kept. The customer does not see it."),
    "taken": N_("The request is yours."),
    "closed": N_("The request is closed."),
    "dispatched": N_("The order is marked as dispatched, and the customer has been told."),
    "delivered": N_("The order is marked as delivered, and the customer has been told."),
    "changed": N_("Done. The shop follows at once."),
    "revoked": N_("The invitation no longer works."),
    "stopped": N_("The sale is stopped."),
    "lifted": N_("The stop is lifted."),
    "presence": N_("Your presence is noted."),
    "signed": N_("Signed in your name. It counts from now on."),
    "repeated": N_("It is being tried again."),
    "recall_opened": N_("The recall is open. The sale is stopped, and everybody it concerns is being told."),
    "recall_drilled": N_("The drill is kept. Nothing was stopped, and nobody was told."),
    "recall_closed": N_("The recall is closed. Its page stays, and customers can still answer."),
    "recall_done": N_("It is noted as done."),
    "recall_reported": N_("It is noted that the authority has been told."),
    "kept": N_("It is kept, and stands in the case's history."),
    "accepted": N_("The case is accepted, and the customer is told."),
    "refused": N_("The case is refused, and the customer is told why."),
    "given_back": N_("The money is being given back. The customer is told when it is done."),
    "case_closed": N_("The case is closed."),
}


def staff_frame(
    staff: Staff, menu: tuple[tuple[str, str, str], ...], *, current: str, done: str = "", clock: str = ""
) -> dict[str, Any]:
    """The layout's values for a page that stands under the menu entry `current`."""
    say = staff.tongue.say
    entries = [
        {"label": say(label), "url": url, "current": url == current, "count": None}
        for act, url, label in menu
        if staff.may(act)
    ]
    return {
        "staff": {
            "name": staff.person.name,
            "role_label": say(ROLE_LABELS[staff.person.role]),
            "menu": entries,
            "sign_out_url": "/sign-out",
            "clock": clock,
        },
        "toast": {"tone": "good", "text": say(DONE[done])} if done in DONE else None,
    }
