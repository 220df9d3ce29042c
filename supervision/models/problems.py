"""Problem list → task list → responsibility list (问题清单、任务清单、责任清单): one set of rows, three tables."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models import Organisation, Post
from records.models import VersionedModel
from supervision.rules import Origin
from tasks.models import Assignment
from tasks.rules.status import Basic


class Problem(VersionedModel):
    """A problem of one organisation in one year, found by itself or by others; it is never deleted once acted on."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="problems", verbose_name=_("organisation")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    text = models.CharField(_("problem"), max_length=500)
    basic = models.CharField(_("of the five basics"), max_length=16, choices=Basic, blank=True)
    origin = models.CharField(_("found by whom"), max_length=12, choices=Origin, default=Origin.SELF)
    found_on = models.DateField(_("found on"))
    solved_on = models.DateField(_("solved on"), null=True, blank=True)
    solution = models.CharField(_("how it was solved"), max_length=500, blank=True)
    entered_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects = scope.ScopedQuerySet["Problem"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering: ClassVar = ["organisation__path", "-year", "id"]
        indexes: ClassVar = [models.Index(fields=["organisation", "year"])]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """The problem's page."""
        return reverse("problem", args=[self.pk])


class Remedy(VersionedModel):
    """What is done about a problem, by when, and who is responsible: a line of the task and the responsibility list.

    With an ``assignment`` its date and state are the assignment's; without one it is kept here.
    """

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="remedies")
    title = models.CharField(_("task"), max_length=120)
    measure = models.CharField(_("measure"), max_length=300)
    unit = models.CharField(_("unit responsible"), max_length=100)
    person = models.CharField(_("person responsible"), max_length=60)
    due_on = models.DateField(_("due date"))
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="remedies", verbose_name=_("assignment")
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=300, blank=True)

    objects = scope.ScopedQuerySet["Remedy"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("problem__organisation",))

    class Meta:
        verbose_name = _("task of the list")
        verbose_name_plural = _("tasks of the list")
        ordering: ClassVar = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def history_organisation_id(self) -> int:
        """The organisation whose problem it is."""
        return self.problem.organisation_id
