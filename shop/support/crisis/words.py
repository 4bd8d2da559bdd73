"""The bad day in words: whom cards tell, what an incident's log says, and how grave a card is."""

from shop.base.i18n import N_, NP_

ROLES = {
    "export_manager": N_("Export manager"),
    "quality_lead": N_("Quality lead"),
    "responsible_person": N_("Responsible person of the market"),
    "importer": N_("Importer"),
    "insurer": N_("Insurer"),
    "lawyer": N_("Lawyer"),
    "spokesperson": N_("Spokesperson"),
    "engineer": N_("Electrical engineer"),
    "privacy_lead": N_("Privacy lead"),
    "carrier": N_("Carrier"),
    "dangerous_goods": N_("Adviser for dangerous goods"),
    "customs_broker": N_("Customs broker"),
    "repair_partner": N_("Repair partner"),
    "order_desk": N_("Order desk"),
    "authority": NP_("crisis", "Authority"),
    "emergency": N_("Emergency number"),
}
SEVERITIES = {
    0: ("stop", "triangle", NP_("severity", "Crisis")),
    1: ("wait", "clock", NP_("severity", "Urgent")),
    2: ("calm", "info", NP_("severity", "Normal")),
}
RUNGS = {
    "0": N_("Paged: %(name)s (on call)"),
    "1": N_("Paged: %(name)s (backup)"),
    "2": N_("Paged: %(name)s (exporter)"),
    "3": N_("Paged: %(name)s (everybody)"),
}
STEPS = {
    "opened": N_("Opened by: %(name)s"),
    "joined": N_("Another request joined: %(step)s"),
    "unanswered": N_("Everybody was paged, and nobody has answered."),
    "acknowledged": N_("Taken on by: %(name)s"),
    "told": N_("Told: %(text)s (noted by %(name)s)"),
    "collected": N_("Noted by %(name)s: %(text)s"),
    "done": N_("Step done: %(text)s (%(name)s)"),
    "undone": N_("Step not done after all: %(text)s (%(name)s)"),
    "posted": N_("Factual text published by: %(name)s"),
    "note": N_("Note by %(name)s: %(text)s"),
    "stopped": N_("Sale stopped by: %(name)s"),
    "closed": N_("Closed by: %(name)s"),
}
BY_WORDS = N_("Opened by the words of a request.")
MAILBOX = N_("the exporter's mailbox")
