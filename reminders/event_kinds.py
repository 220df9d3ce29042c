"""What the codes of the event log mean for reminders."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, str | Promise] = {
    "messages": _("See one's messages"),
    "messages_read": _("Mark all messages as read"),
    "message_address": _("Set one's own e-mail address"),
    "message": _("See a message"),
    "message_go": _("Follow a message to its row"),
    "reminder_kinds": _("See the kinds of reminders"),
    "reminder_kind": _("Edit a kind of reminder"),
    "reminder_kind_reset": _("Take back the shipped kind of reminder"),
    "deliveries": _("See what was delivered"),
    "delivery_resend": _("Send a reminder again"),
    "address_clear": _("Use a refused address again"),
    "run_release": _("Release a stopped run of reminders"),
    "call_list": _("See the call list"),
}
