"""The monthly sample of closed items that is looked at again (销号抽查)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models import Organisation, Post
from records.models import VersionedModel
from supervision.rules import SampleResult
from tasks.models import Assignment


class Sample(VersionedModel):
    """A random sample of what a county closed in a period, reproducible from its seed."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="samples", verbose_name=_("county"))
    period = models.CharField(_("period"), max_length=10)
    seed = models.CharField(_("seed"), max_length=40)
    population = models.PositiveIntegerField(_("closed in the period"))
    size = models.PositiveIntegerField(_("drawn"))
    drawn_on = models.DateField(_("drawn on"))
    drawn_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("drawn by"))

    objects = scope.ScopedQuerySet["Sample"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering: ClassVar = ["-period"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "period"], name="sample_once_a_period")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.period}"

    def get_absolute_url(self) -> str:
        """The sample's page."""
        return reverse("sample", args=[self.pk])


class SampledItem(VersionedModel):
    """One closed assignment to be looked at again, and what was found."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="items")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="samplings")
    result = models.CharField(_("result"), max_length=10, choices=SampleResult, default=SampleResult.PENDING)
    found = models.CharField(_("what was found"), max_length=500, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )

    objects = scope.ScopedQuerySet["SampledItem"].as_manager()
    # Its history belongs to the organisation looked at again, which does not see the sample: once gone it is hidden.
    scope: ClassVar = scope.Scope(organisations=("sample__organisation",), gone=lambda _actor, _side: Q(pk__in=[]))

    class Meta:
        verbose_name = _("item to re-check")
        verbose_name_plural = _("items to re-check")
        ordering: ClassVar = ["assignment__organisation__path", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sample", "assignment"], name="sampled_once")]

    def __str__(self) -> str:
        return str(self.assignment)

    @property
    def history_organisation_id(self) -> int:
        """The organisation whose item is looked at again."""
        return self.assignment.organisation_id
