"""What one organisation owes of a task, and what was entered on it."""

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dates import periods
from orgs import scope
from orgs.models import Organisation, Post, User
from records.models import StoredFile, VersionedModel
from tasks.lights import sql, stored
from tasks.models.programme import Task
from tasks.rules import status as rules
from tasks.rules.curves import Curve, Mark
from tasks.rules.status import EntryKind, Learned, RevisionKind, RevisionState, Status

# The columns a board counts by, beside organisation, state and due date: it reads its index and no row.
COUNTED = ("task", "near_from", "behind_from", "closed_on", "requested_on", "counted_due_on", "percent", "requested_by")


class AssignmentQuerySet(scope.ScopedQuerySet["Assignment"]):
    """Assignments named by use; what a light is says ``tasks.lights.sql`` in SQL."""

    def open(self) -> Self:
        """Neither closed nor withdrawn."""
        return self.filter(status__in=sql.OPEN)

    def working(self) -> Self:
        """Owed by its organisation now: what waits for its verifier is neither urged nor ordered."""
        return self.filter(status__in=sql.WORKING)

    def in_force(self) -> Self:
        """Not withdrawn: what every figure counts."""
        return self.exclude(status=Status.WITHDRAWN)

    def of_the_county(self) -> Self:
        """Given out by whoever issued the task, not split on by a township: what quantities add up over."""
        return self.filter(above__isnull=True)

    def overdue_on(self, day: datetime.date) -> Self:
        """Past its date on a day, and not waiting for its verifier."""
        return self.filter(sql.late(day))

    def to_verify(self) -> Self:
        """Waiting for the verifier."""
        return self.filter(status=Status.REQUESTED)


class Assignment(VersionedModel):
    """What one organisation owes of one task.

    ``due_on`` is the date in force, ``original_due_on`` the one it was issued with, ``counted_due_on`` the one that
    lateness is counted against for good: an extension moves the first only, a county-wide postponement both.
    ``internal_due_on`` is the township's own earlier date; it steers reminders and nothing else.
    ``near_from`` and ``behind_from`` are the days its light turns amber or yellow (``tasks.lights.stored``).

    ``percent`` (0 to 100) follows from milestones or from ``value`` of ``target`` (in the task's unit) and is null
    while nothing was reported: blank never counts as 0. ``above`` is the township's assignment it was split from;
    ``difference_reason`` says why its own parts differ from its target by ``difference_explained``.
    ``requested_on`` is the day of the close-out request in force (null once sent back): lateness runs to it.
    """

    task = models.ForeignKey(
        Task, models.PROTECT, related_name="assignments", db_index=False, verbose_name=_("task")
    )  # the indexes below begin with it
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="assignments", db_index=False, verbose_name=_("organisation")
    )
    above = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("split from")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ISSUED)
    given_on = models.DateField(_("given on"))
    due_on = models.DateField(_("due date"))
    original_due_on = models.DateField(_("original due date"))
    counted_due_on = models.DateField(_("date lateness is counted against"))
    internal_due_on = models.DateField(_("the township's own date"), null=True, blank=True)
    near_from = models.DateField(_("near from"), editable=False)
    behind_from = models.DateField(_("behind from"), null=True, editable=False)
    variant = models.CharField(_("kind of work"), max_length=20, blank=True)
    target = models.DecimalField(_("target"), max_digits=16, decimal_places=2, null=True, blank=True)
    difference_reason = models.CharField(_("why parts and target differ"), max_length=300, blank=True)
    difference_explained = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    value = models.DecimalField(_("figure"), max_digits=16, decimal_places=2, null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    said = models.CharField(_("latest progress"), max_length=500, blank=True)
    responsible = models.CharField(_("person responsible"), max_length=60, blank=True)
    reported_on = models.DateField(_("last reported"), null=True, blank=True)
    received_on = models.DateField(_("received"), null=True, blank=True)
    requested_on = models.DateField(_("close-out requested"), null=True, blank=True)
    requested_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("close-out requested by")
    )
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    return_reason = models.CharField(_("reason for sending back"), max_length=500, blank=True)
    withdrawal = models.CharField(_("reason for withdrawing"), max_length=500, blank=True)

    history_follows: ClassVar = frozenset({"near_from", "behind_from"})  # they follow from dates, facts and settings

    objects = AssignmentQuerySet.as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), lead="task__theme__lead")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "status", "due_on", *COUNTED], name="assignment_counted"),
            models.Index(fields=["task", "status"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "organisation"], name="one_assignment_an_organisation"),
            models.CheckConstraint(condition=Q(percent__isnull=True) | Q(percent__lte=100), name="percent_to_100"),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(closed_on__isnull=False, requested_on__isnull=False),
                name="closed_assignment_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(internal_due_on__isnull=True) | Q(internal_due_on__lte=F("due_on")),
                name="own_date_is_earlier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} – {self.organisation}"

    def get_absolute_url(self) -> str:
        """The assignment's page."""
        return reverse("assignment", args=[self.pk])

    @classmethod
    def given(
        cls,
        *,
        task: Task,
        on: datetime.date,
        due_on: datetime.date,
        numbers: stored.Numbers = stored.SHIPPED,
        marks: Sequence[Mark] = (),
        **values: Any,
    ) -> "Assignment":
        """An assignment given out on a day, not stored yet, with the days that follow from its due date.

        ``marks`` are its milestones; ``values`` are its other fields by name.
        """
        dates = {"original_due_on": due_on, "counted_due_on": due_on, **values}
        row = cls(task=task, given_on=on, due_on=due_on, **dates)
        row.put_days(numbers, marks)
        return row

    def put_days(self, numbers: stored.Numbers, marks: Sequence[Mark] = ()) -> None:
        """Set the days its light is read from by its due date, shape and percent; ``marks`` are its milestones."""
        for name, day in self.days_with(self.percent, numbers, marks).items():
            setattr(self, name, day)

    def days_with(
        self, percent: int | None, numbers: stored.Numbers, marks: Sequence[Mark] = ()
    ) -> dict[str, datetime.date | None]:
        """The days its light would be read from with a percent, by column."""
        plan = Curve(self.task.starts_on or self.given_on, self.due_on)
        return stored.days_of(self.task.shape, plan, percent, marks=marks, numbers=numbers)

    @property
    def days(self) -> rules.Days:
        """The days its light is read from."""
        return rules.Days(self.due_on, self.near_from, self.behind_from, self.requested_on)

    def light_on(self, day: datetime.date) -> rules.Light:
        """Its light on a day."""
        return rules.light(self.status, self.days, day)

    def days_late_on(self, day: datetime.date) -> int:
        """Calendar days late by the date in force, up to the close-out request if there is one."""
        return rules.days_late(self.due_on, self.requested_on, day)


class Milestone(VersionedModel):
    """A milestone (节点) of one assignment, or one round of a recurring task.

    ``weight`` is its share of the whole; ``code`` names what it is for the figure store (``main``); ``period`` is the
    key of a round. It is done once ``count`` reaches ``wanted`` or, without counting, once ``done_on`` is set.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=24, blank=True)
    name = models.CharField(_("name"), max_length=60)
    period = models.CharField(_("period"), max_length=10, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    owner = models.CharField(_("responsible"), max_length=120, blank=True)
    deliverable = models.CharField(_("deliverable"), max_length=200, blank=True)
    due_on = models.DateField(_("due date"))
    original_due_on = models.DateField(_("original due date"))
    wanted = models.PositiveSmallIntegerField(_("at least"), default=1)
    count = models.PositiveSmallIntegerField(_("times"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    objects = scope.ScopedQuerySet["Milestone"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("assignment__organisation",), lead="assignment__task__theme__lead")

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "position"], name="one_milestone_a_position"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name; a round is called by its period."""
        return periods.in_words(self.period) if self.period else self.name

    @property
    def is_done(self) -> bool:
        """Whether it is reached."""
        return self.done_on is not None or (self.count is not None and self.count >= self.wanted)

    @property
    def history_organisation_id(self) -> int:
        """The organisation whose milestone it is."""
        return self.assignment.organisation_id


class DueDateRevision(VersionedModel):
    """A due date moved, or asked to be moved: an extension (延期), a county-wide postponement (统一顺延), a correction.

    ``wanted_on`` is the date asked for, ``new_due_on`` the one in force afterwards (null while asked or when refused).
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="revisions")
    kind = models.CharField(_("kind"), max_length=12, choices=RevisionKind)
    state = models.CharField(_("state"), max_length=8, choices=RevisionState, default=RevisionState.ASKED)
    old_due_on = models.DateField(_("date before"))
    wanted_on = models.DateField(_("date asked for"))
    new_due_on = models.DateField(_("date granted"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    decision = models.CharField(_("decision in words"), max_length=500, blank=True)
    asked_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = scope.ScopedQuerySet["DueDateRevision"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("assignment__organisation",), lead="assignment__task__theme__lead")

    class Meta:
        verbose_name = _("moved due date")
        verbose_name_plural = _("moved due dates")
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state=RevisionState.ASKED), name="one_open_extension"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_due_on} → {self.new_due_on or self.wanted_on}"

    @property
    def history_organisation_id(self) -> int:
        """The organisation whose date it is."""
        return self.assignment.organisation_id


class Entry(VersionedModel):
    """Something said on an assignment: progress, a remark, or a leader's instruction (批示) with its reply date."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind)
    text = models.TextField(_("text"), max_length=2000, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    value = models.DecimalField(_("figure"), max_digits=16, decimal_places=2, null=True, blank=True)
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
