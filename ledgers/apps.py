"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "ledgers.save": _("Saved a ledger entry"),
    "ledgers.delete": _("Deleted a ledger entry"),
    "ledgers.kind": _("Described a ledger"),
    "ledgers.kind_reset": _("Went back to the shipped ledger"),
    "ledgers.column": _("Changed a ledger's columns"),
}


class LedgersConfig(AppConfig):
    """The app ``ledgers``."""

    name = "ledgers"
    verbose_name = _("Ledgers")

    def ready(self) -> None:
        """Add the app's doors to the menu, its words to history and event log, and what it carries along."""
        from ledgers import wording
        from ledgers.boards import thresholds
        from ledgers.event_kinds import LABELS
        from orgs import event_kinds, history, menu, verbs
        from orgs.rules import ADMINISTRATORS, Role

        verbs.add(VERBS)
        thresholds.declare()
        event_kinds.add(LABELS)
        history.tell("ledgers.entry", wording.entries)
        menu.add(35, "ledgers", _("Ledgers"), set(Role) - ADMINISTRATORS)
