"""Days left in words."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def days_left(due_on: datetime.date, on: datetime.date) -> str:
    """How long there is in calendar days: 逾 2 天, 今天到期, 剩 6 天."""
    days = (due_on - on).days
    if days < 0:
        return ngettext("%(count)s day over", "%(count)s days over", -days) % {"count": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
