"""The daily snapshot: what each organisation had of each theme at the end of a day."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models import Organisation
from tasks.models.programme import Theme


class Snapshot(models.Model):
    """Counts of one organisation's assignments in one theme on one day, with that day's township.

    Only what stood on that day can say it, so it is written daily and never filled in later. Counts are
    assignments; ``percent_sum`` adds the reported percents of the ``percent_count`` assignments that have one.
    """

    day = models.DateField(_("day"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    township = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+")
    total = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    closed_in_time = models.PositiveIntegerField()
    requested = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()
    near = models.PositiveIntegerField()
    behind = models.PositiveIntegerField(default=0)
    percent_sum = models.PositiveIntegerField()
    percent_count = models.PositiveIntegerField()

    objects = scope.ScopedQuerySet["Snapshot"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), lead="theme__lead")

    class Meta:
        verbose_name = _("snapshot")
        indexes: ClassVar = [models.Index(fields=["organisation", "day"], name="snapshot_of_organisation")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "theme", "organisation"], name="one_snapshot_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.organisation_id} {self.theme_id}"
