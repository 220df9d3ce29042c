"""What the codes of the event log mean for programmes, tasks, assignments and lists of them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, str | Promise] = {
    "programmes": _("See programmes"),
    "programme": _("See a programme"),
    "programme_new": _("Add a programme"),
    "programme_edit": _("Edit a programme"),
    "theme_new": _("Add a theme"),
    "theme_edit": _("Edit a theme"),
    "tasks": _("See tasks"),
    "task": _("See a task"),
    "task_new": _("Draft a task"),
    "task_edit": _("Edit a draft"),
    "task_issue": _("Issue a task"),
    "task_discard": _("Discard a draft"),
    "assignment": _("See an assignment"),
    "assignment_receive": _("Receive an assignment"),
    "assignment_variant": _("Say which kind of work an assignment is"),
    "assignment_report": _("Report progress"),
    "assignment_remark": _("Remark on an assignment"),
    "assignment_instruct": _("Write an instruction"),
    "assignment_request_close": _("Request a close-out"),
    "assignment_close": _("Close an assignment"),
    "assignment_send_back": _("Send an assignment back"),
    "assignment_reopen": _("Reopen an assignment"),
    "assignment_yield": _("Keep what somebody else entered meanwhile"),
    "assignment_ask_extension": _("Ask for an extension"),
    "assignment_correct": _("Correct what was entered"),
    "extensions": _("See extensions asked for"),
    "extensions_decide": _("Decide on extensions"),
    "task_withdraw": _("Withdraw a task"),
    "rows_change": _("Change selected assignments"),
    "verification": _("See close-outs to verify"),
    "verification_close": _("Close selected assignments"),
    "week": _("See my week"),
    "rows": _("See a list of assignments"),
    "rows_export": _("Export a list of assignments"),
}
