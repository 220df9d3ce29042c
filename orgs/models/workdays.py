"""Days that are worked or not, other than the published calendar says."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models.organisation import Organisation
from records.models import VersionedModel


class DayKind(models.TextChoices):
    """What a day is."""

    REST = "rest", _("day off")
    WORK = "work", _("working day")


class WorkdayException(VersionedModel):
    """One day that is off or worked for the organisation and all below it, whatever the published calendar says."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="workday_exceptions", verbose_name=_("organisation")
    )
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=4, choices=DayKind)
    name = models.CharField(_("occasion"), max_length=60, blank=True)
    source = models.CharField(_("by which document"), max_length=120, blank=True)

    objects = scope.ScopedQuerySet["WorkdayException"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("entry of the calendar")
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "day"], name="workday_exception_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"
