"""Responsibility (包保): who looks after which organisation, in one table whichever page it comes from."""

import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, IntegerField, Q, When
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models.organisation import Organisation
from orgs.models.people import User
from orgs.rules import Duty
from records.models import VersionedModel


class ResponsibilityQuerySet(scope.ScopedQuerySet["Responsibility"]):
    """Responsibility by use."""

    def in_force_on(self, day: datetime.date) -> Self:
        """That in force on a day, both ends included."""
        return self.filter(Q(since__isnull=True) | Q(since__lte=day)).filter(Q(until__isnull=True) | Q(until__gte=day))

    def listed(self) -> Self:
        """In the order of the list, with what each line shows."""
        rank = Case(*[When(duty=duty, then=place) for place, duty in enumerate(Duty)], output_field=IntegerField())
        found = self.select_related("organisation", "organisation__township", "department").annotate(rank=rank)
        return found.order_by("organisation__path", "rank", "id")


class Responsibility(VersionedModel):
    """A person or department with a duty at an organisation, from–to, by a document.

    ``pledged`` and ``delivered`` are money or goods of a pairing department, in 万元.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="responsibilities", verbose_name=_("organisation")
    )
    duty = models.CharField(_("duty"), max_length=20, choices=Duty)
    person_name = models.CharField(_("person"), max_length=60, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="responsibilities", verbose_name=_("account")
    )
    department = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="looks_after",
        verbose_name=_("department"),
    )
    title = models.CharField(_("position"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=120, blank=True)
    pledged = models.DecimalField(_("pledged, 10,000 yuan"), max_digits=12, decimal_places=2, null=True, blank=True)
    delivered = models.DecimalField(_("delivered, 10,000 yuan"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation", "department"))

    class Meta:
        verbose_name = _("responsibility")
        ordering: ClassVar = ["duty", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(person_name="") | Q(department__isnull=False), name="responsibility_names_someone"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="responsibility_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.person_name or str(self.department)
