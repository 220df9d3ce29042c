"""Days left in words."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import clock


def days_left(due_on: datetime.date | None) -> str:
    """A due date as people say it: 逾 2 天, 今天到期, 剩 6 天."""
    if due_on is None:
        return ""
    days = (due_on - clock.today()).days
    if days < 0:
        return ngettext("%(count)s day over", "%(count)s days over", -days) % {"count": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
