"""Programmes, their themes, and the tasks with their seven answers."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.actor import Actor
from orgs.models import Organisation, Post
from orgs.rules import Role
from records.models import StoredFile, VersionedModel
from tasks.audience import in_words as audience_in_words
from tasks.rules import quotas
from tasks.rules.status import Basic, Closer, Every, SevenAnswers, Shape, SourceKind, TaskStatus


def _of_counties_above(actor: Actor) -> Q:
    """Programmes of the organisations above the actor's own: everybody reads what is asked of all."""
    return Q(organisation__path__in=actor.above)


class Programme(VersionedModel):
    """A programme of one or several years, such as 五个基本 建设."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="programmes", verbose_name=_("run by"))
    name = models.CharField(_("name"), max_length=100)
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"))

    objects = scope.ScopedQuerySet["Programme"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), beyond=_of_counties_above)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering: ClassVar = ["-last_year", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="programme_once"),
            models.CheckConstraint(
                condition=Q(last_year__gte=models.F("first_year")), name="programme_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The programme's page."""
        return reverse("programme", args=[self.pk])


class ProgrammeYear(VersionedModel):
    """One year of a programme and its yearly theme (年度主题), such as 2026 规范强化年."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="years", verbose_name=_("programme"))
    year = models.PositiveSmallIntegerField(_("year"))
    theme = models.CharField(_("theme of the year"), max_length=60, blank=True)

    objects = scope.ScopedQuerySet["ProgrammeYear"].as_manager()
    scope: ClassVar = scope.Scope(
        organisations=("programme__organisation",),
        beyond=lambda actor: Q(programme__organisation__path__in=actor.above),
    )

    class Meta:
        verbose_name = _("year of a programme")
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["programme", "year"], name="programme_year_once")]

    def __str__(self) -> str:
        return f"{self.year} {self.theme}".strip()

    @property
    def history_organisation_id(self) -> int:
        """The organisation the programme belongs to."""
        return self.programme.organisation_id


def _theme_beyond(actor: Actor) -> Q:
    return Q(programme__organisation__path__in=actor.above)


class Theme(VersionedModel):
    """A theme of a programme (专题), such as 阵地建设: a column of the board, led by one department."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="themes", verbose_name=_("programme"))
    name = models.CharField(_("name"), max_length=60)
    basic = models.CharField(_("of the five basics"), max_length=16, choices=Basic)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="led_themes", verbose_name=_("led by")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = scope.ScopedQuerySet["Theme"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("programme__organisation",), lead="lead", beyond=_theme_beyond)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["programme", "name"], name="theme_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def history_organisation_id(self) -> int:
        """The organisation the theme's history belongs to."""
        return self.programme.organisation_id


def _task_beyond(actor: Actor) -> Q:
    """Tasks that reach an organisation in the actor's scope, or that its department leads or assists."""
    assignments: Any = Task._meta.get_field("assignments").related_model
    reached = assignments.objects.visible_to(actor).filter(task=OuterRef("pk"))
    helped = TaskUnit.objects.filter(task=OuterRef("pk"), organisation=actor.organisation_id)
    return Q(Exists(reached)) | Q(Exists(helped), status=TaskStatus.ISSUED)


_ISSUERS = frozenset({Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT})


def _drafts(actor: Actor) -> Q:
    """Drafts stay with those who issue: nobody else is to act on what may still change."""
    return Q(pk__in=[]) if actor.role in _ISSUERS else Q(status=TaskStatus.DRAFT)


def _gone(actor: Actor, _side: str) -> Q:
    """Only drafts are ever discarded, and drafts stay with those who issue."""
    return Q() if actor.role in _ISSUERS else Q(pk__in=[])


class TaskQuerySet(scope.ScopedQuerySet["Task"]):
    """Tasks by use."""

    def issued(self) -> Self:
        """Those given out."""
        return self.filter(status=TaskStatus.ISSUED)


class Task(VersionedModel):
    """A task (任务) with its seven answers, its measures and its source; issued to organisations as assignments.

    ``shape`` says which fact shows how far it is; ``target`` is the county's figure in ``unit`` for a quantity, and
    ``figure`` names where that figure lives when another app keeps it (``tasks.stores``). A recurring task comes round
    ``every`` so often, at least ``times`` each time. ``year`` is the yearly catalogue it belongs to.
    ``village_closer`` verifies the close-outs of villages; those of townships are the county's.
    ``keeper`` is the post that keeps it: edits the draft and verifies the close-outs.
    ``audience`` says who gets it, as chosen on the page (``tasks.audience.Audience``). ``shares`` are what the
    target is split into when it is issued, by key of organisation; from then on the assignments' targets count.
    ``difference_reason`` says why shares and target differ by ``difference_explained`` (shares minus target).
    ``copied_from`` is the task of an earlier year it was copied from.
    """

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="tasks", verbose_name=_("theme"))
    title = models.CharField(_("title"), max_length=120)
    status = models.CharField(_("status"), max_length=10, choices=TaskStatus, default=TaskStatus.DRAFT)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="issued_tasks", verbose_name=_("issued by")
    )
    keeper = models.ForeignKey(Post, models.PROTECT, related_name="kept_tasks", verbose_name=_("kept by"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    shape = models.CharField(_("shape"), max_length=12, choices=Shape, default=Shape.SINGLE)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    target = models.DecimalField(_("target of the county"), max_digits=16, decimal_places=2, null=True, blank=True)
    figure = models.CharField(_("figure kept in"), max_length=80, blank=True)
    every = models.CharField(_("how often"), max_length=8, choices=Every, blank=True)
    times = models.PositiveSmallIntegerField(_("at least so many times"), default=1)
    variant = models.CharField(_("usual kind of work"), max_length=20, blank=True)
    is_key = models.BooleanField(_("key task"), default=False)
    is_optional = models.BooleanField(_("optional action"), default=False)
    village_closer = models.CharField(
        _("villages' close-outs are verified by"), max_length=10, choices=Closer, default=Closer.TOWNSHIP
    )
    supervisor = models.CharField(_("supervisor"), max_length=120, blank=True)
    owner = models.CharField(_("responsible"), max_length=200, blank=True)
    standard = models.TextField(_("standard"), blank=True)
    effect = models.TextField(_("effect"), blank=True)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    consequence = models.TextField(_("consequence"), blank=True)
    measures = models.TextField(_("measures"), blank=True)
    evidence_wanted = models.CharField(_("evidence asked for"), max_length=200, blank=True)
    source_kind = models.CharField(_("source"), max_length=12, choices=SourceKind, blank=True)
    source_title = models.CharField(_("title of the source"), max_length=200, blank=True)
    source_number = models.CharField(_("document number"), max_length=60, blank=True)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)
    source_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file of the source")
    )
    source_file_name = models.CharField(max_length=200, blank=True)
    audience = models.JSONField(_("recipients"), default=dict, blank=True)
    shares = models.JSONField(_("shares of the target"), default=dict, blank=True)
    difference_reason = models.CharField(_("why shares and target differ"), max_length=300, blank=True)
    difference_explained = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name=_("copied from")
    )
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    withdrawal = models.CharField(_("reason for withdrawing"), max_length=500, blank=True)

    objects = TaskQuerySet.as_manager()
    history_words: ClassVar = {"audience": audience_in_words, "shares": quotas.shares_in_words}
    scope: ClassVar = scope.Scope(
        organisations=("organisation",), lead="theme__lead", beyond=_task_beyond, embargo=_drafts, gone=_gone
    )

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["theme", "status"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status=TaskStatus.DRAFT) | Q(issued_at__isnull=False, due_on__isnull=False),
                name="issued_task_is_dated",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The task's page."""
        return reverse("task", args=[self.pk])

    @property
    def answers(self) -> SevenAnswers:
        """The answers that must stand before it is issued."""
        return SevenAnswers(self.supervisor, self.owner, self.standard, self.effect, self.due_on, self.consequence)

    def kept_shares(self) -> dict[int, Decimal]:
        """The shares it is issued with, by key of organisation; once issued those of the assignments count."""
        return {int(key): Decimal(value) for key, value in self.shares.items()}

    @property
    def variants(self) -> list[str]:
        """The kinds of work (新建, 改扩建) it has milestones for."""
        return sorted({stage.variant for stage in self.milestones.all() if stage.variant})

    # What records.files serves: the source's file under its name
    @property
    def file(self) -> StoredFile | None:
        """The file of the source."""
        return self.source_file

    @property
    def name(self) -> str:
        """The name of the source's file."""
        return self.source_file_name


class TaskUnit(VersionedModel):
    """A department's part in a task: it leads (牵头) or assists (配合)."""

    class Part(models.TextChoices):
        """The part."""

        LEAD = "lead", _("leads")
        ASSIST = "assist", _("assists")

    task = models.ForeignKey(Task, models.CASCADE, related_name="units")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="task_parts", verbose_name=_("department")
    )
    part = models.CharField(_("part"), max_length=8, choices=Part)

    seen_with: ClassVar = "task"

    class Meta:
        verbose_name = _("department's part")
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "organisation"], name="one_part_a_task")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_part_display()}"


class TaskMilestone(VersionedModel):
    """A milestone as the task plans it; each assignment gets its own copy when the task is issued.

    ``variant`` limits it to one kind of work (新建, 改扩建), "" is for all. ``weight`` is its share.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones")
    variant = models.CharField(_("kind of work"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=24, blank=True)
    name = models.CharField(_("name"), max_length=60)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    owner = models.CharField(_("responsible"), max_length=120, blank=True)
    deliverable = models.CharField(_("deliverable"), max_length=200, blank=True)
    due_on = models.DateField(_("due date"))

    seen_with: ClassVar = "task"

    class Meta:
        verbose_name = _("planned milestone")
        verbose_name_plural = _("planned milestones")
        ordering: ClassVar = ["variant", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "variant", "position"], name="one_planned_milestone_a_position"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="milestone_has_weight"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def history_organisation_id(self) -> int:
        """The organisation that issued the task."""
        return self.task.organisation_id
