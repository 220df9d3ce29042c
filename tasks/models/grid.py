"""Who fills in for which village at a township, and what a village objects to in what was entered for it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models import Organisation, Post
from records.models import VersionedModel
from tasks.models.assignment import Entry


class GridShare(VersionedModel):
    """Which colleague of a township fills in for a village: says who does the work, and limits nobody."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="grid_share", verbose_name=_("organisation")
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="grid_shares", verbose_name=_("filled in by"))

    objects = scope.ScopedQuerySet["GridShare"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("share of the grid")
        verbose_name_plural = _("shares of the grid")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.post}"


class ObjectionState(models.TextChoices):
    """Where an objection stands."""

    OPEN = "open", _("waits for an answer")
    KEPT = "kept", _("answered, the entry stands")
    CORRECTED = "corrected", _("corrected")


class ObjectionQuerySet(scope.ScopedQuerySet["Objection"]):
    """Objections by use."""

    def open(self) -> Self:
        """Those that nobody has answered yet."""
        return self.filter(state=ObjectionState.OPEN)


class Objection(VersionedModel):
    """A village says that what was entered for it is not so; its township answers or corrects by ``due_on``."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="objections", verbose_name=_("entry"))
    text = models.CharField(_("what is not so"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("objected by"))
    at = models.DateTimeField(_("at"))
    due_on = models.DateField(_("answer due"))
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()
    scope: ClassVar = scope.Scope(
        organisations=("entry__assignment__organisation",), lead="entry__assignment__task__theme__lead"
    )

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state=ObjectionState.OPEN), name="one_open_objection"
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.OPEN) | Q(answered_at__isnull=False), name="answer_is_dated"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def organisation(self) -> Organisation:
        """The village: the objection goes where its matter goes."""
        return self.entry.assignment.organisation

    @property
    def history_organisation_id(self) -> int:
        """The organisation whose objection it is."""
        return self.entry.assignment.organisation_id
