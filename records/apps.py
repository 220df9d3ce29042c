"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """The app ``records``."""

    name = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Let URLs name rows and change sets; add what the health page says of work, sweeps and kept files."""
        from records import converters, health, keeping, sweeps, work

        converters.register()
        health.add("work", work.health)
        health.add("files", keeping.health)
        health.add("failing", sweeps.health)
