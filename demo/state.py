"""Whether the database holds the demo, for which day, and how it is cleared."""

import datetime

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from orgs.models import Organisation
from records.models import ChangeSet

VERB = "demo.load"  # the change set that made the demo; its note is the demo's date
PREFIX = "9981"  # of every code in the demo's register


class NotTheDemo(Exception):
    """The database holds organisations that are not the demo's."""


def date() -> datetime.date | None:
    """The day the demo was made for; None when there is no demo here."""
    record = ChangeSet.objects.filter(verb=VERB).order_by("-id").first()
    return datetime.date.fromisoformat(record.note) if record else None


def require_own() -> None:
    """Go on when nothing but the demo would be lost. Raises ``NotTheDemo`` otherwise."""
    others = Organisation.objects.exclude(code__startswith=PREFIX)
    if date() is None and Organisation.objects.exists():
        others = Organisation.objects.all()
    if others.exists():
        raise NotTheDemo(str(others.order_by("path").first()))


def clear() -> None:
    """Delete every row of our own apps: append-only ones too, which only the demo may.

    Every foreign key is checked at the end of the transaction, so the order does not matter.
    """
    for model in _own_models():
        model._base_manager.all()._raw_delete(using=connection.alias)  # no public way


def _own_models() -> list[type[models.Model]]:
    return [
        model
        for app in apps.get_app_configs()
        if app.path.startswith(str(settings.BASE_DIR)) and ".venv" not in app.path
        for model in app.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
