"""What the codes of the event log mean for supervision."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, str | Promise] = {
    "supervision": _("See supervision orders"),
    "orders": _("See supervision orders"),
    "order_new": _("Issue supervision orders"),
    "order": _("See a supervision order"),
    "order_reply": _("Reply to a supervision order"),
    "order_close": _("Close a supervision order"),
    "urges": _("See urgings"),
    "urge_new": _("Urge units"),
    "urge": _("See an urging"),
    "talks": _("See talks"),
    "talk_new": _("Keep a new talk"),
    "talk": _("See a talk"),
    "blockers": _("See matters to be coordinated"),
    "blocker_new": _("Raise a matter to be coordinated"),
    "blocker": _("See a matter to be coordinated"),
    "blocker_answer": _("Answer a matter to be coordinated"),
    "blocker_pass": _("Pass on a matter to be coordinated"),
    "blocker_settle": _("Settle a matter to be coordinated"),
    "instructions": _("See instructions"),
    "samples": _("See samples of closed items"),
    "sample": _("See a sample of closed items"),
    "recheck": _("Enter a re-check"),
    "problems": _("See the three lists"),
    "problems_export": _("Export the three lists"),
    "problem_new": _("Add a problem"),
    "problem": _("See a problem"),
    "problem_edit": _("Edit a problem"),
    "problem_solve": _("Close a problem"),
    "remedy_new": _("Add a task to a problem"),
    "remedy_edit": _("Edit a task of a problem"),
    "remedy_remove": _("Take a task of a problem away"),
}
