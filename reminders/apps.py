"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemindersConfig(AppConfig):
    """The app ``reminders``."""

    name = "reminders"
    verbose_name = _("Reminders")

    def ready(self) -> None:
        """Add the app's doors, the words of its verbs, and what the health page says of it."""
        from orgs.events import event_kinds
        from orgs.history import verbs
        from orgs.pages import menu
        from orgs.rules import Role
        from records import health
        from reminders import sweeping
        from reminders.event_kinds import LABELS

        menu.add(90, "deliveries", _("Reminders"), {Role.COUNTY_OFFICE})
        menu.add_setting(30, "reminder_kinds", _("Kinds of reminders"), {Role.COUNTY_OFFICE})
        event_kinds.add(LABELS)
        health.add("reminders", sweeping.health)
        verbs.add(
            {
                "reminders.kind": _("Edited a kind of reminder"),
                "reminders.kind_reset": _("Took back the shipped kind of reminder"),
                "reminders.release": _("Released a stopped run of reminders"),
                "reminders.resend": _("Sent a reminder again"),
            }
        )
