"""What was told to whom: the outbox, its deliveries, the runs, refused addresses, and a county's own kinds."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import scope
from orgs.models import Organisation, Post, User
from records.models import VersionedModel
from reminders.rules.kinds import Channel, Kind, Unit


class ReminderKind(VersionedModel):
    """A county's own row of the table of kinds, in place of the shipped one with the same key, for its subtree.

    ``shipped_hash`` is that of the shipped row it was edited from: an upgrade that changes it is pointed out.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="reminder_kinds", verbose_name=_("organisation")
    )
    key = models.CharField(max_length=40)
    ahead = models.JSONField(_("days ahead"), default=list, blank=True)
    after = models.JSONField(_("days after"), default=list, blank=True)
    unit = models.CharField(_("counted in"), max_length=8, choices=Unit, default=Unit.DAYS)
    hour = models.TimeField(_("not before"), null=True, blank=True)
    supervisor_from = models.PositiveSmallIntegerField(_("to the leader from day"), default=1)
    county_from = models.PositiveSmallIntegerField(_("to the county office from day"), default=7)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    weekly = models.BooleanField(_("in the weekly digest"), default=True)
    monthly = models.BooleanField(_("in the monthly digest"), default=True)
    active = models.BooleanField(_("switched on"), default=True)
    shipped_hash = models.CharField(max_length=16)

    objects = scope.ScopedQuerySet["ReminderKind"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("kind of reminder")
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="kind_once")]

    def __str__(self) -> str:
        return self.key


class Run(models.Model):
    """One day's digests in one county: claimed by one planner at a time, stopped when far more would go out than usual.

    ``again_at`` is when the day is planned once more, for digests and kinds told at an hour of their own.
    """

    class State(models.TextChoices):
        """Where the day stands."""

        PLANNING = "planning", _("being planned")
        PLANNED = "planned", _("planned")
        STOPPED = "stopped", _("stopped")
        RELEASED = "released", _("released")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="reminder_runs", verbose_name=_("organisation")
    )
    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNING)
    head = models.CharField(_("digest"), max_length=16, choices=Kind)
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)
    messages = models.PositiveIntegerField(_("messages"), default=0)
    usual = models.FloatField(_("usual number"), null=True)
    again_at = models.DateTimeField(null=True)

    objects = scope.ScopedQuerySet["Run"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("run")
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "organisation"], name="one_run_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_state_display()}"


class Message(models.Model):
    """One message to one person: stands in the message centre at once; ``deliveries`` carry it further.

    ``body`` holds the sections and figures as ``reminders.wording`` writes them. ``organisation`` is that of the post.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="reminders", verbose_name=_("person"))
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("in the post"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="reminders", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    key = models.CharField(max_length=60)
    day = models.DateField(_("day"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.JSONField(default=dict)
    marks = models.JSONField(default=list)
    created_at = models.DateTimeField(_("sent at"))
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = scope.ScopedQuerySet["Message"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("message")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["person", "read_at"]), models.Index(fields=["day", "kind"])]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="message_once")]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """The message's page."""
        return reverse("message", args=[self.pk])


class Push(models.Model):
    """Something to be told at once, beside the digest, to whoever holds one of the roles at the organisation then.

    ``key`` is unique at an organisation: the same thing is pushed once. ``due_at`` is when it may go out.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    key = models.CharField(max_length=60)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="pushes", verbose_name=_("organisation")
    )
    roles = models.JSONField(default=list)
    title = models.CharField(_("subject"), max_length=200)
    url = models.CharField(max_length=300)
    due_at = models.DateTimeField(db_index=True)

    objects = scope.ScopedQuerySet["Push"].as_manager()
    scope: ClassVar = scope.Scope(organisations=("organisation",))

    class Meta:
        verbose_name = _("push")
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="push_once")]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """A message on its way through one channel; a group robot's post belongs to a run instead of a message."""

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SUSPENDED = "suspended", _("address suspended")
        DROPPED = "dropped", _("no longer needed")

    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="deliveries")
    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="posts")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    address = models.CharField(_("address"), max_length=254, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(_("what failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "channel"], name="one_delivery_a_channel"),
            models.UniqueConstraint(fields=["run", "channel"], name="one_robot_post_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_state_display()}"


class RefusedAddress(models.Model):
    """An address a provider refused; after two refusals nothing is sent there until somebody clears it."""

    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    address = models.CharField(_("address"), max_length=254)
    refusals = models.PositiveSmallIntegerField(_("refusals"), default=0)
    error = models.CharField(_("answer"), max_length=300, blank=True)
    refused_at = models.DateTimeField(_("last refused"))

    class Meta:
        verbose_name = _("refused address")
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "address"], name="refused_address_once")]

    def __str__(self) -> str:
        return self.address
