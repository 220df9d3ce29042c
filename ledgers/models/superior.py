"""Superior's tables: the blank workbook an organisation has to fill in, and what its columns and lines mean."""

from typing import ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.actor import Actor
from orgs.models import Organisation
from records.models import StoredFile, VersionedModel


class SuperiorTableQuerySet(scope.ScopedQuerySet["SuperiorTable"]):
    """Superior's tables by use."""

    def of_staff(self, actor: Actor) -> Self:
        """Those the actor fills in: of the actor's own organisation."""
        return self.filter(organisation=actor.organisation_id)


class SuperiorTable(VersionedModel):
    """A blank workbook of the city or the county, kept sealed, that ``organisation`` fills in again and again.

    ``fingerprint`` tells its layout (``sheets.inplace.fingerprint``). ``columns`` is what was chosen: column →
    source (``ledgers.superior.sources``), empty for none; ``lines`` is line → key of an organisation, 0 for nobody.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="superior_tables", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("blank workbook"))
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField(_("columns"), default=dict, blank=True)
    units = models.JSONField(_("units"), default=dict, blank=True, null=True)
    lines = models.JSONField(_("lines"), default=dict, blank=True)
    sent_at = models.DateTimeField(_("sent at"))

    objects = SuperiorTableQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("superior's table")
        verbose_name_plural = _("superior's tables")
        ordering: ClassVar = ["-sent_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "fingerprint"], name="superior_table_once")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where it is filled in."""
        return reverse("superior_table", args=[self.pk])
