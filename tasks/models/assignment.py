"""What one organisation owes of a task, and what was entered on it."""

import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models import Organisation, Post, User
from records.models import StoredFile, VersionedModel
from tasks import lights, rules
from tasks.models.programme import Task
from tasks.rules import EntryKind, Learned, Status


class AssignmentQuerySet(scope.ScopedQuerySet["Assignment"]):
    """Assignments by use; each has a pure twin in ``tasks.rules``."""

    def open(self) -> Self:
        """Not closed yet."""
        return self.exclude(status=Status.CLOSED)

    def overdue_on(self, day: datetime.date) -> Self:
        """Open and late on a day: the date is past, and a close-out request did not come in time."""
        return self.filter(lights.late(day))

    def near_on(self, day: datetime.date) -> Self:
        """Being worked on and due within three working days."""
        return self.filter(lights.soon(day))

    def to_verify(self) -> Self:
        """Waiting for the verifier."""
        return self.filter(status=Status.REQUESTED)


class Assignment(VersionedModel):
    """What one organisation owes of one task.

    ``percent`` is what was last reported, 0 to 100, null while nothing was: blank never counts as 0.
    ``requested_on`` is the day of the close-out request in force (null once sent back): lateness runs to it.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments", verbose_name=_("task"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="assignments", verbose_name=_("organisation")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ISSUED)
    due_on = models.DateField(_("due date"))
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    said = models.CharField(_("latest progress"), max_length=500, blank=True)
    reported_on = models.DateField(_("last reported"), null=True, blank=True)
    received_on = models.DateField(_("received"), null=True, blank=True)
    requested_on = models.DateField(_("close-out requested"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    return_reason = models.CharField(_("reason for sending back"), max_length=500, blank=True)

    objects = AssignmentQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), lead="task__theme__lead")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "status", "due_on"]),
            models.Index(fields=["task", "status"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "organisation"], name="one_assignment_an_organisation"),
            models.CheckConstraint(condition=Q(percent__isnull=True) | Q(percent__lte=100), name="percent_to_100"),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(closed_on__isnull=False, requested_on__isnull=False),
                name="closed_assignment_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} – {self.organisation}"

    def get_absolute_url(self) -> str:
        """The assignment's page."""
        return reverse("assignment", args=[self.pk])

    def light_on(self, day: datetime.date) -> rules.Light:
        """Its light on a day."""
        return rules.light(self.status, self.due_on, self.requested_on, day)

    def days_late_on(self, day: datetime.date) -> int:
        """Calendar days late, up to the close-out request if there is one."""
        return rules.days_late(self.due_on, self.requested_on, day)


class Entry(VersionedModel):
    """Something said on an assignment: progress, a remark, or a leader's instruction (批示) with its reply date."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind)
    text = models.TextField(_("text"), max_length=2000, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    learned = models.CharField(_("how it was learned"), max_length=16, choices=Learned, blank=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="entries", verbose_name=_("entered by"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="entries", verbose_name=_("in the post"))
    at = models.DateTimeField(_("at"))
    reply_due_on = models.DateField(_("reply due"), null=True, blank=True)
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("answers")
    )

    objects = scope.ScopedQuerySet["Entry"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("assignment__organisation",), lead="assignment__task__theme__lead")

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(percent__isnull=True) | Q(percent__lte=100), name="entry_percent_to_100")
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def history_organisation_id(self) -> int:
        """The organisation whose entry it is."""
        return self.assignment.organisation_id


class Evidence(VersionedModel):
    """A file that shows what an entry says."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)
    at = models.DateTimeField(_("added at"))

    objects = scope.ScopedQuerySet["Evidence"].as_manager()
    scope: ClassVar = scope.Scope(
        organisations=("entry__assignment__organisation",), lead="entry__assignment__task__theme__lead"
    )

    class Meta:
        verbose_name = _("evidence")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def history_organisation_id(self) -> int:
        """The organisation whose evidence it is."""
        return self.entry.assignment.organisation_id
