"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "ledgers.save": _("Saved a ledger entry"),
    "ledgers.delete": _("Deleted a ledger entry"),
}


class LedgersConfig(AppConfig):
    """The app ``ledgers``."""

    name = "ledgers"
    verbose_name = _("Ledgers")

    def ready(self) -> None:
        """Add the app's words to the history."""
        from orgs import verbs

        verbs.add(VERBS)
