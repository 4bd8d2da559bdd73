"""What the desk's and the console's layouts show around every page: who, the menu, and the sentence after an act."""

from typing import Any

from litestar import Response

from shop.base.i18n import N_
from shop.base.pages import Pages
from shop.base.web import NO_INDEX
from shop.staff.arrival import ROLE_LABELS, Staff
from shop.staff.menu import CONSOLE_MENU, DESK_MENU, Entry, Group, home_of, menu_of, places_of

DONE = {
    "answered": N_("Your answer has been sent."),
    "noted": N_("The note is kept. The customer does not see it."),
    "taken": N_("The request is yours."),
    "closed": N_("The request is closed."),
    "reopened": N_("The request is open again."),
    "draft": N_("Your draft is kept. Nothing has been sent."),
    "passed": N_("Your colleague has it now, with your note."),
    "passed_ahead": N_(
        "It is your colleague's now, who is off duty and finds it with your note when the shift begins."
    ),
    "passed_absent": N_("It is your colleague's now, who is away and finds it with your note when back at the desk."),
    "handed_on": N_("A colleague has it now, with your note."),
    "handed_back": N_("It is back in the queue, with your note."),
    "referred": N_("Your answer goes to the exporter first. The customer is told when to expect it."),
    "dispatched": N_("The order is marked as dispatched, and the customer has been told."),
    "delivered": N_("The order is marked as delivered, and the customer has been told."),
    "changed": N_("Done. The shop follows at once."),
    "proposed": N_("It waits for a second person, who is asked by mail. Nothing has changed yet."),
    "fate_done": N_("It is noted as done."),
    "revoked": N_("The invitation no longer works."),
    "stopped": N_("The sale is stopped."),
    "lifted": N_("The stop is lifted."),
    "denied": N_("No more orders are taken from this address."),
    "undenied": N_("They may order again."),
    "presence": N_("Your presence is noted."),
    "absent": N_("Your absence is entered. Customers are promised other hours from now on."),
    "present": N_("The absence is withdrawn."),
    "swap_asked": N_("Your colleague is asked. The hours stay yours until they agree."),
    "swap_taken": N_("These hours are yours now."),
    "swap_off": N_("The swap is off."),
    "roster": N_("The roster is changed. Promises and queues follow at once."),
    "signed": N_("Signed in your name. It counts from now on."),
    "kept_research": N_("It is written down."),
    "market_begun": N_("The market has begun as a draft. Below stands what is still missing."),
    "tried": N_("It is noted that every contact has been tried today."),
    "token_ended": N_("The token is ended. It works no more."),
    "webhook_changed": N_("The webhook has been switched on or off."),
    "webhook_removed": N_("It is removed. Nothing is sent there any more."),
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
    "incident_opened": N_("The incident is open, and whoever is on call has been paged."),
    "incident_taken": N_("You have taken it on. Nobody else is paged."),
    "incident_closed": N_("The incident is closed, with what was learned from it."),
    "kept_in_log": N_("It is kept in the log of the incident."),
    "override_kept": N_("It is noted who stands in."),
    "override_ended": N_("Nobody stands in any more; the rotation counts again."),
    "drilled": N_("The drill has begun. Whoever is on call has been paged; no customer is concerned."),
    "lesson_kept": N_("It is kept in the learning log."),
    "override_given": N_("Your decision is kept under your name, and stands on the scorecard."),
    "case_closed": N_("The case is closed."),
    "lines_written": N_("Targets and stop lines are written down in your name."),
    "setup_saved": N_("It is kept. The shop follows at once."),
    "setup_same": N_("Nothing was different, so nothing has been changed."),
    "setup_removed": N_("It is removed."),
    "setup_undone": N_("It is taken back. This is the change that did so."),
    "planned": N_("It is planned. Nothing has changed yet."),
    "called_off": N_("It is called off and will not happen."),
    "password": N_("Your password is changed, and every other browser is signed out."),
    "signed_out": N_("Signed out there."),
    "factor_off": N_("The second factor is off. Your password alone signs you in."),
    "factor_kept": N_("The exporter asks you for a second factor, so it stays on."),
    "person_added": N_("The person is added, and the invitation is on its way by mail."),
    "person_changed": N_("The person is changed."),
    "person_invited": N_("The invitation is on its way by mail. One that was sent before works no more."),
    "person_out": N_("They are deactivated and signed out everywhere."),
    "person_in": N_("They may work here again, and the invitation is on its way by mail."),
    "person_signed_out": N_("They are signed out everywhere."),
    "person_factor_off": N_("Their second factor is off. They are told by mail."),
    "rule_changed": N_("It is changed, and holds at once."),
    "filled_in": N_("It is filled in. Print the document again where it has changed."),
    "agreed": N_("You have agreed to it. It happens at its time."),
    "policy_kept": N_("The draft is kept. Customers see nothing of it."),
    "policy_published": N_("The version is published and takes effect on its day."),
    "policy_ended": N_("It ends on its day. Until then the end can be taken back."),
    "policy_goes_on": N_("The end is taken back. It goes on."),
    "policy_taken_back": N_("The version is taken back. What you wrote is a draft again."),
    "draft_discarded": N_("The draft is discarded."),
    "text_kept": N_("The text is saved. The shop shows it at once."),
    "pictures_kept": N_("The pictures hang as you see them. The shop shows them at once."),
    "offer_kept": N_("The offer is saved. The shop follows at once."),
    "offer_gone": N_("It is no longer offered there."),
    "prices_kept": N_("The prices are set. The shop follows at once."),
    "rate_kept": N_("The rate is kept with its day. It only suggests."),
    "erased": N_(
        "The customer's personal data is erased. Invoices are kept for as long as the law says, and nobody sees them here."
    ),
    "pieces_kept": N_("The pieces are saved. The shop follows at once."),
}


def staff_page(
    pages: Pages,
    staff: Staff,
    name: str,
    *,
    current: str,
    done: str = "",
    takes_back: str = "",
    staff_clock: str = "",
    status: int = 200,
    **values: Any,
) -> Response[str]:
    """A page in the person's tongue, which nobody keeps; `name` begins with its door: `desk/queue`, `console/board`.

    `takes_back` is where what is `done` can be taken back.
    """
    menu = DESK_MENU if name.startswith("desk/") else CONSOLE_MENU
    frame = staff_frame(staff, menu, current=current, done=done, clock=staff_clock)
    if frame["toast"] and takes_back:
        frame["toast"] |= {"undo_url": takes_back, "undo_label": staff.tongue.say(N_("Undo"))}
    answer = pages.page(staff.tongue, f"{name}.html", status=status, **frame, **values)
    answer.headers.update(NO_INDEX)
    return answer


def staff_frame(
    staff: Staff, menu: tuple[Entry | Group, ...], *, current: str, done: str = "", clock: str = ""
) -> dict[str, Any]:
    """The layout's values for a page that stands under the menu entry `current`."""
    say = staff.tongue.say
    return {
        "staff": {
            "name": staff.person.name,
            "role_label": say(ROLE_LABELS[staff.person.role]),
            "menu": menu_of(staff, menu, current=current),
            "places": places_of(staff, menu),
            "home": home_of(staff, menu),
            "sign_out_url": "/sign-out",
            "clock": clock,
        },
        "toast": {"tone": "good", "text": say(DONE[done])} if done in DONE else None,
    }
