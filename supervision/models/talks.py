"""Talks with those responsible (约谈), and matters that a unit cannot solve by itself (需协调事项)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.actor import Actor
from orgs.models import Organisation, Post
from orgs.rules import Role
from records.models import VersionedModel
from supervision.rules import BlockerState, TalkForm
from tasks.models import Assignment

TALKERS = frozenset({Role.COUNTY_OFFICE, Role.COUNTY_LEADER})


def _restricted(actor: Actor) -> Q:
    """Talks are read by the county office and county leaders only."""
    return Q(pk__in=[]) if actor.role in TALKERS else Q(pk__isnull=False)


def _gone(actor: Actor, _side: str) -> Q:
    """What is kept of deleted talks is read by those who read talks."""
    return Q() if actor.role in TALKERS else Q(pk__in=[])


class Talk(VersionedModel):
    """A talk held or to be held with one person, and why; read by the county office and county leaders only."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="talks", verbose_name=_("unit"))
    person = models.CharField(_("with whom"), max_length=60)
    basis = models.TextField(_("basis"), max_length=1000)
    form = models.CharField(_("how"), max_length=10, choices=TalkForm, default=TalkForm.IN_PERSON)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    held_by = models.CharField(_("held by"), max_length=60, blank=True)
    promised = models.TextField(_("what was promised"), max_length=1000, blank=True)
    follow_up_on = models.DateField(_("to be followed up on"), null=True, blank=True)
    follow_up = models.TextField(_("what the follow-up found"), max_length=1000, blank=True)
    kept_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("kept by"))

    objects = scope.ScopedQuerySet["Talk"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",), embargo=_restricted, gone=_gone)

    class Meta:
        verbose_name = _("talk")
        verbose_name_plural = _("talks")
        ordering: ClassVar = [models.F("held_on").desc(nulls_first=True), "-id"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.person}"

    def get_absolute_url(self) -> str:
        """The talk's page."""
        return reverse("talk", args=[self.pk])


def _held_here(actor: Actor) -> Q:
    """What was passed to the actor's organisation to be answered."""
    return Q(holder=actor.organisation_id)


class Blocker(VersionedModel):
    """A matter a unit cannot solve itself: it travels up to whoever can, and is answered by a day.

    ``holder`` is the organisation whose turn it is to answer.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="blockers", verbose_name=_("raised by"))
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="blockers", verbose_name=_("assignment")
    )
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("to be answered by"))
    state = models.CharField(_("state"), max_length=10, choices=BlockerState, default=BlockerState.OPEN)
    text = models.TextField(_("what stands in the way"), max_length=1000)
    wish = models.CharField(_("what would help"), max_length=300, blank=True)
    raised_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("raised by the post"))
    raised_on = models.DateField(_("raised on"))
    answer_due_on = models.DateField(_("answer due"))
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    solved_on = models.DateField(_("solved on"), null=True, blank=True)

    objects = scope.ScopedQuerySet["Blocker"].as_manager()
    scope: ClassVar = scope.Scope(
        organisations=("organisation",), lead="assignment__task__theme__lead", beyond=_held_here
    )

    class Meta:
        verbose_name = _("matter to be coordinated")
        verbose_name_plural = _("matters to be coordinated")
        ordering: ClassVar = ["answer_due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["holder", "state", "answer_due_on"])]

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        """The matter's page."""
        return reverse("blocker", args=[self.pk])
