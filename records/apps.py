"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """The app ``records``."""

    name = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Let URLs name change sets; add what the health page says of background work."""
        from records import health, work
        from records.concealing import ChangeSetConverter

        register_converter(ChangeSetConverter, "changeset")
        health.add("work", work.health)
