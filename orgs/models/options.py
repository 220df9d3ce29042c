"""What an organisation sets for itself and everything below it."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs import options, scope
from orgs.models.organisation import Organisation
from records.models import VersionedModel


def keys() -> Iterable[tuple[str, str]]:
    """The keys of the options that apps declared, with their labels: how the history names them."""
    return [(option.key, str(option.label)) for option in options.declared()]


class KeyField(models.CharField[str, str]):
    """The key of an option; to migrations a plain text, since its choices are whatever apps declare."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Leave the choices out, so that no migration holds the function that knows them."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, "django.db.models.CharField", args, kwargs


class OptionValue(VersionedModel):
    """The value of one option for the organisation and all below it that sets none of its own; JSON."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="option_values", verbose_name=_("organisation")
    )
    key = KeyField(_("setting"), max_length=60, choices=keys)
    value = models.JSONField(_("value"))

    objects = scope.ScopedQuerySet["OptionValue"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("setting")
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="option_once")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_key_display()}"
