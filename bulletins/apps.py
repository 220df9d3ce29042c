"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    """The app ``bulletins``."""

    name = "bulletins"
    verbose_name = _("Bulletins")
