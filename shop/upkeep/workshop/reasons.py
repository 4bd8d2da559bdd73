"""Why something of the set-up is changed: the history keeps it whole, so that one that is too long is refused, never cut."""

from shop.base.i18n import NN_, Tongue
from shop.base.web import Form

LONGEST = 500  # characters


def read_reason(form: Form, tongue: Tongue) -> str:
    """The field `reason`; one that is too long gets its sentence."""
    reason = form.text("reason")
    if len(reason) > LONGEST:
        said = NN_("Please use at most %(num)s character.", "Please use at most %(num)s characters.")
        form.fail("reason", tongue.count(*said, LONGEST))
    return reason
