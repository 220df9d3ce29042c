"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    """The app ``orgs``."""

    name = "orgs"
    verbose_name = _("Organisations")
