"""The demo county: fictional organisations and people, and twelve weeks of their work."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """The app ``demo``."""

    name = "demo"
    verbose_name = _("Demo county")

    def ready(self) -> None:
        """Say in words what the demo's change set did."""
        from orgs.history import verbs

        verbs.add({"demo.load": _("Loaded the demo county")})
