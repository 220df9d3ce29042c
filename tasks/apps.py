"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    """The app ``tasks``."""

    name = "tasks"
    verbose_name = _("Tasks")
