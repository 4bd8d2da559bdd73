"""What the desk's and the console's layouts show around every page: who, the menu, and the sentence after an act."""

from typing import Any

from shop.base.i18n import N_
from shop.staff.arrival import ROLE_LABELS, Staff

DESK_MENU = (
    ("queue.see", "/desk", N_("Queue")),
    ("order.see", "/desk/orders", N_("Orders")),
    ("board.see", "/console", N_("Markets")),
)
CONSOLE_MENU = (
    ("board.see", "/console", N_("Markets")),
    ("order.see", "/desk/orders", N_("Orders")),
    ("queue.see", "/desk", N_("Queue")),
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
    "repeated": N_("It is being tried again."),
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
